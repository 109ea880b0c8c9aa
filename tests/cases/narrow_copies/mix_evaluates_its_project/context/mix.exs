defmodule A.MixProject do
  use Mix.Project

  def project do
    [app: :a, version: version(), deps: deps(), releases: [a: [steps: [:assemble, &pack/1]]]]
  end

  defp deps, do: [{:jason, "~> 1.4"}]
  defp version, do: File.read!(Path.join(__DIR__, "VERSION"))

  defp pack(release) do
    System.cmd("tar", ["czf", "/srv/a.tgz", "."])
    release
  end
end
