"""Tools for the tests of the shell: they say what they were called with."""

from __future__ import annotations

from optimizer.effects.builtins import BUILTINS
from optimizer.effects.model import Effects, unknown
from optimizer.effects.run import interpret
from optimizer.effects.tool import Command, Tool, known
from optimizer.effects.tools.wrappers import WRAPPERS
from tests.effects.machine import command


def _reads(call: Command) -> Effects:
    """`take a b` reads a and b."""
    return _named(call, "reads")


def _writes(call: Command) -> Effects:
    """`make a b` surely writes a and b."""
    return _named(call, "writes", "surely_writes")


def _removes(call: Command) -> Effects:
    return _named(call, "writes", "surely_writes", "deletes")


def _named(call: Command, *fields: str) -> Effects:
    if not known(*call.arguments):
        return unknown(f"{call.name} {' '.join(call.arguments)!r}")
    paths = frozenset(call.path(a) for a in call.arguments)
    return Effects(**dict.fromkeys(fields, paths))


class Recorder:
    """A table of tools, and the calls that were made of `run`."""

    def __init__(self) -> None:
        self.calls: list[Command] = []
        tools = (
            Tool("run", ("run", "run2"), self._run),
            Tool("take", ("take", "cat"), _reads),
            Tool("make", ("make",), _writes),
            Tool("drop", ("drop",), _removes),
            Tool("sees", ("sees",), lambda c: Effects(variables=frozenset(c.arguments))),
            *WRAPPERS,
            *BUILTINS,
        )
        self.tools = {program: tool for tool in tools for program in tool.programs}

    def _run(self, call: Command) -> Effects:
        self.calls.append(call)
        return Effects()

    def interpret(self, script: str, files=None, options=frozenset(), **given) -> Effects:
        """The effects of a script under this table."""
        return interpret(
            script, command("sh", files, tools=self.tools, **given), self.tools, options=options
        )

    def words(self, script: str, files=None, **given) -> list[tuple[str, ...]]:
        """The arguments of each call of `run`, unknown text shown as `?`, a pattern as `*`."""
        self.interpret(script, files, **given)
        return [
            tuple(a.replace("\0", "?").replace("\1", "*") for a in c.arguments) for c in self.calls
        ]
