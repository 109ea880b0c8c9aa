"""One thing that a builder looks up in its cache."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from functools import cached_property

from optimizer.cache.definitions import Definition
from optimizer.cache.selection import Selection, by_tree
from optimizer.effects.model import Derived

PRINTED = frozenset({"RUN", "COPY", "ADD", "WORKDIR"})


@dataclass(frozen=True)
class Landing:
    """One source of a COPY, and where it lands; image paths have no leading slash here.

    Attributes:
        selection: The source.
        place: The destination.
        into: Whether the destination is a directory.
        trace: Of a stage's source, where its content comes from.
        marks: The owner and the mode that it gets, if they count.
        sharp: Whether what lands differs if the source does.
        derived: Of a file that is made of the source: what of that counts.
    """

    selection: Selection
    place: str
    into: bool
    trace: Trace | None = None
    marks: str = ""
    sharp: bool = True
    derived: Derived | None = None

    def counted(self, name: str) -> str | None:
        """A name in the content key as far as it counts; None if it does not."""
        return name if self.derived is None else self.derived.counted(name)

    def at(self, name: str) -> str:
        """Where a part of the source lands, by its name in the content key."""
        head, _, rest = ("", "", name) if self.selection.plain else name.partition("/")
        if rest:
            return posixpath.join(self.place, rest)
        head = head or posixpath.basename(self.selection.pattern)
        return posixpath.join(self.place, head) if self.into else self.place

    def whole(self, name: str) -> bool:
        """Whether a name in the content key is that of a source itself, not of a part of it."""
        return not name if self.selection.plain else "/" not in name


@dataclass(frozen=True)
class Trace:
    """Where the content that is selected in a stage comes from.

    Attributes:
        selection: What is selected.
        landings: What was copied there, oldest first.
        opaque: The vertex beneath them whose result it stands on; None for an empty base.
        ground: What else it stands on.
        sharp: Whether content differs wherever what is copied does.
    """

    selection: Selection
    landings: tuple[Landing, ...]
    opaque: int | None
    ground: tuple[object, ...]
    sharp: bool


# Where what is selected comes from, if its content is known before a build.
OF_CONTEXT = frozenset({"context", "url"})


@dataclass(frozen=True)
class Vertex:
    """One thing that is looked up in the cache.

    Attributes:
        line: Its instruction's first line, from 1.
        keyword: The instruction's keyword; "MERGE" for what `COPY --link` is put on.
        text: The instruction as it stands in the file, without the line end.
        stage: The number of the (first) stage that it stands in.
        definition: What is in its key besides its inputs, as (field, value) pairs.
        parent: The index of the vertex whose files it starts from; None for an image.
        base: The image that it starts from if `parent` is None; "" for no files at all.
        selections: What it takes from elsewhere, in order.
        printed: Whether a builder prints it as a step.
        cacheable: Whether the builder keeps it in its cache at all.
        onto: For MERGE, the vertex of the copy; for a RUN of buildah, the end of a stage that it mounts.
        arguments: The names of its environment whose value is of an ARG; for reasons alone.
        traces: For each selection, what is known of its content in a stage.
        ordered: Whether its sources are keyed one by one, as they stand.
        does: What it does, as fields of BuildKit's key; empty if that is the definition.
    """

    line: int
    keyword: str
    text: str
    stage: int
    definition: Definition
    parent: int | None = None
    base: str = ""
    selections: tuple[Selection, ...] = ()
    printed: bool = True
    cacheable: bool = True
    onto: int | None = None
    arguments: frozenset[str] = frozenset()
    traces: tuple[Trace | None, ...] = ()
    ordered: bool = False
    does: Definition = ()

    @cached_property
    def trees(self) -> tuple[tuple[int, ...], ...]:
        """Which selections are of one tree, in the order in which they are keyed."""
        if self.ordered:
            return tuple((number,) for number in range(len(self.selections)))
        return tuple(by_tree(self.selections))

    @cached_property
    def of_context(self) -> bool:
        """Whether it takes nothing of a stage or an image, besides what it starts from."""
        return all(s.origin in OF_CONTEXT for s in self.selections)

    @cached_property
    def stands_on(self) -> tuple[int, ...]:
        """The indexes of the vertices that it is built from."""
        known = (self.parent, self.onto, *(s.stage for s in self.selections))
        return tuple(dict.fromkeys(index for index in known if index is not None))

    @cached_property
    def above(self) -> frozenset[int]:
        """Those, and what is known to have made the content that it takes."""
        opaque = (t.opaque for t in self.traces if t is not None)
        return frozenset((*self.stands_on, *(index for index in opaque if index is not None)))

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for vertices that are one (BUILDKIT.md 2.6)."""
        return self.definition, self.parent, self.base, self.selections, self.onto
