"""A RUN looks for files that the context has, and that are not copied before it.

    COPY package.json package-lock.json ./
    RUN npm ci                  <- .npmrc is in the context, and npm would read it
    COPY . .

Each RUN is interpreted once more, as if all of the context stood where the Dockerfile puts
parts of it. What it then reads by name, and what neither a COPY nor a RUN before it has put
there, it misses. So a narrow COPY is found out that a new file has outgrown, and a step that
stands above the COPY that brings its inputs. Steps in doubt are passed over.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from optimizer.checks.base import Check, Found, Subject, listed
from optimizer.dockerfile.instructions import Run
from optimizer.effects.image import SYSTEM
from optimizer.effects.model import Patterns, is_tree
from optimizer.effects.step import Step
from optimizer.graph.edges import needed
from optimizer.graph.plan import Plan, StagePlan, make_plan

_SYSTEM = Patterns(SYSTEM)
# What the builder would expand, or take for a pattern.
_SPECIAL = re.compile(r"[$*?\[\\]")


def find(subject: Subject) -> Iterator[Found]:
    """The steps that miss something, each with all that it misses."""
    plan = subject.plan
    for stage in plan.stages:
        above, rest = _inherited(plan, stage), stage.steps
        for index, step in enumerate(rest):
            before = [*above, *rest[:index]]
            if any(s.effects.doubt is not None for s in before):
                break
            if isinstance(step.typed, Run):
                missing = _missing(plan, stage, index, before)
                if missing:
                    yield Found(step.line, _message(missing, rest[index + 1 :]))


def _inherited(plan: Plan, stage: StagePlan) -> list[Step]:
    """The steps of the stages that a stage is built on."""
    base = stage.stage.base_stage
    if base is None:
        return []
    return [*_inherited(plan, plan.stages[base]), *plan.stages[base].steps]


def _missing(plan: Plan, stage: StagePlan, index: int, before: list[Step]) -> dict[str, str]:
    """Image path -> context path of what the RUN at this index reads and does not find."""
    places = _places(stage, index, before)
    if not places:
        return {}
    twin, brought = _twin(plan, stage, index, places)
    if twin.effects.doubt is not None:
        return {}
    there = Patterns(p for s in before for p in s.effects.writes)
    # What the step makes itself it does not miss, but for a lock file that it would only check.
    checked = {c.path for c in twin.effects.conditional}
    made = Patterns(twin.effects.generated | (twin.effects.writes - checked))
    return {
        path: brought[path]
        for path in sorted(_asked(stage.steps[index], twin, before) & brought.keys())
        if path not in there and path not in made and "/.git/" not in path
    }


def _asked(run: Step, twin: Step, before: list[Step]) -> set[str]:
    """What the RUN asks for by name, present or absent.

    A file that it would only come upon in a folder counts if the RUN reads its like already: one
    workspace more is missing, but a solution file beside the project that was copied is not.
    """
    wanted = twin.effects.reads | twin.effects.probes
    if run.effects.doubt is not None:
        return {p for p in twin.effects.reads if not is_tree(p)}
    named = run.effects.reads | run.effects.probes
    alike = {posixpath.basename(t) for c in before if c.copying for t in needed(c, run)}
    return {p for p in wanted if not is_tree(p) and (p in named or posixpath.basename(p) in alike)}


def _places(stage: StagePlan, index: int, before: list[Step]) -> dict[str, str]:
    """Image folder -> the context folder that the Dockerfile puts there, where that is clear.

    A COPY of a folder says it, also one that stands below; so does a file that the RUN needs and
    that keeps its name.
    """
    run = stage.steps[index]
    folders: dict[str, set[str]] = defaultdict(set)
    files: dict[str, set[str]] = defaultdict(set)
    for copy in (*before, *stage.steps[index + 1 :]):
        if copy.copying is None:
            continue
        for placed in copy.copying.placements:
            if placed.directory:
                folders[placed.target].add(placed.source)
    for copy in before:
        for target in needed(copy, run) if copy.copying is not None else ():
            source = copy.copying.atoms[target] if copy.copying is not None else ""
            if posixpath.basename(source) == posixpath.basename(target):
                files[posixpath.dirname(target)].add(posixpath.dirname(source))
    return {
        target: next(iter(sources))
        for target, sources in {**files, **folders}.items()
        if len(sources) == 1 and target != "/" and target not in _SYSTEM
        if not _SPECIAL.search(target + next(iter(sources)))
    }


def _twin(
    plan: Plan, stage: StagePlan, index: int, places: dict[str, str]
) -> tuple[Step, dict[str, str]]:
    """The RUN in a stage that begins with all of these folders, and what they bring."""
    root = stage
    while root.stage.base_stage is not None:
        root = plan.stages[root.stage.base_stage]
    copies = [
        f"COPY {json.dumps([f'./{source}/', f'{target}/'])}\n"
        for target, source in sorted(places.items())
    ]
    lines = list(plan.source.lines)
    lines[root.stage.start.end - 1] = lines[root.stage.start.end - 1].rstrip("\r\n") + "\n"
    lines[root.stage.start.end : root.stage.start.end] = copies
    other = make_plan("".join(lines), replace(plan.given, origins={}))
    shift = len(copies) if root is stage else 0
    brought: dict[str, str] = {}
    for step in other.stages[root.stage.index].steps[: len(copies)]:
        brought |= step.copying.atoms if step.copying is not None else {}
    return other.stages[stage.stage.index].steps[index + shift], brought


def _message(missing: dict[str, str], below: tuple[Step, ...]) -> str:
    names = sorted(set(missing.values()))
    one = len(names) == 1
    late = next(
        (s for s in below if s.copying is not None and missing.keys() <= s.copying.atoms.keys()),
        None,
    )
    text = f"this step looks for {listed(names)}, which {'is' if one else 'are'} in the build context but not copied before it"
    if late is None:
        return text
    return f"{text}; line {late.line} brings {'it' if one else 'them'} too late"


MISSING_INPUTS = Check("DF402", "missing-inputs", find)
