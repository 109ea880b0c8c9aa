"""Cargo's settings: `.cargo/config.toml` of each folder above, and what they name of the project.

The Cargo Book 1.95, "Configuration"; measured with cargo 1.65 and 1.95: a path in a settings file
starts at the folder that `.cargo` stands in; one in `rustflags` where the build runs.
"""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Iterable, Iterator
from typing import Any

from optimizer.effects.model import NONE, Effects
from optimizer.effects.tool import Command, Kind, known
from optimizer.effects.tools.looking import look, strings, table, upwards, whole_tree, words

# Settings by which a build writes or runs something elsewhere.
ELSEWHERE = re.compile(
    r"target-dir|build-dir|out-dir|artifact-dir|^\s*\[?env|include|runner|rustc", re.MULTILINE
)
_NAMES = (".cargo/config.toml", ".cargo/config")
# What a variable of the environment names for the linker, or in place of a program.
_PROGRAMS = re.compile(r"RUSTC|RUSTDOC|RUSTC_(WORKSPACE_)?WRAPPER|CARGO_BUILD_RUSTC.*|CARGO_TARGET_.*_(LINKER|RUNNER)")
_FLAGS = re.compile(r"(CARGO_(BUILD_|ENCODED_|TARGET_.*_))?RUSTFLAGS|RUSTDOCFLAGS")
_RUN = words("linker ar rustc rustdoc rustc-wrapper rustc-workspace-wrapper runner")


def cargo_home(command: Command) -> str:
    """Where cargo keeps its registry, and puts what it installs."""
    return command.env.get("CARGO_HOME") or posixpath.join(command.home(), ".cargo")


def settings(command: Command, folder: str) -> Effects:
    """Cargo's and rustup's settings of a folder."""
    names = (*_NAMES, "rust-toolchain.toml", "rust-toolchain")
    home = cargo_home(command)
    own = (f"{home}/config.toml", f"{home}/config", f"{home}/credentials.toml")
    paths = [posixpath.join(place, name) for place in upwards(folder) for name in names]
    return look(command.machine, *paths, *(p for p in own if known(p)))


def read(command: Command, folder: str) -> tuple[Effects, tuple[str, ...]]:
    """The settings of a folder with what they name, and the crates that they put in place of others."""
    seen, crates = settings(command, folder), list[str]()
    for path in sorted(seen.reads):
        if not path.endswith(_NAMES) and posixpath.dirname(path) != cargo_home(command):
            continue
        try:
            data = tomllib.loads(command.machine.text(path) or "")
        except tomllib.TOMLDecodeError:
            continue
        top = posixpath.dirname(posixpath.dirname(path))
        seen |= _named(command, strings(data), (top, folder))
        crates += [command.path(each, top) for each in _crates(data)]
    flags = [(n, v) for n, v in command.env.items() if _FLAGS.fullmatch(n)]
    flags += [("linker", v) for n, v in command.env.items() if _PROGRAMS.fullmatch(n)]
    return seen | _named(command, flags, (folder,)), tuple(crates)


def _crates(data: dict[str, Any]) -> Iterator[str]:
    """`paths`, and `path` of each patch."""
    yield from (p for p in data.get("paths", ()) if isinstance(p, str))
    for source in table(data, "patch").values():
        for patch in source.values() if isinstance(source, dict) else ():
            if isinstance(patch, dict) and isinstance(patch.get("path"), str):
                yield patch["path"]


def _named(command: Command, texts: Iterable[tuple[str, str]], folders: tuple[str, ...]) -> Effects:
    """The files and folders that texts name, and a doubt if one of them is run."""
    done = NONE
    for key, text in texts:
        for part in filter(None, re.split(r"[\s=,:@\x1f]|^-[LT](?=[./])|(?<=[\s=])-[LT](?=[./])", text)):
            paths = {command.path(part, folder) for folder in folders} if known(part) else set()
            there = {p for p in paths if command.machine.kind(p) is not Kind.ABSENT and p not in {"/", *folders}}
            own = {p for p in there if command.machine.text(p) is not None}
            if key in _RUN and own:
                done = done.in_doubt(f"cargo runs {min(own)}, a program of the project")
            done |= whole_tree(*(there if "/" in part or own or key in {"directory", "local-registry", "root"} else ()))
    return done
