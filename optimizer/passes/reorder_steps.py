"""Let a COPY stand behind the steps that need nothing of it.

    COPY . .                     RUN apt-get install -y curl
    RUN apt-get install -y curl  ->  COPY . .

The RUN is then a cache hit whatever changes in the context. It meets the same files at every
path that it reads, and changes none that the COPY brings, so the image stays the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.graph.plan import Plan
from optimizer.passes.base import Answer, Pass, Promise, Rewrite, lines
from optimizer.passes.layout import move
from optimizer.passes.sinking import absolute, left_alone, sink


def propose(plan: Plan) -> Iterator[Answer]:
    """Move whole instructions, the last of each stage first."""
    for stage in plan.stages:
        for index in reversed(range(len(stage.steps))):
            step = stage.steps[index]
            if (
                step.keyword not in {"COPY", "ADD"}
                or left_alone(plan.source, step)
                or stage.triggers
            ):
                continue
            best, stopped = sink(plan, stage, index)
            if best is None and stopped is not None and step.copying is None:
                yield stopped
            if best is None or best.needs or any(c.conditional for c in best.crossings):
                continue
            last = best.crossings[-1].step
            passed = [c.step.line for c in best.crossings]
            yield Rewrite(
                line=step.line,
                because=f"{lines(passed)} {'needs' if len(passed) == 1 else 'need'} nothing that it brings",
                edits=move(
                    plan.source, [(step.instruction, last.instruction)], texts=absolute(best)
                ),
            )


REORDER_STEPS = Pass("DF102", "reorder-steps", Promise.SAME_IMAGE, propose)
