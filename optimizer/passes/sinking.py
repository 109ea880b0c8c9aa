"""How far down a COPY may go, what has to stay above, and what that is worth.

A COPY that stands lower is a cache miss less for every RUN that it has passed. It may pass a
RUN that needs nothing of it, and one that needs a part, if that part is copied before. The
final tree is the same: the whole COPY still runs, behind the RUNs, and none of them changes
what it brings (`graph/edges.py` says what stands in the way).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from optimizer.effects.model import NOTHING, Paths
from optimizer.effects.step import Step
from optimizer.graph.plan import Plan, StagePlan
from optimizer.graph.weights import selectors
from optimizer.passes.absolute import absolute_text
from optimizer.passes.base import Refusal
from optimizer.passes.crossings import Crossing, walk
from optimizer.passes.leaving_out import excluding
from optimizer.passes.pieces import pieces

# A change must be worth reading: seconds saved per commit, and for each line that it adds.
_WORTH = 0.5
_LINE = 0.1
# A list of manifests may be long; one of source folders is read by nobody.
_FOLDERS = 6
# Nor is one that stands behind many other pieces of the same whole.
_LINES = 8
# Seconds from which on a step is worth a guess.
_DEAR = 10.0
# What has to be copied before must change much less often than the whole.
_RARER = 0.75
# How often what a stage or an address provides changes, where the context does not tell. An image
# does so too seldom: further down it would be copied anew, however large, whenever sources change.
_STAGE, _REMOTE = 0.5, 0.2


@dataclass(frozen=True)
class Sinking:
    """How far a COPY goes down.

    Attributes:
        copy: The COPY.
        crossings: What it passes, in order.
        gain: Expected seconds saved per change of the context.
        turned: Whether it passes a WORKDIR that its destination is relative to.
    """

    copy: Step
    crossings: tuple[Crossing, ...]
    gain: float
    turned: bool = False

    @property
    def needs(self) -> Paths:
        """All that has to be copied before."""
        return NOTHING.union(*(c.needs for c in self.crossings))

    @property
    def left_out(self) -> Paths:
        """What it leaves out in its new place."""
        return NOTHING.union(*(c.changed for c in self.crossings))

    @property
    def assumptions(self) -> frozenset[str]:
        """What has to hold for the image to be the same."""
        return NOTHING.union(*(c.assumptions for c in self.crossings))

    @property
    def parts(self) -> bool:
        """Whether a RUN needs a part of the COPY, or undoes one: it is no mere move."""
        return any(c.needs or c.shared or c.conditional for c in self.crossings)


def sink(plan: Plan, stage: StagePlan, index: int) -> tuple[Sinking | None, Refusal | None]:
    """The best place for the COPY at this index, and what stops it from going further."""
    way = walk(plan, stage, index)
    best, gain = _best(plan, stage, index, way.crossings)
    stopped = way.stopped
    if best is not None:
        last = best.crossings[-1].step.instruction.start
        best = replace(best, turned=any(turn < last for turn in way.turns))
    elif stopped is None and gain > 0:
        because = f"further down it would save no more than {_WORTH} s a commit"
        stopped = Refusal(stage.steps[index].line, because)
    return best, stopped


def new_text(best: Sinking) -> dict[int, str]:
    """The text of a COPY that passes a WORKDIR which its destination is relative to, or leaves files out."""
    text = absolute_text(best.copy) if best.turned else best.copy.instruction.text
    if text is None or not (best.turned or best.left_out):
        return {}
    return {best.copy.instruction.line: excluding(best.copy, best.left_out, text)}


def _best(
    plan: Plan, stage: StagePlan, index: int, crossings: list[Crossing]
) -> tuple[Sinking | None, float]:
    """The cut after which going further brings no more, if it is worth it, and the seconds saved."""
    copy = stage.steps[index]
    weights = plan.given.weights
    above = {s for step in stage.steps[:index] for s in selectors(step)}
    whole = max(weights.probability({*above, *selectors(copy)}), likelihood(plan, copy))
    best, total, done, lines = (0.0, 0), 0.0, NOTHING, 0
    for count, crossing in enumerate(crossings, 1):
        fresh = crossing.needs - done
        done |= fresh
        if fresh:
            written = pieces(copy, fresh, crossing.needs | crossing.shared)
            lines += len(written)
            if not _readable(plan, crossing, written, _pieces_above(stage, index)):
                break
        needs = {copy.copying.atoms[t] for t in done} if copy.copying is not None else set()
        kept = weights.probability({*above, *needs})
        if fresh and kept > whole * _RARER:
            break
        total += max(whole - kept, 0.0) * crossing.step.effects.seconds
        if total - lines * _LINE > best[0]:
            best = (total - lines * _LINE, count)
    if best[0] < _WORTH:
        return None, best[0]
    return Sinking(copy, tuple(crossings[: best[1]]), best[0]), best[0]


def _readable(plan: Plan, crossing: Crossing, written: list[str], above: int) -> bool:
    """Whether lines that name whole folders are worth keeping true as the project grows.

    Behind a list of manifests a second one, of folders, is soon more than anybody reads. Without a
    history it is a guess how often sources change: only a dear step is worth it.
    """
    folders = sum(line.split()[-2].endswith("/") for line in written)
    guessed = not plan.given.weights.commits and crossing.step.effects.seconds < _DEAR
    return not folders or (
        folders <= _FOLDERS and above + len(written) <= _LINES and not guessed
    )


def _pieces_above(stage: StagePlan, index: int) -> int:
    """How many COPYs in front of this one bring parts of what it brings."""
    mine = stage.steps[index].copying
    if mine is None:
        return 0
    others = (step.copying for step in stage.steps[:index] if step.copying is not None)
    return sum(o.atoms.items() < mine.atoms.items() for o in others)


def likelihood(plan: Plan, step: Step) -> float:
    """How often a COPY changes that does not come from the context."""
    if step.keyword not in {"COPY", "ADD"} or step.copying is not None:
        return 0.0
    if step.effects.network:
        return _REMOTE
    name = (step.instruction.flag("from") or "").lower()
    stages = {s.stage.name for s in plan.stages} | {str(s.stage.index) for s in plan.stages}
    return _STAGE if name in stages else 0.0
