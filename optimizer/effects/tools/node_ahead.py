"""What of a Node install may be done ahead of it: the packages are fetched, and nothing is built.

    RUN npm ci     is done in part by     RUN npm ci --ignore-scripts --logs-dir=node_modules && rm -rf node_modules

Where an install would go on from what stands in node_modules (npm, yarn 1, pnpm) only what is
downloaded stays: the install then meets the project as it is, and the tool's own cache. yarn 2 and
later keep count of what they have built, so that an install without builds may stay.

Measured with tests/measure/node_ahead.py (npm 8, 9, 10 and 11, yarn 1.22, 3.8 and 4.18, pnpm 8, 9
and 10). Trees are the same in this way; without the removal `npm install` and `yarn install` never
run the install scripts of packages that are there, and pnpm's shims lack NODE_PATH.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from optimizer.effects.model import Effects
from optimizer.effects.tool import Command, Kind, Machine
from optimizer.effects.tools.node_installed import kept_elsewhere

# More folders would make a line that nobody wants to read.
_FOLDERS = 4


def needs_more(command: Command, whole: Effects, bare: Effects) -> bool:
    """Whether an install needs more of the project than one that runs no scripts of it.

    What scripts of dependencies leave elsewhere is not the project's.
    """
    if whole.doubt is not None:
        return True
    writes = whole.writes - kept_elsewhere(command).writes
    # What is only looked for and is not there needs no copy.
    same = whole.reads <= bare.reads and whole.lists <= bare.lists and writes <= bare.writes
    return not same


def removal(machine: Machine, root: str, folders: Iterable[str]) -> tuple[str, ...]:
    """`rm -rf` of these folders; empty if one is there already, or if they are too many."""
    places = sorted(set(folders), key=lambda f: (f.count("/"), f))
    there = any(machine.kind(place) is not Kind.ABSENT for place in places)
    if there or len(places) > _FOLDERS:
        return ()
    return ("rm", "-rf", *(posixpath.relpath(place, root) for place in places))
