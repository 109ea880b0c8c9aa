"""`dfopt verify` with real builders: it sees what differs, and puts away what it has made."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from optimizer.cache.timings import plain
from optimizer.errors import UserError
from optimizer.verify.builder import Builder
from optimizer.verify.order import Order, Version
from optimizer.verify.verification import verify

KINDS = ("docker", "docker-classic")
EXAMPLES = Path(__file__).parent.parent.parent / "examples"
TEXT = """\
FROM debian:bookworm-slim
COPY . /app
RUN mkdir /made && echo {word} > /made/word && chmod {mode} /made/word && date +%N > /made/time
ENV WORD={word}
"""


@pytest.fixture
def builder(daemon, request, monkeypatch) -> Builder:
    for name, value in daemon.env.items():
        monkeypatch.setenv(name, value)
    return Builder(request.param, str(daemon.client))


@pytest.fixture
def context(tmp_path) -> Path:
    folder = tmp_path / "context"
    folder.mkdir()
    (folder / "a.txt").write_text("a\n")
    (folder / "b.txt").write_text("b\n")
    return folder


@pytest.fixture
def left(daemon) -> Callable[[], list[bytes]]:
    """What there is now and was not before the test."""
    before = Counter(there(daemon))
    return lambda: list((Counter(there(daemon)) - before).elements())


def there(daemon) -> list[bytes]:
    """All containers, and the images without a name or of `verify`."""
    containers = daemon.run("ps", "--all", "--quiet").stdout.split()
    dangling = daemon.run("images", "--quiet", "--filter", "dangling=true").stdout.split()
    names = daemon.run("images", "--format", "{{.Repository}}").stdout.split()
    return containers + dangling + [n for n in names if n.startswith(b"dfopt-verify")]


@pytest.mark.parametrize("builder", KINDS, indirect=True)
def test_sees_what_differs(left, builder, context):
    """Content, mode and configuration; what changes from build to build is unstable."""
    texts = [TEXT.format(word=word, mode=mode) for word, mode in (("old", 644), ("new", 600))]
    before, after = (Version(text, None) for text in texts)
    found = verify(builder, before, after, Order(context, network="host"), print).comparison

    assert ("made/time",) == found.unstable
    assert ["made/word"] == [d.path for d in found.differences]
    assert ["-old", "+new"] == found.differences[0].diff.splitlines()[-2:]
    assert ["Env"] == [d.path for d in found.config_differences]
    assert [] == left()


@pytest.mark.parametrize("builder", KINDS[:1], indirect=True)
def test_what_holds_the_time_in_seconds_is_unstable(builder, context):
    """Quick builds of the original are as far apart as to differ in bytecode and in archives."""
    text = "FROM debian:bookworm-slim\nRUN echo $(($(date +%s) / 2)) > /bytecode\n"
    order = Order(context, network="host")
    found = verify(builder, Version(text, None), Version(text, None), order, print).comparison

    assert found.same
    assert ("bytecode",) == found.unstable


@pytest.mark.parametrize("builder", KINDS, indirect=True)
def test_same(left, builder, context):
    """The order of steps does not show in the image."""
    before = Version("FROM debian:bookworm-slim\nCOPY . /app/\nRUN echo 1 > /f\n", None)
    after = Version("FROM debian:bookworm-slim\nRUN echo 1 > /f\nCOPY . /app/\n", None)
    done = verify(builder, before, after, Order(context, network="host"), print)

    assert done.same
    assert [] == left()


@pytest.mark.parametrize("builder", ["docker"], indirect=True)
def test_ignore_rules_belong_to_the_version(builder, context):
    """A rewrite may add some."""
    text = "FROM debian:bookworm-slim\nCOPY . /app/\n"
    found = verify(
        builder, Version(text, None), Version(text, "b.txt"), Order(context, network="host"), print
    )

    assert ["app/b.txt"] == [d.path for d in found.comparison.differences]


@pytest.mark.parametrize("builder", ["docker-classic"], indirect=True)
def test_ignore_rules_that_the_builder_does_not_read(builder, context):
    """It would build both files with the same ones, and say that all is well."""
    version = Version("FROM debian:bookworm-slim\nCOPY . /app/\n", None)
    with pytest.raises(UserError, match="docker-classic reads in the context alone"):
        verify(builder, version, replace(version, rules="b.txt"), Order(context), print)


@pytest.mark.parametrize("builder", KINDS, indirect=True)
def test_rewritten_file_does_not_build(left, builder, context):
    """The verdict, with what the builder said."""
    text = "FROM debian:bookworm-slim\nRUN {}\n"
    versions = [Version(text.format(command), None) for command in ("true", "echo woe; false")]
    done = verify(builder, *versions, Order(context, network="host"), print)

    assert not done.same
    assert "woe" in "\n".join(done.failure)
    assert [] == left()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["pip-app", "already-perfect"])
def test_timings_feed_the_estimate(daemon, left, tmp_path, kind, name):
    """What was measured is what `rewrite` then weighs by; also where nothing is to be compared."""
    dockerfile = EXAMPLES / name / "Dockerfile"
    (tmp_path / "temporary").mkdir()
    timings = tmp_path / "timings.json"
    words = [str(dockerfile), "--with", kind, "--network", "host", "--timings-out", str(timings)]
    process = start(daemon, tmp_path / "temporary", *words)
    _, said = process.communicate(timeout=1200)
    assert 0 == process.returncode, said
    steps = json.loads(timings.read_text())["steps"]
    done = subprocess.run(
        [sys.executable, "-m", "optimizer", "rewrite", str(dockerfile), "--format", "json",
         "--history", "off", "--timings", str(timings)],
        capture_output=True, check=True,
    )  # fmt: skip

    text = plain(dockerfile.read_text())
    assert [] == [s["text"] for s in steps if s["text"] not in text and "RUN" in s["text"]]
    assert [s for s in steps if s["text"].startswith("RUN") and s["seconds"] > 0]
    # Of every stage's steps, only those that are in the image have a layer there.
    assert [s for s in steps if s["text"].startswith(("RUN", "COPY")) and s.get("bytes", 0) > 0]
    assert "timings" == json.loads(done.stdout)["files"][0]["estimate"]["seconds_from"]
    assert [] == list((tmp_path / "temporary").iterdir())
    assert [] == left()


def start(daemon, folder, *words):
    """The command as a user starts it, with a place of its own for what is temporary."""
    return subprocess.Popen(
        [sys.executable, "-m", "optimizer", "verify", "--history", "off", *words],
        env=daemon.env | {"TMPDIR": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_original_that_does_not_build_is_an_error_of_the_input(daemon, tmp_path):
    """Exit 2, in one line, with what the builder said last."""
    (tmp_path / "package.json").write_text('{"name": "a", "version": "1.0.0"}')
    (tmp_path / "package-lock.json").write_text(
        '{"name": "a", "version": "1.0.0", "lockfileVersion": 3, "requires": true, "packages": {"": {"name": "a", "version": "1.0.0"}}}'
    )
    (tmp_path / "index.js").write_text("")
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text("FROM nowhere.invalid/node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci\n")
    with tempfile.TemporaryDirectory() as folder:
        process = start(daemon, folder, str(dockerfile), "--with", "docker", "--quiet")
        _, said = process.communicate(timeout=600)

    assert (2, 1) == (process.returncode, len(said.splitlines())), said
    assert b"the original does not build" in said


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
def test_interrupted_leaves_nothing(daemon, left, tmp_path, kind, number):
    """After any of the lines of its progress, and a moment."""
    dockerfile = EXAMPLES / "apt-pip-mixed" / "Dockerfile"
    chance = random.Random(f"{kind} {number}")  # noqa: S311 - no secret
    words = (str(dockerfile), "--with", kind, "--network", "host")
    process = start(daemon, tmp_path, *words)
    for _ in range(chance.randint(1, 6)):
        process.stderr.readline()
    try:
        process.wait(chance.random())
    except subprocess.TimeoutExpired:
        process.send_signal(number)
    _, said = process.communicate(timeout=600)

    assert 128 + number == process.returncode, said
    assert [] == list(tmp_path.iterdir())
    assert [] == left()
