"""The mark stands in every stage and changes nothing else."""

from __future__ import annotations

import pytest

from optimizer.verify.marking import marked, unmarked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a\nRUN b\n", "FROM a\nLABEL dfopt.verify=x\nRUN b\n"),
        ("FROM a", "FROM a\nLABEL dfopt.verify=x\n"),
        ("FROM \\\r\n  a\r\nRUN b\r\n", "FROM \\\r\n  a\r\nLABEL dfopt.verify=x\r\nRUN b\r\n"),
        (
            "ARG V\nfrom a as b\nFROM c\n",
            "ARG V\nfrom a as b\nLABEL dfopt.verify=x\nFROM c\nLABEL dfopt.verify=x\n",
        ),
    ],
)
def test_marked(text, expected):
    """Behind each FROM, in the file's own line ends."""
    assert expected == marked(text, "x")


def test_unmarked():
    """The image's own labels stay."""
    assert {"a": "1"} == unmarked({"a": "1", "dfopt.verify": "x"})
    assert {} == unmarked(None)
