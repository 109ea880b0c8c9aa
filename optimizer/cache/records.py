"""The cache of a builder: what it has built, and what of a build it finds again.

    records = Records()
    records.build(graph, Contents(before))
    rebuilt = records.build(graph, Contents(after))
    [step.line for step, outcome in rebuilt.steps() if not outcome.hit]

An input has up to two keys: what made it (the definition key), and what it holds (the content
key). A record fits if it fits by one of the two for each input (BUILDKIT.md 2). What a stage
holds is not known without building it, so its consumer is a hit only if the stage is; a
`Digests` that knows more may answer for a stage, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from optimizer.cache.contents import Digest, Digests, Missing
from optimizer.cache.selection import Selection
from optimizer.cache.vertex import Vertex

_Key = tuple[object, ...]


@dataclass(frozen=True)
class Outcome:
    """What came of one vertex.

    Attributes:
        hit: Whether it was in the cache.
        result: The number of its result; equal results have equal numbers.
        failed: The source that is not there, if the build fails here or has failed before.
    """

    hit: bool
    result: int
    failed: Missing | None = None


@dataclass(frozen=True)
class Build:
    """One build.

    Attributes:
        vertices: What was built.
        contents: Over which files.
        outcomes: One for each vertex.
    """

    vertices: Sequence[Vertex]
    contents: Digests
    outcomes: tuple[Outcome, ...]

    def steps(self) -> Iterator[tuple[Vertex, Outcome]]:
        """What a builder prints."""
        return (
            (v, o) for v, o in zip(self.vertices, self.outcomes, strict=True) if v.printed
        )


class Records:
    """All that a builder remembers; it forgets nothing, and counts no bytes."""

    def __init__(self) -> None:
        self._results: dict[_Key, int] = {}

    def build(self, vertices: Sequence[Vertex], contents: Digests) -> Build:
        """Build, and remember what was built."""
        outcomes: list[Outcome] = []
        for vertex in vertices:
            outcomes.append(self._outcome(vertex, contents, outcomes))
        return Build(vertices, contents, tuple(outcomes))

    def _outcome(self, vertex: Vertex, contents: Digests, done: list[Outcome]) -> Outcome:
        above = [done[i] for i in (vertex.parent, vertex.onto) if i is not None]
        above += [done[s.stage] for s in vertex.selections if s.stage is not None]
        digests = [contents.digest(selection) for selection in vertex.selections]
        failed = next((d for d in digests if isinstance(d, Missing)), None)
        failed = failed or next((o.failed for o in above if o.failed), None)
        if failed is not None:
            return Outcome(False, 0, failed)
        keys = _keys(vertex, digests, done)
        result = next((self._results[key] for key in keys if key in self._results), None)
        number = len(self._results) + 1 if result is None else result
        for key in keys:
            self._results[key] = number
        return Outcome(vertex.cacheable and result is not None, number)


def _keys(vertex: Vertex, digests: list[Digest], done: list[Outcome]) -> list[_Key]:
    """Every key under which the vertex may be found."""
    start = vertex.base if vertex.parent is None else done[vertex.parent].result
    onto = 0 if vertex.onto is None else done[vertex.onto].result
    choices = [
        list(_input(selection, digest, done))
        for selection, digest in zip(vertex.selections, digests, strict=True)
    ]
    return [(vertex.definition, start, onto, inputs) for inputs in product(*choices)]


def _input(
    selection: Selection, digest: Digest, done: list[Outcome]
) -> Iterator[tuple[str, object]]:
    """The keys of one input: by content and by definition."""
    if digest is not None:
        yield "content", digest
    if selection.origin in {"stage", "image"}:
        made = selection.image if selection.stage is None else done[selection.stage].result
        yield "definition", (made, selection.pattern)

