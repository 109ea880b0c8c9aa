"""The language of `.dockerignore`, as BuildKit reads and applies it.

    node_modules     this path of the context and all below it
    **/*.log         at any depth
    !docs/README.md  takes back in what an earlier line left out; the last match wins

Sources: moby/patternmatcher (`ignorefile.ReadAll`, `New`, `MatchesUsingParentResults`) and
tonistiigi/fsutil (`filterFS.Walk`). A path meets a pattern if it or a directory above it
matches, where a directory counts only for what it was asked when the walk came by: a line
that could not change the answer there is not asked, and so `!a` does not take back `a/b`
that was left out by name. Libraries for git's ignore files do not know these rules.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from optimizer.context.patterns import BadPatternError, Pattern, compile_pattern
from optimizer.errors import UserError

# Go's unicode.IsSpace: str.strip() alone would take off \x1c-\x1f too.
_BLANK = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u2028\u2029\u202f\u205f\u3000"
)

# What fsutil takes for a pattern that it cannot compare with a directory as text.
_SPECIAL = re.compile(r"[*\[\]?^\\]")

# For each pattern whether a directory matched it, and whether the directory is left out.
Flags = tuple[bool, ...]


class Rules:
    """The rules of one ignore file."""

    def __init__(self, text: str, name: str = ".dockerignore") -> None:
        self.text = text
        self.name = name
        self.patterns = tuple(_patterns(text, name))
        self._reinclude = tuple(i for i, p in enumerate(self.patterns) if p.again)
        stems = [_stem(p.text) for p in self.patterns if p.again]
        self._directories: dict[str, tuple[Flags | None, bool]] = {}
        self._stems = None if any(_SPECIAL.search(stem) for stem in stems) else stems

    def ignores(self, path: str) -> bool:
        """Whether the builder does not receive this path (as a file or directory by itself).

        A directory that is ignored still exists if something below is taken in again.
        """
        if not path or not self.patterns:
            return False
        flags, shut = self._above(path.rpartition("/")[0])
        return shut or self.step(path, flags)[0]

    def _above(self, directory: str) -> tuple[Flags | None, bool]:
        """What a directory matched, and whether nothing below it is taken in; each asked once."""
        if directory in self._directories:
            return self._directories[directory]
        flags: Flags | None = None
        for above in (*_parents(directory), directory) if directory else ():
            if above not in self._directories:
                ignored, flags = self.step(above, flags)
                self._directories[above] = flags, ignored and self.shut(above, flags)
            flags, shut = self._directories[above]
            if shut:
                return flags, True
        return flags, False

    def hides_all_below(self, directory: str) -> bool:
        """Whether nothing below the directory can reach the builder."""
        return self._above(directory)[1]

    def step(self, path: str, above: Flags | None) -> tuple[bool, Flags]:
        """Whether a path is ignored, given what its directory matched, and what it matched."""
        ignored = False
        flags = []
        for index, pattern in enumerate(self.patterns):
            matched = above is not None and above[index]
            if not matched and pattern.again == ignored:
                matched = pattern.match(path)
            flags.append(matched)
            if matched:
                ignored = not pattern.again
        return ignored, tuple(flags)

    def shut(self, directory: str, flags: Flags) -> bool:
        """Whether an ignored directory stays shut: nothing below is taken in again.

        The builder does not look into it if every `!` is a plain path that leads elsewhere.
        Beyond that, the last line that matched holds for all below, and only a line after it
        could differ.
        """
        if self._stems is not None and not any(
            f"{stem}/".startswith(f"{directory}/") for stem in self._stems
        ):
            return True
        last = max(i for i, matched in enumerate(flags) if matched)
        return not any(
            self.patterns[i].reaches_below(directory) for i in self._reinclude if i > last
        )


def _stem(pattern: str) -> str:
    """What fsutil calls patternWithoutTrailingGlob."""
    return pattern.removesuffix("/**").removesuffix("/*")


def _parents(path: str) -> Iterator[str]:
    end = path.find("/")
    while end >= 0:
        yield path[:end]
        end = path.find("/", end + 1)


def _patterns(text: str, name: str) -> Iterator[Pattern]:
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        pattern = _read(line)
        if not pattern:
            continue
        again = pattern.startswith("!")
        if pattern == "!":
            raise UserError("`!` alone takes nothing in; the builder refuses it", number, name)
        try:
            yield compile_pattern(pattern[1:] if again else pattern, again=again)
        except BadPatternError:
            message = f"cannot read the pattern {line.strip(_BLANK)}"
            raise UserError(message, number, name) from None


def _read(line: str) -> str:
    """A line as a cleaned pattern with its `!`, "" if it says nothing (ignorefile.ReadAll)."""
    if line.startswith("#"):
        return ""
    pattern = line.strip(_BLANK)
    again = pattern.startswith("!")
    if again:
        pattern = pattern[1:].strip(_BLANK)
    if pattern:
        pattern = _clean(pattern)
        pattern = pattern[1:] if len(pattern) > 1 and pattern.startswith("/") else pattern
    # patternmatcher.New trims and cleans once more, with the mark: `!/` becomes `!`.
    pattern = ("!" + pattern if again else pattern).strip(_BLANK)
    return _clean(pattern) if pattern else ""


def _clean(path: str) -> str:
    """Go's filepath.Clean: as normpath, but two slashes at the head are one."""
    cleaned = posixpath.normpath(path)
    return cleaned[1:] if cleaned.startswith("//") else cleaned


def add_lines(text: str | None, lines: Sequence[str], newline: str = "\n") -> str:
    """An ignore file with further rules at its end.

    What stands there keeps its bytes, and the new lines end as its own do (as `newline` says,
    if it has none); a last line without an end gets one.
    """
    before = text or ""
    first = before.find("\n")
    end = newline if first < 0 else "\r\n" if before[:first].endswith("\r") else "\n"
    if before.removeprefix("\ufeff") and not before.endswith("\n"):
        before += end
    return before + "".join(line + end for line in lines)
