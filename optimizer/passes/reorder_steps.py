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
from optimizer.passes.leave import left_alone
from optimizer.passes.sinking import Sinking, new_text, sink


def propose(plan: Plan) -> Iterator[Answer]:
    """Move whole instructions, all of a stage at once."""
    for stage in plan.stages:
        moves: dict[int, Sinking] = {}
        for index, step in enumerate(stage.steps):
            apart = step.keyword not in {"COPY", "ADD"} or stage.triggers
            if apart or left_alone(plan.source, step):
                continue
            best, stopped = sink(plan, stage, index)
            if best is None and stopped is not None and step.copying is None:
                yield stopped
            if best is not None and not best.parts:
                moves[index] = best
        if moves:
            yield moved(plan, list(moves.values()))


def moved(plan: Plan, found: list[Sinking]) -> Rewrite:
    """The rewrite that moves these."""
    passed = sorted({c.step.line for each in found for c in each.crossings})
    verb = "needs" if len(passed) == 1 else "need"
    texts = {line: text for each in found for line, text in new_text(each).items()}
    pairs = [(each.copy.instruction, each.crossings[-1].step.instruction) for each in found]
    brings = "it brings" if len(found) == 1 else f"{lines([s.copy.line for s in found])} bring"
    return Rewrite(
        line=found[0].copy.line,
        because=f"{lines(passed)} {verb} nothing that {brings}",
        edits=move(plan.source, pairs, texts=texts),
        assumptions=tuple(sorted(set[str]().union(*(each.assumptions for each in found)))),
    )


REORDER_STEPS = Pass("DF102", "reorder-steps", Promise.SAME_IF, propose)
