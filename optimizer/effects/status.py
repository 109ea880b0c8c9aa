"""How a statement ended: True, False, or None where that is not known."""

from __future__ import annotations

Status = bool | None


def negated(status: Status) -> Status:
    """`! command`."""
    return None if status is None else not status
