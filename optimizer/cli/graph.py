"""`dfopt graph`: the step graph as DOT, Mermaid or SVG."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import click

from optimizer.cli.opening import open_dockerfile
from optimizer.cli.options import formats, settings_for, shared
from optimizer.cli.trouble import doors
from optimizer.errors import UserError
from optimizer.graph.plan import Given, make_plan
from optimizer.report.graph import dot, mermaid


@click.command("graph", short_help="Draw the step graph: DOT, Mermaid or SVG.")
@click.argument("path", default="Dockerfile")
@formats("dot", "mermaid", "svg", say="SVG needs Graphviz.")
@shared
def command(
    path: str, *, form: str, context: Path | None, config: Path | None, **flags: Any
) -> None:
    """Draw the steps of a Dockerfile and what has to stand before what.

    \b
    Examples:
      dfopt graph Dockerfile --format svg > steps.svg
      dfopt graph Dockerfile --format mermaid
    """
    with doors(path):
        flags.pop("color")  # there is nothing to colour
        settings = settings_for(Path(path), config, flags)
        opened = open_dockerfile(path, context, settings)
        given = Given(
            opened.project.files, opened.project.weights, settings.build_args, settings.builder,
            tools=opened.project.tools,
        )  # fmt: skip
        lines = (mermaid if form == "mermaid" else dot)(make_plan(opened.text, given))
        text = "\n".join(lines) + "\n"
        click.echo(_svg(text) if form == "svg" else text, nl=False)


def _svg(text: str) -> str:
    program = shutil.which("dot")
    if program is None:
        raise UserError("SVG needs Graphviz's `dot` on the PATH; or take --format dot or mermaid")
    drawn = subprocess.run(
        [program, "-Tsvg"], input=text, capture_output=True, text=True, check=True
    )
    return drawn.stdout
