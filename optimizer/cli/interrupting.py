"""Long work that a signal ends in good order, and what it says as it goes."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

import click

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Let a signal end the block in good order."""
    before = {kind: signal.signal(kind, _interrupted) for kind in _SIGNALS}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


def _interrupted(number: int, _: FrameType | None) -> NoReturn:
    """End: what was begun is put away, and no second signal breaks that off."""
    for kind in _SIGNALS:
        signal.signal(kind, signal.SIG_IGN)
    progress("interrupted; putting away what was begun")
    sys.exit(128 + number)


def progress(line: str) -> None:
    """A line on standard error."""
    click.echo(line.encode("utf-8", "backslashreplace").decode(), err=True)


def silent(_: str) -> None:
    """For --quiet."""
