"""Marks inside a word that is being expanded: what was quoted, and where it is split.

Quoted (or escaped) magic characters are masked, so that what is left of `*?[{~` is magic.
"""

from __future__ import annotations

import re

from optimizer.effects.tool import ANY, GLOB

_MAGIC = {c: chr(0xE000 + n) for n, c in enumerate("*?[{},~!^-]")}
_PLAIN = {v: k for k, v in _MAGIC.items()}
_MASK = str.maketrans(_MAGIC)
_UNMASK = str.maketrans(_PLAIN)
QUOTED = "\ue010"  # something was quoted here: an empty word is kept
SPLIT = "\ue011"  # a blank that came out of an expansion
BETWEEN = "\ue012"  # between two words of "$@"
NO_WORDS = "\ue013"  # "$@" without any
_DROPPED = str.maketrans({QUOTED: None, NO_WORDS: None, SPLIT: " ", BETWEEN: " "})
# Characters that a script itself must not hold.
RESERVED = re.compile("[\0\1\ue000-\ue01f]")
MAGIC = re.compile(r"[*?\[]")


def masked(text: str) -> str:
    """Text without magic."""
    return text.translate(_MASK)


def plain(text: str) -> str:
    """The text itself."""
    return text.translate(_DROPPED).translate(_UNMASK)


def fields_of(raw: str) -> list[str]:
    """The words that an expansion gives; quotes keep an empty one."""
    found: list[str] = []
    for piece in raw.split(BETWEEN) if BETWEEN in raw else [raw]:
        if NO_WORDS in piece and not piece.strip(NO_WORDS + QUOTED):
            continue
        if BETWEEN in raw and not piece:
            found.append(piece)
        elif SPLIT in piece:
            found += [f for f in piece.split(SPLIT) if f]
        elif piece:
            found.append(piece)
    return found


def matcher(raw: str) -> re.Pattern[str] | None:
    """A pattern of the shell (`*.sh`, `[ab]*`); None if it holds something unknown.

    `[^a]` means "not a" in bash and "^ or a" in POSIX, so it counts as unknown.
    """
    if ANY in raw or GLOB in raw or "[^" in raw or "[:" in raw or "\\" in raw:
        return None
    found, position = "", 0
    while position < len(raw):
        char = raw[position]
        position += 1
        if char == "*":
            found += ".*"
        elif char == "?":
            found += "."
        elif char == "[" and (end := raw.find("]", position + 1)) > 0:
            inner = plain(raw[position:end])
            negated = raw[position] == "!"
            inner = re.sub(r"([\\\]\[&~|^])", r"\\\1", inner[1:] if negated else inner)
            found += f"[{'^' if negated else ''}{inner}]"
            position = end + 1
        else:
            found += re.escape(plain(char))
    try:
        return re.compile(found, re.DOTALL)
    except re.error:
        return None


def plain_but_magic(field: str) -> list[str]:
    """The components of a pattern, their quoted parts plain; magic ones keep some magic."""
    return [p if MAGIC.search(p) else plain(p) for p in field.split("/")]
