"""The paths on a command line, and the progress through them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from optimizer.context.discover import find_dockerfiles
from optimizer.errors import UserError

# A progress bar is for work that takes long enough to wonder.
_MANY = 8


def dockerfiles(paths: tuple[str, ...]) -> Iterator[str]:
    """The Dockerfiles that are meant: a folder is searched, `-` is standard input.

    Raises:
        UserError: There is none in a folder.
    """
    for path in paths or ("Dockerfile",):
        if path != "-" and Path(path).is_dir():
            found = find_dockerfiles(Path(path))
            if not found:
                raise UserError("there is no Dockerfile in this folder", path=path)
            yield from map(str, found)
        else:
            yield path


def progress(files: list[str], doing: str) -> Iterable[str]:
    """The files, with a progress bar on a terminal if there are many."""
    if len(files) < _MANY or not sys.stderr.isatty():
        return files
    from rich.console import Console  # noqa: PLC0415 - only for long work
    from rich.progress import track  # noqa: PLC0415

    return track(files, doing, console=Console(stderr=True), transient=True)
