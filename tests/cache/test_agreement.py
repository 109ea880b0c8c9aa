"""The model says of each step of each build what a real builder was seen to do."""

from __future__ import annotations

import pytest

from tests.builds.playing import predict
from tests.cache.histories import history
from tests.cache.recorded import mark, recordings

RECORDED = recordings()


def test_there_are_recordings():
    assert 100 <= len(RECORDED)


@pytest.mark.parametrize("seed", sorted(RECORDED, key=int))
def test_the_model_agrees_with_the_recording(seed):
    assert mark(int(seed)) == RECORDED[seed]["mark"], "record it again: the generator has changed"
    assert RECORDED[seed]["builds"] == predict(history(int(seed)))
