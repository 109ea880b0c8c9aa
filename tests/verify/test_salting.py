"""A cache of one's own: where the salt goes, and which line is which."""

from __future__ import annotations

import pytest

from optimizer.verify.salting import salted

COPY = "COPY --from=i:s /.dfopt-salt /.dfopt-salt"


@pytest.mark.parametrize(
    ("text", "wanted", "lines"),
    [
        ("FROM a\nRUN x\n", f"FROM a\n{COPY}\nRUN x\n", {1: 1, 3: 2}),
        # A stage that continues another has its salt already.
        (
            "FROM a AS one\nRUN x\nFROM one\nRUN y\n",
            f"FROM a AS one\n{COPY}\nRUN x\nFROM one\nRUN y\n",
            {1: 1, 3: 2, 4: 3, 5: 4},
        ),
        ("FROM scratch", f"FROM scratch\n{COPY}\n", {1: 1}),
        ("FROM \\\n  a\r\nRUN x\r\n", f"FROM \\\n  a\r\n{COPY}\r\nRUN x\r\n", {1: 1, 2: 2, 4: 3}),
        # Which image it is does not matter, as long as it is none of the stages.
        ("ARG B=a\nFROM $B\nRUN x\n", f"ARG B=a\nFROM $B\n{COPY}\nRUN x\n", {1: 1, 2: 2, 4: 3}),
    ],
)
def test_each_stage_from_an_image_is_salted(text, wanted, lines):
    found = salted(text, "i:s", {})

    assert wanted == found.text
    assert lines == dict(found.lines)
