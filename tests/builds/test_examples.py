"""Every example that dfopt changes gives the same image, before and after."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
# Fetches engines as it builds, from where only its maker's own servers are.
_CANNOT_BE_BUILT_HERE = {"prisma-app"}
_UNCHANGED = {"already-perfect", "refused"}
_NAMES = sorted(p.parent.name for p in EXAMPLES.glob("*/Dockerfile"))


@pytest.mark.parametrize("name", [n for n in _NAMES if n not in _CANNOT_BE_BUILT_HERE])
def test_same_image(daemon, name):
    """As the command says it."""
    words = ["verify", f"{EXAMPLES / name}/Dockerfile", "--context", str(EXAMPLES / name)]
    words += ["--with", "docker", "--network", "host", "--history", "off", "--format", "json"]
    done = subprocess.run(
        [sys.executable, "-m", "optimizer", *words],
        env=daemon.env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )
    answer = json.loads(done.stdout or "{}")

    assert 0 == done.returncode, done.stdout + done.stderr
    assert answer["same"]
    assert (name not in _UNCHANGED) == (answer["builder"] is not None)
