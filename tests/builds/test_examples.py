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


# A registry may fail to answer now and then. Images that differ are not tried again.
_TRIES = 3


def verified(daemon, example: Path, folder: Path) -> tuple[int, dict, str]:
    """The command's exit code, answer and messages, as soon as there were images to compare."""
    words = ["verify", f"{example}/Dockerfile", "--context", str(example)]
    words += ["--with", "docker", "--network", "host", "--history", "off", "--format", "json"]
    for _ in range(_TRIES):
        done = subprocess.run(
            [sys.executable, "-m", "optimizer", *words],
            env=daemon.env | {"TMPDIR": str(folder)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=1800,
            check=False,
        )
        answer = json.loads(done.stdout or "{}")
        if done.returncode != 2 and not answer.get("failure"):
            break
    return done.returncode, answer, done.stdout + done.stderr


@pytest.mark.parametrize("name", [n for n in _NAMES if n not in _CANNOT_BE_BUILT_HERE])
def test_same_image(daemon, name, tmp_path):
    """As the command says it; it leaves no temporary file."""
    code, answer, said = verified(daemon, EXAMPLES / name, tmp_path)
    changed = name not in _UNCHANGED

    assert (0, True) == (code, answer["same"]), said
    assert ("docker" if changed else None) == answer["builder"]
    assert (2 if changed else 0) == len(answer["seconds"]["before"])
    assert [] == list(tmp_path.iterdir())
