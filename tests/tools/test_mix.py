"""mix: dependencies of Elixir projects."""

from __future__ import annotations

import pytest

from tests.effects.machine import effects_of

MIXFILE = 'defmodule A.MixProject do\n  def project, do: [app: :a, version: "0.1.0", deps: deps()]\n  defp deps, do: [\n    {:phoenix, "~> 1.7"},\n    EXTRA\n  ]\nend\n'
APP = {
    "mix.exs": MIXFILE.replace("EXTRA", ""),
    "mix.lock": '%{\n  "phoenix": {:hex, :phoenix},\n}\n',
    "lib/a.ex": "",
}
LOCKED = {"mix.exs", "mix.lock"}
BARE = MIXFILE.replace("EXTRA", "")
# A mixfile with functions of its own; only what `project` names is evaluated.
CODED = """defmodule A.MixProject do
  use Mix.Project
  ATTRIBUTE
  def project do
    [
      app: :a,
      version: version(),
      deps: deps(),
      aliases: [setup: ["deps.get", &setup/1], "ecto.reset": ["ecto.drop"]],
      releases: [a: [steps: [:assemble, &pack/1], providers: [{Toml, [path: {:system, "DIR", "a"}]}]]]
    ]
  end

  defp deps, do: [{:phoenix, "~> 1.7"}]
  defp version, do: VERSION
  defp setup(_), do: File.read!("seed")

  defp pack(release) do
    File.cd("/srv")
    System.cmd("tar", ["czf", "a.tgz", "."])
    release
  end
end
"""


def coded(version='"0.1.0"', attribute=""):
    return {"mix.exs": CODED.replace("VERSION", version).replace("ATTRIBUTE", attribute)}


def run(script, files=None, **given):
    placed = {**APP, **(files or {})}
    return effects_of(script, {f"/app/{n}": t for n, t in placed.items() if t is not None}, **given)


def own(paths):
    """The paths of the project, without what mix fills, and without folders themselves."""
    return {
        p.removeprefix("/app/")
        for p in paths
        if p.startswith("/app/") and not p.startswith(("/app/deps", "/app/_build"))
    } - {"config", "config/**"}


@pytest.mark.parametrize(
    ("script", "files", "reads"),
    [
        ("mix deps.get --only prod", {}, LOCKED),
        ("mix do local.hex --force, local.rebar --force, deps.get", {}, LOCKED),
        ("mix do deps.get + deps.compile", {}, LOCKED),
        ("mix local.hex --force", {"mix.exs": None, "mix.lock": None}, set()),
        ("mix deps.get", {"mix.exs": MIXFILE.replace("EXTRA", '{:b, path: "libs/b"}')}, LOCKED | {"libs/b/**"}),
        ("mix deps.get", {"mix.exs": MIXFILE.replace('"0.1.0"', 'File.read!("VERSION")').replace("EXTRA", ""), "VERSION": "1"}, LOCKED | {"VERSION"}),
        ("mix deps.get", coded(), LOCKED),
        ("mix deps.get", {**coded('File.read!(Path.join(__DIR__, "VERSION"))'), "VERSION": "1"}, LOCKED | {"VERSION"}),
        ("mix deps.get", {**coded('"VERSION" |> File.read!() |> String.trim()'), "VERSION": "1"}, LOCKED | {"VERSION"}),
        ("mix deps.get", {**coded('~r/[0-9]+/ |> Regex.scan(File.read!("V.yml")) |> Enum.join(".")'), "V.yml": "1"}, LOCKED | {"V.yml"}),
        ("mix deps.get", {"mix.exs": MIXFILE.replace("EXTRA", '{:b, git: "vendor/b"}')}, LOCKED | {"vendor/b/**"}),
    ],
)  # fmt: skip
def test_reads_exactly_these(script, files, reads):
    """Every task evaluates mix.exs; dependencies by path are read whole."""
    effects = run(script, files)

    assert (None, reads) == (effects.doubt, own(effects.reads))


CONFIGURED = {
    "config/config.exs": 'import Config\nimport_config "#{config_env()}.exs"\n',
    "config/prod.exs": "import Config\n",
    "config/dev.exs": 'import Config\nimport_config "dev.local.exs"\n',
    "config/runtime.exs": 'System.cmd("git", [])\n',
}


@pytest.mark.parametrize(
    ("script", "more", "reads"),
    [
        ("MIX_ENV=prod mix deps.get", {}, {"config.exs", "prod.exs"}),
        ("mix deps.get", {}, {"config.exs", "dev.exs"}),
        ("MIX_ENV=$WHICH mix deps.get", {}, {"config.exs", "**"}),
        ("mix deps.get", {"config/config.exs": 'import_config "*.secret.exs"'}, {"config.exs", "**"}),
        ("mix deps.compile", {"config/config.exs": "import Config\n"}, {"config.exs"}),
        ("mix deps.get", {"config/config.exs": 'config :a, db: Path.expand("../db", __DIR__)'}, {"config.exs"}),
    ],
)  # fmt: skip
def test_the_configuration_is_evaluated(script, more, reads):
    """config/config.exs and what it imports is evaluated before every task; runtime.exs is not."""
    effects = run(script, {**CONFIGURED, **more}, env={"WHICH": "\0"})
    found = {p.removeprefix("/app/config/") for p in effects.reads if p.startswith("/app/config/")}

    assert (None, reads) == (effects.doubt, found)
    if "dev.exs" in reads:
        assert "/app/config/dev.local.exs" in effects.probes


def test_a_dependency_by_path_is_evaluated_too():
    """Its own mix.exs may read files elsewhere, and name further dependencies."""
    inner = MIXFILE.replace('"0.1.0"', 'File.read!("../V")').replace("EXTRA", '{:c, path: "../c"}')
    outer = MIXFILE.replace("EXTRA", '{:b, path: "libs/b"}')
    reads = run("mix deps.get", {"mix.exs": outer, "libs/b/mix.exs": inner, "libs/V": "1"}).reads

    assert {"libs/b/**", "libs/c/**", "libs/V"} <= own(reads)


def test_a_dependency_with_compilers_of_its_own_writes_into_its_folder():
    """elixir_make and the like put what they make beside the sources."""
    outer = MIXFILE.replace("EXTRA", '{:b, path: "libs/b"}')
    made = BARE.replace("app: :a", "app: :a, compilers: [:elixir_make]")

    assert "/app/libs/b/**" in run("mix deps.get", {"mix.exs": outer, "libs/b/mix.exs": made}).writes
    assert "/app/libs/b/**" not in run("mix deps.get", {"mix.exs": outer, "libs/b/mix.exs": BARE}).writes


@pytest.mark.parametrize(
    ("script", "files", "doubt"),
    [
        ("mix compile", {}, "mix compile runs the project's own code"),
        ("mix deps.get", {"config/config.exs": 'for f <- ["a.exs"], do: import_config f'}, "import_config"),
        ("mix deps.get", {"config/config.exs": 'import_config "a" <> ".exs"'}, "import_config"),
        ("mix deps.get", {"config/config.exs": 'Config.Reader.read!("x.exs")'}, "Config.Reader"),
        ("mix deps.get", {"config/config.exs": 'Mix.Config.eval!("x.exs")'}, "Mix.Config.eval"),
        ("MIX_BUILD_PATH=b mix deps.compile", {}, "MIX_BUILD_PATH that is not absolute"),
        ("MIX_BUILD_ROOT=b mix deps.compile", {}, "MIX_BUILD_ROOT that is not absolute"),
        ("mix release", {}, "mix release"),
        ("mix do deps.get, compile", {}, "mix compile"),
        (
            "mix deps.get",
            {"mix.exs": MIXFILE.replace("EXTRA", 'Code.eval_file("x")')},
            "code that is not read (Code.eval_file",
        ),
        (
            "mix deps.get",
            {"mix.exs": MIXFILE.replace("app: :a", 'app: :a, deps_path: "d"')},
            "deps_path",
        ),
        ("mix deps.get", {"config/config.exs": 'System.cmd("git", [])'}, "System.cmd"),
        (
            "MIX_ENV=prod mix deps.get",
            {
                "config/config.exs": 'import_config "#{Mix.env()}.exs"',
                "config/prod.exs": 'File.stream!("x")',
            },
            "config/prod.exs",
        ),
        ("mix deps.get", coded("File.cwd!()"), "File.cwd"),
        ("mix deps.get", coded(attribute='@v File.stream!("v")'), "File.stream"),
        ("mix deps.get", coded("Enum.map([1], &pack/1)"), "File.cd"),
        ("mix deps.get", coded("apply(__MODULE__, :pack, [1])"), "File.cd"),
        (
            "mix deps.get",
            {"mix.exs": MIXFILE.replace("EXTRA", '{:b, path: System.get_env("B")}')},
            "a path that is computed",
        ),
        (
            "mix deps.get",
            {"mix.exs": MIXFILE.replace("EXTRA", '{:b, path: "#{@libs}/b"}')},
            "a path that is computed",
        ),
        (
            "mix deps.get",
            {"mix.exs": BARE.replace("app: :a", 'app: :a, aliases: ["deps.get": ["cmd make"]]')},
            "an alias for deps.get",
        ),
        (
            "mix deps.get",
            {"config/config.exs": 'import_config "../apps/*/config.exs"'},
            "imports ../apps/*/config.exs",
        ),
        ("MIX_EXS=/srv/mix.exs mix deps.get", {}, "MIX_EXS"),
        ("mix deps.get", {"lists.beam": "x"}, "Erlang would take code"),
    ],
)
def test_doubts(script, files, doubt):
    """What compiles or evaluates the project's own code is a doubt."""
    assert doubt in (run(script, files).doubt or "")


@pytest.mark.parametrize(
    ("files", "violated"),
    [
        ({}, ""),
        ({"mix.lock": None}, "there is no"),
        ({"mix.exs": MIXFILE.replace("EXTRA", '{:ecto, "~> 3.0"}')}, "it lacks ecto"),
    ],
)
def test_lock_in_sync(files, violated):
    """mix.lock is written if it lacks a dependency."""
    (found,) = run("mix deps.get", files).conditional

    assert (violated in found.violated) if violated else not found.violated


ASKING = """defmodule A.MixProject do
  def project, do: [deps: [b()]]

  defp b do
    if path = System.get_env("B") do
      {:b, path: path}
    else
      {:b, "~> 1.0"}
    end
  end
end
"""


@pytest.mark.parametrize(
    ("given", "mixfile", "known"),
    [
        ({}, ASKING, True),
        ({"C": "/c"}, ASKING, True),
        ({}, ASKING.replace('path = System.get_env("B")', 'System.get_env("B")'), True),
        ({"B": "/b"}, ASKING, False),
        ({"B": "\0"}, ASKING, False),
        ({}, ASKING.replace('"B"', '"https_proxy"'), False),
        ({}, ASKING.replace('"B"', '"HOME"'), False),
        ({}, ASKING.replace('"B")', '"B", "/b")'), False),
        ({}, ASKING.replace('"~> 1.0"', "path: @here"), False),
        ({}, ASKING.replace("  def project", '  System.put_env("B", "/b")\n  def project'), False),
    ],
)
def test_what_is_asked_of_a_variable(given, mixfile, known):
    """Where it is surely not set, only the rest is evaluated."""
    doubt = run("mix deps.get", {"mix.exs": mixfile}, env=given).doubt or ""

    assert ("a path that is computed" in doubt) is not known


def test_help_shows_the_tasks_of_what_is_built():
    """They stand in _build."""
    assert "/app/_build/**" in run("mix help").reads


@pytest.mark.parametrize(("script", "compiled"), [("mix deps.get", False), ("mix deps.compile", True)])
def test_applications_of_an_umbrella_are_compiled_with_its_dependencies(script, compiled):
    """They are dependencies of the umbrella."""
    outer = BARE.replace("app: :a", 'apps_path: "apps"')
    files = {"mix.exs": outer, "apps/b/mix.exs": BARE, "apps/b/lib/b.ex": ""}

    assert ("/app/apps/**" in run(script, files).reads) == compiled
