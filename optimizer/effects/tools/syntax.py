"""A program's own options, and what is said where a command line goes beyond them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from optimizer.effects.model import NONE, Effects, unknown
from optimizer.effects.tool import ANY, Command
from optimizer.effects.tools.options import Options, split

Body = Callable[[Command, Options], Effects]
_INFORMATION = frozenset({"--help", "--version"})


@dataclass(frozen=True)
class Syntax:
    """The options that a program has: without and with a value."""

    flags: frozenset[str] = frozenset()
    valued: frozenset[str] = frozenset()

    def __or__(self, other: Syntax) -> Syntax:
        return Syntax(self.flags | other.flags, self.valued | other.valued)


def syntax(flags: str = "", valued: str = "") -> Syntax:
    """Options by their names, parted by blanks."""
    return Syntax(frozenset(flags.split()), frozenset(valued.split()))


def not_known(command: Command, option: str) -> Effects:
    """The doubt about an option that a program's list does not have."""
    return unknown(f"{command.name} has the option {shown(option)}, which dfopt does not know")


def shown(word: str) -> str:
    """A word as a user may read it."""
    return word.replace(ANY, "?").replace("\1", "*")


def parse(command: Command, known: Syntax) -> Options | Effects:
    """The command line taken apart, or the doubt about it.

    A word of unknown text is taken for an operand: one that may name any path.
    """
    options = split(command.arguments, known.flags, known.valued)
    if options.unknown in _INFORMATION:
        return NONE
    if options.unknown:
        return not_known(command, options.unknown)
    return options


def by_options(known: Syntax, body: Body) -> Callable[[Command], Effects]:
    """A tool's function from its options and the body that is given them."""

    def effects(command: Command) -> Effects:
        options = parse(command, known)
        return options if isinstance(options, Effects) else body(command, options)

    return effects
