"""uv: the table of its commands, and those of one line: `run`, `venv`, `build`, `tool`, `python`, `cache`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from optimizer.effects.model import NONE, Effects, tree, unknown
from optimizer.effects.tool import ANY, Command, Tool, known
from optimizer.effects.tools.options import Options
from optimizer.effects.tools.pip_requirements import Asked, Reader
from optimizer.effects.tools.python_project import archives, build
from optimizer.effects.tools.uv_export import export, printed
from optimizer.effects.tools.uv_options import options, run_options
from optimizer.effects.tools.uv_pip import from_files, install, installed
from optimizer.effects.tools.uv_places import base, environment
from optimizer.effects.tools.uv_sync import lock, sync, synced

_UNCLEAR = ("--directory", "--project", "--config-file", "--cache-dir", "--target", "--prefix", "-o", "--output-file")  # fmt: skip


def effects(command: Command) -> Effects:
    """What a uv command does."""
    if ANY in command.cwd:
        return unknown("the directory that uv runs in is not known")
    if command.arguments[:1] == ("run",):
        return _run(command)
    found = options(command, command.arguments)
    if found.unknown or not known(*found.values(*_UNCLEAR)):
        return unknown(f"uv's option {found.unknown or 'for a folder'} is not known")
    if place := found.last("--directory"):
        command = replace(command, cwd=command.path(place))
    verb, rest = (*found.operands[:1], "")[0], found.operands[1:]
    if verb == "pip":
        verb, rest = f"pip {(*rest[:1], '')[0]}", rest[1:]
    if verb not in _VERBS:
        return NONE if not verb else unknown(f"uv {verb} is not a command that dfopt knows")
    return _VERBS[verb](command, replace(found, operands=rest))


def _run(command: Command) -> Effects:
    """`uv run X`: the project is synced, then X runs in its environment."""
    given, words = run_options(command)
    outer = given.has("--with", "--with-requirements", "--script", "-m", "--module")
    if given.unknown or outer or not words:
        return unknown("uv run with these words is not known")
    if words[0].endswith(".py"):
        words = ("python", *words)
    done = NONE if given.has("--no-project") else synced(command, given)
    return done | command.machine.call(command.with_words(*words))


def _venv(command: Command, given: Options) -> Effects:
    word = (*given.operands, ".venv")[0]
    if not known(word):
        return unknown("the folder of a virtual environment is not known")
    place = command.path(word)
    return (
        base(command, given)
        | environment(command, place)
        | Effects(writes=frozenset({tree(place)}), generated=frozenset({place}))
    )


def _build(command: Command, given: Options) -> Effects:
    folder = command.path((*given.operands, ".")[0])
    out = given.last("-o", "--out-dir")
    sdist = given.has("--sdist") or not given.has("--wheel")
    done = build(command, folder, sdist=sdist) | archives(command, folder, out)
    return base(command, given) | done


def _own(command: Command, given: Options) -> Effects:
    """`uv tool install`, `uv python install`: below HOME, or where variables say."""
    if given.operands[:1] not in {("install",), ("update-shell",), ("upgrade",), ("pin",)}:
        return unknown("this command of uv is not one that dfopt knows")
    if given.operands[0] == "pin" or not known(*given.operands):
        return unknown("uv pins a version in the project")
    reader, asked = Reader(command), Asked()
    for word in given.operands[1:]:
        asked |= reader.requirement(word)
    places = {f"{command.home()}/.local/**"}
    for name in ("UV_TOOL_DIR", "UV_TOOL_BIN_DIR", "UV_PYTHON_INSTALL_DIR", "UV_PYTHON_BIN_DIR"):
        value = command.env.get(name, "")
        places |= {tree(command.path(value))} if value and known(value) else set()
    done = base(command, given) | asked.effects | Effects(writes=frozenset(places), unpinned=True)
    for folder, editable in asked.projects:
        done |= build(command, folder, editable=editable)
    return done


def _cached(command: Command, given: Options) -> Effects:
    return Effects(writes=base(command, given).writes)


def _reading(command: Command, given: Options) -> Effects:
    met = base(command, given)
    return Effects(reads=met.reads, probes=met.probes, variables=met.variables)


_VERBS: Mapping[str, Callable[[Command, Options], Effects]] = {
    "sync": sync,
    **dict.fromkeys(("lock", "add", "remove"), lock),
    "export": export,
    "venv": _venv,
    "build": _build,
    **dict.fromkeys(("tool", "python"), _own),
    "cache": _cached,
    "pip install": install,
    "pip uninstall": installed,
    **dict.fromkeys(("pip sync", "pip compile"), from_files),
    **dict.fromkeys(("pip list", "pip freeze", "pip show", "pip check", "pip tree"), _reading),
    **dict.fromkeys(("version", "help"), _reading),
}

UV = Tool(
    "uv",
    ("uv",),
    effects,
    "sync, lock, export, pip install, venv, tool install; the workspace",
    prints=printed,
)
