"""Set what changes with every commit only where it is used.

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
from optimizer.graph.edges import reason
from optimizer.graph.plan import Plan, StagePlan
from optimizer.graph.weights import volatile_steps
from optimizer.passes.base import Answer, Pass, Promise, Refusal, Rewrite, lines
from optimizer.passes.layout import move
from optimizer.passes.leave import left_alone

_BUSTER = re.compile(r"(cache|bust|force|invalidate|no_?cache|refresh|rebuild)", re.IGNORECASE)


def propose(plan: Plan) -> Iterator[Answer]:
    """Move ARG, ENV and LABEL with volatile values down to their first user, all at once."""
    for stage in plan.stages:
        changing = volatile_steps(stage.steps)
        moves: dict[int, int] = {}
        for index in sorted(changing, reverse=True):
            if left_alone(plan.source, stage.steps[index]):
                continue
            last, refusal = _lowest(plan, stage, index, moves)
            if last is not None:
                moves[index] = last
            elif refusal is not None:
                yield refusal
        if plan.given.builder.startswith("buildkit"):
            moves = _labels_follow(stage, moves)
        if moves:
            yield _rewrite(plan, stage, moves)


def _labels_follow(stage: StagePlan, moves: dict[int, int]) -> dict[int, int]:
    """A LABEL is in no key of BuildKit (BUILDKIT.md 3.1): it goes no further than what it uses."""
    found = {i: last for i, last in moves.items() if stage.steps[i].keyword != "LABEL"}
    for index in sorted(moves.keys() - found.keys()):
        used = [
            last for i, last in found.items()
            if i < index < last and reason(stage.steps[i], stage.steps[index]) is not None
        ]  # fmt: skip
        if used:
            found[index] = max(used)
    return found


def _lowest(
    plan: Plan, stage: StagePlan, index: int, moves: dict[int, int]
) -> tuple[int | None, Refusal | None]:
    """The last RUN that the step may pass; `moves` are the steps below that move as well."""
    step = stage.steps[index]
    if step.keyword == "ARG" and busts(plan, stage, index):
        return None, Refusal(step.line, "it is there to make a later step run again")
    last, bound = None, len(stage.steps)
    for number, other in enumerate(stage.steps[index + 1 :], index + 1):
        why = reason(step, other)
        if number in moves and why is not None:
            bound = min(bound, moves[number])
            continue
        if (
            number > bound
            or why is not None
            or left_alone(plan.source, other)
            or other.instruction.unfinished
        ):
            blocked = why is not None and last is None and other.keyword == "RUN"
            return last, Refusal(step.line, why.because) if blocked and why is not None else None
        if other.keyword == "RUN":
            last = number
    return last, None


def _rewrite(plan: Plan, stage: StagePlan, moves: dict[int, int]) -> Rewrite:
    first = stage.steps[min(moves)]
    runs = [s for s in stage.steps[min(moves) : max(moves.values()) + 1] if s.keyword == "RUN"]
    passed = lines([s.line for s in runs])
    pairs = [
        (stage.steps[i].instruction, stage.steps[n].instruction) for i, n in sorted(moves.items())
    ]
    what = "its value changes" if len(moves) == 1 else "their values change"
    return Rewrite(
        first.line,
        f"{what} often, and {passed} cannot see {'it' if len(moves) == 1 else 'them'}",
        move(plan.source, pairs),
    )


def busts(plan: Plan, stage: StagePlan, index: int) -> bool:
    """Whether somebody wants a step to run again when this changes (DESIGN.md 1)."""
    step = stage.steps[index]
    assert isinstance(step.typed, Arg)  # noqa: S101 - see `_lowest`
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
