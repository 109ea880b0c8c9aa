"""componentsjs-generator: descriptions of the classes that a package declares.

Traced (3.1): it reads package.json, the declarations that `types` names there with what these
import, the file of ignored classes, and node_modules; and looks for its configuration upwards.
It opens no source.
"""

from __future__ import annotations

import posixpath

from optimizer.effects.model import Effects, tree, unknown
from optimizer.effects.tool import Command, Kind, Tool, known
from optimizer.effects.tools import tsconfig
from optimizer.effects.tools.looking import look, upwards
from optimizer.effects.tools.node_package import Package, read_package
from optimizer.effects.tools.options import split
from optimizer.effects.tools.tsc_imports import outside, sources

_CONFIG = ".componentsjs-generator-config.json"
_VALUED = frozenset({"-s", "-c", "-e", "-i", "-l", "-r"})


def effects(command: Command) -> Effects:
    """What a run of the generator reads and writes."""
    options = split(command.arguments, frozenset({"--lenient"}), _VALUED)
    if options.unknown or options.operands or not known(*command.arguments, command.cwd):
        return unknown(f"{command.name} {' '.join(command.arguments)} is not modelled")
    configs = [posixpath.join(folder, _CONFIG) for folder in upwards(command.cwd)]
    done = look(command.machine, *configs)
    if done.reads:
        return done.in_doubt(f"{_CONFIG} tells componentsjs-generator where to look")
    package, seen = read_package(command.machine, command.cwd)
    done |= seen
    if package is None:
        return done.in_doubt(f"there is no package.json in {command.cwd}")
    return (
        done
        | _declarations(command, package, options.last("-c") or "components")
        | Effects(
            reads=frozenset(command.path(w) for w in options.values("-i")),
            variables=frozenset({"*"}),
            seconds=5.0,
        )
    )


def _declarations(command: Command, package: Package, destination: str) -> Effects:
    """The declarations, which tsc has made of the sources; so they import what these do."""
    named = package.data.get("types") or package.data.get("typings")
    folder = posixpath.dirname(command.path(named)) if isinstance(named, str) else ""
    config = tsconfig.read(command, command.path("tsconfig.json"))
    if isinstance(config, Effects):
        return config
    sides = {posixpath.dirname(p) for p in (folder, *config.sources)}
    if sides != {command.cwd} or any(_is_file(command, s) for s in config.sources):
        return config.seen.in_doubt("what the declarations of the package import is not known")
    made = frozenset({tree(folder), tree(command.path(destination))})
    modules = frozenset(tree(f"{f.rstrip('/')}/node_modules") for f in upwards(command.cwd))
    inside = frozenset(map(tree, config.sources))
    found = outside(command.machine, sources(command.machine, config.sources), inside)
    return config.seen | found | Effects(reads=made | modules, writes=made)


def _is_file(command: Command, path: str) -> bool:
    return command.machine.kind(path) is Kind.FILE


COMPONENTSJS = Tool(
    "componentsjs-generator",
    ("componentsjs-generator",),
    effects,
    "package.json, and the declarations that tsc has made",
)
