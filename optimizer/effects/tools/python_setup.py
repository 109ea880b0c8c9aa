"""setup.py, run in the head: which files it opens, and what it hands to `setup()`.

Not a Python interpreter: both branches of an `if` count, what a loop changes is not known any
more, and whatever is not in the tables below makes the whole script unread. What is known of a
path stays known through `os.path`, `pathlib`, `+`, f-strings and functions of the script itself.
"""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from optimizer.effects.model import Effects
from optimizer.effects.tool import Machine
from optimizer.effects.tools.looking import look
from optimizer.effects.tools.python_evaluation import Evaluation, UnreadError
from optimizer.effects.tools.python_values import MODULES, UNKNOWN, Ref, merged, spoil, stored


@dataclass(frozen=True)
class Setup:
    """What a setup.py does.

    Attributes:
        given: The arguments of `setup()`: texts, lists, tables and `Found`; else UNKNOWN.
        effects: The files that it reads, looks for and lists.
    """

    given: dict[str, Any]
    effects: Effects


def read(machine: Machine, folder: str) -> Setup | None:
    """The setup.py of a folder; None if it does something that is not followed."""
    path = posixpath.join(folder, "setup.py")
    text = machine.text(path)
    if text is None:
        return None
    try:
        script = _Script(machine, folder)
        script.run(ast.parse(text).body)
    except (UnreadError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if len(script.calls) != 1:
        return None
    return Setup(script.calls[0], script.effects() | look(machine, path))


class _Script(Evaluation):
    """Follows the statements of a script."""

    def run(self, body: Iterable[ast.stmt]) -> None:
        """Follow statements, one after another."""
        for node in body:
            self.statement(node)

    def statement(self, node: ast.stmt) -> None:
        """Follow one statement."""
        match node:
            case ast.Import() | ast.ImportFrom():
                self.load(node)
            case ast.FunctionDef(decorator_list=[]):
                self.names[node.name] = node
            case ast.Assign():
                value = self.value(node.value)
                for target in node.targets:
                    self.bind(target, value)
            case ast.AnnAssign():
                self.bind(node.target, self.value(node.value) if node.value else UNKNOWN)
            case ast.AugAssign():
                self.value(node.value)
                spoil(self.names.get(getattr(node.target, "id", "")))
                self.bind(node.target, UNKNOWN)
            case ast.Expr():
                self.value(node.value)
            case ast.Return():
                self.returned.append(self.value(node.value) if node.value else None)
            case ast.If():
                self.value(node.test)
                main = ast.unparse(node.test) == "__name__ == '__main__'"
                self.branches([node.body] if main else [node.body, node.orelse])
            case ast.For():
                self.value(node.iter)
                self.bind(node.target, UNKNOWN)
                self.loop(node)
            case ast.While():
                self.loop(node)
                self.value(node.test)
            case ast.With():
                for item in node.items:
                    value = self.value(item.context_expr)
                    if item.optional_vars is not None:
                        self.bind(item.optional_vars, value)
                self.run(node.body)
            case ast.Try():
                self.attempt(node)
            case ast.Assert() | ast.Raise():
                for child in ast.iter_child_nodes(node):
                    self.value(child)
            case ast.Pass() | ast.Break() | ast.Continue():
                pass
            case _:
                raise UnreadError

    def load(self, node: ast.Import | ast.ImportFrom) -> None:
        """An import: of a module that looks at nothing by itself."""
        source = node if isinstance(node, ast.ImportFrom) else None
        module, level = (source.module or "", source.level) if source else ("", 0)
        for name in node.names:
            full = f"{module}.{name.name}" if module else name.name
            if full.split(".")[0] not in MODULES or name.name == "*" or level:
                raise UnreadError
            bound = name.asname or name.name
            if source is None and not name.asname:
                bound = full = full.split(".")[0]
            self.names[bound] = Ref(full)

    def branches(self, bodies: list[list[ast.stmt]]) -> None:
        """Ways of which one is gone: what they do not agree on is not known."""
        before, ends = dict(self.names), []
        for body in bodies:
            self.names = dict(before)
            self.run(body)
            ends.append(self.names)
        self.names = merged(ends)

    def loop(self, node: ast.For | ast.While) -> None:
        """A body that runs any number of times: what it changes may have been changed before."""
        changed = dict.fromkeys(stored([node]), UNKNOWN)
        for _ in range(2):
            self.names |= changed
            self.branches([[*node.body, *node.orelse], []])
        self.names |= changed

    def attempt(self, node: ast.Try) -> None:
        """A body that may end anywhere, and what then runs."""
        before = self.names
        self.names = dict(before)
        self.run([*node.body, *node.orelse])
        ends = [self.names]
        for handler in node.handlers:
            self.names = before | dict.fromkeys(stored(node.body), UNKNOWN)
            self.run(handler.body)
            ends.append(self.names)
        self.names = merged(ends)
        self.run(node.finalbody)
