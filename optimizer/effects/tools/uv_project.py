"""The project that uv works on: its root, its lock, the members of a workspace, local dependencies."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from optimizer.effects.model import NONE, Conditional, Effects, tree
from optimizer.effects.tool import Command
from optimizer.effects.tools.looking import upwards, words
from optimizer.effects.tools.options import Options
from optimizer.effects.tools.python_lock import Document, document, find_above, paths
from optimizer.effects.tools.python_project import build

# Settings of a project by which what is installed first matters to what is built then, or is done anew.
_NOT_AHEAD = words(
    "no-build-isolation no-build-isolation-package extra-build-dependencies match-runtime "
    "reinstall reinstall-package upgrade upgrade-package"
)


@dataclass(frozen=True)
class Project:
    """What uv finds.

    Attributes:
        folder: The root of the workspace, or of the only project.
        seen: That it was looked for.
        manifest: Its pyproject.toml.
        lock: Its uv.lock.
    """

    folder: str
    seen: Effects
    manifest: Document
    lock: Document

    @property
    def workspace(self) -> bool:
        """Whether it has members."""
        return bool(self.manifest.table("tool", "uv", "workspace"))

    @property
    def is_package(self) -> bool:
        """Whether uv builds the project itself: if it says how."""
        told = self.manifest.table("tool", "uv").get("package")
        return bool(told) if isinstance(told, bool) else "build-system" in self.manifest.data

    @property
    def effects(self) -> Effects:
        """That all of this was read."""
        return self.seen | self.manifest.effects | self.lock.effects


def find(command: Command, given: Options) -> Project:
    """The project of the working directory, or of `--project`."""
    folder, seen = _root(command, given)
    manifest = document(command, posixpath.join(folder, "pyproject.toml"))
    return Project(folder, seen, manifest, document(command, posixpath.join(folder, "uv.lock")))


def _root(command: Command, given: Options) -> tuple[str, Effects]:
    """The root of the workspace: the topmost project upwards that has one, else the nearest."""
    named = given.last("--project")
    nearest, seen = find_above(command, "pyproject.toml", command.path(named or "."))
    for folder in upwards(nearest)[1:]:
        above = document(command, posixpath.join(folder, "pyproject.toml"))
        if above.table("tool", "uv", "workspace"):
            return folder, seen | above.effects
    return nearest, seen


def settings(command: Command, folder: str) -> frozenset[str]:
    """The names of uv's settings in a folder."""
    manifest = document(command, posixpath.join(folder, "pyproject.toml"))
    own = document(command, posixpath.join(folder, "uv.toml"))
    return frozenset(manifest.table("tool", "uv")) | frozenset(own.data)


def is_one_piece(command: Command, names: frozenset[str]) -> bool:
    """Whether settings of these names, or variables, rule out that a part of it is installed first."""
    return bool(names & _NOT_AHEAD) or any("BUILD_ISOLATION" in name for name in command.env)


def members(command: Command, given: Options, project: Project) -> Effects:
    """The members of a workspace: all of them are read, unless nothing of it is installed."""
    if not project.workspace:
        return NONE
    folder = project.folder
    whole = Effects(reads=frozenset({tree(folder)}), writes=frozenset({tree(folder)}))
    if not given.has("--no-install-workspace", "--no-install-local"):
        return whole | build(command, folder, editable=True)
    files = [f for f in command.machine.walk(folder) if f.endswith("/pyproject.toml")]
    done = Effects(reads=frozenset(files))
    if not given.has("--frozen") and any(
        document(command, f).table("project").get("dynamic") for f in files
    ):
        return whole | build(command, folder, editable=True)
    return done


def local_folders(command: Command, project: Project) -> Iterator[tuple[str, bool]]:
    """Those that are dependencies, by the lock or by `tool.uv.sources`, and whether they are editable."""
    sources = project.manifest.table("tool", "uv", "sources")
    named = dict.fromkeys(paths(sources, frozenset({"path"})), True)
    for package in project.lock.data.get("package", ()):
        source = package.get("source") if isinstance(package, dict) else None
        if not isinstance(source, dict):
            continue
        for kind in ("directory", "editable", "path"):
            if isinstance(source.get(kind), str):
                named.setdefault(source[kind], kind == "editable")
    root = command.path(project.folder)
    for name, editable in named.items():
        place = command.path(name, project.folder)
        inside = project.workspace and place.startswith(root + "/")
        if place != root and not inside:
            yield place, editable


def editable(command: Command, given: Options) -> bool:
    """Whether projects are installed as editable: so it is, unless somebody says otherwise."""
    return not given.has("--no-editable") and not command.env.get("UV_NO_EDITABLE")


def locking(given: Options, lock: Document) -> Effects:
    """What becomes of the lock: it is written where it is missing or out of date, unless told not to."""
    if given.has("--frozen", "--locked"):
        return NONE
    if not lock.there or given.has("-U", "--upgrade", "-P", "--upgrade-package"):
        return Effects(writes=frozenset({lock.path}), unpinned=True)
    return Effects(conditional=frozenset({Conditional(lock.path, "lock-in-sync")}))
