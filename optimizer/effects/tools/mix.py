"""mix: fetches and compiles what mix.exs and mix.lock name.

After Mix's documentation and lib/mix/lib/mix/cli.ex (Elixir 1.14 to 1.18), not measured: every task
first evaluates mix.exs, and then config/config.exs with what that imports. Both are code, of
which plain expressions are read and all else is a doubt.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping

from optimizer.effects.model import NONE, CacheDir, Conditional, Effects, tree, unknown
from optimizer.effects.tool import Command, Kind, Tool, known
from optimizer.effects.tools.looking import look, whole_tree, words

_STRING = r'"[^"\n#]*"'
_COMMENT = re.compile(rf"({_STRING})|#(?!\{{)[^\n]*")
_FILE = re.compile(rf"File\.(?:read!?|exists\?|regular\?)\(\s*({_STRING})\s*\)")
_PATH = re.compile(rf"\bpath:\s*({_STRING})")
_APPS = re.compile(rf"\bapps_path:\s*({_STRING})")
_MOVES = re.compile(r"\b(?:deps_path|build_path|lockfile|config_path|build_embedded|archives):")
# Modules and calls that reach beyond the text: files, programs, other code.
_CODE = re.compile(
    r"\b(?:File|Code|Path|IO|Port|Mix\.install|System\.(?:cmd|shell|find_executable)|Application\.app_dir)\b\.?\w*|__DIR__|(?<!\w):(?:os|file|filelib|code)\.\w+"
)
_LOCKED = re.compile(r'^\s*"([^"]+)":', re.MULTILINE)
_DEPENDENCY = re.compile(r"\{\s*:(\w+)\s*,(?![^{}]*\b(?:path|in_umbrella):)")


def effects(command: Command) -> Effects:
    """What a mix command does."""
    if not known(command.cwd, *command.arguments):
        return unknown("an argument of mix is not known")
    # `mix do deps.get, deps.compile` and `mix do deps.get + deps.compile`.
    tasks = (
        " ".join(command.arguments[1:]).replace(" + ", ", ").split(", ")
        if command.arguments[:1] == ("do",)
        else [" ".join(command.arguments)]
    )
    done = _project(command)
    for task in tasks:
        verb, *options = task.split() or ["help"]
        answer = _VERBS.get(verb)
        if answer is None:
            return done | unknown(f"mix {verb} runs the project's own code")
        done |= answer(command, tuple(options))
    return done


def _project(command: Command) -> Effects:
    """mix.exs, mix.lock, config, and the projects that mix.exs names."""
    path = command.path(command.env.get("MIX_EXS") or "mix.exs")
    if not known(path):
        return unknown("the value of MIX_EXS is not known")
    folder = command.cwd
    done = look(
        command.machine,
        path,
        command.path("mix.lock"),
        command.path("config"),
        command.path(".tool-versions"),
    )
    done |= _config(command, posixpath.join(folder, "config"))
    if command.machine.kind(path) is Kind.ABSENT:
        return done
    return done | _mixfile(command, path)


def _config(command: Command, folder: str) -> Effects:
    done = whole_tree(folder)
    for path in command.machine.walk(folder):
        text = _COMMENT.sub(lambda m: m.group(1) or "", command.machine.text(path) or "")
        found = _CODE.search(text)
        # runtime.exs is evaluated when a release starts, not here.
        if (
            found
            and path.endswith(".exs")
            and not path.endswith(("/runtime.exs", "/releases.exs"))
        ):
            # Paths that are only joined stay text: `Path.expand("../db", __DIR__)`.
            if re.match(
                r"Path\.(?:expand|join|dirname|basename)$|__DIR__$", found.group()
            ) and not re.search(r"\bFile\.|\bCode\.|System\.(?:cmd|shell)|Path\.wildcard", text):
                continue
            done = done.in_doubt(f"{path} is code that is not read ({found.group()})")
    return done


def _mixfile(command: Command, path: str) -> Effects:
    text = command.machine.text(path)
    if text is None:
        return NONE.in_doubt(f"{path} is not known")
    folder = posixpath.dirname(path)
    text = _COMMENT.sub(lambda m: m.group(1) or "", text)
    done = look(command.machine, *(command.path(w[1:-1], folder) for w in _FILE.findall(text)))
    rest = _FILE.sub('""', text)
    if found := _CODE.search(rest) or _MOVES.search(rest):
        return done.in_doubt(f"{path} is code that is not read ({found.group()})")
    for word in _PATH.findall(text):
        done |= whole_tree(command.path(word[1:-1], folder))
    for word in _APPS.findall(text):
        apps = command.path(word[1:-1], folder)
        done |= Effects(lists=frozenset({apps}))
        for name in command.machine.names(apps):
            done |= look(command.machine, inner := f"{apps}/{name}/mix.exs")
            if command.machine.kind(inner) is Kind.FILE and (
                found := _CODE.search(command.machine.text(inner) or "")
            ):
                done = done.in_doubt(f"{inner} is code that is not read ({found.group()})")
    return done


def _homes(command: Command) -> Effects:
    """Mix's and Hex's own folders."""
    home = command.home()
    mix = command.env.get("MIX_HOME") or f"{home}/.mix"
    hexes = command.env.get("HEX_HOME") or f"{home}/.hex"
    if not known(mix, hexes):
        return unknown("the value of MIX_HOME or HEX_HOME is not known")
    own = frozenset(
        map(
            tree,
            (mix, hexes, f"{home}/.cache/mix", f"{home}/.cache/rebar3", f"{home}/.config/mix"),
        )
    )
    return Effects(
        reads=own,
        writes=own,
        variables=frozenset({"*"}),
        caches=(CacheDir(hexes, ("HEX_HOME", "HOME")),),
    )


def _local(command: Command, _options: tuple[str, ...]) -> Effects:
    """`mix local.hex`, `mix local.rebar`: an archive into MIX_HOME."""
    return _homes(command) | Effects(network=True, unpinned=True, seconds=5.0)


def _folders(command: Command) -> tuple[str, str]:
    env = command.env
    return (
        command.path(env.get("MIX_DEPS_PATH") or "deps"),
        command.path(env.get("MIX_BUILD_PATH") or env.get("MIX_BUILD_ROOT") or "_build"),
    )


def _get(command: Command, _options: tuple[str, ...]) -> Effects:
    """`mix deps.get`: fills deps, and completes mix.lock."""
    places = _folders(command)
    if not known(*places):
        return unknown("where mix puts dependencies is not known")
    written = frozenset(map(tree, places))
    lock = command.path("mix.lock")
    text = command.machine.text(lock)
    wanted = _DEPENDENCY.findall(command.machine.text(command.path("mix.exs")) or "")
    have = set(_LOCKED.findall(text or ""))
    missing = next((name for name in wanted if name not in have), None)
    why = f"there is no {lock}" if text is None else f"it lacks {missing}" if missing else ""
    return _homes(command) | Effects(
        reads=written, writes=written, generated=frozenset(places), network=True, unpinned=bool(why), seconds=20.0,
        conditional=frozenset({Conditional(lock, "lock-in-sync", why)}),
    )  # fmt: skip


def _compile(command: Command, _options: tuple[str, ...]) -> Effects:
    """`mix deps.compile`: the dependencies, by the project's configuration."""
    places = _folders(command)
    if not known(*places):
        return unknown("where mix builds is not known")
    written = frozenset(map(tree, places))
    return _homes(command) | Effects(
        reads=written, writes=written, generated=frozenset(places), seconds=40.0
    )


def _quiet(_command: Command, _options: tuple[str, ...]) -> Effects:
    return Effects(variables=words("MIX_* HOME PATH"), seconds=0.5)


_VERBS: Mapping[str, Callable[[Command, tuple[str, ...]], Effects]] = {
    **dict.fromkeys(("local.hex", "local.rebar", "local", "hex.info"), _local),
    "deps.get": _get,
    "deps.compile": _compile,
    **dict.fromkeys(("help", "--version"), _quiet),
}

MIX = Tool(
    "mix",
    ("mix",),
    effects,
    "local.hex, local.rebar, deps.get, deps.compile: mix.exs, mix.lock, config, dependencies by path",
)
