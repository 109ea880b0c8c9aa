"""A project that is built: its folder, and what every build backend takes of it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from optimizer.effects.model import Effects, tree
from optimizer.effects.tool import Kind, Machine, clean
from optimizer.effects.tools.looking import look, table

# PEP 639 and the backends' own defaults: found by these beginnings in the project's folder.
_LICENSES = ("LICEN", "COPYING", "NOTICE", "AUTHORS")


@dataclass(frozen=True)
class Project:
    """A project to be built: its folder and what pyproject.toml says."""

    machine: Machine
    folder: str
    data: Mapping[str, Any]
    editable: bool = False
    backend: str = ""
    # Whether an archive of its sources is made as well, which may hold more than is installed.
    sdist: bool = False

    def path(self, *names: str) -> str:
        """A path of the project."""
        return clean(posixpath.join(self.folder, *names))

    def is_file(self, *names: str) -> bool:
        """Whether there surely is such a file."""
        return self.machine.kind(self.path(*names)) is Kind.FILE

    def table(self, *names: str) -> dict[str, Any]:
        """A table of pyproject.toml."""
        return table(self.data, *names)


def bare(requirement: str) -> str:
    """The name in a requirement."""
    return re.split(r"[^\w.-]", requirement.strip(), maxsplit=1)[0].lower().replace("_", "-")


def descriptions(project: Project) -> Effects | None:
    """The readme and the license files; None if one of them stands outside of the folder."""
    standard, poetry = project.table("project"), project.table("tool", "poetry")
    names: list[str] = []
    for source in (standard, poetry):
        readme, license_ = source.get("readme"), source.get("license")
        names += (
            readme if isinstance(readme, list) else [readme] if isinstance(readme, str) else []
        )
        names += [
            str(t["file"]) for t in (readme, license_) if isinstance(t, dict) and "file" in t
        ]
    patterns = standard.get("license-files", [])
    if isinstance(patterns, dict):
        patterns = [p for each in patterns.values() for p in each]
    if any(n.startswith("/") or ".." in n for n in (*names, *patterns)):
        return None
    usual = {project.path(n) + "**" for n in _LICENSES} | {tree(project.path("LICENSES"))}
    globs = {project.path(re.split(r"[*?\[]", p, maxsplit=1)[0]) + "**" for p in patterns}
    seen = look(project.machine, *map(project.path, names))
    return seen | Effects(reads=frozenset(usual | globs))
