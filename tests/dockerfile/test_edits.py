"""Edits: what is not named stays as it is, byte for byte."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.dockerfile.edits import Edit, apply
from optimizer.dockerfile.lines import split


@pytest.mark.parametrize(
    ("text", "edits", "expected"),
    [
        ("a\nb\nc\n", [], "a\nb\nc\n"),
        ("a\nb\nc\n", [Edit(1, 2, "x\ny\n")], "a\nx\ny\nc\n"),
        ("a\nb\nc\n", [Edit(1, 2, "")], "a\nc\n"),
        ("a\nb\nc\n", [Edit(0, 0, "x\n"), Edit(3, 3, "y\n")], "x\na\nb\nc\ny\n"),
        ("a\nb\nc\n", [Edit(2, 3, ""), Edit(1, 1, "c\n")], "a\nc\nb\n"),
        ("a\nb\n", [Edit(1, 2, "y\n"), Edit(1, 1, "x\n")], "a\nx\ny\n"),
        ("a\nb\n", [Edit(1, 1, "x\n"), Edit(1, 1, "y\n")], "a\nx\ny\nb\n"),
        ("a\nb\nc", [Edit(2, 3, ""), Edit(1, 1, "c")], "a\nc\nb"),
        ("a\r\nb\r\nc", [Edit(2, 3, ""), Edit(1, 1, "c")], "a\r\nc\r\nb"),
        ("a\nb", [Edit(2, 2, "c\n")], "a\nb\nc"),
        ("a\nb", [Edit(1, 2, "")], "a"),
        ("a\n", [Edit(1, 1, "b")], "a\nb\n"),
        ("\ufeffa\nb\n", [Edit(0, 1, ""), Edit(2, 2, "\ufeffa\n")], "\ufeffb\na\n"),
        ("\ufeffa\nb\n", [Edit(0, 0, "x\n")], "\ufeffx\na\nb\n"),
        ("a\fb\nc\u2028d\r\n\xa0\n", [Edit(1, 2, "x\r\n")], "a\fb\nx\r\n\xa0\n"),
        ("", [Edit(0, 0, "a\n")], "a\n"),
    ],
)
def test_edits(text, edits, expected):
    """Lines are replaced, put in and taken out; the end of the file and the mark at its top stay."""
    assert apply(text, edits) == expected
    assert apply(split(text), edits) == expected


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(0, 2, ""), Edit(1, 3, "")],
        [Edit(0, 3, ""), Edit(1, 1, "x\n")],
        [Edit(1, 2, "x\n"), Edit(1, 2, "x\n")],
        [Edit(2, 4, "")],
        [Edit(2, 1, "")],
        [Edit(-1, 0, "")],
    ],
)
def test_edits_that_overlap_are_our_bug(edits):
    """Two edits of one line, or one outside of the file, are never guessed at."""
    with pytest.raises(ValueError, match="overlaps"):
        apply("a\nb\nc\n", edits)


@settings(deadline=None)
@given(st.text(st.sampled_from("ab\n\r\f\x85\u2028é")), st.data())
def test_the_rest_stays(text, data):
    """A line that is replaced by itself changes nothing, and neither does a line put in and ignored."""
    lines = split(text)
    chosen = data.draw(st.sets(st.integers(0, len(lines) - 1))) if lines else set()
    assert apply(text, [Edit(i, i + 1, lines[i]) for i in chosen]) == text


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["a\n", "b\r\n", "\n", "c\n"]), min_size=1, max_size=6),
    st.booleans(),
    st.data(),
)
def test_moving_lines_keeps_them_all(lines, ended, data):
    """After any move the same lines are there, and the file ends as it did."""
    text = "".join(lines) if ended else "".join(lines) + "z"
    parts = split(text)
    taken = data.draw(st.integers(0, len(parts) - 1))
    to = data.draw(st.integers(0, len(parts)).filter(lambda i: i not in {taken, taken + 1}))
    moved = apply(text, [Edit(taken, taken + 1, ""), Edit(to, to, parts[taken])])
    bare = sorted(line.rstrip("\r\n") for line in parts)
    assert sorted(line.rstrip("\r\n") for line in split(moved if ended else moved + "\n")) == bare
