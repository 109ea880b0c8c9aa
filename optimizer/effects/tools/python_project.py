"""A project of the image that is built: `pip install .`, `-e .`, `poetry install`, `uv sync`.

A build backend may read any file of the project, so its whole folder is read and may be written,
but where `python_backends` knows the backend better. pip 21.3 and later build in place.
"""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from optimizer.effects.model import NONE, Effects, tree
from optimizer.effects.tool import Command, Kind
from optimizer.effects.tools.looking import strings, words
from optimizer.effects.tools.python_backend import Project
from optimizer.effects.tools.python_backends import taken, written
from optimizer.effects.tools.python_path import first_on_path
from optimizer.effects.tools.python_setuptools import setuptools

_DEEPEST = 20
# Code that reaches out of its folder, as far as a text tells.
_OUTSIDE = re.compile(
    r"""\.\.[/\\"']|os\.pardir|\.parent\.parent|\.parents\b|dirname\(\s*(?:os\.path\.)?dirname|"""
    r"""["']file:|["']/(?!["'])[\w./-]+["']|expanduser|Path\.home|Path\.cwd|getcwd|os\.chdir"""
)
# Tables of pyproject.toml that no build backend looks into.
_FOREIGN = words(
    "ruff pytest mypy black isort coverage pyright basedpyright pylint tox bandit commitizen "
    "semantic_release towncrier codespell flake8 djlint bumpversion bumpver tbump nox taskipy poe "
    "deptry vulture interrogate pydocstyle refurb cibuildwheel yapf autopep8 pixi djangofmt ty "
    "import-linter importlinter doit invoke pytype pyre mutmut docformatter"
)


def build(
    command: Command,
    folder: str,
    *,
    editable: bool = False,
    backend: str = "",
    isolated: bool = True,
    sdist: bool = False,
    depth: int = 0,
) -> Effects:
    """The effects of building the project in a folder.

    Args:
        command: The command that has it built.
        folder: Its folder (or an archive, which is only read).
        editable: Whether its files stay where they are.
        backend: The backend if it is not the one that pyproject.toml names.
        isolated: Whether it is built in an environment of its own.
        sdist: Whether an archive of its sources is made as well.
        depth: How many projects led here.
    """
    machine = command.machine
    if machine.kind(folder) is Kind.FILE:
        return Effects(reads=frozenset({folder}))
    whole = Effects(
        variables=frozenset({"*"}),
        network=True,
        unpinned=True,
        probes=frozenset({folder}),
        seconds=10.0,
    )
    if machine.kind(folder) is Kind.ABSENT:
        return whole.in_doubt(f"{folder} is not there when this runs")
    text = machine.text(posixpath.join(folder, "pyproject.toml"))
    try:
        data = tomllib.loads(text or "")
    except (tomllib.TOMLDecodeError, RecursionError):
        return whole.in_doubt(f"{folder}/pyproject.toml cannot be read")
    project = Project(command.machine, folder, data, editable, backend, sdist)
    known = taken(project) if text is not None else None
    if known is None and not backend and not sdist:
        known = _setuptools(command, project, isolated=isolated)
    if known is None:
        known = Effects(reads=frozenset({tree(folder)}), writes=written(project)) | _setup(
            command, folder
        )
    inner = _named(command, folder, data, depth) if depth < _DEEPEST else NONE
    return whole | known | inner


def _setuptools(command: Command, project: Project, *, isolated: bool) -> Effects | None:
    """What setuptools takes, if that is known and nothing stands in the way of its own modules."""
    settings = command.machine.text(project.path("uv.toml")) or ""
    said = " ".join((*command.arguments, *command.env, *project.table("tool", "uv"), settings))
    known = setuptools(project, isolated=isolated and "isolation" not in said.lower())
    if known is None or "build-backend" in project.table("build-system"):
        return known
    # The older way of calling setup.py puts its folder first on `sys.path`.
    known |= first_on_path(command, project.folder)
    return None if known.doubt else known


def _setup(command: Command, folder: str) -> Effects:
    """What setup.py and setup.cfg may take from outside of the folder."""
    for name in ("setup.py", "setup.cfg"):
        path = posixpath.join(folder, name)
        found = _OUTSIDE.search(command.machine.text(path) or "")
        if found:
            return NONE.in_doubt(f"{path} may reach out of its folder ({found.group().strip()})")
    return NONE


def _named(command: Command, folder: str, data: Mapping[str, Any], depth: int) -> Effects:
    """What pyproject.toml names outside of the folder: dependencies by path, files."""
    tools = data.get("tool")
    own = {k: v for k, v in tools.items() if k not in _FOREIGN} if isinstance(tools, dict) else {}
    done = NONE
    for key, value in strings({**data, "tool": own}):
        if key == "path" and not value.startswith("/"):
            inner = command.path(value, folder)
            if inner != folder and not inner.startswith(folder.rstrip("/") + "/"):
                done |= build(command, inner, depth=depth + 1)
        elif ".." in value.split("/") or "file:/" in value or (key == "path" and value != folder):
            path = posixpath.join(folder, "pyproject.toml")
            done = done.in_doubt(f"{path} names something outside its folder: {value}")
    return done


def archives(command: Command, folder: str, named: str | None) -> Effects:
    """Where `python -m build` and `uv build` put archives: `dist`, unless somebody says otherwise."""
    place = command.path(named) if named else posixpath.join(folder, "dist")
    absent = command.machine.kind(place) is Kind.ABSENT
    return Effects(writes=frozenset({tree(place)}), generated=frozenset({place} if absent else ()))
