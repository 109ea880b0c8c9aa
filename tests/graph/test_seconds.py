"""What a step costs where a step above has done a part of it: by the table, and by a real build."""

from __future__ import annotations

import pytest

from optimizer.context.files import MemoryFiles
from optimizer.graph.plan import Given, make_plan

FILES = {
    "go.mod": "module example.com/app\n\ngo 1.22\n\nrequire example.com/dep v1.0.0\n",
    "go.sum": "example.com/dep v1.0.0 h1:x=\nexample.com/dep v1.0.0/go.mod h1:y=\n",
    "main.go": "package main\n",
}
WHOLE = "RUN go build ."
PART = "RUN go mod download"
NAIVE = f"FROM golang:1.22\nWORKDIR /src\nCOPY . .\n{WHOLE}\n"
SPLIT = f"FROM golang:1.22\nWORKDIR /src\nCOPY go.* ./\n{PART}\nCOPY . .\n{WHOLE}\n"
STAGES = f"FROM golang:1.22 AS deps\nWORKDIR /src\nCOPY go.* ./\n{PART}\nFROM deps\nCOPY . .\n{WHOLE}\n"


@pytest.mark.parametrize(
    ("text", "measured", "seconds"),
    [
        (NAIVE, {}, {WHOLE: 45.0}),
        (SPLIT, {}, {PART: 15.0, WHOLE: 30.0}),
        (STAGES, {}, {PART: 15.0, WHOLE: 30.0}),
        (NAIVE, {WHOLE: 90.0}, {WHOLE: 90.0}),
        (SPLIT, {WHOLE: 90.0}, {PART: 30.0, WHOLE: 60.0}),
        (SPLIT, {PART: 8.0, WHOLE: 90.0}, {PART: 8.0, WHOLE: 90.0}),
        (SPLIT, {PART: 8.0}, {PART: 8.0, WHOLE: 30.0}),
    ],
)
def test_seconds(text, measured, seconds):
    """What a build took that had no such step is shared out as the table shares it."""
    files = MemoryFiles({path: content.encode() for path, content in FILES.items()})
    given = Given(files, seconds=lambda _, line: measured.get(line.strip()))
    steps = [s for stage in make_plan(text, given).stages for s in stage.steps]

    assert seconds == {
        s.instruction.text.strip(): s.effects.seconds for s in steps if s.keyword == "RUN"
    }
