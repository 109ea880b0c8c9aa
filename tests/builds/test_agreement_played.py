"""The model against a real builder, here and now."""

from __future__ import annotations

import time

import pytest

from tests.builds.playing import play, predict
from tests.cache.histories import history


@pytest.mark.parametrize("seed", range(0, 60, 4))
def test_the_model_agrees_with_a_real_builder(seed, daemon):
    assert play(history(seed, f" {time.time_ns()}"), daemon) == predict(history(seed))
