"""tsc: compiles what tsconfig.json names, and what that imports.

It reads the folders of `include` and `files`, what they import from elsewhere, the configuration
with all that it extends, every package.json above the sources, and node_modules. An import that
leads to a folder, and a project whose packages stand beside node_modules, are doubts.
"""

from __future__ import annotations

import posixpath

from optimizer.effects.model import NOTHING, Effects, tree, unknown
from optimizer.effects.tool import Command, Kind, Machine, Tool, known
from optimizer.effects.tools import tsconfig
from optimizer.effects.tools.looking import look, upwards
from optimizer.effects.tools.options import Options, split
from optimizer.effects.tools.tsc_imports import outside, sources

_FLAGS = frozenset("--noEmit --pretty --listFiles --strict --skipLibCheck --diagnostics".split())
_VALUED = frozenset({"-p", "--project"})
_LEADING_OUT = ("file:", "link:", "portal:", "workspace:")
_DEPENDENCIES = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")


def effects(command: Command) -> Effects:
    """What a run of tsc reads and writes."""
    options = split(command.arguments, _FLAGS, _VALUED)
    if (absent := _absent(command, options)) is not None:
        return absent
    if options.unknown or options.operands:
        word = options.unknown or options.operands[0]
        return unknown(
            f"tsc {word} reads the project's sources" if known(word) else "a word of tsc"
        )
    project = options.last("-p", "--project") or "."
    if not known(project, command.cwd):
        return unknown("which project tsc compiles is not known")
    file = command.path(project)
    if command.machine.kind(file) is not Kind.FILE:
        file = posixpath.join(file, "tsconfig.json")
    config = tsconfig.read(command, file)
    if isinstance(config, Effects):
        return config
    done = config.seen | _manifests(command.machine, config.folder)
    written = config.records | (NOTHING if options.has("--noEmit") else config.written)
    if not done.doubt:
        done |= _leading_out(command.machine, config)
    if done.doubt:
        return done
    reads = (
        config.sources
        | config.types
        | {f"{f.rstrip('/')}/node_modules" for f in upwards(config.folder)}
    )
    return done | Effects(
        reads=frozenset(tree(p.rstrip("/") or "/") for p in reads | written),
        writes=frozenset(map(tree, written)),
        generated=frozenset(w for w in written if not w.endswith(".tsbuildinfo")),
        variables=frozenset({"*"}),
        seconds=3.0,
    )


def _absent(command: Command, options: Options) -> Effects | None:
    """A project that is not there: `-p` and `-b` say so and look at nothing else (tsc 5.6, strace)."""
    built = options.operands if options.unknown in {"-b", "--build"} else ()
    named = built or options.values("-p", "--project")
    if (
        len(named) != 1
        or not known(command.cwd, *command.arguments)
        or not named[0].endswith(".json")
    ):
        return None
    file = command.path(named[0])
    if command.machine.kind(file) is not Kind.ABSENT:
        return None
    return Effects(probes=frozenset({file}), variables=frozenset({"*"}), seconds=0.5)


def _manifests(machine: Machine, folder: str) -> Effects:
    """The package.json files around: they tell how a module is found."""
    files = [posixpath.join(f, "package.json") for f in upwards(folder)]
    seen = look(machine, *files)
    for file in files:
        text = machine.text(file)
        data = tsconfig.parse(text)
        if data is None:
            if machine.kind(file) is Kind.FILE:
                return seen.in_doubt(f"the content of {file} is not known")
            continue
        named = [d for n in _DEPENDENCIES for d in (data.get(n) or {}).values()]
        out = any(str(d).startswith(_LEADING_OUT) for d in named)
        if out or data.keys() & {"workspaces", "imports", "exports"}:
            return seen.in_doubt(f"tsc may find modules in other folders: {file} leads there")
    return seen


def _leading_out(machine: Machine, config: tsconfig.Config) -> Effects:
    """What the sources import from outside of what is compiled anyway."""
    for source in config.sources:
        if machine.kind(source) is Kind.UNKNOWN or not machine.complete(source):
            return unknown(f"what stands in {source} is not known")
    inside = frozenset(map(tree, config.sources))
    return outside(machine, sources(machine, config.sources), inside)


TSC = Tool("tsc", ("tsc",), effects, "what tsconfig.json names, and what that imports")
