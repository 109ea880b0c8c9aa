"""The crates that a cargo command works on: a workspace, its members, dependencies by path.

Measured with cargo 1.95 under strace (local crates): a manifest is looked for upwards, and again
for a workspace; `.cargo/config(.toml)` and `rust-toolchain(.toml)` stand in any folder above.
A manifest that names no target fails without src/lib.rs or src/main.rs, so these are probed.
"""

from __future__ import annotations

import fnmatch
import posixpath
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from optimizer.effects.model import NONE, Conditional, Effects
from optimizer.effects.tool import Command, Kind, exported_lines
from optimizer.effects.tools import cargo_config
from optimizer.effects.tools.looking import look, upwards

Manifest = Mapping[str, Any]
_TABLES = ("dependencies", "dev-dependencies", "build-dependencies")
_TARGETS = ("src/lib.rs", "src/main.rs", "build.rs")
_FOLDERS = ("src/bin", "examples", "tests", "benches")
_KINDS = ("bin", "example", "test", "bench")
_MOST = 500


@dataclass(frozen=True)
class Project:
    """What cargo finds.

    Attributes:
        root: The folder of the workspace, or of the only crate.
        crates: Every local crate: folder -> manifest.
        files: The reads and probes of finding out, with a doubt if it could not be.
        manifests: The same without those for targets.
        scripts: The crates that have a build.rs.
    """

    root: str
    crates: Mapping[str, Manifest]
    files: Effects
    scripts: frozenset[str] = frozenset()
    manifests: Effects = NONE

    @property
    def lock(self) -> str:
        """The path of its Cargo.lock."""
        return posixpath.join(self.root, "Cargo.lock")

    @property
    def names_its_targets(self) -> bool:
        """Whether each manifest says where all its targets are: then it is read without them.

        Measured with cargo 1.95: a target with a path need not be there; one without, and one that
        is found by its place, has to be.
        """
        return bool(self.crates) and all(map(_names_its_targets, self.crates.values()))

    @property
    def sources(self) -> frozenset[str]:
        """The folders of the sources: those of the crates, and of targets that stand elsewhere."""
        named = {
            posixpath.normpath(posixpath.join(folder, posixpath.dirname(path)))
            for folder, manifest in self.crates.items()
            for path in _target_paths(manifest)
        }
        return frozenset({self.root, *self.crates, *named})

    @property
    def own_program(self) -> str:
        """A program of the project that a build runs: a build script, a macro; "" if none is."""
        for folder, manifest in sorted(self.crates.items()):
            package = _table(manifest, "package")
            build = package.get("build", None)
            if build is not None and build is not False:
                return f"{folder}/{build if isinstance(build, str) else 'build.rs'}"
            if folder in self.scripts and build is None:
                return f"{folder}/build.rs"
            library = _table(manifest, "lib")
            if library.get("proc-macro") or library.get("proc_macro"):
                return f"{folder} (its macros)"
        return ""


def find(command: Command, manifest: str | None, configured: str = "") -> Project:
    """The project of the working directory, or of a manifest; `configured` has the settings."""
    folder, seen = command.cwd, NONE
    configured = configured or folder
    if manifest is not None:
        folder = posixpath.dirname(command.path(manifest))
    for place in upwards(folder):
        path = posixpath.join(place, "Cargo.toml")
        seen |= look(command.machine, path)
        kind = command.machine.kind(path)
        if kind is Kind.FILE or manifest is not None:
            named, crates = cargo_config.read(command, configured)
            return _gather(command, place, seen | named, crates)
        if kind is not Kind.ABSENT:
            return Project(place, {}, seen.in_doubt(f"whether there is a {path} is not known"))
    return Project(folder, {}, seen.in_doubt("there is no Cargo.toml that cargo would find"))


def _read(command: Command, folder: str) -> tuple[Manifest, Effects]:
    path = posixpath.join(folder, "Cargo.toml")
    seen = look(command.machine, path)
    text = command.machine.text(path)
    if text is None:
        text = exported_lines(command.machine.mark(path) or "")
    try:
        return tomllib.loads(text or ""), seen if text is not None else seen.in_doubt(
            f"{path} is not known"
        )
    except tomllib.TOMLDecodeError:
        return {}, seen.in_doubt(f"{path} cannot be read")


def _gather(command: Command, folder: str, seen: Effects, patched: tuple[str, ...]) -> Project:
    manifest, read = _read(command, folder)
    seen |= read
    root, probes = _workspace_of(command, folder, manifest)
    seen |= probes
    seen |= look(command.machine, posixpath.join(root, "Cargo.lock"))
    project = Project(root, {}, seen, manifests=seen)
    queue = list(dict.fromkeys((root, folder, *patched)))
    while queue and len(project.crates) < _MOST:
        place = queue.pop()
        if place not in project.crates:
            project, more = _with_crate(command, project, place)
            queue += more
    return project


def _workspace_of(command: Command, folder: str, manifest: Manifest) -> tuple[str, Effects]:
    """The root of the workspace that a crate belongs to, and what is read for it."""
    named = _table(manifest, "package").get("workspace")
    if isinstance(named, str):
        root = command.path(named, folder)
        return root, _read(command, root)[1]
    return (folder, NONE) if "workspace" in manifest else _workspace_above(command, folder)


def _workspace_above(command: Command, folder: str) -> tuple[str, Effects]:
    """The nearest manifest above that has a workspace."""
    seen = NONE
    for place in upwards(folder)[1:]:
        path = posixpath.join(place, "Cargo.toml")
        seen |= look(command.machine, path)
        if command.machine.kind(path) is not Kind.FILE:
            continue
        manifest, read = _read(command, place)
        seen |= read
        if "workspace" in manifest:
            return folder if _excluded(command, folder, place, manifest) else place, seen
    return folder, seen


def _excluded(command: Command, folder: str, root: str, manifest: Manifest) -> bool:
    """Whether a workspace leaves a crate alone, so that it is one of its own (The Cargo Book, "exclude")."""
    workspace = _table(manifest, "workspace")

    def below(name: str) -> bool:
        places = (command.path(str(each), root) for each in workspace.get(name, ()))
        return any(f"{folder}/".startswith(f"{place}/") for place in places)

    return below("exclude") and not below("members")


def _with_crate(command: Command, project: Project, folder: str) -> tuple[Project, list[str]]:
    manifest, read = _read(command, folder)
    if not f"{folder}/".startswith(f"{project.root.rstrip('/')}/"):
        # A crate beside the workspace may inherit from another (measured with cargo 1.65).
        read |= _workspace_of(command, folder, manifest)[1]
    seen = read
    if "package" in manifest:
        targets = frozenset(posixpath.join(folder, t) for t in _TARGETS)
        seen |= Effects(probes=targets)
        folders = [posixpath.join(folder, f) for f in _FOLDERS]
        there = [f for f in folders if command.machine.kind(f) is not Kind.ABSENT]
        # src/bin/x.rs and src/bin/x/main.rs are targets by being there.
        inner = [posixpath.join(f, n) for f in there for n in command.machine.names(f)]
        seen |= Effects(lists=frozenset(there), probes=frozenset(folders))
        seen |= Effects(lists=frozenset(i for i in inner if not i.endswith(".rs")))
    more = [command.path(p, folder) for p in _paths(manifest)]
    globs, listed = _members(command, folder, _table(manifest, "workspace"))
    crates = {**project.crates, folder: manifest}
    scripts = project.scripts
    if command.machine.kind(posixpath.join(folder, "build.rs")) is not Kind.ABSENT:
        scripts |= {folder}
    manifests = project.manifests | read | listed
    done = Project(project.root, crates, project.files | seen | listed, scripts, manifests)
    return done, more + globs


def _names_its_targets(manifest: Manifest) -> bool:
    if "package" not in manifest:
        return True
    named = [t for kind in _KINDS for t in manifest.get(kind, ())]
    targets = [*named, *([manifest["lib"]] if "lib" in manifest else [])]
    made = "lib" in manifest or manifest.get("bin")
    return bool(made) and all(isinstance(t, dict) and isinstance(t.get("path"), str) for t in targets)


def _target_paths(manifest: Manifest) -> Iterator[str]:
    tables = [t for kind in _KINDS for t in manifest.get(kind, ())] + [manifest.get("lib")]
    yield from (t["path"] for t in tables if isinstance(t, dict) and isinstance(t.get("path"), str))


def _members(command: Command, folder: str, workspace: Manifest) -> tuple[list[str], Effects]:
    """The members of a workspace, patterns resolved."""
    found: list[str] = []
    seen = NONE
    for pattern in workspace.get("members", ()):
        parts = [p for p in str(pattern).split("/") if p not in {"", "."}]
        places = [folder]
        for part in parts:
            if not any(c in part for c in "*?["):
                places = [command.path(part, p) for p in places]
                continue
            if part == "**":
                return found, seen.in_doubt(f"the workspace members {pattern} are not modelled")
            seen |= Effects(lists=frozenset(places))
            places = [
                posixpath.join(p, n)
                for p in places
                for n in command.machine.names(p)
                if fnmatch.fnmatchcase(n, part)
                and command.machine.kind(posixpath.join(p, n)) is Kind.DIRECTORY
            ]
        found += places
    excluded = {command.path(str(e), folder) for e in workspace.get("exclude", ())}
    return [f for f in found if f not in excluded], seen


def _table(manifest: Manifest, name: str) -> Manifest:
    value = manifest.get(name)
    return value if isinstance(value, dict) else {}


def _paths(manifest: Manifest) -> Iterator[str]:
    """The dependencies by path of a manifest."""
    holders = [manifest, _table(manifest, "workspace"), *_tables(_table(manifest, "target"))]
    tables = [_table(h, name) for h in holders for name in _TABLES]
    tables += [*_tables(_table(manifest, "patch")), _table(manifest, "replace")]
    for table in tables:
        for dependency in _tables(table):
            if isinstance(dependency.get("path"), str):
                yield dependency["path"]


def _tables(table: Manifest) -> list[Manifest]:
    return [value for value in table.values() if isinstance(value, dict)]


def lock(command: Command, project: Project) -> frozenset[Conditional]:
    """Cargo.lock is rewritten if a crate or a dependency of the project is not in it."""
    path = project.lock
    text = command.machine.text(path)
    if text is None:
        return frozenset({Conditional(path, "lock-in-sync", f"there is no {path}")})
    try:
        packages = tomllib.loads(text).get("package", [])
    except tomllib.TOMLDecodeError:
        return frozenset({Conditional(path, "lock-in-sync", f"{path} cannot be read")})
    names = {p.get("name") for p in packages if isinstance(p, dict)}
    for manifest in project.crates.values():
        wanted = [_table(manifest, "package").get("name")]
        wanted += [
            spec.get("package", name) if isinstance(spec, dict) else name
            for table in _TABLES
            for name, spec in _table(manifest, table).items()
        ]
        missing = [name for name in wanted if name and name not in names]
        if missing:
            return frozenset({Conditional(path, "lock-in-sync", f"it lacks {missing[0]}")})
    return frozenset({Conditional(path, "lock-in-sync")})
