"""`dfopt simulate`: what a rebuild prints after a change, before and after the rewrite."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from optimizer.cache.changes import Changes
from optimizer.cache.simulate import Situation, simulate
from optimizer.cli.opening import Opened, files_at, open_dockerfile
from optimizer.cli.options import formats, settings_for, shared, timed
from optimizer.cli.trouble import doors
from optimizer.context.files import Files
from optimizer.dockerfile.instructions import Arg, typed
from optimizer.dockerfile.source import parse
from optimizer.errors import UserError
from optimizer.pipeline import optimize
from optimizer.report import simulation
from optimizer.settings import Settings

_WIDTH = 100


@dataclass(frozen=True)
class _Wish:
    """What is to change between the two builds."""

    changes: Changes
    commits: str | None
    build_args: Mapping[str, str]

    def words(self) -> list[str]:
        """The change, for the answer."""
        given = self.changes
        return [
            *(f"{path} changed" for path in given.change),
            *(f"{path} added" for path in given.add),
            *(f"{path} removed" for path in given.remove),
            *(f"--build-arg {name}={value}" for name, value in self.build_args.items()),
            *([f"commits {self.commits}"] if self.commits else []),
        ]


@click.command("simulate", short_help="Show what a rebuild prints after a change.")
@click.argument("path", default="Dockerfile")
@click.option("--change", multiple=True, metavar="FILE", help="A file of the context gets another content.")
@click.option("--add", multiple=True, metavar="FILE", help="A file is new.")
@click.option("--remove", multiple=True, metavar="FILE", help="A file or folder goes away.")
@click.option(
    "--commits", metavar="A..B", help="Build the context of commit A, then that of commit B."
)
@formats("text", "json")
@timed
@shared
def command(
    path: str, *, change: tuple[str, ...], add: tuple[str, ...], remove: tuple[str, ...],
    commits: str | None, form: str, context: Path | None, config: Path | None, color: str,
    build_args: dict[str, str] | None, **flags: Any,
) -> None:  # fmt: skip
    """Show what a rebuild prints after a change: each step CACHED or rebuilt, and why.

    PATH is a Dockerfile. It is built by the builder's own rules, in thought: nothing runs, and
    no file is changed. Files are named relative to the build context; a --build-arg is given
    to the second build only.

    \b
    Examples:
      dfopt simulate Dockerfile --change src/index.js
      dfopt simulate Dockerfile --change package.json --add src/new.js --format json
      dfopt simulate Dockerfile --build-arg GIT_SHA=abc
      dfopt simulate Dockerfile --commits HEAD~1..HEAD
    """
    wish = _Wish(Changes(change, add, remove), commits, build_args or {})
    with doors(path):
        settings = settings_for(Path(path), config, flags)
        opened = open_dockerfile(path, context, settings)
        _show(_simulated(wish, opened, settings), form, color)


def _simulated(wish: _Wish, opened: Opened, settings: Settings) -> tuple[Any, ...]:
    """The words of the change, and the steps before and after the rewrite."""
    if not wish.words():
        raise UserError("say what changes: --change, --add, --remove, --build-arg or --commits")
    _check_arguments(opened.text, wish.build_args)
    result = optimize(opened.text, opened.project, settings)
    files = opened.project.files
    before = _steps(result.before, wish, opened, settings, files)
    for also in result.also:
        files = files.with_rules(also.after)
    after = _steps(result.after, wish, opened, settings, files)
    return wish.words(), before, after


def _steps(text: str, wish: _Wish, opened: Opened, settings: Settings, files: Files) -> Any:
    first = second = files
    if wish.commits:
        first, second = files_at(opened, wish.commits, files)
    start = Situation(
        first, settings.build_args, settings.target, settings.builder, opened.project.tools
    )
    end = replace(
        start,
        files=wish.changes.made(second) if wish.changes else second,
        build_args={**settings.build_args, **wish.build_args},
    )
    return simulate(text, start, end)


def _check_arguments(text: str, given: Mapping[str, str]) -> None:
    source = parse(text)
    views = (typed(i, source.escape) for i in source.instructions if i.keyword == "ARG")
    declared = {name for view in views if isinstance(view, Arg) for name, _ in view.pairs}
    for name in given:
        if name not in declared:
            raise UserError(f"--build-arg {name} has no effect: no ARG has this name")


def _show(found: tuple[Any, ...], form: str, color: str) -> None:
    if form == "json":
        click.echo(json.dumps(simulation.answer(*found), indent=2))
        return
    from rich.console import Console  # noqa: PLC0415 - the JSON needs none of it

    console = Console(
        force_terminal={"always": True, "never": False}.get(color), highlight=False, markup=False
    )
    if not console.is_terminal:
        console = Console(width=_WIDTH, highlight=False, markup=False)
    with console.capture() as printed:
        console.print(simulation.table(*found))
    for line in printed.get().splitlines():
        click.echo(line.rstrip())
