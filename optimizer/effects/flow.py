"""Lists, pipes and groups: in what order and how surely commands run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from optimizer.effects.model import unknown
from optimizer.effects.scope import Scope, joined, unsure
from optimizer.effects.shell import Node, short
from optimizer.effects.status import Status
from optimizer.effects.status import negated as not_

if TYPE_CHECKING:
    from optimizer.effects.interpreter import Interpreter

# How the last command of a list or a pipe is run, where redirections belong to it.
Last = Callable[[Node, Scope], Status]

SEPARATORS = frozenset({";", "\n", "&", ";;"})
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


def sequence(shell: Interpreter, nodes: Sequence[Node], scope: Scope) -> Status:
    """Commands one after the other; without `set -e` only the last one's failure is noticed."""
    outer, status = scope.strict, True
    found: Status = status
    statements = [
        (node, position + 1 < len(nodes) and nodes[position + 1].type == "&")
        for position, node in enumerate(nodes)
        if node.type not in SEPARATORS
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
    child = scope.subshell()
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


def checked(shell: Interpreter, nodes: Sequence[Node], scope: Scope) -> Status:
    """A condition, or the left side of a list; the scope is as it is if that succeeds."""
    strict, tested = scope.strict, scope.tested
    scope.strict, scope.tested = True, True
    status = sequence(shell, nodes, scope)
    scope.strict, scope.tested = strict, tested
    return status


def both(shell: Interpreter, node: Node, scope: Scope, last: Last | None = None) -> Status:
    """`a && b`, `a || b`."""
    left, operator = node.children[0], node.children[1].type
    right = [c for c in node.children[2:] if c.type not in SEPARATORS]
    if len(right) != 1 or operator not in {"&&", "||"}:
        scope.add(unknown(f"`{short(node.text)}` is not understood"))
        return None
    run = last or shell.run
    before = scope.fork()
    status = checked(shell, [left], scope)
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
    # What the left side alone asks for may be missing, if the right side goes on.
    foreseen = scope.effects.expected - before.effects.expected
    failed.effects = failed.effects.forgiving(foreseen)
    second = run(right[0], failed)
    sure = failed.ended == "fail" or second is True
    if not failed.ended and second is not False:
        scope.effects = scope.effects.forgiving(foreseen)
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
        child = scope.subshell()
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
    """`{ ...; }`, `do ... done`, `(( ... ))`."""
    if node.text.startswith("(("):
        shell.words.arithmetic(node, scope)
        return None
    return sequence(shell, inner(node), scope)


def inner(node: Node) -> list[Node]:
    """The statements between brackets."""
    return [c for c in node.children if c.type not in _BRACKETS]


def subshell(shell: Interpreter, node: Node, scope: Scope) -> Status:
    """`( ... )`."""
    child = scope.subshell()
    status = sequence(shell, inner(node), child)
    scope.done_by(child)
    scope.output = child.output
    return _left(child, status)


def negated(shell: Interpreter, node: Node, scope: Scope, last: Last | None = None) -> Status:
    """`! command`."""
    before, inner_node = scope.fork(), node.named[-1]
    strict, tested = scope.strict, scope.tested
    scope.strict, scope.tested = True, True
    status = shell.run(inner_node, scope) if last is None else last(inner_node, scope)
    scope.strict, scope.tested = strict, tested
    if status is not False:
        scope.become(joined([before, scope]))
    return not_(status)


WITH_LAST: Mapping[str, Callable[[Interpreter, Node, Scope, Last], Status]] = {
    "list": both,
    "pipeline": pipeline,
    "negated_command": negated,
}
