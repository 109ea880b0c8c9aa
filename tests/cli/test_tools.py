"""The tools command: what is known, and from where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from optimizer.cli import main
from optimizer.effects.tools import TOOLS


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A project that teaches a command."""
    (tmp_path / "dfopt.toml").write_text('[commands."./gen.sh"]\nreads = []\nwrites = []\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def dfopt(*words: str):
    return CliRunner().invoke(main, ["tools", *words])


def test_all_tools_are_listed():
    """Each program that the table has, and what the settings teach."""
    answer = json.loads(dfopt("--format", "json").stdout)
    programs = {p for entry in answer["tools"] for p in entry["programs"]}

    assert answer["version"] == 1
    assert {*TOOLS, "./gen.sh"} == programs


def test_some_tools():
    """A line for each, with what is known of it."""
    result = dfopt("npm", "./gen.sh")

    assert result.exit_code == 0
    assert "./gen.sh: taught in the settings [settings]\n" in result.stdout
    assert any(line.startswith("npm: ") for line in result.stdout.splitlines())


def test_the_table_of_the_readme():
    """It is what `dfopt tools --format markdown` prints."""
    readme = Path(__file__).parents[2].joinpath("README.md").read_text("utf-8")

    assert dfopt("--format", "markdown").stdout.strip() in readme


def test_an_unknown_program():
    """It is told, and the exit code says so."""
    result = dfopt("frobnicate")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("frobnicate: not known")


def test_bad_settings(folder):
    """One line, exit 2."""
    (folder / "dfopt.toml").write_text("[commands.x]\n")
    result = dfopt()

    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
