"""`--log` and `--timings`: seconds of real builds instead of the table's."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from optimizer.cli import main

TEXT = "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nRUN apt-get update && apt-get install -y curl\n"
LOG = "#7 [4/4] RUN apt-get update && apt-get install -y curl\n#7 DONE {}s\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with a naive Dockerfile, and the current one."""
    (tmp_path / "Dockerfile").write_text(TEXT)
    (tmp_path / "app.py").write_text("print(1)\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def dfopt(*words: str):
    return CliRunner().invoke(main, ["rewrite", *words])


def estimate(*words: str):
    (entry,) = json.loads(dfopt("--format", "json", *words).stdout)["files"]
    return entry["estimate"]


def test_a_log_gives_the_seconds(project):
    """What the step took, and the source by name."""
    (project / "log").write_text(LOG.format("100.0"))
    found = estimate("--log", "log")

    assert (found["seconds_from"], 90 < found["before"]["seconds_per_commit"] < 101) == (
        "log",
        True,
    )
    assert "seconds from the build log" in dfopt("--diff", "--log", "log").stderr
    assert "seconds from a table of tools" in dfopt("--diff").stderr


def test_what_takes_no_time_is_not_worth_moving(project):
    """The judge goes by the log: a step of a moment stays where it is."""
    (project / "log").write_text(LOG.format("0.0"))

    assert dfopt("--check", "--log", "log").exit_code == 0
    assert dfopt("--check").exit_code == 1


def test_the_log_comes_before_the_timings_file(project):
    """Best source first; the other one for what the first does not have."""
    steps = [{"text": TEXT.splitlines()[3], "seconds": 50}]
    (project / "t.json").write_text(json.dumps({"version": 1, "steps": steps}))
    (project / "log").write_text(LOG.format("100.0"))
    (project / "other").write_text("#7 [4/4] RUN something else\n#7 DONE 3.0s\n")
    seconds = [
        estimate(*words)["before"]["seconds_per_commit"]
        for words in (
            ["--timings", "t.json"],
            ["--timings", "t.json", "--log", "other"],
            ["--timings", "t.json", "--log", "log"],
        )
    ]

    assert seconds[0] == seconds[1] < seconds[2]
    assert estimate("--log", "other")["seconds_from"] == "table"


@pytest.mark.parametrize(
    ("option", "text", "words"),
    [
        ("--log", "nonsense\n", "no log of a build"),
        ("--log", '{"vertexes": [\n', "log:1: "),
        ("--timings", "{", "not JSON"),
        ("--log", None, "no such file"),
    ],
)
def test_a_bad_file_is_one_line_and_exit_2(project, option, text, words):
    """`path: message`, and the Dockerfile as it was."""
    if text is not None:
        (project / "log").write_text(text)
    result = dfopt("--write", option, "log")

    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert result.stderr.startswith("log:")
    assert words in result.stderr
    assert (project / "Dockerfile").read_text() == TEXT
