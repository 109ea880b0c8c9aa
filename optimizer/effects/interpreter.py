"""A shell script interpreted abstractly: every command's effects, in every branch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass

from optimizer.effects import assignments, branches, flow, loops, redirections
from optimizer.effects.heredocs import PLACE, Heredoc, extract
from optimizer.effects.marks import RESERVED
from optimizer.effects.model import Effects, unknown
from optimizer.effects.scope import Scope
from optimizer.effects.shell import Node, parse, repaired, short
from optimizer.effects.status import Status
from optimizer.effects.tool import Command, Tool
from optimizer.effects.words import Words

_DEEPEST = 12
_LONGEST = 4000


@dataclass
class _Budget:
    """How much of nested scripts is followed before dfopt gives up."""

    steps: int = _LONGEST
    depth: int = 0


_BUDGET: ContextVar[_Budget | None] = ContextVar("budget", default=None)


class Interpreter:
    """Runs a script in a scope; only the scope changes.

    Attributes:
        tools: The table of tools.
        caller: The effects of one command.
        words: Expands words.
        heredocs: The heredocs of the script at hand.
    """

    def __init__(self, tools: Mapping[str, Tool], caller: Callable[[Command], Effects]) -> None:
        self.tools = tools
        self.caller = caller
        self.words = Words(lambda node, scope: redirections.substituted(self, node, scope))
        self.heredocs: tuple[Heredoc, ...] = ()
        self.budget = _Budget()

    def whole(self, text: str, scope: Scope) -> None:
        """Run a script from its beginning to its traps."""
        outer = _BUDGET.get()
        if outer is not None:
            self.budget = outer
        token = _BUDGET.set(self.budget)
        try:
            self.script(text, scope)
            loops.traps(self, scope)
        finally:
            _BUDGET.reset(token)

    def script(self, text: str, scope: Scope) -> Status:
        """Run a text in this shell."""
        if RESERVED.search(text) or PLACE in text:
            scope.add(unknown("the shell text holds characters that no shell text should"))
            return None
        root, heredocs = _parsed(text)
        if root.broken:
            scope.add(unknown(f"the shell text is not understood: {short(_broken(root) or text)}"))
            return None
        return self.nested(scope, lambda: flow.sequence(self, root.children, scope), heredocs)

    def nested(
        self, scope: Scope, body: Callable[[], Status], heredocs: tuple[Heredoc, ...]
    ) -> Status:
        """Something one level deeper: a function, `eval`, a script."""
        if self.budget.depth >= _DEEPEST:
            scope.add(unknown("scripts or functions call one another too deeply"))
            return None
        outer, self.heredocs = self.heredocs, heredocs
        self.budget.depth += 1
        try:
            return body()
        finally:
            self.budget.depth -= 1
            self.heredocs = outer

    def run(self, node: Node, scope: Scope) -> Status:
        """One statement."""
        self.budget.steps -= 1
        if self.budget.steps < 0:
            scope.add(unknown("the script does too much to follow it"))
            return None
        statement = _STATEMENTS.get(node.type)
        if statement is None:
            scope.add(unknown(f"`{short(node.text)}` is not understood"))
            return None
        return statement(self, node, scope)


def _parsed(text: str) -> tuple[Node, tuple[Heredoc, ...]]:
    cut, heredocs = extract(text)
    return parse(repaired(cut) if "$" in cut else cut), heredocs


def _broken(node: Node) -> str:
    for child in node.children:
        if child.type in {"ERROR", "MISSING"}:
            return child.text or node.text
        if child.broken:
            return _broken(child)
    return node.text


_STATEMENTS: Mapping[str, Callable[[Interpreter, Node, Scope], Status]] = {
    "list": flow.both,
    "pipeline": flow.pipeline,
    "compound_statement": flow.group,
    "do_group": flow.group,
    "subshell": flow.subshell,
    "negated_command": flow.negated,
    "if_statement": branches.branches,
    "for_statement": loops.each,
    "c_style_for_statement": loops.counted,
    "while_statement": loops.repeated,
    "case_statement": branches.case,
    "function_definition": assignments.function,
    "variable_assignment": assignments.assignment,
    "variable_assignments": assignments.assignment,
    "declaration_command": assignments.declaration,
    "unset_command": assignments.unset,
    "test_command": assignments.tested,
    "redirected_statement": redirections.redirected,
    "command": redirections.command,
}
