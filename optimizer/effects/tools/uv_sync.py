"""`uv sync`, of which the packages may be installed ahead; `lock`, `add` and `remove`, which sync as well.

Measured with uv 0.13: `sync --frozen --no-install-project` reads pyproject.toml, uv.lock, uv.toml and
.python-version, and pyproject.toml of the folders above.
"""

from __future__ import annotations

from dataclasses import replace

from optimizer.effects.model import Effects, tree, unknown
from optimizer.effects.tool import Command, known
from optimizer.effects.tools.ahead import offer
from optimizer.effects.tools.looking import words
from optimizer.effects.tools.options import Options
from optimizer.effects.tools.python_project import build
from optimizer.effects.tools.uv_options import BY_VARIABLE
from optimizer.effects.tools.uv_places import base
from optimizer.effects.tools.uv_project import (
    Project,
    editable,
    find,
    is_one_piece,
    local_folders,
    locking,
    members,
    settings,
)

# Options of `sync` that mean the same for the packages alone, as for all.
_AHEAD = words(
    "--frozen --locked --no-dev --dev --all-extras --all-groups --no-default-groups --no-editable "
    "--compile-bytecode --compile -n --no-cache --no-cache-dir -q --quiet -v --verbose --no-progress "
    "--no-python-downloads --extra --group --no-group -p --python --link-mode"
)
# Of the seconds of a sync (see `placed`), those that the packages take.
_PACKAGES = 18.0


def sync(command: Command, given: Options) -> Effects:
    """`uv sync`, of which `--no-install-project` does the most part ahead (uv 0.3.3 and later).

    Measured with uv 0.13 over `--frozen`, `--locked`, neither, `--no-dev`, `--all-extras`,
    `--no-editable` and `--compile-bytecode`: the trees after a sync, and after the two, differ in
    what differs between two syncs; only the cache holds one more description of an interpreter.
    """
    project = find(command, given)
    done, own = _synced(command, given, project), settings(command, project.folder)
    goods = f"packages of {project.lock.path}"
    named = {name for name, _ in given.given} - BY_VARIABLE
    plain = named <= _AHEAD and not given.operands and not is_one_piece(command, own)
    if not plain or not project.lock.data or not (project.is_package or "workspace" in own):
        return replace(done, provides=done.provides | {goods})
    kept = frozenset(tree(cache.path) for cache in done.caches)
    part = "--no-install-workspace" if "workspace" in own else "--no-install-project"
    return offer(
        done, command, (part,), goods, carried=command.arguments, into=frozenset(map(tree, done.generated)), leaves=kept,
        more="one more description of an interpreter in uv's cache", seconds=_PACKAGES, variables=("*",),
    )  # fmt: skip


def synced(command: Command, given: Options) -> Effects:
    """The environment is made to hold what the lock says."""
    return _synced(command, given, find(command, given))


def _synced(command: Command, given: Options, project: Project) -> Effects:
    folder, manifest = project.folder, project.manifest
    done = project.effects | base(command, given)
    done |= _environment(command, folder) | members(command, given, project)
    alone = given.has("--no-install-project", "--no-install-workspace", "--no-install-local")
    dynamic = bool(manifest.table("project").get("dynamic")) and not given.has("--frozen")
    if dynamic or (not alone and project.is_package):
        done |= build(command, folder, editable=editable(command, given))
    for place, linked in local_folders(command, project):
        done |= build(command, place, editable=linked and editable(command, given))
    return done | locking(given, project.lock)


def _environment(command: Command, folder: str) -> Effects:
    """The virtual environment of a project."""
    named = command.env.get("UV_PROJECT_ENVIRONMENT", "") or ".venv"
    if not known(named):
        return unknown("UV_PROJECT_ENVIRONMENT is not known")
    place = command.path(named, folder)
    return Effects(
        reads=frozenset({tree(place)}),
        writes=frozenset({tree(place)}),
        generated=frozenset({place}),
    )


def lock(command: Command, given: Options) -> Effects:
    """lock, add, remove: the lock and pyproject.toml are written, projects are built."""
    project = find(command, given)
    files = frozenset({project.lock.path, project.manifest.path})
    built = _synced(command, given, project) | build(command, project.folder)
    return built | Effects(writes=files, unpinned=True)
