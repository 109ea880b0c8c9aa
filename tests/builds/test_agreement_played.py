"""The model against a real builder, here and now."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.builds.playing import disagreements, play, predict, steps_of
from tests.cache.histories import history
from tests.cache.scenarios import SCENARIOS

# As many at once as a small machine can do.
_AT_ONCE = 4


@pytest.mark.parametrize("seed", range(0, 150, 15))
def test_the_model_agrees_with_a_real_builder(seed, daemon):
    played = play(history(seed, f" {time.time_ns()}"), daemon)
    assert [] == disagreements(predict(history(seed)), played)


def test_scenarios_are_as_they_say(daemon):
    """Every seventh of those that this builder can play."""
    chosen = [s for s in SCENARIOS if "20" in s.builders][::7]

    def seen(each):
        return steps_of(play(each.builds(f" {time.time_ns()}"), daemon), each)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = dict(zip((s.name for s in chosen), pool.map(seen, chosen), strict=True))
    assert {s.name: s.steps for s in chosen} == found
