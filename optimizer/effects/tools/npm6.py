"""npm 6, which the official images up to node 14 bring: whether it leaves a project's files as they are.

Measured with npm 6.1, 6.4 and 6.14 under node 10 and 12:
- a bare `npm install` writes the lock anew, in version 1, and package.json too, each in the
  indentation and with the line ends that it has (a text that is not as `JSON.stringify` writes it
  is another one then); `npm ci` and `--no-save` write neither;
- a dependency that is asked for by its tag (`latest`) is looked up again, whatever the lock says;
- a lock whose `requires` are exact versions (npm 5.0) or that lacks addresses is filled up;
- root runs no lifecycle scripts of the project itself unless `unsafe-perm` is set (`npm WARN
  lifecycle ... cannot run in wd`); others run them, and those of `npm shrinkwrap`;
- workspaces are not known to it.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from optimizer.effects.bases import NPM
from optimizer.effects.tool import Command, Kind, known, shipped_version
from optimizer.effects.tools.node_package import Package
from optimizer.effects.tools.node_ranges import satisfies

MAJOR, LATER = 6, 7
# Those that know no workspaces, and leave a yarn.lock alone; see `major`.
EARLIER = frozenset({5, MAJOR})

SHRINKWRAP_SCRIPTS = ("preshrinkwrap", "shrinkwrap", "postshrinkwrap")

# Where the official images of node have npm, and what stands before it on their PATH, empty.
_BIN, _SBIN = "/usr/local/bin", "/usr/local/sbin"
_INDENT = re.compile(r"\{(?:\r?\n)([ \t]+)")
_INDEX = re.compile(r"\d+")
_TOP = ("name", "version", "lockfileVersion", "requires", "dependencies")
_TOP_WITHOUT_VERSION = ("name", "requires", "lockfileVersion", "dependencies")
_ENTRY = ("version", "from", "bundled", "resolved", "integrity", "dev", "optional", "requires", "dependencies")  # fmt: skip
_ADDRESS = re.compile(r"[:/]|^\.")

Entries = Mapping[str, Any]


def major(command: Command) -> int | None:
    """Which npm a command starts: 5 and 7 stand for any earlier or later one; None if not known."""
    folder = posixpath.dirname(command.program)
    places = [folder] if folder else command.env.get("PATH", "").split(":")
    for place in places:
        if not known(place):
            return None
        if place == _BIN:
            return shipped_version(command.machine.mark(NPM))
        program = command.path(posixpath.join(place, "npm"))
        if place != _SBIN and command.machine.kind(program) is not Kind.ABSENT:
            return None
    return None


def restyled(text: str) -> bool:
    """Whether npm would write the same JSON in other words."""
    found = _INDENT.match(text)
    if found is None:
        return True
    try:
        text.encode()
        value = json.loads(text, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):  # bytes that are not UTF-8 among them
        return True
    written = json.dumps(value, indent=found[1], ensure_ascii=False) + "\n"
    if text.count("\r\n") * 2 > text.count("\n"):
        written = written.replace("\n", "\r\n")
    return written != text


class _Pairs(dict[str, Any]):
    """An object; one that JavaScript would put in another order, or make shorter, is not read."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        odd = any(_INDEX.fullmatch(key) for key, _ in pairs)
        if odd or len(self) < len(pairs) or any(isinstance(v, float) for _, v in pairs):
            raise ValueError("not as JSON.stringify would write it")


def out_of_sync(lock: Mapping[str, Any], text: str, root: Package) -> str:
    """Why npm 6 would write the lock anew; empty if nothing tells that it would."""
    version = lock.get("lockfileVersion")
    if version != 1:
        return f"npm 6 rewrites a lock of version {version}"
    if lock.get("dependencies") and lock.get("requires") is not True:
        return "the lock does not tell what each package requires"
    for key in ("name", "version"):
        if lock.get(key) != root.data.get(key):
            return f"the lock has {key} {lock.get(key)}, package.json {root.data.get(key)}"
    if not _well_formed(lock):
        return "the lock is not one that npm 6 writes"
    if restyled(text) or not _in_order(lock, _TOP if "version" in lock else _TOP_WITHOUT_VERSION):
        return "npm 6 would write the lock in another style"
    return _Locked(lock, root).difference()


def _well_formed(entry: Mapping[str, Any]) -> bool:
    requires, below = entry.get("requires", {}), entry.get("dependencies", {})
    named = requires is True or (
        isinstance(requires, dict) and all(isinstance(v, str) for v in requires.values())
    )
    return named and isinstance(below, dict) and all(
        isinstance(each, dict) and _well_formed(each) for each in below.values()
    )  # fmt: skip


def _in_order(entry: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    return [k for k in names if k in entry] == list(entry)


@dataclass(frozen=True)
class _Node:
    """An entry of the lock, and the tables that its requirements are looked up in."""

    name: str
    entry: Mapping[str, Any]
    scopes: tuple[Entries, ...]


class _Locked:
    """A lock of version 1 as the graph that npm makes of it."""

    def __init__(self, lock: Mapping[str, Any], root: Package) -> None:
        self.top: Entries = _table(lock, "dependencies")
        self.optional = root.table("optionalDependencies")
        plain = root.dependencies("dependencies", "devDependencies")
        self.asked = {**plain, **self.optional}
        self.working = {**root.table("dependencies"), **self.optional}

    def difference(self) -> str:
        """The first thing that npm would change, in words."""
        nodes = list(_nodes(self.top, ()))
        for node in nodes:
            if why := _unusual(node):
                return why
        specs = [s for n in nodes for s in _table(n.entry, "requires").values()]
        if specs and all(re.fullmatch(r"\d[\w.+-]*", s) for s in specs):
            return "the lock was written by npm 5, which named no ranges"
        for name, spec in self.asked.items():
            if why := self._asked(name, spec):
                return why
        return self._reached(nodes)

    def _asked(self, name: str, spec: str) -> str:
        entry = self.top.get(name)
        if entry is None:
            return f"the lock has no entry for {name}"
        if name not in self.optional and entry.get("optional"):
            return f"{name} is no optional dependency"
        version = str(entry.get("version"))
        fits = None if _ADDRESS.search(version) else satisfies(version, spec)
        if fits is None:
            return f"{name} is asked for as {spec}, which is no range of versions"
        return "" if fits else f"{name} {version} of the lock is not in the range {spec}"

    def _reached(self, nodes: list[_Node]) -> str:
        known = {id(node.entry): node for node in nodes}
        tops = {name: known[id(entry)] for name, entry in self.top.items()}
        seen, why = _closure([tops[n] for n in self.asked], known)
        working, _ = _closure([tops[n] for n in self.working], known)
        needed, _ = _closure([tops[n] for n in self.asked if n not in self.optional], known)
        if why:
            return why
        for node in nodes:
            if node.entry.get("bundled"):
                continue
            if id(node.entry) not in seen:
                return f"nothing requires {node.name} of the lock"
            if bool(node.entry.get("dev")) == (id(node.entry) in working):
                return f"the lock does not tell rightly whether {node.name} is for development alone"
            if id(node.entry) not in needed and not node.entry.get("optional"):
                return f"the lock does not tell that {node.name} is optional"
        return ""


def _closure(start: list[_Node], known: Mapping[int, _Node]) -> tuple[set[int], str]:
    """All that is required by some entries, directly or not, and what is missing."""
    seen, queue = {id(n.entry) for n in start}, list(start)
    while queue:
        node = queue.pop()
        for name, spec in _table(node.entry, "requires").items():
            entry = next((s[name] for s in node.scopes if name in s), None)
            if entry is None:
                return seen, f"the lock has no entry for {name}, which {node.name} requires"
            if satisfies(str(entry.get("version")), str(spec)) is False:
                return seen, f"{node.name} requires {name} {spec}, the lock has another"
            if id(entry) not in seen:
                seen.add(id(entry))
                queue.append(known[id(entry)])
    return seen, ""


def _nodes(table: Entries, scopes: tuple[Entries, ...]) -> Iterator[_Node]:
    for name, entry in table.items():
        if isinstance(entry, dict):
            own = _table(entry, "dependencies")
            inner = (own, table, *scopes)
            yield _Node(name, entry, inner)
            yield from _nodes(own, (table, *scopes))


def _table(entry: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = entry.get(key)
    return value if isinstance(value, dict) else {}


def _unusual(node: _Node) -> str:
    """Why npm would not write an entry as it stands."""
    entry = node.entry
    tables = (_table(entry, "requires"), _table(entry, "dependencies"))
    if not _in_order(entry, _ENTRY) or any(list(t) != sorted(t) for t in tables):
        return f"npm 6 would write the entry of {node.name} in another order"
    if entry.get("bundled") or _ADDRESS.search(str(entry.get("version"))):
        return ""
    whole = str(entry.get("resolved", "")).startswith("https://") and entry.get("integrity")
    return "" if whole else f"the lock does not tell the address and the hash of {node.name}"
