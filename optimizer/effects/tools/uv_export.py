"""`uv export`: requirement files, by the lock."""

from __future__ import annotations

import posixpath
from dataclasses import replace

from optimizer.effects.model import Effects
from optimizer.effects.tool import Command, known
from optimizer.effects.tools import python_exports as exports
from optimizer.effects.tools.options import Options
from optimizer.effects.tools.python_lock import document
from optimizer.effects.tools.python_project import build
from optimizer.effects.tools.uv_options import options
from optimizer.effects.tools.uv_places import base
from optimizer.effects.tools.uv_project import (
    Project,
    editable,
    find,
    local_folders,
    locking,
    members,
)


def export(command: Command, given: Options) -> Effects:
    """`uv export`: manifests and lock; unless it is frozen, also what local dependencies say of themselves."""
    project = find(command, given)
    alone = replace(given, given=(*given.given, ("--no-install-workspace", "")))
    done = project.effects | base(command, given) | members(command, alone, project)
    if not given.has("--frozen"):
        places = [project.folder, *(place for place, _ in local_folders(command, project))]
        for place in places:
            told = document(command, posixpath.join(place, "pyproject.toml"))
            done |= told.effects
            if not told.table("project") or told.table("project").get("dynamic"):
                done |= build(command, place)
        done |= locking(given, project.lock)
    return done | exports.product(command, *_product(command, given, project))


def _product(
    command: Command, given: Options, project: Project
) -> tuple[str | None, str | None, str | None]:
    """The file of an export, what it asks for at most, and its format."""
    lock = project.lock
    own = not given.has("--no-emit-project", "--no-emit-workspace", "--no-emit-local")
    known_lock = lock.data if lock.there and not lock.effects.doubt else None
    lines = exports.uv(known_lock, own=own, editable=editable(command, given))
    return given.last("-o", "--output-file"), lines, given.last("--format")


def printed(command: Command) -> str | None:
    """What `uv export` prints."""
    found = options(command, command.arguments)
    if found.operands[:1] != ("export",) or found.unknown:
        return None
    if not known(command.cwd, *command.arguments):
        return None
    if place := found.last("--directory"):
        command = replace(command, cwd=command.path(place))
    return exports.printed(*_product(command, found, find(command, found)))
