"""tsc: compiles what tsconfig.json names, and what that imports.

It reads the folders of `include` and `files`, what they import from elsewhere, the configuration
with all that it extends, every package.json above the sources, and node_modules. An import that
leads to a folder, and a project whose packages stand beside node_modules, are doubts.
"""

from __future__ import annotations

import posixpath

from optimizer.effects.model import NONE, NOTHING, Effects, tree, unknown
from optimizer.effects.tool import Command, Kind, Machine, Tool, known
from optimizer.effects.tools import tsconfig
from optimizer.effects.tools.looking import look, upwards
from optimizer.effects.tools.options import split
from optimizer.effects.tools.tsc_imports import outside, sources

_FLAGS = frozenset("--noEmit --pretty --listFiles --strict --skipLibCheck --diagnostics".split())
_VALUED = frozenset({"-p", "--project"})
_BUILD = frozenset({"-b", "--build"})
_BUILD_FLAGS = _BUILD | {"-f", "--force", "-v", "--verbose", "--pretty"}
_LEADING_OUT = ("file:", "link:", "portal:", "workspace:")
_DEPENDENCIES = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")


def effects(command: Command) -> Effects:
    """What a run of tsc reads and writes."""
    built = command.arguments[:1] in {(word,) for word in _BUILD}
    options = (
        split(command.arguments, _BUILD_FLAGS) if built else split(command.arguments, _FLAGS, _VALUED)
    )
    named = options.operands if built else options.values("-p", "--project")[-1:]
    if options.unknown or (options.operands and not built):
        word = options.unknown or options.operands[0]
        return unknown(
            f"tsc {word} reads the project's sources" if known(word) else "a word of tsc"
        )
    if not known(command.cwd, *named):
        return unknown("which project tsc compiles is not known")
    done = NONE
    for project in named or (".",):
        done |= _project(command, project, keeps=not options.has("--noEmit"), built=built)
    return done


def _project(command: Command, project: str, *, keeps: bool, built: bool) -> Effects:
    """What is read for a project, and where the result goes."""
    file = command.path(project)
    kind = command.machine.kind(file)
    if kind is Kind.ABSENT and file.endswith(".json"):
        # tsc says so and looks at nothing else (5.6, strace).
        return Effects(probes=frozenset({file}), variables=frozenset({"*"}), seconds=0.5)
    if kind is not Kind.FILE:
        file = posixpath.join(file, "tsconfig.json")
    config = tsconfig.read(command, file, built=built)
    if isinstance(config, Effects):
        return config
    done = config.seen | _manifests(command.machine, config.folder)
    written = config.records | (config.written if keeps else NOTHING)
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
