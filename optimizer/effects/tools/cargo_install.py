"""`cargo install`: a program into CARGO_HOME/bin, from the registry or from `--path`."""

from __future__ import annotations

from dataclasses import replace

from optimizer.effects.model import Effects, tree, unknown
from optimizer.effects.tool import known
from optimizer.effects.tools.cargo_build import build
from optimizer.effects.tools.cargo_config import cargo_home, settings
from optimizer.effects.tools.cargo_run import Run, base


def install(run: Run) -> Effects:
    """What it builds, and where it puts it."""
    root = (
        run.options.last("--root")
        or run.command.env.get("CARGO_INSTALL_ROOT")
        or cargo_home(run.command)
    )
    if not known(root):
        return unknown("where cargo installs is not known")
    places = {run.command.path(f"{root}/{n}") for n in (".crates.toml", ".crates2.json")}
    target = Effects(
        writes=frozenset({*places, tree(run.command.path(f"{root}/bin")), "/tmp/cargo-install**"}),
        reads=frozenset(places),
    )
    folder = run.options.last("--path")
    if folder is not None:
        options = replace(
            run.options, given=(*run.options.given, ("--manifest-path", f"{folder}/Cargo.toml"))
        )
        built = build(replace(run, options=options))
        # Without --locked the newest versions are taken, whatever Cargo.lock says.
        built = built if run.locked else replace(built, ahead=(), provides=frozenset())
        return built | target | Effects(unpinned=not run.locked)
    pinned = run.locked and (
        run.options.has("--version", "--vers", "--rev")
        or all("@" in o for o in run.options.operands[1:])
    )
    own = replace(
        base(run.command),
        network=True,
        unpinned=not pinned,
        variables=frozenset({"*"}),
        seconds=60.0,
    )
    return settings(run.command, run.command.cwd) | own | target
