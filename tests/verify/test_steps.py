"""A builder's log, step by step, and the instructions that its steps are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from optimizer.cache.timings import Timed, Timings, medians, read_timings, write_timings
from optimizer.verify.builder import Builder, Recipe
from optimizer.verify.said import Listener, Said, Seen, seen
from optimizer.verify.steps import matched, sized, timed

TWO = """\
FROM node:20 AS web
WORKDIR /app
COPY . .
RUN echo "$NODE_VERSION" && \\
    npm ci
FROM python:3.11
WORKDIR /
WORKDIR /app
COPY --from=web /app /app
RUN pip install .
"""
# As Docker 20.10 prints it: variables expanded, and a step that two stages share under one name.
KIT = """\
#1 [internal] load build definition from Dockerfile
#1 DONE 0.0s
#4 [stage-1 1/3] FROM docker.io/library/python:3.11
#4 DONE 0.1s
#5 [web 2/4] WORKDIR /app
#5 sha256:5668350f
#5 CACHED
#6 [web 3/4] COPY . .
#6 DONE 0.1s
#7 [web 4/4] RUN echo "20.18.0" &&     npm ci
#7 0.148 20.18.0
#7 DONE 12.5s
#8 [stage-1 2/4] WORKDIR /app
#8 CACHED
#9 [stage-1 4/4] RUN pip install .
#9 ERROR: executor failed running
"""
CLASSIC = """\
Step 1/4 : FROM node:20
 ---> 1
Step 2/4 : COPY . .
 ---> Using cache
 ---> 2
Step 3/4 : RUN npm ci
 ---> Running in 3
Step 4/4 : CMD ["node"]
Successfully built 4
"""
PODMAN = """\
[1/2] STEP 1/2: FROM node:20 AS web
[1/2] STEP 2/2: RUN npm ci
--> Using cache 1
[2/2] STEP 1/2: FROM python:3.11
[2/2] STEP 2/2: RUN pip install .
[2/2] COMMIT a
"""
SINGLE = """\
STEP 1/3: FROM a
STEP 2/3: RUN x
--> Using cache 1
STEP 3/3: RUN echo '#1 [2/3] RUN x'
#1 [2/3] RUN x
Error: building at STEP "RUN echo"
"""


def lines(text: str) -> list[Said]:
    """A line a second."""
    start = datetime(2024, 1, 1, tzinfo=UTC)
    return [Said(start + timedelta(seconds=n), line) for n, line in enumerate(text.splitlines())]


@pytest.fixture
def recipe(tmp_path):
    """The two stages as a file."""
    file = tmp_path / "Dockerfile"
    file.write_text(TWO)
    return Recipe(file, tmp_path / "rules", tmp_path)


def test_steps_of_buildkit_are_known_by_stage_and_number(recipe):
    """What was cached or failed took no time that counts; variables stand as in the file."""
    found = matched(Builder("docker", "docker"), recipe, lines(KIT))

    assert [
        (2, True, None),
        (3, False, 0.1),
        (4, False, 12.5),
        (8, True, None),
        (10, False, None),
    ] == [(v.line, s.cached, s.seconds) for v, s in found]
    assert {
        Timed("web", "COPY . .", 0.1),
        Timed("web", 'RUN echo "$NODE_VERSION" && \\\n    npm ci', 12.5),
    } == set(timed(Builder("docker", "docker"), recipe, lines(KIT)))


def test_a_shared_step_may_go_by_either_name(tmp_path):
    """BuildKit prints one line for what two stages have in common."""
    file = tmp_path / "Dockerfile"
    file.write_text("FROM a AS one\nRUN x\nFROM a AS two\nRUN x\nRUN y\n")
    log = "#5 [two 2/3] RUN x\n#5 DONE 1.0s\n#6 [two 3/3] RUN y\n#6 DONE 2.0s\n"
    found = matched(Builder("docker", "docker"), Recipe(file, file, tmp_path), lines(log))

    assert [("RUN x", 1.0), ("RUN y", 2.0)] == [(v.text, s.seconds) for v, s in found]


def test_numbers_begin_behind_an_image(tmp_path):
    """Where a stage has none to fetch, the first step is number 1 (Docker 20.10 prints it so)."""
    file = tmp_path / "Dockerfile"
    file.write_text("FROM a AS one\nRUN x\nFROM one AS two\nRUN y\nFROM scratch\nCOPY --from=two /b /\n")
    log = "#4 [one 2/2] RUN x\n#4 CACHED\n#5 [two 1/1] RUN y\n#6 [stage-2 1/1] COPY --from=two /b /\n"
    found = matched(Builder("docker", "docker"), Recipe(file, file, tmp_path), lines(log))

    assert [2, 4, 6] == [v.line for v, _ in found]


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        (
            CLASSIC,
            [("", 1, False, 2.0), ("", 2, True, None), ("", 3, False, 2.0), ("", 4, False, 1.0)],
        ),
        (
            PODMAN,
            [("1", 1, False, 1.0), ("1", 2, True, None), ("2", 1, False, 1.0), ("2", 2, False, 1.0)],
        ),
        (SINGLE, [("", 1, False, 1.0), ("", 2, True, None), ("", 3, False, None)]),
    ],
    ids=["classic", "podman", "a single stage that fails"],
)
def test_steps_of_the_others_are_numbered(text, steps):
    """Their seconds are those between the lines; what a RUN says may look like BuildKit's."""
    assert [Seen(*step) for step in steps] == list(seen(lines(text)))


# What buildah 1.28.2 says of it: a stage that nobody asks for is passed over, and has its number.
STAGES = """\
ARG V=12
FROM debian:$V AS a
ENV A=1
RUN x
FROM debian AS unused
RUN y
FROM a
# a comment
COPY --from=a /x /x
LABEL l=1
"""
SAID = """\
[1/3] STEP 1/3: FROM debian:12 AS a
[1/3] STEP 2/3: ENV A=1
--> 1
[1/3] STEP 3/3: RUN x
--> Using cache 2
--> 2
[3/3] STEP 1/3: FROM 2
[3/3] STEP 2/3: COPY --from=a /x /x
--> 3
[3/3] STEP 3/3: LABEL l=1
[3/3] COMMIT t
--> 4
"""


def test_steps_of_buildah_are_known_by_stage_and_number(tmp_path):
    file = tmp_path / "Dockerfile"
    file.write_text(STAGES)
    found = matched(Builder("buildah", "buildah"), Recipe(file, file, tmp_path), lines(SAID))

    assert [(4, True), (9, False)] == [(v.line, s.cached) for v, s in found]


def test_a_target_that_is_the_first_stage_has_no_number(tmp_path):
    """As in a file of one stage."""
    file = tmp_path / "Dockerfile"
    file.write_text(STAGES)
    said = lines(SAID.replace("[1/3] ", "").split("[3/3]")[0] + "COMMIT t\n")
    found = matched(Builder("podman", "podman"), Recipe(file, file, tmp_path, "a"), said)

    assert [(4, True)] == [(v.line, s.cached) for v, s in found]


def test_each_step_is_told_once():
    """However often its line comes."""
    told = []
    listener = Listener(told.append)
    for line in ("#5 [2/3] RUN x", "#5 0.1 said", "#5 [2/3] RUN x", "[1/2] STEP 2/3: RUN y"):
        listener(line)

    assert ["[2/3] RUN x", "2/3: RUN y"] == told


# As `docker history` of Docker 20.10 tells them, oldest first; the base has two layers of its own.
BASE = [("/bin/sh -c #(nop) ADD file:1 in / ", 100), ("RUN /bin/sh -c base # buildkit", 10)]
OWN = [
    ("WORKDIR /app", 0),
    ("COPY /app /app # buildkit", 30),
    ("ENV A=1", 0),
    ("RUN |1 X=1 /bin/sh -c pip install . # buildkit", 40),
]
CLASSIC_OWN = [
    ("/bin/sh -c #(nop) WORKDIR /app", 0),
    ("/bin/sh -c #(nop) COPY dir:1 in /app ", 30),
    ("/bin/sh -c #(nop)  ENV A=1", 0),
    ("|1 X=1 /bin/sh -c pip install .", 40),
]
SIZED = "FROM node:20 AS web\nRUN npm ci\nFROM python:3.11\nWORKDIR /app\nCOPY --from=web /app /app\nENV A=1\nRUN pip install .\n"


@pytest.mark.parametrize("own", [OWN, CLASSIC_OWN], ids=["buildkit", "classic"])
def test_layers_are_those_of_the_last_instructions(tmp_path, own):
    """A layer's bytes go to the instruction that made it; other stages are not in the image."""
    (tmp_path / "Dockerfile").write_text(SIZED)
    recipe = Recipe(tmp_path / "Dockerfile", tmp_path / "Dockerfile", tmp_path)
    steps = [Timed("web", "RUN npm ci", 9.0), Timed("stage-1", "RUN pip install .", 3.0)]
    found = sized(steps, recipe, BASE + own)

    assert [None, 40] == [step.size for step in found]
    assert 40 == Timings(read_timings(write_timings(found))).size("stage-1", "RUN  pip install .")


def test_layers_of_another_file_say_nothing(tmp_path):
    """The kinds of the last instructions have to be those of the file."""
    (tmp_path / "Dockerfile").write_text(SIZED)
    recipe = Recipe(tmp_path / "Dockerfile", tmp_path / "Dockerfile", tmp_path)
    steps = [Timed("stage-1", "RUN pip install .", 3.0)]

    for layers in ([], OWN[1:], [*BASE, *OWN, ("RUN /bin/sh -c more # buildkit", 1)]):
        assert [None] == [step.size for step in sized(steps, recipe, layers)]


def test_a_timings_file_is_read_as_it_was_written():
    """Each step with the median of the builds, the slower of two alike in one build."""
    first = [Timed("", "RUN a", 1.0), Timed("", "RUN  a", 3.0), Timed("b", "RUN b", 4.0)]
    found = medians([first, [Timed("", "RUN a", 5.0)]])

    assert (Timed("", "RUN a", 4.0), Timed("b", "RUN b", 4.0)) == found
    assert found == read_timings(write_timings(found))
    assert 4.0 == Timings(found).seconds("stage-0", "RUN a")
