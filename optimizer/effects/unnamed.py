"""A COPY whose sources are not known (`ARG X` without a value): what it brings is of the context.

    COPY ${X} /app/        the end of some path of the context, below /app
    COPY ${X} /app/${X}    a path of the context, below /app

Built with BuildKit (Debian's 20.10), X being nothing, `.`, a file, a folder, a link, a pattern, each
with and without a slash at its end, and with a folder at the destination before: a source of which
nothing is left is the whole context; a pattern stays as it is in a destination (`/app/*.txt`); a file
lands in the folder that stands there, by its own name (`/app/a.txt/a.txt`). That somebody gives
a value which leads outside the context (`../f`, for which a builder takes `f`) is not counted on.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from optimizer.context.files import Files
from optimizer.dockerfile.instructions import Copy
from optimizer.effects.image import Tree
from optimizer.effects.layers import Silent
from optimizer.effects.model import Link, Links, Paths, covers, tree
from optimizer.effects.state import State
from optimizer.effects.tool import Kind, clean

# A word in which nothing is quoted: twice the same text is twice the same value.
_BARE = re.compile(r"[\w./${}:+-]+")
_PATTERN = re.compile(r"[*?\[]")


@dataclass(frozen=True)
class Unnamed(Silent):
    """What such a COPY may have brought.

    Attributes:
        files: The context.
        destination: The known part of its destination.
        directory: Whether that is a directory in any case.
        kept: Whether the path of the source is kept below it (`COPY ${X} /app/${X}`).
        line: The line of the COPY.
    """

    files: Files
    destination: str
    directory: bool
    kept: bool
    line: int | None = field(default=None, compare=False)

    def kind(self, path: str) -> Kind | None:
        """What may come from the context is not known, all else is not touched."""
        if path == self.destination:
            return Kind.DIRECTORY if self.directory else Kind.UNKNOWN
        if covers(tree(path), self.destination):
            return Kind.DIRECTORY
        return Kind.UNKNOWN if self._may_stand(path) else None

    def open_ended(self, path: str) -> bool:
        """Nothing is brought below what is not brought itself."""
        return covers(tree(path), self.destination) or self._may_stand(path)

    def hidden_by(self, path: str) -> int | None:  # noqa: ARG002 - all that it holds is not known
        """See `Layer`."""
        return self.line

    def places(self, source: str) -> Paths:
        """Where a file of the context may land."""
        ends = (source,) if self.kept else _ends(source)
        return frozenset(posixpath.join(self.destination, end) for end in ends)

    @cached_property
    def links(self) -> Links:
        """Those of the context, wherever they may land."""
        return frozenset(self._led())

    def _led(self) -> Iterator[Link]:
        for link in self._links:
            entry = self.files.entry(link)
            text = entry.target if entry is not None else ""
            for at in self.places(link):
                to = clean(posixpath.join(posixpath.dirname(at), text))
                yield Link(at, to, text.startswith("/"))

    @property
    def unsure(self) -> bool:
        """A link that is named as a source is followed: what it leads to may hold others."""
        return bool(self._links)

    def _may_stand(self, path: str) -> bool:
        if not covers(tree(self.destination), path) or path == self.destination:
            return False
        rest = path[len(self.destination) :].lstrip("/")
        return self._kept_at(rest) if self.kept else self._ends_with(rest)

    def _kept_at(self, rest: str) -> bool:
        above, name = posixpath.split(rest)
        return (
            _PATTERN.search(rest) is not None
            or self.files.entry(rest) is not None
            or (posixpath.basename(above) == name and self.files.entry(above) is not None)
            or any(self.files.is_link(start) for start in _starts(rest))
        )

    def _ends_with(self, rest: str) -> bool:
        return rest in self._endings or any(start in self._link_endings for start in _starts(rest))

    @cached_property
    def _links(self) -> tuple[str, ...]:
        return tuple(path for path in self.files.walk() if self.files.is_link(path))

    @cached_property
    def _endings(self) -> frozenset[str]:
        return frozenset(end for path in _every(self.files) for end in _ends(path))

    @cached_property
    def _link_endings(self) -> frozenset[str]:
        return frozenset(end for path in self._links for end in _ends(path))


def _every(files: Files) -> Iterator[str]:
    """All paths of the context, its folders too."""
    todo = [""]
    while todo:
        folder = todo.pop()
        paths = [posixpath.join(folder, name) for name in files.names(folder)]
        yield from paths
        todo += paths


def _starts(path: str) -> Iterator[str]:
    parts = path.split("/")
    return ("/".join(parts[:n]) for n in range(1, len(parts)))


def _ends(path: str) -> Iterator[str]:
    parts = path.split("/")
    return ("/".join(parts[n:]) for n in range(len(parts)))


def unnamed(copy: Copy, files: Files, state: State, image: Tree, escape: str) -> Unnamed | None:
    """What a COPY with an unknown variable may bring; None if that is not bounded."""
    flags = copy.parents or copy.exclude or copy.others or copy.heredocs
    if copy.kind != "COPY" or copy.from_ is not None or flags:
        return None
    text, kept = state.expand(copy.dest, escape).text, False
    if text is None:
        text, kept = state.expand(_above(copy), escape).text, True
    if not text or (state.cwd is None and not text.startswith("/")):
        return None
    place = posixpath.join(state.cwd or "/", text)
    directory = kept or text in {".", ".."} or text.endswith(("/", "/.", "/..")) or len(copy.sources) > 1
    return None if image.by_link(place) else Unnamed(files, clean(place), directory, kept)


def _above(copy: Copy) -> str:
    """Of `/app/${X}`, where X is the only source, what stands before it; "" if that is not so."""
    source, *more = copy.sources
    above = copy.dest.removesuffix(source)
    plain = _BARE.fullmatch(source) and _BARE.fullmatch(copy.dest) and ".." not in copy.dest
    return above if plain and not more and above.endswith("/") and above != copy.dest else ""
