"""bun.lock: what it says of the packages, and whether an install leaves it as it is."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from optimizer.effects.tools.node_package import KINDS, Package, Project
from optimizer.effects.tools.tsconfig import parse

# What stands beside the packages, and where package.json says it.
_BESIDE = ("overrides", "trustedDependencies", "patchedDependencies", "catalog", "catalogs")
# Fields that it repeats in another form.
_OTHER = frozenset(
    "bin directories peerDependenciesMeta bundleDependencies bundledDependencies".split()
)


def names(text: str) -> frozenset[str]:
    """The names of all locked packages: the keys are places, `is-odd/is-number`."""
    table = (parse(text) or {}).get("packages")
    return frozenset(map(_last, table if isinstance(table, dict) else ()))


def _last(place: str) -> str:
    """The name of the package at a place; one with a scope has two parts."""
    parts = place.split("/")
    return "/".join(parts[-2:] if parts[-2:][0].startswith("@") else parts[-1:])


def out_of_sync(text: str, project: Project) -> str:
    """Why an install would rewrite the lock, as far as the files tell; empty if they do not."""
    lock = parse(text)
    if lock is None:
        return "the lock is not understood"
    # Measured: bun 1.4 adds it to a lock of bun 1.2, which leaves one that has it.
    if "configVersion" not in lock:
        return "bun 1.3 and later add a configVersion to the lock"
    entries, root = lock.get("workspaces"), project.root
    places = {_place(p, root): p for p in (root, *project.members)}
    if not isinstance(entries, dict) or entries.keys() != places.keys():
        return "the lock has other workspaces"
    for name in _BESIDE:
        if lock.get(name) or _beside(root, name):
            return f"{name} of the lock are not compared"
    for place, package in places.items():
        for difference in _differences(entries[place], package, root=not place):
            return f"{difference} of {package.file} may not be as in the lock"
    return ""


def _place(package: Package, root: Package) -> str:
    place = posixpath.relpath(package.folder, root.folder)
    return "" if place == "." else place


def _beside(root: Package, name: str) -> bool:
    spaces = root.data.get("workspaces")
    inner = spaces.get(name) if isinstance(spaces, dict) else None
    also = root.data.get("resolutions") if name == "overrides" else None
    return bool(root.data.get(name) or inner or also)


def _differences(entry: Mapping[str, Any], package: Package, *, root: bool) -> Iterator[str]:
    """The fields that the lock repeats (not the root's version, by bun 1.2 to 1.4)."""
    keys = ("name", *KINDS) if root else ("name", "version", *KINDS)
    yield from sorted(entry.keys() - {"name", "version", *KINDS})
    yield from sorted(_OTHER & package.data.keys())
    yield from (k for k in keys if (entry.get(k) or None) != (package.data.get(k) or None))
