"""tsc: compiles what tsconfig.json names, and what that imports.

It reads the folders of `include` and `files`, the configuration with all that it extends, every
package.json above the sources, and node_modules. A source that names a path outside of these
folders, or a project whose packages stand beside node_modules, is a doubt.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from optimizer.effects.model import NOTHING, Effects, Paths, covers, tree, unknown
from optimizer.effects.tool import Command, Kind, Machine, Tool, known
from optimizer.effects.tools import tsconfig
from optimizer.effects.tools.looking import look, upwards
from optimizer.effects.tools.options import split

_FLAGS = frozenset("--noEmit --pretty --listFiles --strict --skipLibCheck --diagnostics".split())
_VALUED = frozenset({"-p", "--project"})
_SOURCE = re.compile(r"\.([cm]?[jt]sx?|json)$")
# Any quoted text that looks like a relative path: imports, `require`, `/// <reference path=...>`;
# dots alone are a module only where one is asked for.
_RELATIVE = re.compile(
    r"""["'`](\.\.?/[^"'`\n]*)["'`]|(?:\bfrom|\bimport|\brequire|\()\s*\(?\s*["'`](\.\.?)["'`]"""
)
_LEADING_OUT = ("file:", "link:", "portal:", "workspace:")
_DEPENDENCIES = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_MANY = 5000


def effects(command: Command) -> Effects:
    """What a run of tsc reads and writes."""
    options = split(command.arguments, _FLAGS, _VALUED)
    if options.unknown or options.operands:
        word = options.unknown or options.operands[0]
        return unknown(f"tsc {word} reads the project's sources" if known(word) else "a word of tsc")
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
    written = NOTHING if options.has("--noEmit") else config.written
    if reason := done.doubt or _leading_out(command.machine, config):
        return done.in_doubt(reason)
    reads = config.sources | config.types | {f"{f}/node_modules" for f in upwards(config.folder)}
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


def _leading_out(machine: Machine, config: tsconfig.Config) -> str | None:
    """A source that may name a file outside of what is compiled anyway."""
    inside = frozenset(map(tree, config.sources))
    for source in config.sources:
        if machine.kind(source) is Kind.UNKNOWN or not machine.complete(source):
            return f"what stands in {source} is not known"
    paths = [p for s in config.sources for p in _walk(machine, s) if _SOURCE.search(p)]
    if len(paths) > _MANY:
        return "tsc compiles too many sources to read them"
    for path in paths:
        text = machine.text(path)
        if text is None:
            return f"the content of {path} is not known"
        if (found := next(_outside(path, text, inside), None)) is not None:
            return f"{path} names {found}, outside of what tsc compiles"
    return None


def _walk(machine: Machine, source: str) -> tuple[str, ...]:
    return (source,) if machine.kind(source) is Kind.FILE else machine.walk(source)


def _outside(path: str, text: str, inside: Paths) -> Iterator[str]:
    for found in _RELATIVE.finditer(text):
        word = found[1] or found[2]
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), word))
        if not any(covers(folder, target) for folder in inside):
            yield word


TSC = Tool("tsc", ("tsc",), effects, "what tsconfig.json names; a doubt where imports lead out")
