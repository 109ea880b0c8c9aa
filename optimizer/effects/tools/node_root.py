"""The folder that npm and yarn work in: found upwards from where they are called."""

from __future__ import annotations

import posixpath
from dataclasses import replace

from optimizer.effects.model import NONE, Effects
from optimizer.effects.tool import Command, Kind
from optimizer.effects.tools.node_package import (
    find_members,
    in_folder,
    read_package,
    workspace_globs,
)

# Folders above a project in which no base image keeps a package.json.
_BARE = frozenset(
    [
        "/",
        "/usr",
        "/usr/local",
        "/var",
        "/var/lib",
        "/var/www",
        "/root",
        "/home",
        "/opt",
        "/srv",
        "/usr/src",
    ]
)


def find_root(command: Command) -> tuple[str, str, Effects]:
    """The folder that npm works in, that of the package around, and what was looked at for it.

    npm goes up to the first folder with a package.json or node_modules; from there further
    up, to a package.json whose workspaces hold that folder (npm 8 to 12).
    """
    machine, folder, seen = command.machine, command.cwd, NONE
    while True:
        marks = in_folder(folder, ("package.json", "node_modules"))
        seen |= Effects(probes=frozenset(marks))
        if any(machine.kind(m) not in {Kind.ABSENT, Kind.UNKNOWN} for m in marks):
            break
        if folder == "/":
            return command.cwd, command.cwd, seen
        folder = posixpath.dirname(folder)
    return _workspace_root(command, folder, seen)


def _workspace_root(command: Command, folder: str, seen: Effects) -> tuple[str, str, Effects]:
    above = folder
    while above != "/":
        above = posixpath.dirname(above)
        package, read = read_package(command.machine, above)
        seen |= replace(read, doubt=None) if above in _BARE else read
        if package and workspace_globs(package):
            found = find_members(command.machine, above, workspace_globs(package))
            seen |= found.effects
            if folder in {m.folder for m in found.members}:
                return above, folder, seen
    return folder, folder, seen
