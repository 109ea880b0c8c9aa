"""What TypeScript and JavaScript sources import from outside of the folders that are compiled.

Measured (tsc 5.9): a path that is quoted behind `from`, `import`, `require(` and the like is
looked for with each extension; one that is handed to another function, or stands in a list or
an object, is a text. Beside what is found, package.json and node_modules are looked for.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator

from optimizer.effects.model import NONE, Effects, Paths, covers
from optimizer.effects.tool import Kind, Machine
from optimizer.effects.tools.looking import look, upwards
from optimizer.effects.tools.tsconfig import parse

# Any quoted text that looks like a relative path; dots alone are a module only where one is
# asked for.
_RELATIVE = re.compile(r"""["'`](\.\.?/[^"'`\n]*)["'`]""")
_DOTS = re.compile(r"""(?:\bfrom|\bimport|\brequire|\()\s*\(?\s*["'`](\.\.?)["'`]""")
# What surely is no import: an operand, an entry of a list or an object, an argument of a function
# that is neither `import` nor `require`.
_OPERAND = re.compile(r"[,:+\[{?&|<>!=]$|(?<![\w$])(?!(?:import|require)\s*\()[\w$]+\s*\($")
_BEFORE = 200
_WRITTEN = re.compile(r"\.(?:d\.)?[cm]?[jt]sx?$")
_ENDS = (
    *(".ts", ".tsx", ".d.ts", ".js", ".jsx", ".json"),
    *(".mts", ".cts", ".d.mts", ".d.cts", ".mjs", ".cjs"),
)
_SOURCE = re.compile(r"\.([cm]?[jt]sx?|json)$")
_LEADING_OUT = ("file:", "link:", "portal:", "workspace:")
_DEPENDENCIES = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_MANY = 5000

Imports = Callable[[str, str], Iterator[tuple[str, str]]]


def sources(machine: Machine, places: Iterable[str]) -> tuple[str, ...]:
    """The files in these folders (and among these files) that may import."""
    found = (p for s in places for p in ([s] if machine.kind(s) is Kind.FILE else machine.walk(s)))
    return tuple(p for p in found if _SOURCE.search(p))


def imports(path: str, text: str) -> Iterator[tuple[str, str]]:
    """The relative paths that a source imports: as they are written, and absolute."""
    for found in (*_RELATIVE.finditer(text), *_DOTS.finditer(text)):
        if found.re is _RELATIVE and _is_operand(text[: found.start()][-_BEFORE:]):
            continue
        word = found[1]
        yield word, posixpath.normpath(posixpath.join(posixpath.dirname(path), word))


def outside(
    machine: Machine, files: Iterable[str], inside: Paths, tool: str = "tsc",
    *, named: Imports = imports, beside: tuple[str, ...] = ("package.json",),
) -> Effects:  # fmt: skip
    """What files import from outside of `inside`, and what that imports.

    Args:
        machine: The image.
        files: Where it begins.
        inside: What is read anyway.
        tool: Who reads them.
        named: What a source imports: (as it is written, the path).
        beside: The files that the tool looks for in the folder of a source, and above.
    """
    queue, done, seen = list(files), set[str](), NONE
    while queue:
        path = queue.pop()
        if path in done:
            continue
        done.add(path)
        text = machine.text(path)
        if len(done) > _MANY:
            return seen.in_doubt(f"{tool} compiles too many sources to read them")
        if text is None:
            return seen.in_doubt(f"the content of {path} is not known")
        if not any(covers(folder, path) for folder in inside):
            folders = upwards(posixpath.dirname(path))
            seen |= look(machine, *(posixpath.join(f, name) for f in folders for name in beside))
            seen |= Effects(probes=frozenset(f"{f.rstrip('/')}/node_modules" for f in folders))
        for word, target in named(path, text):
            if any(covers(folder, target) for folder in inside):
                continue
            found = None if "${" in word else _candidates(machine, target)
            if found is None:
                return seen.in_doubt(f"{path} names {word}, outside of what {tool} compiles")
            seen |= found
            queue += [p for p in sorted(found.reads) if _SOURCE.search(p) or p.endswith(".css")]
    return seen


def _is_operand(before: str) -> bool:
    """Whether what follows this text is no import; a comment in between hides what it is."""
    line = before.rstrip().rpartition("\n")[2]
    return "//" not in line and "*/" not in line and _OPERAND.search(line) is not None


def _candidates(machine: Machine, target: str) -> Effects | None:
    """The files that a module may be; None if it is a folder, or that is not known."""
    stem, (bare, end) = _WRITTEN.sub("", target), posixpath.splitext(target)
    paths = {target, f"{bare}.d{end}.ts", *(s + e for s in (target, stem) for e in _ENDS)}
    kinds = {p: machine.kind(p) for p in paths}
    if kinds[target] not in {Kind.FILE, Kind.ABSENT} or Kind.UNKNOWN in kinds.values():
        return None
    return look(machine, *paths)


def manifests(machine: Machine, files: Iterable[str], tool: str) -> Effects:
    """The package.json files around: they tell how a module is found."""
    seen = look(machine, *files)
    for file in files:
        data = parse(machine.text(file))
        if data is None:
            if machine.kind(file) is Kind.FILE:
                return seen.in_doubt(f"the content of {file} is not known")
            continue
        named = [d for n in _DEPENDENCIES for d in (data.get(n) or {}).values()]
        out = any(str(d).startswith(_LEADING_OUT) for d in named) or isinstance(data.get("browser"), dict)
        if out or data.keys() & {"workspaces", "imports", "exports"}:
            return seen.in_doubt(f"{tool} may find modules in other folders: {file} leads there")
    return seen
