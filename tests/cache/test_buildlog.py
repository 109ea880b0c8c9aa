"""Logs of real builds: what is read of them, and what is refused."""

from __future__ import annotations

import json

import pytest

from optimizer.cache.buildlog import read_log
from optimizer.cache.timings import Timed, Timings, plain, read_timings
from optimizer.errors import UserError

PLAIN = """\
#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 131B done
#1 DONE 0.0s

#4 [builder 1/4] FROM docker.io/library/node:20
#4 DONE 0.0s

#5 [builder 2/4] WORKDIR /app
#5 CACHED

#6 [builder 3/4] COPY package.json package-lock.json ./
#6 DONE 0.1s

#7 [builder 4/4] RUN npm ci   --no-audit
#7 0.412 npm warn old lockfile
#7 12.01 #9 DONE 99s
#7 DONE 12.4s

#8 [linux/arm64 stage-1 2/2] RUN make
#8 1.100 boom
#8 ERROR: process "/bin/sh -c make" did not complete successfully: exit code: 2
"""
EXPECTED = (
    Timed("builder", "FROM docker.io/library/node:20", 0.0),
    Timed("builder", "COPY package.json package-lock.json ./", 0.1),
    Timed("builder", "RUN npm ci   --no-audit", 12.4),
)
OLD = """\
#5 [2/3] RUN npm ci
#5 sha256:9d1f0d0a6b6c
#5 0.345 a line
#5 DONE 3.5s

#6 [3/3] COPY . .
#6 sha256:aa
#6 DONE 0.2s
"""
CLASSIC = """\
2024-05-01T10:00:00.0000000Z Sending build context to Docker daemon  3.072kB
2024-05-01T10:00:00.5000000Z Step 1/5 : FROM node:20 AS Build
2024-05-01T10:00:00.6000000Z  ---> 1234
2024-05-01T10:00:01.0000000Z Step 2/5 : WORKDIR /app
2024-05-01T10:00:01.1000000Z  ---> Using cache
2024-05-01T10:00:01.2000000Z  ---> 2345
2024-05-01T10:00:01.2500000Z Step 3/5 : RUN npm ci
2024-05-01T10:00:01.3000000Z  ---> Running in 99
2024-05-01T10:00:21.2500000Z Step 4/5 : FROM scratch
2024-05-01T10:00:21.3000000Z  --->
2024-05-01T10:00:21.5000000Z Step 5/5 : COPY --from=build /app /
2024-05-01T10:00:22.0000000Z  ---> 3456
2024-05-01T10:00:22.0000000Z Successfully built 3456
"""


def vertex(name: str, start: str | None, end: str | None, **more) -> str:
    return json.dumps(
        {"vertexes": [{"digest": name, "name": name, "started": start, "completed": end, **more}]}
    )


RAW = "\n".join(
    [
        vertex("[2/3] RUN npm ci", "2024-05-01T10:00:00.123456789Z", None),
        json.dumps({"logs": [{"vertex": "x", "data": "YQ=="}]}),
        vertex(
            "[2/3] RUN npm ci", "2024-05-01T10:00:00.123456789Z", "2024-05-01T10:00:02.623456789Z"
        ),
        vertex("[3/3] COPY . .", "2024-05-01T10:00:02Z", "2024-05-01T10:00:02Z", cached=True),
        vertex("[internal] load .dockerignore", "2024-05-01T10:00:02Z", "2024-05-01T10:00:03Z"),
    ]
)
LOGS = {
    "plain": (PLAIN, EXPECTED),
    "plain_with_digests": (OLD, (Timed("", "RUN npm ci", 3.5), Timed("", "COPY . .", 0.2))),
    "plain_with_timestamps_and_crlf": (
        "".join(f"2024-05-01T10:00:00Z {line}\r\n" for line in OLD.splitlines()),
        (Timed("", "RUN npm ci", 3.5), Timed("", "COPY . .", 0.2)),
    ),
    "rawjson": (RAW, (Timed("", "RUN npm ci", 2.5),)),
    "classic": (
        CLASSIC,
        (Timed("build", "RUN npm ci", 20.0), Timed("stage-1", "COPY --from=build /app /", 0.5)),
    ),
}


@pytest.mark.parametrize(("text", "expected"), LOGS.values(), ids=LOGS)
def test_forms_of_a_log(text, expected):
    """The steps that ran and ended, with their seconds."""
    assert expected == read_log(text)


BAD = {
    "nothing": ("", "no log of a build"),
    "prose": ("hello\nworld\n", "no log of a build"),
    "damaged_json": (RAW + '\n{"vertexes": [', "no status of a build"),
    "json_of_another_form": ('{"vertexes": [1]}', "no status of a build"),
    "no_such_time": (vertex("[1/1] RUN a", "yesterday", "today"), "is no time"),
    "classic_without_times": ("Step 1/2 : FROM a\n ---> b\nStep 2/2 : RUN x\n", "has no times"),
}


@pytest.mark.parametrize(("text", "words"), BAD.values(), ids=BAD)
def test_what_is_no_log(text, words):
    """One line says what is the matter."""
    with pytest.raises(UserError, match=words):
        read_log(text)


def test_timings_file():
    """The form that is written is the form that is read."""
    text = '{"version": 1, "steps": [{"stage": "Build", "text": "RUN a", "seconds": 2, "x": 0}]}'

    assert (Timed("build", "RUN a", 2.0),) == read_timings(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"version": 2, "steps": []}',
        '{"version": 1, "steps": [1]}',
        '{"version": 1, "steps": [{"text": "RUN a", "seconds": -1}]}',
        '{"version": 1, "steps": [{"text": "RUN a", "seconds": NaN}]}',
        '{"version": 1, "steps": [{"seconds": 1}]}',
    ],
)
def test_what_is_no_timings_file(text):
    """It is told, and nothing of it is used."""
    with pytest.raises(UserError):
        read_timings(text)


def test_a_step_is_known_by_its_text():
    """Blanks and continuations do not matter; the stage decides between two of one text."""
    timings = Timings(
        [Timed("a", "RUN x  --y", 1.0), Timed("b", "RUN x --y", 2.0), Timed("", "RUN z", 3.0)],
        "log",
    )

    assert (1.0, 2.0) == (
        timings.seconds("a", "run x \\\n  # why\n\n  --y\n"),
        timings.seconds("b", "RUN x --y"),
    )
    assert (3.0, None) == (timings.seconds("stage-0", "RUN z"), timings.seconds("a", "RUN q"))


def test_halves_of_a_run_share_its_time():
    """By the number of their commands, so that together they cost what the whole did."""
    timings = Timings([Timed("", "RUN a && b && c", 9.0)], "log")

    assert [3.0, 6.0, None] == [
        timings.seconds("", text) for text in ("RUN a", "RUN b && c", "RUN b")
    ]


def test_heredocs_are_not_known_by_their_heads():
    """A builder prints only the beginning of the body, which may be that of another."""
    timings = Timings([Timed("", "RUN <<EOF (npm ci)", 9.0)], "log")

    assert timings.seconds("", "RUN <<EOF\nnpm ci\nEOF\n") is None


def test_plain_text():
    """One line, as builders print it."""
    assert plain("run a \\\n   b\n") == "RUN a b"
