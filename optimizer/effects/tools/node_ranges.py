"""Versions and ranges of npm packages: `^1.2.3`, `~1.2`, `1.x || >=2.1 <3` (node-semver's README)."""

from __future__ import annotations

import re
from collections.abc import Iterator

Version = tuple[int, int, int]
_Bound = tuple[str, Version]

_VERSION = re.compile(r"[v=\s]*(\d+)\.(\d+)\.(\d+)(?:\+[0-9A-Za-z.-]+)?")
_PARTIAL = r"[v=]*([\dxX*]+)(?:\.([\dxX*]+))?(?:\.([\dxX*]+))?(-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?"
_COMPARATOR = re.compile(rf"(\^|~>?|[<>]=?|=?)\s*{_PARTIAL}")
_HYPHEN = re.compile(r"(\S+)\s+-\s+(\S+)")


def satisfies(version: str, spec: str) -> bool | None:
    """Whether a version is in a range; None if either is not a plain one."""
    if spec in {version, f"^{version}", f"~{version}", f">={version}"}:
        return True
    found = _VERSION.fullmatch(version)
    if found is None:
        return None
    exact = (int(found[1]), int(found[2]), int(found[3]))
    answers = [_in_all(exact, part.strip()) for part in spec.split("||")]
    return None if None in answers else True in answers


def _in_all(version: Version, part: str) -> bool | None:
    if hyphen := _HYPHEN.fullmatch(part):
        part = f">={hyphen[1]} <={hyphen[2]}"
    answer, at = True, 0
    while at < len(part):
        found = _COMPARATOR.match(part, at)
        if found is None:
            return None
        at = found.end()
        if at < len(part) and not part[at].isspace():
            return None
        at += len(part[at:]) - len(part[at:].lstrip())
        answer = answer and all(_holds(version, b) for b in _bounds(found))
    return answer


def _holds(version: Version, bound: _Bound) -> bool:
    sign, other = bound
    return version >= other if sign == ">=" else version < other


def _bounds(found: re.Match[str]) -> Iterator[_Bound]:
    """What one comparator asks of a version that is no prerelease."""
    sign, numbers = found[1], []
    for word in (found[2], found[3], found[4]):
        if word is None or not word.isdigit():
            break
        numbers.append(int(word))
    if not numbers:
        if sign in {"<", ">"}:
            yield "<", (0, 0, 0)
        return
    low = _filled(numbers)
    if found[5]:  # all before the release itself
        past = low if sign in {"<", "<=", "", "="} else None
    elif sign == "^":
        past = None
    else:
        past = _next(numbers)
    match sign:
        case ">=":
            yield ">=", low
        case "<":
            yield "<", low
        case ">":
            yield ">=", past or low
        case "<=":
            yield "<", past or low
        case "^":
            first = next((i for i, n in enumerate(numbers) if n), len(numbers) - 1)
            yield ">=", low
            yield "<", _next(numbers[: first + 1])
        case "" | "=":
            yield ">=", low
            yield "<", past or low
        case _:
            yield ">=", low
            yield "<", _next(numbers[:2])


def _filled(numbers: list[int]) -> Version:
    padded = [*numbers, 0, 0]
    return padded[0], padded[1], padded[2]


def _next(numbers: list[int]) -> Version:
    return _filled([*numbers[:-1], numbers[-1] + 1])
