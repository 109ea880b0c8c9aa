"""Expansion of variables as the builder does it, where it may be that not all are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from optimizer.dockerfile.characters import LexError, Modes, Unknown, Value
from optimizer.dockerfile.lexer import Lexer
from optimizer.errors import UserError

Scope = Mapping[str, str | None]


@dataclass(frozen=True)
class Expansion:
    """What a text becomes.

    Attributes:
        text: The text, None if it depends on a value that is not known.
        uses: The names of all variables that it asks for, set or not.
        words: The text split into words at its blanks; None as above.
    """

    text: str | None
    uses: frozenset[str]
    words: tuple[str, ...] | None = None


def expand(
    text: str, scope: Scope, escape: str = "\\", *, complete: bool, line: int | None = None
) -> Expansion:
    """Expand a word of an instruction; quotes and escapes are taken off.

    Args:
        text: The word as it is written.
        scope: The variables that are set; None for a value that is not known.
        escape: The file's escape character.
        complete: Whether a name that is not in the scope is surely unset (else the base
            image may set it).
        line: 1-based line for an error.

    Raises:
        UserError: Where Docker fails, as for `${V:?}` and an unpaired quote.
    """
    return _expand(_Names(scope, complete=complete), text, escape, Modes(), line)


def expand_words(
    text: str, scope: Scope, escape: str = "\\", *, complete: bool, line: int | None = None
) -> tuple[str, ...] | None:
    """Expand where one word may become several (EXPOSE); None if that is not known.

    Raises:
        UserError: As `expand`.
    """
    return expand(text, scope, escape, complete=complete, line=line).words


def expand_heredoc(
    content: str, scope: Scope, *, complete: bool, line: int | None = None
) -> Expansion:
    r"""Expand the content of a heredoc of COPY or ADD: quotes stay, and `\` always escapes.

    Raises:
        UserError: As `expand`.
    """
    # BuildKit makes a new lexer here, so the escape directive has no say.
    names = _Names(scope, complete=complete)
    return _expand(names, content, "\\", Modes(no_quotes=True), line)


class _Names:
    """Looks names up and keeps which."""

    def __init__(self, scope: Scope, *, complete: bool) -> None:
        self._scope = scope
        self._complete = complete
        self.used: set[str] = set()

    def __call__(self, name: str) -> Value:
        self.used.add(name)
        if name in self._scope:
            value = self._scope[name]
            return Unknown.SET if value is None else value
        # `$1` and `$@` are names for Docker too, but no image sets them.
        named = name[:1].isalpha() or name.startswith("_")
        return None if self._complete or not named else Unknown.MAYBE


def _expand(names: _Names, text: str, escape: str, modes: Modes, line: int | None) -> Expansion:
    lexer = Lexer(text, names, escape, modes)
    try:
        result, words = lexer.run()
    except LexError as error:
        raise UserError(f"failed to process {text!r}: {error}", line) from None
    except RecursionError:
        raise UserError("substitutions are nested too deeply", line) from None
    uses = frozenset(names.used)
    return Expansion(None, uses) if lexer.unknown else Expansion(result, uses, words)
