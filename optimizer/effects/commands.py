"""Simple commands: a function, a builtin or a program is started by its words."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from optimizer.effects import conditions
from optimizer.effects.assignments import pair
from optimizer.effects.model import Effects, unknown
from optimizer.effects.scope import Scope
from optimizer.effects.shell import Node
from optimizer.effects.status import Status
from optimizer.effects.tool import ANY, GLOB, Command, Kind, known, program_of

if TYPE_CHECKING:
    from optimizer.effects.interpreter import Interpreter

REDIRECTS = frozenset({"file_redirect", "herestring_redirect", "heredoc_redirect"})
_PRINTING = frozenset(
    {"pwd", "type", "command", "ulimit", "umask", "times", "set", "trap", "eval", ".", "source"}
)


def simple(shell: Interpreter, node: Node, extra: Iterable[Node], scope: Scope) -> Status:
    """A command, its redirections aside; `extra` are words that stand behind those."""
    prefix: dict[str, str] = {}
    for child in node.named:
        if child.type == "variable_assignment":
            name, value = pair(shell, child, scope)
            prefix[name] = value
    own = [c for c in node.named if c.type != "variable_assignment" and c.type not in REDIRECTS]
    words = shell.words.expand_all([*own, *extra], scope)
    if not words:
        for name, value in prefix.items():
            scope.assign(name, value)
        return None if "$(" in node.text or "`" in node.text else True
    return start(shell, words, prefix, scope)


def start(
    shell: Interpreter, words: list[str], prefix: Mapping[str, str], scope: Scope
) -> Status:  # fmt: skip
    """Start a command by its words: a function, a builtin, or a program."""
    from optimizer.effects.builtins import STATEFUL  # noqa: PLC0415 - builtins start commands too

    name, arguments = program_of(words[0]) or words[0], tuple(words[1:])
    if ANY in name or GLOB in name:
        scope.add(unknown("the name of a command is not known"))
        scope.prints(None)
        return None
    if name in scope.functions:
        return _assigned(prefix, lambda: _call(shell, name, arguments, scope), scope)
    builtin = STATEFUL.get(name)
    if builtin is None:
        return _program(shell, words, prefix, scope)
    locating = name == "command" and arguments[:1] == ("-v",)
    if name in _PRINTING and name not in {"pwd", "eval", ".", "source"} and not locating:
        scope.prints(None if name != "trap" or len(arguments) < 2 else "")
    elif name == "pwd":
        scope.prints(scope.cwd + "\n")
    return _assigned(prefix, lambda: builtin(shell, arguments, scope), scope)


def _assigned(prefix: Mapping[str, str], body: Callable[[], Status], scope: Scope) -> Status:
    """`A=1 name` where name is of the shell: bash forgets A afterwards, dash may keep it."""
    old = {n: scope.variables.get(n) for n in prefix}
    own = {n for n in prefix if n in scope.own}
    for name, value in prefix.items():
        scope.assign(name, value)
    status = body()
    for name, before in old.items():
        if scope.variables.get(name) != before:
            scope.variables[name] = ANY
    scope.own -= prefix.keys() - own
    return status


def _program(
    shell: Interpreter, words: list[str], prefix: Mapping[str, str], scope: Scope
) -> Status:  # fmt: skip
    name, arguments = words[0], tuple(words[1:])
    text = conditions.printed(name, list(arguments), scope)
    started = scope.started(name, arguments, prefix)
    copied = "/" in name and scope.machine.kind(started.path(name)) is Kind.FILE
    tool = None if copied else shell.tools.get(started.name)
    if text is None and tool is not None and tool.prints is not None:
        text = tool.prints(started)
    done = _certain(name, shell.caller(started))
    sure = _makes(name, arguments, started) or _puts(name, arguments, started)
    own = (scope.exported & scope.own) | prefix.keys()
    scope.add(replace(done, variables=done.variables - own))
    scope.prints(text)
    if name == "printf" and arguments[:1] == ("-v",):
        scope.assign(arguments[1] if len(arguments) > 1 else "_", ANY)
    return True if name in {"echo", "printf"} or sure else None


def _makes(name: str, arguments: tuple[str, ...], command: Command) -> bool:
    """Whether a `mkdir -p` surely succeeds: root's does, unless a file is in the way."""
    root = command.user.split(":")[0] in {"", "root", "0"}
    if name != "mkdir" or not root or arguments[:1] not in {("-p",), ("--parents",)}:
        return False
    places = [command.path(word) for word in arguments[1:]]
    ways = [p[:end] for p in places for end in range(1, len(p) + 1) if (p + "/")[end] == "/"]
    kinds = {command.machine.kind(way) for way in ways if known(way)}
    return all(map(known, ways)) and kinds <= {Kind.DIRECTORY, Kind.ABSENT}


def _puts(name: str, arguments: tuple[str, ...], command: Command) -> bool:
    """Whether `mv file folder` or `cp file folder` surely succeeds: root's does, where nothing is in the way."""
    root = command.user.split(":")[0] in {"", "root", "0"}
    if name not in {"mv", "cp"} or not root or len(arguments) != 2 or not known(*arguments):
        return False
    source, folder = map(command.path, arguments)
    target = posixpath.join(folder, posixpath.basename(source))
    kinds = tuple(map(command.machine.kind, (source, folder, target)))
    return not arguments[0].startswith("-") and kinds == (Kind.FILE, Kind.DIRECTORY, Kind.ABSENT)


def _certain(name: str, done: Effects) -> Effects:
    """A path that holds text which is not known may be any path."""
    paths = "".join((*done.reads, *done.probes, *done.lists, *done.writes, *done.metadata))
    if ANY in paths or GLOB in paths:
        return done.in_doubt(f"which files {name} works on is not known")
    return done


def _call(shell: Interpreter, name: str, arguments: tuple[str, ...], scope: Scope) -> Status:
    body, heredocs = scope.functions[name]
    positional, shadowed, escaped = scope.positional, scope.shadowed, scope.escaped
    inside = scope.looping, scope.around, scope.called
    scope.positional, scope.shadowed = arguments, {}
    # The caller's loop is none of the function's: `break` there does nothing (both shells).
    scope.looping, scope.around, scope.called = False, False, True
    status = shell.nested(scope, lambda: shell.run(body, scope), heredocs)
    for variable, value in scope.shadowed.items():
        if value is None:
            scope.variables.pop(variable, None)
        else:
            scope.variables[variable] = value
    scope.positional, scope.shadowed = positional, shadowed
    scope.looping, scope.around, scope.called = inside
    if scope.ended == "return":
        scope.ended = ""
    if "return" in scope.escaped:
        status = None
    scope.escaped = (scope.escaped - {"return"}) | escaped
    return status
