"""The case folders as a fixture."""

from __future__ import annotations

import pytest

from tests.builds.folders import BuildCase, build_cases


@pytest.fixture(params=build_cases(), ids=lambda case: case.name)
def build_case(request: pytest.FixtureRequest) -> BuildCase:
    """Each folder in turn."""
    return request.param
