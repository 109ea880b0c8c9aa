"""The passes, over and over, until none has more to say."""

from __future__ import annotations

from dataclasses import dataclass, replace

from optimizer.cache.estimate import cost
from optimizer.context.ignore import add_lines
from optimizer.dockerfile.edits import apply
from optimizer.dockerfile.source import parse
from optimizer.errors import UserError
from optimizer.graph.plan import Given, Plan, make_plan, numbered, origins
from optimizer.graph.same import differences
from optimizer.passes import PASSES
from optimizer.passes.base import Pass, Promise, Refusal, Rewrite
from optimizer.pipeline.project import Decision, Project
from optimizer.settings import Settings

_ROUNDS = 5
_CHANGES_AT_MOST = 100
_NO_LOWER = "the expected cost of a rebuild would be no lower"


class LawBrokenError(Exception):
    """A rewrite that would not have kept the law: a bug in dfopt, and nothing is written."""


# A change by the pass that makes it and the line that it is about.
Change = tuple[str, int]


@dataclass(frozen=True)
class Work:
    """Where the work stands.

    Attributes:
        text: The Dockerfile so far.
        given: What its plan is made with.
        plan: The plan.
        ignore: Lines that the ignore file needs.
        rewrites: What was changed.
        dropped: What would cost more, as things stand.
        neutral: What was changed although that alone costs the same: a later change may need it.
        vain: What is not to be tried, for it is known to be of no use.
    """

    text: str
    given: Given
    plan: Plan
    ignore: tuple[str, ...] = ()
    rewrites: tuple[Decision, ...] = ()
    dropped: frozenset[Change] = frozenset()
    neutral: tuple[Change, ...] = ()
    vain: frozenset[Change] = frozenset()


def settle(now: Work, project: Project, settings: Settings) -> tuple[Work, tuple[Decision, ...]]:
    """Run all passes, and take back what costs the same without it (DESIGN.md 3.8)."""
    done, said = _settled(now, project, settings)
    for change in done.neutral:
        without, refusals = _settled(replace(now, vain=done.vain | {change}), project, settings)
        if cost(without.plan).seconds_per_commit <= cost(done.plan).seconds_per_commit:
            done, said = without, refusals
    return done, said


def _settled(now: Work, project: Project, settings: Settings) -> tuple[Work, tuple[Decision, ...]]:
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


def _refused(each: Pass, answer: Rewrite, settings: Settings) -> str | None:
    """Why a proposal is not wanted, unless it is asked for."""
    if {each.name, each.code} & set(settings.select):
        return None
    if settings.relaxed and (answer.harmless or each.promise is Promise.SAME_BEHAVIOUR):
        return None
    if answer.harmless:
        return f"{answer.because}; {answer.harmless} (--relaxed)"
    return None if each.default else answer.because


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
            if why is None and isinstance(answer, Rewrite):
                useless = (each.name, line) in now.dropped | now.vain
                changed = None if useless else _apply(each, answer, now, plan)
                if changed is not None:
                    now = changed
                    break
                now = replace(now, dropped=now.dropped | {(each.name, line)})
            refusals.append(Decision(each.code, each.name, line, why or _NO_LOWER))
        else:
            return now, tuple(refusals)
    raise LawBrokenError(f"{each.name} does not come to an end")


def _objection(
    each: Pass, answer: Rewrite, plan: Plan, project: Project, settings: Settings
) -> str | None:
    """Why a proposal is not taken, by what the user chose."""
    if unwanted := _refused(each, answer, settings):
        return unwanted
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
    """The text after a proposal; None if it does not pay.

    What costs the same is taken once a line, so that the passes come to an end.
    """
    text = apply(now.text, answer.edits)
    files = now.given.files
    if answer.ignore:
        files = files.with_rules(add_lines(files.rules, list(answer.ignore), plan.source.newline))
    line = answer.line
    given = replace(now.given, files=files, origins=origins(plan, parse(text), line))
    before = make_plan(now.text, replace(now.given, files=files)) if answer.ignore else plan
    after = make_plan(text, given)
    if not each.mends and (broken := next(differences(before, after), None)):
        raise LawBrokenError(f"{each.name}, line {line}: {broken}")
    saved = cost(before).seconds_per_commit - cost(after).seconds_per_commit
    change = (each.name, line)
    if not each.mends and (saved < 0 or (saved == 0 and change in now.neutral)):
        return None
    assumption = ", ".join(answer.assumptions) or None
    because = "; ".join(filter(None, (answer.because, answer.harmless)))
    made = Decision(each.code, each.name, line, because, _promise(each, answer), assumption)
    return replace(
        now,
        text=text,
        plan=after,
        given=given,
        rewrites=(*now.rewrites, made),
        dropped=frozenset(),  # what did not pay before may pay now
        neutral=now.neutral if each.mends or saved else (*now.neutral, change),
        ignore=(*now.ignore, *answer.ignore),
    )


def _promise(each: Pass, answer: Rewrite) -> Promise:
    """The weakest of what the pass and the proposal promise."""
    if answer.harmless or each.promise is Promise.SAME_BEHAVIOUR:
        return Promise.SAME_BEHAVIOUR
    return Promise.SAME_IF if answer.assumptions else Promise.SAME_IMAGE
