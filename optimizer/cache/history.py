"""What a replay is given: the commits of a context."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from optimizer.context.revisions import Revision


@dataclass(frozen=True)
class History:
    """A context's history.

    Attributes:
        start: What the builder has built before: path -> mode and content.
        commits: What follows, oldest first; gone through once.
        whole: Whether the context is the whole repository, so that `.git` is in it.
        count: At most how many commits there are.
        branching: Whether each commit tells its parent, and they are of several branches.
        skipped: How many of the first only lead to the state that the builder starts from.
    """

    start: Callable[[], Iterable[tuple[str, str]]]
    commits: Callable[[], Iterable[Revision]]
    whole: bool = False
    count: int = 0
    branching: bool = False
    skipped: int = 0
