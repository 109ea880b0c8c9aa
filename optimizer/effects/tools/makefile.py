"""Makefiles: those that hold only plain variables and explicit rules are read.

After the GNU make manual (4.4): "Rules", "Using Variables", "Recipe Execution".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_ASSIGN = re.compile(r"^(export\s+)?([\w.-]+)\s*(\+=|\?=|::?=|=)\s*(.*)$")
_EXPORT = re.compile(r"^export\s+([\w\s]+)$")
_RULE = re.compile(r"^([^:=\t#][^:=]*?)\s*:(?!=)\s*([^;|=]*)$")
_REFERENCE = re.compile(r"\$(?:\(([^()$]*)\)|\{([^{}$]*)\}|(.))")
# What make sets by itself, so that `?=` leaves it alone (`make -p` of GNU make 4.3).
_DEFAULTS = {
    "MAKE": "make", "RM": "rm -f", "SHELL": "/bin/sh", "AR": "ar", "ARFLAGS": "rv", "AS": "as", "CC": "cc",
    "CXX": "g++", "CPP": "$(CC) -E", "FC": "f77", "F77": "$(FC)", "LD": "ld", "LEX": "lex", "YACC": "yacc",
    "OBJC": "cc", "PC": "pc", "CO": "co", "GET": "get", "LINT": "lint", "M2C": "m2c", "MAKEINFO": "makeinfo",
    "TEX": "tex", "TEXI2DVI": "texi2dvi", "TANGLE": "tangle", "WEAVE": "weave", "CTANGLE": "ctangle", "CWEAVE": "cweave",
}  # fmt: skip
# Special targets that change neither what runs nor with what (manual, 4.8): what is printed, how many
# jobs run, what an interrupted or failed make removes.
_HARMLESS = frozenset({".SILENT", ".NOTPARALLEL", ".DELETE_ON_ERROR", ".PRECIOUS", ".LOW_RESOLUTION_TIME"})  # fmt: skip
_SHELLS = frozenset({"/bin/sh", "/bin/bash", "/usr/bin/bash", "bash", "sh", "/usr/bin/env bash"})
_DEEPEST = 20


class NotPlainError(Exception):
    """What in a makefile is more than plain variables and explicit rules."""


@dataclass(frozen=True)
class Rule:
    """One target: what it needs, and the lines of its recipe."""

    target: str
    needs: tuple[str, ...] = ()
    recipe: tuple[str, ...] = ()


@dataclass
class Makefile:
    """A makefile, taken apart."""

    variables: dict[str, str] = field(default_factory=dict)
    exported: set[str] = field(default_factory=set)
    rules: dict[str, Rule] = field(default_factory=dict)
    phony: set[str] = field(default_factory=set)
    simple: set[str] = field(default_factory=set)
    builtin: bool = True
    first: str = ""


def read(
    text: str, given: Mapping[str, str], env: Mapping[str, str], *, builtin: bool = True
) -> Makefile:
    """Take a makefile apart.

    Args:
        text: Its text.
        given: Variables of the command line, which win over those of the file.
        env: The environment, whose variables hold where the file sets none.
        builtin: Whether the rules that make brings along hold as well.

    Raises:
        NotPlainError: It holds something that is not read.
    """
    made = Makefile({**_DEFAULTS, **env, **given}, builtin=builtin)
    current: list[str] = []
    begun = False
    for line in _lines(text):
        if line.startswith("\t"):
            for target in current:
                rule = made.rules[target]
                if rule.recipe and not begun:
                    raise NotPlainError(f"two recipes of {target}")
                made.rules[target] = Rule(target, rule.needs, (*rule.recipe, line[1:]))
            if not current:
                raise NotPlainError("a recipe without a target")
            begun = True
            continue
        plain = re.sub(r"(?<!\\)#.*", "", line).strip()
        if plain:
            current, begun = _statement(made, plain, given, env), False
    return made


def _lines(text: str) -> Iterator[str]:
    """Lines, continued ones joined; blank ones and comments of recipes left out."""
    joined = re.sub(r"\\\n[ \t]*", " ", text.replace("\r\n", "\n"))
    for line in joined.split("\n"):
        if line.strip() and not line.lstrip(" ").startswith("#"):
            yield line


def _statement(
    made: Makefile, line: str, given: Mapping[str, str], env: Mapping[str, str]
) -> list[str]:
    """One line that is no recipe; the targets whose recipe follows."""
    if found := _ASSIGN.match(line):
        _assign(made, found, given, env)
        return []
    if found := _EXPORT.match(line):
        made.exported |= set(found.group(1).split())
        return []
    found = _RULE.match(line)
    if not found:
        raise NotPlainError(line.split(maxsplit=1)[0])
    targets, needs = (expand(made, part, {}).split() for part in found.groups())
    if targets == [".PHONY"]:
        made.phony |= set(needs)
        return []
    if _HARMLESS.issuperset(targets):
        return []
    if any(t.startswith(".") and "/" not in t for t in targets):
        raise NotPlainError(targets[0])
    if any("%" in word or "*" in word or "?" in word for word in (*targets, *needs)):
        raise NotPlainError("a rule with a pattern")
    for target in targets:
        old = made.rules.get(target, Rule(target))
        made.rules[target] = Rule(target, (*old.needs, *needs), old.recipe)
    made.first = made.first or targets[0]
    return targets


def _assign(
    made: Makefile, found: re.Match[str], given: Mapping[str, str], env: Mapping[str, str]
) -> None:
    export, name, operator, value = found.groups()
    if (
        name.startswith(".")
        or name in {"MAKEFLAGS", "VPATH"}
        or (name == "SHELL" and value not in _SHELLS)
    ):
        raise NotPlainError(f"{name} {operator}")
    if export or name in env:
        made.exported.add(name)
    if name in given or (operator == "?=" and name in made.variables):
        return
    if operator in {":=", "::="}:
        value = _at_once(made, name, value)
    if operator == "+=":
        if name in made.simple:
            value = _at_once(made, name, value)
        value = f"{made.variables.get(name, '')} {value}".strip()
    elif operator in {":=", "::="}:
        made.simple.add(name)
    else:
        made.simple.discard(name)
    made.variables[name] = value


def _at_once(made: Makefile, name: str, value: str) -> str:
    """What `:=` keeps: the text as it is now; where that is not known, what nothing can expand."""
    try:
        return expand(made, value, {}).replace("$", "$$")
    except NotPlainError as problem:
        return f"$({name} := {re.sub(r'[${}()]', '', str(problem))})"


def expand(made: Makefile, text: str, automatic: Mapping[str, str], depth: int = 0) -> str:
    """The text with its variables; functions are not read.

    Raises:
        NotPlainError: It calls a function, or names a variable that is not known.
    """
    if depth > _DEEPEST:
        raise NotPlainError("a variable that names itself")

    def value(found: re.Match[str]) -> str:
        name = next(g for g in found.groups() if g is not None)
        if name == "$":
            return "$"
        if name in automatic:
            return automatic[name]
        if name not in made.variables:
            # An unset variable is empty, a function is not.
            raise NotPlainError(f"$({name})")
        return expand(made, made.variables[name], automatic, depth + 1)

    if re.search(r"\$[({][^)}]*\$", text):
        raise NotPlainError("a computed variable name")
    return _REFERENCE.sub(value, text)
