"""Loops: word by word where the words are known, else until nothing more changes; and traps."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from optimizer.effects.flow import checked, sequence
from optimizer.effects.model import unknown
from optimizer.effects.scope import Scope, joined, unsure
from optimizer.effects.shell import Node, short
from optimizer.effects.status import Status
from optimizer.effects.tool import ANY, GLOB

if TYPE_CHECKING:
    from optimizer.effects.interpreter import Interpreter

_UNROLLED = 50
_ROUNDS = 8
_OF_LOOPS = frozenset({"break", "continue"})


def each(shell: Interpreter, node: Node, scope: Scope) -> Status:
    """`for name in words; do ...; done`, word by word if they are known and not too many."""
    variable, body = node.field("variable"), node.field("body")
    if variable is None or body is None or node.children[0].type != "for":
        scope.add(unknown(f"`{short(node.text)}` is not understood"))
        return None
    values = shell.words.expand_all(node.fields("value"), scope)
    if not any(c.type == "in" for c in node.children):
        values = [ANY] if scope.positional is None else list(scope.positional)
    if any(ANY in v or GLOB in v for v in values) or len(values) > _UNROLLED:
        scope.assign(variable.text, values[0] if len(values) == 1 else ANY)
        return _loop(lambda s: shell.run(body, s), scope)
    return _unrolled(shell, (variable.text, values, body), scope)


def _unrolled(shell: Interpreter, loop: tuple[str, list[str], Node], scope: Scope) -> Status:
    name, values, body = loop
    outer, escaped, around = scope.strict, scope.escaped, scope.looping
    scope.looping = True
    status: Status = True
    for number, value in enumerate(values):
        scope.assign(name, value)
        last = number == len(values) - 1
        scope.strict = outer if last else "e" in scope.options and not scope.tested
        status = shell.run(body, scope)
        scope.ended = "" if scope.ended == "continue" else scope.ended
        scope.escaped -= {"continue"}
        if scope.ended:
            break
    scope.strict, scope.looping = outer, around
    scope.ended = "" if scope.ended == "break" else scope.ended
    scope.escaped = (scope.escaped - _OF_LOOPS) | escaped
    return status


def repeated(shell: Interpreter, node: Node, scope: Scope) -> Status:
    """`while` and `until`."""
    body, until = node.field("body"), node.children[0].type == "until"
    between = [c.type for c in node.children]
    condition = node.children[1 : between.index("do_group")] if "do_group" in between else []

    def once(child: Scope) -> Status:
        before = child.fork()
        status = checked(shell, condition, child)
        if until:
            child.become(joined([before, child]))
        if body is None or status is until:
            return None
        return shell.run(body, child)

    _loop(once, scope)
    child = scope.fork()
    child.tested = True
    sequence(shell, condition, child)
    child.tested = scope.tested
    scope.become(joined([scope, child]))
    return None


def counted(shell: Interpreter, node: Node, scope: Scope) -> Status:
    """`for ((i = 0; i < 3; i++))`."""
    body = node.field("body")
    for name in re.findall(r"[A-Za-z_]\w*", node.text.partition("))")[0].removeprefix("for")):
        scope.value(name)
        scope.assign(name, ANY)
    return _loop(lambda s: shell.run(body, s) if body is not None else None, scope)


def _loop(body: Callable[[Scope], Status], scope: Scope) -> Status:
    """Any number of times, until nothing more that the shell knows changes."""
    escaped = scope.escaped
    for _ in range(_ROUNDS):
        before, child = scope.fork(), scope.fork()
        child.strict, child.looping = False, True
        child.output = ""
        body(child)
        child.looping = scope.looping
        if child.ended in _OF_LOOPS:
            child.ended = ""
        child.strict, child.output = scope.strict, ANY if child.output else scope.output
        scope.become(joined([before, child]))
        if scope.knows_as_much_as(before):
            break
    else:
        scope.add(unknown("a loop whose variables keep changing"))
    scope.escaped = (scope.escaped - _OF_LOOPS) | escaped
    return None


def traps(shell: Interpreter, scope: Scope) -> None:
    """What `trap` has set to run at the end, perhaps."""
    for text in scope.traps:
        child = scope.fork()
        child.ended, child.strict, child.traps = "", False, ()
        shell.script(text, child)
        child.ended = scope.ended
        scope.effects = unsure(scope.effects, child.effects, [child])
