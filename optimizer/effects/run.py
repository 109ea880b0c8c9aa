"""Commands -> effects: a script by the interpreter, a program by the table of tools."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import replace

from optimizer.effects.interpreter import Interpreter
from optimizer.effects.model import Effects, unknown
from optimizer.effects.scope import Scope
from optimizer.effects.tool import ANY, Command, Kind, Tool, program_of

_SYSTEM = re.compile(
    r"^/(usr/(local/)?)?s?bin$|^/opt/[^/]+/bin$|/(\.?venv|env|virtualenv)/bin$|/node_modules/\.bin$"
)
_SHEBANG = re.compile(r"#!\s*(\S+)(?:[ \t]+([^\n]*?))?\s*$", re.MULTILINE)
_SHELLS = frozenset({"sh", "bash", "ash", "dash"})


# The table of tools that the outermost script was given; programs that start a shell use it too.
_TABLE: ContextVar[Mapping[str, Tool] | None] = ContextVar("table", default=None)


def table() -> Mapping[str, Tool]:
    """The table of tools in use."""
    found = _TABLE.get()
    if found is None:
        from optimizer.effects.tools import TOOLS  # noqa: PLC0415 - the table holds what calls this

        return TOOLS
    return found


def interpret(
    script: str, command: Command, tools: Mapping[str, Tool],
    *, options: frozenset[str] = frozenset(), arguments: tuple[str, ...] = (), zero: str = ANY,
) -> Effects:  # fmt: skip
    """The effects of a shell text.

    Args:
        script: The text.
        command: Where it runs: directory, environment, user and machine.
        tools: The table of tools, by program.
        options: Shell options in force: `e`, `pipefail`.
        arguments: `$1` and so on.
        zero: `$0`.
    """
    token = _TABLE.set(tools)
    try:
        return _interpreted(script, command, tools, (options, arguments, zero))
    finally:
        _TABLE.reset(token)


def _interpreted(
    script: str, command: Command, tools: Mapping[str, Tool],
    given: tuple[frozenset[str], tuple[str, ...], str],
) -> Effects:  # fmt: skip
    options, arguments, zero = given
    interpreter = Interpreter(tools, lambda each: call(each, tools))
    variables = dict(command.env)
    scope = Scope(
        command, variables, set(variables), command.cwd,
        options=options, positional=arguments, zero=zero, stdin=command.stdin,
    )  # fmt: skip
    interpreter.whole(script, scope)
    return replace(scope.effects, contents=tuple(sorted(scope.contents.items())))


def call(command: Command, tools: Mapping[str, Tool]) -> Effects:
    """The effects of one command."""
    if found := program_of(command.program):
        # If there is no such program the next word is one, which fails.
        command = replace(command, program=found)
    if ANY in command.program:
        return unknown("the name of a command is not known")
    if (said := _taught(command, tools)) is not None:
        return said
    if "/" in command.program:
        folder = posixpath.dirname(command.path(command.program))
        own = command.machine.kind(command.path(command.program)) is Kind.FILE
        if own or not _SYSTEM.search(folder) or command.name not in tools:
            return _program(command, command.path(command.program), tools)
    elif (path := _copied(command)) is not None:
        return _program(command, path, tools)
    tool = tools.get(command.name)
    if tool is None:
        return unknown(f"{command.name} is not a command that dfopt knows")
    return tool.effects(command)


def _taught(command: Command, tools: Mapping[str, Tool]) -> Effects | None:
    """What the user's settings say of a command; they go before all that dfopt would find out."""
    tool = tools.get(command.program)
    said = tool.taught(command) if tool is not None and tool.taught is not None else None
    path = _copied(command) if said is not None and "/" not in command.program else None
    return said | Effects(reads=frozenset({path})) if said is not None and path else said


def _copied(command: Command) -> str | None:
    """A program of this name that a COPY has put on the PATH."""
    folders = command.env.get(
        "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    )
    for folder in folders.split(":"):
        path = posixpath.join(folder, command.program)
        if (
            folder.startswith("/")
            and ANY not in folder
            and command.machine.kind(path) is Kind.FILE
        ):
            return path
    return None


def _program(command: Command, path: str, tools: Mapping[str, Tool]) -> Effects:
    """A program of the image, by its first line."""
    kind = command.machine.kind(path)
    text = command.machine.text(path)
    if text is None:
        if kind is Kind.ABSENT:
            return unknown(f"{path} is not there when this runs")
        return unknown(f"{path} is a program that dfopt cannot read")
    read = Effects(reads=frozenset({path}))
    tool = tools.get(command.name)
    if tool is not None and tool.wrapped is not None and tool.wrapped(text):
        done = tool.effects(command)
        return replace(done, reads=done.reads | read.reads)
    return read | run_script(command, path, text, tools)


def run_script(command: Command, path: str, text: str, tools: Mapping[str, Tool]) -> Effects:
    """A script of known text, by its interpreter line; without one it is a shell's."""
    found = _SHEBANG.match(text)
    if found is None and (text.startswith("\x7fELF") or "\x00" in text[:1024]):
        return unknown(f"{path} is a program that dfopt cannot read")
    program, words = (found.group(1), (found.group(2) or "").split()) if found else ("/bin/sh", [])
    name = posixpath.basename(program)
    if name == "env" and words:
        words = words[1:] if words[0] == "-S" else words
        name, words = words[0], words[1:]
    if name in _SHELLS:
        options = frozenset("e" for w in words if re.fullmatch(r"-[a-z]*e[a-z]*", w))
        options |= {"bash", "file"} if name == "bash" else set()
        return interpret(
            text, command, tools, options=options, arguments=command.arguments, zero=path
        )
    if name in tools:
        arguments = (*words, path, *command.arguments)
        return call(replace(command, program=name, arguments=arguments), tools)
    return unknown(f"{path} is a program of the project, run by {name}")
