"""The model says of each named scenario what real builders were seen to do."""

from __future__ import annotations

import json

import pytest

from tests.builds.playing import predict, steps_of
from tests.cache.recorded import PLAYED
from tests.cache.scenarios import SCENARIOS

EACH = [(s, builder) for s in SCENARIOS for builder in s.builders.split()]


def test_each_scenario_has_a_name():
    assert 150 <= len({(s.name, s.builders) for s in SCENARIOS}) == len(SCENARIOS)


@pytest.mark.parametrize(("scenario", "builder"), EACH, ids=lambda x: getattr(x, "name", x))
def test_the_model_agrees(scenario, builder):
    expected = scenario.model or scenario.steps
    assert expected == steps_of(predict(scenario.builds(), builder), scenario)


def test_what_is_not_known_is_said_and_rare():
    """`?` alone stands for what a builder does, and for few of all steps."""
    for each in SCENARIOS:
        pairs = zip(each.model, each.steps, strict=True) if each.model else ()
        assert all(model in {"?", real} for model, real in pairs), each.name
    assert sum(s.model.count("?") for s in SCENARIOS) <= 50


@pytest.mark.parametrize("builder", PLAYED)
def test_each_scenario_was_played_for_real(builder):
    """On the builders that it names."""
    played = json.loads(PLAYED[builder].read_text())
    scenarios = (s for s in SCENARIOS if builder in s.builders.split())
    assert {s.name: [s.mark, s.steps] for s in scenarios} == played
