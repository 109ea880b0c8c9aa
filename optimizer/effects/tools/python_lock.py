"""Projects with a lock file (poetry, uv, pipenv): where they begin, and what they name locally."""

from __future__ import annotations

import posixpath
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from optimizer.effects.model import NONE, Effects, tree
from optimizer.effects.tool import ANY, Command, Kind
from optimizer.effects.tools.looking import look
from optimizer.effects.tools.options import Options
from optimizer.effects.tools.pip_places import site, temporary

# Variables that move these places.
_MOVED = ("XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")
_MOVED_BY = {
    "hatch": ("HATCH_DATA_DIR", "HATCH_CACHE_DIR", "UV_CACHE_DIR"),
    "pdm": ("PDM_CACHE_DIR", "PDM_LOG_DIR"),
    "pypoetry": ("POETRY_CACHE_DIR", "POETRY_DATA_DIR", "POETRY_VIRTUALENVS_PATH"),
    "pipenv": ("PIPENV_CACHE_DIR", "WORKON_HOME"),
    "uv": ("UV_CACHE_DIR", "UV_TOOL_DIR", "UV_TOOL_BIN_DIR", "UV_PYTHON_INSTALL_DIR"),
}


@dataclass(frozen=True)
class Document:
    """A TOML file.

    Attributes:
        path: Where it stands.
        data: What it says; empty if there is none.
        there: Whether it may be there.
        effects: That it was looked at, and a doubt if it is there and cannot be read.
    """

    path: str
    data: dict[str, Any]
    there: bool
    effects: Effects

    def table(self, *names: str) -> dict[str, Any]:
        """A table within tables; empty if one of them is missing."""
        found: Any = self.data
        for name in names:
            found = found.get(name) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else {}


def document(command: Command, path: str) -> Document:
    """A TOML file of the image."""
    seen = look(command.machine, path)
    if command.machine.kind(path) is Kind.ABSENT:
        return Document(path, {}, there=False, effects=seen)
    text = command.machine.text(path)
    if text is None:
        return Document(path, {}, True, seen.in_doubt(f"the content of {path} is not known"))
    try:
        return Document(path, tomllib.loads(text.removeprefix("\ufeff")), True, seen)
    except (tomllib.TOMLDecodeError, RecursionError):
        return Document(path, {}, True, seen.in_doubt(f"{path} cannot be read"))


def find_above(command: Command, name: str, start: str) -> tuple[str, Effects]:
    """The nearest folder upwards that holds a file; the folder itself if none does."""
    folder, seen = start, NONE
    while True:
        place = posixpath.join(folder, name)
        if command.machine.kind(place) is not Kind.ABSENT:
            return folder, seen
        seen |= Effects(probes=frozenset({place}))
        if folder == "/":
            return start, seen
        folder = posixpath.dirname(folder)


def paths(data: Any, keys: frozenset[str]) -> Iterator[str]:
    """The strings that stand under one of these names, at any depth."""
    if isinstance(data, dict):
        for name, value in data.items():
            if name in keys and isinstance(value, str):
                yield value
            else:
                yield from paths(value, keys)
    elif isinstance(data, list):
        for value in data:
            yield from paths(value, keys)


def placed(command: Command, tool: str) -> Effects:
    """Where an installer puts packages and keeps its own: Python's places, and below HOME."""
    home = command.home()
    own = {
        tree(posixpath.join(home, place, name))
        for place in (".cache", ".local/share", ".config")
        for name in {tool, *({"virtualenv", "virtualenvs", "pip"} if tool != "uv" else ())}
    }
    for name in (*_MOVED, *_MOVED_BY.get(tool, ())):
        if (folder := command.env.get(name, "")).startswith("/") and ANY not in folder:
            own.add(tree(folder))
    installed = site(command, Options()) or frozenset()
    return Effects(
        reads=frozenset(own),
        writes=installed | own | temporary(command),
        # A source archive is built by its own program, which may observe any variable.
        variables=frozenset({"*"}),
        network=True,
        seconds=20.0,
    )


def cache_folder(command: Command, tool: str, variable: str) -> str:
    """Where a tool keeps its downloads: by its own variable, by XDG, or below HOME."""
    named = command.env.get(variable, "")
    if named and ANY not in named:
        return command.path(named)
    base = command.env.get("XDG_CACHE_HOME", "")
    if not base.startswith("/") or ANY in base:
        base = posixpath.join(command.home(), ".cache")
    return posixpath.join(base, tool)
