"""`dfopt verify`: build the original and the rewritten file for real, and compare the images."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from optimizer.cache.timings import Timed, write_timings
from optimizer.cli.interrupting import building, interruptible, progress, silent
from optimizer.cli.opening import Opened, open_dockerfile, write_text
from optimizer.cli.options import formats, settings_for, shared, timed
from optimizer.cli.trouble import leave, say
from optimizer.pipeline import Result, optimize
from optimizer.report import verification as report
from optimizer.settings import Settings
from optimizer.verify.builder import KINDS, Builder, find
from optimizer.verify.order import Order, Version
from optimizer.verify.verification import measure, verify


@click.command("verify", short_help="Build both for real, and compare the images.")
@click.argument("path", default="Dockerfile")
@click.option(
    "--with",
    "kind",
    type=click.Choice(KINDS),
    help="The builder. Default: the first that answers.",
)
@click.option(
    "--runs",
    type=click.IntRange(min=2),
    default=2,
    show_default=True,
    help="How often to build the original: more find more that is unstable.",
)
@click.option(
    "--replay",
    "commits",
    type=click.IntRange(min=1),
    metavar="N",
    help="Build the last N commits with each file, and print seconds and cache hits beside the model's.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=1),
    default=3600.0,
    show_default=True,
    metavar="SECONDS",
    help="How long one build may take.",
)
@click.option("--network", help="As for docker build, such as host or none.")
@click.option("--keep", is_flag=True, help="Keep the images, and print their names.")
@click.option(
    "--timings-out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write there what each step took, for --timings of replay and rewrite.",
)
@click.option("-q", "--quiet", is_flag=True, help="No progress on standard error.")
@formats("text", "json")
@timed
@shared
def command(
    path: str, *, kind: str | None, runs: int, timeout: float, network: str | None, keep: bool,
    timings_out: Path | None, commits: int | None, quiet: bool, form: str,
    context: Path | None, config: Path | None, color: str, **flags: Any,
) -> None:  # fmt: skip
    """Show by real builds that the rewritten Dockerfile makes the same image.

    The original is built twice and the rewritten file once, without the layer cache; this runs
    what the Dockerfile runs. Paths that differ between the builds of the original are listed as
    unstable. Nothing is left of it but the builder's own cache.

    With --replay, no images are compared: the last N commits that touch the build context are
    built one after another, with the original and with the rewritten file, each with a cache of
    its own that is cold at the start. Every step that `dfopt replay` is wrong about is listed.

    \b
    Examples:
      dfopt verify Dockerfile
      dfopt verify Dockerfile --with podman --runs 3 --format json
      dfopt verify Dockerfile --timings-out t.json && dfopt replay Dockerfile --timings t.json
      dfopt verify Dockerfile --replay 20

    Exit codes: 0 the same image, 1 another image or a rewritten file that does not build (where
    the original does), 2 no builder, or an original that does not build.
    """
    click.get_current_context().color = {"always": True, "never": False}.get(color)
    with building(path):
        settings = settings_for(Path(path), config, flags)
        opened = open_dockerfile(path, context, settings)
        result = optimize(opened.text, opened.project, settings)
        builder = find(kind) if result.changed or timings_out else None
        order = Order(
            opened.context, settings.target, settings.build_args, network, runs, timeout, keep
        )
        task = _Task(builder, opened, result, order, silent if quiet else progress)
        steps, answer = _compared(task) if commits is None else _replayed(task, settings, commits)
        if timings_out is not None:
            write_text(timings_out, write_timings(steps or _measured(task)))
    leave(answer(path, form, color))


@dataclass(frozen=True)
class _Task:
    """What is to be done; without a builder nothing is."""

    builder: Builder | None
    opened: Opened
    result: Result
    order: Order
    say: Callable[[str], None]

    @property
    def kind(self) -> str | None:
        """The builder's, if dfopt changes the file."""
        return self.builder.kind if self.builder is not None and self.result.changed else None

    @property
    def original(self) -> Version:
        """The file as it stands."""
        return Version(self.opened.text, self.opened.project.files.rules)


# Prints what was found (to the path, in a form, in colours), and says the exit code.
_Answer = Callable[[str, str, str], int]


def _compared(task: _Task) -> tuple[tuple[Timed, ...], _Answer]:
    done = None
    if task.builder is not None and task.result.changed:
        changed = [also.after for also in task.result.also]
        after = Version(task.result.after, changed[0] if changed else task.original.rules)
        with interruptible():
            done = verify(task.builder, task.original, after, task.order, task.say)

    def answer(path: str, form: str, _: str) -> int:
        if form == "json":
            click.echo(json.dumps(report.as_json(task.kind, done), indent=2))
        for line in () if form == "json" else report.as_text(path, done):
            say(line)
        return 0 if done is None or done.same else 1

    return done.steps if done else (), answer


def _replayed(
    task: _Task, settings: Settings, commits: int
) -> tuple[tuple[Timed, ...], _Answer]:
    from optimizer.cli import rebuilds  # noqa: PLC0415 - with it comes what replays

    found = None
    if task.builder is not None and task.result.changed:
        found = rebuilds.rebuilt(
            task.builder, task.opened, task.result, settings, task.order, commits, task.say
        )

    def answer(path: str, form: str, color: str) -> int:
        return rebuilds.show(path, form, color, task.kind, found)

    return found.steps if found else (), answer


def _measured(task: _Task) -> tuple[Timed, ...]:
    """Where there is nothing to compare, the file as it stands is built once."""
    if task.builder is None or task.result.changed:
        return ()
    with interruptible():
        return measure(task.builder, task.original, task.order, task.say)
