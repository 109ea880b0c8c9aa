"""The image tree: what a step meets, traced back to the context through COPY, ADD and stages.

A tree is a list of layers; a look-up goes from the newest to the oldest until one answers. It
costs nothing to add a layer, and no file of the context is touched before somebody asks.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from optimizer.effects.copying import Copying
from optimizer.effects.local import LOCAL
from optimizer.effects.model import (
    NO_LINKS,
    NOTHING,
    Effects,
    Links,
    Paths,
    Patterns,
    covers,
    overlaps,
    tree,
)
from optimizer.effects.run import call, interpret
from optimizer.effects.tool import Command, Kind, Tool, clean, marked

# Where every base has files of its own (Filesystem Hierarchy Standard 3.0). The folders that
# projects use (/home, /opt, /srv, /usr/src, /var/www) are empty in the official bases.
SYSTEM: Paths = LOCAL | {"/root/.**"} | frozenset(
    tree(f"/{name}")
    for name in [
        "bin",
        "boot",
        "dev",
        "etc",
        "lib",
        "lib32",
        "lib64",
        "libx32",
        "proc",
        "run",
        "sbin",
        "sys",
        "usr/bin",
        "usr/games",
        "usr/include",
        "usr/lib",
        "usr/lib32",
        "usr/lib64",
        "usr/libexec",
        "usr/sbin",
        "usr/share",
        "var/backups",
        "var/cache",
        "var/lib",
        "var/local",
        "var/log",
        "var/mail",
        "var/run",
        "var/spool",
    ]
)
_SYSTEM = Patterns(SYSTEM)
# Directories that every base but scratch has (Filesystem Hierarchy Standard 3.0).
FOLDERS = frozenset(
    "/ /bin /boot /dev /etc /home /lib /media /mnt /opt /root /run /sbin /srv /sys /tmp /usr "
    "/usr/bin /usr/lib /usr/local /usr/local/bin /usr/sbin /usr/share /var /var/cache /var/lib "
    "/var/log /var/tmp".split()
)
_LINKS_AT_MOST = 40


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


class _Silent:
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
class Copied(_Silent):
    """What a COPY or ADD of the context brought."""

    copying: Copying

    def kind(self, path: str) -> Kind | None:
        source = self.copying.context_path(path)
        if source is None:
            return Kind.DIRECTORY if covers(tree(path), self.copying.destination) else None
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
        below = tree(path)
        return tuple(sorted(t for t in self.copying.atoms if covers(below, t)))

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
class Written(_Silent):
    """What a RUN (or an ADD of something unknown) may have written."""

    effects: Effects

    @cached_property
    def put(self) -> Paths:
        """What is written by its name and is no directory that is surely made, and not gone."""
        return frozenset(
            w for w in self.effects.writes - self.effects.makes if w not in self._deletes
        )

    @cached_property
    def _writes(self) -> Patterns:
        return Patterns(self.effects.writes)

    @cached_property
    def _deletes(self) -> Patterns:
        return Patterns(self.effects.deletes)

    @cached_property
    def _roots(self) -> tuple[str, ...]:
        """Where the writes are, without their stars."""
        return tuple(w.removesuffix("**") for w in self.effects.writes)

    def kind(self, path: str) -> Kind | None:
        if self._content(path) is not None:
            return Kind.FILE
        if path in self.effects.makes:
            return Kind.DIRECTORY
        if path in self._deletes:
            return Kind.ABSENT
        return Kind.UNKNOWN if path in self._writes else None

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
        if path in self._writes:
            return True
        below = path.rstrip("/") + "/"
        return any(root.startswith(below) for root in self._roots)


@dataclass(frozen=True)
class Made(_Silent):
    """A directory that WORKDIR made."""

    path: str

    def kind(self, path: str) -> Kind | None:
        return Kind.DIRECTORY if covers(tree(path), self.path) else None


@dataclass(frozen=True)
class Taken(_Silent):
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
        return frozenset(
            (self.destination.rstrip("/") + at[cut:], to)
            for at, to in self.stage.links
            if covers(tree(self.source), at)
        )

    @property
    def unsure(self) -> bool:
        return self.stage.unsure

    @property
    def has_links(self) -> bool:
        return self.stage.has_links


_KINDS = {"file": Kind.FILE, "directory": Kind.DIRECTORY, "link": Kind.LINK}


@dataclass(frozen=True)
class Tree:
    """The file system of a stage at one point, as far as the text and the context tell it."""

    layers: tuple[Layer, ...] = ()
    scratch: bool = False
    # What was found already, without and with links followed: a tree never changes.
    _standing: dict[str, tuple[Kind, Layer | None]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _followed: dict[str, tuple[Kind, Layer | None, str]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def with_layer(self, layer: Layer) -> Tree:
        """The tree after one more change."""
        return Tree((*self.layers, layer), self.scratch)

    def kind(self, path: str) -> Kind:
        """What stands at this path."""
        return self._find(clean(path))[0]

    def text(self, path: str) -> str | None:
        """The content of a file, if it is known."""
        kind, layer, real = self._find(clean(path))
        return layer.text(real) if kind is Kind.FILE and layer is not None else None

    def mark(self, path: str) -> str | None:
        """What is known of a file whose text is not."""
        kind, layer, real = self._find(clean(path))
        return layer.mark(real) if kind is Kind.FILE and layer is not None else None

    def mode(self, path: str) -> int | None:
        """The permission bits of a file, if they are known."""
        kind, layer, real = self._find(clean(path))
        changed = (
            covers(changed, real)
            for each in self.layers
            if isinstance(each, Written)
            for changed in each.effects.metadata
        )
        if kind is not Kind.FILE or layer is None or any(changed):
            return None
        return layer.mode(real)

    def names(self, path: str) -> tuple[str, ...]:
        """The known entries of a directory."""
        path = self._find(clean(path))[2]
        found = {name for layer in self.layers for name in layer.names(path)}
        return tuple(
            sorted(n for n in found if self.kind(posixpath.join(path, n)) is not Kind.ABSENT)
        )

    def walk(self, path: str) -> tuple[str, ...]:
        """The known files and links below a directory."""
        path = self._find(clean(path))[2]
        found = {each for layer in self.layers for each in layer.walk(path)}
        return tuple(sorted(f for f in found if self._at(f)[0] is not Kind.ABSENT))

    def complete(self, path: str) -> bool:
        """Whether nothing unknown may stand below the path."""
        path = clean(path)
        if not self.scratch and any(overlaps(s, tree(path)) for s in SYSTEM):
            return False
        return not any(layer.open_ended(path) for layer in self.layers)

    def by_link(self, path: str) -> bool:
        """Whether the way to the path, or the path, may be a link: then what is copied lands elsewhere.

        A RUN that writes just a path, and makes no directory there, may have made a link.
        """
        path = clean(path)
        return self._first_link(path) is not None or self._behind(path)

    def linked(self, path: str) -> bool:
        """Whether the way to the path, or the path, is known to lead through a link."""
        return self._first_link(clean(path)) is not None

    def _behind(self, path: str) -> bool:
        """Whether a RUN wrote the path or one above it, which may so be a link."""
        if not self._put:
            return False
        way = {path[:end] for end in range(2, len(path) + 1) if (path + "/")[end] == "/"}
        return not self._put.isdisjoint(way)

    @cached_property
    def _put(self) -> Paths:
        return NOTHING.union(*(e.put for e in self.layers if isinstance(e, Written)))

    def places(self, source: str) -> Paths:
        """Where a file of the context may stand, if it is there at all."""
        return NOTHING.union(*(layer.places(source) for layer in self.layers))

    @cached_property
    def links(self) -> Links:
        """The symbolic links that may stand in it, and where they lead."""
        return NO_LINKS.union(*(layer.links for layer in self.layers))

    @cached_property
    def unsure(self) -> bool:
        """Whether it may hold links that are not known."""
        return any(layer.unsure for layer in self.layers)

    @cached_property
    def has_links(self) -> bool:
        """Whether it holds a link whose text is known."""
        return any(layer.has_links for layer in self.layers)

    def _at(self, path: str) -> tuple[Kind, Layer | None]:
        found = self._standing.get(path)
        if found is None:
            found = self._standing[path] = self._looked_up(path)
        return found

    def _looked_up(self, path: str) -> tuple[Kind, Layer | None]:
        for layer in reversed(self.layers):
            kind = layer.kind(path)
            if kind is not None:
                return kind, layer
        if path in FOLDERS and not (self.scratch and path != "/"):
            return Kind.DIRECTORY, None
        system = not self.scratch and path in _SYSTEM
        # What was written below a path has made the directories above it.
        filled = any(layer.open_ended(path) for layer in self.layers)
        open_ = system or filled or self._behind(path)
        return (Kind.UNKNOWN if open_ else Kind.ABSENT), None

    def _find(self, path: str) -> tuple[Kind, Layer | None, str]:
        """What stands at a path once links in it are followed, and where that is."""
        found = self._followed.get(path)
        if found is None:
            found = self._followed[path] = self._follow(path)
        return found

    def _follow(self, path: str) -> tuple[Kind, Layer | None, str]:
        if not self.has_links:
            return (*self._at(path), path)
        for _ in range(_LINKS_AT_MOST):
            step = self._first_link(path)
            if step is None:
                return (*self._at(path), path)
            link, target = step
            path = clean(posixpath.join(posixpath.dirname(link), target, path[len(link) + 1 :]))
        return Kind.ABSENT, None, path

    def _first_link(self, path: str) -> tuple[str, str] | None:
        parts = path.split("/")
        for end in range(2, len(parts) + 1):
            prefix = "/".join(parts[:end])
            kind, layer = self._at(prefix)
            if kind is Kind.LINK and layer is not None:
                return prefix, layer.target(prefix) or ""
            if kind in {Kind.ABSENT, Kind.UNKNOWN} and end == len(parts):
                return None
        return None


@dataclass(frozen=True)
class ImageMachine:
    """A tree with the table of tools: what a command is given (`tool.Machine`)."""

    tree: Tree
    tools: Mapping[str, Tool]

    def kind(self, path: str) -> Kind:
        """See `tool.Machine`."""
        return self.tree.kind(path)

    def text(self, path: str) -> str | None:
        """See `tool.Machine`."""
        return self.tree.text(path)

    def mark(self, path: str) -> str | None:
        """See `tool.Machine`."""
        return self.tree.mark(path)

    def mode(self, path: str) -> int | None:
        """See `tool.Machine`."""
        return self.tree.mode(path)

    def names(self, path: str) -> tuple[str, ...]:
        """See `tool.Machine`."""
        return self.tree.names(path)

    def walk(self, path: str) -> tuple[str, ...]:
        """See `tool.Machine`."""
        return self.tree.walk(path)

    def complete(self, path: str) -> bool:
        """See `tool.Machine`."""
        return self.tree.complete(path)

    def run(self, script: str, command: Command) -> Effects:
        """See `tool.Machine`."""
        return interpret(script, command, self.tools)

    def call(self, command: Command) -> Effects:
        """See `tool.Machine`."""
        return call(command, self.tools)
