"""Physical lines: what is a comment, a directive, and what one instruction is made of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.dockerfile.characters import SPACE
from optimizer.errors import UserError

BOM = "\ufeff"

# The directives of the newest syntax. An older one does not know `check`, and takes what
# follows it for comments; of these, only `escape` would have mattered.
_DIRECTIVES = frozenset({"syntax", "escape", "check"})
_DIRECTIVE = re.compile(r"([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=[\t\n\f\r ]*(.+?)[\t\n\f\r ]*\Z")
_LONGEST = 65_535
_LARGEST = 1 << 20


@dataclass(frozen=True)
class Logical:
    """One instruction as Docker reads it, without its heredoc bodies.

    Attributes:
        text: The lines joined, without comments, blank lines and continuation marks.
        start: 0-based index of the first line.
        end: The index after the last line.
        unfinished: The file ends where a continuation should be.
    """

    text: str
    start: int
    end: int
    unfinished: bool = False


def split(text: str) -> tuple[str, ...]:
    r"""The lines with their ends: only `\n` ends a line, not a form feed or U+2028."""
    lines = text.split("\n")
    last = lines.pop()
    return tuple([line + "\n" for line in lines] + ([last] if last else []))


def check_size(text: str) -> None:
    """Refuse what is far too long.

    Raises:
        UserError: If it is.
    """
    if len(text) > _LARGEST:
        raise UserError("is larger than any Dockerfile (more than 1 MiB)")


def check_lines(lines: Sequence[str]) -> None:
    """Refuse what is not text, or has a line that Docker does not read.

    Raises:
        UserError: If there is such a line.
    """
    for index, line in enumerate(lines):
        if "\0" in line:
            raise UserError("holds a NUL byte, so it is not a Dockerfile", index + 1)
        # Docker counts bytes, and a character has at most four.
        if len(line) * 4 > _LONGEST:
            size = len(line.removesuffix("\n").encode("utf-8", "surrogateescape"))
            if size > _LONGEST:
                raise UserError(f"a line is longer than {_LONGEST} bytes", index + 1)


def is_comment(line: str) -> bool:
    """Whether `#` is the first character that is not blank."""
    return line.lstrip(SPACE).startswith("#")


def is_blank(line: str) -> bool:
    """Whether there is nothing in it."""
    return not line.lstrip(SPACE)


def directives(lines: Sequence[str]) -> tuple[tuple[tuple[str, str], ...], int]:
    """The parser directives, and how many lines at the top are theirs.

    Below a `#!` line Docker still looks for `syntax` and `check`, but no longer for `escape`.

    Raises:
        UserError: If one is repeated, or `escape` is neither a backslash nor a backtick.
    """
    shebang = bool(lines) and lines[0].removeprefix(BOM).startswith("#!")
    found: dict[str, str] = {}
    at = int(shebang)
    while at < len(lines) and (pair := _directive(lines[at])):
        name, value = pair
        if shebang and (name == "escape" or name in found):
            break
        if name in found:
            raise UserError(f"only one {name} parser directive can be used", at + 1)
        if name == "escape" and value not in {"\\", "`"}:
            raise UserError(f"invalid escape {value!r}: it must be \\ or `", at + 1)
        found[name] = value
        at += 1
    return tuple(found.items()), at


def _directive(line: str) -> tuple[str, str] | None:
    text = line.rstrip("\r\n").removeprefix(BOM).lstrip(SPACE)
    if not text.startswith("#"):
        return None
    match = _DIRECTIVE.match(text[1:].lstrip(SPACE))
    if match is None or match[1].lower() not in _DIRECTIVES:
        return None
    return match[1].lower(), match[2]


def logical(lines: Sequence[str], first: int, escape: str) -> Logical | None:
    """The next instruction at or after lines[first], None if there is none."""
    at = first
    while at < len(lines) and (is_comment(_line(lines, at)) or is_blank(_line(lines, at))):
        at += 1
    if at == len(lines):
        return None
    # Blanks before an instruction are dropped, those before its later lines are kept.
    text, more = _continued(_line(lines, at).lstrip(SPACE), escape)
    parts = [text]
    end = at + 1
    while more and end < len(lines):
        line = _line(lines, end)
        end += 1
        if not is_comment(line) and not is_blank(line):
            text, more = _continued(line, escape)
            parts.append(text)
    return Logical("".join(parts), at, end, more)


def _line(lines: Sequence[str], index: int) -> str:
    line = lines[index].rstrip("\r\n")
    return line.removeprefix(BOM) if index == 0 else line


def _continued(line: str, escape: str) -> tuple[str, bool]:
    """The line without its continuation mark, and whether it had one: two are none."""
    stem = line.rstrip("\t ")
    if not stem.endswith(escape) or stem[-2:-1] == escape:
        return line, False
    return stem[:-1], True


def head(lines: Sequence[str], start: int, floor: int) -> int:
    """The first line of the comments right above lines[start], not above lines[floor]."""
    while start > floor and is_comment(_line(lines, start - 1)):
        start -= 1
    return start


def newline(lines: Sequence[str]) -> str:
    r"""The line end that most lines have."""
    windows = sum(line.endswith("\r\n") for line in lines)
    return "\r\n" if windows * 2 > len(lines) else "\n"
