"""`dfopt trace` with a real builder: what RUNs read, what is missed, and what could be taught."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builds.test_verify import left  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("daemon")

FILES = {
    "list.txt": "1\n",
    "schema/a.def": "a\n",
    "schema/b.def": "b\n",
    "src/main.c": "int main;\n",
    "notes.md": "x\n",
    "install.sh": "#!/bin/sh\nset -e\ncp list.txt /opt/installed\n[ -e .rc ] || true\n",
    "gen.pl": (
        'sleep 2; mkdir "out"; opendir(D, "schema"); for my $n (sort readdir D) { next if $n =~ /^[.]/;\n'
        'open(F, "<", "schema/$n"); open(O, ">", "out/$n"); print O <F>; close O }\n'
    ),
}
TEXT = """\
FROM debian:bookworm-slim AS base
WORKDIR /app
COPY . .
RUN ./install.sh
RUN perl gen.pl
FROM base AS other
RUN useradd -m app && chown -R app /app
USER app
SHELL ["/bin/bash", "-eo", "pipefail", "-c"]
RUN cat src/*.c | wc -l > lines
RUN ["cp", "notes.md", "copy.md"]
RUN ls schema > names
FROM debian:bookworm-slim
COPY --from=other /app/lines /lines
RUN cat /lines
"""


@pytest.fixture
def project(tmp_path) -> Path:
    folder = tmp_path / "project"
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755 if path.suffix == ".sh" else 0o644)
    (folder / "Dockerfile").write_text(TEXT)
    return folder


def start(daemon, project: Path, *words: str, **env: str) -> subprocess.Popen[bytes]:
    temporary = project.parent / "temporary"
    temporary.mkdir(exist_ok=True)
    own = {"TMPDIR": str(temporary), "PYTHONPATH": str(Path(__file__).parents[2]), **env}
    return subprocess.Popen(
        [sys.executable, "-m", "optimizer", *words],
        cwd=project, env=daemon.env | own, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def trace(daemon, project: Path, *words: str, code: int = 0) -> str:
    process = start(daemon, project, "trace", "Dockerfile", "--network", "host", "-q", *words)
    out, said = process.communicate(timeout=1200)
    assert code == process.returncode, out + said
    assert [] == list((project.parent / "temporary").iterdir())
    return out.decode()


def steps(answer: str) -> dict[int, dict]:
    return {step["line"]: step for step in json.loads(answer)["steps"]}


def test_each_run_by_what_it_reads(daemon, left, project):  # noqa: F811
    """In any form, by any user, in a stage that continues another; once each."""
    found = steps(trace(daemon, project, "--format", "json"))

    assert [4, 5, 7, 10, 11, 12, 15] == list(found)
    assert ["install.sh", "list.txt"] == found[4]["read"] == found[4]["inferred"]
    assert ["gen.pl", "schema/a.def", "schema/b.def"] == found[5]["read"]
    assert "perl" in found[5]["doubt"]
    assert ["src/main.c"] == found[10]["read"]
    assert ["notes.md"] == found[11]["read"]
    # Who gives a file another owner does not read it, and leaves it what it is.
    assert ([], []) == (found[7]["read"], found[7]["looked_at"])
    # Names that were read are no files that were not.
    assert ([], [], []) == (found[12]["read"], found[12]["extra"], found[12]["listed"])
    assert [] == found[15]["read"]
    assert [] == [n for n, step in found.items() if step["missed"]]
    assert [] == left()


def test_what_is_wrongly_taught_is_missed(daemon, project):
    """The settings are trusted; a trace finds out. What it looks for in vain, too."""
    (project / "dfopt.toml").write_text(
        '[commands."./install.sh"]\nreads = ["install.sh"]\nwrites = ["/opt/installed"]\n'
    )
    found = steps(trace(daemon, project, "--format", "json", "--target", "base", code=1))
    text = trace(daemon, project, "--target", "base", code=1)

    assert [4, 5] == list(found)
    assert ["list.txt"] == found[4]["missed"]
    assert [".rc"] == found[4]["looked_for"]
    assert "  missed: read, and not inferred: list.txt" in text.splitlines()


def test_what_it_suggests_is_enough(daemon, project):
    """With it the step is understood, moves above the rest, and the image is the same."""
    (project / "Dockerfile").write_text("".join(TEXT.splitlines(keepends=True)[:5]))
    suggested = trace(daemon, project, "--suggest")
    # So dear that moving it pays.
    (project / "pyproject.toml").write_text(re.sub(r"seconds = .*", "seconds = 30", suggested))
    done = start(daemon, project, "verify", "Dockerfile", "--network", "host", "--history", "off")
    out, said = done.communicate(timeout=1200)
    after = start(daemon, project, "rewrite", "Dockerfile", "--history", "off").communicate()[0]

    assert [] == [s["doubt"] for s in steps(trace(daemon, project, "--format", "json")).values() if s["doubt"]]
    assert b"the same image" in out, out + said
    text = after.decode()
    assert text.index("RUN perl gen.pl") < text.index("COPY . .")
    assert 'reads = ["gen.pl", "schema/**"]' in (project / "pyproject.toml").read_text()


@pytest.mark.parametrize(
    ("text", "words", "message"),
    [
        ("FROM debian:bookworm-slim\nRUN echo woe; exit 3\n", (), b"does not build under trace"),
        ("FROM debian:bookworm-slim\nRUN sleep 600\n", ("--timeout", "5"), b"took longer than 5 s"),
        ("FROM debian:bookworm-slim\nRUN true\n", ("--target", "none"), b"none"),
    ],
)
def test_trouble_is_one_line(daemon, left, project, text, words, message):  # noqa: F811
    """Exit 2."""
    (project / "Dockerfile").write_text(text)
    process = start(daemon, project, "trace", "Dockerfile", "-q", "--network", "host", *words)
    _, said = process.communicate(timeout=600)

    assert (2, 1) == (process.returncode, len(said.splitlines())), said
    assert message in said
    assert [] == left()


def test_without_strace(daemon, project, tmp_path):
    """It is said what is needed."""
    (tmp_path / "bin").mkdir()
    for name in ("docker", "git", "ldd"):
        (tmp_path / "bin" / name).symlink_to(f"/usr/bin/{name}")
    process = start(daemon, project, "trace", "Dockerfile", "-q", PATH=str(tmp_path / "bin"))
    _, said = process.communicate(timeout=600)

    assert (2, 1) == (process.returncode, len(said.splitlines())), said
    assert b"needs strace" in said


def test_interrupted_leaves_nothing(daemon, left, project):  # noqa: F811
    """In the midst of the traced build."""
    process = start(daemon, project, "trace", "Dockerfile", "--network", "host")
    for _ in range(7):
        process.stderr.readline()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=600)

    assert 128 + signal.SIGINT == process.returncode, said
    assert [] == list((project.parent / "temporary").iterdir())
    assert [] == left()
