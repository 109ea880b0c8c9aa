"""What TypeScript sources import from outside of the folders that are compiled.

Measured (tsc 5.9): a path that is quoted behind `from`, `import`, `require(` and the like is
looked for with each extension; one that is handed to another function, or stands in a list or
an object, is a text. Beside what is found, package.json and node_modules are looked for.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from optimizer.effects.model import NONE, Effects, Paths, covers
from optimizer.effects.tool import Kind, Machine
from optimizer.effects.tools.looking import look, upwards

# Any quoted text that looks like a relative path; dots alone are a module only where one is
# asked for.
_RELATIVE = re.compile(r"""["'`](\.\.?/[^"'`\n]*)["'`]""")
_DOTS = re.compile(r"""(?:\bfrom|\bimport|\brequire|\()\s*\(?\s*["'`](\.\.?)["'`]""")
# By these a path leads elsewhere whatever it begins with, and an absolute one behind an import.
_REFERENCE = re.compile(r"""^\s*///.*?\b(?:path|types)\s*=\s*["']([^"'\n]*)["']""", re.MULTILINE)
_PRAGMA = re.compile(r"@jsxImportSource\s+(\.[^\s*]*)")
_ASKED = r"""(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire(?:\s*\.\s*resolve)?\s*\(\s*)(?:/\*.*?\*/\s*)?["'`]"""
ABSOLUTE = re.compile(_ASKED + r"""(/[^"'`\n]*)["'`]""")
# A way out of a package, and a path that is written with escapes.
_ODD = re.compile(_ASKED + r"""(?:[\w@][^"'`\n]*/\.\.(?=[/"'`])|[^"'`\n]*\\|file:)[^"'`\n]*""")
_BARE = re.compile(_ASKED + r"""(?!\.|node:)([^"'`\n]+)""")
# What surely is no import: an operand, an entry of a list or an object, an argument of a function
# that is neither `import` nor `require`.
_OPERAND = re.compile(r"[,:+\[{?&|<>!=]$|(?<![\w$])(?!(?:import|require)\s*\()[\w$]+\s*\($")
_PATTERNS = (_RELATIVE, _DOTS, _REFERENCE, _PRAGMA, ABSOLUTE)
_BEFORE = 200
_WRITTEN = re.compile(r"\.(?:d\.)?[cm]?[jt]sx?$")
_ENDS = (
    *(".ts", ".tsx", ".d.ts", ".js", ".jsx", ".json"),
    *(".mts", ".cts", ".d.mts", ".d.cts", ".mjs", ".cjs"),
)
_CLASSIC = (".ts", ".tsx", ".d.ts", ".js", ".jsx")
_SOURCE = re.compile(r"\.([cm]?[jt]sx?|json)$")
_MANY = 5000


def sources(machine: Machine, places: Iterable[str]) -> tuple[str, ...]:
    """The files in these folders (and among these files) that may import."""
    found = (p for s in places for p in ([s] if machine.kind(s) is Kind.FILE else machine.walk(s)))
    return tuple(p for p in found if _SOURCE.search(p))


def outside(machine: Machine, files: Iterable[str], inside: Paths) -> Effects:
    """What files import from outside of `inside`, and what that imports."""
    queue, done, seen = list(files), set[str](), NONE
    while queue:
        path = queue.pop()
        if path in done:
            continue
        done.add(path)
        text = machine.text(path)
        if len(done) > _MANY:
            return seen.in_doubt("tsc compiles too many sources to read them")
        if text is None:
            return seen.in_doubt(f"the content of {path} is not known")
        if not any(covers(folder, path) for folder in inside):
            folders = upwards(posixpath.dirname(path))
            seen |= look(machine, *(posixpath.join(f, "package.json") for f in folders))
            seen |= Effects(probes=frozenset(f"{f.rstrip('/')}/node_modules" for f in folders))
        if way := odd(text):
            return seen.in_doubt(f"{path} imports what is not followed: {way}")
        plain = look(machine, *_classic(machine, path, text, inside))
        seen |= plain
        queue += sorted(plain.reads)
        for word, target in _imports(path, text):
            if any(covers(folder, target) for folder in inside):
                continue
            found = _candidates(machine, target)
            if found is None:
                return seen.in_doubt(f"{path} names {word}, outside of what tsc compiles")
            seen |= found
            queue += [p for p in sorted(found.reads) if _SOURCE.search(p)]
    return seen


def _classic(machine: Machine, path: str, text: str, inside: Paths) -> Iterator[str]:
    """Where a package's name is looked for as a file (4.9 to 5.9, `"moduleResolution": "classic"`).

    It is the default where modules stay modules, up to 5.9; elsewhere nothing is there to be found.
    """
    for name in bare(text):
        for folder in upwards(posixpath.dirname(path)):
            for end in _CLASSIC:
                place = posixpath.join(folder, name + end)
                known = machine.kind(place) in {Kind.FILE, Kind.ABSENT}
                if known and not any(covers(each, place) for each in inside):
                    yield place


def bare(text: str) -> Iterator[str]:
    """The packages, and the modules of them, that a source imports."""
    return (found[1] for found in _BARE.finditer(text))


def odd(text: str) -> str:
    """An import that leads somewhere by a way that is not followed; empty if there is none."""
    found = _ODD.search(text)
    return found[0] if found else ""


def _imports(path: str, text: str) -> Iterator[tuple[str, str]]:
    # In a package.json the words behind a colon are the modules.
    manifest = posixpath.basename(path) == "package.json"
    for found in (m for p in _PATTERNS for m in p.finditer(text)):
        operand = found.re is _RELATIVE and _is_operand(text[: found.start()][-_BEFORE:])
        if operand and not manifest:
            continue
        word = found[1]
        yield word, posixpath.normpath(posixpath.join(posixpath.dirname(path), word))


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
