r"""One pattern of an ignore file, compiled as moby/patternmatcher compiles it.

The source of every rule here is `patternmatcher.go`: `New` (syntax) and `Pattern.compile`.
Docker turns a pattern into a regular expression of Go's and escapes less than one would
think, so `a|b*` is an alternative and `\d` a digit; here the same expression is made, and
then written as Python writes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Match = Callable[[str], bool]

# Go's filepath.Match, which decides whether a pattern is well formed.
_WELL_FORMED = re.compile(
    r"(?:[^\\\[]|\\.|\[\^?+(?:(?:[^\]\\-]|\\.)(?:-(?:[^\]\\-]|\\.))?)+\])*", re.DOTALL
)
# What `shouldEscape` escapes: its table has room for the codes under 64 alone, so that
# `{`, `|` and `}` stay operators.
_ESCAPED = frozenset(".+()$")
_TOKEN = re.compile(r"\*\*/?|\\.|.", re.DOTALL)
# Pieces of a regular expression of Go's: a class, an escape, a counted repetition.
_GO = re.compile(
    r"(?P<class>\[\^?+\]?(?:\\.|[^\]\\])*\])|(?P<escape>\\.)"
    r"|(?P<count>\{\d+(?:,\d*)?\})|(?P<brace>\{)|.",
    re.DOTALL,
)
# The escapes of letters that mean the same in both languages (with re.ASCII).
_SAME_LETTERS = frozenset("dDwWsSafnrtv")
_GLOB = re.compile(r"[*?\[\]\\^{|}]")


class BadPatternError(ValueError):
    """A pattern that Docker refuses, or that means something dfopt does not know."""


@dataclass(frozen=True)
class Pattern:
    """One line of an ignore file.

    Attributes:
        text: The cleaned pattern, without `!`.
        again: Whether it takes matching paths in again (`!`).
        match: Whether it matches a path of the context.
    """

    text: str
    again: bool
    match: Match

    def reaches_below(self, directory: str) -> bool:
        """Whether it may match a path below the directory; False is certain."""
        plain = _GLOB.search(self.text)
        if plain is None:
            return self.text.startswith(f"{directory}/")
        if "|" in self.text or "{" in self.text:
            return True
        if "**" in self.text or _GLOB.search(self.text.replace("*", "").replace("?", "")):
            fixed = self.text[: plain.start()]
            return fixed.startswith(f"{directory}/") or f"{directory}/".startswith(fixed)
        parts, above = self.text.split("/"), directory.split("/")
        return len(parts) > len(above) and all(
            re.fullmatch(_simple(part), name, re.DOTALL)
            for part, name in zip(parts, above, strict=False)
        )


def _simple(part: str) -> str:
    return re.escape(part).replace(r"\*", ".*").replace(r"\?", ".")


def compile_pattern(text: str, *, again: bool) -> Pattern:
    """A cleaned pattern, ready to match; BadPatternError if the builder would refuse it."""
    if not _WELL_FORMED.fullmatch(text):
        raise BadPatternError(text)
    kind, expression = _expression(text)
    if kind == "suffix":
        rest = text[2:]
        whole = rest[1:] if rest.startswith("/") else None
        return Pattern(text, again, lambda path: path.endswith(rest) or path == whole)
    if kind == "prefix":
        return Pattern(text, again, lambda path: path.startswith(text[:-2]))
    if kind == "exact":
        return Pattern(text, again, text.__eq__)
    try:
        # Searched for, not matched from the start: `^a|b$` has an anchor in each alternative.
        found = re.compile(f"^{''.join(_python(expression))}\\Z", re.ASCII)
    except (re.error, OverflowError) as error:
        raise BadPatternError(text) from error
    return Pattern(text, again, lambda path: found.search(path) is not None)


def _expression(text: str) -> tuple[str, str]:
    """The way to match and Go's regular expression, as `Pattern.compile` finds them."""
    kind, parts = "exact", []
    for token in _TOKEN.finditer(text):
        word = token[0]
        if word.startswith("**"):
            last = token.end() == len(text)
            parts.append(".*" if last else "(.*/)?")
            kind = "prefix" if last and kind == "exact" else "regexp"
            if token.start() == 0:
                kind = "suffix"
        elif word in _WILD:
            parts.append(_WILD[word])
            kind = "regexp"
        else:
            parts.append("\\" + word if word in _ESCAPED else word)
            kind = "regexp" if word[0] in "[]\\" else kind
    return kind, "".join(parts)


_WILD = {"*": "[^/]*", "?": "[^/]"}


def _python(expression: str) -> Iterator[str]:
    """Go's regular expression in Python's words."""
    for token in _GO.finditer(expression):
        word = token[0]
        if token["class"]:
            yield _class(word)
        elif token["escape"]:
            yield _escape(word[1])
        elif token["brace"]:  # Go takes `{` that counts nothing as itself
            yield r"\{"
        else:
            yield word


def _class(word: str) -> str:
    """A class: Python warns of `[`, `&`, `~` and `|` in it where Go sees plain characters."""
    if "[:" in word:
        raise BadPatternError(word)
    opening = 2 if word.startswith("[^") else 1
    inner = re.finditer(r"\\.|.", word[opening:-1], re.DOTALL)
    return word[:opening] + "".join(_member(each[0]) for each in inner) + "]"


def _member(word: str) -> str:
    if len(word) > 1:
        return _escape(word[1])
    return "\\" + word if word in "[]&~|^" else word


def _escape(letter: str) -> str:
    """An escaped character: Go refuses letters and digits that have no meaning."""
    if letter in _SAME_LETTERS:
        return "\\" + letter
    if letter.isalnum() or not letter.isascii():
        raise BadPatternError(letter)
    return re.escape(letter) if letter != "/" else letter
