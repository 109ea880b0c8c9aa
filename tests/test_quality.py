"""Types, lint and the import contract hold; they run with the tests, so that one command does all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "words",
    [
        ["ruff", "check", "."],
        ["mypy"],
        ["lint-imports", "--no-cache"],
    ],
    ids=lambda words: words[0],
)
def test_quality(words):
    """The tool finds nothing."""
    done = subprocess.run(
        [BIN / words[0], *words[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (done.returncode, "" if done.returncode == 0 else done.stdout + done.stderr) == (0, "")
