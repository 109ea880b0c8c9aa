"""Reading what is there, probing what is not."""

from __future__ import annotations

from optimizer.effects.model import Effects, tree
from optimizer.effects.tool import Kind, Machine


def look(machine: Machine, *paths: str) -> Effects:
    """Files that a tool reads if they exist."""
    absent = frozenset(p for p in paths if machine.kind(p) is Kind.ABSENT)
    return Effects(reads=frozenset(paths) - absent, probes=absent)


def whole_tree(*folders: str) -> Effects:
    """Everything below the folders is read."""
    return Effects(reads=frozenset(map(tree, folders)))


def words(text: str) -> frozenset[str]:
    """The words of a text: a long table of names, without quotes around each."""
    return frozenset(text.split())
