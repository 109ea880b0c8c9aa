"""Long work that a signal ends in good order, and what it says as it goes."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

from optimizer.cli.trouble import doors, say
from optimizer.errors import UserError
from optimizer.verify.running import FailedError

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextlib.contextmanager
def building(path: str) -> Iterator[None]:
    """Around work with a builder: as `doors`, and a builder that does not answer is exit 2."""
    with doors(path):
        try:
            yield
        except FailedError as error:
            said = " ".join(error.lines)
            raise UserError(f"the builder does not answer: {error}: {said}") from None


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
    say(line, err=True)


def silent(_: str) -> None:
    """For --quiet."""
