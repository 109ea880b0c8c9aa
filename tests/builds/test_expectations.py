"""The folders of the equivalence suite without a builder: what is rewritten, and the laws."""

from __future__ import annotations

import pytest

from optimizer.context.files import FolderFiles
from optimizer.dockerfile.source import parse
from optimizer.graph.plan import Given, make_plan
from optimizer.graph.same import differences
from optimizer.pipeline import Project, optimize
from optimizer.report.diff import unified
from tests.builds.folders import build_cases, each_case, every_step_is_dear


@pytest.fixture(params=[c for c in build_cases() if c.expected["rewritten"]], ids=lambda c: c.name)
def changed_case(request):
    return request.param


def test_there_are_enough():
    """Sixty folders at least, and half of them are traps."""
    traps = [case for case in build_cases() if "trap" in case.expected]

    assert len(build_cases()) >= 60
    assert 2 * len(traps) >= len(build_cases())


@each_case
def test_rewritten_or_not(build_case, tmp_path):
    """As `case.toml` says, whatever the steps cost."""
    result = build_case.rewrite(build_case.lay_out(tmp_path / "context"))

    assert build_case.expected["rewritten"] == result.changed, [
        f"{d.name} line {d.line}: {d.because}" for d in result.refusals
    ]


def test_rewritten_as_recorded(changed_case, tmp_path, snapshot):
    """Where something is rewritten, it is that and nothing more."""
    result = changed_case.rewrite(changed_case.lay_out(tmp_path / "context"))
    parts = [unified("Dockerfile", result.before, result.after)]
    parts += [unified(also.path, also.before, also.after) for also in result.also]

    assert "".join(parts).replace("\r", "␍") == snapshot


@each_case
def test_laws_hold(build_case, tmp_path):
    """The result parses, a second run leaves it alone, and every step meets what it met."""
    context = build_case.lay_out(tmp_path / "context")
    once = build_case.rewrite(context)
    assert str(parse(once.after)) == once.after
    files = FolderFiles(context)
    for also in once.also:
        files = files.with_rules(also.after)
    with every_step_is_dear():
        again = optimize(once.after, Project(files), build_case.settings)
        assert again.after == once.after
    before, after = (make_plan(text, Given(files)) for text in (once.before, once.after))

    assert list(differences(before, after)) == []
