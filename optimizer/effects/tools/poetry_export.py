"""`poetry export -o requirements.txt`: by the lock; local projects are looked for."""

from __future__ import annotations

from optimizer.effects.model import Effects, unknown
from optimizer.effects.tool import Kind, known
from optimizer.effects.tools import python_exports as exports
from optimizer.effects.tools.looking import toml
from optimizer.effects.tools.poetry_install import path_dependencies
from optimizer.effects.tools.poetry_run import Run


def export(run: Run) -> Effects:
    """What it reads, and the file that it writes."""
    target = run.options.last("-o", "--output")
    if target is not None and not known(target):
        return unknown("the file that poetry export writes is not known")
    lock, data = run.file("poetry.lock"), toml(run.command.machine, run.file("pyproject.toml"))
    done = Effects(seconds=2.0)
    if run.command.machine.kind(lock) is Kind.ABSENT:
        done |= Effects(writes=frozenset({lock}))
    for folder in path_dependencies(run, data or {}):
        names = ("", "pyproject.toml", "setup.py", "setup.cfg")
        done |= Effects(probes=frozenset(run.command.path(name, folder) for name in names))
    return done | exports.product(run.command, *_product(run))


def printed(run: Run) -> str | None:
    """What it prints."""
    return exports.printed(*_product(run))


def _product(run: Run) -> tuple[str | None, str | None, str | None]:
    """The file of an export, what it asks for at most, and its format."""
    data = toml(run.command.machine, run.file("pyproject.toml"))
    lock = toml(run.command.machine, run.file("poetry.lock"))
    lines = None if data is None or "file:" in str(data) else exports.poetry(lock, run.root)
    return run.options.last("-o", "--output"), lines, run.options.last("-f", "--format")
