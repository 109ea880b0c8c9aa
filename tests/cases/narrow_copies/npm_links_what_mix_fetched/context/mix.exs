defmodule A.MixProject do
  use Mix.Project
  def project, do: [app: :a, version: "1.0.0", deps: [{:phx, "~> 1.7"}]]
end
