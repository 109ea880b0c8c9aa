"""`dfopt check`: findings and their places; nothing is changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from optimizer.checks import findings
from optimizer.checks.base import Finding
from optimizer.cli.opening import open_dockerfile
from optimizer.cli.options import formats, settings_for, shared, timed
from optimizer.cli.paths import dockerfiles, progress
from optimizer.cli.trouble import doors, leave, say, tell, tell_bug
from optimizer.errors import UserError
from optimizer.report.findings import FORMS


@click.command(
    "check", short_help="Find what is missing, drifted or could be better; change nothing."
)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@formats(*FORMS, say="Form of the answer; github gives annotations of a workflow.")
@click.option(
    "--select",
    "check_select",
    multiple=True,
    metavar="CHECK",
    help="Run only this check, by name or code.",
)
@click.option(
    "--ignore", "check_ignore", multiple=True, metavar="CHECK", help="Do not run this check."
)
@click.option("-q", "--quiet", is_flag=True, help="No summary on standard error.")
@timed
@shared
def command(
    paths: tuple[str, ...], *, form: str, quiet: bool, context: Path | None, config: Path | None,
    color: str, **flags: Any,
) -> None:  # fmt: skip
    """Find what Dockerfiles miss of their context, and what could be better.

    PATH is a Dockerfile, a folder that is searched for Dockerfiles, or `-` for standard input.

    \b
    Checks:
      DF401 improvements       what `dfopt rewrite` would change
      DF402 missing-inputs     a RUN looks for files that are not copied before it
      DF403 broad-context      .git or installed packages are copied into the image
      DF404 volatile-argument  a value that changes often makes steps run again

    \b
    Examples:
      dfopt check .
      dfopt check . --select missing-inputs --format github

    Exit codes: 0 no findings, 1 findings, 2 a mistake in the input, 3 a bug in dfopt.
    """
    flags = {k: v for k, v in flags.items() if v not in ((), None)}
    click.get_current_context().color = {"always": True, "never": False}.get(color)
    with doors(""):
        files = list(dockerfiles(paths))
    codes, found = [0], list[Finding]()
    for path in progress(files, "Checking"):
        code, here = _one(path, context, config, flags)
        codes.append(code)
        found += here
    for line in FORMS[form](found):
        say(line)
    if not quiet:
        click.echo(_summary(len(found), len(files)), err=True)
    leave(max(codes))


def _one(
    path: str, context: Path | None, config: Path | None, flags: dict[str, Any]
) -> tuple[int, list[Finding]]:
    """The exit code for one file, and its findings."""
    try:
        settings = settings_for(Path("Dockerfile" if path == "-" else path), config, flags)
        opened = open_dockerfile(path, context, settings)
        found = findings(path, opened.text, opened.project, settings)
    except UserError as error:
        tell(error, path)
        return 2, []
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the last door
        tell_bug(error, path)
        return 3, []
    return int(bool(found)), found


def _summary(found: int, files: int) -> str:
    return f"{found} finding{'' if found == 1 else 's'} in {files} file{'' if files == 1 else 's'}"
