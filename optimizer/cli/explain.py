"""`dfopt explain`: what each step reads and writes, and what it waits for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from optimizer.cli.opening import open_dockerfile
from optimizer.cli.options import formats, settings_for, shared
from optimizer.cli.trouble import doors, say
from optimizer.graph.plan import Given, make_plan
from optimizer.report import json as report_json
from optimizer.report import text as report_text


@click.command(
    "explain", short_help="Show what each step reads and writes, and what it waits for."
)
@click.argument("path", default="Dockerfile")
@formats("text", "json")
@shared
def command(
    path: str, *, form: str, context: Path | None, config: Path | None, color: str, **flags: Any
) -> None:
    """Show each step: what it reads of the context, writes, and has to stand behind.

    \b
    Examples:
      dfopt explain Dockerfile
      dfopt explain Dockerfile --format json | jq '.stages[].steps[] | {line, reads}'
    """
    click.get_current_context().color = {"always": True, "never": False}.get(color)
    with doors(path):
        settings = settings_for(Path(path), config, flags)
        opened = open_dockerfile(path, context, settings)
        given = Given(
            opened.project.files, opened.project.weights, settings.build_args, settings.builder,
            tools=opened.project.tools,
        )  # fmt: skip
        answer = report_json.explained(
            path, str(opened.context), opened.reason, make_plan(opened.text, given)
        )
    if form == "json":
        click.echo(json.dumps(answer, indent=2))
        return
    for line in report_text.explained(answer):
        say(line)
