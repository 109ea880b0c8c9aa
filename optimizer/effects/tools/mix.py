"""mix: fetches and compiles what mix.exs and mix.lock name.

After Mix's documentation and lib/mix/lib/mix/cli.ex (Elixir 1.14 to 1.18); `mix_project.py` says what
was measured: every task first evaluates mix.exs, and then config/config.exs with what that imports.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping

from optimizer.effects.model import CacheDir, Conditional, Effects, tree, unknown
from optimizer.effects.tool import Command, Kind, Tool, known
from optimizer.effects.tools.looking import look, words
from optimizer.effects.tools.mix_ahead import SECONDS, WHOLES, dependencies, goods, offered
from optimizer.effects.tools.mix_project import configuration, mixfile

_LOCKED = re.compile(r'^\s*"([^"]+)":', re.MULTILINE)
_DEPENDENCY = re.compile(
    r"\{\s*:(\w+)\s*,(?=\s*(?:\"[~><=!\s\d]|\w+:))(?![^{}]*\b(?:path|in_umbrella):)"
)


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
    done = _project(command, frozenset(t.split()[0] for t in tasks if t.split()))
    for task in tasks:
        verb, *options = task.split() or ["help"]
        answer = _VERBS.get(verb)
        if answer is None:
            return _built(command, done, verb) | unknown(f"mix {verb} runs the project's own code")
        done |= answer(command, tuple(options))
    return done


def _built(command: Command, done: Effects, verb: str) -> Effects:
    """What comes before a task that is not known, and of it what may be done ahead."""
    part = dependencies(command) if verb in WHOLES else None
    fetched = effects(part) if part is not None else done
    if part is None or fetched.doubt is not None:
        return done
    return offered(fetched, command, part, _folders(command)[1])


def _project(command: Command, verbs: frozenset[str]) -> Effects:
    """mix.exs, mix.lock, config, and the projects that mix.exs names."""
    path = command.path(command.env.get("MIX_EXS") or "mix.exs")
    if not known(path) or posixpath.dirname(path) != command.cwd:
        return unknown("the value of MIX_EXS is not known")
    if any(name.endswith(".beam") for name in command.machine.names(command.cwd)):
        return unknown(f"Erlang would take code from {command.cwd}")
    done = look(command.machine, path, command.path("mix.lock"))
    if command.machine.kind(path) is Kind.ABSENT:
        return done | configuration(command)
    return done | configuration(command) | mixfile(command, path, verbs)


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
    for name in ("MIX_BUILD_PATH", "MIX_BUILD_ROOT"):
        if not posixpath.isabs(command.env.get(name) or "/"):
            return unknown(f"a {name} that is not absolute leads into each dependency by path")
    places = _folders(command)
    if not known(*places):
        return unknown("where mix builds is not known")
    written = frozenset(map(tree, places))
    return _homes(command) | Effects(
        reads=written, writes=written, generated=frozenset(places), seconds=SECONDS,
        provides=frozenset({goods(command)}),
    )  # fmt: skip


def _quiet(command: Command, _options: tuple[str, ...]) -> Effects:
    """Tasks of what has been built are shown as well."""
    built = frozenset({tree(_folders(command)[1])})
    return Effects(reads=built, variables=words("MIX_* HOME PATH"), seconds=0.5)


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
