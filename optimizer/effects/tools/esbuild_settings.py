"""The files around sources that tell esbuild where a module is: tsconfig.json, package.json, Yarn's map.

Measured (strace, 0.8 to 0.28): tsconfig.json, or else jsconfig.json, and package.json of each folder
above a source; those in node_modules tell of the package alone.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from optimizer.effects.model import NONE, NOTHING, Effects, Paths, unknown
from optimizer.effects.tool import Command, Kind, Machine, clean
from optimizer.effects.tools import tsconfig
from optimizer.effects.tools.looking import look

_CONFIGS = ("tsconfig.json", "jsconfig.json")
# Where one of these is, packages are looked for in an archive.
_PLUG = (".pnp.cjs", ".pnp.js", ".pnp.data.json")
_DEEPEST = 8
_LEADING_OUT = ("file:", "link:", "portal:", "workspace:")
_DEPENDENCIES = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")


@dataclass(frozen=True)
class Settings:
    """What the configurations of TypeScript say.

    Attributes:
        seen: The files; a doubt if one is not understood.
        bases: Folders in which every plain name is looked for first.
        places: Folders and files, without an end, that names may stand for.
    """

    seen: Effects
    bases: Paths = NOTHING
    places: Paths = NOTHING

    def __or__(self, other: Settings) -> Settings:
        return Settings(
            self.seen | other.seen, self.bases | other.bases, self.places | other.places
        )


def settings(command: Command, above: Paths, folders: Iterable[str], named: Paths) -> Settings:
    """The configurations of TypeScript.

    Args:
        command: Who reads them.
        above: The folders in which they are looked for.
        folders: Those that are read whole, with all below them.
        named: Those that the command line names.
    """
    machine = command.machine
    seen = look(machine, *(posixpath.join(f, n) for f in above for n in _CONFIGS))
    below = [p for f in folders for p in machine.walk(f) if posixpath.basename(p) in _CONFIGS]
    found = Settings(seen)
    for file in sorted({*seen.reads, *named, *below}):
        if "/node_modules/" not in file:
            found |= _config(command, file, _DEEPEST)
    return found


def _config(command: Command, file: str, depth: int) -> Settings:
    found = Settings(look(command.machine, file))
    if command.machine.kind(file) is Kind.ABSENT:
        return found
    data = tsconfig.parse(command.machine.text(file))
    options = (data or {}).get("compilerOptions") or {}
    if data is None or depth == 0 or not isinstance(options, dict):
        return Settings(found.seen.in_doubt(f"the content of {file} is not known"))
    if str(options.get("jsxImportSource", "")).startswith((".", "/")):
        return Settings(found.seen.in_doubt(f"{file} takes its JSX from a file of the project"))
    above = data.get("extends", [])
    for each in above if isinstance(above, list) else [above]:
        if isinstance(each, str) and each.startswith("@tsconfig/"):
            continue
        if not isinstance(each, str) or not each.startswith(("./", "../", "/")):
            return Settings(found.seen.in_doubt(f"{file} extends {each}, which is not known"))
        path = clean(posixpath.join(posixpath.dirname(file), each))
        for one in {path, f"{path}.json"}:
            found |= _config(command, one, depth - 1)
    return found | _led(file, options, found.bases)


def _led(file: str, options: Mapping[str, Any], bases: Paths) -> Settings:
    """Where `baseUrl` and `paths` lead, without patterns."""
    folder = posixpath.dirname(file)
    base, paths = options.get("baseUrl"), options.get("paths") or {}
    own = bases if base is None else bases | {clean(posixpath.join(folder, str(base)))}
    tables = paths.values() if isinstance(paths, dict) else [paths]
    words = [w for t in tables for w in (t if isinstance(t, list) else [t])]
    if not all(isinstance(w, str) and "${" not in w for w in words):
        return Settings(unknown(f"{file} leads imports where it does not say"))
    short = [posixpath.dirname(w.partition("*")[0]) if "*" in w else w for w in words]
    places = (clean(posixpath.join(f, w)) for f in {folder, *own} for w in short)
    return Settings(NONE, own, frozenset(places))


def manifests(machine: Machine, above: Paths, texts: Mapping[str, str], *, bundle: bool) -> Effects:
    """The package.json files above; a doubt if one leads to other folders, and imports are followed."""
    seen = look(machine, *(posixpath.join(f, n) for f in above for n in _PLUG))
    if seen.reads:
        return seen.in_doubt(f"{min(seen.reads)} tells where packages are")
    files = sorted(posixpath.join(f, "package.json") for f in above)
    seen |= look(machine, *files)
    for file in files if bundle else ():
        text = machine.text(file)
        data = tsconfig.parse(text)
        if data is None:
            if machine.kind(file) is not Kind.ABSENT:
                return seen.in_doubt(f"the content of {file} is not known")
            continue
        if why := _leading_out(data, texts.values()):
            return seen.in_doubt(f"esbuild may find modules in other folders: {file} {why}")
    return seen


def _leading_out(data: dict[str, Any], texts: Iterable[str]) -> str:
    """What of a package.json leads to another folder; empty if nothing does."""
    tables = [data.get(n) or {} for n in _DEPENDENCIES]
    if not all(isinstance(t, dict) for t in tables):
        return "is not understood"
    if any(str(d).startswith(_LEADING_OUT) for t in tables for d in t.values()):
        return "has a package of the project"
    if "workspaces" in data:
        return "has workspaces"
    if isinstance(data.get("browser"), dict) and any(data["browser"].values()):
        return "says what else a browser gets"
    marks = ["#"] if "imports" in data else []
    marks += [str(data.get("name"))] if "exports" in data else []
    if any(f"{quote}{mark}" in text for mark in marks for text in texts for quote in "\"'`"):
        return "leads to its own modules"
    return ""
