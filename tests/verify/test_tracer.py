"""A Dockerfile whose RUNs are traced: nothing else of it changes."""

from __future__ import annotations

import json

import pytest

from optimizer.context.files import MemoryFiles
from optimizer.dockerfile.source import parse
from optimizer.errors import UserError
from optimizer.graph.plan import Given, make_plan
from optimizer.verify import tracer

COPY = "COPY --from=i:t /.dfopt-trace /.dfopt-trace"


def wrapped(text: str, target: str | None = None) -> list[str]:
    """The lines, with the words of strace as `...`."""
    plan = make_plan(text, Given(MemoryFiles({"a": ""})))
    found = tracer.wrapped(plan, "i:t", target, alone=True)
    parse(found)
    for step in (s for stage in plan.stages for s in stage.steps if s.keyword == "RUN"):
        words = json.dumps(tracer.prefix(step, alone=True))[1:-1]
        found = found.replace(words, f"...{step.instruction.line}")
    return found.splitlines()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "FROM debian\nRUN a \\\n  && b\n",
            ["FROM debian", COPY, 'SHELL [...2, "/bin/sh", "-c"]', "RUN a \\", "  && b"],
        ),
        # The shell in force goes behind it, and no RUN gets two.
        (
            'FROM debian\nSHELL ["bash", "-ec"]\nRUN a\nRUN b',
            ["FROM debian", COPY, 'SHELL ["bash", "-ec"]', 'SHELL [...3, "bash", "-ec"]', "RUN a",
             'SHELL [...4, "bash", "-ec"]', "RUN b"],
        ),
        (
            'FROM debian\nRUN --network=none [ \\\n "a", "b c"]\nCMD x\n',
            ["FROM debian", COPY, 'RUN --network=none [...2, "a", "b c"]', "CMD x"],
        ),
        (
            "FROM debian\n# why\nRUN --mount=type=cache,target=/c a\n",
            ["FROM debian", COPY, "# why", 'SHELL [...3, "/bin/sh", "-c"]', "RUN --mount=type=cache,target=/c a"],
        ),
    ],
)  # fmt: skip
def test_each_run_is_wrapped(text, wanted):
    end = ["FROM scratch AS dfopt-traced", "COPY --from=0 /.dfopt-trace/out /0"]
    assert wanted + end == wrapped(text)


def test_a_stage_that_continues_another_has_the_tool_already():
    """The logs come from all stages that the target needs, and from no other."""
    text = "FROM debian AS one\nFROM one AS two\nFROM one AS three\nFROM debian AS four\n"
    found = wrapped(text, "three")

    assert 2 == found.count(COPY)
    assert ["COPY --from=0 /.dfopt-trace/out /0", "COPY --from=2 /.dfopt-trace/out /2"] == found[-2:]


def test_no_strace(monkeypatch, tmp_path):
    """It is said, with where to get it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="needs strace"):
        tracer.lay_out(tmp_path)
