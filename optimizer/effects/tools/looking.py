"""Reading what is there, probing what is not."""

from __future__ import annotations

import posixpath
import tomllib
from collections.abc import Iterator
from typing import Any

from optimizer.effects.model import Effects, tree
from optimizer.effects.tool import Kind, Machine


def look(machine: Machine, *paths: str) -> Effects:
    """Files that a tool reads if they exist."""
    absent = frozenset(p for p in paths if machine.kind(p) is Kind.ABSENT)
    return Effects(reads=frozenset(paths) - absent, probes=absent)


def whole_tree(*folders: str) -> Effects:
    """Everything below the folders is read."""
    return Effects(reads=frozenset(map(tree, folders)))


def words(text: str) -> frozenset[str]:
    """The words of a text: a long table of names, without quotes around each."""
    return frozenset(text.split())


def toml(machine: Machine, path: str) -> dict[str, Any] | None:
    """A TOML file of the image; None if it is absent, not known or malformed."""
    text = machine.text(path)
    if text is None:
        return None
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


def table(data: Any, *names: str) -> dict[str, Any]:
    """A table within tables; an empty one if there is none."""
    for name in names:
        data = data.get(name) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


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


def upwards(folder: str) -> tuple[str, ...]:
    """A folder and all above it."""
    found = [folder]
    while folder != "/":
        folder = posixpath.dirname(folder)
        found.append(folder)
    return tuple(found)
