"""A value that changes with every build stands above steps that it makes run again.

    ARG GIT_SHA
    RUN npm ci       <- runs again with every commit, for nothing

An ARG or ENV is in the key of every later RUN of its stage. One that is there to make a step
run again is left alone, and so is one that the very next RUN may use.
"""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.checks.base import Check, Found, Subject, listed
from optimizer.dockerfile.instructions import Arg, Env
from optimizer.effects.step import Step
from optimizer.graph.edges import reason
from optimizer.graph.plan import Plan, StagePlan
from optimizer.graph.weights import selectors, volatile_steps
from optimizer.passes.base import lines
from optimizer.passes.sink_arguments import SINK_ARGUMENTS, busts
from optimizer.passes.sinking import likelihood

PASS = SINK_ARGUMENTS.name
# A step that is cheaper than this may run again with every commit.
_DEAR_SECONDS = 1.0
# What stands below a COPY that changes with every second commit gains nothing.
_OFTEN = 0.5


def find(subject: Subject) -> Iterator[Found]:
    """What `sink-arguments` would move, then what it cannot move."""
    moved = {d.line for d in subject.result.rewrites if d.name == PASS}
    for made in subject.result.rewrites:
        if made.name == PASS:
            yield Found(made.line, f"{made.because}; `dfopt rewrite` mends this")
    for stage in subject.plan.stages:
        if moved.isdisjoint(s.line for s in stage.steps):
            yield from _stuck(subject, stage)


def _stuck(subject: Subject, stage: StagePlan) -> Iterator[Found]:
    """The arguments that stay where they are, although dear steps below cannot see them."""
    for index in sorted(volatile_steps(stage.steps)):
        step = stage.steps[index]
        if not isinstance(step.typed, (Arg, Env)):
            continue
        if isinstance(step.typed, Arg) and busts(subject.plan, stage, index):
            continue
        blind = [s for s in _steady(subject.plan, stage, index) if _blind(step, s)]
        if blind:
            names = listed([name for name, _ in step.typed.pairs])
            again = "runs" if len(blind) == 1 else "run"
            yield Found(
                step.line,
                f"the value of {names} changes often, and {lines([s.line for s in blind])} {again} "
                "again with it without using it; set it below, next to the step that does",
            )


def _steady(plan: Plan, stage: StagePlan, index: int) -> Iterator[Step]:
    """The steps below that nothing else makes run again as often."""
    copied: set[str] = set()
    for number, step in enumerate(stage.steps):
        if step.keyword in {"COPY", "ADD"}:
            copied |= set(selectors(step))
            often = max(plan.given.weights.probability(copied), likelihood(plan, step))
            if often >= _OFTEN:
                return
        if number > index:
            yield step


def _blind(argument: Step, run: Step) -> bool:
    """Whether a RUN is dear and surely does not see the argument."""
    effects = run.effects
    dear = effects.network or effects.seconds >= _DEAR_SECONDS
    return run.keyword == "RUN" and effects.doubt is None and dear and not reason(argument, run)


VOLATILE_ARGUMENT = Check("DF404", "volatile-argument", find)
