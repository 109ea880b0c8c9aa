"""What a `python -c` text prints of TOML files, if it does nothing else.

import tomllib; p = tomllib.load(open("pyproject.toml", "rb"))["project"]; print(*p["dependencies"], sep="\\n")
"""

from __future__ import annotations

import ast
import re
import tomllib
from dataclasses import dataclass, field
from typing import Any

from optimizer.effects.bases import PYTHON
from optimizer.effects.tool import Command, shipped_version

# The first minor version of Python 3 with tomllib.
_TOMLLIB_SINCE = 11
_AT_LEAST = re.compile(r"(?:^|,)\s*(?:>=|~=|==)\s*3\.(\d+)")


class _OtherError(Exception):
    """Something else than what is understood here."""


@dataclass
class Printing:
    """A text that is followed.

    Attributes:
        command: Whose working directory counts.
        reads: The files that it opens.
        output: What it prints; None if that is not known.
    """

    command: Command
    reads: set[str] = field(default_factory=set)
    output: str | None = ""
    _names: dict[str, Any] = field(default_factory=dict)

    def statement(self, node: ast.stmt) -> None:
        """Follow one statement."""
        match node:
            case ast.Import(names=[ast.alias(name="tomllib", asname=None)]):
                pass
            case ast.Assign(targets=[ast.Name(id=name)]) if name != "tomllib":
                self._names[name] = self._value(node.value)
            case ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=args, keywords=named)):
                self._print(args, named)
            case _:
                raise _OtherError

    def _print(self, args: list[ast.expr], named: list[ast.keyword]) -> None:
        sep = " "
        for keyword in named:
            if keyword.arg != "sep" or not isinstance(sep := self._value(keyword.value), str):
                raise _OtherError
        words: list[Any] = []
        for each in args:
            inner = each.value if isinstance(each, ast.Starred) else each
            value = self._value(inner)
            words += self._listed(value) if inner is not each else [value]
        known = self.output is not None and all(isinstance(word, str) for word in words)
        self.output = f"{self.output}{sep.join(words)}\n" if known else None

    @staticmethod
    def _listed(value: Any) -> list[Any]:
        return value if isinstance(value, list) else [None]

    def _value(self, node: ast.expr) -> Any:
        """What an expression is; None if that is not known."""
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name) if name in self._names:
                return self._names[name]
            case ast.Subscript(value=inner, slice=index):
                outer, key = self._value(inner), self._value(index)
                return outer.get(key) if isinstance(outer, dict) and isinstance(key, str) else None
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="tomllib"), attr="load"),
                args=[ast.Call(func=ast.Name(id="open"), args=[ast.Constant(value=str(name)), ast.Constant(value="rb")], keywords=[])],
                keywords=[],
            ):  # fmt: skip
                return self._load(name)
        raise _OtherError

    def _load(self, name: str) -> dict[str, Any] | None:
        path = self.command.path(name)
        self.reads.add(path)
        text = self.command.machine.text(path)
        try:
            return None if text is None else tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError):
            return None


def has_tomllib(command: Command, requires: object = ">=3.11") -> bool:
    """Whether the Python of an official image has tomllib.

    Args:
        command: Who runs there.
        requires: What a project requires of the Python that installs it (`requires-python`), where the
            image does not tell; by default what a text requires that imports tomllib.
    """
    version = shipped_version(command.machine.mark(PYTHON))
    if version == 0:
        least = (int(m[1]) for m in _AT_LEAST.finditer(str(requires)))
        return max(least, default=0) >= _TOMLLIB_SINCE
    return version is not None and version >= _TOMLLIB_SINCE


def printing(command: Command, text: str) -> Printing | None:
    """What a text reads and prints; None if it may do something else."""
    found = Printing(command)
    try:
        for node in ast.parse(text).body:
            found.statement(node)
    except (_OtherError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return found
