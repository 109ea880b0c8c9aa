"""What a command does when it cannot go on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "node-app" / "Dockerfile"


@pytest.mark.parametrize(
    "words",
    [
        ["tools"],
        ["explain", str(EXAMPLE)],
        ["graph", str(EXAMPLE)],
        ["rewrite", str(EXAMPLE), "--diff", "--history", "off"],
        ["simulate", str(EXAMPLE), "--change", "package.json"],
        ["check", str(EXAMPLE)],
    ],
)
def test_a_reader_that_has_gone_is_no_bug(words):
    """`dfopt ... | head` ends quietly."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "optimizer", *words],
            stdout=writer, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    finally:
        os.close(writer)

    assert done.returncode == 1
    assert "bug" not in done.stderr
    assert "Traceback" not in done.stderr
