"""Histories of the examples: the model says of each build what was seen, before and after."""

from __future__ import annotations

import json

import pytest

from optimizer.cache.vertices import numbered
from tests.builds.playing import disagreements, predict
from tests.cache.courses import NAMES, course
from tests.cache.recorded import COURSES, mark_of

RECORDED = json.loads(COURSES.read_text())


@pytest.mark.parametrize("name", NAMES)
def test_the_model_agrees_with_the_recording(name):
    kept = RECORDED[name]
    builds = course(name, kept["after"], kept["rules"])
    assert mark_of(builds) == kept["mark"], "record it again: the example has changed"
    assert [] == disagreements(predict(builds), kept["builds"])
    assert 60 <= len(builds)


@pytest.mark.parametrize("name", NAMES)
def test_the_rewrite_saves_what_it_promises(name):
    """Of the RUNs, fewer are built; the file before and the file after meet the same commits."""
    kept = RECORDED[name]
    builds = zip(course(name, kept["after"], kept["rules"]), kept["builds"], strict=True)
    run = [_runs_built(build, seen) for build, seen in builds]
    assert sum(run[1::2]) < sum(run[::2])


def _runs_built(build, seen):
    """How many RUNs were built."""
    steps = {f"{v.stage} {n}" for (_, n), v in numbered(build.text).items() if v.keyword == "RUN"}
    return sum(not seen[step] for step in steps)
