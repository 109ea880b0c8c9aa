"""What each commit changed of a context, oldest first, as one `git log --raw` tells it.

The rules:
- Along one line or, if asked for, on all branches in the order of their dates: each commit is then
  the state of its first parent with what it changes.
- A merge counts as what it brings to its first parent. A move is a removal and an addition.
- A commit that leaves the context as it is brings no build, and is not told of.
- A submodule is a directory that a clone leaves empty: it holds nothing.
- `.git` is in a clone's context (where the context is the whole repository), and then it
  changes with every commit; it counts unless an ignore rule leaves it out.
- Of a shallow clone the oldest commit is the start: what it changed is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from optimizer.context import git
from optimizer.errors import UserError

_HEAD = "\x01"
_SUBMODULE = "160000"
_NOTHING = "000000"
GIT_FOLDER = ".git/HEAD"


class Change(NamedTuple):
    """One path of the context.

    Attributes:
        path: Relative to the context.
        before: Mode and content as git writes them (as `Files.identity`); None if it was not.
        after: Likewise; None if it is not any more.
    """

    path: str
    before: str | None
    after: str | None


class Revision(NamedTuple):
    """A commit, and what it changed of the context.

    Attributes:
        id: Its hash.
        changes: What it changed.
        parent: Of what: a commit, "" for nothing at all; None for the one before it in a line.
    """

    id: str
    changes: tuple[Change, ...]
    parent: str | None = None


@dataclass(frozen=True)
class Span:
    """A part of a history.

    Attributes:
        start: The commit whose tree a builder has built before, None for nothing at all.
        words: What `git log` is asked for, to list the commits behind it.
        count: How many commits there are, before those that leave the context as it is.
        branching: Whether they are of several branches.
    """

    start: str | None
    words: tuple[str, ...]
    count: int
    branching: bool = False


def span(
    repository: Path, prefix: str = "", limit: int | None = None, within: str | None = None
) -> Span:
    """The commits that are to be replayed: along the first parents, those that touch the context.

    Args:
        repository: Its root.
        prefix: The context's path in it, "" for all of it.
        limit: At most so many commits, the newest.
        within: A range `A..B`: those of B's line that are not A's.

    Raises:
        UserError: There is no such range.
    """
    if within is not None and ".." not in within:
        raise UserError(f"{within} is no range of commits: it is written A..B")
    words = ("--first-parent", within or "HEAD")
    more = [] if limit is None else [f"--max-count={limit + 1}"]
    listed = git.ask(repository, git.LITERAL, "rev-list", *more, *words, "--", prefix or ".")
    if listed is None and within is not None:
        raise UserError(f"there is no range of commits {within}")
    ids = git.text(listed or b"").split()
    start = _parent(repository, ids[-1]) if ids and within is not None else None
    if start is None and ids:
        start = ids.pop()
    if not ids:
        return Span(start, (), 0)
    return Span(start, ("--first-parent", f"{start}..{ids[0]}"), len(ids))


def everywhere(repository: Path, prefix: str = "") -> Span:
    """The commits of all branches, those of remotes too, that touch the context; from the first on."""
    words = ("--first-parent", "--date-order", "--branches", "--remotes", "HEAD")
    listed = git.ask(repository, git.LITERAL, "rev-list", "--count", *words, "--", prefix or ".")
    # Commits that leave the context alone are told of as well: others may grow out of them.
    return Span(None, ("--sparse", *words), int(git.text(listed or b"0")), branching=True)


def _parent(repository: Path, commit: str) -> str | None:
    """The first parent; None of a root, or of the oldest commit of a shallow clone."""
    found = git.ask(repository, "rev-parse", "--verify", "--quiet", f"{commit}^")
    return None if found is None else git.text(found).strip()


def tree(repository: Path, commit: str | None, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Path in the context -> mode and content, of all files and links at a commit."""
    if commit is None:
        return
    for piece in git.stream(
        repository, git.LITERAL, "ls-tree", "-r", "-z", "--full-tree", commit, "--", *([prefix] if prefix else [])
    ):
        head, _, path = piece.partition("\t")
        mode, _, name = head.split(" ")
        if mode != _SUBMODULE:
            yield path[_skip(prefix) :], f"{mode} {name}"


def revisions(repository: Path, found: Span, prefix: str = "") -> Iterator[Revision]:
    """The commits of a span, oldest first; git sets to work at once, and nothing is kept here."""
    if not found.count:
        return iter(())
    # Of a whole repository all commits are asked for: git need not look which touch it, and
    # those that do not are not told of.
    paths = (prefix or ".",) if prefix or found.branching else ()
    words = (
        git.LITERAL, "log", "--raw", "--no-abbrev", "-z", "--reverse", "-m", "--no-renames",
        "--no-ext-diff", "--ignore-submodules=none", "--format=%x01%H %P",
        *found.words, "--", *paths,
    )  # fmt: skip
    return _read(git.stream(repository, *words), _skip(prefix), branching=found.branching)


def _read(pieces: Iterable[str], skip: int, *, branching: bool) -> Iterator[Revision]:
    name, parent, raw = "", None, ""
    changes: list[Change] = []
    for piece in pieces:
        if raw:
            old, new, before, after, _ = raw.split(" ")
            was, now = _identity(old[1:], before), _identity(new, after)
            if was != now:
                changes.append(Change(piece[skip:], was, now))
            raw = ""
        elif piece.startswith(_HEAD):
            if changes or (branching and name):
                yield Revision(name, tuple(changes), parent)
            name, _, parents = piece[1:].partition(" ")
            parent = parents.partition(" ")[0] if branching else None
            changes = []
        else:
            raw = piece.lstrip("\n")
    if changes or (branching and name):
        yield Revision(name, tuple(changes), parent)


def _identity(mode: str, name: str) -> str | None:
    return None if mode in {_NOTHING, _SUBMODULE} else f"{mode} {name}"


def _skip(prefix: str) -> int:
    return len(prefix) + 1 if prefix else 0
