"""One graph that is built again and again, over a context that changes little from build to build.

The rules are those of `Records`, for builds that come to their end: the same keys, of which one
that is known makes a hit. But a build costs no more than what may come out otherwise than the
last time, and two kinds of vertices are not looked up at all:
- What no two builds share: a definition or a content that is another one each time, and all that
  stands on it, runs each time.
- What follows from one other vertex, its leader: all its keys are made of what the leader came
  out as. It was built whenever the leader was, so it runs if that is new.
  (Both have a definition of their own: nobody else's record fits them.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
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
        # Definitions are long, and would be hashed at each look.
        names: dict[object, int] = {}
        self._names = [names.setdefault(v.definition, len(names)) for v in vertices]
        # What stands at an address counts as unchanged; the address is in the definition.
        self._trees = [
            [[n for n in map(numbers.__getitem__, tree) if n is not None] for tree in v.trees]
            for v, numbers in zip(vertices, selected.numbers, strict=True)
        ]  # fmt: skip
        self._leads: dict[int, list[int]] = {}
        self._open = list(self._led(new))
        self._lent = {above for i, _ in self._open for above in vertices[i].above & new}
        self._results = [0] * len(vertices)  # 0: not built yet
        self._known: dict[_Key, int] = {}
        # What follows from a vertex has the number of its result, and its own index.
        self._numbers = count(len(vertices), len(vertices))

    def _led(self, new: Container[int]) -> Iterator[tuple[int, frozenset[int]]]:
        """The vertices that are looked up, each with those that it stands on or takes from."""
        alone = {name for name, times in Counter(self._names).items() if times == 1}
        leaders: dict[int, int] = {}
        for index, vertex in enumerate(self._vertices):
            if index in new:
                continue
            above = frozenset(leaders[i] for i in vertex.above if i in leaders)
            numbers, parts = self._selected.numbers[index], self._selected.parts[index]
            own = any(
                number is not None or part
                # A content that is known and stands on nothing that changes.
                or (part is not None and (trace is None or trace.opaque not in leaders))
                for number, part, trace in zip(numbers, parts, vertex.traces, strict=True)
            )
            leader = next(iter(above), index)
            if len(above) == 1 and not own and {self._names[index], self._names[leader]} <= alone:
                leaders[index] = leader
                self._leads.setdefault(leader, []).append(index)
                continue
            yield index, above
            if above or own:  # else it never comes out otherwise
                leaders[index] = index

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
            found = [known[key] for key in keys if key in known]
            result = found[0] if found else next(self._numbers)
            for key in keys:
                known[key] = result
            if not found:
                ran.add(index)
                ran.update(self._leads.get(index, ()))
            if result != before:
                changed.add(index)
                results[index] = result
                for led in self._leads.get(index, ()):
                    results[led] = result + led
        return ran

    def _keys(self, index: int) -> list[_Key]:
        vertex, results = self._vertices[index], self._results
        start = vertex.base if vertex.parent is None else results[vertex.parent]
        onto = 0 if vertex.onto is None else results[vertex.onto]
        selected = self._selected
        if vertex.of_context:  # the many, and with one key each
            inside = by_content(self._trees[index], selected.values)
            return [(self._names[index], start, onto, inside)]
        inputs = inputs_of(vertex, selected.digests(index), selected.copied(index), results)
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
