"""What a pass is, and what it answers: rewrites and refusals, each with its reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from optimizer.dockerfile.edits import Edit
from optimizer.graph.plan import Plan


class Promise(Enum):
    """What a rewrite promises (DESIGN.md 1)."""

    SAME_IMAGE = "same-image"
    SAME_IF = "same-if"
    SAME_BEHAVIOUR = "same-behaviour"


@dataclass(frozen=True)
class Rewrite:
    """A change that a pass proposes.

    Attributes:
        line: The instruction that it is about, from 1.
        because: The reason, for the report.
        edits: The change of the text.
        assumptions: What has to hold; none means that the image is surely the same.
        ignore: Lines that the ignore file needs as well.
        harmless: How the image differs, in a way that does no harm; "" if it does not.
    """

    line: int
    because: str
    edits: tuple[Edit, ...]
    assumptions: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    harmless: str = ""


@dataclass(frozen=True)
class Refusal:
    """A place where a pass could have acted, and why it did not."""

    line: int
    because: str


Answer = Rewrite | Refusal


@dataclass(frozen=True)
class Pass:
    """A kind of rewrite.

    Attributes:
        code: Its stable number.
        name: Its name for the user: the name of its file.
        promise: The weakest promise that it may give.
        propose: From a plan to its answers.
        default: Whether it runs without being asked for; what it proposes that is `harmless` has
            to be asked for all the same.
        mends: Whether it changes on purpose what the file does, to no one's saving: neither the law
            that all stays the same nor the cost is asked.
    """

    code: str
    name: str
    promise: Promise
    propose: Callable[[Plan], Iterator[Answer]]
    default: bool = True
    mends: bool = False


def lines(numbers: Sequence[int]) -> str:
    """`line 4`, or `lines 4, 5`."""
    return f"line{'' if len(numbers) == 1 else 's'} {', '.join(map(str, numbers))}"


def read(answer: Rewrite) -> str:
    """`only package.json` of `line 4 reads only package.json`, for a reason of another pass."""
    return re.sub(r"^.*? reads? (?=only |nothing )", "", answer.because)
