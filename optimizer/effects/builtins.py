"""Commands that the shell itself answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from optimizer.effects import conditions
from optimizer.effects.model import NONE, Effects, unknown
from optimizer.effects.scope import Scope
from optimizer.effects.tool import ANY, GLOB, Kind, Tool, known

if TYPE_CHECKING:
    from optimizer.effects.interpreter import Interpreter, Status

    Builtin = Callable[[Interpreter, tuple[str, ...], Scope], Status]


def _cd(_: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    words = [a for a in arguments if a not in {"--", "-P", "-L"}]
    if words == ["-"]:
        path = scope.variables.get("OLDPWD", ANY)
    else:
        path = scope.path(words[0]) if words else scope.home()
    scope.variables["OLDPWD"] = scope.cwd
    if ANY in path or GLOB in path:
        scope.cwd = ANY
        return None
    scope.add(Effects(probes=frozenset({path})))
    scope.cwd = path
    return True if scope.machine.kind(path) is Kind.DIRECTORY else None


def _set(_: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    from optimizer.effects.interpreter import with_positional  # noqa: PLC0415 - it imports this module

    words = list(arguments)
    while words:
        word = words.pop(0)
        if word == "--":
            with_positional(scope, words)
            return True
        name = words.pop(0) if word in {"-o", "+o"} and words else ""
        if re.fullmatch(r"[-+][a-zA-Z]*o", word) and not name and words:
            name = words.pop(0)
        names = set(word[1:].replace("o", "")) & {"e"} | ({name} & {"pipefail", "errexit"})
        names = {"e" if n == "errexit" else n for n in names}
        scope.options = scope.options | names if word.startswith("-") else scope.options - names
    return True


def _true(_: Interpreter, __: tuple[str, ...], ___: Scope) -> Status:
    return True


def _false(_: Interpreter, __: tuple[str, ...], ___: Scope) -> Status:
    return False


def _test(_: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    words = list(arguments)
    return conditions.test(words[:-1] if words[-1:] == ["]"] else words, scope)


def _exit(_: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    scope.ended = True
    return None if arguments and not known(*arguments) else arguments in {(), ("0",)}


def _eval(interpreter: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    if not known(*arguments):
        scope.add(unknown("`eval` of a text that is not known"))
        return None
    interpreter.depth += 1
    interpreter.script(" ".join(arguments), scope)
    interpreter.depth -= 1
    return None


def _source(interpreter: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    path = scope.path(arguments[0]) if arguments else ANY
    if ANY in path:
        scope.add(unknown("a sourced file whose name is not known"))
        return None
    scope.add(Effects(reads=frozenset({path})))
    text = scope.machine.text(path)
    if text is not None:
        interpreter.depth += 1
        interpreter.script(text, scope)
        interpreter.depth -= 1
        return None
    if found := re.fullmatch(r"(.*)/bin/activate", path):
        # A virtual environment's own script (venv, virtualenv): it sets these, and no more.
        scope.assign("VIRTUAL_ENV", found.group(1), export=True)
        scope.assign("PATH", f"{found.group(1)}/bin:{scope.variables.get('PATH', ANY)}", export=True)
        return None
    if path.startswith("/etc/"):
        for name in ("ID", "VERSION_ID", "VERSION_CODENAME", "NAME", "VERSION"):
            scope.assign(name, ANY)
        return None
    scope.add(unknown(f"the content of the sourced {path} is not known"))
    return None


def _exec(interpreter: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    words = [a for a in arguments if a != "--"]
    if not words:
        return True
    if words[0].startswith("-"):
        scope.add(unknown(f"exec {words[0]} is not modelled"))
        return None
    return interpreter.start(words[0], tuple(words[1:]), {}, scope)


def _command(interpreter: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    if arguments[:1] in {("-v",), ("-V",)}:
        return None
    return _exec(interpreter, tuple(a for a in arguments if a != "-p"), scope)


def _shift(_: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    from optimizer.effects.interpreter import with_positional  # noqa: PLC0415 - it imports this module

    count = scope.variables.get("#", ANY)
    step = arguments[0] if arguments else "1"
    if not count.isdigit() or not step.isdigit():
        for name in "123456789@*#":
            scope.variables[name] = ANY
        return None
    values = [scope.variables.get(str(n), ANY) for n in range(1, int(count) + 1)]
    with_positional(scope, values[int(step) :])
    return True


def _read(_: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    for name in arguments:
        if re.fullmatch(r"[A-Za-z_]\w*", name):
            scope.assign(name, ANY)
    return None


def _getopts(_: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    for name in (*arguments[1:2], "OPTARG", "OPTIND"):
        scope.assign(name, ANY)
    return None


def _pushd(interpreter: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    scope.variables["\0pushed"] = scope.cwd + "\n" + scope.variables.get("\0pushed", "")
    return _cd(interpreter, arguments, scope)


def _popd(_: Interpreter, __: tuple[str, ...], scope: Scope) -> Status:
    top, _separator, rest = scope.variables.get("\0pushed", ANY).partition("\n")
    scope.cwd, scope.variables["\0pushed"] = top or ANY, rest
    return True


def _umask(_: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    if arguments not in {(), ("022",), ("0022",), ("22",)}:
        scope.add(unknown("umask changes the mode of what follows"))
    return True


def _trap(interpreter: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    if arguments and known(arguments[0]) and arguments[0] not in {"-", ""}:
        child = scope.fork()
        interpreter.script(arguments[0], child)
        scope.effects = child.effects
    return True


STATEFUL: Mapping[str, Builtin] = {
    ":": _true, "true": _true, "false": _false, "cd": _cd, "chdir": _cd, "set": _set,
    "test": _test, "[": _test, "exit": _exit, "return": _exit, "eval": _eval, ".": _source,
    "source": _source, "exec": _exec, "command": _command, "builtin": _command, "shift": _shift,
    "read": _read, "getopts": _getopts, "pushd": _pushd, "popd": _popd, "umask": _umask,
    "trap": _trap, "shopt": _true, "wait": _true, "ulimit": _true, "hash": _true, "let": _read,
    "type": _true, "break": _true, "continue": _true, "times": _true, "pwd": _true,
}  # fmt: skip


def _prints(_: object) -> Effects:
    return NONE


# These print, and nothing else; `printf -v` aside, which no Dockerfile of the corpus has.
BUILTINS: tuple[Tool, ...] = (Tool("echo", ("echo", "printf"), _prints, "prints its words"),)
