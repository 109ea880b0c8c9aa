"""The cache of a builder: what it has built, and what of a build it finds again.

    records = Records()
    records.build(graph, Contents(before))
    rebuilt = records.build(graph, Contents(after))
    [step.line for step, outcome in rebuilt.steps() if not outcome.hit]

An input has up to two keys: what made it (the definition key), and what it holds (the content
key). A record fits if it fits by one of the two for each input (BUILDKIT.md 2). What a stage
holds is often not known without building it. Then a step that takes from it is *no sure* miss:
it is a hit if the stage comes out as it once was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from optimizer.cache.contents import Digest, Digests, Missing
from optimizer.cache.inputs import Input, inputs_of, may_equal
from optimizer.cache.vertex import Vertex

_Key = tuple[object, ...]


@dataclass(frozen=True)
class Outcome:
    """What came of one vertex.

    Attributes:
        hit: Whether it was in the cache, for all that is known.
        result: The number of its result; equal results have equal numbers.
        failed: The source that is not there, if the build fails here or has failed before.
        sure: Whether that is known; if not, it is a hit or none.
        missing: Whether the source that is not there is its own.
    """

    hit: bool
    result: int
    failed: Missing | None = None
    sure: bool = True
    missing: bool = False


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
        self._next = 1
        # Of a build that failed: the builder may have ended before it was there.
        self._unfinished: set[int] = set()
        # What may be found by the unknown content of a stage, and which results may be one.
        self._rough: dict[_Key, list[tuple[int, tuple[Input, ...]]]] = {}
        self._alike: dict[int, set[int]] = {}

    def build(self, vertices: Sequence[Vertex], contents: Digests) -> Build:
        """Build, and remember what was built."""
        outcomes: list[Outcome] = []
        first = self._next
        for vertex in vertices:
            outcomes.append(self._outcome(vertex, contents, outcomes))
        built = {outcome.result for outcome in outcomes}
        if any(outcome.missing for outcome in outcomes):
            self._unfinished |= {number for number in built if number >= first}
        else:
            self._unfinished -= built
        return Build(vertices, contents, tuple(outcomes))

    def _outcome(self, vertex: Vertex, contents: Digests, done: list[Outcome]) -> Outcome:
        digests = [contents.digest(selection) for selection in vertex.selections]
        failed = _failed(vertex, digests, done)
        if failed is not None:
            return failed
        results = [outcome.result for outcome in done]
        start = vertex.base if vertex.parent is None else results[vertex.parent]
        onto = 0 if vertex.onto is None else results[vertex.onto]
        copied = [None if trace is None else contents.held(trace) for trace in vertex.traces]
        inputs = inputs_of(vertex, digests, copied, results)
        keys = [
            (vertex.definition, start, onto, each) for each in product(*(i.keys for i in inputs))
        ]
        found = next((self._results[key] for key in keys if key in self._results), None)
        outcome = self._found(found) or self._sought(vertex.definition, start, onto, inputs)
        for key in keys:
            self._results[key] = outcome.result
        self._note(vertex.definition, start, onto, inputs, outcome.result)
        return outcome if vertex.cacheable else replace(outcome, hit=False, sure=True)

    def _found(self, number: int | None) -> Outcome | None:
        if number is None:
            return None
        sure = number not in self._unfinished
        return Outcome(sure, number, sure=sure)

    def _sought(
        self, definition: object, start: str | int, onto: int, inputs: tuple[Input, ...]
    ) -> Outcome:
        """A new result, and whether it may be one that is there."""
        number, self._next = self._next, self._next + 1
        rough = tuple(each.rough for each in inputs)
        candidates = {
            known
            for a, b in product(self._likes(start), self._likes(onto))
            for known, others in self._rough.get((definition, a, b, rough), ())
            if all(may_equal(x, y, self._likes) for x, y in zip(inputs, others, strict=True))
        }
        for each in candidates:
            self._alike.setdefault(each, set()).add(number)
        self._alike[number] = candidates
        return Outcome(False, number, sure=not candidates)

    def _note(
        self, definition: object, start: str | int, onto: int, inputs: tuple[Input, ...], number: int
    ) -> None:
        rough = tuple(each.rough for each in inputs)
        known = self._rough.setdefault((definition, start, onto, rough), [])
        if (number, inputs) not in known:
            known.append((number, inputs))

    def _likes(self, result: str | int) -> set[str | int]:
        """The results that may be the same as one."""
        more = self._alike.get(result, set()) if isinstance(result, int) else set()
        return {result, *more}


def _failed(vertex: Vertex, digests: list[Digest], done: list[Outcome]) -> Outcome | None:
    for digest in digests:
        if isinstance(digest, Missing):
            return Outcome(False, 0, digest, missing=True)
    for index in vertex.stands_on:
        if (failed := done[index].failed) is not None:
            return Outcome(False, 0, failed)
    return None
