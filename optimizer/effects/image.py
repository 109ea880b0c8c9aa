"""The image tree: what a step meets, traced back to the context through COPY, ADD and stages.

A tree is a list of layers; a look-up goes from the newest to the oldest until one answers. It
costs nothing to add a layer, and no file of the context is touched before somebody asks.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from optimizer.effects.layers import Layer, Written
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
from optimizer.effects.tool import Command, Kind, Tool, clean

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
# What stands in a folder within a folder of programs, where no base has any (FHS 3.0, 3.4.2, 3.16.2, 4.4.2
# and 4.10.2). Debian's x11-common has a link that leads back, Arch has folders of Perl's programs.
_WITHIN_PROGRAMS = re.compile(r"/(?:usr/)?s?bin/(?!X11/|[a-z]+_perl/)[^/]+/")
# Directories that every base but scratch has (Filesystem Hierarchy Standard 3.0).
FOLDERS = frozenset(
    "/ /bin /boot /dev /etc /home /lib /media /mnt /opt /root /run /sbin /srv /sys /tmp /usr "
    "/usr/bin /usr/lib /usr/local /usr/local/bin /usr/sbin /usr/share /var /var/cache /var/lib "
    "/var/log /var/tmp".split()
)
_LINKS_AT_MOST = 40


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
        told = kind in {Kind.FILE, Kind.UNKNOWN}
        return layer.mark(real) if told and layer is not None else None

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

    def hidden_by(self, path: str) -> int | None:
        """The line of the step because of which it is not known what stands at or below a path."""
        path = self._find(clean(path))[2]
        for layer in reversed(self.layers):
            kind = layer.kind(path)
            if kind is Kind.UNKNOWN or layer.open_ended(path):
                return layer.hidden_by(path)
            if kind is not None:
                break
        return None

    def named(self, path: str) -> Paths:
        """What RUNs may have written below a directory by its name, not by that of a folder above."""
        runs = (layer.effects for layer in self.layers if isinstance(layer, Written))
        return NOTHING.union(*(effects.written.below(clean(path)) for effects in runs))

    def by_link(self, path: str) -> bool:
        """Whether the way to the path, or the path, may be a link: then what is copied lands elsewhere.

        A RUN that writes just a path, and makes no directory or known file there, may have made a link.
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
        system = not self.scratch and path in _SYSTEM and not _WITHIN_PROGRAMS.match(path)
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

    def named(self, path: str) -> Paths:
        """See `tool.Machine`."""
        return self.tree.named(path)

    def run(self, script: str, command: Command) -> Effects:
        """See `tool.Machine`."""
        return interpret(script, command, self.tools)

    def call(self, command: Command) -> Effects:
        """See `tool.Machine`."""
        return call(command, self.tools)
