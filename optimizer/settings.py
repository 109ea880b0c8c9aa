"""Settings: from `[tool.dfopt]` in pyproject.toml, `dfopt.toml`, and flags."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from optimizer.errors import UserError

BUILDERS = ("buildkit", "legacy", "buildah", "kaniko")
HISTORY = 500
_VERSION = re.compile(r"(\d+)\.(\d+)")
# A path, or a folder and all below it.
_PATTERN = re.compile(r"(?:[^*?\[\]]*[^*?\[\]/]|/)?(?:(?<=/)\*\*|/\*\*)?|\*\*")


@dataclass(frozen=True)
class Taught:
    """A command that the user teaches.

    Attributes:
        words: The program as it is written in a RUN, and the arguments that it is known by.
        reads: Files, or `dir/**`, that matter to it; relative ones to where it runs.
        writes: What it may create, change or delete.
        probes: Paths whose existence matters to it.
        network: Whether it fetches something.
        seconds: What it takes.
    """

    words: tuple[str, ...]
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    probes: tuple[str, ...] = ()
    network: bool = False
    seconds: float = 10.0


@dataclass(frozen=True)
class Settings:
    """What a user may choose.

    Attributes:
        select: Passes to run besides the default ones; with `only`, instead of them.
        ignore: Passes not to run.
        strict: Only rewrites whose promise is `same-image`.
        relaxed: Rewrites whose promise is `same-behaviour`, too.
        builder: The builder whose rules hold.
        frontend: The version of Dockerfiles that the builder knows, as in `1.19`; "" if that is not said.
        history: Commits of history to weigh changes by; 0 is off.
        build_args: Values of `--build-arg`.
        target: The stage that is built; None is the last.
        network_moves: Whether steps that fetch from the network may be crossed.
        commands: Commands that the user teaches.
        log: The log of a real build to take seconds from.
        timings: A timings file to take seconds from.
        check_select: The checks that `check` runs; none means all.
        check_ignore: Checks not to run.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    strict: bool = False
    relaxed: bool = False
    builder: str = "buildkit"
    frontend: str = ""
    history: int = HISTORY
    build_args: Mapping[str, str] = field(default_factory=dict)
    target: str | None = None
    network_moves: bool = True
    commands: tuple[Taught, ...] = ()
    log: str | None = None
    timings: str | None = None
    check_select: tuple[str, ...] = ()
    check_ignore: tuple[str, ...] = ()

    @property
    def dockerfiles(self) -> tuple[int, int]:
        """`frontend` as numbers; (0, 0) if that is not said."""
        found = _VERSION.fullmatch(self.frontend)
        return (int(found[1]), int(found[2])) if found else (0, 0)


_FROM_FILE: Mapping[str, type[Any]] = {
    "select": list,
    "ignore": list,
    "strict": bool,
    "relaxed": bool,
    "builder": str,
    "frontend": str,
    "history": int,
    "build-args": dict,
    "target": str,
    "network-moves": bool,
    "commands": dict,
    "check-select": list,
    "check-ignore": list,
}


def find(folder: Path) -> Path | None:
    """The nearest settings file, from the Dockerfile's folder upwards to the repository's root."""
    for parent in (folder, *folder.parents):
        own = parent / "dfopt.toml"
        if own.is_file():
            return own
        project = parent / "pyproject.toml"
        if project.is_file() and "[tool.dfopt" in project.read_text("utf-8", "replace"):
            return project
        if (parent / ".git").exists():
            return None
    return None


def read(path: Path) -> Settings:
    """Read a settings file.

    Raises:
        UserError: It is not TOML, or has a key or a value that is not known.
    """
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"cannot be read: {error}", path=str(path)) from None
    if path.name == "pyproject.toml":
        data = data.get("tool", {}).get("dfopt", {})
    return _checked(data, str(path))


def _checked(data: Mapping[str, Any], path: str) -> Settings:
    changes: dict[str, Any] = {}
    for key, value in data.items():
        kind = _FROM_FILE.get(key)
        if kind is None:
            known = ", ".join(sorted(_FROM_FILE))
            raise UserError(f"unknown setting {key!r}; known are {known}", path=path)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise UserError(f"{key} must be a {kind.__name__}", path=path)
        changes[key.replace("-", "_")] = tuple(value) if kind is list else value
    if "commands" in changes:
        changes["commands"] = tuple(_taught(n, c, path) for n, c in changes["commands"].items())
    if changes.get("builder", "buildkit") not in BUILDERS:
        raise UserError(f"builder must be one of {', '.join(BUILDERS)}", path=path)
    if not _VERSION.fullmatch(changes.get("frontend", "1.0")):
        raise UserError('frontend must be a version of Dockerfiles, as "1.19"', path=path)
    return replace(Settings(), **changes)


_COMMAND: Mapping[str, type[Any] | tuple[type[Any], ...]] = {
    "reads": list, "writes": list, "probes": list, "network": bool, "seconds": (int, float),
}  # fmt: skip


def _taught(name: str, entry: Any, path: str) -> Taught:
    """One table of `[tool.dfopt.commands]`; `reads` and `writes` must be said, be it as `[]`."""
    where = f"commands.{name!r}"
    if not name.split() or not isinstance(entry, dict) or not {"reads", "writes"} <= entry.keys():
        raise UserError(f"{where} needs a program, reads and writes", path=path)
    for key, value in entry.items():
        kind = _COMMAND.get(key)
        if kind is None:
            raise UserError(f"{where} has no {key!r}; known are {', '.join(_COMMAND)}", path=path)
        if not isinstance(value, kind) or (key == "seconds" and isinstance(value, bool)):
            raise UserError(f"{where}: {key} has a value of a wrong kind", path=path)
        for each in value if isinstance(value, list) else ():
            if not isinstance(each, str) or not _PATTERN.fullmatch(each):
                raise UserError(
                    f"{where}: {key} takes paths, and `dir/**` for all below one", path=path
                )
    lists = {k: tuple(v) for k, v in entry.items() if isinstance(v, list)}
    return Taught(tuple(name.split()), **{**entry, **lists})


def given(settings: Settings, **flags: Any) -> Settings:
    """The settings with the flags that were given on the command line (not None)."""
    names = {f.name for f in fields(Settings)}
    return replace(settings, **{k: v for k, v in flags.items() if k in names and v is not None})
