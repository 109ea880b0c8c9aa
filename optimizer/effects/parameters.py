"""Operators on the value of a variable: `${V%.*}`, `${V//a/b}`, `${V:1:2}`, `${V^^}`."""

from __future__ import annotations

import re

from optimizer.effects.marks import QUOTED, matcher, plain
from optimizer.effects.tool import ANY, GLOB

FORM = re.compile(r"(\w+|[@*#?$!-])(:?[-=+?]|##?|%%?|//?|\^\^?|,,?|:).*", re.DOTALL)


def applied(operator: str, value: str, operand: str) -> str:
    """The value after the operator; ANY if it is not known."""
    operand = operand.replace(QUOTED, "")
    if ANY in value + operand or GLOB in value + operand:
        return ANY
    if operator in {"#", "##", "%", "%%"}:
        return _trimmed(operator, value, operand)
    if operator in {"/", "//"}:
        return _replaced(operator, value, operand)
    if operator in {"^^", ",,"} and not operand:
        return value.upper() if operator == "^^" else value.lower()
    numbers = re.fullmatch(r"(\d+)(?::(\d+))?", operand)
    if operator == ":" and numbers:
        start, length = int(numbers.group(1)), numbers.group(2)
        return value[start:] if length is None else value[start : start + int(length)]
    return ANY


def _trimmed(operator: str, value: str, operand: str) -> str:
    """What is left when the shortest or longest match at one end is taken away."""
    pattern = matcher(operand)
    if pattern is None:
        return ANY
    ends = range(len(value) + 1)
    cuts = [n for n in ends if pattern.fullmatch(value[:n] if operator[0] == "#" else value[n:])]
    if not cuts:
        return value
    if operator[0] == "#":
        return value[cuts[0 if operator == "#" else -1] :]
    return value[: cuts[-1 if operator == "%" else 0]]


def _replaced(operator: str, value: str, operand: str) -> str:
    old, separator, new = operand.partition("/")
    if not old or old[0] in "#%" or not separator or re.search(r"[*?\[\\&]", operand):
        return ANY
    return value.replace(plain(old), plain(new), -1 if operator == "//" else 1)
