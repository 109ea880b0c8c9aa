"""A COPY whose destination does not depend on a WORKDIR."""

from __future__ import annotations

from optimizer.dockerfile.instructions import Copy
from optimizer.effects.step import Step


def absolute_text(copy: Step) -> str | None:
    """The COPY with its destination made absolute; None if that is not plain to do."""
    instruction, typed = copy.instruction, copy.typed
    text = instruction.text.rstrip()
    plain = (
        isinstance(typed, Copy)
        and instruction.end - instruction.start == 1
        and instruction.json is None
    )
    if (
        not plain
        or copy.copying is None
        or not isinstance(typed, Copy)
        or not text.endswith(typed.dest)
    ):
        return None
    folders = all(p.directory for p in copy.copying.placements) and not typed.dest.endswith("/")
    slash = "" if folders or copy.copying.destination == "/" else "/"
    end = instruction.text[len(text) :]
    return text[: len(text) - len(typed.dest)] + copy.copying.destination + slash + end
