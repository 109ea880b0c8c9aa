"""hatch: environments and archives of a project.

Measured with hatch 1.18 (tests/measure/fronts.py), options by its `--help`: `env create` reads
pyproject.toml and hatch.toml and installs the project as editable into an environment below HOME;
`dep show requirements` reads those two alone; `build` makes both archives unless told otherwise.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from optimizer.effects.model import NONE, Effects, tree, unknown
from optimizer.effects.tool import Command, Tool, exported, known
from optimizer.effects.tools.looking import look, strings, table, upwards, words
from optimizer.effects.tools.options import Options, split
from optimizer.effects.tools.python_lock import document, find_above, placed
from optimizer.effects.tools.python_path import first_on_path
from optimizer.effects.tools.python_project import archives, build

_FLAGS = words(
    "-v --verbose -q --quiet --color --no-color --interactive --no-interactive --version -h --help "
    "-c --clean --clean-hooks-after --no-hooks --project-only --env-only --all -i --internal -f --force"
)
_VALUED = words("-e --env -p --project --data-dir --cache-dir --config -t --target --feature")
# Settings of environments that run something, put it elsewhere, or are no virtual environment.
_STRANGE = words(
    "pre-install-commands post-install-commands path type workspace-members workspace locked lock-filename"
)


@dataclass(frozen=True)
class Run:
    """One run of hatch: its command, options, root, and what the manifests say."""

    command: Command
    options: Options
    root: str
    seen: Effects
    project: dict[str, Any]
    own: dict[str, Any]


def effects(command: Command) -> Effects:
    """What a hatch command does."""
    run = _started_as(command)
    if isinstance(run, Effects):
        return run
    for count in (3, 2, 1):
        if answer := _VERBS.get(" ".join(run.options.operands[:count])):
            return run.seen | answer(run)
    return unknown(f"hatch {' '.join(run.options.operands)} runs what the project's settings say")


def _started_as(command: Command) -> Run | Effects:
    """A command line of hatch, or why it is not known."""
    options = split(command.arguments, _FLAGS, _VALUED)
    if not known(command.cwd, *command.arguments):
        return unknown("what hatch is asked for is not known")
    if options.unknown or options.has("-p", "--project", "--data-dir", "--cache-dir", "--config"):
        return unknown(f"hatch's option {options.unknown or 'for a folder'} is not known")
    home = command.home()
    root, above = find_above(command, "pyproject.toml", command.cwd)
    manifest, own = (
        document(command, posixpath.join(root, n)) for n in ("pyproject.toml", "hatch.toml")
    )
    config = command.env.get("HATCH_CONFIG") or f"{home}/.config/hatch/config.toml"
    files = (config, posixpath.join(root, "PKG-INFO"))
    seen = above | manifest.effects | own.effects | look(command.machine, *filter(known, files))
    seen |= first_on_path(command) | Effects(variables=frozenset({"*"}), seconds=1.0)
    settings = {**manifest.table("tool", "hatch"), **own.data}
    return Run(command, options, root, seen, manifest.table("project"), settings)


def _strange(run: Run) -> str | None:
    """What of the settings is not understood: code, other places, addresses."""
    moved = sorted(n for n in run.command.env if n.startswith("HATCH_ENV_TYPE"))
    tables = [t for t in table(run.own, "envs").values() if isinstance(t, dict)]
    odd = sorted({name for each in tables for name in each.keys() & _STRANGE})
    odd += ["env"] if run.own.get("env") else []
    texts = (text for _, text in strings([run.own.get("envs"), run.project]))
    odd += ["an address"] if any("{" in text or "file:" in text for text in texts) else []
    return next(iter([*moved, *odd]), None)


def _create(run: Run) -> Effects:
    """`hatch env create`: the project as editable, with what the environment asks for."""
    if odd := _strange(run):
        return unknown(f"the environment of hatch says something that is not read: {odd}")
    tables = table(run.own, "envs").values()
    editable = not any(table(each).get("dev-mode") is False for each in tables)
    return _fetching(run) | build(run.command, run.root, editable=editable)


def _fetching(run: Run) -> Effects:
    """Its environments and caches below HOME, and those of the installers that it starts."""
    home, machine = run.command.home(), run.command.machine
    places = {f"{home}/{part}" for part in (".cache/uv", ".local/share/uv", ".config/uv")}
    folders = [
        posixpath.join(f, n)
        for f in upwards(run.root)
        for n in ("rust-toolchain", "rust-toolchain.toml", "uv.toml")
    ]
    own = frozenset(map(tree, places))
    return (
        placed(run.command, "hatch")
        | look(machine, *folders)
        | Effects(reads=own, writes=own, unpinned=True)
    )


def _build(run: Run) -> Effects:
    """`hatch build [FOLDER]`: archives into a folder, `dist` unless it is named."""
    targets = run.options.values("-t", "--target")
    if not set(targets) <= {"sdist", "wheel"}:
        return unknown("a target of hatch build is not known")
    if odd := _strange(run):
        return unknown(f"the environment of hatch says something that is not read: {odd}")
    sdist = not targets or "sdist" in targets
    named = next(iter(run.options.operands[1:]), None)
    return (
        _fetching(run)
        | build(run.command, run.root, sdist=sdist)
        | archives(run.command, run.root, named)
    )


def _shown(run: Run) -> Effects:
    """`hatch dep show requirements`: by the manifests, unless the project computes what it needs."""
    return build(run.command, run.root) if run.project.get("dynamic") else NONE


def _prints(command: Command) -> str | None:
    """What `hatch dep show requirements` prints: what the manifests ask for, in its own order."""
    run = _started_as(command)
    if isinstance(run, Effects) or run.options.operands != ("dep", "show", "requirements"):
        return None
    if run.project.get("dynamic") or _strange(run):
        return None
    wanted = [
        run.project.get("dependencies"),
        run.project.get("optional-dependencies"),
        run.own.get("envs"),
    ]
    keyed = strings(wanted)
    extras = table(run.project, "optional-dependencies")
    names = {"", "dependencies", "extra-dependencies", *extras}
    return exported("\n".join(text for key, text in keyed if key in names))


def _config(run: Run) -> Effects:
    file = run.command.env.get("HATCH_CONFIG") or f"{run.command.home()}/.config/hatch/config.toml"
    return Effects(reads=frozenset({file}), writes=frozenset({file}))


def _reading(_run: Run) -> Effects:
    return NONE


_VERBS: Mapping[str, Callable[[Run], Effects]] = {
    "env create": _create,
    "build": _build,
    "dep show requirements": _shown,
    "config set": _config,
    "python install": _fetching,
    **dict.fromkeys(("env find", "env show", "env prune", "env remove"), _fetching),
    **dict.fromkeys(("", "config show", "config find"), _reading),
}

HATCH = Tool(
    "hatch", ("hatch",), effects,
    "env create, build, dep show requirements; what hatch run runs is a doubt", prints=_prints,
)  # fmt: skip
