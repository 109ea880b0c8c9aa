"""What Docker refuses before it builds: flags it does not know, arguments that are missing.

As strict as BuildKit's `frontend/dockerfile/instructions/parse.go`, and no stricter: ARG,
STOPSIGNAL and HEALTHCHECK NONE never look at their flags, and CMD may stand alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING

from optimizer.dockerfile.characters import LexError
from optimizer.dockerfile.heredocs import announcement
from optimizer.dockerfile.words import WordError, defaults, fields, first, pairs

if TYPE_CHECKING:
    from optimizer.dockerfile.source import Instruction


class Flag(Enum):
    """What a flag takes."""

    BOOLEAN = "boolean"
    VALUE = "value"
    VALUES = "values"


_COPY = {
    "chown": Flag.VALUE,
    "chmod": Flag.VALUE,
    "link": Flag.BOOLEAN,
    "exclude": Flag.VALUES,
}
_HEALTH = ("interval", "timeout", "start-period", "start-interval", "retries")
FLAGS: dict[str, dict[str, Flag]] = {
    "ADD": _COPY | {"keep-git-dir": Flag.BOOLEAN, "checksum": Flag.VALUE, "unpack": Flag.BOOLEAN},
    "COPY": _COPY | {"from": Flag.VALUE, "parents": Flag.BOOLEAN},
    "FROM": {"platform": Flag.VALUE},
    "HEALTHCHECK": dict.fromkeys(_HEALTH, Flag.VALUE),
    "RUN": {
        "mount": Flag.VALUES,
        "device": Flag.VALUES,
        "network": Flag.VALUE,
        "security": Flag.VALUE,
    },
}
_CHOICES = {
    ("RUN", "network"): ("default", "none", "host"),
    ("RUN", "security"): ("insecure", "sandbox"),
}
_DURATION = re.compile(r"[+]?(?:0|(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+)")
_STAGE_NAME = re.compile(r"[a-z][a-z0-9\-_.]*")


def refusal(instruction: Instruction, escape: str) -> str | None:
    """Why Docker refuses this instruction, None if it does not."""
    try:
        wrong = _CHECKS[instruction.keyword](instruction, escape)
    except WordError as error:
        return str(error)
    return wrong or _wrong_flags(instruction)


def _wrong_flags(instruction: Instruction) -> str | None:
    keyword = instruction.keyword
    no_health = keyword == "HEALTHCHECK" and instruction.arguments.upper() == "NONE"
    if keyword in {"ARG", "STOPSIGNAL"} or no_health:
        return None
    seen: set[str] = set()
    for name, value in instruction.flags:
        kind = FLAGS.get(keyword, {}).get(name)
        if kind is None:
            return f"unknown flag for {keyword}: --{name}"
        if name in seen and kind is not Flag.VALUES:
            return f"duplicate flag specified: --{name}"
        seen.add(name)
        if wrong := _wrong_value(keyword, name, kind, value):
            return wrong
    return None


def _wrong_value(keyword: str, name: str, kind: Flag, value: str | None) -> str | None:
    if kind is Flag.BOOLEAN:
        fine = value is None or value.lower() in {"true", "false"}
        return None if fine else f"expecting a boolean value for flag --{name}, not: {value}"
    if value is None:
        return f"missing a value on flag: --{name}"
    choices = _CHOICES.get((keyword, name))
    if choices and value not in choices:
        return f"--{name}={value} is not one of {', '.join(choices)}"
    if keyword == "HEALTHCHECK" and value:
        number = re.fullmatch(r"\+?[0-9]+", value)
        if not (number if name == "retries" else _DURATION.fullmatch(value)):
            return f"--{name}={value} is not a {'number' if name == 'retries' else 'duration'}"
    return None


def _from(instruction: Instruction, _: str) -> str | None:
    found = fields(instruction.arguments)
    if len(found) == 1:
        return None
    if len(found) != 3 or found[1].casefold() != "as":
        return "FROM requires either one or three arguments"
    if not _STAGE_NAME.fullmatch(found[2].lower()):
        return f"invalid name for a build stage: {found[2]!r}"
    return None


def _copy(instruction: Instruction, _: str) -> str | None:
    found = fields(instruction.arguments) if instruction.json is None else instruction.json
    if len(found) < 2:
        return f"{instruction.keyword} requires at least two arguments"
    try:
        if announcement(found[-1]):
            return f"{instruction.keyword} cannot accept a heredoc as a destination"
    except LexError:
        pass  # Docker does not look at this error here
    return None


def _healthcheck(instruction: Instruction, _: str) -> str | None:
    kind, rest = first(instruction.arguments)
    match kind.upper():
        case "":
            return "HEALTHCHECK requires at least one argument"
        case "NONE":
            return "HEALTHCHECK NONE takes no arguments" if rest else None
        case "CMD":
            return None if rest and instruction.json != () else "missing command after CMD"
        case _:
            return f"unknown type {kind!r} in HEALTHCHECK (try CMD)"


def _onbuild(instruction: Instruction, _: str) -> str | None:
    trigger = (fields(instruction.arguments) or ("",))[0].upper()
    if not trigger:
        return "ONBUILD requires at least one argument"
    if trigger in {"ONBUILD", "MAINTAINER", "FROM"}:
        return f"{trigger} isn't allowed as an ONBUILD trigger"
    return None


def _volume(instruction: Instruction, escape: str) -> str | None:
    if instruction.json is not None and not all(each.strip() for each in instruction.json):
        return "VOLUME specified can not be an empty string"
    return _some(instruction, escape)


def _shell(instruction: Instruction, _: str) -> str | None:
    return None if instruction.json else "SHELL requires its arguments to be in JSON form"


def _some(instruction: Instruction, _: str) -> str | None:
    given = instruction.arguments and instruction.json != ()
    return None if given else f"{instruction.keyword} requires an argument"


def _any(_: Instruction, __: str) -> str | None:
    return None


def _pairs(instruction: Instruction, escape: str) -> str | None:
    pairs(instruction.arguments, instruction.keyword, escape)
    return None


def _arg(instruction: Instruction, escape: str) -> str | None:
    defaults(instruction.arguments, escape)
    return None


_CHECKS: dict[str, Callable[[Instruction, str], str | None]] = {
    "ADD": _copy,
    "ARG": _arg,
    "CMD": _any,
    "COPY": _copy,
    "ENTRYPOINT": _any,
    "ENV": _pairs,
    "EXPOSE": _some,
    "FROM": _from,
    "HEALTHCHECK": _healthcheck,
    "LABEL": _pairs,
    "MAINTAINER": _some,
    "ONBUILD": _onbuild,
    "RUN": _any,
    "SHELL": _shell,
    "STOPSIGNAL": _some,
    "USER": _some,
    "VOLUME": _volume,
    "WORKDIR": _some,
}
KEYWORDS = frozenset(_CHECKS)
