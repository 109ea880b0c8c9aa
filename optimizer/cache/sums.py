"""Content keys that follow a history: each change is subtracted and added, no tree is kept."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping

from optimizer.cache.contents import MODULUS, Digest, entry_hash
from optimizer.cache.selection import Selection
from optimizer.context.files import Files
from optimizer.context.ignore import Rules
from optimizer.context.revisions import Change

# What a path is called in a key; None if it is not in it.
Namer = Callable[[str], str | None]


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

    def start(self, entries: Iterable[tuple[str, str]]) -> None:
        """Take a whole tree in: path -> mode and content."""
        for path, what in entries:
            self._add(path, what, 1)

    def apply(self, changes: Iterable[Change]) -> set[int]:
        """Follow a commit; the numbers of the digests that it touches."""
        touched: set[int] = set()
        for change in changes:
            if change.before is not None:
                self._add(change.path, change.before, -1)
            if change.after is not None:
                self._add(change.path, change.after, 1)
            touched.update(*self._wanted[change.path].values())
        return touched

    def _add(self, path: str, what: str, sign: int) -> None:
        if path not in self._wanted:
            self._wanted[path] = self._who(path)
        for name, numbers in self._wanted[path].items():
            added = sign * entry_hash(name, what)
            for number in numbers:
                self.values[number] = (self.values[number] + added) % MODULUS

    def _who(self, path: str) -> Mapping[str, list[int]]:
        """Who cares for a path, by the name that it has for them."""
        found: dict[str, list[int]] = {}
        if not self._ignores(path):
            for number, namer in enumerate(self._namers):
                name = namer(path)
                if name is not None:
                    found.setdefault(name, []).append(number)
        return found


class Selected:
    """The digests of selections: what `Records.build` asks for.

    A source that is a link is followed to where it leads today. A source that did not exist
    yet at a commit counts as empty: that day's rewrite would not have named it.
    """

    def __init__(self, selections: Iterable[Selection], files: Files, sums: Sums) -> None:
        self._values = sums.values
        self._numbers = {
            s: sums.watch(s, _followed(s, files).selects)
            for s in selections
            if s.origin == "context"
        }
        self.watched = frozenset(self._numbers.values())

    def digest(self, selection: Selection) -> Digest:
        """The sum for a selection; None for what only a build can know."""
        if selection.origin == "url":
            return entry_hash("", selection.pattern)
        number = self._numbers.get(selection)
        return None if number is None else self._values[number]


def _followed(selection: Selection, files: Files) -> Selection:
    place = files.resolve(selection.pattern) if selection.plain else None
    return selection if place in {None, selection.pattern} else selection.followed(str(place))
