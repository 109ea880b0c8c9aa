"""package.json and the packages that it binds together: workspaces and local dependencies."""

from __future__ import annotations

import fnmatch
import json
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from optimizer.effects.model import NONE, Effects, Link, Links, tree, unknown
from optimizer.effects.tool import Kind, Machine, clean

KINDS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")

# `npm-package-arg` takes these for a folder or a tarball; yarn and pnpm add the named protocols.
LOCAL = re.compile(r"^(?:file:|link:|portal:)|^(?:\.{1,2}/|/|~/)|^\.{1,2}$")
# The permission bits of a program.
_PROGRAM = 0o755
TARBALL = re.compile(r"\.(?:tgz|tar\.gz|tar)$", re.IGNORECASE)


@dataclass(frozen=True)
class Package:
    """One folder with a package.json that could be read."""

    folder: str
    data: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its name; an installer takes the folder's where there is none."""
        name = self.data.get("name")
        return name if isinstance(name, str) and name else posixpath.basename(self.folder)

    def table(self, key: str) -> dict[str, str]:
        """A field that maps words to words; what is not well-formed is left out."""
        value = self.data.get(key)
        if not isinstance(value, dict):
            return {}
        return {k: v for k, v in value.items() if isinstance(v, str)}

    @property
    def scripts(self) -> dict[str, str]:
        """The scripts by name."""
        return self.table("scripts")

    def dependencies(self, *kinds: str) -> dict[str, str]:
        """What it asks for, by name."""
        return {k: v for kind in kinds or KINDS for k, v in self.table(kind).items()}

    def bins(self) -> dict[str, str]:
        """Its programs by name, as paths of the image."""
        value = self.data.get("bin")
        if isinstance(value, str):
            value = {self.name.rsplit("/", 1)[-1]: value}
        table = value if isinstance(value, dict) else {}
        found = {k: v for k, v in table.items() if isinstance(v, str)}
        folder = self.data.get("directories")
        if isinstance(folder, dict) and isinstance(folder.get("bin"), str):
            found["*"] = folder["bin"]
        return {k: clean(posixpath.join(self.folder, v)) for k, v in found.items()}

    @property
    def file(self) -> str:
        """Its package.json."""
        return posixpath.join(self.folder, "package.json")


@dataclass(frozen=True)
class Project:
    """A root package, the workspaces it holds, and the folders it depends on.

    Attributes:
        root: The package that an installer is run for.
        members: Its workspaces.
        locals: Other packages of the image that are installed by their path.
        effects: What had to be read to learn this, and what is in doubt about it.
    """

    root: Package
    members: tuple[Package, ...] = ()
    locals: tuple[Package, ...] = ()
    effects: Effects = NONE

    @property
    def packages(self) -> tuple[Package, ...]:
        """All of them, the root first."""
        return (self.root, *self.members, *self.locals)


def look(machine: Machine, *paths: str) -> Effects:
    """Read what is there, probe what is not: for files that a tool reads if they exist."""
    reads: set[str] = set()
    probes: set[str] = set()
    for path in paths:
        absent = machine.kind(path) in {Kind.ABSENT, Kind.DIRECTORY}
        (probes if absent else reads).add(path)
    return Effects(reads=frozenset(reads), probes=frozenset(probes))


def in_folder(folder: str, names: Iterable[str]) -> tuple[str, ...]:
    """These names in a folder."""
    return tuple(posixpath.join(folder, name) for name in names)


def read_package(machine: Machine, folder: str) -> tuple[Package | None, Effects]:
    """The package of a folder, and what was looked at; None if there is none or it is unreadable."""
    path = posixpath.join(folder, "package.json")
    seen = look(machine, path)
    if machine.kind(path) is Kind.ABSENT:
        return None, seen
    text = machine.text(path)
    if text is None:
        return None, seen.in_doubt(f"the content of {path} is not known")
    try:
        data = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        return None, seen.in_doubt(f"{path} is not a JSON object")
    return Package(folder, data), seen


def workspace_globs(package: Package) -> tuple[str, ...]:
    """The `workspaces` field, in either notation."""
    value = package.data.get("workspaces")
    if isinstance(value, dict):
        value = value.get("packages")
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else ()


# pnpm reads these as well.
OTHER_MANIFESTS = ("package.json5", "package.yaml")
_GLOB = re.compile(r"[*?\[{(]")
# No project has an entry of this name: it stands for any that is not known.
_NO_NAME = "\ue000"


@dataclass
class _Search:
    """Folders that match workspace globs, and what had to be listed to find them."""

    machine: Machine
    listed: set[str] = field(default_factory=set)
    doubt: str | None = None

    def folders(self, base: str, parts: list[str]) -> Iterator[str]:
        """The folders below `base` that a glob's parts lead to."""
        if not parts:
            yield base
            return
        part, rest = parts[0], parts[1:]
        if part in {"", "."}:
            yield from self.folders(base, rest)
        elif part == "..":
            yield from self.folders(posixpath.dirname(base), rest)
        elif part == "**":
            yield from self.folders(base, rest)
            for below in self._below(base):
                yield from self.folders(below, parts)
        elif not _GLOB.search(part):
            yield from self.folders(posixpath.join(base, part), rest)
        else:
            for below in self._below(base):
                if _matches(posixpath.basename(below), part):
                    yield from self.folders(below, rest)

    def _below(self, base: str) -> Iterator[str]:
        """The folders in a folder, as far as an installer's glob looks at them."""
        self.listed.add(base)
        if self._open(base):
            self.doubt = self.doubt or f"{base} may hold workspaces that dfopt does not see"
        for name in self.machine.names(base):
            path = posixpath.join(base, name)
            hidden = name.startswith(".") or name in {"node_modules", "bower_components"}
            # A folder that an earlier install wrote into is of unknown kind.
            if not hidden and self.machine.kind(path) not in {Kind.FILE, Kind.ABSENT}:
                yield path

    def _open(self, base: str) -> bool:
        """Whether entries may stand in a folder that `names` does not tell.

        What was written below its entries (`packages/a/node_modules`) adds none to it; so it
        is asked whether any name at all may be there.
        """
        if self.machine.complete(base) or self.machine.kind(base) is Kind.ABSENT:
            return False
        return self.machine.kind(posixpath.join(base, _NO_NAME)) is not Kind.ABSENT


def _matches(name: str, glob: str) -> bool:
    """Whether a name matches one part of a glob; `{a,b}` and `@(a|b)` included."""
    found = re.search(r"\{([^{}]*)\}", glob) or re.search(r"@\(([^()]*)\)", glob)
    if not found:
        return fnmatch.fnmatchcase(name, glob)
    head, tail = glob[: found.start()], glob[found.end() :]
    return any(_matches(name, head + part + tail) for part in re.split(r"[,|]", found[1]))


def find_members(machine: Machine, root: str, globs: tuple[str, ...]) -> Project:
    """The workspaces that globs name (as `members` of an otherwise empty project)."""
    search = _Search(machine)
    effects = NONE
    members: dict[str, Package] = {}
    for glob in globs:
        negative = glob.startswith("!")
        parts = glob.lstrip("!").removesuffix("/package.json").split("/")
        for folder in search.folders(root, parts):
            if negative:
                members.pop(folder, None)
            elif folder != root and folder not in members:
                package, seen = read_package(machine, folder)
                if package is None and seen.doubt is None and _GLOB.search(glob):
                    effects |= _no_member(machine, folder)
                    continue
                effects |= seen
                if package:
                    members[folder] = package
        if re.search(r"[!?+*@]\((?!\w[\w|-]*\)$)", glob):
            effects = effects.in_doubt(f"the workspace pattern {glob} is not understood")
    if search.doubt:
        effects = effects.in_doubt(search.doubt)
    effects |= Effects(probes=frozenset(search.listed))
    ordered = tuple(members[f] for f in sorted(members))
    return Project(Package(root, {}), ordered, (), effects)


def _no_member(machine: Machine, folder: str) -> Effects:
    """What a folder without package.json matters that a pattern leads to: not at all.

    So it is with files beside workspaces (measured with npm 8 and 10, yarn 1 and 4, pnpm 8 and 9,
    bun 1.4). But for pnpm it may have a manifest of another name.
    """
    others = (posixpath.join(folder, name) for name in OTHER_MANIFESTS)
    if any(machine.kind(path) is not Kind.ABSENT for path in others):
        return unknown(f"dfopt does not read {' and '.join(OTHER_MANIFESTS)}")
    return NONE


def package_links(project: Project) -> Links:
    """The links to workspaces and local folders that an installer lays in node_modules.

    npm and yarn lay those of all workspaces in the root's, each installer those of what a package
    asks for in its own.
    """
    folders = {p.name: p.folder for p in (*project.members, *project.locals)}
    top = posixpath.join(project.root.folder, "node_modules")
    found = {Link(f"{top}/{name}/", folder) for name, folder in folders.items()}
    for package in project.packages:
        for name, spec in package.dependencies().items():
            folder = local_path(package, spec) or folders.get(name)
            if folder is not None and folder in folders.values():
                found.add(Link(posixpath.join(package.folder, "node_modules", name, ""), folder))
    return frozenset(found)


def linked_bins(machine: Machine, packages: Iterable[Package]) -> Effects:
    """The programs of linked packages: an installer makes them executable.

    Measured (npm 8, 10, 12; yarn 1, 3, 4; pnpm 8, 10): the mode becomes 755, or 777 without the
    umask, and npm and pnpm take a carriage return from the first line. A program that is so
    already is left as it is; one that is yet to be built is not made.
    """
    paths = frozenset(p for each in packages for p in each.bins().values())
    absent = frozenset(p for p in paths if machine.kind(p) is Kind.ABSENT)
    changed = frozenset(p for p in paths - absent if not _is_program(machine, p))
    return Effects(reads=paths - absent, probes=absent, writes=changed, metadata=changed)


def _is_program(machine: Machine, path: str) -> bool:
    first = (machine.text(path) or "\r").partition("\n")[0]
    return machine.mode(path) == _PROGRAM and not first.endswith("\r")


def local_path(package: Package, spec: str) -> str | None:
    """Where a dependency's specifier leads in the image; None if it is no path."""
    if not LOCAL.search(spec) and not (TARBALL.search(spec) and ":" not in spec):
        return None
    word = re.sub(r"^(?:file|link|portal):(?://(?=/))?", "", spec).split("#")[0].split("::")[0]
    return clean(posixpath.join(package.folder, word))


def specifiers(package: Package) -> Iterator[str]:
    """Every specifier that may lead to a path: dependencies, overrides, resolutions."""
    yield from package.dependencies().values()
    for key in ("overrides", "resolutions", "pnpm"):
        yield from _strings(package.data.get(key))


def _strings(value: object) -> Iterator[str]:
    """All texts in a nested value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for below in value.values():
            yield from _strings(below)


# What an installer takes for a folder whose package.json is not known; None if nothing is.
StandIn = Callable[[str], tuple[Package, Effects] | None]


def with_locals(
    machine: Machine,
    project: Project,
    extra: Iterable[str] = (),
    stand_in: StandIn = lambda _folder: None,
) -> Project:
    """The project with the folders and tarballs that its packages are installed from."""
    effects = project.effects
    known_folders = {p.folder for p in project.packages}
    found: list[Package] = []
    queue = [(p, s) for p in project.packages for s in specifiers(p)]
    queue += [(project.root, s) for s in extra]
    while queue:
        package, spec = queue.pop(0)
        path = local_path(package, spec)
        if path is None or path in known_folders:
            continue
        known_folders.add(path)
        file = posixpath.join(path, "package.json")
        unknown_file = machine.kind(file) is Kind.UNKNOWN and machine.text(file) is None
        local, seen = (stand_in(path) if unknown_file else None) or _local(machine, path)
        effects |= seen
        if local:
            found.append(local)
            queue += [(local, s) for s in specifiers(local)]
    return replace(project, locals=(*project.locals, *found), effects=effects)


def _local(machine: Machine, path: str) -> tuple[Package | None, Effects]:
    """A local dependency: a tarball, or a folder that is linked or copied with all it holds.

    npm links it (7 to 8.x, 9.4 and later) or packs it (9.0 to 9.3, and with --install-links);
    yarn 1 copies it. Whoever packs it reads all of it.
    """
    kind = machine.kind(path)
    if kind is Kind.ABSENT:
        return None, Effects(probes=frozenset({path, tree(path)}))
    if kind is Kind.FILE or (TARBALL.search(path) and kind is not Kind.DIRECTORY):
        return None, Effects(reads=frozenset({path}))
    package, seen = read_package(machine, path)
    seen |= Effects(reads=frozenset({tree(path)}))
    if package is None and kind is Kind.UNKNOWN:
        seen = seen.in_doubt(f"the local dependency {path} is not known")
    return package, seen
