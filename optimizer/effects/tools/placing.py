"""Where cp, mv, ln and install put what: into a directory, or in its place."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from optimizer.effects.model import Paths, is_tree, tree
from optimizer.effects.tool import Command, Kind
from optimizer.effects.tools.options import Options
from optimizer.effects.tools.paths import is_directory, place


@dataclass(frozen=True)
class Target:
    """The last word of a copying program.

    Attributes:
        sources: The words before it.
        path: Where it leads; a tree if that is not known.
        into: Whether it is a directory; None if that is not known.
    """

    sources: tuple[str, ...]
    path: str
    into: bool | None


def target_of(command: Command, options: Options) -> Target | None:
    """Sources and target by the options; None if words are missing, which is an error."""
    folder = options.last("-t", "--target-directory")
    if folder is not None:
        return Target(options.operands, place(command, folder), into=True)
    if len(options.operands) < 2:
        return None
    *sources, last = options.operands
    path = place(command, last)
    if options.has("-T", "--no-target-directory"):
        return Target(tuple(sources), path, into=False)
    sure = last.endswith("/") or len(sources) > 1
    # A base that is not known may have a directory where the context tells of nothing.
    return Target(
        tuple(sources),
        path,
        True if sure else is_directory(command, path) or _unsure(command, path),
    )


def _unsure(command: Command, path: str) -> bool | None:
    """Not a directory only where a file is known to be."""
    known = not is_tree(path) and command.machine.kind(path) is Kind.FILE
    return False if known else None


def copied(command: Command, target: Target, *, recursive: bool) -> tuple[Paths, bool]:
    """The paths that are written, and whether each of them surely is."""
    if is_tree(target.path):
        return frozenset({target.path}), False
    found: set[str] = set()
    sure = target.into is not None
    for word in target.sources:
        source = place(command, word)
        whole = is_tree(source)
        plain = not whole and command.machine.kind(source) is Kind.FILE
        for path in landing(target, word, whole=whole):
            found.add(path if is_tree(path) or plain or not recursive else tree(path))
        sure = sure and not whole and (plain or not recursive)
    return frozenset(found), sure


def landing(target: Target, word: str, *, whole: bool) -> list[str]:
    """Where one source may come to stand."""
    name = posixpath.basename(word.rstrip("/"))
    if target.into is not False and (whole or name in {"", ".", ".."}):
        return [tree(target.path)]
    inside = posixpath.join(target.path, name)
    return {True: [inside], False: [target.path], None: [target.path, inside]}[target.into]
