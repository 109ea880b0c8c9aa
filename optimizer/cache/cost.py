"""What a step costs: best source first, a real build's log, a timings file, the table of tools."""

from __future__ import annotations

from optimizer.effects.step import Step

# What a RUN costs beside what tools have figures for: the project's own build, mostly.
_UNKNOWN_SECONDS = 10.0


def seconds(step: Step) -> float:
    """The seconds of a step: measured where it was, else by the table of tools."""
    if step.measured or step.effects.doubt is None:
        return step.effects.seconds
    return step.effects.seconds + _UNKNOWN_SECONDS
