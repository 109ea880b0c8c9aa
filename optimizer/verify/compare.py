"""What differs between images, and which of it is the original's own unrest.

Two builds of one file differ by themselves: times in compiled files, names of logs. Such a
path is *unstable*. It is reported apart, and it excuses as little as possible: a mode that is
the same in all builds of the original has to be the same in the rewritten image, whatever the
content does.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from optimizer.verify.image import Entry, Image

LARGEST_TEXT = 1 << 18
_ASPECTS = tuple(field.name for field in fields(Entry))


@dataclass(frozen=True)
class Difference:
    """A path, or a whole directory, that is not as it was.

    Attributes:
        path: Without the leading `/`; `dir/**` is a directory with all below it.
        before: What stands there in the original, in words; None if nothing does.
        after: What stands there in the rewritten image.
        diff: Of a text file, a unified diff.
    """

    path: str
    before: str | None
    after: str | None
    diff: str = ""


@dataclass(frozen=True)
class Comparison:
    """What came of it.

    Attributes:
        differences: Where the rewritten image is another one.
        unstable: Paths that differ between the builds of the original, sorted.
        config_differences: Settings that differ; `path` is the setting's name.
        unstable_config: Settings that differ between the builds of the original.
    """

    differences: tuple[Difference, ...]
    unstable: tuple[str, ...]
    config_differences: tuple[Difference, ...]
    unstable_config: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether the images are the same, but for what is unstable."""
        return not self.differences and not self.config_differences

    def texts(self) -> set[str]:
        """The files of which a diff would tell more."""
        return {d.path for d in self.differences if d.before and d.after}


def compare(originals: Sequence[Image], rewritten: Image) -> Comparison:
    """Hold a rewritten image against two or more builds of the original.

    The first build of the original is the one that differences are shown against.
    """
    first = originals[0]
    unstable = _unstable([image.entries for image in originals])
    unstable_names = {
        k for k in _names(originals) if len({repr(i.config.get(k)) for i in originals}) > 1
    }
    fresh = _excused([image.entries for image in originals], rewritten.entries)
    paths = sorted(first.entries.keys() | rewritten.entries.keys())
    wrong = [
        path
        for path in paths
        if path not in fresh
        and _differ([i.entries.get(path) for i in originals], rewritten.entries.get(path))
    ]
    settings = [
        Difference(name, _words(first.config.get(name)), _words(rewritten.config.get(name)))
        for name in _names([*originals, rewritten])
        if name not in unstable_names and first.config.get(name) != rewritten.config.get(name)
    ]
    return Comparison(
        tuple(_folded(wrong, first.entries, rewritten.entries)),
        tuple(sorted(unstable | fresh)),
        tuple(settings),
        tuple(sorted(unstable_names)),
    )


def with_diffs(
    comparison: Comparison, before: Mapping[str, bytes], after: Mapping[str, bytes]
) -> Comparison:
    """The same with a diff for each text file whose contents are given."""
    shown = [
        replace(d, diff=_diff(d.path, before[d.path], after[d.path]))
        if d.path in before and d.path in after
        else d
        for d in comparison.differences
    ]
    return replace(comparison, differences=tuple(shown))


def _unstable(originals: Sequence[Mapping[str, Entry]]) -> set[str]:
    paths = set[str]().union(*originals)
    return {path for path in paths if len({o.get(path) for o in originals}) > 1}


def _excused(originals: Sequence[Mapping[str, Entry]], after: Mapping[str, Entry]) -> set[str]:
    """Paths of the rewritten image alone that stand for others of the original's.

    A tool that names its log by the time writes another name in each build. So where each
    build of the original has names of its own in a directory, the rewritten image may have
    as many of the same kind, and whatever is below them.
    """
    everywhere = set(originals[0]).intersection(*originals)
    anywhere = set[str]().union(*originals)
    own = [Counter(_place(o, path) for path in o.keys() - everywhere) for o in originals]
    budget = {place: min(counts[place] for counts in own) for place in own[0]}
    excused: set[str] = set()
    for path in sorted(after.keys() - anywhere):
        place = _place(after, path)
        if path.rpartition("/")[0] in excused:
            excused.add(path)
        elif budget.get(place, 0) > 0:
            budget[place] -= 1
            excused.add(path)
    return excused


def _place(entries: Mapping[str, Entry], path: str) -> tuple[str, str]:
    """The directory that a name stands in, and what it is."""
    return path.rpartition("/")[0], entries[path].kind


def _differ(before: Sequence[Entry | None], after: Entry | None) -> bool:
    """Whether something that is the same in all builds of the original is another thing now."""
    if None in before or after is None:
        # Sometimes there, sometimes not: it may be either, but not something else.
        return (None not in before) if after is None else all(b is None for b in before)
    for aspect in _ASPECTS:
        seen = {getattr(b, aspect) for b in before}
        if len(seen) == 1 and getattr(after, aspect) not in seen:
            # The size of an unstable content is its own.
            if aspect == "size" and len({b.content for b in before if b}) > 1:
                continue
            return True
    return False


def _folded(
    paths: Sequence[str], before: Mapping[str, Entry], after: Mapping[str, Entry]
) -> Iterator[Difference]:
    """One line for a directory that is in one image only."""
    shut = ""
    for path in paths:
        if shut and path.startswith(shut):
            continue
        old, new = before.get(path), after.get(path)
        here = old or new
        shut = ""
        if here is not None and here.kind == "directory" and (old is None or new is None):
            shut = f"{path}/"
            count = sum(p.startswith(shut) for p in paths)
            words = f"directory with {count} paths in it"
            yield Difference(f"{path}/**", words if old else None, words if new else None)
        else:
            yield Difference(path, str(old) if old else None, str(new) if new else None)


def _names(images: Sequence[Image]) -> list[str]:
    return sorted(set[str]().union(*(image.config for image in images)))


def _words(value: Any) -> str | None:
    return None if value is None else repr(value)


def _diff(path: str, before: bytes, after: bytes) -> str:
    if b"\0" in before or b"\0" in after:
        return ""
    old, new = (b.decode("utf-8", "replace").splitlines() for b in (before, after))
    lines = difflib.unified_diff(old, new, f"original/{path}", f"rewritten/{path}", lineterm="")
    return "\n".join(lines)
