"""rustup, and the `rustc` that it stands for."""

from __future__ import annotations

import posixpath
from dataclasses import replace

from optimizer.effects.model import Effects, tree, unknown
from optimizer.effects.tool import ANY, Command, Tool, known
from optimizer.effects.tools.cargo_config import cargo_home, settings
from optimizer.effects.tools.cargo_run import base
from optimizer.effects.tools.looking import look, upwards, words

_TELLING = words("--version -V -vV --verbose")
_VERBS = words(
    "target component toolchain default update show install set self override which --version"
)


def _rustc(command: Command) -> Effects:
    """`rustc --version`: rustup's `rustc` looks for the folder's rust-toolchain (rustup's book, "Overrides")."""
    if not known(command.cwd) or not set(command.arguments) <= _TELLING:
        return unknown("rustc compiles what it is given")
    names = ("rust-toolchain", "rust-toolchain.toml")
    files = (posixpath.join(f, n) for f in upwards(command.cwd) for n in names)
    return look(command.machine, *files) | Effects(variables=frozenset({"*"}), seconds=0.1)


def _rustup(command: Command) -> Effects:
    """`rustup target add` and its kin change the toolchains, by the folder's rust-toolchain."""
    if not known(*command.arguments, command.cwd):
        return unknown("an argument of rustup is not known".replace(ANY, "?"))
    verb = next((a for a in command.arguments if not a.startswith("-")), "show")
    if verb not in _VERBS:
        return unknown(f"rustup {verb} is not modelled")
    home = cargo_home(command)
    if not known(home):
        return unknown("the value of CARGO_HOME is not known")
    fetches = verb not in {"show", "which", "set", "override"}
    return settings(command, command.cwd) | replace(
        base(command), network=fetches, unpinned=fetches, seconds=15.0 if fetches else 0.2
    ) | Effects(writes=frozenset({tree(f"{home}/bin"), f"{home}/env"}))  # fmt: skip


RUST_TOOLS: tuple[Tool, ...] = (
    Tool("rustc", ("rustc",), _rustc, "--version; all else compiles what it is given"),
    Tool("rustup", ("rustup",), _rustup, "target, component, toolchain, default"),
)
