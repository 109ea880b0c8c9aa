"""`dfopt trace`: what the RUNs read of the context in a real build, beside what is inferred."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from optimizer.cli.interrupting import building, interruptible, progress, silent
from optimizer.cli.opening import open_dockerfile
from optimizer.cli.options import formats, settings_for, shared
from optimizer.cli.trouble import leave, say
from optimizer.effects.taught import table
from optimizer.graph.plan import Given, Plan, make_plan
from optimizer.report import tracing as report
from optimizer.settings import Taught
from optimizer.verify.builder import find
from optimizer.verify.order import Order
from optimizer.verify.teaching import suggestions
from optimizer.verify.tracing import KINDS, trace


@click.command("trace", short_help="What each RUN really reads, by a traced build.")
@click.argument("path", default="Dockerfile")
@click.option("--suggest", is_flag=True, help="Print settings that teach the commands which are not understood.")
@click.option(
    "--with",
    "kind",
    type=click.Choice(KINDS),
    help="The builder. Default: the first that answers.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=1),
    default=3600.0,
    show_default=True,
    metavar="SECONDS",
    help="How long the build may take.",
)
@click.option("--network", help="As for docker build, such as host or none.")
@click.option("-q", "--quiet", is_flag=True, help="No progress on standard error.")
@formats("text", "json")
@shared
def command(
    path: str, *, suggest: bool, kind: str | None, timeout: float, network: str | None,
    quiet: bool, form: str, context: Path | None, config: Path | None, color: str, **flags: Any,
) -> None:  # fmt: skip
    """Build once with each RUN under strace, and say which context files it really read.

    Beside them stand those that dfopt infers: `missed` was read and is not inferred, `extra` the
    other way round. This runs what the Dockerfile runs. It needs strace on this machine, and a
    builder that lets a process trace its own children, as Docker does by default.

    \b
    Examples:
      dfopt trace Dockerfile
      dfopt trace Dockerfile --suggest >> dfopt.toml

    Exit codes: 0 nothing was missed, 1 something was, 2 no builder, no strace, or a file that
    does not build.
    """
    click.get_current_context().color = {"always": True, "never": False}.get(color)
    with building(path):
        settings = settings_for(Path(path), config, flags)
        opened = open_dockerfile(path, context, settings)
        given = Given(
            opened.project.files, opened.project.weights, settings.build_args, settings.builder,
            tools=opened.project.tools,
        )  # fmt: skip
        builder = find(kind)
        order = Order(opened.context, settings.target, settings.build_args, network, 1, timeout)
        tell = silent if quiet else progress
        with interruptible():
            traced = trace(builder, make_plan(opened.text, given), order, tell)

        def understand(taught: tuple[Taught, ...]) -> Plan:
            return make_plan(
                opened.text, replace(given, tools=table((*settings.commands, *taught)))
            )

        found = suggestions(traced, understand) if suggest or form == "json" else ()
    if form == "json":
        click.echo(json.dumps(report.as_json(builder.kind, traced, found), indent=2))
    else:
        lines = report.settings(found) if suggest else report.as_text(path, traced)
        for line in lines:
            say(line)
    leave(1 if any(each.missed for each in traced) else 0)
