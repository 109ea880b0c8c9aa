"""tsconfig.json: the folders that a TypeScript project compiles, and where the result goes.

From the TSConfig reference (typescriptlang.org/tsconfig): `include`, `files` and `outDir` are
relative to the file that names them; a file's own settings stand before those it extends, and
`include` and `files` are taken whole, not merged.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from optimizer.effects.model import NOTHING, Effects, Paths
from optimizer.effects.tool import Command, Kind, clean, known
from optimizer.effects.tools.looking import look

_DEEPEST = 8
# A string is kept, a comment and a comma before a closing bracket are not (JSON as tsc reads it).
_NOISE = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_COMMA = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])')
# Settings by which an import leads elsewhere, or the result goes elsewhere.
_FAR = frozenset({"baseUrl", "paths", "rootDirs", "outFile", "out", "moduleSuffixes"})
_RESULTS = ("outDir", "declarationDir")
_PLACES = (*_RESULTS, "tsBuildInfoFile", "rootDir")


@dataclass(frozen=True)
class Config:
    """What a configuration says, with what it extends.

    Attributes:
        folder: Where it stands.
        sources: Folders and files that are compiled, without patterns: `/app/src`.
        written: Folders and files that the result goes to; empty with `noEmit`.
        records: Files that tell the next run what was compiled, whether something is emitted or not.
        types: Folders of type packages, beside those of node_modules.
        seen: The configuration files.
    """

    folder: str
    sources: Paths
    written: Paths
    records: Paths
    types: Paths
    seen: Effects


@dataclass(frozen=True)
class _Settings:
    """Settings with their paths made absolute."""

    values: Mapping[str, Any]
    seen: Effects
    problem: str = ""


def read(command: Command, file: str, *, built: bool = False) -> Config | Effects:
    """A configuration file; a doubt if it leaves open what is compiled.

    Args:
        command: Who reads it.
        file: Where it stands.
        built: Whether `tsc -b` does, which always keeps a record (5.6 to 7.0).
    """
    found = _settings(command, file, _DEEPEST)
    if found.problem:
        return found.seen.in_doubt(found.problem)
    values, folder = found.values, posixpath.dirname(file)
    if far := sorted(_FAR & values.keys()):
        return found.seen.in_doubt(
            f"{file} sets {far[0]}, which leads imports or results elsewhere"
        )
    named_types = values.get("types"), [values.get("jsxImportSource")]
    if any(str(t).startswith(".") for each in named_types if isinstance(each, list) for t in each):
        return found.seen.in_doubt(f"{file} names types by their path")
    if values.get("references"):
        return found.seen.in_doubt(f"{file} refers to other projects")
    if not values.get("noEmit") and "outDir" not in values:
        return found.seen.in_doubt(f"tsc writes beside the sources: {file} sets no outDir")
    named = values.get("include"), values.get("files")
    sources = frozenset[str]().union(*(n for n in named if n is not None))
    if named == (None, None):
        sources = frozenset({folder})
    written = NOTHING if values.get("noEmit") else frozenset(
        values[name] for name in _RESULTS if name in values
    )  # fmt: skip
    stem = posixpath.basename(file).removesuffix(".json")
    written |= {posixpath.join(folder, f"{stem}.tsbuildinfo")}
    types = frozenset(values.get("typeRoots", ()))
    return Config(folder, sources, written, _records(file, values, built=built), types, found.seen)


def _records(file: str, values: Mapping[str, Any], *, built: bool) -> Paths:
    """Where `incremental`, `composite` and `-b` keep a record.

    Measured (tsc 4.9, 5.9): in `outDir`, as far from it as the file stands from `rootDir`, even where
    nothing is emitted; else beside the file.
    """
    if not (built or values.get("incremental") or values.get("composite")):
        return NOTHING
    folder, name = posixpath.dirname(file), posixpath.basename(file).removesuffix(".json")
    found = {posixpath.join(folder, f"{name}.tsbuildinfo")}
    if "outDir" in values:
        away = posixpath.relpath(folder, values.get("rootDir", folder))
        found.add(clean(posixpath.join(values["outDir"], away, f"{name}.tsbuildinfo")))
    if "tsBuildInfoFile" in values:
        found.add(values["tsBuildInfoFile"])
    return frozenset(found)


def settings(command: Command, file: str) -> tuple[Mapping[str, Any], Effects] | Effects:
    """What a configuration and those that it extends say, and what was read; else a doubt."""
    found = _settings(command, file, _DEEPEST)
    return found.seen.in_doubt(found.problem) if found.problem else (found.values, found.seen)


def _settings(command: Command, file: str, depth: int) -> _Settings:
    seen = look(command.machine, file)
    data = parse(command.machine.text(file))
    if data is None or depth == 0:
        return _Settings({}, seen, f"the content of {file} is not known")
    folder, values = posixpath.dirname(file), dict[str, Any]()
    above = data.get("extends", [])
    for each in above if isinstance(above, list) else [above]:
        if not isinstance(each, str):
            return _Settings({}, seen, f"what {file} extends is not known")
        if not each.startswith(("./", "../", "/")):
            # Of a package: node_modules is read anyway, and what it names is there.
            values["incremental"] = True
            continue
        bare = clean(posixpath.join(folder, each))
        base = _settings(command, _named(command, bare), depth - 1)
        seen |= look(command.machine, bare) | base.seen
        if base.problem:
            return _Settings({}, seen, base.problem)
        values |= base.values
    own = _own(data, folder)
    if own is None:
        return _Settings({}, seen, f"{file} has paths that are not read")
    return _Settings({**values, **own}, seen)


def _named(command: Command, path: str) -> str:
    """`extends` may leave `.json` out."""
    path = clean(path)
    bare = command.machine.kind(path) is Kind.ABSENT and not path.endswith(".json")
    return f"{path}.json" if bare else path


def _own(data: Mapping[str, Any], folder: str) -> dict[str, Any] | None:
    options = data.get("compilerOptions", {})
    if not isinstance(options, dict):
        return None
    found: dict[str, Any] = {k: v for k, v in options.items() if k not in _PLACES}
    if "references" in data:
        found["references"] = data["references"]
    for name in _PLACES:
        if name in options:
            found[name] = _place(options[name], folder)
    for name, value in (
        ("include", data.get("include")), ("files", data.get("files")),
        ("typeRoots", options.get("typeRoots")),
    ):  # fmt: skip
        if value is not None:
            found[name] = [_place(v, folder) for v in value] if isinstance(value, list) else [None]
    paths = [found.get(n) for n in _PLACES if n in found]
    paths += [p for n in ("include", "files", "typeRoots") for p in found.get(n, ())]
    return None if None in paths else found


def _place(word: object, folder: str) -> str | None:
    """A path or pattern without what follows its first magic component."""
    if not isinstance(word, str) or "${" in word or not known(word):
        return None
    plain = []
    for part in word.split("/"):
        if "*" in part or "?" in part:
            break
        plain.append(part)
    return clean(posixpath.join(folder, "/".join(plain)))


def parse(text: str | None) -> dict[str, Any] | None:
    """JSON with comments and trailing commas; None if it is not an object."""
    if text is None:
        return None
    bare = _NOISE.sub(lambda m: m[1] or "", text.removeprefix("\ufeff"))
    try:
        value = json.loads(_COMMA.sub(lambda m: m[1] or "", bare))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
