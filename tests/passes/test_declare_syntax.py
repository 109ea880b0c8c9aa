"""Where the newest frontend would help, and who is not asked to fetch it."""

from __future__ import annotations

import pytest

from optimizer.context.files import MemoryFiles
from optimizer.graph.plan import Given, make_plan
from optimizer.passes.declare_syntax import propose

RUN = "FROM debian:12\nWORKDIR /app\nCOPY . .\nRUN sed -i s/x/y/ a.txt\n"


@pytest.mark.parametrize(
    ("text", "given", "offered"),
    [
        (RUN, {}, True),
        (RUN, {"frontend": (1, 18)}, True),
        (RUN, {"frontend": (1, 19)}, False),
        (RUN, {"builder": "legacy"}, False),
        (RUN, {"builder": "kaniko"}, False),
        ("# syntax=docker/dockerfile:1\n" + RUN, {}, False),
        ("# syntax=other/frontend\n" + RUN, {}, False),
        ("\ufeff" + RUN, {}, False),
        (RUN.replace("sed -i s/x/y/ a.txt", "cat a.txt"), {}, False),
        (RUN.replace("sed -i s/x/y/ a.txt", "./unknown a.txt"), {}, False),
        (RUN.replace("sed -i s/x/y/ a.txt", "grep -r x . && rm a.txt"), {}, False),
    ],
)
def test_where_it_is_offered(text, given, offered):
    """Only to BuildKit, if it is not said to know the flag already, and if the RUN needs not all."""
    plan = make_plan(text, Given(MemoryFiles({"a.txt": "", "b.txt": ""}), **given))

    assert bool(list(propose(plan))) == offered
