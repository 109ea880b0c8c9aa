"""What a user sees when dfopt is run on each example."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from optimizer.cli import main

EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.fixture(params=sorted(p.parent.name for p in EXAMPLES.glob("*/Dockerfile")))
def example(request) -> Path:
    return EXAMPLES / request.param


def run(example: Path, *words: str):
    """Dfopt in the example's folder, without the history of this repository."""
    return CliRunner().invoke(
        main, [words[0], "Dockerfile", "--context", ".", "--history", "off", *words[1:]]
    )


def test_rewrite_shows(example, monkeypatch, snapshot):
    """The diff on standard output, the reasons on standard error."""
    monkeypatch.chdir(example)
    result = run(example, "rewrite", "--diff", "--verbose")

    assert result.exit_code == 0
    assert f"{result.stdout}---\n{result.stderr}" == snapshot


def test_explain_shows(example, monkeypatch, snapshot):
    """What each step reads and waits for."""
    monkeypatch.chdir(example)
    result = run(example, "explain")

    assert result.exit_code == 0
    assert result.stdout == snapshot


def test_check_tells_by_its_exit_code(example, monkeypatch):
    """Exit 1 where something would change, 0 where the file is as it should be."""
    monkeypatch.chdir(example)
    result = run(example, "rewrite", "--check")

    assert (0 if example.name in {"already-perfect", "refused"} else 1) == result.exit_code


def test_second_run_changes_nothing(example, tmp_path, monkeypatch):
    """What --write has written, --check finds fine."""
    copy = tmp_path / example.name
    shutil.copytree(example, copy)
    monkeypatch.chdir(copy)
    written = run(copy, "rewrite", "--write")
    checked = run(copy, "rewrite", "--check")

    assert (0, 0) == (written.exit_code, checked.exit_code)
    assert "Dockerfile: fine\n" == checked.stdout
