"""Branches: `if` and `case`, and what is so whichever way they went."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from optimizer.effects.flow import SEPARATORS, checked, sequence
from optimizer.effects.model import unknown
from optimizer.effects.scope import Scope, joined
from optimizer.effects.shell import Node, short
from optimizer.effects.status import Status
from optimizer.effects.tool import ANY, GLOB

if TYPE_CHECKING:
    from optimizer.effects.interpreter import Interpreter

Body = Callable[[Scope], Status]


def either(ways: Iterable[tuple[Scope, Body]], scope: Scope) -> Status:
    """One of several bodies runs, each from its own state."""
    ends: list[Scope] = []
    statuses: set[Status] = set()
    for start, body in ways:
        child = start.fork()
        status = body(child)
        if child.ended != "fail":
            statuses.add(status)
        ends.append(child)
    scope.become(joined(ends))
    return statuses.pop() if len(statuses) == 1 else None


def branches(shell: Interpreter, node: Node, scope: Scope) -> Status:
    """`if ... elif ... else ... fi`."""
    arms: list[tuple[list[Node], list[Node]]] = [_arm(node)]
    arms += [_arm(c) for c in node.children if c.type in {"elif_clause", "else_clause"}]
    return _arms(shell, arms, scope)


def _arm(node: Node) -> tuple[list[Node], list[Node]]:
    """(condition, body) of an `if` or `elif`; an `else` has no condition."""
    body: list[Node] = []
    condition: list[Node] = []
    seen_then = node.type == "else_clause"
    for child in node.children:
        if child.type in {"if", "elif", "else", "fi", "elif_clause", "else_clause"}:
            continue
        if child.type == "then":
            seen_then = True
        else:
            (body if seen_then else condition).append(child)
    return condition, body


def _arms(
    shell: Interpreter, arms: Sequence[tuple[list[Node], list[Node]]], scope: Scope
) -> Status:
    """The first arm whose condition holds; where that is not known, any of them."""
    if not arms:
        return True
    (condition, body), rest = arms[0], arms[1:]
    if not any(c.type not in SEPARATORS for c in condition):
        return sequence(shell, body, scope)
    before = scope.fork()
    status = checked(shell, condition, scope)
    if status is True or scope.ended:
        return sequence(shell, body, scope)
    failed = joined([before, scope])
    if status is False:
        scope.become(failed)
        return _arms(shell, rest, scope)
    return either(
        ((scope, lambda s: sequence(shell, body, s)), (failed, lambda s: _arms(shell, rest, s))),
        scope,
    )


def case(shell: Interpreter, node: Node, scope: Scope) -> Status:
    """`case word in pattern) ...;; esac`."""
    value = node.field("value")
    word = shell.words.one(value, scope) if value is not None else ANY
    bodies: list[list[Node]] = []
    sure = False
    for item in (c for c in node.children if c.type == "case_item"):
        kinds = [c.type for c in item.children]
        if ";&" in kinds or ";;&" in kinds or ")" not in kinds:
            scope.add(unknown(f"`{short(item.text)}` is not understood"))
            return None
        patterns = [shell.words.pattern(p, scope) for p in item.fields("value")]
        match = _matching(word, patterns)
        if match is not False:
            bodies.append(item.children[kinds.index(")") + 1 :])
        if sure := match is True:
            break
    if sure and len(bodies) == 1:
        return sequence(shell, bodies[0], scope)
    ways: list[tuple[Scope, Body]] = [
        (scope, lambda s, b=body: sequence(shell, b, s))  # type: ignore[misc]
        for body in bodies
    ]
    start = scope.fork()
    return either(ways if sure else [*ways, (start, lambda _: True)], scope)


def _matching(word: str, patterns: Iterable[re.Pattern[str] | None]) -> bool | None:
    """Whether a `case` word matches one of the patterns."""
    unclear = False
    for pattern in patterns:
        if pattern is not None and pattern.pattern == ".*":
            return True
        if pattern is None or ANY in word or GLOB in word:
            unclear = True
        elif pattern.fullmatch(word):
            return True
    return None if unclear else False
