"""The mutants and the table of what they break, as far as that can be asked without trying them."""

from __future__ import annotations

from pathlib import Path

from tests.builds.springing import never
from tests.cache.mutants import CACHE_MUTANTS
from tests.mutants import MUTANTS
from tests.mutation import recorded, traps, untouched

ROOT = Path(__file__).parent.parent


def test_each_mutant_breaks_one_place():
    """The text that it replaces stands once in the program: a rule that was rewritten is noticed."""
    texts = [path.read_text() for path in (ROOT / "optimizer").rglob("*.py")]
    every = (*MUTANTS, *CACHE_MUTANTS)
    counts = {
        (m.name, old): sum(text.count(old) for text in texts) for m in every for old, _ in m.replaced
    }

    assert {} == {name: count for name, count in counts.items() if count != 1}
    assert len({m.name for m in every}) == len(every)


def test_the_table_knows_the_mutants_and_the_traps():
    """Each of the one, and none of the other that is gone."""
    table = recorded()

    assert [m.name for m in MUTANTS] == list(table)
    assert set() == {trap for those in table.values() for trap in those} - set(traps())


def test_every_trap_is_broken_by_a_mutant():
    """A trap that no broken rule springs may guard nothing."""
    assert [] == untouched(recorded())


def test_every_trap_springs_for_real():
    """By at least one mutant, another image is built, or none; as it was tried (`--build`)."""
    assert [] == never(recorded(), traps())
