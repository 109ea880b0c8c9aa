"""What a COPY may pass on its way down, and what has to be copied before."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from optimizer.context.ignore import Rules
from optimizer.effects.model import NOTHING, Conditional, Paths, Patterns, covers, is_tree
from optimizer.effects.step import Step
from optimizer.effects.tool import GLOB
from optimizer.graph.edges import reason
from optimizer.graph.plan import Plan, StagePlan
from optimizer.passes.absolute import absolute_text
from optimizer.passes.base import Refusal
from optimizer.passes.folders import unlike
from optimizer.passes.leave import left_alone
from optimizer.passes.leaving_out import allowed, changed, without
from optimizer.passes.pieces import pieces, spellable, with_patterns

_WHENCE = "is it made before the build, or is the context another folder?"
_NO_LINKS = frozenset({"unknown-steps-lay-no-links"})


@dataclass(frozen=True)
class Crossing:
    """A RUN that the COPY may pass.

    Attributes:
        step: The RUN.
        needs: The image paths that have to be copied before it.
        conditional: The writes of the RUN that would be undone, unless an assumption holds.
        unsure: Whether the RUN could meet a link, laid by a step in doubt, to what the COPY brings.
        shared: What it needs as well, and another COPY above brings.
        changed: Of what has to be copied before it, what it changes: the COPY leaves it out.
    """

    step: Step
    needs: Paths = NOTHING
    conditional: tuple[Conditional, ...] = ()
    shared: Paths = NOTHING
    unsure: bool = False
    changed: Paths = NOTHING

    @property
    def assumptions(self) -> frozenset[str]:
        """What has to hold for the image to be the same."""
        named = frozenset(c.assumption for c in self.conditional)
        return named | (_NO_LINKS if self.unsure else NOTHING)


@dataclass
class Walk:
    """What a walk down from a COPY has found.

    Attributes:
        crossings: What it passes, in order.
        stopped: Why it goes no further.
        turns: The lines of the WORKDIRs that its destination is relative to.
    """

    crossings: list[Crossing] = field(default_factory=list)
    stopped: Refusal | None = None
    turns: list[int] = field(default_factory=list)


def walk(plan: Plan, stage: StagePlan, index: int) -> Walk:
    """Down from the COPY at this index, until something stops it."""
    copy, found = stage.steps[index], Walk()
    anchor: str | None = None
    lighter, left_out = copy, NOTHING
    knows = allowed(plan)
    for step in stage.steps[index + 1 :]:
        if left_alone(plan.source, step):
            found.stopped = Refusal(copy.line, f"line {step.line} is to be left as it is")
            break
        if step.instruction.unfinished:
            found.stopped = Refusal(copy.line, f"line {step.line} ends in a continuation")
            break
        mine = changed(lighter, step) if knows else NOTHING
        left_out |= mine
        lighter = without(copy, left_out)
        why = reason(lighter, step)
        if why is not None and why.relative and absolute_text(copy) is not None:
            found.turns.append(step.instruction.start)
            why = replace(why, relative=False) if why.anchored else None
        if why is not None and why.anchored and not why.relative:
            if any(c.needs for c in found.crossings[:1]):
                why = None
            else:
                anchor, why = anchor or why.because, None
                if found.crossings:
                    found.stopped = Refusal(copy.line, anchor)
                    break
        if why is not None and why.needs is None:
            found.stopped = Refusal(copy.line, why.because)
            break
        if step.keyword != "RUN":
            continue
        needs = (why.needs if why and why.needs else NOTHING) | mine
        crossing, refusal = _crossing(plan, stage, copy, step, needs, left_out)
        if (
            refusal is None
            and anchor
            and not found.crossings
            and not (crossing and crossing.needs)
        ):
            refusal = Refusal(copy.line, anchor)
        if crossing is None or refusal is not None:
            found.stopped = refusal
            break
        there = _simpler(copy, crossing.needs, _brought_as_well(stage, copy, step, crossing.needs))
        found.crossings.append(replace(crossing, needs=crossing.needs - there, shared=there, changed=mine))
    return found


def _brought_as_well(stage: StagePlan, copy: Step, run: Step, needs: Paths) -> Paths:
    """Those of the needs that a narrower COPY above the RUN brings as they are: once is enough."""
    found: set[str] = set()
    if copy.copying is None or not needs:
        return NOTHING
    mine = copy.copying
    for other in stage.steps[: stage.steps.index(run)]:
        if other.keyword == "RUN":
            changed = Patterns(other.effects.writes | other.effects.metadata)
            found = {t for t in found if t not in changed}
        elif other.copying is not None and other is not copy:
            theirs = other.copying
            found -= theirs.atoms.keys()
            # Of two that bring the same, one has to stay: the narrower.
            if len(theirs.atoms) < len(mine.atoms) and (theirs.owner, theirs.mode) == (mine.owner, mine.mode):  # fmt: skip
                found |= {t for t in needs if theirs.atoms.get(t) == mine.atoms[t]}
    return frozenset(found)


def _simpler(copy: Step, needs: Paths, there: Paths) -> Paths:
    """`there`, if it is simpler to name the needs without it: a whole folder has one name."""
    if not there or needs == there:
        return there
    whole, rest = (sum(len(p.split()) for p in pieces(copy, n)) for n in (needs, needs - there))
    return there if rest < whole else NOTHING


def _crossing(
    plan: Plan, stage: StagePlan, copy: Step, run: Step, needs: Paths, left_out: Paths
) -> tuple[Crossing | None, Refusal | None]:
    """Whether the COPY may pass this RUN once its needs are copied before."""
    effects = run.effects
    if effects.network and not plan.given.network_moves:
        return None, Refusal(copy.line, f"line {run.line} fetches from the network and is to stay")
    if copy.effects.unpinned and effects.unpinned:
        return None, Refusal(copy.line, f"it decides when line {run.line} fetches again")
    if copy.copying is None:
        return Crossing(run, unsure=run.unsure), None
    needs = with_patterns(copy.copying, needs)
    if needs and needs | left_out == copy.copying.atoms.keys():
        if not any(p.directory for p in copy.copying.placements):
            return None, None  # it is as narrow as can be
        return None, Refusal(copy.line, f"line {run.line} needs all that it brings")
    fresh = needs - _brought_as_well(stage, copy, run, needs)
    if problem := (fresh and spellable(copy, fresh)) or (needs and unlike(copy, run, needs)):
        return None, Refusal(copy.line, problem)
    if (lacking := _lacking(plan, copy, run)) is not None:
        because = f"line {run.line} reads {lacking}, which is not in the build context now: {_WHENCE}"
        return None, Refusal(copy.line, because)
    if (own := _developers_own(plan, copy, run)) is not None:
        because = f"line {run.line} writes {own}, which git ignores"
        return None, Refusal(copy.line, f"{because}: the copy could bring a developer's own")
    conditional = tuple(
        c
        for c in sorted(effects.conditional, key=lambda c: c.path)
        if any(covers(c.path, target) for target in copy.copying.atoms.keys() - left_out)
    )
    for each in conditional:
        if each.violated:
            because = f"line {run.line} rewrites {copy.copying.atoms[each.path]}: {each.violated}"
            return None, Refusal(copy.line, because)
    return Crossing(run, needs, conditional, unsure=run.unsure), None


def _lacking(plan: Plan, copy: Step, run: Step) -> str | None:
    """A path that the RUN asks for in vain, and that the copy would bring if the context held it.

    A build that works has it: made before by hand or by CI, or the context is another folder.
    """
    rules = Rules(plan.given.files.rules or "")
    assert copy.copying is not None  # noqa: S101 - callers ask for copies of the context only
    for target in sorted(run.lacks):
        sources = (p.context_path(target) for p in copy.copying.placements if p.directory)
        path = next((s for s in sources if s), None)
        if path is not None and plan.given.files.entry(path) is None and not rules.ignores(path):
            return path
    return None


def _developers_own(plan: Plan, copy: Step, run: Step) -> str | None:
    """A file that the RUN makes and that may stand in a developer's context, not in a clone.

    Behind the RUN, the copy would put it in the place of what the RUN has made.
    """
    copying, files = copy.copying, plan.given.files
    assert copying is not None  # noqa: S101 - callers ask for copies of the context only
    rules = Rules(files.rules or "")
    for target in sorted(w for w in run.effects.writes if not is_tree(w) and GLOB not in w):
        sources = (p.context_path(target) for p in copying.placements if p.directory)
        path = next((s for s in sources if s), None)
        absent = path is not None and files.entry(path) is None and not rules.ignores(path)
        if path is not None and absent and plan.given.git_ignores(path):
            return path
    return None
