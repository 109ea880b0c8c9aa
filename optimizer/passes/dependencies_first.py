"""Fetch a project's dependencies in a RUN of its own, before the sources are copied.

    COPY . .                     COPY go.mod go.sum ./
    RUN go build -o /srv     ->  RUN go mod download
                                 COPY . .
                                 RUN go build -o /srv

The new RUN does a part of the one that stands there, as its tool offers it: it changes nothing
that this would not change itself, from the same files, variables, directory and user, and is a
cache hit as long as the manifests stay as they are; arguments that change often go below it, and
what stands before the command in its RUN becomes a RUN above it. Where the tool by itself would
leave the same files the image is the same; where it may leave more, say so, and do it only when
asked.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, replace

from optimizer.dockerfile.edits import Edit, apply
from optimizer.dockerfile.source import parse
from optimizer.effects.model import Ahead, covers, meeting
from optimizer.effects.step import Step
from optimizer.graph.ahead import objection, text, unlike
from optimizer.graph.plan import Plan, StagePlan, make_plan, origins
from optimizer.graph.splitting import cut, cuts
from optimizer.passes.base import Answer, Pass, Promise, Refusal, Rewrite, read
from optimizer.passes.leave import left_alone
from optimizer.passes.narrow_copies import narrow
from optimizer.passes.reorder_steps import moved
from optimizer.passes.sink_arguments import propose as sink_arguments
from optimizer.passes.sinking import sink
from optimizer.passes.split_runs import cleans_up


@dataclass(frozen=True)
class Place:
    """A RUN of a plan, and a part of it that may be done ahead.

    Attributes:
        plan: The plan.
        stage: The number of the stage.
        index: That of the RUN in it.
        ahead: The part.
    """

    plan: Plan
    stage: int
    index: int
    ahead: Ahead


def propose(plan: Plan) -> Iterator[Answer]:
    """Each part that a RUN below a copy of the context offers to have done ahead."""
    for number, stage in enumerate(plan.stages):
        for index, run in enumerate(stage.steps):
            copies = [i for i in reversed(range(index)) if _broad(stage.steps[i])]
            for ahead in run.effects.ahead if copies else ():
                yield _answer(plan, (number, index), copies, ahead)


def _broad(step: Step) -> bool:
    """Whether it brings a folder of the context: more than manifests."""
    return step.copying is not None and any(p.directory for p in step.copying.placements)


def _answer(plan: Plan, place: tuple[int, int], copies: list[int], ahead: Ahead) -> Answer:
    number, index = place
    run = plan.stages[number].steps[index]
    why = _unwanted(plan, plan.stages[number], run, ahead)
    if why is None:
        found = _put_in(Place(plan, number, index, ahead), copies)
        if isinstance(found, str):
            halves = (_put_in(half, copies) for half in _second_halves(plan, place, ahead))
            found = next((f for f in halves if isinstance(f, Rewrite)), found)
        if isinstance(found, Rewrite):
            lines = len(plan.source.lines)
            edits = tuple(replace(e, start=0, end=lines) for e in found.edits)
            return replace(found, line=run.line, edits=edits)
        why = found
    return Refusal(run.line, f"`{ahead.shown}` is not put before the sources: {why}")


def _second_halves(plan: Plan, place: tuple[int, int], ahead: Ahead) -> Iterator[Place]:
    """The same behind what comes before it in its RUN, where that may be a RUN of its own."""
    number, index = place
    run = plan.stages[number].steps[index]
    for sign in reversed(cuts(run.instruction)):
        if cleans_up(run.instruction.text[sign + 2 :]):
            continue
        halved = _made(plan, cut(plan.source, run.instruction, sign), run.line)
        for each in halved.stages[number].steps[index + 1].effects.ahead:
            if each.words == ahead.words:
                yield Place(halved, number, index + 1, each)


def _made(plan: Plan, written: str, line: int) -> Plan:
    given = replace(plan.given, origins=origins(plan, parse(written), line))
    return make_plan(written, given)


def _unwanted(plan: Plan, stage: StagePlan, run: Step, ahead: Ahead) -> str | None:
    """Why the user, or the file, may not want it."""
    if stage.triggers:
        return "the base image may have ONBUILD triggers"
    if ahead.inner and stage.stage.index in _beneath(plan):
        return "an image that is made of the stage would hold what is fetched twice, in two layers"
    if left_alone(plan.source, run):
        return f"a comment asks to leave line {run.line}"
    if not plan.given.network_moves:
        return f"line {run.line} fetches from the network and is to stay"
    for step in stage.steps[: stage.steps.index(run)]:
        foreign = step.keyword in {"COPY", "ADD"} and step.copying is None
        if foreign and meeting(ahead.into, step.effects.writes):
            return f"line {step.line} brings what it fetches"
    return None


def _beneath(plan: Plan) -> set[int]:
    """The stages that the last one stands on, and itself."""
    found, last = set(), plan.stages[-1].stage
    while last.index not in found:
        found.add(last.index)
        last = plan.stages[last.base_stage].stage if last.base_stage is not None else last
    return found


def _put_in(place: Place, copies: list[int]) -> Rewrite | str:
    """The whole text by the lowest copy that lets the new RUN stand above it; else why not."""
    plan, number, ahead = place.plan, place.stage, place.ahead
    run = plan.stages[number].steps[place.index]
    if (why := objection(plan, number, run, ahead)) is not None:
        return why
    head = run.instruction.head
    line = text(run, ahead) + plan.source.newline
    written = apply(str(plan.source), [Edit(head, head, line)])
    fuller = _made(plan, written, run.line)
    part = fuller.stages[number].steps[place.index]
    if (why := unlike(run, ahead, part)) is not None:
        return why
    why = "nothing would be gained"
    for copy in copies:
        for answer in _moved(fuller, number, copy, place.index):
            if isinstance(answer, Refusal):
                why = answer.because
            elif any(e.start == e.end and e.start >= part.instruction.end for e in answer.edits):
                done = apply(written, answer.edits)
                lower = _arguments_lower(make_plan(done, replace(plan.given, origins={})), number)
                because = f"`{ahead.shown}` fetches what it needs{answer.because}"
                return replace(
                    answer,
                    because=because + ("; arguments that change often go below" if lower else ""),
                    edits=(Edit(0, 0, lower or done),),
                    harmless=f"the stage may hold {ahead.more}" if ahead.leaves else ahead.differs,
                )
    return why


def _arguments_lower(plan: Plan, number: int) -> str | None:
    """The text with volatile arguments below the new RUN, which would else never be a cache hit."""
    mine = {step.line for step in plan.stages[number].steps}
    for answer in sink_arguments(plan):
        if isinstance(answer, Rewrite) and answer.line in mine:
            return apply(str(plan.source), answer.edits)
    return None


def _moved(plan: Plan, number: int, index: int, part: int) -> Iterator[Answer]:
    """The copy below the new RUN `part`: what this needs of it stays above, or it moves as a whole.

    Of a rewrite, `because` says how the new RUN does without the rest.
    """
    stage = plan.stages[number]
    if left_alone(plan.source, stage.steps[index]):
        yield Refusal(stage.steps[index].line, "a comment asks to leave the copy")
        return
    best, _ = sink(plan, stage, index)
    if best is not None and not best.parts:
        yield replace(moved(plan, [best]), because=" without the sources")
        return
    for answer in narrow(plan, number, index):
        if isinstance(answer, Rewrite):
            kept = _unmixed(plan, answer, stage.steps[index + 1 :], stage.steps[part])
            yield replace(kept, because=f", and reads {read(answer)}")
        else:
            yield answer


def _unmixed(plan: Plan, answer: Rewrite, below: tuple[Step, ...], part: Step) -> Rewrite:
    """Without ignore lines for what the new RUN removes itself: the whole meets a developer's own as ever."""
    made = part.effects.generated
    lands = max((e.start for e in answer.edits if e.start == e.end), default=0)
    passed = [s for s in below if s is not part and s.keyword == "RUN" and s.instruction.head < lands]
    kept = {posixpath.basename(g) for s in passed for g in s.effects.generated}
    gone = made and all(any(covers(d, g) for d in part.effects.deletes) for g in made)
    there = any(plan.given.files.unfiltered().entry(i.removeprefix("**/")) for i in answer.ignore)
    if not gone or there or kept & {posixpath.basename(i) for i in answer.ignore}:
        return answer
    hosts = {"no-host-node_modules", "no-host-lock"}
    return replace(answer, ignore=(), assumptions=tuple(a for a in answer.assumptions if a not in hosts))


DEPENDENCIES_FIRST = Pass("DF105", "dependencies-first", Promise.SAME_IF, propose)
