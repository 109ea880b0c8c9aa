"""What a plain sed script makes of a text: `/word/d`, `s/old/new/` and the like.

Only what GNU sed 4.9 and busybox 1.35 do alike, and what Python's `re` does as they do: one star
at the most, no groups, no alternatives. All else is None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

# What stands for itself in a basic and in an extended regular expression.
_PLAIN = r"\w @\"',:;<>=~%#!/-"
_ESCAPED = r"\\[.\[\]*^$/-]"
_ATOM = rf"(?:[{_PLAIN}]|{_ESCAPED}|\.|\[\^?[\w \"',:;@./-]+\])"
_REGEX = re.compile(rf"\^?(?:{_ATOM})*(?:{_ATOM}\*)?(?:{_ATOM})*\$?")
_NEW = re.compile(r"[\w @\"',:;<>=~%#!/.*^$()\[\]{}|+?-]*")
_DELETION = re.compile(r"/((?:[^/\\]|\\.)+)/d")
_SUBSTITUTION = re.compile(r"s([/|#,@!:])((?:(?!\1)[^\\]|\\.)+)\1((?:(?!\1)[^\\])*)\1(g?)")

# One letter of any kind: it may be one byte of a letter, as the locale is.
_ONE = re.compile(r"(?:(?<!\\)\.|\[\^[^\]]*\])(?!\*)")

Line = Callable[[str], "str | None"]


def edited(text: str, scripts: Iterable[str]) -> str | None:
    """The text as the scripts leave it; None if that is not known."""
    chosen = tuple(scripts)
    letters = text.isascii() or not any(_ONE.search(script) for script in chosen)
    if not letters or not _encoded(text) or "\r" in text or not text.endswith("\n"):
        return None
    lines: list[str] = text.removesuffix("\n").split("\n")
    for script in chosen:
        change = _change(script.strip())
        if change is None:
            return None
        lines = [after for line in lines if (after := change(line)) is not None]
    return "".join(f"{line}\n" for line in lines)


def _encoded(text: str) -> bool:
    """Whether the text is all UTF-8: no part of what is not has a meaning that all agree on."""
    return not any("\udc80" <= letter <= "\udcff" for letter in text)


def _change(script: str) -> Line | None:
    """What a script of one command does to a line: None where it deletes it."""
    if found := _DELETION.fullmatch(script):
        return _deletion(_regex(found[1]))
    if found := _SUBSTITUTION.fullmatch(script):
        delimiter, old, new, every = found.groups()
        regex = _regex(old.replace(f"\\{delimiter}", delimiter) if delimiter == "/" else old)
        # A star alone may match nothing, of which each tool has its own idea.
        if regex is None or regex.search("") or not _NEW.fullmatch(new):
            return None
        return lambda line: regex.sub(lambda _: new, line, count=0 if every else 1)
    return None


def _deletion(regex: re.Pattern[str] | None) -> Line | None:
    if regex is None:
        return None
    return lambda line: None if regex.search(line) else line


def _regex(text: str) -> re.Pattern[str] | None:
    if not _REGEX.fullmatch(text):
        return None
    try:
        return re.compile(text.replace("\\/", "/").replace("\\-", "-"))
    except re.error:  # `[b-a]`: sed refuses it, too
        return None
