"""Commands that the shell itself answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from optimizer.effects import conditions
from optimizer.effects.commands import start
from optimizer.effects.model import NONE, Effects, unknown
from optimizer.effects.scope import Scope
from optimizer.effects.status import Status
from optimizer.effects.tool import ANY, GLOB, SOMEWHERE, Kind, Tool, clean, known, located, region

if TYPE_CHECKING:
    from optimizer.effects.interpreter import Interpreter

    Builtin = Callable[[Interpreter, tuple[str, ...], Scope], Status]


# Directories that every distribution's image has (Debian 12, Alpine 3.18, Fedora 39).
_STANDARD = frozenset(
    "/ /bin /dev /etc /home /lib /media /mnt /opt /proc /run /sbin /srv /sys /tmp /usr /usr/bin "
    "/usr/lib /usr/local /usr/local/bin /usr/local/lib /usr/sbin /usr/share /var /var/cache "
    "/var/lib /var/log /var/tmp".split()
)


def _cd(_: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    words = [a for a in arguments if a not in {"--", "-P", "-L", "-e"}]
    if words == ["-"]:
        path = scope.variables.get("OLDPWD", ANY)
    else:
        path = scope.path(words[0]) if words else clean(scope.home())
    if "CDPATH" in scope.variables and words and not words[0].startswith(("/", ".")):
        path = ANY
    scope.assign("OLDPWD", scope.cwd)
    if ANY in path or GLOB in path or len(words) > 1:
        scope.add(Effects(probes=frozenset({region(path)})))  # it fails where there is none
        scope.cwd = SOMEWHERE
        return None
    scope.add(Effects(probes=frozenset({path, *_passed(words, scope)})))
    scope.cwd = path
    kind = scope.machine.kind(path)
    if kind is Kind.ABSENT:
        scope.add(Effects(reads=frozenset({path})))  # as with a file that is not there
    if kind is Kind.DIRECTORY or (kind is Kind.UNKNOWN and path in _STANDARD):
        return True
    return None


def _passed(words: list[str], scope: Scope) -> list[str]:
    """Folders on the way, even one that `..` leaves again: bash looks at them, dash does not."""
    word = words[0] if words and ".." in words[0] else ""
    return [scope.path(word[: m.start()]) for m in re.finditer("/", word) if m.start()]


_LETTERS = {"e": "e", "a": "a", "f": "globs"}
_LONG = {"errexit": "e", "allexport": "a", "noglob": "globs", "pipefail": "pipefail"}


def _set(_: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    words = list(arguments)
    while words:
        word = words.pop(0)
        if not known(word):
            scope.add(unknown("`set` with a word that is not known"))
            return None
        if word in {"--", "-"} or word[0] not in "-+":
            kept = words if word in {"--", "-"} else [word, *words]
            scope.positional = tuple(kept) if word != "-" or words else scope.positional
            return True
        names = {_LETTERS[c] for c in word[1:] if c in _LETTERS}
        if "o" in word and words:
            if not known(words[0]):
                scope.add(unknown("`set` with a word that is not known"))
            names.add(_LONG.get(words.pop(0), ""))
        if word.startswith("-"):
            scope.options |= names
        else:
            scope.options -= names - {"globs"}
    return True


def _shopt(_: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    """Options of bash: what they change is what patterns mean; dash has no `shopt`."""
    scope.options |= {"globs"}
    return None if arguments else True


def _true(_: Interpreter, __: tuple[str, ...], ___: Scope) -> Status:
    return True


def _unclear(_: Interpreter, __: tuple[str, ...], ___: Scope) -> Status:
    return None


def _false(_: Interpreter, __: tuple[str, ...], ___: Scope) -> Status:
    return False


def _test(_: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    words = list(arguments)
    return conditions.test(words[:-1] if words[-1:] == ["]"] else words, scope)


_OF_LOOPS = frozenset({"break", "continue"})


def _out_of_place(way: str, scope: Scope) -> Status:
    """`break` outside a loop does nothing; what else is out of place, shells take differently."""
    if way == "return" and "bash" not in scope.options:
        scope.add(unknown("`return` outside a function ends dash, but not bash"))
    elif way in _OF_LOOPS and scope.around:
        scope.add(unknown(f"`{way}` in a subshell of a loop ends dash, but not bash"))
    return None if way == "return" else True


def _ended(way: str) -> Builtin:
    def end(_: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
        number = arguments[0] if len(arguments) == 1 else ""
        failing = bool(re.fullmatch(r"0*[1-9]\d*", number)) and int(number) % 256 != 0
        if (way == "return" and not scope.called) or (way in _OF_LOOPS and not scope.looping):
            return _out_of_place(way, scope)
        if way in _OF_LOOPS:
            if arguments not in {(), ("1",)}:
                scope.add(unknown(f"{way} with a number is not modelled"))
            failing = False
        scope.ended = "fail" if failing and way == "exit" else way
        return False if failing else True if number == "0" else None

    return end


def _eval(interpreter: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    if not known(*arguments):
        scope.add(unknown("`eval` of a text that is not known"))
        scope.prints(None)
        return None
    return interpreter.script(" ".join(arguments), scope)


def _source(interpreter: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    path = scope.path(arguments[0]) if arguments else ANY
    scope.prints(None)
    if not known(path):
        scope.add(unknown("a sourced file whose name is not known"))
        return None
    scope.add(Effects(reads=frozenset({path})))
    scope.options -= {"file"}  # a function may be of either
    text = scope.machine.text(path)
    if text is not None:
        positional, escaped, called = scope.positional, scope.escaped, scope.called
        scope.called = True
        scope.positional = arguments[1:] or positional
        interpreter.script(text, scope)
        scope.ended = "" if scope.ended == "return" else scope.ended
        scope.escaped = (scope.escaped - {"return"}) | escaped
        scope.positional, scope.called = positional, called
        return None
    return _well_known(path, scope)


def _well_known(path: str, scope: Scope) -> Status:
    """Files that are not the project's, but whose meaning is documented."""
    if found := re.fullmatch(r"(.*)/bin/activate", path):
        # A virtual environment's own script (venv, virtualenv): it sets these, and no more.
        scope.assign("VIRTUAL_ENV", found.group(1), export=True)
        scope.assign("PATH", f"{found.group(1)}/bin:{scope.value('PATH')}", export=True)
        scope.unset("PYTHONHOME")
        return None
    if path.endswith("/nvm.sh"):
        return _nvm(path, scope)
    if path in {"/etc/os-release", "/usr/lib/os-release", "/etc/lsb-release"}:
        # os-release(5), and the file of lsb_release(1): assignments of these names.
        for name in (
            "ID ID_LIKE VERSION_ID VERSION_CODENAME NAME VERSION PRETTY_NAME UBUNTU_CODENAME "
            "HOME_URL SUPPORT_URL BUG_REPORT_URL PRIVACY_POLICY_URL PLATFORM_ID ANSI_COLOR LOGO "
            "CPE_NAME VARIANT VARIANT_ID BUILD_ID DOCUMENTATION_URL DISTRIB_ID DISTRIB_RELEASE "
            "DISTRIB_CODENAME DISTRIB_DESCRIPTION REDHAT_SUPPORT_PRODUCT".split()
        ):
            scope.assign(name, ANY)
        return None
    scope.add(unknown(f"the content of the sourced {path} is not known"))
    return None


def _nvm(path: str, scope: Scope) -> Status:
    """The script of nvm (nvm-sh/nvm): the function `nvm`, and the PATH to a version below its folder.

    It looks for the version that the project wants, and for a prefix that npm was told.
    """
    own = frozenset({path.removesuffix("nvm.sh") + "**"})
    call = scope.started("nvm", ("use",), {"NVM_DIR": path.removesuffix("/nvm.sh")})
    scope.add(scope.machine.call(call) | Effects(reads=own, writes=own))
    if scope.variables.get("NVM_DIR") != path.removesuffix("/nvm.sh"):
        scope.assign("NVM_DIR", path.removesuffix("/nvm.sh"), export=True)
    scope.assign("PATH", f"{ANY}:{scope.value('PATH')}", export=True)
    return None


def _exec(interpreter: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    if not arguments:
        return True
    if arguments[0].startswith("-"):
        scope.add(unknown(f"exec {arguments[0]} is not modelled"))
        return None
    status = start(interpreter, list(arguments), {}, scope)
    scope.ended = scope.ended or "exit"
    return status


def _sought(_: Interpreter, names: tuple[str, ...], scope: Scope) -> Status:
    """A look for programs: one with a slash is looked for there (on PATH, `ambient` says)."""
    for name in names:
        if not known(name):
            scope.add(unknown("it looks for a program whose name is not known"))
        elif "/" in name:
            scope.add(Effects(probes=frozenset({scope.path(name)})))
    return None


def _place(names: tuple[str, ...], scope: Scope) -> str | None:
    """Where a program stands; a function's name, a builtin's and a path come back as they are."""
    own = scope.functions.keys() | STATEFUL.keys()
    plain = len(names) == 1 and re.fullmatch(r"[\w.+-]+", names[0]) and names[0] not in own
    return located(names[0]) + "\n" if plain else None


def _command(interpreter: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    if arguments[:1] and arguments[0] in {"-v", "-V", "-pv"}:
        if arguments[0] == "-v":
            scope.prints(_place(arguments[1:], scope))
        return _sought(interpreter, arguments[1:], scope)
    words = [a for a in arguments if a not in {"-p", "--"}]
    if not words:
        return True
    functions, scope.functions = scope.functions, {}
    status = start(interpreter, words, {}, scope)
    scope.functions = functions | scope.functions
    return status


def _shift(_: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    step = arguments[0] if arguments else "1"
    if scope.positional is None or not step.isdigit():
        scope.positional = None
        return None
    if int(step) > len(scope.positional) or not known(*scope.positional[: int(step)]):
        scope.positional = None
        return None
    scope.positional = scope.positional[int(step) :]
    return True


def _read(_: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    for name in (*arguments, "REPLY"):
        if re.fullmatch(r"[A-Za-z_]\w*", name):
            scope.assign(name, ANY)
        elif ANY in name:
            scope.add(unknown("`read` into a variable that is not known"))
    scope.stdin = ANY if scope.stdin is not None else None
    return None


def _getopts(_: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    for name in (*arguments[1:2], "OPTARG", "OPTIND"):
        scope.assign(name, ANY)
    return None


def _let(_: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    for name in re.findall(r"[A-Za-z_]\w*", " ".join(arguments)):
        scope.value(name)
        scope.assign(name, ANY)
    return None


def _pushd(interpreter: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    if len(arguments) != 1 or arguments[0].startswith(("+", "-")):
        scope.cwd = SOMEWHERE
        return None
    scope.pushed = (scope.cwd, *scope.pushed)
    scope.prints(None)
    _cd(interpreter, arguments, scope)
    return None  # dash has no pushd


def _popd(_: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    scope.cwd = scope.pushed[0] if scope.pushed and not arguments else SOMEWHERE
    scope.pushed = scope.pushed[1:]
    scope.prints(None)
    return None


def _umask(_: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    if arguments not in {(), ("022",), ("0022",), ("22",)}:
        scope.add(unknown("umask changes the mode of what follows"))
    return True


def _trap(_: Interpreter, arguments: tuple[str, ...], scope: Scope) -> Status:
    if arguments and not known(arguments[0]):
        scope.add(unknown("`trap` with a text that is not known"))
    elif len(arguments) > 1 and arguments[0] not in {"-", "", "--"}:
        scope.traps += (arguments[0],)
    return True


STATEFUL: Mapping[str, Builtin] = {
    ":": _true, "true": _true, "false": _false, "cd": _cd, "chdir": _cd, "set": _set,
    "test": _test, "[": _test, "exit": _ended("exit"), "return": _ended("return"),
    "break": _ended("break"), "continue": _ended("continue"), "eval": _eval, ".": _source,
    "source": _source, "exec": _exec, "command": _command, "builtin": _command, "shift": _shift,
    "read": _read, "mapfile": _read, "readarray": _read, "getopts": _getopts, "pushd": _pushd,
    "popd": _popd, "umask": _umask, "trap": _trap, "shopt": _shopt, "wait": _unclear,
    "ulimit": _unclear, "hash": _sought, "let": _let, "type": _sought, "times": _true,
    "pwd": _true,
}  # fmt: skip


def _prints(_: object) -> Effects:
    return NONE


# These print, and nothing else; `printf -v` is the shell's own affair.
BUILTINS: tuple[Tool, ...] = (Tool("echo", ("echo", "printf"), _prints, "prints its words"),)
