"""What a compiler takes from elsewhere: files that C sources include, itself.

The files outside of some folders that sources in them include are found one by one and in turn.

A name in quotes is looked for beside the file that has it first (gcc, "Search Path"). One in angle
brackets is looked for in folders that others name; only if it climbs it may lead out of these.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from optimizer.effects.model import covers, tree
from optimizer.effects.tool import Command, Kind

SOURCES = re.compile(
    r"\.(go|c|cc|cpp|cxx|c\+\+|cppm|ixx|cu|cuh|h|hh|hpp|hxx|h\+\+|inl|inc|ipp|tpp|tcc|txx|def|s|S|sx|asm|m|mm|proto|idl|swig|swigcxx|f|F|f90|F90|in)$"
)
# `#include "x"`, `import "x"` of protobuf, `.incbin "x"`, `include 'x'` of Fortran; `#define X "../x"` for `#include X`.
_NAMES = re.compile(
    r"""^\s*(?://)?\s*(?:\#\s*(?:include(?:_next)?|import|embed)|import|\.incbin|\.include|include)\s*([<"'])([^">'\n]+)"""
    r"""|^\s*(?://)?\s*\#\s*define\s+\w+\s+([<"])([^">\n]*\.\./[^">\n]*)""",
    re.MULTILINE,
)
_MOST = 20000


def outside(command: Command, folders: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """What sources in the folders lead to outside of them: files that are there, and names of none."""
    machine, roots = command.machine, tuple(folders)
    regions = tuple(map(tree, roots))
    queue = [f for root in roots for f in machine.walk(root) if SOURCES.search(f)]
    queue += [root for root in roots if machine.kind(root) is Kind.FILE]
    done, there, missing = set(queue), set[str](), set[str]()
    while queue and len(done) < _MOST:
        file = queue.pop()
        for name, quoted in _named(machine.text(file) or ""):
            path = command.path(name, posixpath.dirname(file))
            inside = any(covers(region, path) for region in regions)
            climbs = ".." in name.split("/") or name.startswith("/")
            if path in done or not (quoted or climbs) or (inside and SOURCES.search(path)):
                continue
            done.add(path)
            kind = machine.kind(path)
            if kind is not Kind.ABSENT:
                queue.append(path)
            if not inside and (climbs or kind is not Kind.ABSENT):
                (missing if kind is Kind.ABSENT else there).add(path)
    for path in sorted(there | {root for root in roots if machine.kind(root) is Kind.FILE}):
        # A precompiled header, a file or a folder of them, stands in for what it was made of (gcc 12).
        if machine.kind(f"{path}.gch") is not Kind.ABSENT:
            there |= {f"{path}.gch", tree(f"{path}.gch")}
    return frozenset(there), frozenset(missing)


def _named(text: str) -> Iterable[tuple[str, bool]]:
    """The names that a text includes, and whether they are in quotes."""
    if "include" not in text and "import" not in text and ".incbin" not in text and "embed" not in text:
        return
    for mark, name, other, defined in _NAMES.findall(text):
        yield name or defined, (mark or other) != "<"


def own_program(command: Command, values: Iterable[str]) -> str:
    """A program of the project that one of some variables for a compiler names; "" if none does."""
    for value in values:
        for word in value.split():
            path = command.path(word)
            if "/" in word and command.machine.text(path) is not None:
                return path
    return ""
