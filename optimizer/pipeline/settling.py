"""The passes, over and over, until none has more to say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from optimizer.cache.estimate import cost
from optimizer.context.ignore import add_lines
from optimizer.dockerfile.edits import apply
from optimizer.dockerfile.source import Source, parse
from optimizer.errors import UserError
from optimizer.graph.plan import Given, Plan, make_plan, numbered
from optimizer.graph.same import differences
from optimizer.passes import PASSES
from optimizer.passes.base import Pass, Promise, Refusal, Rewrite
from optimizer.pipeline.project import Decision, Project
from optimizer.settings import Settings

_ROUNDS = 5
_CHANGES_AT_MOST = 100


class LawBrokenError(Exception):
    """A rewrite that would not have kept the law: a bug in dfopt, and nothing is written."""


@dataclass(frozen=True)
class Work:
    """Where the work stands."""

    text: str
    given: Given
    plan: Plan
    ignore: tuple[str, ...] = ()
    rewrites: tuple[Decision, ...] = ()
    dropped: tuple[tuple[str, int], ...] = ()


def settle(now: Work, project: Project, settings: Settings) -> tuple[Work, tuple[Decision, ...]]:
    """Run all passes until none has more to say, of the text as if it had been written by hand."""
    said: tuple[Decision, ...] = ()
    for _ in range(_ROUNDS):
        before = now.text
        for _ in range(_ROUNDS):
            start, refusals = now.text, tuple[Decision, ...]()
            for each in chosen(settings):
                now, found = _run(each, now, project, settings)
                refusals += found
            if now.text == start:
                break
        said = said or refusals
        if now.text == before:
            return now, said
        # What dfopt has added is now as good as the rest: a second run must find nothing.
        plan = numbered(now.plan, {n: abs(o) for n, o in now.given.origins.items()})
        now = replace(now, given=plan.given, plan=plan)
    raise LawBrokenError("the passes do not come to an end")


def chosen(settings: Settings) -> tuple[Pass, ...]:
    """The passes that run under these settings.

    Raises:
        UserError: A name that no pass has.
    """
    names = {p.name for p in PASSES} | {p.code for p in PASSES}
    for name in (*settings.select, *settings.ignore):
        if name not in names:
            known = ", ".join(p.name for p in PASSES)
            raise UserError(f"no pass is called {name!r}; there are {known}")
    return tuple(p for p in PASSES if not {p.name, p.code} & set(settings.ignore))


def _allowed(each: Pass, settings: Settings) -> bool:
    if each.default:
        return True
    asked = bool({each.name, each.code} & set(settings.select))
    return asked or (settings.relaxed and each.promise is Promise.SAME_BEHAVIOUR)


def _run(
    each: Pass, now: Work, project: Project, settings: Settings
) -> tuple[Work, tuple[Decision, ...]]:
    """Take a pass's proposals one by one, each over a fresh plan."""
    for _ in range(_CHANGES_AT_MOST):
        plan = now.plan
        refusals: list[Decision] = []
        for answer in each.propose(plan):
            line = answer.line
            why = (
                answer.because
                if isinstance(answer, Refusal)
                else _objection(each, answer, plan, project, settings) or _own(answer, plan)
            )
            if (
                why is None
                and isinstance(answer, Rewrite)
                and (each.name, line) not in now.dropped
            ):
                changed = _apply(each, answer, now, plan)
                if changed is not None:
                    now = changed
                    break
                now = replace(now, dropped=(*now.dropped, (each.name, line)))
                why = "the expected cost of a rebuild would be no lower"
            if why is not None:
                refusals.append(Decision(each.code, each.name, line, why))
        else:
            return now, tuple(refusals)
    raise LawBrokenError(f"{each.name} does not come to an end")


def _objection(
    each: Pass, answer: Rewrite, plan: Plan, project: Project, settings: Settings
) -> str | None:
    """Why a proposal is not taken, by what the user chose."""
    if not _allowed(each, settings):
        return answer.because
    if answer.assumptions and settings.strict:
        return f"{answer.because}; the image is the same only if {', '.join(answer.assumptions)} (--strict)"
    if answer.ignore and not project.ignore_allowed:
        rules = f"{plan.given.rules_path} needs {', '.join(answer.ignore)}"
        return f"{answer.because}, but {rules}: {project.problem}"
    return None


def _own(answer: Rewrite, plan: Plan) -> str | None:
    """Which RUN would meet another file because the rewrite itself changes it.

    That COPY carries the Dockerfile into the image is no difference (DESIGN.md 1), but what a RUN
    makes of it is.
    """
    changed = {plan.given.dockerfile} | ({plan.given.rules_path} if answer.ignore else set())
    for step in (s for stage in plan.stages for s in stage.steps):
        for path in sorted(step.own & changed):
            return f"{answer.because}, but line {step.line} reads {path}, which that changes"
    return None


def _apply(each: Pass, answer: Rewrite, now: Work, plan: Plan) -> Work | None:
    """The text after a proposal; None if it does not pay."""
    text = apply(now.text, answer.edits)
    files = now.given.files
    if answer.ignore:
        files = files.with_rules(add_lines(files.rules, list(answer.ignore), plan.source.newline))
    line = answer.line
    given = replace(now.given, files=files, origins=_origins(plan, parse(text), line))
    before = make_plan(now.text, replace(now.given, files=files)) if answer.ignore else plan
    after = make_plan(text, given)
    same = each.promise is not Promise.SAME_BEHAVIOUR
    if same and (broken := next(differences(before, after), None)):
        raise LawBrokenError(f"{each.name}, line {line}: {broken}")
    if same and not _pays(before, after):
        return None
    promise = Promise.SAME_IF if answer.assumptions else each.promise
    if promise is Promise.SAME_IF and not answer.assumptions:
        promise = Promise.SAME_IMAGE
    assumption = ", ".join(answer.assumptions) or None
    made = Decision(each.code, each.name, line, answer.because, promise, assumption)
    return replace(
        now,
        text=text,
        plan=after,
        given=given,
        rewrites=(*now.rewrites, made),
        dropped=(),  # what did not pay before may pay now
        ignore=(*now.ignore, *answer.ignore),
    )


def _pays(before: Plan, after: Plan) -> bool:
    return cost(after).seconds_per_commit < cost(before).seconds_per_commit


def _origins(plan: Plan, after: Source, line: int) -> Mapping[int, int]:
    """For each line with an instruction, the line that it had in the original.

    Of an instruction that is new, the line that it stands for, negative.
    """
    old = plan.given.origins
    lines: dict[str, list[int]] = defaultdict(list)
    for each in plan.source.instructions:
        lines[each.text.rstrip("\r\n")].append(old.get(each.line, each.line))
    found = {}
    for each in after.instructions:
        known = lines.get(each.text.rstrip("\r\n"))
        found[each.line] = known.pop(0) if known else -line
    return found


