"""How Docker splits the text of an instruction: flags, words, JSON arrays, key=value pairs.

Nothing is expanded here and quotes are kept. Facts are from BuildKit's
`frontend/dockerfile/parser` (`split_command.go`, `line_parsers.go`).
"""

from __future__ import annotations

import json
import re
from typing import NoReturn

from optimizer.dockerfile.characters import SPACE

BLANKS = re.compile(r"[\t\v\f\r ]+")
_SURROGATES = re.compile("[\ud800-\udfff]")


class WordError(Exception):
    """The text is not what the instruction asks for; the message says why."""


class NotJson(Exception):  # noqa: N818 - an answer, not an error
    """The text is no JSON array, so it is in shell form."""


def command(line: str) -> tuple[str, str]:
    """The keyword of a logical line as it is written, and the rest."""
    return first(line.strip(SPACE))


def fields(text: str) -> tuple[str, ...]:
    """The words of COPY, EXPOSE, FROM ...: split at blanks, whatever the quotes."""
    return tuple(BLANKS.split(text)) if text else ()


def _word(escape: str) -> re.Pattern[str]:
    """A word: an unclosed quote runs to the end, where a last escape is dropped."""
    e = re.escape(escape)
    single, double = r"'[^']*(?:'|\Z)", rf'"(?:{e}.|[^"{e}])*(?:"|(?={e}?\Z))'
    return re.compile(rf"(?:{single}|{double}|{e}.|[^{SPACE}{e}'\"])+", re.DOTALL)


_WORDS = {escape: _word(escape) for escape in "\\`"}


def first(text: str) -> tuple[str, str]:
    """The first word and the rest: `CMD` and the command of a HEALTHCHECK."""
    parts = BLANKS.split(text, maxsplit=1)
    return parts[0], parts[1] if len(parts) > 1 else ""


def words(text: str, escape: str = "\\") -> tuple[str, ...]:
    """The words of ENV, LABEL and ARG: quotes and escapes keep blanks inside and are kept."""
    return tuple(_WORDS[escape].findall(text))


def pairs(text: str, keyword: str, escape: str = "\\") -> tuple[tuple[str, str], ...]:
    """The pairs of ENV and LABEL, in the form `k=v k=v` or the old form `k the rest`.

    Raises:
        WordError: As Docker refuses it.
    """
    found = split_pairs(text, keyword, escape)
    if not found:
        raise WordError(f"{keyword} requires at least one argument")
    if not all(name for name, _ in found):
        raise WordError(f"{keyword} names can not be blank")
    return found


def split_pairs(text: str, keyword: str, escape: str = "\\") -> tuple[tuple[str, str], ...]:
    """The same, but there may be none and names may be blank: what is checked below ONBUILD.

    Raises:
        WordError: If a word has no `=`, or the old form no value.
    """
    found = words(text, escape)
    if found and "=" not in found[0]:
        parts = BLANKS.split(text, maxsplit=1)
        if len(parts) == 1:
            raise WordError(f"{keyword} must have two arguments")
        return ((parts[0], parts[1]),)
    for word in found:
        if "=" not in word:
            raise WordError(f"can't find = in {word!r}; it must be of the form name=value")
    return tuple((w.partition("=")[0], w.partition("=")[2]) for w in found)


def defaults(text: str, escape: str = "\\") -> tuple[tuple[str, str | None], ...]:
    """The names of ARG, each with its default or None.

    Raises:
        WordError: As Docker refuses it.
    """
    found: list[tuple[str, str | None]] = []
    for word in words(text, escape):
        name, equals, value = word.partition("=")
        if not name:
            raise WordError("ARG names can not be blank")
        found.append((name, value if equals else None))
    if not found:
        raise WordError("ARG requires at least one argument")
    return tuple(found)


def flags(text: str, escape: str = "\\") -> tuple[tuple[str, ...], str]:
    """The words at the start that begin with `--`, without quotes, and the text after them.

    Docker reads them byte by byte, so that in a flag the bytes of `à` are two letters, of
    which the second is a blank. That is kept: a file name that Docker breaks is broken.
    """
    if not text.lstrip(SPACE).startswith("--"):
        return (), text.strip(SPACE)
    raw = text.encode("utf-8", "surrogateescape").decode("latin-1")
    found, at = _flags(raw, escape)
    rest = raw[at:].encode("latin-1").decode("utf-8", "surrogateescape")
    return tuple(found), rest.strip(SPACE)


_BYTE_BLANKS = "\t\n\v\f\r \x85\xa0"


def _flags(raw: str, escape: str) -> tuple[list[str], int]:
    found: list[str] = []
    at = 0
    while True:
        while raw[at : at + 1] and raw[at] in _BYTE_BLANKS:
            at += 1
        if not raw.startswith("--", at):
            return found, at
        word, quoted, at = _flag(raw, at, escape)
        if word == "--":
            return found, at
        if word or quoted:
            found.append(word)


def _flag(raw: str, at: int, escape: str) -> tuple[str, bool, int]:
    out: list[str] = []
    quote = ""
    quoted = False
    while at < len(raw) and (quote or raw[at] not in _BYTE_BLANKS):
        ch = raw[at]
        at += 1
        if ch == quote:
            quote = ""
        elif ch in "'\"" and not quote:
            quote, quoted = ch, True
        elif ch != escape:
            out.append(ch)
        else:
            out.append(raw[at : at + 1])
            at += 1
    return "".join(out), quoted, at


def _number(text: str) -> float:
    value = float(text)
    if value in {float("inf"), float("-inf")}:
        raise NotJson  # out of range for Go, and so not JSON for it
    return value


def _no_constant(_: str) -> NoReturn:
    raise NotJson  # NaN and Infinity are Python's alone


def json_array(text: str) -> tuple[str, ...]:
    """The strings of an exec form, read as Go's encoding/json reads them.

    Raises:
        NotJson: If it is not a JSON array; Docker then takes it as shell form.
        WordError: If it is one, but not of strings alone.
    """
    if not text.lstrip(SPACE).startswith("["):
        raise NotJson
    try:
        value = json.loads(
            text.lstrip(SPACE),
            parse_int=_number,
            parse_float=_number,
            parse_constant=_no_constant,
        )
    except ValueError:
        raise NotJson from None
    except RecursionError:
        value = [None]  # an array in an array, at any depth, is refused
    if not all(isinstance(each, str) for each in value):
        raise WordError("when using JSON array syntax, arrays must be comprised of strings only")
    return tuple(_SURROGATES.sub("\ufffd", each) for each in value)
