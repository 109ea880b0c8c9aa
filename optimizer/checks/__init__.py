"""The checks, in the order of their codes: what is missing comes before what could be better."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.checks.base import Check, Finding, Subject
from optimizer.checks.broad_context import BROAD_CONTEXT
from optimizer.checks.improvements import IMPROVEMENTS
from optimizer.checks.missing_inputs import MISSING_INPUTS
from optimizer.checks.volatile_argument import VOLATILE_ARGUMENT
from optimizer.errors import UserError
from optimizer.graph.plan import Given, Plan, make_plan
from optimizer.passes.leave import left_alone
from optimizer.pipeline import Project, optimize
from optimizer.settings import Settings

CHECKS: tuple[Check, ...] = (
    IMPROVEMENTS,  # leaves volatile arguments to VOLATILE_ARGUMENT
    MISSING_INPUTS,
    BROAD_CONTEXT,
    VOLATILE_ARGUMENT,
)


def findings(path: str, text: str, project: Project, settings: Settings) -> list[Finding]:
    """What the chosen checks have to say of a Dockerfile, by line.

    Args:
        path: The Dockerfile, as it is to be called.
        text: Its text.
        project: Its context, history and surroundings.
        settings: What the user chose.

    Raises:
        UserError: Docker would reject the text, or no check has a name that was chosen.
    """
    checks = chosen(settings)
    given = Given(
        project.files, project.weights, settings.build_args, settings.builder,
        settings.network_moves, project.untracked.__contains__, project.others,
        seconds=project.timings.seconds, tools=project.tools,
    )  # fmt: skip
    subject = Subject(make_plan(text, given), optimize(text, project, settings), project)
    quiet = set(_left_alone(subject.plan))
    found = {
        Finding(check.code, check.name, path, each.line, each.message)
        for check in checks
        for each in check.find(subject)
        if each.line not in quiet
    }
    return sorted(found, key=lambda f: (f.line, f.code, f.message))


def chosen(settings: Settings) -> tuple[Check, ...]:
    """The checks that run under these settings.

    Raises:
        UserError: A name that no check has.
    """
    names = {c.name for c in CHECKS} | {c.code for c in CHECKS}
    for name in (*settings.check_select, *settings.check_ignore):
        if name not in names:
            known = ", ".join(c.name for c in CHECKS)
            raise UserError(f"no check is called {name!r}; there are {known}")
    wanted = set(settings.check_select) or names
    return tuple(
        c
        for c in CHECKS
        if {c.name, c.code} & wanted and not {c.name, c.code} & set(settings.check_ignore)
    )


def _left_alone(plan: Plan) -> Iterator[int]:
    """The lines of instructions that the user wants to be left alone."""
    for stage in plan.stages:
        for step in stage.steps:
            if left_alone(plan.source, step):
                yield step.line
