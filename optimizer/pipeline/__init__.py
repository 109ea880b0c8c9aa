"""The whole tool in one function: `optimize()`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from optimizer.cache.estimate import Estimate, estimate
from optimizer.cache.replay import replay
from optimizer.context.ignore import add_lines
from optimizer.dockerfile.source import Source
from optimizer.graph.plan import Plan, make_plan
from optimizer.graph.same import differences
from optimizer.graph.weights import ENOUGH
from optimizer.passes.base import Promise
from optimizer.pipeline.project import Also, Decision, Project, Result
from optimizer.pipeline.settling import LawBrokenError, Work, chosen, settle
from optimizer.settings import Settings

__all__ = ["Also", "Decision", "LawBrokenError", "Project", "Result", "chosen", "optimize", "plans"]

_VAIN = "replayed over the history, rebuilds would cost no less"


def optimize(text: str, project: Project, settings: Settings | None = None) -> Result:
    """Rewrite a Dockerfile so that rebuilds hit the cache and the image stays the same.

    Args:
        text: The Dockerfile.
        project: Its context, history and surroundings.
        settings: What the user chose.

    Raises:
        UserError: Docker would reject the text.
        LawBrokenError: A bug in dfopt; nothing should be written.
    """
    settings = settings or Settings()
    given = project.given(settings)
    first = make_plan(text, given)
    now = Work(text, given, first)
    refusals: tuple[Decision, ...] = ()
    source = first.source
    if not _left_alone(source):
        now, refusals = settle(now, project, settings)
    _judge(first, now)
    costs = _costs(first, now.plan, project, settings)
    if _in_vain(costs, now):
        refusals += tuple(replace(d, because=_VAIN, promise=None) for d in now.rewrites)
        now = Work(text, given, first)
        costs = replace(costs, after=costs.before)
    return Result(
        text, now.text, tuple(_also(project, now, source)), now.rewrites,
        tuple(dict.fromkeys(refusals)), replace(costs, seconds_from=_seconds_from(first, project)),
    )  # fmt: skip


def _costs(before: Plan, after: Plan, project: Project, settings: Settings) -> Estimate:
    """What rebuilds cost: replayed over the history if there is enough of it, else as expected."""
    history = project.history() if str(before.source) != str(after.source) else None
    if history is not None:
        found = replay(before, after, history, settings.target)
        if found.commits >= ENOUGH:
            return found.estimate
    return estimate(before, after, settings.target)


def _in_vain(costs: Estimate, now: Work) -> bool:
    """Whether the whole result does not pay, by the history."""
    if not now.rewrites or costs.source != "history":
        return False
    if any(d.promise is Promise.SAME_BEHAVIOUR for d in now.rewrites):
        return False  # asked for by name, whatever it costs
    return costs.after.seconds_per_commit >= costs.before.seconds_per_commit


def _seconds_from(plan: Plan, project: Project) -> str:
    """Where the seconds come from: a real build, if it has a step of this file."""
    measured = any(step.measured for stage in plan.stages for step in stage.steps)
    return project.timings.source if measured else "table"


def plans(result: Result, project: Project, settings: Settings) -> tuple[Plan, Plan]:
    """The file as it stood and as rewritten, each over the context with the rules that it gets."""
    given = project.given(settings)
    files = project.files
    for also in result.also:
        files = files.with_rules(also.after)
    return make_plan(result.before, given), make_plan(result.after, replace(given, files=files))


def _left_alone(source: Source) -> bool:
    head = "".join(source.lines[: source.instructions[0].start])
    return any(
        line.strip().lower().replace(" ", "") == "#dfopt:leave" for line in head.split("\n")
    )


def _judge(first: Plan, now: Work) -> None:
    """The laws that hold for the whole (DESIGN.md 3.9).

    Raises:
        LawBrokenError: One does not.
    """
    text = str(first.source)
    if now.text == text:
        return
    if str(now.plan.source) != now.text:
        raise LawBrokenError("the result does not print back")
    if any(d.promise is Promise.SAME_BEHAVIOUR for d in now.rewrites):
        return
    before = first if not now.ignore else make_plan(text, replace(now.given, origins={}))
    if broken := next(differences(before, now.plan), None):
        raise LawBrokenError(broken)


def _also(project: Project, now: Work, source: Source) -> Iterator[Also]:
    lines = list(dict.fromkeys(now.ignore))
    if lines:
        rules = project.files.rules
        yield Also(now.given.rules_path, rules, add_lines(rules, lines, source.newline))
