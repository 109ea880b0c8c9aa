"""Heredocs: which ones a line announces, and where their bodies stand.

Docker finds them by its own lexer in the whole logical line of a RUN, COPY or ADD (also
below ONBUILD) that is not in JSON form: `cat <<EOF>out` announces `EOF>out`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.dockerfile.characters import LexError, Modes
from optimizer.dockerfile.lexer import Lexer
from optimizer.errors import UserError

_ANNOUNCEMENT = re.compile(r"([0-9]*)<<(-?)[\t\n\f\r ]*([^<]*)")
_LEADING_TABS = re.compile(r"^\t+", re.MULTILINE)
_LINE = Modes(raw_quotes=True, raw_escapes=True, keep_unset=True)


@dataclass(frozen=True)
class Announcement:
    """`3<<-"EOF"`: the start of a heredoc."""

    name: str
    strip_tabs: bool
    expand: bool
    descriptor: str


@dataclass(frozen=True)
class Heredoc:
    """A heredoc with its body.

    Attributes:
        name: The delimiter without its quotes; for COPY, the name of the file.
        body: The raw lines between announcement and delimiter.
        strip_tabs: Whether it is `<<-`, which takes off leading tabs.
        expand: False if the delimiter is quoted.
        start: 0-based index of the body's first line.
        end: The index after its last line, which is that of the delimiter.
        descriptor: The digits before `<<`, mostly none.
    """

    name: str
    body: str
    strip_tabs: bool
    expand: bool
    start: int
    end: int
    descriptor: str = ""

    @property
    def content(self) -> str:
        """The body as the build sees it, before variables are expanded."""
        return _LEADING_TABS.sub("", self.body) if self.strip_tabs else self.body


def announcement(word: str) -> Announcement | None:
    """The heredoc that this word announces, if it is one.

    Raises:
        LexError: If its delimiter has a quote that is not closed.
    """
    found = _ANNOUNCEMENT.fullmatch(word)
    if found is None or not found[3]:
        return None
    descriptor, dash, rest = found.groups()
    names, raw = _lexed(rest, Modes(keep_unset=True)), _lexed(rest, _RAW_NAME)
    if len(names) != 1:
        return None
    # Docker's own test for a quoted delimiter: keeping the quotes makes a difference.
    return Announcement(names[0], bool(dash), _quotes(names[0]) == _quotes(raw[0]), descriptor)


_RAW_NAME = Modes(raw_quotes=True, keep_unset=True)


def announced(line: str) -> tuple[Announcement, ...]:
    """The heredocs of a logical line (with its keyword), in order."""
    if "<<" not in line:
        return ()
    try:
        words = _lexed(line, _LINE)
    except LexError:
        return ()  # as Docker does: an unpaired quote is the shell's business
    found = (announcement(word) for word in words if "<<" in word)
    return tuple(each for each in found if each)


def bodies(
    line: str, lines: Sequence[str], first: int, number: int
) -> tuple[tuple[Heredoc, ...], int]:
    """The heredocs of a logical line, whose bodies begin at lines[first]; and where they end.

    Raises:
        UserError: If one has no end; `number` is the 1-based line of the instruction.
    """
    found = []
    at = first
    try:
        marks = announced(line)
    except LexError as error:
        raise UserError(f"heredoc delimiter: {error}", number) from None
    for mark in marks:
        end = _delimiter(mark, lines, at)
        if end is None:
            raise UserError(f"unterminated heredoc: no line is just {mark.name!r}", number)
        body = "".join(lines[at:end])
        found.append(
            Heredoc(mark.name, body, mark.strip_tabs, mark.expand, at, end, mark.descriptor)
        )
        at = end + 1
    return tuple(found), at


def _delimiter(mark: Announcement, lines: Sequence[str], first: int) -> int | None:
    for index in range(first, len(lines)):
        line = lines[index].rstrip("\r\n")
        if (line.lstrip("\t") if mark.strip_tabs else line) == mark.name:
            return index
    return None


def _lexed(text: str, modes: Modes) -> tuple[str, ...]:
    # The escape directive has no say here; no variable is set.
    try:
        return Lexer(text, lambda _: None, "\\", modes).run()[1]
    except RecursionError:
        raise LexError("substitutions are nested too deeply") from None


def _quotes(word: str) -> int:
    return word.count("'") + word.count('"')
