"""A Python project in a local folder: what building it reads, and what that leaves behind.

A build backend may read any file of the project, so all of its folder is read; since pip 21.3
it is built in place, so `build/`, `*.egg-info` and what its hooks write stay there.
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


def build(command: Command, folder: str, *, editable: bool = False, depth: int = 0) -> Effects:
    """The effects of building the project in `folder` with whatever backend it names."""
    del editable  # an editable install runs the same backend over the same folder
    if depth > _DEEPEST:
        return NONE
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
    for name in ("setup.py", "setup.cfg"):
        text = machine.text(posixpath.join(folder, name))
        if text is not None and (found := _OUTSIDE.search(text)):
            why = f"{posixpath.join(folder, name)} may reach out of its folder ({found.group().strip()})"
            done = done.in_doubt(why)
    return done | _pyproject(command, folder, depth)


def _pyproject(command: Command, folder: str, depth: int) -> Effects:
    """What pyproject.toml names outside of the folder: dependencies by path, files."""
    path = posixpath.join(folder, "pyproject.toml")
    text = command.machine.text(path)
    if text is None:
        return NONE
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return NONE.in_doubt(f"{path} cannot be read")
    done = NONE
    for key, value in _strings(data):
        if key == "path" and not value.startswith("/"):
            inner = command.path(value, folder)
            if not inner.startswith(folder.rstrip("/") + "/"):
                done |= build(command, inner, depth=depth + 1)
        elif (
            ".." in value.split("/")
            or "file:" in value
            or key == "path"
            or key == "root"
            and value.startswith(".")
        ):
            done = done.in_doubt(f"{path} names something outside its folder: {value}")
    return done


def _strings(data: Any, key: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any TOML value
    """All strings of a document, each with the name it stands under."""
    if isinstance(data, str):
        yield key, data
    elif isinstance(data, dict):
        for name, value in data.items():
            yield from _strings(value, name)
    elif isinstance(data, list):
        for value in data:
            yield from _strings(value, key)
