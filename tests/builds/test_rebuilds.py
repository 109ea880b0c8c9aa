"""`dfopt verify --replay` with a real builder: what it counts, what surprises it, what it leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builds.test_verify import left  # noqa: F401 - a fixture

WHO = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
# The install is `make`, which needs no registry; it is dear by the settings.
TEXT = """\
FROM debian:bookworm-slim
WORKDIR /app
COPY . .
RUN ./install.sh
RUN cat src/*.txt > all
"""
SETTINGS = """\
[commands."./install.sh"]
reads = ["install.sh", "list.txt"]
writes = ["/opt/installed"]
seconds = 20
"""
INSTALL = "#!/bin/sh\nset -e\nsleep 1\ncp list.txt /opt/installed\n"


def git(folder: Path, *words: str) -> None:
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    subprocess.run(["git", "-C", folder, *WHO, *words], check=True, capture_output=True, env=env)


def commit(folder: Path, **changes: str) -> None:
    """A commit that writes these files; `__` is a slash, `_` a dot."""
    for name, text in changes.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(0o755 if path.suffix == ".sh" else 0o644)
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "-m", "x")


@pytest.fixture
def project(tmp_path) -> Path:
    """Four commits: a source, the list that is installed, a source back to what it was, docs."""
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / ".dockerignore").write_text(".git\n")
    (folder / "dfopt.toml").write_text(SETTINGS)
    commit(folder, Dockerfile=TEXT, install_sh=INSTALL, list_txt="1\n", src__a_txt="a\n")
    commit(folder, src__a_txt="b\n")
    commit(folder, list_txt="2\n")
    commit(folder, list_txt="1\n", src__a_txt="a\n")
    commit(folder, readme_md="x\n")
    return folder


def start(daemon, temporary: Path, project: Path, *words: str) -> subprocess.Popen[bytes]:
    temporary.mkdir(exist_ok=True)
    words = ("verify", "Dockerfile", "--network", "host", *words)
    return subprocess.Popen(
        [sys.executable, "-m", "optimizer", *words],
        cwd=project,
        env=daemon.env | {"TMPDIR": str(temporary), "PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def answer(process: subprocess.Popen[bytes], code: int = 0):
    out, said = process.communicate(timeout=1200)
    assert code == process.returncode, out + said
    return json.loads(out)


def hits(found, file: str) -> list[int]:
    return [each[file]["hits"] for each in found["commits"]]


def test_hits_are_those_of_the_model(daemon, left, tmp_path, project):  # noqa: F811
    """Each file has a cache that is cold at the start, warm from then on, and its own."""
    (project / "src/a.txt").write_text("not committed")
    process = start(daemon, tmp_path / "t", project, "--with", "docker", "--replay", "9", "--format", "json")
    found = answer(process)

    assert [] == found["surprises"]
    # Of COPY, RUN, RUN: what is as it once was is a hit.
    assert [0, 0, 3, 0] == hits(found, "before")
    # Of COPY, RUN, COPY, RUN.
    assert [2, 0, 4, 2] == hits(found, "after")
    assert (0, 0) == (found["start"]["before"]["hits"], found["start"]["after"]["hits"])
    # The install sleeps for a second.
    assert found["commits"][0]["before"]["seconds"] > 1
    assert [3, 4] == [found["commits"][0][file]["steps"] for file in ("before", "after")]
    assert "not committed" == (project / "src/a.txt").read_text()
    assert [] == list((tmp_path / "t").iterdir())
    assert [] == left()


def test_a_second_time_is_cold_again(daemon, tmp_path, project):
    """What an earlier run has left in the builder's cache is not found."""
    words = ("--with", "docker", "--replay", "1", "--format", "json")
    found = [answer(start(daemon, tmp_path / "t", project, *words)) for _ in range(2)]

    assert [0, 0] == [each["start"]["before"]["hits"] for each in found]
    assert hits(found[0], "after") == hits(found[1], "after")


STAGES = """\
FROM debian:bookworm-slim AS build
WORKDIR /app
COPY . .
RUN ./install.sh
RUN cp list.txt /out
FROM scratch
COPY --from=build /out /out
"""


def test_what_surprises_the_model_is_listed(daemon, tmp_path, project):
    """A stage that comes out as it was: its consumer is cached, which only a build can know."""
    commit(project, Dockerfile=STAGES)
    commit(project, src__a_txt="c\n")
    process = start(daemon, tmp_path / "t", project, "--with", "docker", "--replay", "1", "--format", "json")
    found = answer(process)

    assert {("before", 7, False, True)} == {
        (s["file"], s["line"], s["predicted"], s["cached"])
        for s in found["surprises"]
        if s["file"] == "before"
    }


def test_a_commit_that_does_not_build_is_one_of_the_answers(daemon, left, tmp_path, project):  # noqa: F811
    """The others count without it; a step that the day's tree cannot run is the original's own."""
    commit(project, install_sh="#!/bin/sh\necho woe\nexit 3\n")
    commit(project, install_sh=INSTALL)
    process = start(daemon, tmp_path / "t", project, "--with", "docker", "--replay", "2", "--format", "json")
    found = answer(process)

    broken, mended = found["commits"]
    assert "woe" in "\n".join(broken["before"]["failure"])
    assert broken["after"]["failure"]
    assert [] == mended["before"]["failure"]
    assert 1 == found["measured"]["commits"]
    assert [] == left()


def test_older_commits_lack_what_is_named(daemon, tmp_path, project):
    """What the file names was not there yet: these are left out, and that is said."""
    git(project, "rm", "-q", "-r", "--cached", "list.txt")
    git(project, "commit", "-q", "-m", "without")
    git(project, "add", "list.txt")
    git(project, "commit", "-q", "-m", "with")
    commit(project, src__a_txt="z\n")
    process = start(daemon, tmp_path / "t", project, "--with", "docker", "--replay", "9", "--format", "json")
    out, said = process.communicate(timeout=1200)

    assert 0 == process.returncode, said
    assert 1 == len(json.loads(out)["commits"])
    assert b"older ones lack a file" in said


def test_a_build_that_takes_too_long(daemon, left, tmp_path, project):  # noqa: F811
    """At the start it is an error of the input, as for `verify`."""
    (project / "list.txt").write_text("9\n")
    commit(project, install_sh="#!/bin/sh\nsleep 600\n")
    commit(project, readme_md="y\n")
    process = start(daemon, tmp_path / "t", project, "--with", "docker", "--replay", "1", "--timeout", "5", "-q")
    _, said = process.communicate(timeout=600)

    assert 2 == process.returncode
    assert b"took longer than 5 s" in said
    assert [] == list((tmp_path / "t").iterdir())
    assert [] == left()


@pytest.mark.parametrize(("number", "lines"), [(signal.SIGINT, 9), (signal.SIGTERM, 14)])
def test_interrupted_leaves_nothing(daemon, left, tmp_path, project, number, lines):  # noqa: F811
    """In the midst of the first builds, and between two."""
    process = start(daemon, tmp_path / "t", project, "--with", "docker", "--replay", "4")
    for _ in range(lines):
        process.stderr.readline()
    process.send_signal(number)
    _, said = process.communicate(timeout=600)

    assert 128 + number == process.returncode, said
    assert [] == list((tmp_path / "t").iterdir())
    assert [] == left()
