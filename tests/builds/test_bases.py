"""The bases work: their tools run in a build."""

from __future__ import annotations

import pytest

from tests.builds.bases import BASES

_TOOLS = {
    "debian": "cat /etc/debian_version && apt-get --version",
    "python": "python --version && pip --version && python -m venv /tmp/v",
    "node": "node --version && npm --version && npx --version && yarn --version && corepack -v",
}


@pytest.mark.parametrize("buildkit", [True, False], ids=["buildkit", "legacy"])
@pytest.mark.parametrize("base", BASES, ids=lambda base: base.tags[0])
def test_tools_run(daemon, base, buildkit):
    """As a Dockerfile's RUN would call them."""
    text = f"FROM {base.tags[0]}\nRUN {_TOOLS[base.tags[0].partition(':')[0]]}\n"

    daemon.run("build", "--network=host", "-", input=text.encode(), buildkit=buildkit)
