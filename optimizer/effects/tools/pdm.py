"""pdm: the table of its commands; they install what pdm.lock names, and the project itself.

Measured with pdm 2.29 (tests/measure/fronts.py), options by its `--help`: `install`, `sync`, `lock`
and `export` read pyproject.toml, the lock, pdm.toml, .pdm.toml and .pdm-python, and the project only
to build it; each makes the environment that is missing (`.venv`, or `__pypackages__`) and writes its
Python's path to .pdm-python. `build` empties `dist`; pdm-backend leaves `.pdm-build`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping

from optimizer.effects.model import NONE, Effects, unknown
from optimizer.effects.tool import Command, Tool
from optimizer.effects.tools import python_exports as exports
from optimizer.effects.tools.pdm_install import change, install, local_projects, unclear
from optimizer.effects.tools.pdm_run import HOOKS, Run, always, fetching, hooked, local, started_as
from optimizer.effects.tools.python_lock import document
from optimizer.effects.tools.python_project import archives, build


def effects(command: Command) -> Effects:
    """What a pdm command does."""
    run = started_as(command)
    if isinstance(run, Effects):
        return run
    if run.verb not in _VERBS:
        return unknown(f"pdm {run.verb} is not a command that dfopt knows")
    return always(run) | _VERBS[run.verb](run)


def _prints(command: Command) -> str | None:
    """What `pdm export` prints."""
    run = started_as(command)
    if isinstance(run, Effects) or run.verb != "export":
        return None
    return exports.printed(*_product(run))


def _build(run: Run) -> Effects:
    built = build(run.command, run.root, sdist=not run.options.has("--no-sdist"))
    packed = archives(run.command, run.root, run.options.last("-d", "--dest"))
    return fetching(run) | hooked(run) | built | packed


def _export(run: Run) -> Effects:
    """`pdm export -o requirements.txt`: by the lock and what local projects say of themselves."""
    done = fetching(run)
    for folder, _ in local_projects(run):
        told = document(run.command, posixpath.join(folder, "pyproject.toml"))
        done |= told.effects
        if not told.table("project") or told.table("project").get("dynamic"):
            done |= build(run.command, folder)
    return done | exports.product(run.command, *_product(run))


def _product(run: Run) -> tuple[str | None, str | None, str | None]:
    """The file of an export, what it asks for at most, and its format."""
    lock, form = run.lock, run.options.last("-f", "--format")
    lines = exports.pdm(lock.data, run.root) if lock.there and not lock.effects.doubt else None
    odd = run.options.has("--pyproject", "--self", "--editable-self") or unclear(run).doubt
    return run.options.last("-o", "--output"), None if odd else lines, form


def _started(run: Run) -> Effects:
    """`pdm run X`: another command in the environment, unless the project has a script of that name."""
    program, *rest = run.command.arguments or ("",)
    scripts = run.manifest.table("tool", "pdm", "scripts")
    if not program or program in scripts or scripts.keys() & {"_", *HOOKS}:
        return unknown(f"pdm run {program} depends on the scripts of pyproject.toml")
    return local(run) | run.command.machine.call(run.command.with_words(program, *rest))


def _config(run: Run) -> Effects:
    """`pdm config NAME VALUE`: a setting of the user's, or with --local of the project's."""
    named = (
        run.command.env.get("PDM_CONFIG_FILE") or f"{run.command.home()}/.config/pdm/config.toml"
    )
    file = run.file("pdm.toml") if run.options.has("-l", "--local") else run.command.path(named)
    quiet = len(run.options.operands) < 2 + (not run.options.has("-d", "--delete"))
    changed = frozenset() if quiet else frozenset({file})
    return Effects(reads=frozenset({file}), writes=changed)


def _use(run: Run) -> Effects:
    """`pdm use PYTHON`: its path and version are written."""
    files = frozenset({run.file(".pdm-python"), run.file(".python-version")})
    return local(run) | hooked(run) | Effects(writes=files)


_VERBS: Mapping[str, Callable[[Run], Effects]] = {
    **dict.fromkeys(("install", "sync"), install),
    **dict.fromkeys(("lock", "add", "update", "remove"), change),
    "build": _build,
    "export": _export,
    "run": _started,
    "config": _config,
    "use": _use,
    **dict.fromkeys(("venv", "list", "show", "info", "cache"), local),
    **dict.fromkeys(("self", "plugin"), lambda run: fetching(run) | Effects(unpinned=True)),
    "help": lambda _run: NONE,
}

PDM = Tool(
    "pdm",
    ("pdm",),
    effects,
    "install, sync, lock, build, export, config, run: locks, local projects, hooks",
    prints=_prints,
)
