"""`dfopt simulate`: the two lessons on the examples, its JSON, and what it says of bad input."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from optimizer.cli import main

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
TEXT = "FROM node:20\nARG SHA\nWORKDIR /app\nCOPY . .\nRUN npm install\n"


def dfopt(*words: str):
    return CliRunner().invoke(main, ["simulate", "Dockerfile", "--history", "off", *words])


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with a Dockerfile, and the current one."""
    (tmp_path / "Dockerfile").write_text(TEXT)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(EXAMPLES / "node-app" / name, tmp_path)
    (tmp_path / "index.js").write_text("1\n")
    (tmp_path / "notes.md").write_text("1\n")
    (tmp_path / ".dockerignore").write_text("*.md\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


LESSONS = [
    ("node-app", "index.js"),
    ("node-app", "package.json"),
    ("prisma-app", "src/index.ts"),
    ("prisma-app", "package.json"),
    ("prisma-app", "prisma/schema.prisma"),
]


@pytest.mark.parametrize(
    ("app", "file"), LESSONS, ids=[f"{a}.{f.replace('/', '.')}" for a, f in LESSONS]
)
def test_lesson(app, file, monkeypatch, snapshot):
    """A change of the source rebuilds the last COPY and what follows; of the manifest, more."""
    monkeypatch.chdir(EXAMPLES / app)
    result = dfopt("--context", ".", "--change", file)

    assert result.exit_code == 0
    assert result.stdout == snapshot


def test_json(project):
    """The form that DESIGN names: changes, before, after."""
    result = dfopt("--change", "index.js", "--format", "json")
    answer = json.loads(result.stdout)

    assert (1, ["index.js changed"]) == (answer["version"], answer["changes"])
    assert [True, False, False] == [step["cached"] for step in answer["before"]]
    second = {"line": 4, "text": "COPY . .", "cached": False, "because": "index.js changed"}
    assert {**second, "sure": True} == answer["before"][1]
    assert next(s for s in answer["after"] if s["text"] == "RUN npm install")["cached"]


def reasons(*words):
    """Of the file as it stands: instruction and reason of each rebuilt step."""
    answer = json.loads(dfopt(*words, "--format", "json").stdout)
    return {s["text"]: s["because"] for s in answer["before"] if not s["cached"]}


def test_reasons(project):
    """Each says what of the step is another, or which line it stands on."""
    behind = {"RUN npm install": "line 4 is rebuilt"}
    assert {"COPY . .": "new.js is new", **behind} == reasons("--add", "new.js")
    assert {"COPY . .": "deep/new.js is new", **behind} == reasons("--add", "deep/new.js")
    assert {"COPY . .": "index.js is gone", **behind} == reasons("--remove", "index.js")
    assert {"COPY . .": "Dockerfile changed", **behind} == reasons("--change", "Dockerfile")
    assert {"RUN npm install": "ARG SHA is new"} == reasons("--build-arg", "SHA=1")


BAD = [
    ([], "Dockerfile: say what changes: --change, --add, --remove, --build-arg or --commits\n"),
    (["--change", "no"], "no: this is not a file of the build context\n"),
    (["--change", "../no"], "../no: paths are named relative to the build context\n"),
    (["--remove", "no"], "no: this is not a file of the build context\n"),
    (["--add", "index.js"], "index.js: this file is there already; say --change\n"),
    (["--add", "index.js/x"], "index.js/x: index.js is not a directory\n"),
    (
        ["--change", "notes.md"],
        "notes.md: .dockerignore keeps this out of the build context, so no step can depend on it\n",
    ),
    (
        ["--add", "new.md"],
        "new.md: .dockerignore keeps this out of the build context, so no step can depend on it\n",
    ),
    (
        ["--build-arg", "NO=1"],
        "Dockerfile: --build-arg NO has no effect: no ARG has this name\n",
    ),
    (["--commits", "HEAD"], "Dockerfile: --commits HEAD: name two commits, as in HEAD~1..HEAD\n"),
]


@pytest.mark.parametrize(("words", "said"), BAD)
def test_bad_input(project, words, said):
    """One line, exit 2."""
    result = dfopt(*words)

    assert (2, said, "") == (result.exit_code, result.stderr, result.stdout)


def test_nothing_is_written(project):
    """It is all in thought."""
    before = {p.name: p.read_bytes() for p in project.iterdir()}
    dfopt("--change", "index.js", "--add", "x/y.js", "--remove", "package.json")

    assert before == {p.name: p.read_bytes() for p in project.iterdir()}


def test_missing_source(project):
    """A COPY whose source went away fails, and what stands behind it with it."""
    (project / "Dockerfile").write_text("FROM node:20\nCOPY index.js /a\nRUN cat /a\n")
    assert {
        "COPY index.js /a": "index.js is not in the build context, so the build fails here",
        "RUN cat /a": "the build has failed before it",
    } == reasons("--remove", "index.js")


def test_commits(project):
    """The contexts of two commits, under today's Dockerfile."""

    def git(*words):
        who = ["-c", "user.name=a", "-c", "user.email=a@b.invalid", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, *words], check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    (project / "index.js").write_text("2\n")
    git("commit", "-qam", "two")

    assert {"COPY . .": "index.js changed", "RUN npm install": "line 4 is rebuilt"} == reasons(
        "--commits", "HEAD~1..HEAD"
    )
    assert {} == reasons("--commits", "HEAD..HEAD")
    for bad in ("nosuch..HEAD", "HEAD..--all"):
        name = bad.replace("HEAD", "").strip(".")
        said = f"Dockerfile: --commits {bad}: there is no commit {name}\n"
        assert (2, said) == ((done := dfopt("--commits", bad)).exit_code, done.stderr)


def test_kaniko_keeps_run_alone(project):
    """A COPY is made again at every build; a RUN behind it may still be a hit."""
    assert {
        "WORKDIR /app": "this builder keeps no WORKDIR in its cache",
        "COPY . .": "index.js changed",
        "RUN npm install": "line 4 is rebuilt",
    } == reasons("--change", "index.js", "--builder", "kaniko")
