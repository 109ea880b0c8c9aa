"""Which yarn a project runs, and its settings: .yarnrc, .yarnrc.yml, packageManager."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from optimizer.effects.model import NONE, Effects
from optimizer.effects.tool import Command, Kind
from optimizer.effects.tools.node_package import Package, look, read_package

_VARIABLE = re.compile(r"\$\{([^}:-]+)")


@dataclass(frozen=True)
class Rc:
    """The settings of a project's yarn.

    Attributes:
        modern: Whether it is yarn 2 or later ("berry").
        classic: What .yarnrc files say (yarn 1).
        values: What .yarnrc.yml files say, the nearest first to count.
        effects: What was read to learn this, and what is in doubt.
    """

    modern: bool
    classic: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    effects: Effects = NONE


def folders_up(folder: str) -> list[str]:
    """The folder and all above it."""
    found = [folder]
    while folder != "/":
        folder = posixpath.dirname(folder)
        found.append(folder)
    return found


def read_rc(command: Command, root: str) -> Rc:
    """The settings that a yarn in `root` obeys (1.22 and 2 to 4 look in every folder above)."""
    machine, seen = command.machine, NONE
    classic: dict[str, str] = {}
    values: dict[str, Any] = {}
    for folder in (*folders_up(root), command.home()):
        for name in (".yarnrc", ".yarnrc.yml", ".npmrc"):
            place = posixpath.join(folder, name)
            seen |= look(machine, place)
            text = machine.text(place) or ""
            if folder == root and place in seen.reads and not text and machine.text(place) is None:
                seen = seen.in_doubt(f"the content of {place} is not known")
            seen |= Effects(variables=frozenset(_VARIABLE.findall(text)))
            if name == ".yarnrc":
                classic = {**_lines(text), **classic}
            elif name == ".yarnrc.yml" and text:
                found = _yaml(text)
                seen = seen if found is not None else seen.in_doubt(f"{place} is not valid YAML")
                values = {**(found or {}), **values}
    handed = values.get("yarnPath") or classic.get("yarn-path")
    if isinstance(handed, str):
        place = posixpath.normpath(posixpath.join(root, handed))
        seen |= look(machine, place)
    package, read = read_package(machine, root)
    modern = _modern(
        machine.text(posixpath.join(root, "yarn.lock")), package, str(handed or ""), values
    )
    return Rc(modern, classic, values, seen | read)


def _modern(
    lock: str | None, package: Package | None, path: str, values: Mapping[str, Any]
) -> bool:
    """By yarnPath, the packageManager field (corepack, yarn 1.22.22), the lock, the settings."""
    if found := re.search(r"yarn-?(\d+)?[^/]*$", path):
        return found[1] not in {"0", "1"}
    manager = package.data.get("packageManager") if package else None
    if isinstance(manager, str) and (found := re.match(r"yarn@(\d+)", manager)):
        return int(found[1]) > 1
    if lock is not None:
        return "__metadata:" in lock
    return bool(values)


def _lines(text: str) -> dict[str, str]:
    """The `key value` lines of a .yarnrc."""
    found = {}
    for line in text.splitlines():
        if m := re.match(r"""^\s*"?([^#\s"]+)"?:?\s+(.*?)\s*$""", line):
            found[m[1]] = m[2].strip("\"'")
    return found


def _yaml(text: str) -> dict[str, Any] | None:
    import yaml  # noqa: PLC0415 - only where a project has such a file

    try:
        value = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else {}


def yaml_object(command: Command, place: str) -> tuple[dict[str, Any], Effects]:
    """A YAML file of the project, and what was looked at."""
    seen = look(command.machine, place)
    if command.machine.kind(place) is Kind.ABSENT:
        return {}, seen
    text = command.machine.text(place)
    value = _yaml(text) if text is not None else None
    if value is None:
        return {}, seen.in_doubt(f"the content of {place} is not known")
    return value, seen
