"""What a check is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from optimizer.graph.plan import Plan
from optimizer.pipeline import Project, Result


@dataclass(frozen=True)
class Subject:
    """What a check looks at.

    Attributes:
        plan: The Dockerfile as it stands, over its context.
        result: What `rewrite` would make of it.
        project: What surrounds it.
    """

    plan: Plan
    result: Result
    project: Project


@dataclass(frozen=True)
class Found:
    """Something to tell of a line, from 1."""

    line: int
    message: str


@dataclass(frozen=True)
class Check:
    """A kind of finding.

    Attributes:
        code: Its stable number.
        name: Its name for the user: the name of its file.
        find: From a subject to what is to be told.
    """

    code: str
    name: str
    find: Callable[[Subject], Iterator[Found]]


@dataclass(frozen=True)
class Finding:
    """What a check has found in a file.

    Attributes:
        code: The check's code, such as `DF402`.
        name: The check's name.
        path: The Dockerfile, as it was given.
        line: The line, from 1.
        message: What is the matter, and what to do about it.
    """

    code: str
    name: str
    path: str
    line: int
    message: str


def listed(names: list[str], most: int = 4) -> str:
    """`a`, `a and b`, `a, b and c`, or the first ones `and 3 more`."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
