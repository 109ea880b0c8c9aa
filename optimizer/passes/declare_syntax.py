"""Ask for the newest Dockerfile frontend, where a COPY could then leave out what a RUN changes.

    FROM node:22                 # syntax=docker/dockerfile:1
                             ->  FROM node:22

The image stays the same; but a builder fetches that frontend from Docker Hub, as Docker's manual
wants it for every Dockerfile. So it is done only when asked for, and only if the other passes then
save something (see `leaving_out.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.dockerfile.edits import Edit
from optimizer.dockerfile.lines import BOM
from optimizer.effects.step import Step
from optimizer.graph.edges import reason
from optimizer.graph.plan import Plan, StagePlan
from optimizer.passes.base import Answer, Pass, Promise, Rewrite
from optimizer.passes.leave import left_alone
from optimizer.passes.leaving_out import allowed, changed, without

_LINE = "# syntax=docker/dockerfile:1"


def propose(plan: Plan) -> Iterator[Answer]:
    """The directive, above all else but a `#!`."""
    first = plan.source.lines[0]
    told = "syntax" in dict(plan.source.directives) or first.startswith(BOM)
    if told or plan.given.builder != "buildkit" or allowed(plan):
        return
    pair = next((found for stage in plan.stages for found in _changing(plan, stage)), None)
    if pair is not None:
        at = int(first.startswith("#!"))
        yield Rewrite(
            line=pair[0],
            because=f"from Dockerfile 1.19 on line {pair[0]} could leave out what line {pair[1]} changes",
            edits=(Edit(at, at, _LINE + plan.source.newline),),
            harmless="a builder fetches docker/dockerfile:1 for it",
        )


def _changing(plan: Plan, stage: StagePlan) -> Iterator[tuple[int, int]]:
    """The lines of a COPY, and of the next RUN that changes a few of its files."""
    for index, copy in enumerate(stage.steps):
        if copy.copying is None or stage.triggers or left_alone(plan.source, copy):
            continue
        run = next((r for r in stage.steps[index + 1 :] if r.keyword == "RUN"), None)
        if run is not None and (files := changed(copy, run)) and _passes(without(copy, files), run):
            yield copy.line, run.line


def _passes(lighter: Step, run: Step) -> bool:
    """Whether what is left of the copy may stand below the RUN, or what this has done ahead, at least in part."""
    why = reason(lighter, run)
    return why is None or bool(run.effects.ahead) or (why.needs is not None and why.needs != lighter.effects.writes)


DECLARE_SYNTAX = Pass("DF106", "declare-syntax", Promise.SAME_BEHAVIOUR, propose)
