"""Patterns of file names: what they match, as far as the image is known."""

from __future__ import annotations

import posixpath
import re

from optimizer.effects import marks
from optimizer.effects.marks import MAGIC, matcher, plain
from optimizer.effects.model import Effects
from optimizer.effects.scope import Scope
from optimizer.effects.tool import ANY, GLOB, Kind

_BRACES = re.compile(r"\{[^{}]*(?:,|\.\.)[^{}]*\}")
_MOST = 200
# A set of characters, or one that stands for itself or for others.
_SETS = re.compile(r"\[[^\]]+\]|.", re.DOTALL)
_SPELLED = 64


def braced(field: str) -> str:
    """Braces: dash and ash leave them as they are, bash expands them; both are possible."""
    while found := _BRACES.search(field):
        inside = found.group()
        leaves = ".." in inside.replace(inside[1:-1], "", 1) or "/.." in inside or "../" in inside
        absolute = found.start() == 0 and ("{/" in inside or ",/" in inside)
        mark = ANY if leaves or absolute else GLOB
        field = field[: found.start()] + mark + field[found.end() :]
    return field


def resolve(field: str, scope: Scope) -> list[str]:
    """One field of an expansion -> the words that the command gets."""
    if "{" in field:
        field = braced(field)
    if not MAGIC.search(field):
        return [plain(field)]
    if ANY in field or (ANY in scope.cwd and not field.startswith("/")):
        return [ANY]
    if GLOB in field or "globs" in scope.options:
        scope.add(_looked_at(field, scope))
        return [_unknown(field)]
    return _matches(field, scope)


def _looked_at(field: str, scope: Scope) -> Effects:
    """All that a pattern may depend on: what begins like it."""
    prefix = plain(re.split(rf"[*?\[{GLOB}]", field)[0])
    path = scope.path(prefix or ".")
    folder = path.rstrip("/") + "/" if prefix.endswith("/") or not prefix else path
    return Effects(probes=frozenset({folder + "**"}))


def _matches(field: str, scope: Scope) -> list[str]:
    found = ["/" if field.startswith("/") else ""]
    parts = [p for p in field.split("/") if p]
    for number, part in enumerate(parts):
        following: list[str] = []
        last = number == len(parts) - 1
        for prefix in found:
            names = _component(prefix, part, scope)
            if names is None:
                if not last:
                    scope.add(_looked_at(field, scope))
                return [_unknown(field)]
            following += names
        kinds = {f: scope.machine.kind(scope.path(f)) for f in following}
        if "/" in field:
            scope.add(Effects(probes=frozenset(scope.path(f) for f in following)))
        if len(found) > _MOST or Kind.UNKNOWN in kinds.values():
            if not last:
                scope.add(_looked_at(field, scope))
            return [_unknown(field)]
        wanted = (
            {Kind.FILE, Kind.LINK, Kind.DIRECTORY}
            if last and field[-1] != "/"
            else {Kind.DIRECTORY, Kind.LINK}
        )
        found = [f for f in following if kinds[f] in wanted]
    ending = "/" if field.endswith("/") else ""
    return sorted(f + ending for f in found) or [plain(field)]


def _component(prefix: str, part: str, scope: Scope) -> list[str] | None:
    """What one component of a pattern matches in a folder; None if that is not known."""
    if not MAGIC.search(part):
        return [posixpath.join(prefix, plain(part))]
    folder = scope.path(prefix or ".")
    if (spelled := _spelled(part)) is not None:
        scope.add(Effects(probes=frozenset(posixpath.join(folder, n) for n in spelled)))
        paths = [posixpath.join(prefix, n) for n in spelled]
        return [p for p in paths if scope.machine.kind(scope.path(p)) is not Kind.ABSENT]
    start = plain(re.split(r"[*?\[]", part)[0])
    if start:
        scope.add(Effects(probes=frozenset({posixpath.join(folder, start) + "**"})))
    else:
        scope.add(Effects(lists=frozenset({folder})))
    pattern = matcher(part)
    kind = scope.machine.kind(folder)
    if kind in {Kind.ABSENT, Kind.FILE}:
        return []
    if pattern is None or not scope.machine.complete(folder):
        return None
    hidden = part.startswith(".")
    names = scope.machine.names(folder)
    matching = [n for n in names if pattern.fullmatch(n) and (hidden or not n.startswith("."))]
    return [posixpath.join(prefix, n) for n in matching]


def _spelled(part: str) -> list[str] | None:
    """All names that a pattern of plain sets may match; None if these are too many to ask for.

    `pip install .[dev]` asks the shell for `.d`, `.e` and `.v`, and gets its word back.
    """
    names = [""]
    for piece in _SETS.findall(part):
        inside = piece[1:-1] if piece.startswith("[") and len(piece) > 1 else ""
        if piece in "*?[" or re.search(r"[!^:\-\[\\]", inside):
            return None
        ends = dict.fromkeys(plain(c) for c in inside or piece)
        names = [name + end for name in names for end in (ends if inside else [plain(piece)])]
        if len(names) > _SPELLED:
            return None
    hidden = part.startswith(".")
    return sorted(n for n in names if hidden or not n.startswith("."))


def _unknown(field: str) -> str:
    """A pattern that cannot be resolved: what it may match, in one word."""
    return "/".join(GLOB if MAGIC.search(p) else p for p in marks.plain_but_magic(field))
