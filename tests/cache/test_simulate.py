"""What a rebuild prints where it depends on what a stage leaves."""

from __future__ import annotations

from optimizer.cache.simulate import Situation, simulate
from optimizer.context.files import MemoryFiles

FILES = {"f": "f\n", "g": "g\n"}


def rebuilt(text, change):
    """What is said of each step: None for a hit, and whether it is sure."""
    first, second = (Situation(MemoryFiles(files)) for files in (FILES, {**FILES, **change}))
    return [(step.because, step.sure) for step in simulate(text, first, second)]


STAGE = "FROM debian AS s\nCOPY f /f\nRUN {run}\nFROM debian\nCOPY --from=s /out /out\nRUN a\n"


def test_a_stage_that_may_come_out_as_it_was():
    """A copy of it is neither a hit nor a miss, and says on what it depends."""
    assert [
        ("f changed", True),
        ("line 2 is rebuilt", True),
        ("a hit if line 3, which is rebuilt, leaves the same files", False),
        ("a hit if line 5 is one", False),
    ] == rebuilt(STAGE.format(run="mkdir /out"), {"f": "other"})


def test_a_run_that_writes_elsewhere():
    """Where it is known what a RUN writes, its stage holds what was copied there."""
    text = STAGE.format(run="echo a > /tmp/a\nCOPY g /out/")
    found = rebuilt(text, {"f": "other"})
    assert [(None, True), (None, True)] == found[-2:]
    found = rebuilt(text, {"g": "other"})
    assert [("line 4 is rebuilt", True), ("line 4 is rebuilt", True)] == found[-2:]


def test_a_program_that_is_not_known_may_have_written_anywhere():
    text = STAGE.format(run="frobnicate\nCOPY g /out/")
    assert [False, False] == [sure for _, sure in rebuilt(text, {"f": "other"})[-2:]]
