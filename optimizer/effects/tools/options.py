"""Options and operands of a command line, by the tool's own list of options."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from optimizer.effects.tool import ANY

# How an option begins that says how many jobs run at once; what they do is the same.
_JOBS = re.compile(r"-j|--jobs=")


@dataclass(frozen=True)
class Options:
    """A command line, taken apart.

    Attributes:
        operands: What is not an option, in order.
        given: (option, value) in order; the value is "" for one that takes none.
        unknown: The first option that the tool's list does not have; "" if there is none.
    """

    operands: tuple[str, ...] = ()
    given: tuple[tuple[str, str], ...] = ()
    unknown: str = ""

    def has(self, *names: str) -> bool:
        """Whether one of the options was given."""
        return any(name in names for name, _ in self.given)

    def values(self, *names: str) -> tuple[str, ...]:
        """The values of these options, in order."""
        return tuple(value for name, value in self.given if name in names)

    def last(self, *names: str) -> str | None:
        """The last value of these options."""
        found = self.values(*names)
        return found[-1] if found else None


def split(
    arguments: tuple[str, ...],
    flags: frozenset[str] = frozenset(),
    valued: frozenset[str] = frozenset(),
) -> Options:
    """Take a command line apart.

    Args:
        arguments: The words behind the program (or behind its subcommand).
        flags: Options without a value: `-r`, `--recursive`.
        valued: Options with one: `-o FILE`, `-oFILE`, `--output FILE`, `--output=FILE`.
    """
    operands: list[str] = []
    given: list[tuple[str, str]] = []
    unknown = ""
    words = iter(arguments)
    for word in words:
        if word == "--":
            operands += words
        elif not word.startswith("-") or word == "-":
            operands.append(word)
        else:
            for name, value, known in _options(word, words, flags, valued):
                given.append((name, value))
                unknown = unknown or ("" if known else name)
    return Options(tuple(operands), tuple(given), unknown)


def counted(arguments: tuple[str, ...]) -> tuple[str, ...]:
    """The arguments with a number of jobs in place of one that is not known: `-j "$(nproc)"`."""
    found = []
    for before, word in zip(("", *arguments), arguments, strict=False):
        joined = _JOBS.match(word)
        jobs = ANY in word and (joined is not None or before in {"-j", "--jobs"})
        found.append(f"{joined[0] if joined else ''}1" if jobs else word)
    return tuple(found)


def _options(
    word: str, words: Iterator[str], flags: frozenset[str], valued: frozenset[str]
) -> Iterator[tuple[str, str, bool]]:
    """The options in one word: `--name=value`, `--name`, or a cluster of short ones."""
    name, separator, value = word.partition("=")
    if word in flags:
        yield word, "", True
    elif word in valued:
        yield word, next(words, ""), True
    elif separator and (name in valued or name in flags):
        yield name, value, True
    elif word.startswith("--"):
        yield name, value, False
    else:
        yield from _cluster(word, words, flags, valued)


def _cluster(
    word: str, words: Iterator[str], flags: frozenset[str], valued: frozenset[str]
) -> Iterator[tuple[str, str, bool]]:
    letters = word[1:]
    for position, letter in enumerate(letters):
        option = f"-{letter}"
        if option in valued:
            rest = letters[position + 1 :]
            yield option, rest or next(words, ""), True
            return
        yield option, "", option in flags
