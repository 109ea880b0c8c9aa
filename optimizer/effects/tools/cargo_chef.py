"""cargo-chef 0.1: a recipe of the manifests, and the build of it."""

from __future__ import annotations

from dataclasses import replace

from optimizer.effects.model import Derived, Effects, tree
from optimizer.effects.tools import cargo_recipe
from optimizer.effects.tools.cargo_build import goods
from optimizer.effects.tools.cargo_config import settings
from optimizer.effects.tools.cargo_project import Project
from optimizer.effects.tools.cargo_run import VARIABLES, Run, base, target

# Below a folder: what a recipe of cargo-chef holds, and the files that it names.
_RECIPE = r"(.*/)?Cargo\.toml|Cargo\.lock|\.cargo/.*|rust-toolchain(\.toml)?"
_TARGETS = r".*\.rs|(.*/)?README[^/]*"


def prepare(run: Run) -> Effects:
    """`cargo chef prepare` looks at every manifest and target below the folder (cargo-chef 0.1).

    What it writes follows from the manifests, the lock, cargo's settings, the toolchain and the
    list of targets, which are found by their names (its src/skeleton/read.rs): that the versions of
    local crates are left out as well is not counted on.
    """
    recipe = _recipe(run)
    named = cargo_recipe.recipe(run.command, run.project)
    return settings(run.command, run.command.cwd) | Effects(
        reads=frozenset({tree(run.command.cwd)}),
        writes=frozenset({recipe}),
        contents=((recipe, named),) if named is not None else (),
        variables=VARIABLES,
        seconds=1.0,
        derived=(Derived(recipe, run.command.cwd, _RECIPE, _TARGETS),),
    )


def cook(run: Run) -> Effects:
    """`cargo chef cook` lays the recipe's skeleton over the folder and builds it."""
    recipe = _recipe(run)
    place = Project(run.command.cwd, {}, settings(run.command, run.command.cwd))
    here = frozenset({tree(run.command.cwd)})
    own = replace(base(run.command), network=True, variables=frozenset({"*"}), seconds=60.0)
    written = cargo_recipe.skeleton(run.command, recipe)
    cooked = Effects(
        reads=here | {recipe},
        # Of what it built it removes the project's own part again.
        writes=here if written is None else written | {tree(run.command.path("target"))},
        provides=frozenset({goods(place)}),
    )
    return place.files | cooked | own | target(run, place)


def _recipe(run: Run) -> str:
    return run.command.path(run.options.last("--recipe-path") or "recipe.json")
