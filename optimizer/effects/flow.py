"""Lists, pipes, branches and loops: in what order and how surely commands run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from optimizer.effects.model import unknown
from optimizer.effects.scope import Scope, joined, unsure
from optimizer.effects.shell import Node, short
from optimizer.effects.status import Status
from optimizer.effects.status import negated as not_
from optimizer.effects.tool import ANY, GLOB

if TYPE_CHECKING:
    from optimizer.effects.interpreter import Interpreter

Body = Callable[[Scope], Status]
# How the last command of a list or a pipe is run, where redirections belong to it.
Last = Callable[[Node, Scope], Status]

_SEPARATORS = frozenset({";", "\n", "&", ";;"})
_BRACKETS = frozenset({"{", "}", "do", "done", "(", ")", "$(", "`", "<(", ">("})
# These go on by themselves, statement by statement.
_COMPOUND = frozenset(
    "compound_statement do_group subshell if_statement for_statement while_statement "
    "case_statement c_style_for_statement".split()
)
# These change the shell even where a command inside them fails.
_ALWAYS = frozenset(
    "variable_assignment variable_assignments declaration_command unset_command "
    "function_definition".split()
)
_UNROLLED = 50
_ROUNDS = 8
_OF_LOOPS = frozenset({"break", "continue"})


def sequence(shell: Interpreter, nodes: Sequence[Node], scope: Scope) -> Status:
    """Commands one after the other; without `set -e` only the last one's failure is noticed."""
    outer, status = scope.strict, True
    found: Status = status
    statements = [
        (node, position + 1 < len(nodes) and nodes[position + 1].type == "&")
        for position, node in enumerate(nodes)
        if node.type not in _SEPARATORS
    ]
    for number, (node, background) in enumerate(statements):
        if scope.ended or shell.budget.steps < 0:
            break
        last = number == len(statements) - 1
        scope.strict = outer if last else _noticed(node, scope)
        found = _behind(shell, node, scope) if background else statement(shell, node, scope)
    scope.strict = outer
    return found


def _noticed(node: Node, scope: Scope) -> bool:
    """Whether `set -e` ends the script if this fails, for whichever of its parts."""
    return (
        "e" in scope.options
        and not scope.tested
        and (bare := _bare(node)).type != "negated_command"
        and not (bare.type == "list" and bare.children[1].type == "&&")
    )


def _bare(node: Node) -> Node:
    """The statement without its redirections."""
    while node.type == "redirected_statement" and (body := node.field("body")) is not None:
        node = body
    return node


def _behind(shell: Interpreter, node: Node, scope: Scope) -> Status:
    """`command &`: it may happen, some time."""
    child = scope.fork()
    child.strict, child.stdin = False, None
    shell.run(node, child)
    maybe = joined([scope, child])
    scope.effects, scope.contents = maybe.effects, maybe.contents
    scope.prints(None)
    return True


def statement(shell: Interpreter, node: Node, scope: Scope) -> Status:
    """One statement; where its failure goes unnoticed, what follows meets both outcomes."""
    if scope.strict or node.type in _COMPOUND:
        return shell.run(node, scope)
    before = scope.fork()
    scope.strict = True
    status = shell.run(node, scope)
    scope.strict = False
    if scope.ended and _bare(node).type == "command":
        return status  # `exit` does end it
    if status is not True and node.type not in _ALWAYS:
        _both_outcomes(before, node, scope)
    elif status is not True:
        scope.effects = unsure(before.effects, scope.effects, [before, scope])
    return status


def _both_outcomes(before: Scope, node: Node, scope: Scope) -> None:
    contents, makes, output = scope.contents, scope.effects.makes, scope.output
    root = scope.command.user.split(":")[0] in {"", "root", "0"}
    ended = scope.ended
    before.output = output
    scope.become(joined([before, scope]))
    if ended:
        return
    if root and node.text.startswith("mkdir "):
        scope.effects = replace(scope.effects, makes=makes)  # it fails where there is one already
    if root and node.type == "redirected_statement" and _bare(node).type != "list":
        scope.contents = contents  # root's `echo text > file` fails only where nothing works


def _checked(shell: Interpreter, nodes: Sequence[Node], scope: Scope) -> Status:
    """A condition, or the left side of a list; the scope is as it is if that succeeds."""
    strict, tested = scope.strict, scope.tested
    scope.strict, scope.tested = True, True
    status = sequence(shell, nodes, scope)
    scope.strict, scope.tested = strict, tested
    return status


def both(shell: Interpreter, node: Node, scope: Scope, last: Last | None = None) -> Status:
    """`a && b`, `a || b`"""
    left, operator = node.children[0], node.children[1].type
    right = [c for c in node.children[2:] if c.type not in _SEPARATORS]
    if len(right) != 1 or operator not in {"&&", "||"}:
        scope.add(unknown(f"`{short(node.text)}` is not understood"))
        return None
    run = last or (lambda n, s: shell.run(n, s))
    before = scope.fork()
    status = _checked(shell, [left], scope)
    if scope.ended:
        return status
    if operator == "&&":
        if status is False:
            return False
        second = run(right[0], scope)
        return second if status is True or second is False else None
    if status is True:
        return True
    failed = joined([before, scope])
    if status is False:
        scope.become(failed)
        return run(right[0], scope)
    second = run(right[0], failed)
    sure = failed.ended == "fail" or second is True
    scope.become(joined([scope, failed]))
    return True if sure else None


def pipeline(
    shell: Interpreter, node: Node, scope: Scope, last: Last | None = None
) -> Status:  # fmt: skip
    """`a | b`: at the same time, so that none hides what another reads."""
    parts = [c for c in node.children if c.type not in {"|", "|&"}]
    before, text, surely = scope.effects, scope.stdin, set[str]()
    status: Status = None
    for number, part in enumerate(parts):
        child = scope.fork()
        child.stdin, child.output, child.strict = text, "", True
        final = number == len(parts) - 1
        status = last(part, child) if last is not None and final else shell.run(part, child)
        text = child.output
        if final or "pipefail" in scope.options:
            surely |= child.effects.surely_writes
        scope.done_by(child)
        scope.effects = unsure(before, child.effects, [child])
        status = _left(child, status)
    scope.effects = replace(
        scope.effects, surely_writes=scope.effects.surely_writes | frozenset(surely)
    )
    scope.prints(text)
    return None if "pipefail" in scope.options else status


def _left(child: Scope, status: Status) -> Status:
    """The status of a subshell."""
    if child.ended == "fail":
        return False
    return None if child.escaped else status


def group(shell: Interpreter, node: Node, scope: Scope) -> Status:
    """`{ ...; }`, `do ... done`, `(( ... ))`"""
    if node.text.startswith("(("):
        shell.words.arithmetic(node, scope)
        return None
    return sequence(shell, inner(node), scope)


def inner(node: Node) -> list[Node]:
    """The statements between brackets."""
    return [c for c in node.children if c.type not in _BRACKETS]


def subshell(shell: Interpreter, node: Node, scope: Scope) -> Status:
    """`( ... )`"""
    child = scope.fork()
    status = sequence(shell, inner(node), child)
    scope.done_by(child)
    scope.output = child.output
    return _left(child, status)


def negated(shell: Interpreter, node: Node, scope: Scope, last: Last | None = None) -> Status:
    """`! command`"""
    before, inner_node = scope.fork(), node.named[-1]
    strict, tested = scope.strict, scope.tested
    scope.strict, scope.tested = True, True
    status = shell.run(inner_node, scope) if last is None else last(inner_node, scope)
    scope.strict, scope.tested = strict, tested
    if status is not False:
        scope.become(joined([before, scope]))
    return not_(status)


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
    """`if ... elif ... else ... fi`"""
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
    if not any(c.type not in _SEPARATORS for c in condition):
        return sequence(shell, body, scope)
    before = scope.fork()
    status = _checked(shell, condition, scope)
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
    """`case word in pattern) ...;; esac`"""
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


# Loops


def each(shell: Interpreter, node: Node, scope: Scope) -> Status:
    """`for name in words; do ...; done`, word by word if they are known and not too many."""
    variable, body = node.field("variable"), node.field("body")
    if variable is None or body is None or node.children[0].type != "for":
        scope.add(unknown(f"`{short(node.text)}` is not understood"))
        return None
    values = [w for n in node.fields("value") for w in shell.words.expand(n, scope)]
    if not any(c.type == "in" for c in node.children):
        values = [ANY] if scope.positional is None else list(scope.positional)
    if any(ANY in v or GLOB in v for v in values) or len(values) > _UNROLLED:
        scope.assign(variable.text, values[0] if len(values) == 1 else ANY)
        return _loop(lambda s: shell.run(body, s), scope)
    return _unrolled(shell, (variable.text, values, body), scope)


def _unrolled(shell: Interpreter, loop: tuple[str, list[str], Node], scope: Scope) -> Status:
    name, values, body = loop
    outer, escaped = scope.strict, scope.escaped
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
    scope.strict = outer
    scope.ended = "" if scope.ended == "break" else scope.ended
    scope.escaped = (scope.escaped - _OF_LOOPS) | escaped
    return status


def repeated(shell: Interpreter, node: Node, scope: Scope) -> Status:
    """`while` and `until`"""
    body, until = node.field("body"), node.children[0].type == "until"
    between = [c.type for c in node.children]
    condition = node.children[1 : between.index("do_group")] if "do_group" in between else []

    def once(child: Scope) -> Status:
        before = child.fork()
        status = _checked(shell, condition, child)
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
    """`for ((i = 0; i < 3; i++))`"""
    body = node.field("body")
    for name in re.findall(r"[A-Za-z_]\w*", node.text.partition("))")[0].removeprefix("for")):
        scope.value(name)
        scope.assign(name, ANY)
    return _loop(lambda s: shell.run(body, s) if body is not None else None, scope)


def _loop(body: Body, scope: Scope) -> Status:
    """Any number of times, until nothing more that the shell knows changes."""
    escaped = scope.escaped
    for _ in range(_ROUNDS):
        before, child = scope.fork(), scope.fork()
        child.strict = False
        child.output = ""
        body(child)
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


WITH_LAST: Mapping[str, Callable[[Interpreter, Node, Scope, Last], Status]] = {
    "list": both,
    "pipeline": pipeline,
    "negated_command": negated,
}
