"""The mode that chmod gives a file (POSIX, chmod; coreutils, "Mode Structure")."""

from __future__ import annotations

import re

_OCTAL = re.compile(r"[0-7]{1,4}")
_CLAUSE = re.compile(r"(?P<who>[ugoa]*)(?P<actions>(?:[-+=][rwx]*)+)")
_ACTION = re.compile(r"([-+=])([rwx]*)")
_BITS = {"r": 0o4, "w": 0o2, "x": 0o1}
_SHIFTS = {"u": 6, "g": 3, "o": 0}
# Of a shell that a RUN starts; who changes it is not understood.
_UMASK = 0o022


def given(mode: int, text: str) -> int | None:
    """The permission bits of a file that had `mode`; None if that is not known.

    Args:
        mode: Its permission bits.
        text: As in `chmod TEXT file`: `755`, `+x`, `u=rw,go-w`.
    """
    if _OCTAL.fullmatch(text):
        return int(text, 8)
    for clause in text.split(","):
        found = _CLAUSE.fullmatch(clause)
        if found is None or (not found["who"] and "=" in found["actions"]):
            return None
        who = found["who"].replace("a", "ugo") or "ugo"
        mask = 0o7777 if found["who"] else ~_UMASK
        for sign, letters in _ACTION.findall(found["actions"]):
            every = sum(_BITS[c] for c in set(letters))
            bits = sum(every << _SHIFTS[w] for w in set(who)) & mask
            if sign == "=":
                mode &= ~sum(0o7 << _SHIFTS[w] for w in set(who))
            mode = mode & ~bits if sign == "-" else mode | bits
    return mode
