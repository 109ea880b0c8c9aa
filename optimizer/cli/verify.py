"""`dfopt verify`: build the original and the rewritten file for real, and compare the images."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from optimizer.cache.timings import write_timings
from optimizer.cli.interrupting import interruptible, progress, silent
from optimizer.cli.opening import Opened, open_dockerfile, write_text
from optimizer.cli.options import settings_for, shared
from optimizer.cli.trouble import leave, tell, tell_bug
from optimizer.errors import UserError
from optimizer.pipeline import Result, optimize
from optimizer.report import verification as report
from optimizer.verify.builder import KINDS, Builder, find
from optimizer.verify.running import FailedError
from optimizer.verify.verification import Order, Verification, Version, measure, verify


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
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Form of the answer.",
)
@shared
def command(
    path: str, *, kind: str | None, runs: int, timeout: float, network: str | None, keep: bool,
    timings_out: Path | None, quiet: bool, form: str, context: Path | None, config: Path | None, color: str, **flags: Any,
) -> None:  # fmt: skip
    """Show by real builds that the rewritten Dockerfile makes the same image.

    The original is built twice and the rewritten file once, without the layer cache; this runs
    what the Dockerfile runs. Paths that differ between the builds of the original are listed as
    unstable. Nothing is left of it but the builder's own cache.

    \b
    Examples:
      dfopt verify Dockerfile
      dfopt verify Dockerfile --with podman --runs 3 --format json
      dfopt verify Dockerfile --timings-out t.json && dfopt replay Dockerfile --timings t.json

    Exit codes: 0 the same image, 1 another image or a rewritten file that does not build,
    2 no builder, or an original that does not build.
    """
    click.get_current_context().color = {"always": True, "never": False}.get(color)
    try:
        settings = settings_for(Path(path), config, flags)
        opened = open_dockerfile(path, context, settings)
        result = optimize(opened.text, opened.project, settings)
        builder = find(kind) if result.changed or timings_out else None
        order = Order(
            opened.context, settings.target, settings.build_args, network, runs, timeout, keep
        )
        done, say = None, silent if quiet else progress
        if builder is not None and result.changed:
            with interruptible():
                done = _verified(builder, opened, result, order, say)
        if builder is not None and timings_out is not None:
            with interruptible():
                steps = done.steps if done else measure(builder, _original(opened), order, say)
            write_text(timings_out, write_timings(steps))
    except UserError as error:
        tell(error, path)
        leave(2)
    except FailedError as error:
        tell(UserError(f"the builder does not answer: {error}: {' '.join(error.lines)}"), path)
        leave(2)
    except Exception as error:  # noqa: BLE001 - the last door
        tell_bug(error, path)
        leave(3)
    _show(path, form, builder, done)


def _verified(
    builder: Builder, opened: Opened, result: Result, order: Order, say: Callable[[str], None]
) -> Verification:
    before = _original(opened)
    changed = [also.after for also in result.also]
    after = Version(result.after, changed[0] if changed else before.rules)
    return verify(builder, before, after, order, say)


def _original(opened: Opened) -> Version:
    return Version(opened.text, opened.project.files.rules)


def _show(path: str, form: str, builder: Builder | None, done: Verification | None) -> None:
    if form == "json":
        kind = builder.kind if builder is not None else None
        click.echo(json.dumps(report.as_json(kind, done), indent=2))
    else:
        for line in report.as_text(path, done):
            click.echo(line.encode("utf-8", "backslashreplace").decode())
    leave(0 if done is None or done.same else 1)
