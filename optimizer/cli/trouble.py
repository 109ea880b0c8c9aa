"""Three kinds of trouble, three ways out (STYLE R12)."""

from __future__ import annotations

import platform
import sys
import traceback

import click

from optimizer import __version__
from optimizer.errors import UserError


def tell(error: UserError, path: str) -> None:
    """The user's mistake, in one line: `path:line: message`."""
    where = error.path or path
    line = f":{error.line}" if error.line is not None else ""
    message = " ".join(error.message.split())
    click.echo(f"{where}{line}: {message}".encode("utf-8", "backslashreplace").decode(), err=True)


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
