"""What is a difference, and what is the original's own unrest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.verify.compare import compare, with_diffs
from optimizer.verify.image import Entry, Image

FILE = Entry("file", 0o644, (0, 0), 3, "aaa")
OTHER = replace(FILE, content="bbb")
THIRD = replace(FILE, content="ccc", size=9)
FOLDER = Entry("directory", 0o755, (0, 0))


def images(*each):
    return [Image(entries, {}) for entries in each]


def verdict(first, second, rewritten):
    *originals, last = images(first, second, rewritten)
    found = compare(originals, last)
    return [d.path for d in found.differences], list(found.unstable)


@pytest.mark.parametrize(
    ("first", "second", "rewritten", "differences", "unstable"),
    [
        ({"a": FILE}, {"a": FILE}, {"a": FILE}, [], []),
        ({"a": FILE}, {"a": FILE}, {"a": OTHER}, ["a"], []),
        ({"a": FILE}, {"a": FILE}, {}, ["a"], []),
        ({"a": FILE}, {"a": FILE}, {"a": FILE, "b": FILE}, ["b"], []),
        ({"a": FILE}, {"a": FILE}, {"a": replace(FILE, mode=0o600)}, ["a"], []),
        ({"a": FILE}, {"a": FILE}, {"a": replace(FILE, owner=(1, 0))}, ["a"], []),
        ({"a": FILE}, {"a": FILE}, {"a": replace(FILE, xattrs=(("user.x", "1"),))}, ["a"], []),
        ({"a": FILE}, {"a": FILE}, {"a": FOLDER}, ["a"], []),
        # Unstable content may be any, also of another size; all else still has to be the same.
        ({"a": FILE}, {"a": OTHER}, {"a": THIRD}, [], ["a"]),
        ({"a": FILE}, {"a": OTHER}, {"a": replace(THIRD, mode=0o600)}, ["a"], ["a"]),
        ({"a": FILE}, {"a": OTHER}, {"a": FOLDER}, ["a"], ["a"]),
        ({"a": FILE}, {"a": OTHER}, {}, ["a"], ["a"]),
        # Sometimes there.
        ({"a": FILE}, {}, {}, [], ["a"]),
        ({}, {"a": FILE}, {}, [], ["a"]),
        ({"a": FILE}, {}, {"a": FILE}, [], ["a"]),
    ],
)
def test_differences(first, second, rewritten, differences, unstable):
    """Only what is the same in all builds of the original is asked of the rewritten image."""
    assert (differences, unstable) == verdict(first, second, rewritten)


def test_names_made_anew_in_each_build_stand_for_one_another():
    """A log with the time in its name; but not one more than the original writes."""
    logs = [{"log": FOLDER, f"log/{n}": FILE} for n in "123"]
    more = {**logs[2], "log/4": FILE}
    elsewhere = {**logs[2], "x": FILE}
    folder = {"log": FOLDER, "log/3": FOLDER}

    assert ([], ["log/1", "log/2", "log/3"]) == verdict(*logs)
    assert ["log/4"] == verdict(logs[0], logs[1], more)[0]
    assert ["x"] == verdict(logs[0], logs[1], elsewhere)[0]
    assert ["log/3/**"] == verdict(logs[0], logs[1], folder)[0]


def test_what_is_below_a_new_name_goes_with_it():
    """A directory with a random name."""
    each = [{"t": FOLDER, f"t/{n}": FOLDER, f"t/{n}/f": FILE} for n in "123"]

    assert [] == verdict(*each)[0]


def test_a_whole_directory_is_one_line():
    """With the number of paths in it."""
    originals = images({"a": FILE}, {"a": FILE})
    rewritten = images({"a": FILE, "d": FOLDER, "d/e": FOLDER, "d/e/f": FILE, "d2": FILE})[0]
    found = compare(originals, rewritten).differences

    assert ["d/**", "d2"] == [d.path for d in found]
    assert (None, "directory with 2 paths in it") == (found[0].before, found[0].after)


def test_a_text_file_is_a_diff():
    """A binary one is not."""
    originals = images({"a": FILE, "b": FILE}, {"a": FILE, "b": FILE})
    found = compare(originals, images({"a": OTHER, "b": OTHER})[0])
    shown = with_diffs(found, {"a": b"1\n2\n", "b": b"\0"}, {"a": b"1\n3\n", "b": b"\0\1"})

    assert {"a", "b"} == found.texts()
    assert ["-2", "+3"] == shown.differences[0].diff.splitlines()[-2:]
    assert "" == shown.differences[1].diff


def test_config():
    """Env is an ordered list; a setting that is unstable is named."""
    env = [{"Env": ["A=1", "B=2"]}, {"Env": ["B=2", "A=1"]}]
    stamp = [{"Labels": {"at": n}} for n in "123"]
    one, other = (Image({}, e) for e in env)
    wrong = compare([one, one], other)
    noisy = compare([Image({}, stamp[0]), Image({}, stamp[1])], Image({}, stamp[2]))

    assert ["Env"] == [d.path for d in wrong.config_differences]
    assert not wrong.same
    assert (("Labels",), True) == (noisy.unstable_config, noisy.same)
