"""What `rewrite` would change: a finding for each decision."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.checks.base import Check, Found, Subject
from optimizer.checks.volatile_argument import PASS


def find(subject: Subject) -> Iterator[Found]:
    """Each rewrite, but for those of volatile arguments, which have a check of their own."""
    for made in subject.result.rewrites:
        if made.name != PASS:
            yield Found(made.line, f"{made.name} would rewrite this: {made.because}")


IMPROVEMENTS = Check("DF401", "improvements", find)
