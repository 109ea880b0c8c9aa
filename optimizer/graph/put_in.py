"""The law for a RUN that was put in: it does a part of a later one, and disturbs nothing between.

It must be what a later RUN of the original offers (`graph/ahead.py`), stand in the same state as
that one, and leave alone what the steps between the two read, write and bring. Without it the
text must then be the same as before (`graph/same.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from optimizer.dockerfile.edits import Edit, apply
from optimizer.effects.model import Ahead, meeting
from optimizer.effects.step import Step
from optimizer.graph.ahead import objection, text, unlike
from optimizer.graph.edges import observed, reason
from optimizer.graph.plan import Plan, StagePlan, make_plan


@dataclass(frozen=True)
class PutIn:
    """A RUN that only the rewritten text has.

    Attributes:
        stage: The number of its stage.
        plan: Its stage.
        part: The RUN.
        whole: The RUN of the original that it does a part of; None if there is none.
        ahead: That part, as the whole offers it.
        twin: The whole in the rewritten text.
    """

    stage: int
    plan: StagePlan
    part: Step
    whole: Step | None = None
    ahead: Ahead | None = None
    twin: Step | None = None


def put_in(before: Plan, after: Plan) -> tuple[PutIn, ...] | None:
    """The RUNs that only `after` has; None if it lacks one of those of `before`, or their order."""
    found: list[PutIn] = []
    for number, (one, other) in enumerate(zip(before.stages, after.stages, strict=True)):
        rest = [s for s in one.steps if s.keyword == "RUN"]
        pairs: list[tuple[Step, Step | None]] = []
        for step in (s for s in other.steps if s.keyword == "RUN"):
            same = bool(rest) and _text(rest[0]) == _text(step)
            pairs.append((step, rest.pop(0) if same else None))
        if rest:
            return None
        for index, (step, known) in enumerate(pairs):
            if known is None:
                found.append(_owned(PutIn(number, other, step), pairs[index + 1 :]))
    return tuple(found)


def _text(step: Step) -> str:
    return step.instruction.text.rstrip("\r\n")


def _owned(found: PutIn, behind: list[tuple[Step, Step | None]]) -> PutIn:
    """With the first RUN behind it that offers it."""
    for twin, whole in behind:
        for ahead in whole.effects.ahead if whole is not None else ():
            if whole is not None and text(whole, ahead) == _text(found.part):
                return replace(found, whole=whole, ahead=ahead, twin=twin)
    return found


def without(plan: Plan, found: Iterable[PutIn]) -> Plan:
    """The plan as it would be if these had not been put in."""
    parts = [each.part.instruction for each in found]
    if not parts:
        return plan
    bare = apply(str(plan.source), [Edit(p.start, p.end, "") for p in parts])
    return make_plan(bare, replace(plan.given, origins={}))


def broken(before: Plan, found: PutIn) -> Iterator[str]:
    """What is wrong with a RUN that was put in, in words; nothing if it keeps the law."""
    part, whole, ahead, twin = found.part, found.whole, found.ahead, found.twin
    if whole is None or ahead is None or twin is None:
        yield f"`{_text(part)}` was put in, and no RUN behind it offers it"
        return
    for why in (objection(before, found.stage, whole, ahead), unlike(whole, ahead, part)):
        if why is not None:
            yield f"line {whole.line}: {why}"
    steps = found.plan.steps
    between = steps[steps.index(part) + 1 : steps.index(twin)]
    for step in between:
        yield from (f"line {step.line}: {what}" for what in _disturbed(part, step))
    yield from _turned(part, twin)


def _disturbed(part: Step, step: Step) -> Iterator[str]:
    """What a step between the two has of a part that is done before it."""
    if step.keyword == "RUN" and (why := reason(part, step)) is not None:
        yield why.because
    if step.copying is not None:
        brought = [target for target in step.copying.atoms if target in part.effects.changed]
    else:
        copies = step.keyword in {"COPY", "ADD"}
        brought = [p for _, p in meeting(part.effects.writes, step.effects.writes)] if copies else []
    yield from (f"it brings {path}, where something is put before" for path in brought)


def _turned(part: Step, whole: Step) -> Iterator[str]:
    """How the state that a part meets is not that of its whole."""
    for name in ("cwd", "user", "shell"):
        if getattr(part.state, name) != getattr(whole.state, name):
            yield f"line {whole.line}: {name} differs where a part of it is done ahead"
    mine, theirs = part.state.variables, whole.state.variables
    changed = frozenset(
        n for n in mine.keys() | theirs.keys()
        if (n in mine) != (n in theirs) or mine.get(n) != theirs.get(n)
    )  # fmt: skip
    if changed and (seen := observed(part, changed)):
        yield f"line {whole.line}: where a part of it is done ahead, it {seen}"
