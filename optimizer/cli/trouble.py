"""Three kinds of trouble, three ways out (STYLE R12)."""

from __future__ import annotations

import platform
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import click

from optimizer import __version__
from optimizer.errors import UserError


@contextmanager
def doors(path: str) -> Iterator[None]:
    """Around the work on one file: exit 2 is the user's mistake in it, 3 is ours."""
    try:
        yield
    except UserError as error:
        tell(error, path)
        leave(2)
    except BrokenPipeError:
        raise  # nobody reads on (`dfopt ... | head`): click ends quietly
    except Exception as error:  # noqa: BLE001 - the last door
        tell_bug(error, path)
        leave(3)


def say(line: str, *, err: bool = False) -> None:
    """Print a line, whatever bytes a path in it has."""
    click.echo(line.encode("utf-8", "backslashreplace").decode(), err=err)


def tell(error: UserError, path: str) -> None:
    """The user's mistake, in one line: `path:line: message`."""
    where = error.path or path
    line = f":{error.line}" if error.line is not None else ""
    message = " ".join(error.message.split())
    say(f"{where}{line}: {message}", err=True)


def tell_bug(error: Exception, path: str) -> None:
    """Our own mistake, with what a report of it needs."""
    click.echo(f"{path}: this is a bug in dfopt; nothing was written. Please report it:", err=True)
    python = platform.python_version()
    click.echo(f"  dfopt {__version__}, Python {python}, {platform.platform()}", err=True)
    lines = traceback.format_exception(error)
    click.echo("".join("  " + line for line in lines), err=True)


def leave(code: int) -> None:
    """Exit, with all output out."""
    sys.stdout.flush()
    sys.exit(code)
