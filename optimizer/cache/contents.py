"""The content key of what a step selects (BUILDKIT.md 4)."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Protocol

from optimizer.cache.selection import Selection
from optimizer.cache.vertex import Landing, Trace
from optimizer.context.files import Files
from optimizer.effects.model import THERE

MODULUS = 1 << 128
# How the identity of a file, of a link and of a directory begins.
_FILE, _LINK, _PLAIN_FOLDER = "10", "12", "directory 755"


@dataclass(frozen=True)
class Missing:
    """A plain source that is not there: the build fails.

    Attributes:
        pattern: The source, relative to the context.
    """

    pattern: str


Digest = int | Missing | None


class Sum(NamedTuple):
    """The content of a part of a stage, as far as it was copied there.

    Attributes:
        digest: Equal if all is.
        names: Equal if the names are.
    """

    digest: int
    names: int


class Digests(Protocol):
    """Whatever can say what a selection holds."""

    def digest(self, selection: Selection) -> Digest:
        """A number that is equal if the content is; None if it is not known."""

    def held(self, trace: Trace) -> Sum | None:
        """What was copied to where a stage's selection is; None if that is not known."""


@lru_cache(maxsize=1 << 14)  # what comes to stand in a context is, some commits later, what goes
def entry_hash(name: str, identity: str) -> int:
    """What one entry adds to a digest; the digest is the sum of all, modulo 2**128.

    Args:
        name: As `Selection.selects` gives it.
        identity: Mode and content as git writes them (`Files.identity`).
    """
    if name.startswith(THERE):
        identity = ""
    data = f"{identity}\0{name}".encode("utf-8", "surrogateescape")
    return int.from_bytes(hashlib.blake2b(data, digest_size=16).digest(), "big")


class Contents:
    """The content keys over one state of the context.

    Each file is read once. A directory counts by itself only where its files do not say that
    it is there: if it is empty, or has another mode than 755.
    """

    def __init__(self, files: Files) -> None:
        self._files = files
        self._identities: dict[str, str] = {}
        self._digests: dict[Selection, Digest] = {}
        self._found: dict[Selection, tuple[tuple[str, str, str], ...]] = {}
        self._trees: dict[tuple[Landing, ...], Mapping[str, tuple[str, str]] | None] = {}

    def digest(self, selection: Selection) -> Digest:
        """The content key of a selection; None for what only a build can know."""
        if selection not in self._digests:
            self._digests[selection] = self._digest(selection)
        return self._digests[selection]

    def entries(self, selection: Selection) -> Mapping[str, tuple[str, str]]:
        """Path in the context -> name in the key, mode and content; of a context selection."""
        return {path: (name, what) for path, name, what in self._entries(selection)}

    def held(self, trace: Trace) -> Sum | None:
        """See Digests."""
        found = self._selected(trace)
        if found is None:
            return None
        digest = sum(entry_hash(name + marks, what) for name, what, marks in found) % MODULUS
        return Sum(digest, sum(entry_hash(name, "") for name, _, _ in found) % MODULUS)

    def _selected(self, trace: Trace) -> list[tuple[str, str, str]] | None:
        """Of what was copied to where a selection is: name in the key, mode and content, marks."""
        tree = self._tree(trace.landings)
        if tree is None or _leads_on(trace.selection, tree):
            return None
        names = ((trace.selection.selects(path), *entry) for path, entry in tree.items())
        return [(name, what, marks) for name, what, marks in names if name is not None]

    def _tree(self, landings: tuple[Landing, ...]) -> Mapping[str, tuple[str, str]] | None:
        """Image path -> mode and content, marks; None if a copy lands where a link leads."""
        if landings not in self._trees:
            found: dict[str, tuple[str, str]] | None = {}
            for each in landings:
                found = None if found is None else self._landed(found, each)
            self._trees[landings] = found
        return self._trees[landings]

    def _landed(
        self, tree: dict[str, tuple[str, str]], landing: Landing
    ) -> dict[str, tuple[str, str]] | None:
        if landing.trace is None:
            entries = [(name, what, "") for _, name, what in self._entries(landing.selection)]
        else:
            known = self._selected(landing.trace)
            if known is None:
                return None
            entries = known
        links = {path for path, (what, _) in tree.items() if what.startswith(_LINK)}
        for entry, what, marks in entries:
            if landing.derived is not None and what.startswith(_LINK):
                return None  # it may lead to anything
            name = landing.counted(entry)
            if name is None:
                continue
            # A directory that is a source gives its content; a link among the matches is followed.
            if landing.whole(name) and not what.startswith(_FILE):
                continue
            path = landing.at(name)
            if not links.isdisjoint(_above(path)) or (path in links and not what.startswith(_LINK)):
                return None
            tree[path] = (what, marks + landing.marks)
        filled = {above for path in tree for above in _above(path)}
        return {p: e for p, e in tree.items() if e[0] != _PLAIN_FOLDER or p not in filled}

    def _digest(self, selection: Selection) -> Digest:
        if selection.origin == "url":
            # What stands there is asked of the network at every build: taken as unchanged.
            return entry_hash("", selection.pattern)
        if selection.origin != "context":
            return None
        if selection.plain and self._files.resolve(selection.pattern) is None:
            return Missing(selection.pattern)
        return sum(entry_hash(name, what) for _, name, what in self._entries(selection)) % MODULUS

    def _entries(self, selection: Selection) -> tuple[tuple[str, str, str], ...]:
        if selection not in self._found:
            self._found[selection] = tuple(self._looked_up(selection))
        return self._found[selection]

    def _looked_up(self, selection: Selection) -> Iterator[tuple[str, str, str]]:
        for narrow, prefix in self._followed(selection):
            for path in self._walk(narrow.fixed):
                name = narrow.selects(path)
                if name is not None:
                    yield path, posixpath.join(prefix, name) if prefix else name, self._what(path)

    def _followed(self, selection: Selection) -> Iterator[tuple[Selection, str]]:
        """The selection by the places that links at its source lead to, each with a name."""
        if selection.plain:
            place = self._files.resolve(selection.pattern)
            if place is None or place == selection.pattern:
                yield selection, ""
            else:
                yield selection.followed(place), ""
            return
        yield selection, ""  # with the links themselves, so that another link is another key
        for path in self._files.walk(selection.fixed):
            entry = self._files.entry(path)
            if entry is None or entry.kind != "link" or selection.selects(path) is None:
                continue
            place = self._files.resolve(path)
            if place is not None and path.count("/") == selection.pattern.count("/"):
                yield selection.followed(place), posixpath.basename(path)

    def _walk(self, path: str) -> Iterator[str]:
        """What counts of all below: files, links, and some directories."""
        files = self._files.walk(path)
        yield from files
        known = frozenset(files)
        waiting = [] if path in known else [path]
        while waiting:
            folder = waiting.pop()
            names = self._files.names(folder)
            below = (posixpath.join(folder, name) for name in names)
            waiting += [each for each in below if each not in known]
            if folder and self._counts(folder, names):
                yield folder

    def _counts(self, folder: str, names: tuple[str, ...]) -> bool:
        entry = self._files.entry(folder)
        if entry is None or entry.kind != "directory":
            return False
        return not names or entry.mode != 0o755

    def _what(self, path: str) -> str:
        if path not in self._identities:
            found = self._files.identity(path)
            if found is None:
                entry = self._files.entry(path)
                found = f"directory {entry.mode if entry else 0:o}"
            self._identities[path] = found
        return self._identities[path]


def _above(path: str) -> Iterator[str]:
    """The directories above a path."""
    while "/" in path:
        path = path.rsplit("/", 1)[0]
        yield path


def _leads_on(selection: Selection, tree: Mapping[str, tuple[str, str]]) -> bool:
    """Whether what is selected is, or stands behind, a link."""
    depth = selection.pattern.count("/")
    links = [path for path, (what, _) in tree.items() if what.startswith(_LINK)]
    return any(
        selection.fixed.startswith(f"{path}/")
        or (path.count("/") <= depth and selection.selects(path) is not None)
        for path in links
    )
