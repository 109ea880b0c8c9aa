"""`# dfopt: leave`: what the user wants to stay as it is."""

from __future__ import annotations

import re

from optimizer.dockerfile.source import Source
from optimizer.effects.step import Step

_LEAVE = re.compile(r"^\s*#\s*dfopt:\s*leave\s*$", re.IGNORECASE)


def left_alone(source: Source, step: Step) -> bool:
    """Whether `# dfopt: leave` stands above the instruction or at the head of the file."""
    own = source.lines[step.instruction.head : step.instruction.start]
    head = source.lines[: source.instructions[0].start]
    return any(_LEAVE.match(line.strip()) for line in (*own, *head))
