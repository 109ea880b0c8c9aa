"""Copy, before a RUN, only what it reads, and the rest after it.

    COPY . .                     COPY package.json package-lock.json ./
    RUN npm ci               ->  RUN npm ci
                                 COPY . .

The RUN is then a cache hit as long as these files stay as they are. It meets the same content
at every path that it reads, probes or lists; the whole COPY still runs behind it and brings
all the files, so the image stays the same. Where the RUN fills a directory that a developer's
machine may hold as well (`node_modules`, a lock that git ignores), the ignore file keeps it out of
the context.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from optimizer.context.ignore import Rules, add_lines
from optimizer.effects.step import Step
from optimizer.graph.edges import needed
from optimizer.graph.plan import Plan, StagePlan, make_plan
from optimizer.passes.base import Answer, Pass, Promise, Refusal, Rewrite, lines
from optimizer.passes.layout import move
from optimizer.passes.leave import left_alone
from optimizer.passes.pieces import pieces
from optimizer.passes.sinking import Sinking, new_text, sink


def propose(plan: Plan) -> Iterator[Answer]:
    """Narrow the copies of the context, the last of each stage first."""
    for number, stage in enumerate(plan.stages):
        for index in reversed(range(len(stage.steps))):
            step = stage.steps[index]
            if step.copying is None or step.new:
                continue
            if not _followed(stage, index):
                yield from _installed_elsewhere(plan, number, step)
                continue
            if left_alone(plan.source, step):
                yield Refusal(step.line, "a comment asks to leave it")
            elif stage.triggers:
                yield Refusal(step.line, "the base image may have ONBUILD triggers")
            else:
                yield from narrow(plan, number, index)


def _installed_elsewhere(plan: Plan, number: int, copy: Step) -> Iterator[Refusal]:
    """Of a copy with no RUN below: that a stage made of this one fetches by a part of what it brings."""
    assert copy.copying is not None  # noqa: S101 - see `propose`
    whole = copy.copying.atoms.keys()
    beneath = {number}
    for stage in plan.stages[number + 1 :]:
        if stage.stage.base_stage not in beneath:
            continue
        beneath.add(stage.stage.index)
        fetching = (s for s in stage.steps if s.keyword == "RUN" and s.effects.network)
        run = next((s for s in fetching if 0 < len(needed(copy, s)) < len(whole)), None)
        if run is not None:
            because = f"line {run.line} runs in another stage, which is made of this one"
            yield Refusal(copy.line, f"{because}; dfopt could narrow the copy if it stood there")
            return


def _followed(stage: StagePlan, index: int) -> bool:
    return any(s.keyword == "RUN" for s in stage.steps[index + 1 :])


def narrow(plan: Plan, number: int, index: int) -> Iterator[Answer]:
    """Narrow one copy: a rewrite, or why not."""
    ignore, problem = _ignore_lines(plan, plan.stages[number], index)
    if problem:
        yield Refusal(plan.stages[number].steps[index].line, problem)
        return
    if ignore:
        rules = add_lines(plan.given.files.rules, ignore, plan.source.newline)
        given = replace(plan.given, files=plan.given.files.with_rules(rules))
        ruled = make_plan(str(plan.source), given)
        if objection := _hidden(plan, ruled, ignore):
            yield Refusal(plan.stages[number].steps[index].line, objection)
            return
        plan = ruled
    stage = plan.stages[number]
    best, stopped = sink(plan, stage, index)
    if best is not None and best.parts:
        needed = {i for i in ignore if _fills(best, i)}
        yield _rewrite(plan, best, tuple(i for i in ignore if i in needed))
    elif best is None and stopped is not None:
        yield stopped


def _hidden(plan: Plan, ruled: Plan, ignore: tuple[str, ...]) -> str | None:
    """Who copies by name what the new ignore lines would hide; None if nobody does."""
    for stage, twin in zip(plan.stages, ruled.stages, strict=True):
        for step, same in zip(stage.steps, twin.steps, strict=True):
            if (step.copying is None) != (same.copying is None):
                return f"line {step.line} copies what {ignore[0]} in the ignore file would hide"
    names = "|".join(re.escape(posixpath.basename(line)) for line in ignore)
    named = re.compile(
        rf"^\s*(COPY|ADD)\b(?!.*--from=).*\b({names})\b", re.IGNORECASE | re.MULTILINE
    )
    for path, text in plan.given.others().items():
        if named.search(text):
            return f"{path} copies what {ignore[0]} in the shared ignore file would hide"
    return None


def _fills(best: Sinking, line: str) -> bool:
    name = line.rpartition("/")[2]
    return any(f"/{name}/" in g + "/" for c in best.crossings for g in c.step.effects.generated)


def _keeps_out_a_file(best: Sinking, ignore: tuple[str, ...]) -> bool:
    """Whether an ignore line is for a single file that a step makes: a lock."""
    each = (c.step.effects for c in best.crossings)
    made = {_context_path(best.copy, path) for e in each for path in e.generated & e.writes}
    return not made.isdisjoint(ignore)


def _rewrite(plan: Plan, best: Sinking, ignore: tuple[str, ...]) -> Rewrite:
    step = best.copy
    inserts, done = [], set[str]()
    for position, crossing in enumerate(best.crossings):
        fresh = crossing.needs - done
        if not fresh:
            continue
        place = step.instruction if position == 0 else crossing.step.instruction
        inserts.append((place, pieces(step, fresh, crossing.needs | crossing.shared, absolute=best.turned and position > 0)))
        done |= fresh
    readers = [c.step.line for c in best.crossings]
    assert step.copying is not None  # noqa: S101 - only copies of the context are narrowed
    read = best.needs.union(*(c.shared for c in best.crossings))
    files = sorted(step.copying.atoms[t] for t in read)
    what = ", ".join(files[:4]) + (f" and {len(files) - 4} more" if len(files) > 4 else "")
    assumptions = set(best.assumptions)
    if ignore and any(plan.given.files.unfiltered().entry(i.removeprefix("**/")) for i in ignore):
        assumptions.add("no-host-node_modules")
    if _keeps_out_a_file(best, ignore):
        assumptions.add("no-host-lock")
    kept = ", ".join(step.copying.atoms[t] for t in sorted(best.left_out))
    return Rewrite(
        line=step.line,
        because=f"{lines(readers)} {'reads' if len(readers) == 1 else 'read'} {f'only {what}' if what else 'nothing of it'}"
        + (f", and may change {kept}, which is to stay so" if kept else ""),
        edits=move(
            plan.source,
            [(step.instruction, best.crossings[-1].step.instruction)],
            texts=new_text(best),
            inserts=inserts,
        ),
        assumptions=tuple(sorted(assumptions)),
        ignore=ignore,
    )


def _ignore_lines(plan: Plan, stage: StagePlan, index: int) -> tuple[tuple[str, ...], str | None]:
    """The ignore lines that keep a developer's own copies of generated directories out."""
    copying = stage.steps[index].copying
    assert copying is not None  # noqa: S101 - see `propose`
    found: set[str] = set()
    files: set[str] = set()
    rules = Rules(plan.given.files.rules or "")
    for step in stage.steps[index + 1 :]:
        for pattern in sorted(step.effects.generated):
            path = _context_path(stage.steps[index], pattern.removesuffix("/**"))
            if path is None or rules.ignores(path):
                continue
            if pattern in step.effects.writes:
                # A file may be committed one day, unless git ignores it.
                if plan.given.git_ignores(path) and plan.given.files.entry(path) is None:
                    files.add(path)
                continue
            if plan.given.files.entry(path) is not None and not plan.given.untracked(path):
                where = f"{path} stands in the build context and would overwrite what line {step.line} makes"
                return (), f"{where}; add it to .dockerignore if it does not belong there"
            found.add(path)
    return (*_shortest(found), *sorted(files)), None


def _shortest(paths: set[str]) -> tuple[str, ...]:
    """One `**/node_modules` for several folders of one name."""
    paths = {p for p in paths if not any(p.startswith(other + "/") for other in paths)}
    names = {posixpath.basename(p) for p in paths}
    lines = []
    for name in sorted(names):
        same = sorted(p for p in paths if posixpath.basename(p) == name)
        lines.append(same[0] if len(same) == 1 else f"**/{name}")
    return tuple(lines)


def _context_path(step: Step, path: str) -> str | None:
    """Where a directory of the image would come from, if the context held it."""
    assert step.copying is not None  # noqa: S101 - see `propose`
    for placed in step.copying.placements:
        source = placed.context_path(path) if placed.directory else None
        if source:
            return source
    return None


NARROW_COPIES = Pass("DF101", "narrow-copies", Promise.SAME_IF, propose)
