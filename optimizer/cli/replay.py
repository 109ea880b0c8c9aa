"""`dfopt replay`: before, after and ideal over the git history."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from optimizer.cache.replay import Replayed, replay
from optimizer.cli.opening import Opened, open_dockerfile, past, write_text
from optimizer.cli.options import formats, settings_for, shared, timed
from optimizer.cli.trouble import doors
from optimizer.errors import UserError
from optimizer.pipeline import optimize, plans
from optimizer.report import picture
from optimizer.report import replay as report
from optimizer.settings import Settings

# A progress bar is for work that takes long enough to wonder.
_MANY = 500


@click.command("replay", short_help="Replay the git history: before, after and ideal.")
@click.argument("path", default="Dockerfile")
@click.option("--range", "within", metavar="A..B", help="The commits behind A up to B, on a warm cache of A.")
@click.option(
    "--picture",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.svg",
    help="Draw what is rebuilt: a row a step, a column a commit.",
)
@formats("text", "json")
@timed
@shared
def command(
    path: str, *, within: str | None, picture: Path | None, form: str,
    context: Path | None, config: Path | None, color: str, **flags: Any,
) -> None:  # fmt: skip
    """Say what a builder with a warm cache would have rebuilt at each commit of the history.

    PATH is a Dockerfile. The file as it stands and as rewritten meet the project's own commits
    (the last 500 that touch the build context, along the first parents), by the builder's
    rules; nothing is built. *Ideal* runs a step again only if the step's own inputs changed.

    \b
    Examples:
      dfopt replay Dockerfile
      dfopt replay Dockerfile --history 5000 --picture rebuilds.svg
      dfopt replay Dockerfile --range v1.0..HEAD --format json
    """
    with doors(path):
        settings = settings_for(Path(path), config, flags)
        opened = open_dockerfile(path, context, settings)
        found = _replayed(opened, settings, within)
        if picture is not None:
            _draw(found, picture)
        _show(found, form, color)


def _replayed(opened: Opened, settings: Settings, within: str | None) -> Replayed:
    if not settings.history:
        raise UserError("a replay needs history; --history takes a number of commits")
    history = past(opened.context, None if within else settings.history, within)
    if history is None:
        raise UserError("the build context is in no git repository: there is nothing to replay")
    if not history.count:
        raise UserError("no commit but the first touches the build context: nothing to replay")
    before, after = plans(optimize(opened.text, opened.project, settings), opened.project, settings)
    with _progress(history.count) as tell_progress:
        return replay(before, after, history, settings.target, tell_progress)


@contextmanager
def _progress(count: int) -> Iterator[Callable[[int], object]]:
    """Something to call with each commit: a bar on a terminal, if there are many."""
    if count < _MANY:
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - only for long work
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Replaying", total=count)
        yield lambda done: bar.advance(task, done)


def _draw(found: Replayed, to: Path) -> None:
    if to.suffix.lower() != ".svg":
        raise UserError("a picture is an SVG: name it FILE.svg", path=str(to))
    write_text(to, picture.svg(found))


def _show(found: Replayed, form: str, color: str) -> None:
    if form == "json":
        click.echo(json.dumps(asdict(found.estimate), indent=2))
        return
    from rich.console import Console  # noqa: PLC0415 - the JSON needs none of it

    forced = {"always": True, "never": False}.get(color)
    console = Console(force_terminal=forced, highlight=False, markup=False)
    console.print(report.table(found))
    for line in report.steps(found):
        console.print(line, soft_wrap=True)
