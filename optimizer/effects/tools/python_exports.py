"""What the exports of lock files ask pip for: `poetry export`, `uv export`, `pdm export` and kin.

The text is not known to the byte (markers, hashes, comments), but its requirements follow from the
lock: fixed versions, addresses, and local projects. Measured with poetry 2.5 and its plugin 1.10,
uv 0.13, pdm 2.29 and pipenv 2026.10 (tests/measure/fronts.py): poetry writes absolute addresses of
local projects; uv, pdm (of editable ones) and pipenv words relative to the project.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from optimizer.effects.model import Effects
from optimizer.effects.tool import Command, exported
from optimizer.effects.tools.looking import table

# Formats that pip reads as a requirements file.
_PLAIN = frozenset({"requirements.txt", "requirements-txt", "requirements", "constraints.txt"})


def product(command: Command, target: str | None, lines: str | None, form: str | None) -> Effects:
    """The file that an export writes; `lines` is None if what it asks for is not known."""
    if target is None:
        return Effects()
    path = frozenset({command.path(target)})
    if lines is None or (form or "requirements.txt") not in _PLAIN:
        return Effects(writes=path)
    return Effects(
        writes=path, surely_writes=path, contents=((command.path(target), exported(lines)),)
    )


def printed(target: str | None, lines: str | None, form: str | None) -> str | None:
    """What an export prints; None if that is not known."""
    plain = (form or "requirements.txt") in _PLAIN
    return None if target is not None or lines is None or not plain else exported(lines)


def _packages(lock: Mapping[str, Any] | None) -> Iterator[Mapping[str, Any]]:
    for package in (lock or {}).get("package", ()):
        if isinstance(package, dict) and isinstance(package.get("name"), str):
            yield package


def _fixed(package: Mapping[str, Any]) -> str:
    return f"{package['name']}=={package.get('version', 0)}"


def poetry(lock: Mapping[str, Any] | None, root: str) -> str | None:
    """The lines of a poetry.lock."""
    if lock is None:
        return None
    found = []
    for package in _packages(lock):
        source = table(package, "source")
        local = source.get("type") in {"directory", "file"}
        place = posixpath.normpath(posixpath.join(root, str(source.get("url"))))
        line = f"-e {place}" if package.get("develop") else place
        found.append(line if local else _fixed(package))
    return "\n".join(found)


def pdm(lock: Mapping[str, Any] | None, root: str) -> str | None:
    """The lines of a pdm.lock; editable projects stand relative to it, others in full."""
    if lock is None:
        return None
    found = []
    for package in _packages(lock):
        path = package.get("path")
        if not isinstance(path, str):
            found.append(_fixed(package))
        elif package.get("editable"):
            found.append(f"-e {path}")
        else:
            found.append(posixpath.normpath(posixpath.join(root, path)))
    return "\n".join(found)


def uv(lock: Mapping[str, Any] | None, *, own: bool, editable: bool) -> str | None:
    """The lines of a uv.lock; `own`: the project itself is among them, `editable`: as the lock says."""
    if lock is None:
        return None
    found = []
    for package in _packages(lock):
        source = table(package, "source")
        place = next((source[k] for k in ("path", "directory", "editable") if k in source), None)
        if not isinstance(place, str):
            found += [] if "virtual" in source else [_fixed(package)]
        elif own or place != ".":
            word = place if place.startswith((".", "/")) else f"./{place}"
            found.append(f"-e {word}" if editable and "editable" in source else word)
    return "\n".join(found)


def pipenv(lock: Mapping[str, Any] | None) -> str | None:
    """The lines of a Pipfile.lock."""
    if lock is None:
        return None
    found = []
    for group, packages in lock.items():
        for name, package in (
            packages.items() if group != "_meta" and isinstance(packages, dict) else ()
        ):
            place = table(package).get("path") or table(package).get("file")
            line = f"{name}{table(package).get('version', '==0')}"
            if isinstance(place, str):
                line = f"-e {place}" if table(package).get("editable") else place
            found.append(line)
    return "\n".join(found)
