"""A rule, and how to break it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """A rule, and the text that breaks it.

    Attributes:
        name: The rule that no longer holds.
        old: What stands exactly once in the program.
        new: What is put in its place.
        also: More of such pairs, for a second rule that guards the same by itself.
    """

    name: str
    old: str
    new: str
    also: tuple[tuple[str, str], ...] = ()

    @property
    def replaced(self) -> tuple[tuple[str, str], ...]:
        """All that is replaced, and by what."""
        return ((self.old, self.new), *self.also)
