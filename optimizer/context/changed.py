"""A tree of files after a change, without a copy of it."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from optimizer.context.sources import Entry, Source, identity_of


@dataclass(frozen=True)
class ChangedSource:
    """Another tree with some files written and some paths removed.

    Attributes:
        base: The tree as it was.
        put: Path -> new content; a file that was there keeps its mode.
        gone: Paths that are removed, each with all below it.
    """

    base: Source
    put: Mapping[str, bytes]
    gone: Collection[str] = ()

    def kinds(self, directory: str) -> Mapping[str, str]:
        """The entries of a directory."""
        found = {} if directory in self._new else dict(self.base.kinds(directory))
        for path in self.put:
            if posixpath.dirname(path) == directory:
                found[posixpath.basename(path)] = "file"
        for path in self._new:
            if posixpath.dirname(path) == directory:
                found[posixpath.basename(path)] = "directory"
        for path in self.gone:
            if posixpath.dirname(path) == directory:
                found.pop(posixpath.basename(path), None)
        return found

    def entry(self, path: str) -> Entry:
        """What stands at a path."""
        if path in self._new:
            return Entry("directory", 0o755)
        if path not in self.put:
            return self.base.entry(path)
        known = self._known(path) == "file"
        mode = self.base.entry(path).mode if known else 0o644
        return Entry("file", mode, "", len(self.put[path]))

    def read(self, path: str) -> bytes:
        """The content of a file."""
        return self.put[path] if path in self.put else self.base.read(path)

    def identity(self, path: str) -> str:
        """Mode and content of a file or link."""
        if path in self.put:
            return identity_of(self.entry(path), self.put[path])
        return self.base.identity(path)

    def _known(self, path: str) -> str | None:
        """The kind that a path had, None if it was not there."""
        above, name = posixpath.split(path)
        if above and self._known(above) != "directory":
            return None
        return self.base.kinds(above).get(name)

    @cached_property
    def _new(self) -> frozenset[str]:
        """The directories that the new files bring with them."""
        found = set()
        for path in self.put:
            above = posixpath.dirname(path)
            while above and self._known(above) != "directory":
                found.add(above)
                above = posixpath.dirname(above)
        return frozenset(found)
