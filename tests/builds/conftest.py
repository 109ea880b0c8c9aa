"""Real builds: they need Docker, root and the package registries, and are marked `docker`."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builds import bases
from tests.builds import daemon as daemons

_HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks for a daemon."""
    for item in items:
        if _HERE in item.path.parents and "daemon" in getattr(item, "fixturenames", ()):
            item.add_marker("docker")


@pytest.fixture(scope="session")
def daemon() -> Iterator[daemons.Daemon]:
    """A daemon with the bases, one for each worker of xdist; without Docker a failure in CI, and elsewhere a visible skip."""
    with contextlib.ExitStack() as stack:
        try:
            found = stack.enter_context(daemons.running())
            bases.provide(found)
        except daemons.NoDockerError as error:
            say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
            say(f"no real builds: {error}")
        yield found
