"""poetry: the table of its commands; each installs what poetry.lock names, or looks at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from optimizer.effects.model import NONE, Effects, tree, unknown
from optimizer.effects.tool import Command, Tool
from optimizer.effects.tools import poetry_config, poetry_export
from optimizer.effects.tools.looking import look
from optimizer.effects.tools.poetry_install import change, install
from optimizer.effects.tools.poetry_run import Run, fetching, local, settings, started_as
from optimizer.effects.tools.python_project import build


def effects(command: Command) -> Effects:
    """What a poetry command does."""
    run = started_as(command)
    if isinstance(run, Effects):
        return run
    if run.verb not in _VERBS:
        return unknown(f"poetry {run.verb} is not a command that dfopt knows")
    return settings(run.command) | _VERBS[run.verb](run)


def _prints(command: Command) -> str | None:
    """What `poetry export` and `poetry config cache-dir` print."""
    run = started_as(command)
    if isinstance(run, Effects):
        return None
    if run.verb == "export":
        return poetry_export.printed(run)
    return poetry_config.printed(run) if run.line == ("config", "cache-dir") else None


def _started(run: Run) -> Effects:
    """`poetry run X`: another command in the environment."""
    if not run.command.arguments:
        return unknown("poetry run without a command")
    program, *rest = run.command.arguments
    inner = run.command.machine.call(run.command.with_words(program, *rest))
    return local(run, seconds=1.0) | inner


def _build(run: Run) -> Effects:
    sdist = run.options.last("-f", "--format") != "wheel"
    done = build(run.command, run.root, backend="poetry", sdist=sdist)
    return done | Effects(writes=frozenset({tree(run.file("dist"))}))


def _self(run: Run) -> Effects:
    """`poetry self add PLUGIN`: into poetry's own environment."""
    home = f"{run.command.home()}/.config/pypoetry"
    return fetching(run) | Effects(writes=frozenset({tree(home)}), unpinned=True)


def _environment(run: Run) -> Effects:
    return local(run, seconds=3.0) if run.words[:1] in {("use",), ("remove",)} else NONE


def _clear(run: Run) -> Effects:
    return local(run, seconds=1.0)


def _reading(run: Run) -> Effects:
    told = look(run.command.machine, run.file("README.md"))
    return Effects(reads=told.reads | {tree(run.file(".venv"))})


_VERBS: Mapping[str, Callable[[Run], Effects]] = {
    **dict.fromkeys(("install", "sync"), install),
    **dict.fromkeys(("lock", "add", "update", "remove"), change),
    "export": poetry_export.export,
    "config": poetry_config.config,
    "run": _started,
    "build": _build,
    "self": _self,
    "env": _environment,
    "cache": _clear,
    **dict.fromkeys(("about", "show", "version", "list", "help"), _reading),
}

POETRY = Tool(
    "poetry",
    ("poetry",),
    effects,
    "install, sync, lock, export, config, run: locks, path dependencies, the project",
    prints=_prints,
)
