"""An image in memory for tests: what a command meets, and its effects."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping

from optimizer.context.files import MemoryFiles
from optimizer.effects.bases import base
from optimizer.effects.copying import Request, place
from optimizer.effects.image import ImageMachine, Tree
from optimizer.effects.layers import Copied, Made, Shipped, Written
from optimizer.effects.model import Effects
from optimizer.effects.run import interpret
from optimizer.effects.tool import Command, Tool


def machine(
    files: Mapping[str, str] | None = None,
    unknown: Iterable[str] = (),
    cwd: str = "/app",
    tools=None,
    image: str = "",
) -> ImageMachine:
    """An image with these files (absolute paths -> text); `unknown` patterns may hold anything."""
    if tools is None:
        from optimizer.effects.tools import TOOLS as tools  # noqa: N811
    layers: list = [Shipped(base(image).files), Made(cwd)]
    if files:
        context = MemoryFiles({path.lstrip("/"): text for path, text in files.items()})
        layers.append(Copied(place(Request((".",), "/", existing=True), context)))
    if unknown:
        layers.append(Written(Effects(writes=frozenset(unknown))))
    return ImageMachine(Tree(tuple(layers)), tools)


def command(
    line: str, files: Mapping[str, str] | None = None, cwd: str = "/app", env: Mapping[str, str] | None = None,
    unknown: Iterable[str] = (), user: str = "", tools: Mapping[str, Tool] | None = None, stdin: str | None = None,
    image: str = "",
) -> Command:  # fmt: skip
    """One command, its words split as a shell would."""
    words = shlex.split(line)
    return Command(
        program=words[0] if words else "", arguments=tuple(words[1:]), cwd=cwd,
        machine=machine(files, unknown, cwd, tools, image), env=dict(env or {}), env_complete=True, user=user, stdin=stdin,
    )  # fmt: skip


def effects_of(script: str, files: Mapping[str, str] | None = None, **given) -> Effects:
    """The effects of a shell text, by the interpreter."""
    started = command("sh", files, **given)
    return interpret(script, started, started.machine.tools)
