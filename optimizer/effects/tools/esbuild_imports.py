"""What esbuild reads from its entry points on.

Measured (strace, 0.8 to 0.28): a relative path is imported not only behind `from`, but also out of both
ends of a condition, out of two texts that are added, an enum, `require.resolve` and `new URL`; one with a
part that is not known is a pattern over the folders below its known part. So every quoted text that looks
like a relative path is taken for one, and a folder that one leads to is read whole, as are those of
the entry points: what is looked for there tomorrow is there as well.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from optimizer.effects.model import NONE, Effects, Paths, covers, tree
from optimizer.effects.tool import Command, Kind, Machine, clean
from optimizer.effects.tools.esbuild_maps import maps
from optimizer.effects.tools.esbuild_settings import Settings, manifests, settings
from optimizer.effects.tools.looking import look, upwards
from optimizer.effects.tools.tsc_imports import ABSOLUTE, bare, odd

_QUOTED = re.compile(r"""(["'`])(\.\.?(?:/[^"'`\n]*|(?=["'`]|\$\{)))(["'`]?)(\s*\+)?""")
_STYLE = re.compile(r"""\burl\(\s*(?!["'])([^)\s]*)""")
_PRAGMA = re.compile(r"@jsxImportSource\s+(\.[^\s*]*)")
# In a style sheet, what leads somewhere by a way that isn't followed: an absolute path, and a way out of a package.
_ODD_STYLE = re.compile(r"""\burl\(\s*["']?(?:/|file:|[^.\s)][^\s)]*/\.\.)[^)\s]*|@import\s*["']/[^"']*""", re.IGNORECASE)
_ENDS = tuple(f".{end}" for end in "ts tsx js jsx mts cts mjs cjs css json".split())
_WRITTEN = re.compile(r"\.[cm]?jsx?$")
_SOURCE = re.compile(r"\.(?:[cm]?[jt]sx?|css)$")
_TOLD = {Kind.FILE, Kind.ABSENT, Kind.DIRECTORY}
_MANY = 5000


@dataclass(frozen=True)
class Asked:
    """What a command line asks for.

    Attributes:
        folders: Those of the entry points.
        files: Modules that it names beside them.
        configs: The tsconfig.json that it names.
        loaders: Ends of names that it says how to load.
        ends: Ends of names that it says to look for.
        bundle: Whether imports are followed.
        maps: Whether source maps are made, and those of the sources are read.
        packages: Whether packages are bundled, too.
        external: Those that are not.
    """

    folders: Paths
    files: Paths
    configs: Paths
    loaders: Paths
    ends: tuple[str, ...]
    bundle: bool
    maps: bool
    packages: bool
    external: Paths

    def bundled(self, text: str) -> str:
        """A package that a source imports, and that becomes a part of the result."""
        return next((n for n in bare(text) if n not in self.external), "")

    def is_source(self, path: str) -> bool:
        """Whether a file may import another."""
        return bool(_SOURCE.search(path)) or path.endswith(tuple(e for e in self.loaders if e))


class _Reading:
    """The folders that are read whole, the files beside them, and what is still to be looked at."""

    def __init__(self, machine: Machine, asked: Asked) -> None:
        self.machine, self.asked = machine, asked
        self.folders, self.taken = set[str](), set[str]()
        self.queue, self.texts = list[str](), dict[str, str]()
        self.seen, self.doubt = NONE, ""

    def refuse(self, why: str) -> None:
        """Go no further."""
        self.doubt = self.doubt or why

    def inside(self, path: str) -> bool:
        """Whether a path is in a folder that is read whole."""
        return any(covers(tree(f), path) for f in self.folders)

    def above(self, *more: str) -> Paths:
        """All folders in which settings and packages are looked for, but those below others."""
        tops = {*self.folders, *map(posixpath.dirname, self.texts), *more}
        return frozenset(f for top in tops for f in upwards(top))

    def take_folder(self, folder: str) -> None:
        """Read a folder whole."""
        machine = self.machine
        if self.inside(folder):
            return
        if _is_behind_a_link(machine, folder) or machine.kind(folder) is Kind.UNKNOWN or not machine.complete(folder):
            self.refuse(f"what stands in {folder} is not known")
            return
        self.folders.add(folder)
        files = [p for p in machine.walk(folder) if "/node_modules/" not in p.removeprefix(folder)]
        if link := next((p for p in files if machine.kind(p) is Kind.LINK), None):
            self.refuse(f"esbuild follows the link {link}")
        self.queue += [p for p in files if self.asked.is_source(p) or posixpath.basename(p) == "package.json"]

    def take(self, target: str, source: str) -> None:
        """Look for a module."""
        if target in self.taken or self.inside(target):
            return
        self.taken.add(target)
        if self.machine.kind(target) is Kind.DIRECTORY:
            self.take_folder(target)
        stems = (target, _WRITTEN.sub("", target))
        paths = {target, *(p + e for p in stems for e in (*_ENDS, *self.asked.ends))}
        kinds = {p: self.machine.kind(p) for p in paths}
        if _is_behind_a_link(self.machine, target) or not set(kinds.values()) <= _TOLD:
            self.refuse(f"{source} names {target}, outside of what esbuild bundles")
            return
        self.seen |= look(self.machine, *(p for p in paths if kinds[p] is not Kind.DIRECTORY))
        found = sorted(p for p, k in kinds.items() if k is Kind.FILE)
        for path in found:
            if path.endswith(".css"):
                # Its plain names are relative, too.
                self.take_folder(posixpath.dirname(path))
        self.queue += [p for p in found if self.asked.is_source(p)]

    def drain(self) -> None:
        """Follow what is still to be looked at."""
        while self.queue and not self.doubt:
            path = self.queue.pop()
            if path in self.texts:
                continue
            text = self.machine.text(path)
            if text is None:
                self.refuse(f"the content of {path} is not known")
            elif len(self.texts) > _MANY:
                self.refuse("esbuild bundles too many sources to read them")
            else:
                self.texts[path] = text
                self.follow(path, text)

    def follow(self, path: str, text: str) -> None:
        """Take what a source asks for."""
        if self.asked.maps:
            self.seen |= maps(self.machine, path, text)
        if not self.asked.bundle:
            return
        if self.asked.maps and self.asked.packages and (name := self.asked.bundled(text)):
            self.refuse(f"the source map of the package {name} may name files of the project")
        if odd := _odd(path, text):
            self.refuse(f"{path} imports what is not followed: {odd}")
        for word, whole in _imports(text):
            target = clean(posixpath.join(posixpath.dirname(path), word))
            if whole:
                self.take(target, path)
            else:
                # A pattern, or the begin of one.
                self.take_folder(target if word.endswith(("/", "..")) else posixpath.dirname(target))


def _is_behind_a_link(machine: Machine, path: str) -> bool:
    return any(machine.kind(p) is Kind.LINK for p in upwards(path))


def read(command: Command, asked: Asked) -> Effects:
    """What is read, looked for, and why that is not known."""
    reading = _Reading(command.machine, asked)
    for folder in sorted(asked.folders):
        reading.take_folder(folder)
    places, found = asked.files | asked.folders, Settings(NONE)
    while places and not reading.doubt:
        for place in sorted(places):
            reading.take(place, "a setting")
        reading.drain()
        found = settings(command, reading.above(command.cwd), reading.folders, asked.configs)
        if base := next((b for b in sorted(found.bases) if asked.bundle and not reading.inside(b)), ""):
            reading.refuse(f"baseUrl leads imports to {base}, outside of what esbuild bundles")
        places = frozenset(p for p in found.places if p not in reading.taken and not reading.inside(p))
    above = reading.above(command.cwd)
    seen = reading.seen | found.seen | manifests(command.machine, above, reading.texts, bundle=asked.bundle)
    seen = seen.in_doubt(reading.doubt) if reading.doubt else seen
    if seen.doubt:
        return seen
    modules = frozenset(tree(f"{f.rstrip('/')}/node_modules") for f in above)
    return seen | Effects(reads=frozenset(map(tree, reading.folders)) | modules)


def _odd(path: str, text: str) -> str:
    """What leads somewhere by a way that is not followed; empty if nothing does."""
    found = None if re.search(r"[jt]s(?:x|on)?$", path) else _ODD_STYLE.search(text)
    return found[0] if found else odd(text)


def _imports(text: str) -> Iterator[tuple[str, bool]]:
    """Relative paths, and whether they are all of it."""
    for found in _QUOTED.finditer(text):
        word = found[2].partition("${")[0]
        yield word, word == found[2] and found[3] == found[1] and not found[4]
    for each in (_STYLE, _PRAGMA):
        for found in each.finditer(text):
            if found[1].startswith("."):
                yield found[1].split("?")[0].split("#")[0], True
    yield from ((found[1], True) for found in ABSOLUTE.finditer(text))
