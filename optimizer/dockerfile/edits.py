"""Changes as data, and the only code that puts them into a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from optimizer.dockerfile.lines import BOM, newline, split

_BOM_AT_LINE_START = re.compile(f"^{BOM}", re.MULTILINE)


@dataclass(frozen=True)
class Edit:
    """Lines replaced by text.

    Attributes:
        start: 0-based index of the first line.
        end: The index after the last one; `end == start` inserts before `start`.
        text: What stands there instead, with its newline.
    """

    start: int
    end: int
    text: str


def apply(text: str | Sequence[str], edits: Iterable[Edit]) -> str:
    """The text with every edit in it; all other bytes stay as they are.

    A byte order mark stays at the top. If the file ends without a newline, so does the
    result: the last line gets one where it is moved up, and the new last line loses it.
    Inserts at one place keep their order.

    Raises:
        ValueError: If edits overlap or lie outside of the file: a bug of the caller.
    """
    whole = text if isinstance(text, str) else "".join(text)
    lines = split(whole)
    end_of_line = newline(lines)
    out: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda each: (each.start, each.end)):
        if not at <= edit.start <= edit.end <= len(lines):
            raise ValueError(f"{edit} overlaps another edit, or is not in the file")
        out += [*lines[at : edit.start], edit.text]
        at = edit.end
    out += lines[at:]
    pieces = [piece for piece in out if piece]
    last = pieces.pop() if pieces and lines and not lines[-1].endswith("\n") else ""
    joined = "".join(_ended(piece, end_of_line) for piece in pieces)
    joined += _without_last_newline(last)
    return _with_mark(joined) if whole.startswith(BOM) else joined


def _ended(piece: str, end_of_line: str) -> str:
    return piece if piece.endswith("\n") else piece + end_of_line


def _without_last_newline(text: str) -> str:
    return text[:-2] if text.endswith("\r\n") else text.removesuffix("\n")


def _with_mark(text: str) -> str:
    """The mark at the top and nowhere else, wherever the first line has gone."""
    return BOM + _BOM_AT_LINE_START.sub("", text)
