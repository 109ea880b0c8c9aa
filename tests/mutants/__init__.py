"""The rules that `tests/mutation.py` breaks, one at a time."""

from __future__ import annotations

from tests.mutants.ahead import AHEAD
from tests.mutants.edges import EDGES
from tests.mutants.effects import EFFECTS
from tests.mutants.mutant import Mutant
from tests.mutants.passes import PASSES
from tests.mutants.tools import TOOLS

__all__ = ["MUTANTS", "Mutant"]

MUTANTS: tuple[Mutant, ...] = (*EDGES, *EFFECTS, *TOOLS, *PASSES, *AHEAD)
