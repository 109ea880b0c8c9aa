"""The layers of an image tree: what a COPY, a RUN, a WORKDIR or another stage has put there."""

from __future__ import annotations

import posixpath
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from optimizer.effects.copying import Copying
from optimizer.effects.model import (
    NO_LINKS,
    NOTHING,
    Effects,
    Links,
    Paths,
    covers,
    elsewhere,
    tree,
)
from optimizer.effects.tool import Kind, clean, marked

if TYPE_CHECKING:
    from optimizer.effects.image import Tree

_KINDS = {"file": Kind.FILE, "directory": Kind.DIRECTORY, "link": Kind.LINK}


class Layer(Protocol):
    """One change of the tree."""

    def kind(self, path: str) -> Kind | None:
        """What stands at the path by this layer; None: ask the layer beneath."""

    def text(self, path: str) -> str | None:
        """The content of a file of this layer."""

    def mark(self, path: str) -> str | None:
        """What is known of a file of this layer whose text is not."""

    def mode(self, path: str) -> int | None:
        """The permission bits of a file of this layer."""

    def names(self, path: str) -> tuple[str, ...]:
        """Entries that this layer adds to a directory."""

    def walk(self, path: str) -> tuple[str, ...]:
        """Files and links that this layer adds below a directory."""

    def open_ended(self, path: str) -> bool:
        """Whether it may have added something unknown at or below the path."""

    def hidden_by(self, path: str) -> int | None:
        """The line of the step because of which it is not known what this layer holds there."""

    def target(self, path: str) -> str | None:
        """Where the path leads if this layer holds a link there."""

    def places(self, source: str) -> Paths:
        """Where this layer would put a file of the context."""

    @property
    def links(self) -> Links:
        """The symbolic links that it adds, and where they lead."""

    @property
    def unsure(self) -> bool:
        """Whether it may add links that are not known."""

    @property
    def has_links(self) -> bool:
        """Whether it holds a link that `target` tells."""


class Silent:
    """A layer that knows nothing of any path."""

    def kind(self, path: str) -> Kind | None:  # noqa: ARG002 - the Layer protocol
        return None

    def text(self, path: str) -> str | None:  # noqa: ARG002
        return None

    def mark(self, path: str) -> str | None:  # noqa: ARG002
        return None

    def mode(self, path: str) -> int | None:  # noqa: ARG002
        return None

    def names(self, path: str) -> tuple[str, ...]:  # noqa: ARG002
        return ()

    def walk(self, path: str) -> tuple[str, ...]:  # noqa: ARG002
        return ()

    def open_ended(self, path: str) -> bool:  # noqa: ARG002
        return False

    def hidden_by(self, path: str) -> int | None:  # noqa: ARG002
        return None

    def target(self, path: str) -> str | None:  # noqa: ARG002
        return None

    def places(self, source: str) -> Paths:  # noqa: ARG002
        return NOTHING

    @property
    def links(self) -> Links:
        return NO_LINKS

    @property
    def unsure(self) -> bool:
        return False

    @property
    def has_links(self) -> bool:
        return False


@dataclass(frozen=True)
class Copied(Silent):
    """What a COPY or ADD of the context brought."""

    copying: Copying

    def kind(self, path: str) -> Kind | None:
        source = self.copying.context_path(path)
        if source is None:
            made = path in self.copying.folders or covers(tree(path), self.copying.destination)
            return Kind.DIRECTORY if made else None
        if source == "":
            return Kind.DIRECTORY
        entry = self.copying.files.entry(source)
        return None if entry is None else _KINDS.get(entry.kind, Kind.UNKNOWN)

    def text(self, path: str) -> str | None:
        source = self.copying.context_path(path)
        if source is None:
            return None
        return self.copying.files.read(source).decode("utf-8", "surrogateescape")

    def mode(self, path: str) -> int | None:
        source, flag = self.copying.context_path(path), self.copying.mode
        entry = self.copying.files.entry(source) if source else None
        if entry is None or (flag is not None and set(flag) - set("01234567")):
            return None
        return int(flag, 8) if flag else entry.mode

    def names(self, path: str) -> tuple[str, ...]:
        found: set[str] = set()
        for placed in self.copying.placements:
            source = placed.context_path(path)
            if source is not None and placed.directory:
                found |= set(self.copying.files.names(source))
            elif placed.target != path and covers(tree(path), placed.target):
                rest = placed.target[len(path.rstrip("/")) + 1 :]
                found.add(rest.split("/")[0])
        return tuple(sorted(found))

    def walk(self, path: str) -> tuple[str, ...]:
        atoms, folder = self.copying.ordered, path.rstrip("/")
        # `0` is the character behind `/`.
        inside = atoms[bisect_left(atoms, folder + "/") : bisect_left(atoms, folder + "0")]
        return (path, *inside) if path in self.copying.atoms else inside

    def target(self, path: str) -> str | None:
        source = self.copying.context_path(path)
        entry = self.copying.files.entry(source) if source else None
        return entry.target if entry is not None and entry.kind == "link" else None

    def places(self, source: str) -> Paths:
        found = (placed.image_path(source) for placed in self.copying.placements)
        return frozenset(path for path in found if path is not None)

    @property
    def links(self) -> Links:
        return self.copying.links

    @property
    def has_links(self) -> bool:
        return bool(self.copying.links)


@dataclass(frozen=True)
class Written(Silent):
    """What a RUN (or an ADD of something unknown) may have written, and the line of that step."""

    effects: Effects
    line: int | None = field(default=None, compare=False)

    @cached_property
    def put(self) -> Paths:
        """What is written by its name, not gone, and neither a directory nor a file that is surely made."""
        files = {path for path, _ in self.effects.contents}
        return frozenset(
            w for w in self.effects.writes - self.effects.makes - files
            if w not in self.effects.deleted
        )  # fmt: skip

    def kind(self, path: str) -> Kind | None:
        if self._content(path) is not None:
            return Kind.FILE
        if path in self.effects.makes:
            return Kind.DIRECTORY
        if path in self.effects.deleted:
            return Kind.ABSENT
        return Kind.UNKNOWN if path in self.effects.written else None

    def _content(self, path: str) -> str | None:
        return next((text for name, text in self.effects.contents if name == path), None)

    def text(self, path: str) -> str | None:
        found = self._content(path)
        return None if found is None or marked(found) else found

    def mark(self, path: str) -> str | None:
        found = self._content(path)
        return found if found is not None and marked(found) else None

    @property
    def links(self) -> Links:
        return self.effects.links

    @property
    def unsure(self) -> bool:
        return self.effects.doubt is not None

    def open_ended(self, path: str) -> bool:
        return self.effects.written.reach_into(path)

    def hidden_by(self, path: str) -> int | None:  # noqa: ARG002 - all that it holds is its step's
        return self.line


@dataclass(frozen=True)
class Made(Silent):
    """A directory that WORKDIR made."""

    path: str

    def kind(self, path: str) -> Kind | None:
        return Kind.DIRECTORY if covers(tree(path), self.path) else None


@dataclass(frozen=True)
class Shipped(Silent):
    """What is known of files of a base image: marks by path, None for what is not there."""

    files: Mapping[str, str | None]

    def kind(self, path: str) -> Kind | None:
        if path not in self.files:
            return None
        return Kind.ABSENT if self.files[path] is None else Kind.UNKNOWN

    def mark(self, path: str) -> str | None:
        return self.files.get(path)


@dataclass(frozen=True)
class Taken(Silent):
    """One path of another stage, copied here."""

    stage: Tree
    source: str
    destination: str

    def _there(self, path: str) -> str | None:
        if not covers(tree(self.destination), path):
            return None
        return clean(posixpath.join(self.source, path[len(self.destination) :].lstrip("/")))

    def kind(self, path: str) -> Kind | None:
        there = self._there(path)
        if there is None:
            return Kind.DIRECTORY if covers(tree(path), self.destination) else None
        kind = self.stage.kind(there)
        return None if kind is Kind.ABSENT else kind

    def text(self, path: str) -> str | None:
        there = self._there(path)
        return None if there is None else self.stage.text(there)

    def mark(self, path: str) -> str | None:
        there = self._there(path)
        return None if there is None else self.stage.mark(there)

    def names(self, path: str) -> tuple[str, ...]:
        there = self._there(path)
        return () if there is None else self.stage.names(there)

    def walk(self, path: str) -> tuple[str, ...]:
        there = self._there(path)
        if there is None:
            return ()
        cut = len(there.rstrip("/"))
        return tuple(path.rstrip("/") + found[cut:] for found in self.stage.walk(there))

    def open_ended(self, path: str) -> bool:
        there = self._there(path)
        if there is not None:
            return not self.stage.complete(there)
        return covers(tree(path), self.destination) and not self.stage.complete(self.source)

    def hidden_by(self, path: str) -> int | None:
        return self.stage.hidden_by(self._there(path) or self.source)

    def places(self, source: str) -> Paths:
        cut = len(self.source.rstrip("/"))
        return frozenset(
            self.destination.rstrip("/") + path[cut:]
            for path in self.stage.places(source)
            if covers(tree(self.source), path)
        )

    @property
    def links(self) -> Links:
        cut = len(self.source.rstrip("/"))
        here = (link for link in self.stage.links if covers(tree(self.source), link.at))
        return frozenset(
            led
            for link in here
            for led in elsewhere(link, self.destination.rstrip("/") + link.at[cut:])
        )

    @property
    def unsure(self) -> bool:
        return self.stage.unsure

    @property
    def has_links(self) -> bool:
        return self.stage.has_links
