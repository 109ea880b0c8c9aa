"""The modes of folders that a narrow COPY makes on its way.

A COPY of a whole gives each folder inside it the mode that it has in the context; a folder that
is only on the way to a file (or whose contents alone are copied) is made with 0755 (BUILDKIT.md
10.3). Until the whole COPY has run, a RUN would meet another folder.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from optimizer.effects.copying import Copying
from optimizer.effects.model import Paths, Patterns, covers, tree
from optimizer.effects.step import Step

_MADE = 0o755
# Write permission for others than the owner: what a umask of 002 leaves on every folder.
_WRITE = 0o022
# Set-group-ID and its like, which files made in the folder inherit.
_SPECIAL = 0o7000


def unlike(copy: Step, run: Step, wanted: Paths) -> str | None:
    """Why `run` would notice the folders of narrow copies of `wanted`; None if it would not."""
    effects = run.effects
    writes = [w.removesuffix("**").rstrip("/") for w in effects.writes]
    seen = Patterns(effects.lists | effects.metadata)
    for folder, place, mode in _folders(copy, wanted):
        if mode & ~_WRITE != _MADE and (place in effects.asked or place in seen or not run.state.root):
            return f"{folder} has mode {mode:o}, which a COPY of its files alone would not give it"
        writing = any(covers(tree(place), w) for w in writes)
        if writing and (mode & _SPECIAL or (mode != _MADE and not run.state.root)):
            return f"line {run.line} writes into {folder}, which has mode {mode:o}"
    return None


def _folders(copy: Step, wanted: Paths) -> Iterator[tuple[str, str, int]]:
    """Context path, image path and mode of each folder between the destination and the files."""
    copying = copy.copying
    assert copying is not None  # noqa: S101 - only copies of the context are narrowed
    done = set()
    for target in sorted(wanted):
        folder, place = posixpath.dirname(copying.atoms[target]), posixpath.dirname(target)
        while place not in done and place in copying.folders and _inside(copying, folder, place):
            done.add(place)
            entry = copying.files.entry(folder)
            if entry is not None:
                yield folder, place, _mode(copying.mode, entry.mode)
            folder, place = posixpath.dirname(folder), posixpath.dirname(place)


def _inside(copying: Copying, folder: str, place: str) -> bool:
    """Whether the folder stands below a source: a source itself is not made with its mode."""
    return any(
        placed.directory and placed.source != folder and placed.image_path(folder) == place
        for placed in copying.placements
    )


def _mode(flag: str | None, own: int) -> int:
    """`--chmod` holds for folders as well; what is no octal number does nothing (20.10)."""
    return int(flag, 8) if flag and set(flag) <= set("01234567") else own
