"""Cut a RUN in two where only its second half needs what changes often.

    COPY . .                        COPY package.json package-lock.json ./
    RUN npm ci && npm run build ->  RUN npm ci
                                    COPY . .
                                    RUN npm run build

The first half leaves nothing in the shell that the second would see, so both make the same tree
as one. A RUN whose second half cleans up after the first is left whole: the layers would grow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from optimizer.dockerfile.edits import Edit, apply
from optimizer.graph.edges import reason
from optimizer.graph.plan import Plan, StagePlan, make_plan
from optimizer.graph.splitting import cut, cuts
from optimizer.passes.base import Answer, Pass, Promise, Refusal, Rewrite, read
from optimizer.passes.leave import left_alone
from optimizer.passes.narrow_copies import narrow
from optimizer.passes.reorder_steps import moved
from optimizer.passes.sinking import sink

_CLEANS_UP = re.compile(
    r"\b(rm|clean|purge|prune|autoremove|auto-remove|autoclean|del|remove|uninstall|strip)\b"
)
# `apt-get update`: of an older layer, what it fetched would be out of date for the second half.
_REFRESHES = re.compile(r"\b([\w-]+)\s+(?:-\S+\s+)*update\b")
_SHOWN = 40


def propose(plan: Plan) -> Iterator[Answer]:
    """Try each RUN that stands in the way of a copy of the context."""
    for number, stage in enumerate(plan.stages):
        for index in reversed(range(len(stage.steps))):
            step = stage.steps[index]
            if step.copying is None or stage.triggers or left_alone(plan.source, step):
                continue
            blocking = _blocking(plan, stage, index)
            if blocking is not None:
                yield from _split(plan, number, index, blocking)


def _blocking(plan: Plan, stage: StagePlan, index: int) -> int | None:
    """The first RUN behind the copy that needs what it brings, and may be cut."""
    for position, step in enumerate(stage.steps[index + 1 :], index + 1):
        if step.keyword == "RUN" and reason(stage.steps[index], step) is not None:
            whole = left_alone(plan.source, step) or not cuts(step.instruction)
            return None if whole else position
    return None


def cleans_up(rest: str) -> bool:
    """Whether the second half of a RUN may remove what the first has brought."""
    return _CLEANS_UP.search(rest) is not None


def _uses_what_is_refreshed(first: str, rest: str) -> bool:
    """Whether the second half installs by an index that only the first brings up to date."""
    programs = {m[1].split("-")[0] for m in _REFRESHES.finditer(first)}
    return any(re.search(rf"\b{p}[\w-]*\s[^&|;]*\b(install|add|upgrade)\b", rest) for p in programs)


def _split(plan: Plan, number: int, index: int, blocking: int) -> Iterator[Answer]:
    run = plan.stages[number].steps[blocking]
    kept = ""
    for place in reversed(cuts(run.instruction)):
        rest = run.instruction.text[place + 2 :]
        shown = _short(" ".join(rest.replace("\\\n", " ").split()))
        if kept and cleans_up(rest):
            continue
        text = cut(plan.source, run.instruction, place)
        first = run.instruction.text[:place]
        if _uses_what_is_refreshed(first, rest):
            continue
        halved = make_plan(text, replace(plan.given, origins={}))
        for answer in _sunk(halved, number, index):
            if not isinstance(answer, Rewrite) or not _passes(halved, answer, number, blocking):
                continue
            if cleans_up(rest):
                kept = shown
                continue
            yield replace(
                answer,
                line=run.line,
                because=f"what stands before `{shown}` reads {read(answer)}",
                edits=(Edit(0, len(plan.source.lines), apply(text, answer.edits)),),
            )
            return
    if kept:
        because = f"cut in two, the image would keep in a layer what `{kept}` removes"
        yield Refusal(run.line, because)


def _sunk(halved: Plan, number: int, index: int) -> Iterator[Answer]:
    """The copy as far down as it may go: with a part of it above, or as it is."""
    best, _ = sink(halved, halved.stages[number], index)
    if best is not None and not best.parts:
        because = "it reads nothing of the COPY above it"
        yield replace(moved(halved, [best]), because=because)
    else:
        yield from narrow(halved, number, index)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def _passes(halved: Plan, answer: Rewrite, number: int, blocking: int) -> bool:
    """Whether the copy ends up between the two halves, or below."""
    first = halved.stages[number].steps[blocking].instruction
    return any(e.start == e.end and e.start >= first.end for e in answer.edits)


SPLIT_RUNS = Pass("DF104", "split-runs", Promise.SAME_IF, propose)
