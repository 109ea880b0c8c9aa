"""The rewrite command: files, streams, exit codes, and what it says of bad input."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from optimizer.cli import main

NAIVE = "FROM python:3.11-slim\nWORKDIR /app\nCOPY . .\nRUN apt-get update && apt-get install -y curl\n"
BETTER = "FROM python:3.11-slim\nWORKDIR /app\nRUN apt-get update && apt-get install -y curl\nCOPY . .\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with a naive Dockerfile, and the current one."""
    (tmp_path / "Dockerfile").write_text(NAIVE)
    (tmp_path / "app.py").write_text("print(1)\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def dfopt(*words: str, **given):
    return CliRunner().invoke(main, ["rewrite", *words], **given)


def test_text_goes_to_standard_output(project):
    """The new text and nothing else, so that it can be redirected."""
    result = dfopt("Dockerfile")

    assert (result.exit_code, result.stdout) == (0, BETTER)
    assert (project / "Dockerfile").read_text() == NAIVE


def test_standard_input(project):
    """`-` reads the Dockerfile from standard input; the current folder is the context."""
    result = dfopt("-", input=NAIVE)

    assert (result.exit_code, result.stdout) == (0, BETTER)


def test_write_keeps_the_mode(project):
    """In place, with the mode that the file had, and no file left behind."""
    path = project / "Dockerfile"
    path.chmod(0o640)
    result = dfopt("--write")

    assert result.exit_code == 0
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == (BETTER, 0o640)
    assert {"Dockerfile", "app.py"} == {p.name for p in project.iterdir()}


def test_write_follows_a_link(project):
    """A linked Dockerfile stays a link; what it leads to is rewritten."""
    (project / "Dockerfile").rename(project / "real")
    (project / "Dockerfile").symlink_to("real")
    dfopt("--write")

    assert (project / "Dockerfile").is_symlink()
    assert (project / "real").read_text() == BETTER


def test_check_exits_with_one(project):
    """A line a file, and 1 if one would change."""
    result = dfopt("--check")

    assert (result.exit_code, result.stdout) == (1, "Dockerfile: would change\n")


def test_diff_is_one_that_git_applies(project):
    """`git apply` takes the diff as it is."""
    diff = dfopt("--diff").stdout
    subprocess.run(["git", "init", "-q", "."], check=True)
    subprocess.run(["git", "apply", "-"], input=diff, text=True, check=True)

    assert (project / "Dockerfile").read_text() == BETTER


def test_diff_of_a_file_without_final_newline(project):
    """The missing newline is marked as git marks it, and stays missing."""
    (project / "Dockerfile").write_text(NAIVE.rstrip("\n"))
    diff = dfopt("--diff").stdout
    subprocess.run(["git", "init", "-q", "."], check=True)
    subprocess.run(["git", "apply", "-"], input=diff, text=True, check=True)

    assert BETTER.rstrip("\n") == (project / "Dockerfile").read_text()


def test_bytes_that_are_not_text_survive(project):
    """Latin-1 in a comment comes back byte for byte."""
    (project / "Dockerfile").write_bytes(b"# caf\xe9\n" + NAIVE.encode())
    dfopt("--write")

    assert b"# caf\xe9\n" + BETTER.encode() == (project / "Dockerfile").read_bytes()


def test_json(project):
    """The form of version 1."""
    result = dfopt("--format", "json")
    (entry,) = json.loads(result.stdout)["files"]

    assert tuple(entry[k] for k in ("before", "after", "changed", "error")) == (
        NAIVE,
        BETTER,
        True,
        None,
    )
    assert {k: v for k, v in entry["rewrites"][0].items() if k != "because"} == {
        "pass": "reorder-steps",
        "line": 3,
        "promise": "same-image",
        "assumption": None,
    }
    assert {"source", "commits", "before", "after", "ideal"} <= entry["estimate"].keys()


def test_a_folder_is_searched(project):
    """Every Dockerfile below it; the highest exit code wins."""
    (project / "sub").mkdir()
    (project / "sub" / "api.Dockerfile").write_text("FROM scratch\n")
    result = dfopt(".", "--check")

    assert (
        result.exit_code,
        sorted(result.stdout.splitlines()),
    ) == (1, ["Dockerfile: would change", "sub/api.Dockerfile: fine"])


def test_needs_an_ignore_rule(project):
    """Where only text goes out, a rewrite that needs a change of .dockerignore is left out and said."""
    (project / "package.json").write_text('{"name": "a", "version": "1.0.0"}\n')
    (project / "Dockerfile").write_text("FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm install\n")
    text, diff = dfopt("Dockerfile"), dfopt("Dockerfile", "--diff")

    assert text.stdout == "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm install\n"
    assert ".dockerignore needs node_modules" in text.stderr
    assert "+COPY package.json ./\n" in diff.stdout
    assert "+++ b/.dockerignore\n@@ -0,0 +1 @@\n+node_modules\n" in diff.stdout


def test_a_new_ignore_file_is_not_slipped_under_a_run_that_looks_for_one(project):
    """The rewrite would make the file that a RUN finds missing today."""
    (project / "package.json").write_text('{"name": "a", "version": "1.0.0"}\n')
    text = "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm install\nRUN test -e .dockerignore || touch /x\n"
    (project / "Dockerfile").write_text(text)
    answer = dfopt("Dockerfile", "--diff")

    assert answer.stdout == ""
    assert "line 5 reads .dockerignore, which that changes" in answer.stderr


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (b"", None, "no "),
        (b"\x7fELF\x00\x01\x02", 1, ""),
        (b"FROM a\nFROBNICATE x\n", 2, "FROBNICATE"),
        (b"FROM a\nRUN <<EOF\nx\n", 2, "EOF"),
        (b"FROM a\nCOPY --frm=b c d\n", 2, "frm"),
        (b"ARG A=1\n", None, ""),
        (b"# " + b"x" * 10_000_000 + b"\n", None, "larger"),
    ],
    ids=["empty", "binary", "unknown", "heredoc", "flag", "no-from", "10-mb"],
)
def test_bad_input_is_one_line_and_exit_2(project, text, line, words):
    """`path:line: message`, and the file as it was."""
    (project / "Dockerfile").write_bytes(text)
    result = dfopt("--write")

    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert result.stderr.startswith(f"Dockerfile:{line}: " if line else "Dockerfile")
    assert words in result.stderr
    assert text == (project / "Dockerfile").read_bytes()


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _nothing(path: Path) -> None:
    assert not path.exists()


@pytest.mark.parametrize("make", [_fifo, _loop, _nothing])
def test_what_is_no_file_is_one_line_and_exit_2(project, make):
    """A FIFO is not waited for; a loop and a missing file are told."""
    make(project / "odd")
    result = dfopt("odd", "--diff")

    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert result.stderr.startswith("odd: ")


def test_a_missing_context_is_told(project):
    """One line with the remedy."""
    result = dfopt("Dockerfile", "--context", "nowhere", "--diff")

    assert (result.exit_code, result.stderr) == (
        2,
        "nowhere: the build context is not a folder; name it with --context\n",
    )


def test_one_bad_file_does_not_stop_the_others(project):
    """All are done, and the highest code wins."""
    (project / "bad.Dockerfile").write_text("FROM\n")
    result = dfopt("bad.Dockerfile", "Dockerfile", "--write")

    assert result.exit_code == 2
    assert (project / "Dockerfile").read_text() == BETTER


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("frobnicate = 1\n", "unknown setting 'frobnicate'"),
        ("strict = 'yes'\n", "strict must be a bool"),
        ("x =\n", "cannot be read"),
        ("builder = 'x'\n", "builder must be one of"),
        ("frontend = 'new'\n", "frontend must be a version"),
    ],
)
def test_wrong_settings_are_told(project, text, words):
    """dfopt.toml is checked: no key is ignored."""
    (project / "dfopt.toml").write_text(text)
    result = dfopt("Dockerfile", "--diff")

    assert result.exit_code == 2
    assert words in result.stderr


def test_settings_from_the_project_file(project):
    """[tool.dfopt] of pyproject.toml is read."""
    (project / "pyproject.toml").write_text(
        '[tool.dfopt]\nignore = ["reorder-steps", "narrow-copies"]\n'
    )

    assert dfopt("Dockerfile").stdout == NAIVE


def test_unknown_pass_is_told(project):
    """A typing mistake is not ignored."""
    result = dfopt("Dockerfile", "--ignore", "reorder")

    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)


def test_help_has_examples():
    """Help of every command shows how it is used."""
    for words in (["--help"], ["rewrite", "--help"], ["explain", "--help"], ["graph", "--help"]):
        result = CliRunner().invoke(main, words)
        assert result.exit_code == 0
        assert "Examples:" in result.stdout
