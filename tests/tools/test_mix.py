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


def run(script, files=None):
    placed = {**APP, **(files or {})}
    return effects_of(script, {f"/app/{n}": t for n, t in placed.items() if t is not None})


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
    ],
)  # fmt: skip
def test_reads_exactly_these(script, files, reads):
    """Every task evaluates mix.exs; dependencies by path are read whole."""
    effects = run(script, files)

    assert (None, reads) == (effects.doubt, own(effects.reads))


def test_the_configuration_is_evaluated():
    """config/config.exs and what it imports is evaluated before every task."""
    assert "/app/config/**" in run("mix deps.get", {"config/config.exs": "import Config\n"}).reads


@pytest.mark.parametrize(
    ("script", "files", "doubt"),
    [
        ("mix compile", {}, "mix compile runs the project's own code"),
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
        ("mix deps.get", {"config/prod.exs": 'File.stream!("x")'}, "config/prod.exs"),
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
