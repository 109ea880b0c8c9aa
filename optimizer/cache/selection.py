"""Which files one source of a step selects, and under which names they enter its key."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from optimizer.context.ignore import Rules
from optimizer.effects.copying import components

_GLOB = re.compile(r"[*?\[]")


@dataclass(frozen=True)
class Selection:
    """One source of a COPY or ADD, or of a bind mount (BUILDKIT.md 4 and 5).

    Attributes:
        origin: "context", "stage", "image" or "url".
        pattern: A clean path without a leading slash, "" for the whole; or the address.
        stage: For a stage: the index of the vertex that made it, None if it has none.
        image: For an image, or a stage without a vertex: what it is.
        exclude: The patterns of `--exclude`.
        parents: Whether `--parents` keeps the directories (then `**` crosses them).
        literal: Whether `*`, `?` and `[` stand for themselves, as in a mount.
        named: The name that a file has in the content key which is the source itself.
    """

    origin: str
    pattern: str
    stage: int | None = None
    image: str = ""
    exclude: tuple[str, ...] = ()
    parents: bool = False
    literal: bool = False
    named: str = ""

    @cached_property
    def plain(self) -> bool:
        """Whether it names one path, without which the build fails."""
        return self.literal or not _GLOB.search(self.pattern)

    @property
    def fixed(self) -> str:
        """The pattern, or the directory above its first component that is none by itself."""
        parts = self.pattern.split("/")
        end = next((i for i, p in enumerate(parts) if not self.plain and _GLOB.search(p)), None)
        return "/".join(parts[:end])

    def selects(self, path: str) -> str | None:
        """The name in the content key of a file of the context, None if it is not selected.

        A file that is the source itself has the name `named`; a file below a source directory its
        path below it; a match of a pattern begins with its own name.
        """
        found = self._below(path) if self.plain else self._matched(path)
        if found is None:
            return None
        head, rest = found
        if self.exclude and self._excluded.ignores(rest or posixpath.basename(path)):
            return None
        if self.parents:
            return path
        return posixpath.join(head, rest) if head and rest else head or rest or self.named

    def followed(self, to: str) -> Selection:
        """The same with the place that its links lead to."""
        return replace(self, origin="context", pattern=to, stage=None, image="", literal=True)

    @cached_property
    def _excluded(self) -> Rules:
        return Rules("\n".join(self.exclude), "--exclude")

    @cached_property
    def _components(self) -> tuple[str | re.Pattern[str], ...]:
        return components(self.pattern, deep=self.parents)

    @cached_property
    def _folder(self) -> str:
        return f"{self.pattern}/" if self.pattern else ""

    def _below(self, path: str) -> tuple[str, str] | None:
        """Of a plain pattern: no name, and the path below it; None if it does not fit."""
        if path == self.pattern:
            return "", ""
        return ("", path[len(self._folder) :]) if path.startswith(self._folder) else None

    def _matched(self, path: str) -> tuple[str, str] | None:
        """Of others: the last component that the pattern takes, and the path below it."""
        parts = tuple(path.split("/"))
        depth = _match(self._components, parts, 0)
        return None if depth is None else (parts[depth - 1], "/".join(parts[depth:]))


def by_tree(selections: Sequence[Selection]) -> Iterator[tuple[int, ...]]:
    """The numbers of the selections of each tree, in the order of their paths.

    None is within another (`dedupePaths`, `dedupeSelectors` in BuildKit's `solver/llbsolver/ops`).
    """
    trees: dict[tuple[object, ...], list[int]] = {}
    for number, each in enumerate(selections):
        alone = number if each.origin == "url" else None
        trees.setdefault((each.origin, each.stage, each.image, alone), []).append(number)
    for numbers in trees.values():
        last = None
        kept = []
        for number in sorted(numbers, key=lambda n: selections[n].pattern):
            each = selections[number]
            if last is None or not _within(each, last):
                kept.append(number)
                last = each if each.plain else last
        yield tuple(kept)


def _within(one: Selection, other: Selection) -> bool:
    if not one.plain or one.exclude or other.exclude or one.parents or other.parents:
        return False
    above = f"{other.pattern}/" if other.pattern else ""
    return f"{one.pattern}/".startswith(above)


def _match(
    pattern: tuple[str | re.Pattern[str], ...], parts: tuple[str, ...], at: int
) -> int | None:
    for index, each in enumerate(pattern):
        if each == "**" and isinstance(each, str):
            rest = pattern[index + 1 :]
            ends = (_match(rest, parts, n) for n in range(at, len(parts) + 1))
            return next((n for n in ends if n is not None), None)
        if at == len(parts):
            return None
        same = each == parts[at] if isinstance(each, str) else each.fullmatch(parts[at])
        if not same:
            return None
        at += 1
    return at
