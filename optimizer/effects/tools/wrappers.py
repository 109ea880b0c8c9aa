"""Programs that start another one: sudo, env, xargs, sh -c ..."""

from __future__ import annotations

import re
from dataclasses import replace

from optimizer.effects.model import Effects, unknown
from optimizer.effects.tool import ANY, Command, Tool, known

# Options with a value, by program; what is not here and begins with a dash has none.
_VALUED: dict[str, frozenset[str]] = {
    "sudo": frozenset("-u -g -h -p -C -r -t -T --user --group".split()),
    "nice": frozenset({"-n", "--adjustment"}),
    "ionice": frozenset("-c -n -p".split()),
    "timeout": frozenset("-k -s --kill-after --signal".split()),
    "time": frozenset("-o -f --output --format".split()),
    "stdbuf": frozenset("-i -o -e".split()),
    "flock": frozenset("-w -E --timeout".split()),
}
# Words of the wrapper itself that stand before the command.
_OWN_WORDS = {"timeout": 1, "gosu": 1, "su-exec": 1, "flock": 1}


def _inner(command: Command) -> tuple[str, ...]:
    """The words of the command that is started."""
    words, valued = list(command.arguments), _VALUED.get(command.name, frozenset())
    while words and words[0].startswith("-"):
        flag = words.pop(0)
        if flag == "--":
            break
        if flag in valued and words:
            words.pop(0)
    return tuple(words[_OWN_WORDS.get(command.name, 0) :])


def _start(command: Command) -> Effects:
    words = _inner(command)
    if not words:
        return Effects()
    if command.name in {"gosu", "su-exec"}:
        command = replace(command, user=command.arguments[0])
    if command.name == "sudo" and any(a in {"-i", "-s", "-E", "-H"} for a in command.arguments):
        return unknown("sudo with another environment is not modelled")
    return command.machine.call(command.with_words(words[0], *words[1:]))


def _env(command: Command) -> Effects:
    words, env = list(command.arguments), dict(command.env)
    while words and (words[0].startswith("-") or "=" in words[0]):
        word = words.pop(0)
        if word in {"-u", "--unset"} and words:
            env.pop(words.pop(0), None)
        elif word.startswith("-") and word not in {"-i", "-", "--ignore-environment"}:
            return unknown(f"env {word} is not modelled")
        elif not word.startswith("-"):
            name, _, value = word.partition("=")
            env[name] = value
    if not words:
        return Effects(variables=frozenset({"*"}))
    return command.machine.call(replace(command, program=words[0], arguments=tuple(words[1:]), env=env))


def _shell(command: Command) -> Effects:
    """`sh -c text`, `bash script`, `bash <<EOF`."""
    words, flags = list(command.arguments), ""
    while words and words[0].startswith(("-", "+")) and words[0] != "-":
        flag = words.pop(0)
        if flag in {"-o", "+o"} and words:
            words.pop(0)
        elif not flag.startswith("--"):
            flags += flag[1:]
    if "c" in flags:
        if not words or ANY in words[0]:
            return unknown("a shell text that is not known")
        return command.machine.run(words[0], command)
    if words and words[0] != "-":
        path = command.path(words[0])
        text = command.machine.text(path) if known(words[0]) else None
        if text is None:
            return unknown(f"{words[0].replace(ANY, '?')} is a script that dfopt cannot read")
        from optimizer.effects.run import run_script  # noqa: PLC0415 - it is above the table of tools
        from optimizer.effects.tools import TOOLS  # noqa: PLC0415

        shell = "#!/bin/sh\n" + re.sub(r"^#!.*", "", text)
        return Effects(reads=frozenset({path})) | run_script(replace(command, arguments=tuple(words[1:])), path, shell, TOOLS)
    if command.stdin is None:
        return unknown("a shell that reads a script which is not known")
    return command.machine.run(command.stdin, command)


def _su(command: Command) -> Effects:
    words = list(command.arguments)
    if "-c" not in words or words.index("-c") + 1 >= len(words):
        return unknown("su without -c is not modelled")
    script = words.pop(words.index("-c") + 1)
    users = [w for w in words if not w.startswith("-")]
    if not known(script, *users):
        return unknown("su with a text that is not known")
    return command.machine.run(script, replace(command, user=users[0] if users else "root"))


_XARGS_VALUED = frozenset("-n -P -I -L -d -a -s -E --max-args --max-procs --replace --delimiter".split())


def _xargs(command: Command) -> Effects:
    """The command gets words that are not known, unless they are piped in as known text."""
    words = list(command.arguments)
    while words and words[0].startswith("-"):
        flag = words.pop(0)
        if flag in _XARGS_VALUED and words:
            words.pop(0)
    if not words:
        return Effects()
    given = command.stdin.split() if command.stdin is not None else [ANY]
    return command.machine.call(command.with_words(words[0], *words[1:], *given))


WRAPPERS: tuple[Tool, ...] = (
    Tool("sudo and the like", ("sudo", "nice", "ionice", "timeout", "time", "nohup", "stdbuf", "gosu", "su-exec", "flock", "setsid", "chronic", "eatmydata", "fakeroot"), _start, "start another command"),
    Tool("env", ("env",), _env, "starts a command with other variables"),
    Tool("sh", ("sh", "bash", "ash", "dash"), _shell, "a shell text or a script of the context is followed"),
    Tool("su", ("su",), _su, "su -c"),
    Tool("xargs", ("xargs",), _xargs, "starts a command with words from its input"),
)
