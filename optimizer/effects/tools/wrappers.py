"""Programs that start another one: sudo, env, xargs, sh -c ..."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from optimizer.effects.model import NONE, Effects, unknown
from optimizer.effects.tool import (
    ANY,
    GLOB,
    SOMEWHERE,
    Command,
    Kind,
    Tool,
    excerpt,
    known,
    origin,
)
from optimizer.effects.tools.installers import piped


@dataclass(frozen=True)
class _Wrapper:
    """How a wrapper's own words end: its options, and words before the command.

    Attributes:
        flags: Options without a value.
        valued: Options with one.
        words: Words of its own before the command.
    """

    flags: frozenset[str] = frozenset()
    valued: frozenset[str] = frozenset()
    words: int = 0


def _wrapper(flags: str = "", valued: str = "", words: int = 0) -> _Wrapper:
    return _Wrapper(frozenset(flags.split()), frozenset(valued.split()), words)


# sudo 1.9, coreutils 9.1, util-linux 2.38, busybox 1.35; by their manual pages.
_WRAPPERS: Mapping[str, _Wrapper] = {
    "sudo": _wrapper("-E -H -n -S -k --non-interactive --stdin --set-home --preserve-env", "-u -g -p -C --user --group"),
    "nice": _wrapper("", "-n --adjustment"),
    "ionice": _wrapper("-t", "-c -n --class --classdata"),
    "timeout": _wrapper("-f -v --foreground --preserve-status --verbose", "-k -s --kill-after --signal", 1),
    "time": _wrapper("-p -v -q -a", "-f --format"),
    "nohup": _wrapper(),
    "stdbuf": _wrapper("", "-i -o -e --input --output --error"),
    "setsid": _wrapper("-c -f -w --ctty --fork --wait"),
    "chronic": _wrapper("-v -e"),
    "eatmydata": _wrapper(),
    "gosu": _wrapper(words=1),
    "su-exec": _wrapper(words=1),
    "flock": _wrapper("-s -x -e -n -u --shared --exclusive --nonblock", "-w -E --timeout", 1),
}  # fmt: skip


def _own(command: Command) -> tuple[list[str], list[str]] | str:
    """(the wrapper's options and words, the words of what it starts), or a doubt."""
    wrapper = _WRAPPERS[command.name]
    words, own = list(command.arguments), list[str]()
    while words and words[0].startswith("-"):
        flag = words.pop(0)
        if flag == "--":
            break
        name, separator, _ = flag.partition("=")
        short = flag[:2]
        clustered = (
            re.fullmatch(r"-[A-Za-z]+", flag) and {f"-{c}" for c in flag[1:]} <= wrapper.flags
        )
        if flag in wrapper.valued and words:
            own += [flag, words.pop(0)]
        elif (
            flag in wrapper.flags
            or (separator and name in wrapper.valued | wrapper.flags)
            or clustered
        ):
            own.append(flag)
        elif short in wrapper.valued and not flag.startswith("--"):
            own += [short, flag[2:]]
        elif not (command.name == "nice" and re.fullmatch(r"-\d+", flag)):
            return f"{command.name} {flag.replace(ANY, '?')} is not modelled"
    own += words[: wrapper.words]
    return own, words[wrapper.words :]


def _start(command: Command) -> Effects:
    found = _own(command)
    if isinstance(found, str):
        return unknown(found)
    own, words = found
    if not words:
        return NONE
    if command.name in {"gosu", "su-exec"}:
        command = _as_user(command, own[0])
    if command.name == "flock":
        if not known(own[-1]):
            return unknown("the file of flock is not known")
        lock = command.path(own[-1])
        return Effects(probes=frozenset({lock}), writes=frozenset({lock})) | _called(
            command, words
        )
    return _called(command, words)


def _called(command: Command, words: list[str]) -> Effects:
    return command.machine.call(command.with_words(words[0], *words[1:]))


def _as_user(command: Command, user: str) -> Command:
    """The same in another user's name, with that user's HOME."""
    env = {n: v for n, v in command.env.items() if n != "HOME"}
    if not known(user):
        return replace(command, user=user, env={**env, "HOME": ANY})
    return replace(command, user=user, env=env)


def _sudo(command: Command) -> Effects:
    """Run without the environment, unless sudo is told to keep it."""
    found = _own(command)
    if isinstance(found, str):
        return unknown(found)
    own, words = found
    user = next((b for a, b in pairwise(own) if a in {"-u", "--user"}), "root")
    keeps = any(re.match(r"-[A-Za-z]*E|--preserve-env", flag) for flag in own)
    sets = [w for w in words if re.match(r"\w+=", w)]
    while words and words[0] in sets:
        words.pop(0)
    if not words:
        return NONE
    changed = _as_user(command, user)
    if keeps:
        changed = replace(changed, env={**changed.env, "HOME": ANY})
    else:
        # env_reset with secure_path is what Debian, Ubuntu, Fedora and Alpine ship.
        changed = replace(changed, env={}, env_complete=False)
    pairs = {name: value for name, _, value in (w.partition("=") for w in sets)}
    return _called(replace(changed, env={**changed.env, **pairs}), words)


def _env(command: Command) -> Effects:
    words, env, complete = list(command.arguments), dict(command.env), command.env_complete
    cwd = command.cwd
    while words and (words[0].startswith("-") or "=" in words[0]):
        word = words.pop(0)
        if word in {"-u", "--unset"} and words:
            env.pop(words.pop(0), None)
        elif word in {"-i", "-", "--ignore-environment"}:
            env, complete = {}, True
        elif word in {"-C", "--chdir"} and words:
            cwd = command.path(words.pop(0))
        elif word.startswith("-"):
            return unknown(f"env {word} is not modelled".replace(ANY, "?"))
        else:
            name, _, value = word.partition("=")
            env[name] = value
    if not words:
        return Effects(variables=frozenset({"*"}))
    if ANY in cwd:
        return unknown("the directory of env is not known")
    return _called(replace(command, env=env, env_complete=complete, cwd=cwd), words)


def _shell(command: Command) -> Effects:
    """`sh -c text`, `bash script`, `bash <<EOF`."""
    words, flags, names = list(command.arguments), "", set[str]()
    while words and words[0].startswith(("-", "+")) and words[0] not in {"-", "--"}:
        flag = words.pop(0)
        if re.fullmatch(r"[-+]([a-zA-Z]*[oO])", flag) and words:
            names.add(words.pop(0))
        if not flag.startswith("--") and flag[0] == "-":
            flags += flag[1:]
        elif flag in {"--rcfile", "--init-file"}:
            return unknown(f"{command.name} {flag} is not modelled")
    words = words[1:] if words[:1] in (["-"], ["--"]) else words
    options = (
        {"e"} & set(flags) | {"pipefail"} & names | ({"bash"} if command.name == "bash" else set())
    )
    options |= {"e"} if "errexit" in names else set()
    options |= {"globs"} if "f" in flags or "O" in flags else set()
    login = _login(command) if "l" in flags else NONE
    if login.doubt is None and flags and "n" in flags.replace("in", ""):
        return NONE
    return login | _text(command, words, flags, frozenset(options))


def _login(command: Command) -> Effects:
    """`bash -l` reads the profile, and `sh -l` too."""
    home = command.home()
    names = (".profile", ".bash_profile", ".bash_login")
    return Effects(
        reads=frozenset(
            {"/etc/profile", "/etc/profile.d/**", *(posixpath.join(home, n) for n in names)}
        ),
        variables=frozenset({"HOME"}),
    )


def _text(command: Command, words: list[str], flags: str, options: frozenset[str]) -> Effects:
    from optimizer.effects.run import interpret, table  # noqa: PLC0415 - above the table of tools

    tools = table()
    if "c" in flags and words and (address := origin(words[0])):
        return piped(replace(command, arguments=tuple(words[2:])), address)
    if "c" in flags:
        if not words or not known(words[0]):
            return unknown("a shell text that is not known")
        arguments, zero = tuple(words[2:]), words[1] if len(words) > 1 else command.name
        return interpret(words[0], command, tools, options=options, arguments=arguments, zero=zero)
    if words and "s" not in flags:
        path = command.path(words[0])
        text = command.machine.text(path) if known(words[0], path) else None
        if text is None and known(path) and (address := origin(command.machine.mark(path) or "")):
            fetched_one = replace(command, arguments=tuple(words[1:]))
            return Effects(reads=frozenset({path})) | piped(fetched_one, address)
        if text is None:
            name = words[0].replace(ANY, "?").replace(GLOB, "*")
            absent = known(path) and command.machine.kind(path) is Kind.ABSENT
            return unknown(
                f"{name} is {'not there when this runs' if absent else 'a script that dfopt cannot read'}"
            )
        text = re.sub(r"\A#![^\n]*", "", text)
        inner = interpret(
            text, command, tools, options=options | {"file"}, arguments=tuple(words[1:]), zero=words[0],
        )  # fmt: skip
        return Effects(reads=frozenset({path})) | inner
    given = command.stdin
    if given is None and command.origin:
        return piped(replace(command, arguments=tuple(words)), command.origin)
    if given is None:
        return unknown("a shell that reads a script which is not known")
    command = replace(command, stdin=None)
    return interpret(
        given, command, tools, options=options, arguments=tuple(words), zero=command.name
    )


def _su(command: Command) -> Effects:
    words, script, keeps = list(command.arguments), None, False
    rest: list[str] = []
    while words:
        word = words.pop(0)
        if word in {"-c", "--command"} and words:
            script = words.pop(0)
        elif word in {"-s", "--shell"} and words:
            if posixpath.basename(words.pop(0)) not in {"sh", "bash", "ash", "dash"}:
                return unknown("su with another shell is not modelled")
        elif word in {"-m", "-p", "--preserve-environment"}:
            keeps = True
        elif word.startswith("-") and word not in {"-", "-l", "--login", "--"}:
            return unknown(f"su {word} is not modelled".replace(ANY, "?"))
        else:
            rest.append(word)
    login = any(w in {"-", "-l", "--login"} for w in rest)
    users = [w for w in rest if not w.startswith("-")]
    if script is None or not known(script, *users) or len(users) > 1:
        return unknown("su without a known text and user is not modelled")
    changed = _as_user(command, users[0] if users else "root")
    if keeps:
        changed = replace(changed, env={**changed.env, "HOME": command.home()})
    if login:
        home = changed.home()
        changed = replace(
            changed, env={}, env_complete=False, cwd=SOMEWHERE if "/" not in home else home
        )
        return _login(changed) | changed.machine.run(script, changed)
    return changed.machine.run(script, changed)


_XARGS_FLAGS = frozenset("-0 -r -t -x -p --null --no-run-if-empty --verbose --exit".split())
_XARGS_VALUED = frozenset(
    "-n -P -I -L -d -a -s -E --max-args --max-procs --replace --delimiter --arg-file --max-lines".split()
)


def _batches(command: Command, words: list[str], items: list[str], size: str) -> Effects:
    """`xargs -n 2`: one command for every two words; without `-n` one for all."""
    if size and not (size.isdecimal() and int(size)):
        return unknown("xargs with a number of words that is not known")
    step = int(size) if size else max(len(items), 1)
    done = NONE
    for start in range(0, max(len(items), 1), step):
        done = done | _called(command, [*words, *items[start : start + step]])
    return done.maybe()


def _xargs(command: Command) -> Effects:
    """The command gets words that are not known, unless they are piped in as known text."""
    words, given = list(command.arguments), dict[str, str]()
    while words and words[0].startswith("-"):
        flag = words.pop(0)
        name, separator, value = flag.partition("=")
        if flag in _XARGS_VALUED and words:
            given[flag] = words.pop(0)
        elif separator and name in _XARGS_VALUED:
            given[name] = value
        elif flag[:2] in _XARGS_VALUED and len(flag) > 2 and not flag.startswith("--"):
            given[flag[:2]] = flag[2:]
        elif flag in _XARGS_FLAGS or {f"-{c}" for c in flag[1:]} <= _XARGS_FLAGS:
            given[flag] = ""
        else:
            return unknown(f"xargs {flag} is not modelled".replace(ANY, "?"))
    if not words:
        return NONE
    if "-a" in given or "--arg-file" in given:
        return unknown("xargs -a is not modelled")
    place = given.get("-I", given.get("--replace"))
    split = command.stdin is not None and not (
        given.keys() - {"-r", "-t", "--no-run-if-empty", "-n", "--max-args"}
    )
    if split and command.stdin is not None and not re.search(r"['\"\\]", command.stdin):
        size = given.get("-n", given.get("--max-args", ""))
        return _batches(replace(command, stdin=None), words, command.stdin.split(), size)
    if place is not None:
        return _called(
            replace(command, stdin=None), [w.replace(place or "{}", ANY) for w in words]
        ).maybe()
    words.append(excerpt(command.source) if command.source else ANY)
    return _called(replace(command, stdin=None, source=""), words).maybe()


def _tool(name: str, programs: str, effects: Callable[[Command], Effects], summary: str) -> Tool:
    return Tool(name, tuple(programs.split()), effects, summary)


WRAPPERS: tuple[Tool, ...] = (
    _tool(
        "gosu and the like",
        " ".join(n for n in _WRAPPERS if n != "sudo"),
        _start,
        "start another command",
    ),
    _tool("sudo", "sudo", _sudo, "starts another command, as root and without the environment"),
    _tool("env", "env", _env, "starts a command with other variables"),
    _tool("sh", "sh bash ash dash", _shell, "a shell text or a script of the context is followed"),
    _tool("su", "su", _su, "su -c"),
    _tool("xargs", "xargs", _xargs, "starts a command with words from its input"),
)
