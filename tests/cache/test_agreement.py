"""The model says of each step of each build what a real builder was seen to do."""

from __future__ import annotations

import pytest

from tests.builds.playing import disagreements, predict
from tests.cache.histories import history
from tests.cache.recorded import FILES, mark, recordings

RECORDED = {builder: recordings(builder) for builder in FILES}
EACH = [(builder, seed) for builder, each in RECORDED.items() for seed in sorted(each, key=int)]


@pytest.mark.parametrize(("builder", "builds"), [("20", 500), ("32", 100)])
def test_there_are_recordings_of_many_builds(builder, builds):
    assert builds <= sum(len(each["builds"]) for each in RECORDED[builder].values())


@pytest.mark.parametrize(("builder", "seed"), EACH)
def test_the_model_agrees_with_the_recording(builder, seed):
    seen = RECORDED[builder][seed]
    assert mark(int(seed)) == seen["mark"], "record it again: the generator has changed"
    predicted = predict(history(int(seed)), builder)
    assert [] == disagreements(predicted, seen["builds"])
    unknown = [hit for build in predicted for hit in build.values()].count(None)
    assert unknown <= 16, "the model may not get away with saying nothing"
