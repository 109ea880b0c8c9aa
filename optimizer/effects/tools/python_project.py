"""A project of the image that is built: `pip install .`, `-e .`, `poetry install`.

A build backend may read any file of the project, so its whole folder is read. Measured (pip 20.3,
23, 26 with setuptools 65 to 80): pip 21.3 and later build in place, so that setuptools leaves
`build/` and `<name>.egg-info` in the folder; what hooks write may be anywhere in it.
"""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Iterator
from typing import Any

from optimizer.effects.model import NONE, Effects, tree
from optimizer.effects.tool import Command, Kind

_DEEPEST = 20
# Code that reaches out of its folder, as far as a text tells.
_OUTSIDE = re.compile(
    r"""\.\.[/\\"']|os\.pardir|\.parent\.parent|\.parents\b|dirname\(\s*(?:os\.path\.)?dirname|"""
    r"""["']file:|["']/(?!["'])[\w./-]+["']|expanduser|Path\.home|Path\.cwd|getcwd|os\.chdir"""
)


def build(
    command: Command, folder: str, *, editable: bool = False, depth: int = 0, backend: str = ""
) -> Effects:
    """The effects of building the project in a folder with whatever backend it names."""
    del backend  # each may read all of its folder
    machine = command.machine
    done = Effects(
        reads=frozenset({tree(folder)}),
        writes=frozenset({tree(folder)}),
        variables=frozenset({"*"}),
        network=True,
        unpinned=True,
        seconds=10.0,
    )
    if machine.kind(folder) is Kind.ABSENT:
        return done.in_doubt(f"{folder} is not there when this runs")
    return (
        done
        | _setup(command, folder)
        | _pyproject(command, folder, editable=editable, depth=depth)
    )


def _setup(command: Command, folder: str) -> Effects:
    """What setup.py and setup.cfg may take from outside of the folder."""
    for name in ("setup.py", "setup.cfg"):
        path = posixpath.join(folder, name)
        found = _OUTSIDE.search(command.machine.text(path) or "")
        if found:
            return NONE.in_doubt(f"{path} may reach out of its folder ({found.group().strip()})")
    return NONE


def _pyproject(command: Command, folder: str, *, editable: bool, depth: int) -> Effects:
    """What pyproject.toml names outside of the folder: dependencies by path, files."""
    path = posixpath.join(folder, "pyproject.toml")
    text = command.machine.text(path)
    if text is None or depth > _DEEPEST:
        return NONE
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return NONE.in_doubt(f"{path} cannot be read")
    done = NONE
    for key, value in strings(data):
        if key == "path" and not value.startswith("/"):
            inner = command.path(value, folder)
            if not inner.startswith(tree(folder)[:-2]) and inner != folder:
                done |= build(command, inner, editable=editable, depth=depth + 1)
        elif ".." in value.split("/") or "file:" in value or (key == "path" and value != folder):
            done = done.in_doubt(f"{path} names something outside its folder: {value}")
    return done


def strings(data: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """All strings of a document, each with the name it stands under."""
    if isinstance(data, str):
        yield key, data
    elif isinstance(data, dict):
        for name, value in data.items():
            yield from strings(value, name)
    elif isinstance(data, list):
        for value in data:
            yield from strings(value, key)
