"""What the lexer is told and what it gathers: blanks, modes, unknown values, words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

# unicode.IsSpace of Go. Python's str.isspace also takes \x1c to \x1f, which Docker does not.
SPACE = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B)))
SPACE += "\u2028\u2029\u202f\u205f\u3000"


class LexError(Exception):
    """The text is not a word for Docker; the message says why."""


class Unknown(Enum):
    """The value of a variable that is set, or may be set, to something that is not known."""

    SET = "set"
    MAYBE = "maybe"


Value = str | Unknown | None
Lookup = Callable[[str], Value]


@dataclass(frozen=True)
class Modes:
    """How much of the text is kept as it stands.

    Attributes:
        raw_quotes: Quotes are kept.
        raw_escapes: Escape characters are kept.
        no_quotes: Quotes are characters like any other (bodies of heredocs).
        keep_unset: `$V` stays `$V` if V is not set.
    """

    raw_quotes: bool = False
    raw_escapes: bool = False
    no_quotes: bool = False
    keep_unset: bool = False


@dataclass
class Words:
    """The words so far. The buffer is the lexer's: a nested `${V:-word}` empties it."""

    buffer: list[str]
    done: list[str] = field(default_factory=list)
    inside: bool = False

    def raw(self, text: str) -> None:
        """Add to the word, blanks and all."""
        self.buffer.append(text)
        self.inside = True

    def split(self, text: str) -> None:
        """Add, and begin a new word at each blank."""
        for ch in text:
            if ch not in SPACE:
                self.raw(ch)
            elif self.inside and any(self.buffer):
                self.close()

    def close(self) -> None:
        """End the word."""
        if any(self.buffer):
            self.done.append("".join(self.buffer))
            self.buffer.clear()
            self.inside = False
