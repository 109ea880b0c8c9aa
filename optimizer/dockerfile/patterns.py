"""The patterns of `${V#p}`, `${V%p}` and `${V/p/r}`: `?`, `*` and escapes, no brackets.

`frontend/dockerfile/shell/lex.go` of BuildKit turns them into regular expressions; so does
this, since only then a `*` takes the same characters.
"""

from __future__ import annotations

import re


class PatternError(Exception):
    """The pattern is not one for Docker."""


def _compile(pattern: str, *, greedy: bool) -> re.Pattern[str]:
    out = []
    at = 0
    while at < len(pattern):
        ch, following = pattern[at], pattern[at + 1 : at + 2]
        at += 1
        if ch == "*":
            out.append(".*" if greedy else ".*?")
        elif ch == "?":
            out.append(".")
        elif ch != "\\":
            out.append(re.escape(ch))
        elif following not in {"}", "/"}:  # these two are escaped for the sake of `${...}` alone
            if following not in {"*", "?", "\\"}:
                raise PatternError(f"invalid escape \\{following} in the pattern {pattern}")
            out.append(re.escape(following))
            at += 1
    return re.compile("".join(out))


def trim_prefix(pattern: str, value: str, *, greedy: bool) -> str:
    """`${V#p}`, greedy `${V##p}`."""
    found = _compile(pattern, greedy=greedy).match(value)
    return value[found.end() :] if found else value


def trim_suffix(pattern: str, value: str, *, greedy: bool) -> str:
    """`${V%p}`, greedy `${V%%p}`: both are reversed, since the shortest match is wanted."""
    pieces: list[str] = re.findall(r"\\.|.", pattern, re.DOTALL)
    return trim_prefix("".join(reversed(pieces)), value[::-1], greedy=greedy)[::-1]


def replace_pattern(pattern: str, value: str, *, by: str, everywhere: bool) -> str:
    """`${V/p/r}`, everywhere `${V//p/r}`."""
    compiled = _compile(pattern, greedy=True)
    return compiled.sub(lambda _: by, value, count=0 if everywhere else 1)
