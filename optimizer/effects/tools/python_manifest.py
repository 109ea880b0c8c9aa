"""MANIFEST.in: the files that it names.

setuptools lists them in `<name>.egg-info/SOURCES.txt`, which a build in place leaves behind, and
takes those that stand in packages. Exclusions are not followed: more files count than are taken.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable, Iterator, Mapping


def _tails(patterns: Iterable[str]) -> list[str]:
    return [f"*{p}" for p in patterns]


# Each command -> the patterns of paths it may add. `*` passes slashes here, which is more than
# setuptools' own matching gives (`setuptools/command/egg_info.py`, FileList).
_ADDING: Mapping[str, Callable[[list[str]], list[str]]] = {
    "include": lambda words: words,
    "global-include": _tails,
    "recursive-include": lambda words: [f"{words[0].rstrip('/')}/{t}" for t in _tails(words[1:])],
    "graft": lambda words: [f"{w.rstrip('/')}/*" for w in words],
}
_TAKING = frozenset({"exclude", "global-exclude", "recursive-exclude", "prune"})


def patterns(text: str) -> list[str] | None:
    """The patterns of the files that are added; None if a line is not understood."""
    found: list[str] = []
    for words in _lines(text):
        if words[0] in _TAKING:
            continue
        answer = _ADDING.get(words[0])
        if answer is None or len(words) < 2 or any(w.startswith(("/", "..")) for w in words):
            return None
        found += answer(words[1:])
    return [p.removeprefix("./") for p in found]


def _lines(text: str) -> Iterator[list[str]]:
    for line in text.replace("\\\n", " ").splitlines():
        if words := line.partition("#")[0].split():
            yield words


def matching(text: str, files: Iterable[str]) -> list[str] | None:
    """Those of the files (relative paths) that a MANIFEST.in may add."""
    wanted = patterns(text)
    if wanted is None:
        return None
    return [f for f in files if any(fnmatch.fnmatchcase(f, p) for p in wanted)]
