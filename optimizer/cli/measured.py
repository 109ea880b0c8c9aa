"""The seconds that real builds took: from the files that the user names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from optimizer.cache.timings import Timed, Timings, read_timings
from optimizer.errors import UserError
from optimizer.settings import Settings

# A log of a day's builds; what is larger is none.
_LARGEST = 1 << 28


def measured(settings: Settings) -> Timings:
    """The best source first: a log, a timings file, and, for what neither has, nothing.

    Raises:
        UserError: A file cannot be read, or is not what it should be.
    """
    timings = Timings()
    if settings.timings is not None:
        timings = Timings(_steps(settings.timings, read_timings), "timings", timings)
    if settings.log is not None:
        from optimizer.cache.buildlog import read_log  # noqa: PLC0415 - most runs have no log

        timings = Timings(_steps(settings.log, read_log), "log", timings)
    return timings


def _steps(path: str, read: Callable[[str], tuple[Timed, ...]]) -> tuple[Timed, ...]:
    try:
        file = Path(path)
        if not file.is_file():
            raise UserError("there is no such file", path=path)
        if file.stat().st_size > _LARGEST:
            raise UserError("this is too large to be read (over 256 MiB)", path=path)
        text = file.read_bytes().decode("utf-8", "replace")
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", path=path) from None
    try:
        return read(text)
    except UserError as error:
        raise UserError(error.message, error.line, path) from None
