defmodule A.MixProject do
  use Mix.Project

  def project do
    [
      app: :a,
      version: version(),
      deps: deps(),
      releases: [a: [steps: [:assemble, &pack/1]]]
    ]
  end

  defp deps, do: [{:b, path: "libs/b"}]
  defp version, do: File.read!(Path.join(__DIR__, "VERSION"))

  defp pack(release) do
    File.cd!("_build/prod")
    release
  end
end
