"""
Set what changes with every commit only where it is used.

    ARG GIT_SHA                  RUN npm ci
    RUN npm ci               ->  ARG GIT_SHA
    RUN echo $GIT_SHA > sha      RUN echo $GIT_SHA > sha

An ARG with a value is in the key of every later RUN of its stage, used or not (BUILDKIT.md
3.1). It may pass a step whose programs cannot observe it. ENV keeps its order, which shows in
the image's configuration. An argument that is a cache buster stays above what it is to bust.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from optimizer.dockerfile.instructions import Arg
from optimizer.effects.step import Step
from optimizer.graph.edges import reason
from optimizer.graph.plan import Plan, StagePlan
from optimizer.graph.weights import volatile_steps
from optimizer.passes.base import Answer, Pass, Promise, Refusal, Rewrite
from optimizer.passes.layout import move_below
from optimizer.passes.sinking import left_alone

_BUSTER = re.compile(r"(cache|bust|force|invalidate|no_?cache|refresh|rebuild)", re.IGNORECASE)


def propose(plan: Plan) -> Iterator[Answer]:
    """Move ARG, ENV and LABEL with volatile values down to their first user."""
    for stage in plan.stages:
        changing = volatile_steps(stage.steps)
        for index in reversed(range(len(stage.steps))):
            step = stage.steps[index]
            if index in changing and not left_alone(plan.source, step):
                yield from _sink(plan, stage, index)


def _sink(plan: Plan, stage: StagePlan, index: int) -> Iterator[Answer]:
    step = stage.steps[index]
    if step.keyword == "ARG" and _busts(plan, stage, index):
        yield Refusal(step.line, "it is there to make a later step run again")
        return
    last: Step | None = None
    crossed: list[Step] = []
    for other in stage.steps[index + 1 :]:
        why = reason(step, other)
        if why is not None or left_alone(plan.source, other):
            if not crossed and other.keyword == "RUN" and why is not None:
                yield Refusal(step.line, why.because)
            break
        if other.keyword == "RUN":
            crossed.append(other)
            last = other
    if last is None:
        return
    lines = ", ".join(str(s.line) for s in crossed)
    yield Rewrite(
        line=step.line,
        because=f"its value changes often, and line {lines} cannot see it",
        edits=move_below(plan.source, step.instruction, last.instruction, []),
    )


def _busts(plan: Plan, stage: StagePlan, index: int) -> bool:
    """Whether somebody wants a step to run again when this changes (DESIGN.md 1)."""
    step = stage.steps[index]
    assert isinstance(step.typed, Arg)  # noqa: S101 - see `_sink`
    comment = "".join(plan.source.lines[step.instruction.head : step.instruction.start])
    if _BUSTER.search(comment) or any(_BUSTER.search(n) for n, _ in step.typed.pairs):
        return True
    rest = stage.steps[index + 1 :]
    names = {n for n, _ in step.typed.pairs}
    if any(s.uses & names or any(n in s.instruction.text for n in names) for s in rest):
        return False
    following = next((s for s in rest if s.keyword in {"RUN", "COPY", "ADD"}), None)
    return following is not None and following.keyword == "RUN" and following.effects.unpinned


SINK_ARGUMENTS = Pass("DF103", "sink-arguments", Promise.SAME_IMAGE, propose)
