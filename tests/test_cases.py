"""Every case against its snapshot and against the laws."""

from __future__ import annotations

from dataclasses import replace

from optimizer.cache.estimate import cost
from optimizer.context.ignore import Rules
from optimizer.dockerfile.source import parse
from optimizer.graph.plan import Given, make_plan
from optimizer.graph.same import differences
from optimizer.pipeline import Project, optimize
from optimizer.report.diff import unified


def shown(result) -> str:
    """What the user sees: the diff, then a line for every decision."""
    lines = [unified("Dockerfile", result.before, result.after)]
    lines += [unified(a.path, a.before, a.after) for a in result.also]
    lines += [
        f"{d.code} {d.name} line {d.line}: rewrite: {d.because} "
        f"[{d.promise.value}{' ' + d.assumption if d.assumption else ''}]\n"
        for d in result.rewrites
    ]
    lines += [f"{d.code} {d.name} line {d.line}: refusal: {d.because}\n" for d in result.refusals]
    return "".join(lines).replace("\r", "␍") or "nothing to say\n"


def test_rewrites_as_recorded(case, snapshot):
    """The answer to each case is the recorded one."""
    assert shown(case.rewrite()) == snapshot


def test_parsing_loses_nothing(case):
    """Every byte of the file comes back."""
    assert str(parse(case.text)) == case.text


def ruled(project: Project, result) -> Project:
    """The project as it is once the rewrite's ignore rules are written."""
    if not result.also:
        return project
    return Project(project.files.with_rules(result.also[0].after))


def test_second_run_changes_nothing(case):
    """What dfopt has written, dfopt leaves alone."""
    once = case.rewrite()
    twice = optimize(once.after, ruled(case.project, once), case.settings)

    assert once.after == twice.after
    assert twice.also == ()


def test_steps_and_targets_stay_the_same(case):
    """Each RUN meets what it met before, and each stage ends as it did."""
    result = case.rewrite()
    if any(d.name == "exec-form" for d in result.rewrites):
        return
    given = Given(ruled(case.project, result).files)

    assert list(differences(make_plan(result.before, given), make_plan(result.after, given))) == []


def test_laws_hold_where_copy_can_leave_out(case):
    """A builder that knows `--exclude` changes nothing of what is promised."""
    newer = replace(case.settings, frontend="1.19")
    once = optimize(case.text, case.project, newer)
    now = ruled(case.project, once)
    given = Given(now.files)

    assert optimize(once.after, now, newer).after == once.after
    if not any(d.name == "exec-form" for d in once.rewrites):
        assert list(differences(make_plan(once.before, given), make_plan(once.after, given))) == []


def test_cost_is_never_higher(case):
    """A rewrite never makes rebuilds dearer."""
    result = case.rewrite()
    given = Given(ruled(case.project, result).files)
    before, after = (cost(make_plan(t, given)) for t in (result.before, result.after))

    assert after.seconds_per_commit <= before.seconds_per_commit


def test_untouched_lines_are_untouched(case):
    """Every line of the original is still there, byte for byte, but for a final newline."""
    result = case.rewrite()
    cutting = {"split-runs", "dependencies-first"}
    if any(d.promise.value == "same-behaviour" or d.name in cutting for d in result.rewrites):
        return
    left = [line.rstrip("\r") for line in result.after.split("\n") if line.strip()]
    for line in (each.rstrip("\r") for each in result.before.split("\n") if each.strip()):
        assert line in left or line.split()[0].upper() in {"COPY", "ADD"}


def test_ignore_rules_hide_nothing_that_git_tracks(case):
    """A rule that a rewrite adds takes no file of the context away."""
    result = case.rewrite()
    for also in result.also:
        rules = Rules(also.after)
        assert [p for p in case.project.files.walk() if rules.ignores(p)] == []
