"""The `dfopt` command: one module a subcommand, imported only when it is called."""

from __future__ import annotations

import gc
from importlib import import_module

import click

from optimizer import __version__

_COMMANDS = {
    "rewrite": "Rewrite Dockerfiles so that rebuilds hit the cache.",
    "check": "Find what is missing, drifted or could be better; change nothing.",
    "replay": "Replay the git history: before, after and ideal.",
    "explain": "Show what each step reads and writes, and what it waits for.",
    "simulate": "Show what a rebuild prints after a change, before and after.",
    "tools": "List the programs that dfopt knows, and how deeply.",
    "graph": "Draw the step graph: DOT, Mermaid or SVG.",
    "verify": "Build both for real, and compare the images.",
    "trace": "What each RUN really reads, by a traced build.",
}
# Objects between two collections; Python's own is 700 (2,000 from 3.13 on).
_YOUNG = 50_000


class _Commands(click.Group):
    """A group whose commands are modules of this package."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        # Modules and plans are kept, so a young collection finds little: a tenth of a short run.
        gc.set_threshold(_YOUNG)
        command: click.Command = import_module(f"optimizer.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="dfopt")
def main() -> None:
    """Rewrite Dockerfiles so that rebuilds hit the cache, and keep the image the same.

    \b
    Examples:
      dfopt rewrite Dockerfile --diff      show the better Dockerfile, and why
      dfopt rewrite . --write              rewrite every Dockerfile below this folder
      dfopt rewrite . --check              exit 1 if anything would change (for CI)
      dfopt check .                        exit 1 if something is missing or could be better
      dfopt replay Dockerfile              what the git history would have rebuilt
      dfopt explain Dockerfile             what each step reads, and what holds it back
      dfopt simulate Dockerfile --change index.js   what a rebuild prints then
      dfopt graph Dockerfile --format dot | dot -Tsvg > graph.svg
      dfopt verify Dockerfile              build both for real, and compare the images
      dfopt trace Dockerfile               what each RUN really reads, by a traced build

    Exit codes: 0 fine, 1 would change or has findings, 2 a mistake in the input, 3 a bug in dfopt.
    """
