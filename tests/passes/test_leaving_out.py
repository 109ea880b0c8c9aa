"""Who knows `COPY --exclude`, and what may be left out."""

from __future__ import annotations

import pytest

from optimizer.context.files import Link, MemoryFiles
from optimizer.graph.plan import Given, make_plan
from optimizer.passes.leaving_out import allowed, changed
from optimizer.pipeline import Project, optimize
from optimizer.settings import Settings

FILES = {
    "a.txt": "", "b.txt": "", "c.txt": "", "d.txt": "", "odd name": "", "dir/x": "", "dir/y": "",
    "link": Link("a.txt"), ".git/HEAD": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("head", "given", "builder", "expected"),
    [
        ("", (0, 0), "buildkit", False),
        ("", (1, 19), "buildkit", True),
        ("", (1, 19), "kaniko", False),
        ("# syntax=docker/dockerfile:1\n", (0, 0), "buildkit", True),
        ("# syntax=docker/dockerfile:1\n", (0, 0), "legacy", False),
        ("# syntax = docker.io/docker/dockerfile\n", (0, 0), "buildkit", True),
        ("# syntax=docker/dockerfile:1.19\n", (0, 0), "buildkit", True),
        ("# syntax=docker/dockerfile:1.20.1\n", (0, 0), "buildkit", True),
        ("# syntax=docker/dockerfile:1.4\n", (0, 0), "buildkit", False),
        ("# syntax=docker/dockerfile:1.4\n", (1, 19), "buildkit", True),
        ("# syntax=docker/dockerfile:1-labs\n", (0, 0), "buildkit", False),
        ("# syntax=docker/dockerfile:1@sha256:0\n", (0, 0), "buildkit", False),
        ("# syntax=other/frontend:1\n", (0, 0), "buildkit", False),
    ],
)
def test_who_knows_the_flag(head, given, builder, expected):
    """Whoever surely brings Dockerfile 1.19; of a pinned digest nobody knows."""
    plan = make_plan(head + "FROM debian:12\n", Given(MemoryFiles({}), frontend=given, builder=builder))

    assert allowed(plan) is expected


@pytest.mark.parametrize(
    ("run", "found"),
    [
        ("sed -i s/x/y/ a.txt", {"/app/a.txt"}),
        ("sed -i s/x/y/ dir/x", {"/app/dir/x"}),
        ("rm b.txt", {"/app/b.txt"}),
        ("chmod 600 a.txt b.txt", {"/app/a.txt", "/app/b.txt"}),
        ("cat a.txt", set()),
        ("touch a.txt b.txt c.txt d.txt", set()),
        ("touch 'odd name'", set()),
        ("rm -r dir", set()),
        ("chmod -R 600 .", set()),
        ("date > .git/HEAD", set()),
        ("./unknown a.txt", set()),
    ],
)
def test_what_is_left_out(run, found):
    """A few files that the RUN names, with plain names; not what it writes all over a folder."""
    plan = make_plan(f"FROM debian:12\nWORKDIR /app\nCOPY . .\nRUN {run}\n", Given(MemoryFiles(FILES)))
    *_, copy, step = plan.stages[0].steps

    assert changed(copy, step) == found


def test_every_run_behind_it_meets_what_the_first_has_made():
    """Both are passed; what either changes is left out."""
    text = (
        "# syntax=docker/dockerfile:1\nFROM debian:12\nWORKDIR /app\nCOPY . .\n"
        "RUN sed -i s/x/y/ a.txt && apt-get update && apt-get install -y curl\n"
        "RUN sed -i s/x/y/ b.txt && apt-get install -y git\n"
    )
    after = optimize(text, Project(MemoryFiles({**FILES, "link": ""})), Settings()).after

    assert after.splitlines()[3:] == [
        "COPY a.txt ./",
        "RUN sed -i s/x/y/ a.txt && apt-get update && apt-get install -y curl",
        "COPY b.txt ./",
        "RUN sed -i s/x/y/ b.txt && apt-get install -y git",
        "COPY --exclude=a.txt --exclude=b.txt . .",
    ]
