"""The check command: forms of the answer, exit codes, choices and settings."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from optimizer.cli import main

TEXT = "FROM python:3.12\nWORKDIR /app\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\nCOPY . .\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with a Dockerfile that a new file has outgrown."""
    (tmp_path / "Dockerfile").write_text(TEXT)
    (tmp_path / "requirements.txt").write_text("-r more.txt\n")
    (tmp_path / "more.txt").write_text("flask==3.0.0\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def dfopt(*words: str, **given):
    return CliRunner().invoke(main, ["check", *words], **given)


def test_text(project, snapshot):
    """A line a finding, which editors follow, and exit 1."""
    result = dfopt()

    assert result.exit_code == 1
    assert result.stdout == snapshot
    assert result.stderr == "1 finding in 1 file\n"


def test_json(project):
    """The form of version 1."""
    result = dfopt("--format", "json", "-q")
    answer = json.loads(result.stdout)

    assert (result.exit_code, result.stderr, answer["version"]) == (1, "", 1)
    (finding,) = answer["findings"]
    assert {k: v for k, v in finding.items() if k != "message"} == {
        "code": "DF402",
        "name": "missing-inputs",
        "path": "Dockerfile",
        "line": 4,
    }


def test_github(project):
    """A workflow command, with what would end its parts escaped."""
    (project / "Dockerfile").rename(project / "a,b.Dockerfile")
    result = dfopt("a,b.Dockerfile", "--format", "github")

    assert result.stdout.startswith(
        "::warning file=a%2Cb.Dockerfile,line=4,title=DF402 missing-inputs::this step looks"
    )


def test_nothing_found(project):
    """Exit 0, and an empty answer."""
    (project / "requirements.txt").write_text("flask==3.0.0\n")
    text, document = dfopt(), dfopt("--format", "json")

    assert (text.exit_code, text.stdout) == (0, "")
    assert (document.exit_code, json.loads(document.stdout)["findings"]) == (0, [])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--select", "DF402"], 1),
        (["--select", "broad-context"], 0),
        (["--ignore", "missing-inputs"], 0),
        (["--ignore", "DF401"], 1),
        (["--select", "nonsense"], 2),
    ],
    ids=str,
)
def test_choosing_checks(project, words, code):
    """By name or code."""
    assert dfopt(*words).exit_code == code


def test_settings_file(project):
    """`check-ignore` holds for the project."""
    (project / "dfopt.toml").write_text('check-ignore = ["missing-inputs"]\n')

    assert dfopt().exit_code == 0


def test_a_folder_is_searched_and_the_highest_code_wins(project):
    """A file that Docker would reject is one line; the others are done."""
    (project / "bad.Dockerfile").write_text("FROM a\nFROBNICATE\n")
    result = dfopt(".")

    assert result.exit_code == 2
    assert "Dockerfile:4: DF402" in result.stdout
    assert result.stderr.startswith("bad.Dockerfile:2: ")


def test_empty_folder(tmp_path):
    """One line, exit 2."""
    result = dfopt(str(tmp_path))

    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)


def test_standard_input(project):
    """`-` reads the Dockerfile from standard input."""
    result = dfopt("-", input=TEXT)

    assert (result.exit_code, result.stdout.split(" ")[0]) == (1, "-:4:")
