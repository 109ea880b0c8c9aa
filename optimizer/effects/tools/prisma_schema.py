"""Where prisma finds its schema: --schema, prisma.config, package.json, the usual places."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from optimizer.effects.model import NONE, Effects, tree, unknown
from optimizer.effects.tool import Command, Kind, known
from optimizer.effects.tools.node_package import Package, in_folder, look, read_package
from optimizer.effects.tools.node_words import Words

_ENDS = ("js", "ts", "mjs", "cjs", "mts", "cts", "json", "jsonc", "json5", "yaml", "yml", "toml")


# Loaded with c12; prisma 6.0 and later look for it, 7 for the numbered names as well.
_CONFIGS = tuple(
    f"{stem}.{end}"
    for stem in (
        "prisma.config",
        "prisma7.config",
        ".config/prisma",
        ".config/prisma.config",
        ".config/prisma7",
    )
    for end in _ENDS
)


_SCHEMAS = ("schema.prisma", "prisma/schema.prisma", "prisma/schema")


_IMPORT = re.compile(r"""(?:from\s+|import\s+|require\(\s*|import\(\s*)["']([^"']+)["']""")


_PLAIN_IMPORTS = frozenset(
    {
        "prisma/config",
        "prisma",
        "dotenv/config",
        "dotenv",
        "path",
        "node:path",
        "process",
        "node:process",
    }
)


_SCHEMA_FIELD = re.compile(
    r"""\bschema\s*:\s*(?:["']([^"']+)["']|(?:path\.)?(?:join|resolve)\(([^()]*)\))"""
)


ENV_CALL = re.compile(r"""\benv\(\s*["'](\w+)["']""")


@dataclass(frozen=True)
class Schema:
    """The schema that prisma finds: its files, and what was looked at to find it."""

    files: tuple[str, ...]
    folder: str
    text: str
    effects: Effects


def find_schema(command: Command, words: Words) -> Schema | Effects:
    """Where the schema is: --schema, prisma.config, package.json#prisma.schema, then the usual places."""
    machine, cwd = command.machine, command.cwd
    seen = look(machine, *in_folder(cwd, _CONFIGS)) | look(
        machine, posixpath.join(cwd, "prisma.yml")
    )
    named, config = _from_config(command, words)
    seen |= config
    package, read = _package(command)
    seen |= read
    if option := words.last("schema"):
        if not known(option):
            return unknown("the --schema of prisma is not known")
        return _schema(command, command.path(option), seen)
    if named:
        return _schema(command, command.path(named), seen)
    table = package.data.get("prisma") if package else None
    if package and isinstance(table, dict) and isinstance(table.get("schema"), str):
        return _schema(
            command, posixpath.normpath(posixpath.join(package.folder, table["schema"])), seen
        )
    return _usual(command, seen)


def _usual(command: Command, seen: Effects) -> Schema:
    """The first of the places where prisma looks by itself."""
    for place in in_folder(command.cwd, _SCHEMAS):
        if command.machine.kind(place) is not Kind.ABSENT:
            return _schema(command, place, seen)
        seen |= look(command.machine, place)
    return Schema((), command.cwd, "", seen)


def _package(command: Command) -> tuple[Package | None, Effects]:
    """The nearest package.json upwards."""
    folder, seen = command.cwd, NONE
    while True:
        if command.machine.kind(posixpath.join(folder, "package.json")) is not Kind.ABSENT:
            package, read = read_package(command.machine, folder)
            return package, seen | read
        seen |= Effects(probes=frozenset({posixpath.join(folder, "package.json")}))
        if folder == "/":
            return None, seen
        folder = posixpath.dirname(folder)


def _from_config(command: Command, words: Words) -> tuple[str | None, Effects]:
    """The schema that a plain prisma.config names; a config that does more is in doubt."""
    option = words.last("config")
    if option is not None and not known(option):
        return None, unknown("the --config of prisma is not known")
    places = [command.path(option)] if option else list(in_folder(command.cwd, _CONFIGS))
    for place in places:
        if command.machine.kind(place) is Kind.ABSENT:
            continue
        text = command.machine.text(place)
        if text is None:
            return None, unknown(f"the content of {place} is not known")
        return _plain(text, place)
    return None, NONE


def _plain(text: str, place: str) -> tuple[str | None, Effects]:
    strange = set(_IMPORT.findall(text)) - _PLAIN_IMPORTS
    seen = Effects(reads=frozenset({place}), variables=frozenset(ENV_CALL.findall(text)) | {"*"})
    # `config({ path: ... })` of dotenv names another file.
    if strange or re.search(r"\b(?:readFile|readdir|exec|spawn|config\(\s*\{)", text):
        return None, seen.in_doubt(
            f"{place} is a program that loads {', '.join(sorted(strange)) or 'files'}"
        )
    if not re.search(r"\bschema\b", text):
        return None, seen
    found = _SCHEMA_FIELD.search(text)
    if not found:
        return None, seen.in_doubt(f"{place} names its schema in a way that dfopt does not read")
    if found[1]:
        return found[1], seen
    parts = [p.strip() for p in found[2].split(",") if p.strip()]
    if not all(re.fullmatch(r"""["'][^"']*["']""", p) for p in parts):
        return None, seen.in_doubt(f"{place} names its schema in a way that dfopt does not read")
    return posixpath.join(*(p[1:-1] for p in parts)), seen


def _schema(command: Command, place: str, seen: Effects) -> Schema:
    """A schema file, or a folder of which every file with a schema's ending counts."""
    machine = command.machine
    if machine.kind(place) is not Kind.DIRECTORY:
        text = machine.text(place)
        seen |= look(machine, place)
        if text is None:
            seen = seen.in_doubt(f"the prisma schema {place} is not known")
        return Schema((place,), posixpath.dirname(place), text or "", seen)
    files = tuple(f for f in machine.walk(place) if f.endswith(".prisma"))
    texts = [machine.text(f) for f in files]
    seen |= Effects(reads=frozenset({tree(place)}))
    if None in texts or not machine.complete(place):
        seen = seen.in_doubt(f"the prisma schemas in {place} are not all known")
    return Schema(files or (place,), place, "\n".join(t or "" for t in texts), seen)
