"""`dfopt verify --replay`: the last commits built for real, beside what the model says of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from pathlib import PurePosixPath

import click

from optimizer.cache.history import History
from optimizer.cache.replay import replay, volatile_names
from optimizer.cache.vertices import vertices
from optimizer.cli.interrupting import interruptible
from optimizer.cli.opening import Opened, place_in
from optimizer.context.ignore import Rules
from optimizer.context.revisions import GIT_FOLDER, Revision, revisions, span, tree
from optimizer.errors import UserError
from optimizer.graph.plan import Plan
from optimizer.pipeline import Result, plans
from optimizer.report import rebuilds as report
from optimizer.settings import Settings
from optimizer.verify.builder import Builder
from optimizer.verify.order import Order, Version
from optimizer.verify.rebuilds import KINDS, Course, Rebuilds, rebuild
from optimizer.verify.steps import rules


def rebuilt(
    builder: Builder, opened: Opened, result: Result, settings: Settings, order: Order,
    count: int, say: Callable[[str], None],
) -> Rebuilds:  # fmt: skip
    """Build the last `count` commits that touch the context.

    Raises:
        UserError: There are none, or they cannot be built.
    """
    if builder.kind not in KINDS:
        raise UserError(f"--replay builds with {', '.join(KINDS)}; {builder.kind} is none of them")
    settings = replace(settings, builder=rules(builder))
    before, after = plans(result, opened.project, settings)
    if any(stage.triggers and stage.stage.base_stage is None for stage in before.stages):
        raise UserError(
            "the base image may have ONBUILD triggers, which no cache of one's own covers"
        )
    course, found = _course(opened, before, after, settings, count)
    if len(course.commits) < count:
        say(f"{len(course.commits)} commits: older ones lack a file that the Dockerfile names")
    predicted = replay(before, after, found, settings.target)
    ignored = [plan.given.files.rules for plan in (before, after)]
    versions = (Version(result.before, ignored[0]), Version(result.after, ignored[1]))
    with interruptible():
        return rebuild(builder, versions, order, course, predicted, say)


def _course(
    opened: Opened, before: Plan, after: Plan, settings: Settings, count: int
) -> tuple[Course, History]:
    root, prefix = place_in(opened.context)
    if root is None:
        raise UserError("the build context is in no git repository: there is nothing to replay")
    chosen = span(root, prefix, count)
    commits = list(revisions(root, chosen, prefix))
    start, entries = chosen.start or "", dict(tree(root, chosen.start, prefix))
    trees = [(start, dict(entries))]
    for revision in commits:
        _follow(entries, revision)
        trees.append((revision.id, dict(entries)))
    wanted = _named(before, settings) | _named(after, settings)
    good = [_has(files, wanted) for _, files in trees]
    first = len(good) - good[::-1].index(False) if False in good else 0
    if first >= len(commits):
        raise UserError(
            "no commit to replay: two commits that touch the build context, and have each file "
            "that the Dockerfile names, are the least"
        )
    commits = commits[first:]
    whole = not prefix
    keep_git = whole and not all(
        Rules(plan.given.files.rules or "").ignores(GIT_FOLDER) for plan in (before, after)
    )
    volatile = tuple(dict.fromkeys(volatile_names(before)))
    name, files = trees[first]
    course = Course(root, (name, tuple(files.items())), tuple(commits), keep_git, volatile)
    return course, History(files.items, lambda: commits, whole=whole, count=len(commits))


def _follow(entries: dict[str, str], revision: Revision) -> None:
    for change in revision.changes:
        entries.pop(change.path, None)
        if change.after is not None:
            entries[change.path] = change.after


def _named(plan: Plan, settings: Settings) -> set[str]:
    """The sources that a build cannot do without, as paths of the context."""
    graph = vertices(str(plan.source), settings.build_args, settings.target, plan.given.builder)
    chosen = chain.from_iterable(vertex.selections for vertex in graph)
    return {s.pattern.strip("/") for s in chosen if s.origin == "context" and s.plain} - {"", "."}


def _has(files: dict[str, str], wanted: set[str]) -> bool:
    folders = {str(parent) for path in files for parent in PurePosixPath(path).parents}
    return all(path in files or path in folders for path in wanted)


def show(path: str, form: str, color: str, builder: str | None, found: Rebuilds | None) -> int:
    """Print what came of it; the exit code."""
    if form == "json":
        click.echo(json.dumps(report.as_json(builder, found), indent=2))
    elif found is None:
        click.echo(f"{path}: dfopt changes nothing here, so there is nothing to compare")
    else:
        from rich.console import Console  # noqa: PLC0415 - the JSON needs none of it

        forced = {"always": True, "never": False}.get(color)
        console = Console(force_terminal=forced, highlight=False, markup=False)
        console.print(report.table(found))
        for line in report.lines(path, found):
            console.print(line, soft_wrap=True)
    pairs = () if found is None else (found.start, *found.commits)
    return int(any(p.after.failure and not p.before.failure for p in pairs))
