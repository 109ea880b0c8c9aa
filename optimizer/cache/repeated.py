"""One graph that is built again and again, over a context that changes little from build to build.

The rules are those of `Records`, for builds that come to their end: the same keys, of which one
that is known makes a hit. But a build costs no more than what may come out otherwise than the
last time, and what no two builds share is not looked up at all.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Sequence
from itertools import count, product

from optimizer.cache.inputs import by_content, inputs_of
from optimizer.cache.sums import Selected
from optimizer.cache.vertex import Vertex

_Key = tuple[object, ...]


class Repeated:
    """The builds of a graph, by a builder that forgets nothing.

    Args:
        vertices: The graph.
        selected: What its vertices take.
        fresh: The indexes of the vertices whose definition is another one at each build.
        unique: The numbers of the digests that are.

    Attributes:
        restless: Whether something of it differs at each build, whatever changed.
    """

    def __init__(
        self, vertices: Sequence[Vertex], selected: Selected, fresh: Container[int],
        unique: Container[int],
    ) -> None:  # fmt: skip
        self._vertices = vertices
        self._selected = selected
        new = _new(vertices, selected, fresh, unique)
        self.restless = bool(new)
        self._always = new | {i for i, v in enumerate(vertices) if not v.cacheable}
        self._open = [(i, v.above - new) for i, v in enumerate(vertices) if i not in new]
        self._lent = {above for i, _ in self._open for above in vertices[i].above & new}
        # Definitions are long, and would be hashed at each look.
        names: dict[object, int] = {}
        self._names = [names.setdefault(v.definition, len(names)) for v in vertices]
        self._results = [0] * len(vertices)  # 0: not built yet
        self._known: dict[_Key, int] = {}
        self._numbers = count(1)

    def build(self, touched: Iterable[int]) -> Collection[int]:
        """Build the state of now; the indexes of what runs.

        `touched` are the numbers of the digests that may have changed since the last build.
        """
        dirty, results, known = self._selected.users(touched), self._results, self._known
        ran, changed = set(self._always), set[int]()
        for index in self._lent:
            results[index] = next(self._numbers)
        for index, above in self._open:
            before = results[index]
            if before and index not in dirty and changed.isdisjoint(above):
                continue
            keys = self._keys(index)
            result = next((known[key] for key in keys if key in known), 0)
            if not result:
                result = next(self._numbers)
                ran.add(index)
            for key in keys:
                known[key] = result
            if result != before:
                results[index] = result
                changed.add(index)
        return ran

    def _keys(self, index: int) -> list[_Key]:
        vertex, results = self._vertices[index], self._results
        start = vertex.base if vertex.parent is None else results[vertex.parent]
        onto = 0 if vertex.onto is None else results[vertex.onto]
        digests = self._selected.digests(index)
        if vertex.of_context:  # the many, and with one key each
            return [(self._names[index], start, onto, by_content(vertex, digests))]
        inputs = inputs_of(vertex, digests, self._selected.copied(index), results)
        return [
            (self._names[index], start, onto, each) for each in product(*[i.keys for i in inputs])
        ]


def _new(
    vertices: Sequence[Vertex], selected: Selected, fresh: Container[int], unique: Container[int]
) -> frozenset[int]:
    """The indexes of the vertices that no two builds share, by any key."""
    found: set[int] = set()

    def differs(index: int, tree: tuple[int, ...]) -> bool:
        vertex, parts = vertices[index], selected.parts[index]
        if vertex.selections[tree[0]].stage not in found:
            return any(selected.numbers[index][n] in unique for n in tree)
        for each in tree:
            trace, copied = vertex.traces[each], parts[each]
            if trace is None or copied is None or trace.opaque in found:
                return True
            if any(number in unique for number in copied):
                return True
        return False

    for index, vertex in enumerate(vertices):
        above = index in fresh or vertex.parent in found or vertex.onto in found
        if above or any(differs(index, tree) for tree in vertex.trees):
            found.add(index)
    return frozenset(found)
