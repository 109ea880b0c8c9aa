"""`dfopt replay`: the figures, the picture, and what it says of bad input."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import xml.etree.ElementTree
from pathlib import Path

import pytest
from click.testing import CliRunner

from optimizer.cli import main

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "node-app"
WHO = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")


def git(folder, *words):
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    subprocess.run(["git", "-C", folder, *WHO, *words], check=True, capture_output=True, env=env)


def dfopt(*words: str):
    return CliRunner().invoke(main, ["replay", "Dockerfile", *words])


@pytest.fixture
def project(tmp_path, monkeypatch):
    """The Node example with a history of three commits; two of them change a source."""
    shutil.copytree(EXAMPLE, tmp_path / "app")
    git(tmp_path, "init", "-q", "-b", "main")
    monkeypatch.chdir(tmp_path / "app")
    for number in range(3):
        Path("index.js").write_text(f"console.log({number})\n")
        git(tmp_path, "add", "--all")
        git(tmp_path, "commit", "-q", "-m", "x")
    return tmp_path


def test_the_install_is_cached_after_the_rewrite(project):
    done = dfopt("--format", "json")
    found = json.loads(done.stdout)
    assert 0 == done.exit_code, done.output
    assert ("history", 2) == (found["source"], found["commits"])
    assert 0.0 == found["before"]["hit_rate"]
    assert found["ideal"]["seconds_per_commit"] == found["after"]["seconds_per_commit"]
    assert found["after"]["seconds_per_commit"] < found["before"]["seconds_per_commit"]


def test_the_text_is_a_table_and_the_dearest_steps(project):
    done = dfopt()
    assert 0 == done.exit_code, done.output
    assert "2 commits replayed" in done.stdout
    assert [line for line in done.stdout.split("\n") if "RUN npm" in line]


def test_the_picture_has_a_mark_for_each_run_of_rebuilds(project):
    assert 0 == dfopt("--picture", "x.svg").exit_code
    root = xml.etree.ElementTree.parse("x.svg").getroot()  # noqa: S314 - our own
    words = [e.text for e in root.iter() if e.tag.endswith("text")]
    assert {"before: 0% cached", "RUN npm install"} <= set(words)
    marks = [e for e in root.iter() if e.get("fill-opacity")]
    # before: both steps at both commits; after and ideal: the last copy alone.
    assert 4 == len(marks)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--history", "off"], "a replay needs history"),
        (["--range", "HEAD"], "A..B"),
        (["--range", "no..HEAD"], "no..HEAD"),
        (["--picture", "x.png"], "SVG"),
    ],
)
def test_bad_input_is_one_line(project, words, message):
    done = dfopt(*words)
    assert 2 == done.exit_code
    assert message in done.stderr
    assert 1 == len(done.stderr.strip().split("\n"))


def test_without_a_repository_there_is_nothing_to_replay(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("Dockerfile").write_text("FROM node:20\nCOPY . .\nRUN npm ci\n")
    done = dfopt()
    assert 2 == done.exit_code
    assert "no git repository" in done.stderr
