"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from optimizer.errors import UserError
from optimizer.settings import BUILDERS, Settings, find, given, read

F = TypeVar("F", bound=Callable[..., Any])


def _history(_: click.Context, __: click.Parameter, value: str | None) -> int | None:
    if value is None:
        return None
    if value == "off":
        return 0
    if not value.isdigit():
        raise click.BadParameter("takes a number of commits, or off")
    return int(value)


def _build_args(
    _: click.Context, __: click.Parameter, values: tuple[str, ...]
) -> dict[str, str] | None:
    pairs = (v.partition("=") for v in values)
    return {name: value for name, _, value in pairs} if values else None


_SHARED = (
    click.option(
        "--context",
        type=click.Path(path_type=Path),
        help="The build context. Default: found from compose, bake and workflow files, else the Dockerfile's folder.",
    ),
    click.option("--target", help="The stage that is built. Default: the last one."),
    click.option(
        "--build-arg",
        "build_args",
        multiple=True,
        metavar="NAME=VALUE",
        callback=_build_args,
        help="As for docker build; may be given several times.",
    ),
    click.option(
        "--builder", type=click.Choice(BUILDERS), help="Whose rules hold. Default: buildkit."
    ),
    click.option(
        "--history",
        callback=_history,
        metavar="N|off",
        help="Commits of git history to weigh changes by. Default: 500.",
    ),
    click.option(
        "--config",
        type=click.Path(path_type=Path),
        help="A dfopt.toml or pyproject.toml. Default: the nearest to the Dockerfile.",
    ),
    click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        show_default=True,
        help="Colours.",
    ),
)


_TIMED = (
    click.option(
        "--log",
        metavar="FILE",
        help="The log of a real build, to take the seconds of steps from.",
    ),
    click.option(
        "--timings", metavar="FILE", help="A timings file, to take the seconds of steps from."
    ),
)


def formats(*forms: str, say: str = "Form of the answer.") -> Callable[[F], F]:
    """Give a command --format; the first form is the default."""
    return click.option(
        "--format", "form", type=click.Choice(forms), default=forms[0], show_default=True, help=say
    )


def shared(command: F) -> F:
    """Give a command the options that all commands know."""
    for option in reversed(_SHARED):
        command = option(command)
    return command


def timed(command: F) -> F:
    """Give a command the options that say what steps take."""
    for option in reversed(_TIMED):
        command = option(command)
    return command


def settings_for(dockerfile: Path, config: Path | None, flags: dict[str, Any]) -> Settings:
    """The settings that hold for a Dockerfile.

    Raises:
        UserError: The settings file is wrong.
    """
    if config is not None and not config.is_file():
        raise UserError("there is no such settings file", path=str(config))
    path = config or find(dockerfile.absolute().parent)
    return given(read(path) if path else Settings(), **flags)
