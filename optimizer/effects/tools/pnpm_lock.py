"""pnpm-lock.yaml: whether an install leaves it as it is, as far as the files tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optimizer.effects.tools.node_package import Package, Project

_INSTALLED = ("dependencies", "devDependencies", "optionalDependencies")


def out_of_sync(lock: Mapping[str, Any], project: Project) -> str:
    """What pnpm would change: the lock repeats the specifiers of every package."""
    importers = lock.get("importers")
    found = importers if isinstance(importers, dict) else {".": lock}
    for package in (project.root, *project.members):
        place = package.folder.removeprefix(project.root.folder).strip("/") or "."
        entry = found.get(place)
        if not isinstance(entry, dict):
            if place in found or not any(package.table(kind) for kind in _INSTALLED):
                continue
            return f"the lock has no entry for {package.file}"
        if any("catalog:" in s or s.startswith("workspace:") for s in _wanted(package).values()):
            entry = {**entry}
        locked, wanted = _locked(entry), _wanted(package)
        if locked != wanted and not _overridden(project):
            name = min(locked.items() ^ wanted.items())[0]
            return f"{name} of {package.file} is not as in the lock"
    return ""


def _wanted(package: Package) -> dict[str, str]:
    return {k: v for kind in _INSTALLED for k, v in package.table(kind).items()}


def _locked(entry: Mapping[str, Any]) -> dict[str, str]:
    """The specifiers of an importer: beside the version (lock 6 and 9), or in a table (5)."""
    table = entry.get("specifiers")
    if isinstance(table, dict):
        return {str(k): str(v) for k, v in table.items()}
    found = {}
    for kind in _INSTALLED:
        below = entry.get(kind)
        for name, value in below.items() if isinstance(below, dict) else ():
            found[str(name)] = (
                str(value.get("specifier", "")) if isinstance(value, dict) else str(value)
            )
    return found


def _overridden(project: Project) -> bool:
    """With overrides the lock holds other specifiers than package.json."""
    table = project.root.data.get("pnpm")
    return bool(
        project.root.data.get("resolutions")
        or (isinstance(table, dict) and table.get("overrides"))
    )
