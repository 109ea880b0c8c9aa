"""`dfopt tools`: the programs that dfopt knows, and how deeply."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from optimizer.cli.options import formats, settings_for
from optimizer.cli.trouble import doors, leave
from optimizer.effects.taught import plugins, table
from optimizer.effects.tool import Tool
from optimizer.effects.tools import TITLES, TOOLS


@click.command("tools", short_help="List the programs that dfopt knows, and how deeply.")
@click.argument("names", nargs=-1, metavar="[PROGRAM]...")
@formats("text", "json", "markdown")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="A dfopt.toml or pyproject.toml. Default: the nearest to this folder.",
)
def command(names: tuple[str, ...], *, form: str, config: Path | None) -> None:
    """List the programs that dfopt knows, with what it knows of each.

    \b
    Examples:
      dfopt tools
      dfopt tools npm pip
      dfopt tools --format markdown   the table of the README

    Exit codes: 0 fine, 1 a program is not known, 2 a mistake in the settings.
    """
    with doors(""):
        settings = settings_for(Path("Dockerfile"), config, {})
        known = table(settings.commands)
    taught = {each.words[0] for each in settings.commands}
    entries = list(_entries(known, taught, names))
    if form == "markdown":
        click.echo(_groups())
    elif form == "json":
        click.echo(json.dumps({"version": 1, "tools": entries}, indent=2))
    else:
        for entry in entries:
            click.echo(_line(entry))
    missing = [name for name in names if name not in known]
    for name in missing:
        click.echo(f"{name}: not known; a step that runs it is in doubt", err=True)
    leave(int(bool(missing)))


def _groups() -> str:
    """Dfopt's own tools as a table, a row for each family; those that are a doubt by name left out."""
    rows = ["| family | tools |", "|---|---|"]
    for group, title in TITLES.items():
        known = [tool.name for tool in TOOLS.group(group) if tool.summary]
        rows.append(f"| {title} | {', '.join(known)} |")
    return "\n".join(rows)


def _entries(
    known: Mapping[str, Tool], taught: set[str], names: tuple[str, ...]
) -> Iterator[dict[str, Any]]:
    """A row for each tool: its programs together."""
    foreign = {program for tool in plugins() for program in tool.programs}
    rows: dict[tuple[str, str, str], list[str]] = {}
    for program, tool in known.items():
        if names and program not in names:
            continue
        source = (
            "settings" if program in taught else "plugin" if program in foreign else "built-in"
        )
        rows.setdefault((tool.name, tool.summary, source), []).append(program)
    for (name, summary, source), programs in sorted(rows.items()):
        yield {"name": name, "programs": sorted(programs), "known": summary, "source": source}


def _line(entry: dict[str, Any]) -> str:
    source = "" if entry["source"] == "built-in" else f" [{entry['source']}]"
    what = f": {entry['known']}" if entry["known"] else ""
    return f"{', '.join(entry['programs'])}{what}{source}"
