"""`cargo new app`, `cargo init`: a skeleton, with a repository if there is none above."""

from __future__ import annotations

import posixpath

from optimizer.effects.model import Effects, tree
from optimizer.effects.tool import exported
from optimizer.effects.tools.cargo_config import settings
from optimizer.effects.tools.cargo_project import find
from optimizer.effects.tools.cargo_run import VARIABLES, Run
from optimizer.effects.tools.looking import look, upwards

_HELLO = 'fn main() {\n    println!("Hello, world!");\n}\n'


def new(run: Run) -> Effects:
    """The new crate, and what is looked for above it."""
    named = run.options.operands[1:]
    folder = run.command.path(named[0] if named else ".")
    inside = frozenset({tree(folder)})
    seen = look(
        run.command.machine,
        *(posixpath.join(p, n) for p in upwards(folder) for n in (".git", ".hg", "Cargo.toml")),
    )
    # In a workspace the new crate is added to its members.
    workspace = frozenset(p for p in seen.reads if p.endswith("Cargo.toml"))
    if workspace:
        seen |= find(run.command, max(workspace, key=len)).files
    made = _skeleton(run, folder) or Effects(writes=inside)
    return settings(run.command, run.command.cwd) | seen | made | Effects(
        reads=inside, writes=workspace, variables=VARIABLES, seconds=0.5,
    )  # fmt: skip


def _skeleton(run: Run, folder: str) -> Effects | None:
    """What stands in a folder that was empty; None if it may not have been (cargo 1.95 measured).

    The lines of the manifest differ from version to version, but not in what they ask for.
    """
    machine = run.command.machine
    if not machine.complete(folder) or machine.names(folder) or run.options.has("--script"):
        return None
    library = run.options.has("--lib")
    source, text = ("lib.rs", exported("")) if library else ("main.rs", _HELLO)
    name = run.options.last("--name") or posixpath.basename(folder)
    manifest = exported(f'[package]\nname = "{name}"\nversion = "0.1.0"\n')
    contents = ((f"{folder}/Cargo.toml", manifest), (f"{folder}/src/{source}", text))
    folders = frozenset({folder, f"{folder}/src"})
    # The repository, and what it ignores, go by the name of the version control.
    written = frozenset({path for path, _ in contents} | {f"{folder}/.**"})
    return Effects(writes=written | folders, makes=folders, contents=contents)
