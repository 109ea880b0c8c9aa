"""Content keys that follow a history: each change is subtracted and added, no tree is kept."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain

from optimizer.cache.contents import MODULUS, Contents, Digest, Sum, entry_hash
from optimizer.cache.selection import Selection
from optimizer.cache.vertex import Landing, Trace, Vertex
from optimizer.context.files import Files
from optimizer.context.ignore import Rules

# What a path is called in a key; None if it is not in it.
Namer = Callable[[str], str | None]
# The same with the marks of the copies on the way (`Landing.marks`).
_Part = Callable[[str], tuple[str, str] | None]


class Sums:
    """The digests of what is watched, over a context that changes.

    The first time that a path is met, it is asked who cares for it; from then on a change of
    it costs one hash and an addition for each who does.

    Attributes:
        values: The digests, by the numbers that `watch` gave.
    """

    def __init__(self, rules: str | None) -> None:
        self.values: list[int] = []
        self._ignores = Rules(rules or "").ignores
        self._numbers: dict[Hashable, int] = {}
        self._namers: list[Namer] = []
        self._wanted: dict[str, Mapping[str, list[int]]] = {}

    def watch(self, what: Hashable, namer: Namer) -> int:
        """The number of a digest; what is watched twice has one."""
        if what not in self._numbers:
            self._numbers[what] = len(self._namers)
            self._namers.append(namer)
            self.values.append(0)
        return self._numbers[what]

    def apply(self, changes: Iterable[tuple[str, str | None, str | None]]) -> set[int]:
        """Follow what became of paths, as in `Change`; the numbers of the digests that it touches."""
        values, touched = self.values, set[int]()
        for path, before, after in changes:
            wanted = self._wanted.get(path)
            if wanted is None:
                wanted = self._wanted[path] = self.wanted(path)
            for name, numbers in wanted.items():
                added = 0 if after is None else entry_hash(name, after)
                added -= 0 if before is None else entry_hash(name, before)
                for number in numbers:
                    values[number] = (values[number] + added) % MODULUS
                touched.update(numbers)
        return touched

    def wanted(self, path: str) -> Mapping[str, list[int]]:
        """Who cares for a path, by the name that it has for them."""
        found: dict[str, list[int]] = {}
        if not self._ignores(path):
            for number, namer in enumerate(self._namers):
                name = namer(path)
                if name is not None:
                    found.setdefault(name, []).append(number)
        return found


class Selected:
    """What the vertices of a graph take: the digests of their selections, by their indexes.

    A source that is a link is followed to where it leads today. A source that did not exist
    yet at a commit counts as empty: that day's rewrite would not have named it.

    Attributes:
        values: The digests, by their numbers.
        numbers: Of each vertex, for each selection of the context, the number of its digest.
        parts: Of each vertex, for each selection of a stage, those of what was copied there,
            one by one; None where that is not known.
        watched: All these numbers.
    """

    def __init__(self, vertices: Sequence[Vertex], files: Files, sums: Sums) -> None:
        self.values = sums.values
        followed = {
            s: sums.watch(s, _followed(s, files).selects)
            for v in vertices for s in v.selections if s.origin == "context"
        }  # fmt: skip
        today = _Kinds(files)
        # Where a link is on the way, what stands there is not what was copied there.
        held = {
            t: [sums.watch(key, namer) for key, namer in _parts(t, files)]
            for t in {t for v in vertices for t in v.traces if t is not None}
            if today.held(t) is not None
        }  # fmt: skip
        self.numbers = [[followed.get(s) for s in v.selections] for v in vertices]
        self.parts = [[None if t is None else held.get(t) for t in v.traces] for v in vertices]
        self._users: dict[int, set[int]] = {}
        for index, mine in enumerate(self.numbers):
            parts = (each for each in self.parts[index] if each is not None)
            for number in chain(mine, *parts):
                if number is not None:
                    self._users.setdefault(number, set()).add(index)
        self.watched = frozenset(self._users)

    def users(self, touched: Iterable[int]) -> set[int]:
        """The indexes of the vertices that take something of these digests."""
        return set().union(*[self._users.get(number, ()) for number in touched])

    def digests(self, index: int) -> list[Digest]:
        """For each selection its content; None for what only a build can know."""
        return [None if n is None else self.values[n] for n in self.numbers[index]]

    def copied(self, index: int) -> list[Sum | None]:
        """For each trace the sum of all that was copied there; what is overwritten counts, too."""
        return [
            None if parts is None else Sum(sum([self.values[n] for n in parts]) % MODULUS, 0)
            for parts in self.parts[index]
        ]


class _Kinds(Contents):
    """What stands where, without reading a file."""

    def _what(self, path: str) -> str:
        entry = self._files.entry(path)
        kind = "file" if entry is None else entry.kind
        return {"link": "120000", "directory": "directory"}.get(kind, "100644")


def _parts(trace: Trace, files: Files) -> Iterator[tuple[Hashable, Namer]]:
    """What is copied to where a selection is, by the names that it has there."""
    for key, found in _sources(trace, files):
        yield key, partial(_joined, found)


def _joined(found: _Part, path: str) -> str | None:
    name = found(path)
    return None if name is None else "".join(name)


def _sources(trace: Trace, files: Files) -> Iterator[tuple[Hashable, _Part]]:
    for landing in trace.landings:
        if landing.trace is None:
            selects = _followed(landing.selection, files).selects
            yield (landing, trace.selection), partial(_landed, landing, trace, _plain(selects))
        else:
            for key, source in _sources(landing.trace, files):
                yield (key, landing, trace.selection), partial(_landed, landing, trace, source)


def _plain(selects: Namer) -> _Part:
    def part(path: str) -> tuple[str, str] | None:
        name = selects(path)
        return None if name is None else (name, "")

    return part


def _landed(landing: Landing, trace: Trace, source: _Part, path: str) -> tuple[str, str] | None:
    inside = source(path)
    counted = None if inside is None else landing.counted(inside[0])
    name = None if counted is None else trace.selection.selects(landing.at(counted))
    return None if inside is None or name is None else (name, inside[1] + landing.marks)


def _followed(selection: Selection, files: Files) -> Selection:
    place = files.resolve(selection.pattern) if selection.plain else None
    return selection if place in {None, selection.pattern} else selection.followed(str(place))
