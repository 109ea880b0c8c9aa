"""`dfopt rewrite`: the better Dockerfile, as text, diff, JSON or in place."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from optimizer.cli.opening import Opened, open_dockerfile, read_text, write_text
from optimizer.cli.options import formats, settings_for, shared, timed
from optimizer.cli.paths import dockerfiles, progress
from optimizer.cli.trouble import doors, leave, say, tell, tell_bug
from optimizer.errors import UserError
from optimizer.pipeline import Result, optimize
from optimizer.report import json as report_json
from optimizer.report import text as report_text
from optimizer.report.diff import unified


@dataclass(frozen=True)
class _Wish:
    """What the user wants to see."""

    form: str
    mode: str
    quiet: bool
    verbose: bool
    context: Path | None
    config: Path | None
    flags: dict[str, Any]


@dataclass(frozen=True)
class _Outcome:
    """What came of one file."""

    code: int
    entry: dict[str, Any] | None = None


def _mode(diff: bool, write: bool, check: bool) -> str:  # noqa: FBT001 - flags as click gives them
    given = [name for name, on in (("diff", diff), ("write", write), ("check", check)) if on]
    if "write" in given and "check" in given:
        raise click.UsageError("--write and --check exclude each other")
    return (
        "write"
        if "write" in given
        else "check"
        if "check" in given
        else "diff"
        if given
        else "text"
    )


@click.command("rewrite", short_help="Rewrite Dockerfiles so that rebuilds hit the cache.")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--diff", is_flag=True, help="Print a unified diff, which `git apply` takes.")
@click.option("--write", is_flag=True, help="Change the files in place, .dockerignore too.")
@click.option("--check", is_flag=True, help="Print a line a file; exit 1 if one would change.")
@formats("text", "json")
@click.option(
    "--select",
    multiple=True,
    metavar="PASS",
    help="Run a pass that is off by default, such as exec-form, or whose rewrite needs --relaxed.",
)
@click.option("--ignore", multiple=True, metavar="PASS", help="Do not run this pass.")
@click.option(
    "--strict", is_flag=True, default=None, help="Only rewrites that need no assumption."
)
@click.option(
    "--relaxed",
    is_flag=True,
    default=None,
    help="Also rewrites that change the image in a named, harmless way.",
)
@click.option(
    "--no-network-moves",
    is_flag=True,
    help="Keep every step that fetches from the network where it is.",
)
@click.option("-q", "--quiet", is_flag=True, help="No summary on standard error.")
@click.option("-v", "--verbose", is_flag=True, help="Every refusal, also of changed files.")
@timed
@shared
def command(
    paths: tuple[str, ...], *, diff: bool, write: bool, check: bool, form: str, quiet: bool, verbose: bool,
    context: Path | None, config: Path | None, color: str, no_network_moves: bool, **flags: Any,
) -> None:  # fmt: skip
    """Rewrite Dockerfiles: narrow their COPYs, and let what changes often stand low.

    PATH is a Dockerfile, a folder that is searched for Dockerfiles, or `-` for standard input.
    Without --diff, --write or --check the new text of one file goes to standard output. The
    summary (what moved, why, and what is promised) goes to standard error.

    \b
    Examples:
      dfopt rewrite Dockerfile --diff
      dfopt rewrite docker/api.Dockerfile --context . --write
      dfopt rewrite . --check
      dfopt rewrite - < Dockerfile > Dockerfile.new
    """
    mode = _mode(diff, write, check)
    flags = {k: v for k, v in flags.items() if v not in ((), None)}
    if no_network_moves:
        flags["network_moves"] = False
    wish = _Wish(form, mode, quiet, verbose, context, config, flags)
    click.get_current_context().color = {"always": True, "never": False}.get(color)
    with doors(""):
        files = list(dockerfiles(paths))
    if mode == "text" and form == "text" and len(files) > 1:
        raise click.UsageError("several files need --diff, --write, --check or --format json")
    outcomes = [_one(path, wish) for path in progress(files, "Rewriting")]
    if form == "json":
        entries = [o.entry for o in outcomes]
        click.echo(json.dumps({"version": report_json.VERSION, "files": entries}, indent=2))
    leave(max((o.code for o in outcomes), default=0))


def _one(path: str, wish: _Wish) -> _Outcome:
    try:
        settings = settings_for(
            Path("Dockerfile" if path == "-" else path), wish.config, wish.flags
        )
        opened = open_dockerfile(path, wish.context, settings)
        allowed = wish.mode != "text" or wish.form == "json"
        opened = replace(opened, project=replace(opened.project, ignore_allowed=allowed))
        result = optimize(opened.text, opened.project, settings)
        return _Outcome(*_show(opened, result, wish))
    except UserError as error:
        tell(error, path)
        return _Outcome(2, report_json.failed(path, error))
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the last door
        tell_bug(error, path)
        return _Outcome(3, report_json.failed(path, UserError(f"a bug in dfopt: {error}")))


def _show(opened: Opened, result: Result, wish: _Wish) -> tuple[int, dict[str, Any]]:
    diff = _diff(opened, result)
    if wish.mode == "write" and result.changed:
        _write(opened, result)
    if wish.form == "text":
        if wish.mode == "text":
            _out(result.after)
        elif wish.mode == "diff":
            _out(diff)
        elif wish.mode == "check":
            click.echo(f"{opened.path}: {'would change' if result.changed else 'fine'}")
    if not wish.quiet:
        context = f"{opened.context}, {opened.reason}"
        for line in report_text.summary(opened.path, result, context, verbose=wish.verbose):
            say(line, err=True)
    code = 1 if wish.mode == "check" and result.changed else 0
    return code, report_json.rewritten(opened.path, result, diff)


def _out(text: str) -> None:
    """Exactly these bytes."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))


def _diff(opened: Opened, result: Result) -> str:
    parts = [
        unified("Dockerfile" if opened.path == "-" else opened.path, result.before, result.after)
    ]
    parts += [unified(str(opened.context / a.path), a.before, a.after) for a in result.also]
    return "".join(parts)


def _write(opened: Opened, result: Result) -> None:
    """The ignore file first: with it alone the image is the same; without it, it need not be."""
    for also in result.also:
        target = opened.context / also.path
        now = read_text(target) if target.exists() else None
        if now != also.before:
            raise UserError("this file has changed meanwhile; run dfopt again", path=str(target))
    for also in result.also:
        write_text(opened.context / also.path, also.after)
    if opened.path == "-":
        _out(result.after)
    else:
        write_text(Path(opened.path), result.after)
