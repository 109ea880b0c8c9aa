"""`dfopt verify` where nothing is built; real builds are in tests/builds."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from optimizer.cli import main

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


def run(*words: str, env: dict[str, str] | None = None):
    return CliRunner().invoke(main, ["verify", "--history", "off", *words], env=env)


def test_no_builder_is_one_line(tmp_path):
    """Exit 2, and what was looked for."""
    result = run(str(EXAMPLES / "node-app/Dockerfile"), env={"PATH": str(tmp_path)})

    assert 2 == result.exit_code
    assert 1 == len(result.stderr.splitlines())
    assert "no builder answers" in result.stderr


def test_builder_that_was_asked_for_is_not_there(tmp_path):
    """Named."""
    words = (str(EXAMPLES / "node-app/Dockerfile"), "--with", "podman")
    result = run(*words, env={"PATH": str(tmp_path)})

    assert 2 == result.exit_code
    assert "podman is not here" in result.stderr


def test_nothing_to_build(tmp_path):
    """A file that dfopt leaves alone needs no builder."""
    words = (str(EXAMPLES / "already-perfect/Dockerfile"), "--format", "json")
    result = run(*words, env={"PATH": str(tmp_path)})

    assert (0, True, None) == (
        result.exit_code,
        json.loads(result.stdout)["same"],
        json.loads(result.stdout)["builder"],
    )


def test_fewer_than_two_runs_say_nothing():
    """What is unstable shows only between two."""
    assert 2 == run("--runs", "1").exit_code
