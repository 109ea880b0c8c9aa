"""The words of a Node tool's command line: which are flags, which take a value, which are left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from optimizer.effects.tool import known

YES = frozenset({"", "true", "1", "yes", "on"})
NO = frozenset({"false", "0", "no", "off", "null"})


@dataclass(frozen=True)
class Grammar:
    """The flags of a tool.

    Attributes:
        values: Flags that take the next word as their value.
        switches: Flags that stand alone.
        short: What the one-letter flags stand for.
        stop_at: Subcommands after whose first own word all words belong to another program.
    """

    values: frozenset[str]
    switches: frozenset[str]
    short: Mapping[str, str] = field(default_factory=dict)
    stop_at: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Words:
    """A command line that was understood, as far as `unknown` is empty.

    Attributes:
        flags: The values of each flag that was given; a bare switch has the value "true".
        words: What is no flag: the subcommand first.
        rest: What stands behind `--`, or belongs to the program that is run.
        unknown: The first word that was not understood.
    """

    flags: Mapping[str, tuple[str, ...]]
    words: tuple[str, ...]
    rest: tuple[str, ...] = ()
    unknown: str = ""

    def last(self, *names: str) -> str | None:
        """The value that counts of a flag with several names: the one that was given last."""
        found = [v for name in names for v in self.flags.get(name, ())]
        return found[-1] if found else None

    def on(self, name: str) -> bool | None:
        """Whether a switch is on; None if it was not given, or its value is not known."""
        value = self.last(name)
        if value is None or not known(value):
            return None
        return value.lower() not in NO


def parse(arguments: tuple[str, ...], grammar: Grammar) -> Words:
    """Tell flags, values and words apart, as nopt and yargs do."""
    flags: dict[str, tuple[str, ...]] = {}
    words: list[str] = []
    unknown = ""
    left = list(arguments)
    while left:
        word = left.pop(0)
        if word == "--":
            return Words(flags, tuple(words), tuple(left), unknown)
        if not word.startswith("-") or word == "-":
            words.append(word)
            if len(words) == 2 and words[0] in grammar.stop_at:
                return Words(flags, tuple(words), tuple(left), unknown)
            continue
        for name, value in _expanded(word, grammar):
            taken = _value(name, value, left, grammar)
            if taken is None:
                unknown = unknown or word
            else:
                flags[name] = (*flags.get(name, ()), taken)
    return Words(flags, tuple(words), (), unknown)


def _expanded(word: str, grammar: Grammar) -> list[tuple[str, str | None]]:
    """A flag by its long name, and the value that is glued to it."""
    head, equals, value = word.partition("=")
    glued = value if equals else None
    if head.startswith("--"):
        name = head[2:]
        if name.startswith("no-") and glued is None and name not in grammar.switches:
            return [(name[3:], "false")]
        return [(name, glued)]
    letters = head[1:]
    if letters in grammar.short:
        return [(grammar.short[letters], glued)]
    return [(grammar.short.get(letter, "-" + letter), None) for letter in letters]


def _value(name: str, value: str | None, left: list[str], grammar: Grammar) -> str | None:
    """The value of a flag; None if the flag is not known."""
    if name in grammar.switches:
        if value is None and left and left[0] in {"true", "false"}:
            return left.pop(0)
        return "true" if value is None else value
    if name not in grammar.values:
        return None
    if value is not None:
        return value
    return left.pop(0) if left else ""
