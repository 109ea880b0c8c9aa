"""Folders that npm links which another package manager has fetched: `"phoenix": "file:../deps/phoenix"`.

What such a folder holds is not known, but it is a published package: mix.lock names it as one of Hex.
So it holds of its scripts what is assumed of those of any dependency (`dependency-scripts-stay-home`,
see `node_installed.py`). Two things differ, and were measured with npm 8, 9, 10 and 11 (`npm ci`):
- the scripts of the folder's own package.json are run, whatever the lock tells, `prepare` among them.
  It may install git hooks where there is a repository around, if node_modules above it bring the
  program for that: those of the project do not lie above;
- its version, programs and dependencies are taken from the lock; the latter are not installed, as
  the folder lies outside of the project.
`npm install` takes them from the folder, and writes them into the lock.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any

from optimizer.effects.model import Effects, tree
from optimizer.effects.tool import Command, Kind
from optimizer.effects.tools import node_lock
from optimizer.effects.tools.looking import upwards
from optimizer.effects.tools.node_installed import repository
from optimizer.effects.tools.node_package import Package, StandIn

_HEX = re.compile(r'^\s*"(\w+)": \{:hex, :(\w+),', re.MULTILINE)


def of_hex(command: Command, root: str, lock: Mapping[str, Any]) -> StandIn:
    """What stands for the folder of a package of Hex that `npm ci` links."""
    told = node_lock.entries(lock)

    def package(folder: str) -> tuple[Package, Effects] | None:
        entry = told.get(posixpath.relpath(folder, root))
        outside = posixpath.relpath(folder, root).startswith("../")
        mix = posixpath.join(posixpath.dirname(posixpath.dirname(folder)), "mix.lock")
        if entry is None or not outside or folder not in _dependencies(command, mix):
            return None
        held = frozenset({tree(folder)})
        own = Effects(reads=held | {mix}, writes=held, variables=frozenset({"*"}))
        return Package(folder, entry), own | _hooks(command, posixpath.dirname(mix))

    return package


def _hooks(command: Command, above: str) -> Effects:
    """What an installer of git hooks would do, if node_modules in this folder or above bring one."""
    modules = [posixpath.join(folder, "node_modules") for folder in upwards(above)]
    found = any(command.machine.kind(place) is not Kind.ABSENT for place in modules)
    probed = Effects(probes=frozenset(modules))
    return probed | repository(command, above) if found else probed


def _dependencies(command: Command, mix: str) -> frozenset[str]:
    """The folders of the packages of Hex that a mix.lock names."""
    deps = posixpath.join(posixpath.dirname(mix), "deps")
    named = _HEX.findall(command.machine.text(mix) or "")
    return frozenset(posixpath.join(deps, folder) for folder, _ in named)
