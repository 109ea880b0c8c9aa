"""Fetch a project's dependencies in a RUN of its own, before the sources are copied.

    COPY . .                     COPY go.mod go.sum ./
    RUN go build -o /srv     ->  RUN go mod download
                                 COPY . .
                                 RUN go build -o /srv

The new RUN does a part of the one that stands there, as its tool offers it: it changes nothing
that this would not change itself, from the same files, variables, directory and user, and is a
cache hit as long as the manifests stay as they are. Where the tool by itself would leave the same
files the image is the same; where it may leave more, say so, and do it only when asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from optimizer.dockerfile.edits import Edit, apply
from optimizer.effects.model import Ahead
from optimizer.effects.step import Step
from optimizer.graph.ahead import objection, text, unlike
from optimizer.graph.plan import Plan, StagePlan, make_plan
from optimizer.passes.base import Answer, Pass, Promise, Refusal, Rewrite, read
from optimizer.passes.narrow_copies import narrow
from optimizer.passes.reorder_steps import moved
from optimizer.passes.sinking import left_alone, sink


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
    stage = plan.stages[place[0]]
    run = stage.steps[place[1]]
    why = _unwanted(plan, stage, run, ahead) or objection(plan, place[0], run, ahead)
    if why is None:
        found = _put_in(plan, place, copies, ahead)
        if isinstance(found, Rewrite):
            return found
        why = found
    return Refusal(run.line, f"`{ahead.shown}` is not put before the sources: {why}")


def _unwanted(plan: Plan, stage: StagePlan, run: Step, ahead: Ahead) -> str | None:
    """Why the user, or the file, may not want it."""
    if stage.triggers:
        return "the base image may have ONBUILD triggers"
    if left_alone(plan.source, run):
        return f"a comment asks to leave line {run.line}"
    if not plan.given.network_moves:
        return f"line {run.line} fetches from the network and is to stay"
    for step in stage.steps[: stage.steps.index(run)]:
        there = ahead.into if step.keyword in {"COPY", "ADD"} else ()
        changed = step.effects.changed if step.copying is None else ()
        if any(place.removesuffix("/**") in changed for place in there):
            return f"line {step.line} brings what it fetches"
    return None


def _put_in(plan: Plan, place: tuple[int, int], copies: list[int], ahead: Ahead) -> Rewrite | str:
    """The rewrite, by the lowest copy that lets the new RUN stand above it; else why not."""
    number, index = place
    run = plan.stages[number].steps[index]
    head = run.instruction.head
    line = text(run, ahead)
    written = apply(str(plan.source), [Edit(head, head, line + plan.source.newline)])
    origins = {
        i.line + (i.start >= head): plan.given.origins.get(i.line, i.line)
        for i in plan.source.instructions
    }
    fuller = make_plan(written, replace(plan.given, origins={**origins, head + 1: -run.line}))
    part = fuller.stages[number].steps[index]
    if (why := unlike(run, ahead, part)) is not None:
        return why
    why = "nothing would be gained"
    for copy in copies:
        for answer in _moved(fuller, number, copy):
            if isinstance(answer, Refusal):
                why = answer.because
            elif any(e.start == e.end and e.start >= part.instruction.end for e in answer.edits):
                return replace(
                    answer,
                    line=run.line,
                    because=f"`{ahead.shown}` fetches what it needs, and reads {read(answer)}",
                    edits=(Edit(0, len(plan.source.lines), apply(written, answer.edits)),),
                    harmless=_left(ahead),
                )
    return why


def _moved(plan: Plan, number: int, index: int) -> Iterator[Answer]:
    """The copy below the new RUN: what this needs of it stays above, or it moves as a whole."""
    stage = plan.stages[number]
    if left_alone(plan.source, stage.steps[index]):
        yield Refusal(stage.steps[index].line, "a comment asks to leave the copy")
        return
    best, _ = sink(plan, stage, index)
    if best is not None and not best.parts:
        yield replace(moved(plan, [best]), because="it reads nothing of them")
    else:
        yield from narrow(plan, number, index)


def _left(ahead: Ahead) -> str:
    """What may be in the image besides."""
    if not ahead.leaves:
        return ""
    places = ", ".join(sorted(p.removesuffix("/**") for p in ahead.leaves))
    return f"more may stay in {places}"


DEPENDENCIES_FIRST = Pass("DF105", "dependencies-first", Promise.SAME_IF, propose)
