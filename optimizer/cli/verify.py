"""`dfopt verify`: build the original and the rewritten file for real, and compare the images."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import click

from optimizer.cli.opening import Opened, open_dockerfile
from optimizer.cli.options import settings_for, shared
from optimizer.cli.trouble import leave, tell, tell_bug
from optimizer.errors import UserError
from optimizer.pipeline import Result, optimize
from optimizer.report import verification as report
from optimizer.verify.builder import KINDS, Builder, find
from optimizer.verify.running import FailedError
from optimizer.verify.verification import Order, Verification, Version, verify


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
    quiet: bool, form: str, context: Path | None, config: Path | None, color: str, **flags: Any,
) -> None:  # fmt: skip
    """Show by real builds that the rewritten Dockerfile makes the same image.

    The original is built twice and the rewritten file once, without the layer cache; this runs
    what the Dockerfile runs. Paths that differ between the builds of the original are listed as
    unstable. Nothing is left of it but the builder's own cache.

    \b
    Examples:
      dfopt verify Dockerfile
      dfopt verify Dockerfile --with podman --runs 3 --format json

    Exit codes: 0 the same image, 1 another image or a rewritten file that does not build,
    2 no builder, or an original that does not build.
    """
    click.get_current_context().color = {"always": True, "never": False}.get(color)
    try:
        settings = settings_for(Path(path), config, flags)
        opened = open_dockerfile(path, context, settings)
        result = optimize(opened.text, opened.project, settings)
        builder = find(kind) if result.changed else None
        order = Order(
            opened.context, settings.target, settings.build_args, network, runs, timeout, keep
        )
        done = None
        if builder is not None:
            with _interruptible():
                done = _verified(builder, opened, result, order, _silent if quiet else _say)
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
    rules = opened.project.files.rules
    changed = [also.after for also in result.also]
    before = Version(result.before, rules)
    after = Version(result.after, changed[0] if changed else rules)
    return verify(builder, before, after, order, say)


def _show(path: str, form: str, builder: Builder | None, done: Verification | None) -> None:
    if form == "json":
        kind = builder.kind if builder is not None else None
        click.echo(json.dumps(report.as_json(kind, done), indent=2))
    else:
        for line in report.as_text(path, done):
            click.echo(line.encode("utf-8", "backslashreplace").decode())
    leave(0 if done is None or done.same else 1)


_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
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
    _say("interrupted; putting away what was begun")
    sys.exit(128 + number)


def _say(line: str) -> None:
    click.echo(line.encode("utf-8", "backslashreplace").decode(), err=True)


def _silent(_: str) -> None:
    """For --quiet."""
