"""package-lock.json: what it says of the packages, and whether an install leaves it as it is."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from optimizer.effects.tool import Machine
from optimizer.effects.tools.node_package import KINDS, Package, Project

NAMES = ("package-lock.json", "npm-shrinkwrap.json")

# The fields of a package.json that npm 7 and later repeats in `packages` (arborist's
# `pkgMetaKeys`, `pkgNameKeys`); each was seen to make npm 8 and 11 rewrite the lock.
_REPEATED = (
    *("version", "dependencies", "devDependencies", "peerDependencies", "peerDependenciesMeta"),
    *("optionalDependencies", "bundleDependencies", "acceptDependencies", "engines"),
    *("os", "cpu", "libc", "license", "bin", "workspaces"),
)
_INSTALLS = frozenset({"preinstall", "install", "postinstall"})
# A word that npm takes for a tag, unless it is a range (npm-package-arg, semver).
_TAG = re.compile(r"[A-Za-z][\w.~!-]*")
_RANGE = re.compile(r"v?\d|[xXvV]$|[xX]\.")
# Where a registry keeps its tarballs (npm's own, and those that stand in for it).
_OF_REGISTRY = re.compile(r"https?://.*/-/")
# How npm tells the line end and the indentation of a JSON file (json-parse-even-better-errors).
_STYLE = re.compile(r"^\s*[{\[]((?:\r?\n)+)([ \t]*)")


def read_lock(machine: Machine, path: str) -> dict[str, Any] | None:
    """The lock file as an object; None if it is absent, unknown or malformed."""
    text = machine.text(path)
    if text is None:
        return None
    try:
        value = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def entries(lock: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The `packages` of a lock of version 2 or 3, by place."""
    found = lock.get("packages")
    if not isinstance(found, dict):
        return {}
    return {k: v for k, v in found.items() if isinstance(v, dict)}


def with_install_scripts(lock: Mapping[str, Any], *, anywhere: bool = False) -> frozenset[str] | None:
    """The locked packages that run a script at their install, by name; None if not told.

    One that did not come from a registry goes by its address as well: it need not be what is
    published by that name. One of git may run `prepare`, which the lock does not tell. What is for
    another system is not installed, unless npm is told `force` or `os`.
    """
    if not entries(lock):
        return None
    return frozenset(
        name
        for place, entry in entries(lock).items()
        if "node_modules/" in place and not entry.get("link") and (anywhere or _for_linux(entry))
        for name in _running(place, entry)
    )


def _running(place: str, entry: Mapping[str, Any]) -> Iterator[str]:
    address = str(entry.get("resolved") or "")
    if entry.get("hasInstallScript"):
        yield str(entry.get("name") or place.rpartition("node_modules/")[2])
    elif not address.startswith("git"):
        return
    if address and not _OF_REGISTRY.match(address):
        yield address


def _for_linux(entry: Mapping[str, Any]) -> bool:
    """Whether a package may be installed on linux, by its `os` (npm-install-checks)."""
    told = entry.get("os")
    told = [told] if isinstance(told, str) else told if isinstance(told, list) else []
    wanted = [name for name in told if not str(name).startswith("!")]
    return "!linux" not in told and (not wanted or not {"linux", "any"}.isdisjoint(wanted))


def holds(lock: Mapping[str, Any], project: Project) -> bool:
    """Whether the lock has all that the packages of a project ask for, so that an install adds none."""
    found = entries(lock)
    return all(
        _normal(kind, found.get(place, {}).get(kind), package)
        == _normal(kind, package.data.get(kind), package)
        for package in project.packages
        for place in [_place(project, package)]
        for kind in KINDS
    )


def _place(project: Project, package: Package) -> str:
    """Where the lock has a package of the project."""
    place = posixpath.relpath(package.folder, project.root.folder)
    return "" if place == "." else place


def all_names(lock: Mapping[str, Any]) -> frozenset[str]:
    """The names of all locked packages, in any version of the lock."""
    found = {place.rpartition("node_modules/")[2] for place in entries(lock)}
    stack = [lock.get("dependencies")]
    while stack:
        table = stack.pop()
        if isinstance(table, dict):
            found |= table.keys()
            stack += [v.get("dependencies") for v in table.values() if isinstance(v, dict)]
    return frozenset(found)


def out_of_sync(lock: Mapping[str, Any], project: Project) -> str:
    """Why an install would rewrite the lock, as far as the files tell; empty if they do not."""
    version = lock.get("lockfileVersion")
    if version not in {2, 3}:
        return f"npm 7 and later rewrite a lock of version {version}"
    root = project.root
    if lock.get("name") != root.name:
        return f"the lock is named {lock.get('name')}, the project {root.name}"
    if lock.get("version") != root.data.get("version"):
        return (
            f"the lock has version {lock.get('version')}, package.json {root.data.get('version')}"
        )
    found = entries(lock)
    for package in project.packages:
        place = _place(project, package)
        if place not in found:
            return f"the lock has no entry for {package.file}"
        for difference in _differences(found[place], package):
            return f"{difference} of {package.file} is not as in the lock"
    return _looked_up_again(found)


def _looked_up_again(found: Mapping[str, Mapping[str, Any]]) -> str:
    """What is asked for by its tag, where the lock does not tell the address that it came from.

    Measured (npm 8 to 11): npm takes the tag's version of today then, and writes it into the lock; a
    lock has no addresses where `omit-lockfile-registry-resolved` is set.
    """
    for place, entry in found.items():
        for name, spec in _asked(entry):
            if _TAG.fullmatch(spec) and not _RANGE.match(spec) and not _told(found, place, name):
                return f"{name} is asked for as {spec}, and the lock does not tell its address"
    return ""


def _asked(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for kind in KINDS:
        table = entry.get(kind)
        yield from table.items() if isinstance(table, dict) else ()


def _told(found: Mapping[str, Mapping[str, Any]], place: str, name: str) -> bool:
    """Whether the package that a place finds by this name has an address, or is not there at all."""
    while True:
        entry = found.get(posixpath.join(place, "node_modules", name))
        if entry is not None or not place:
            return entry is None or bool(entry.get("resolved"))
        place = posixpath.dirname(place)


def style(text: str) -> tuple[str, str]:
    """The line end and the indentation that npm writes in the place of a JSON text."""
    found = _STYLE.match(text.removeprefix("\ufeff"))
    return (found[1], found[2]) if found else ("\n", "  ")


def restyled(lock: str, manifest: str) -> str:
    """Why an install would write the same lock in another style; empty if it would not.

    Measured (npm 8, 10, 12): it is indented as package.json is, has its line ends, and ends in
    one; two spaces where package.json stands on one line.
    """
    end, indent = style(manifest)
    found = _STYLE.match(lock)
    if not found or (found[1], found[2]) != (end, indent):
        return "npm indents the lock as package.json is indented"
    return "" if lock.endswith("}" + end) else "npm ends the lock with a line end"


def _differences(entry: Mapping[str, Any], package: Package) -> Iterator[str]:
    """The fields that an entry and its package.json do not have in common."""
    for key in _REPEATED:
        if _normal(key, entry.get(key), package) != _normal(key, package.data.get(key), package):
            yield key
    if bool(entry.get("hasInstallScript")) != bool(_INSTALLS & package.scripts.keys()):
        yield "scripts"


def _normal(key: str, value: object, package: Package) -> object:
    """A field's value as npm writes it into the lock."""
    if key == "bin" and value:
        return {
            k: posixpath.normpath(v)
            for k, v in Package(package.folder, {"name": package.name, "bin": value})
            .bins()
            .items()
        }
    if key == "license" and isinstance(value, dict):
        return value.get("type")
    if key == "dependencies" and isinstance(value, dict):
        # What is optional as well is listed as optional alone.
        return {
            k: v for k, v in value.items() if k not in package.table("optionalDependencies")
        } or None
    if key == "workspaces" and isinstance(value, dict):
        return value.get("packages")
    return value or None
