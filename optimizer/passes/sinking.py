"""How far down a COPY may go, what has to stay above, and what that is worth.

A COPY that stands lower is a cache miss less for every RUN that it has passed. It may pass a
RUN that needs nothing of it, and one that needs a part, if that part is copied before. The
final tree is the same: the whole COPY still runs, behind the RUNs, and none of them changes
what it brings (`graph/edges.py` says what stands in the way).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from optimizer.context.ignore import Rules
from optimizer.dockerfile.instructions import Copy
from optimizer.dockerfile.source import Source
from optimizer.effects.model import NOTHING, Conditional, Paths, Patterns, covers, is_tree
from optimizer.effects.step import Step
from optimizer.effects.tool import GLOB
from optimizer.graph.edges import reason
from optimizer.graph.plan import Plan, StagePlan
from optimizer.graph.weights import selectors
from optimizer.passes.base import Refusal
from optimizer.passes.folders import unlike
from optimizer.passes.leaving_out import allowed, changed, excluding, without
from optimizer.passes.pieces import pieces, spellable, with_patterns

_LEAVE = re.compile(r"^\s*#\s*dfopt:\s*leave\s*$", re.IGNORECASE)
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


@dataclass
class _Walk:
    """What a walk down from a COPY has found."""

    crossings: list[Crossing] = field(default_factory=list)
    stopped: Refusal | None = None
    turns: list[int] = field(default_factory=list)


def left_alone(source: Source, step: Step) -> bool:
    """Whether `# dfopt: leave` stands above the instruction or at the head of the file."""
    own = source.lines[step.instruction.head : step.instruction.start]
    head = source.lines[: source.instructions[0].start]
    return any(_LEAVE.match(line.strip()) for line in (*own, *head))


def sink(plan: Plan, stage: StagePlan, index: int) -> tuple[Sinking | None, Refusal | None]:
    """The best place for the COPY at this index, and what stops it from going further."""
    walk = _walk(plan, stage, index)
    best, gain = _best(plan, stage, index, walk.crossings)
    stopped = walk.stopped
    if best is not None:
        last = best.crossings[-1].step.instruction.start
        best = replace(best, turned=any(turn < last for turn in walk.turns))
    elif stopped is None and gain > 0:
        because = f"further down it would save no more than {_WORTH} s a commit"
        stopped = Refusal(stage.steps[index].line, because)
    return best, stopped


def new_text(best: Sinking) -> dict[int, str]:
    """The text of a COPY that passes a WORKDIR which its destination is relative to, or leaves files out."""
    text = _absolute_text(best.copy) if best.turned else best.copy.instruction.text
    if text is None or not (best.turned or best.left_out):
        return {}
    return {best.copy.instruction.line: excluding(best.copy, best.left_out, text)}


def _absolute_text(copy: Step) -> str | None:
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


def _walk(plan: Plan, stage: StagePlan, index: int) -> _Walk:
    copy, found = stage.steps[index], _Walk()
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
        if why is not None and why.relative and _absolute_text(copy) is not None:
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
            found.stopped = Refusal(copy.line, why.because + _hint(copy, step, knows=knows))
            break
        if step.keyword != "RUN":
            continue
        needs = (why.needs if why and why.needs else NOTHING) | mine
        crossing, refusal = _crossing(plan, stage, copy, step, needs, left_out)
        if refusal is not None and not knows and any(c.violated for c in step.effects.conditional):
            refusal = replace(refusal, because=refusal.because + _hint(copy, step, knows=knows))
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


def _hint(copy: Step, run: Step, *, knows: bool) -> str:
    """What would help where the RUN changes what the COPY brings."""
    mine = NOTHING if knows else changed(copy, run)
    if not mine:
        return ""
    lighter = without(copy, mine)
    why = reason(lighter, run)
    if why is not None and (why.needs is None or why.needs == lighter.effects.writes):
        return ""
    return "; from Dockerfile 1.19 on (# syntax=docker/dockerfile:1) COPY can leave it out"


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
