"""One thing that a builder looks up in its cache."""

from __future__ import annotations

from dataclasses import dataclass, replace

from optimizer.cache.definitions import Definition
from optimizer.cache.selection import Selection

PRINTED = frozenset({"RUN", "COPY", "ADD", "WORKDIR"})


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
        onto: For MERGE: the vertex of the copy.
        arguments: The names of its environment whose value is of an ARG; for reasons alone.
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

    def salted(self, salt: str) -> Vertex:
        """The same with a value in its definition that it has at one build only."""
        return replace(self, definition=(*self.definition, ("salt", salt)))

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for vertices that are one (BUILDKIT.md 2.6)."""
        return self.definition, self.parent, self.base, self.selections, self.onto
