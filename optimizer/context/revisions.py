"""What each commit changed of a context, oldest first, as one `git log --raw` tells it.

The rules:
- A merge counts as what it brings to its first parent. A move is a removal and an addition.
- A commit that leaves the context as it is brings no build, and is not told of.
- A submodule is a directory that a clone leaves empty: it holds nothing.
- `.git` is in a clone's context (where the context is the whole repository), and then it
  changes with every commit; it counts unless an ignore rule leaves it out.
- Of a shallow clone the oldest commit is the start: what it changed is not known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from optimizer.context import git
from optimizer.errors import UserError

_HEAD = b"\x01"
_SUBMODULE = b"160000"
_NOTHING = b"000000"
GIT_FOLDER = ".git/HEAD"


@dataclass(frozen=True)
class Change:
    """One path of the context.

    Attributes:
        path: Relative to the context.
        before: Mode and content as git writes them (as `Files.identity`); None if it was not.
        after: Likewise; None if it is not any more.
    """

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Revision:
    """A commit, and what it changed of the context."""

    id: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Span:
    """A part of a history.

    Attributes:
        start: The commit whose tree a builder has built before, None for nothing at all.
        words: What `git log` is asked for, to list the commits behind it.
        count: How many commits there are, before those that leave the context as it is.
    """

    start: str | None
    words: tuple[str, ...]
    count: int


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
    return Span(start, (*words, f"--max-count={len(ids)}"), len(ids))


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
        head, _, path = piece.partition(b"\t")
        mode, _, name = head.split(b" ")
        if mode != _SUBMODULE:
            yield git.text(path)[_skip(prefix) :], git.text(mode + b" " + name)


def revisions(repository: Path, found: Span, prefix: str = "") -> Iterator[Revision]:
    """The commits of a span, oldest first; nothing is kept of them here."""
    if not found.count:
        return
    words = (
        git.LITERAL, "log", "--raw", "--no-abbrev", "-z", "--reverse", "-m", "--no-renames",
        "--no-ext-diff", "--ignore-submodules=none", "--format=%x01%H", *found.words, "--",
        prefix or ".",
    )  # fmt: skip
    name, raw = "", b""
    changes: list[Change] = []
    for piece in git.stream(repository, *words):
        if piece.startswith(_HEAD):
            if changes:
                yield Revision(name, tuple(changes))
            name, changes = git.text(piece[1:]), []
        elif raw:
            changes += _change(raw, git.text(piece)[_skip(prefix) :])
            raw = b""
        else:
            raw = piece.lstrip(b"\n")
    if changes:
        yield Revision(name, tuple(changes))


def _change(raw: bytes, path: str) -> Iterator[Change]:
    old, new, before, after, _ = raw[1:].split(b" ")
    change = Change(path, _identity(old, before), _identity(new, after))
    if change.before != change.after:
        yield change


def _identity(mode: bytes, name: bytes) -> str | None:
    return None if mode in {_NOTHING, _SUBMODULE} else git.text(mode + b" " + name)


def _skip(prefix: str) -> int:
    return len(prefix) + 1 if prefix else 0
