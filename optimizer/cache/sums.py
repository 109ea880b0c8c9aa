"""Content keys that follow a history: each change is subtracted and added, no tree is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from optimizer.cache.contents import MODULUS, Digest, entry_hash
from optimizer.cache.selection import Selection
from optimizer.context.files import Files
from optimizer.context.revisions import Change

# What a path is called in a key; None if it is not in it.
Namer = Callable[[str], str | None]


class Sums:
    """The digests of some namers over a context that changes.

    The first time that a path is met, it is asked who cares for it; from then on a change of
    it costs two additions for each who does.
    """

    def __init__(self, namers: Sequence[Namer], ignores: Callable[[str], bool]) -> None:
        self.values = [0] * len(namers)
        self._namers = namers
        self._ignores = ignores
        self._wanted: dict[str, tuple[tuple[int, str], ...]] = {}

    def start(self, entries: Iterable[tuple[str, str]]) -> None:
        """Take a whole tree in: path -> mode and content."""
        for path, what in entries:
            self._add(path, what, 1)

    def apply(self, changes: Iterable[Change]) -> bool:
        """Follow a commit; whether anybody cared."""
        cared = False
        for change in changes:
            if change.before is not None:
                cared |= self._add(change.path, change.before, -1)
            if change.after is not None:
                cared |= self._add(change.path, change.after, 1)
        return cared

    def _add(self, path: str, what: str, sign: int) -> bool:
        wanted = self._wanted.get(path)
        if wanted is None:
            wanted = self._wanted[path] = tuple(self._who(path))
        for index, name in wanted:
            self.values[index] = (self.values[index] + sign * entry_hash(name, what)) % MODULUS
        return bool(wanted)

    def _who(self, path: str) -> Iterable[tuple[int, str]]:
        if not self._ignores(path):
            for index, namer in enumerate(self._namers):
                name = namer(path)
                if name is not None:
                    yield index, name


class Selected:
    """The digests of selections: what `Records.build` asks for.

    A source that is a link is followed to where it leads today. A source that did not exist
    yet at a commit counts as empty: that day's rewrite would not have named it.
    """

    def __init__(self, selections: Iterable[Selection], files: Files) -> None:
        context = [s for s in dict.fromkeys(selections) if s.origin == "context"]
        self._index: Mapping[Selection, int] = {s: i for i, s in enumerate(context)}
        self.namers = [_followed(s, files).selects for s in context]
        self.values: Sequence[int] = ()

    def digest(self, selection: Selection) -> Digest:
        """The sum for a selection; None for what only a build can know."""
        if selection.origin == "url":
            return entry_hash("", selection.pattern)
        index = self._index.get(selection)
        return None if index is None else self.values[index]


def _followed(selection: Selection, files: Files) -> Selection:
    place = files.resolve(selection.pattern) if selection.plain else None
    return selection if place in {None, selection.pattern} else selection.followed(str(place))
