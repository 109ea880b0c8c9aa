"""`dfopt trace` where nothing is built; real builds are in tests/builds."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from optimizer.cli import main

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "node-app" / "Dockerfile"


def test_no_builder_is_one_line(tmp_path):
    """Exit 2, and what was looked for."""
    result = CliRunner().invoke(main, ["trace", str(EXAMPLE)], env={"PATH": str(tmp_path)})

    assert 2 == result.exit_code
    assert 1 == len(result.stderr.splitlines())
    assert "no builder answers" in result.stderr


def test_a_builder_that_cannot():
    """Those that it can trace with are listed in --help."""
    assert 2 == CliRunner().invoke(main, ["trace", str(EXAMPLE), "--with", "kaniko"]).exit_code
