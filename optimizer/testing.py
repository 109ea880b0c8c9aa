"""For the tests of a plugin: a table of command lines and what they are to do.

from optimizer.testing import Row, check_tool

def test_gen():
    check_tool(GEN, [
        Row("gen", files={"/app/gen.toml": ""}, reads={"/app/gen.toml"}, writes={"/app/out/**"}),
        Row("gen --frobnicate", doubt=True),
    ])
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from optimizer.context.files import MemoryFiles
from optimizer.effects.copying import Request, place
from optimizer.effects.image import ImageMachine, Tree
from optimizer.effects.layers import Copied, Made
from optimizer.effects.model import Effects
from optimizer.effects.run import call
from optimizer.effects.tool import Command, Tool
from optimizer.effects.tools import TOOLS

_PARTS = ("reads", "probes", "lists", "writes", "deletes")


@dataclass(frozen=True)
class Row:
    """A command line and what is expected of it.

    Attributes:
        line: The command, its words split as a shell would.
        files: The image it meets: absolute path -> text. Nothing else is there.
        cwd: Where it runs.
        reads: And the other parts: image paths or `dir/**`, exactly as the tool answers them.
        network: Whether it fetches something.
        doubt: Whether it is not understood; then nothing else is compared.
    """

    line: str
    files: Mapping[str, str] = field(default_factory=dict)
    cwd: str = "/app"
    reads: frozenset[str] | set[str] = frozenset()
    probes: frozenset[str] | set[str] = frozenset()
    lists: frozenset[str] | set[str] = frozenset()
    writes: frozenset[str] | set[str] = frozenset()
    deletes: frozenset[str] | set[str] = frozenset()
    network: bool = False
    doubt: bool = False


def check_tool(tool: Tool, rows: Iterable[Row]) -> None:
    """See that a tool answers each row as expected, and as every tool must.

    Raises:
        AssertionError: It does not; the message names the row and the part.
    """
    if not (tool.name and tool.programs and tool.summary):
        raise AssertionError("a tool needs a name, programs and a summary")
    for row in rows:
        found = effects_of(tool, row)
        if problem := _problem(row, found):
            raise AssertionError(f"{row.line}: {problem}")


def effects_of(tool: Tool, row: Row) -> Effects:
    """What a tool answers to a row's command."""
    context = MemoryFiles({path.lstrip("/"): text for path, text in row.files.items()})
    copied = Copied(place(Request((".",), "/", existing=True), context))
    tools = {**TOOLS, **dict.fromkeys(tool.programs, tool)}
    words = shlex.split(row.line)
    command = Command(
        words[0], tuple(words[1:]), row.cwd,
        ImageMachine(Tree((Made(row.cwd), copied)), tools), env_complete=True,
    )  # fmt: skip
    return call(command, tools)


def _problem(row: Row, found: Effects) -> str | None:
    if row.doubt or found.doubt is not None:
        same = row.doubt == (found.doubt is not None)
        return None if same else f"doubt: expected {row.doubt}, found {found.doubt!r}"
    for part in _PARTS:
        expected, answer = frozenset(getattr(row, part)), getattr(found, part)
        if wrong := sorted(p for p in answer if not p.startswith("/")):
            return f"{part}: {wrong[0]!r} is not an absolute path of the image"
        if expected != answer:
            return f"{part}: expected {sorted(expected)}, found {sorted(answer)}"
    if row.network != found.network:
        return f"network: expected {row.network}, found {found.network}"
    if loose := sorted(found.surely_writes - found.writes):
        return f"surely_writes: {loose[0]} is not among the writes"
    return None
