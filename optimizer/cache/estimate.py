"""A first estimate of what rebuilds cost: before, after, and at best (DESIGN.md 3.8).

A step runs again if anything changed that it or a step before it in its chain is keyed by.
The chance of that comes from the plan's weights, the seconds from the table of tools.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from optimizer.cache.cost import seconds as seconds_of
from optimizer.cache.derived import made_of
from optimizer.dockerfile.instructions import Arg, Copy, Env
from optimizer.dockerfile.stages import chain_of, needed, reference
from optimizer.effects.step import Step
from optimizer.graph.edges import needed as needed_files
from optimizer.graph.plan import Plan, StagePlan
from optimizer.graph.weights import VOLATILE, selectors, volatile_steps

COUNTED = frozenset({"RUN", "COPY", "ADD"})


@dataclass(frozen=True)
class Cost:
    """What a change of the context costs on average.

    Attributes:
        hit_rate: The share of RUN, COPY and ADD steps that are cache hits, 0 to 1.
        seconds_per_commit: Seconds of the steps that run again.
        bytes_per_commit: Bytes of the new layers that are pushed with the image: of a real build
            where it tells, else what COPY and ADD bring of the context.
    """

    hit_rate: float
    seconds_per_commit: float
    bytes_per_commit: float


@dataclass(frozen=True)
class Estimate:
    """Before, after and ideal.

    Attributes:
        source: `history` or `prior`.
        commits: How many commits of history were weighed.
        seconds_from: `log` or `timings` of a real build, where it has the step; else `table`.
    """

    source: str
    commits: int
    before: Cost
    after: Cost
    ideal: Cost
    seconds_from: str = "table"


@dataclass(frozen=True)
class _Keyed:
    """A step with what its key depends on: alone, and with all before it; and its layer's bytes."""

    step: Step
    own: frozenset[str]
    chain: frozenset[str]
    size: float


def estimate(before: Plan, after: Plan, target: str | None = None) -> Estimate:
    """Compare two forms of one Dockerfile."""
    return Estimate(
        source=before.given.weights.source,
        commits=len(before.given.weights.commits),
        before=cost(before, target),
        after=cost(after, target),
        ideal=cost(after, target, ideal=True),
    )


def cost(plan: Plan, target: str | None = None, *, ideal: bool = False) -> Cost:
    """What a change of the context costs, or what it would cost at best."""
    keyed = list(_keyed(plan, target))
    if not keyed:
        return Cost(1.0, 0.0, 0.0)
    misses = seconds = size = 0.0
    for each in keyed:
        chance = plan.given.weights.probability(each.own if ideal else each.chain)
        misses += chance
        seconds += chance * seconds_of(each.step)
        size += chance * each.size
    return Cost(round(1 - misses / len(keyed), 4), round(seconds, 3), round(size, 1))


def own_inputs(plan: Plan, target: str | None) -> Iterator[tuple[Step, frozenset[str], float]]:
    """Each RUN, COPY and ADD with what it depends on by itself, as `Weights.probability` takes it.

    The third is the bytes that are pushed when it has run.
    """
    return ((each.step, each.own, each.size) for each in _keyed(plan, target))


def _bytes(step: Step) -> float:
    """The bytes that a step puts into a layer, today."""
    if step.size is not None:
        return float(step.size)
    if step.copying is None:
        return 0.0
    entries = (step.copying.files.entry(p) for p in step.copying.atoms.values())
    return float(sum(e.size for e in entries if e is not None))


def _keyed(plan: Plan, target: str | None) -> Iterator[_Keyed]:
    found = tuple(s.stage for s in plan.stages)
    ends: dict[int, frozenset[str]] = {}
    wanted = needed(found, target)
    pushed = frozenset(chain_of(found, target))
    for stage in plan.stages:
        if stage.stage.index not in wanted:
            continue
        base = stage.stage.base_stage
        chain = ends[base] if base is not None else frozenset[str]()
        copies: list[Step] = []
        arguments: set[str] = set()
        changing = volatile_steps(stage.steps)
        for index, step in enumerate(stage.steps):
            own = _own(plan, stage, step, copies, ends)
            chain |= _selected(step, ends, plan, stage)
            if index in changing and isinstance(step.typed, (Arg, Env)):
                arguments |= {VOLATILE + name for name, _ in step.typed.pairs}
            if step.keyword == "RUN":
                chain |= arguments
                own |= {a for a in arguments if a[1:] in step.instruction.text}
            if step.copying is not None:
                copies.append(step)
            if step.keyword in COUNTED:
                size = _bytes(step) if stage.stage.index in pushed else 0.0
                yield _Keyed(step, own, chain, size)
        ends[stage.stage.index] = chain


def _own(
    plan: Plan, stage: StagePlan, step: Step, copies: list[Step], ends: dict[int, frozenset[str]]
) -> frozenset[str]:
    if step.keyword != "RUN":
        return _selected(step, ends, plan, stage)
    if step.effects.doubt is not None:
        return frozenset(s for c in copies for s in selectors(c))
    return frozenset(
        c.copying.atoms[t] for c in copies if c.copying is not None for t in needed_files(c, step)
    )


def _selected(
    step: Step, ends: dict[int, frozenset[str]], plan: Plan, stage: StagePlan
) -> frozenset[str]:
    if isinstance(step.typed, Copy) and step.typed.from_ is not None:
        index = reference(step.typed.from_, stage.stage.index, tuple(s.stage for s in plan.stages))
        if index is None or index not in ends:
            return frozenset()
        taken = plan.stages[index]
        made = made_of(taken, step.typed.sources)
        if made is None:
            return ends[index]
        base = taken.stage.base_stage
        return made | (ends[base] if base is not None else frozenset())
    return frozenset(selectors(step))
