"""Which changes of the context reach which key, and under which names."""

from __future__ import annotations

import pytest

from optimizer.cache.contents import MODULUS, Contents, Missing, entry_hash
from optimizer.cache.records import Records
from optimizer.cache.selection import Selection
from optimizer.cache.vertices import vertices
from optimizer.context.files import Link, MemoryFiles

FILES = {"f": "f\n", "d/x": "x\n", "d/s/y": "y\n", "a.md": "a\n", "l": Link("f"), "k": Link("d")}


def digest(selection, files):
    """The content key over files."""
    return Contents(MemoryFiles(files)).digest(selection)


def context(pattern, **given):
    """A selection of the context."""
    return Selection("context", pattern, **given)


# A pattern, what changes (None: it is gone), and whether the key does.
CHANGES = [
    ("f", {"f": "other"}, True),
    ("f", {"f": ("f\n", 0o755)}, True),
    ("f", {"f": ("f\n", 0o600)}, True),
    ("f", {"g": "new"}, False),
    ("f", {"fg": "new"}, False),
    ("f", {"f": Link("h"), "h": "f\n"}, False),
    ("d", {"d/x": "other"}, True),
    ("d", {"d/new": "n"}, True),
    ("d", {"d/new/": ""}, True),
    ("d", {"d/x": None, "d/z": "x\n"}, True),
    ("d", {"d/x": "y\n", "d/s/y": "x\n"}, True),
    ("d", {"d/l": Link("x")}, True),
    ("d", {"d2/x": "x"}, False),
    ("d", {"f": "other"}, False),
    ("", {"f": "other"}, True),
    ("", {"Dockerfile": "FROM a"}, True),
    ("*.md", {"b.md": "b"}, True),
    ("*.md", {"b.txt": "b"}, False),
    ("*.md", {"d/b.md": "b"}, False),
    ("*.md", {"a.md": None, "b.md": "a\n"}, True),
    ("l", {"f": "other"}, True),
    ("l", {"l": Link("./f")}, False),
    ("k", {"d/x": "other"}, True),
    ("k/x", {"d/x": "other"}, True),
    ("k*", {"d/x": "other"}, True),
    ("*/s", {"d/s/y": "other"}, True),
    ("d/[a-z]", {"d/x": "other"}, True),
    ("d/[^a]", {"d/x": "other"}, True),
    ("d/[!a]", {"d/x": "other"}, False),
    ("**", {"d/s/y": "other"}, True),
    ("**/y", {"d/s/y": "other"}, False),
]


@pytest.mark.parametrize(("pattern", "change", "differs"), CHANGES)
def test_change(pattern, change, differs):
    """BUILDKIT.md 4.1 and 5, with what was observed in groups C1 to C4 and E5 to E7."""
    after = {path: what for path, what in {**FILES, **change}.items() if what is not None}
    before = digest(context(pattern), FILES)
    assert isinstance(before, int)
    assert (digest(context(pattern), after) != before) == differs


def test_the_place_of_a_source_is_not_in_its_content():
    """Equal trees at two places have one key."""
    files = {"a/x": "1", "b/c/x": "1"}
    assert digest(context("a"), files) == digest(context("b/c"), files)


def test_plain_source_that_is_missing_and_pattern_without_a_match():
    """The first ends the build; the second is empty."""
    assert Missing("no") == digest(context("no"), FILES)
    assert 0 == digest(context("no*"), FILES)


def test_file_that_is_taken_twice_counts_twice():
    """By its own name and by a link."""
    files = {"a1": "1", "a2": Link("a1")}
    assert digest(context("a*"), files) != digest(context("a*"), {"a1": "1", "a2": Link("a3")})


def test_ignored_source_is_missing():
    """What `.dockerignore` keeps out is not there."""
    assert Missing("f") == digest(context("f"), {"f": "", ".dockerignore": "f\n"})


SELECTED = [
    (context("f"), "f", ""),
    (context("f"), "g", None),
    (context("d"), "d/s/y", "s/y"),
    (context(""), "d/x", "d/x"),
    (context("d*"), "d/x", "d/x"),
    (context("d/*"), "d/x", "x"),
    (context("d/*"), "d/s/y", "s/y"),
    (context("d", parents=True), "d/s/y", "d/s/y"),
    (context("**/y", parents=True), "d/s/y", "d/s/y"),
    (context("d", exclude=("s",)), "d/s/y", None),
    (context("d", exclude=("s",)), "d/x", "x"),
    (context("a[1]", literal=True), "a[1]", ""),
]


@pytest.mark.parametrize(("selection", "path", "name"), SELECTED)
def test_selects(selection, path, name):
    """A file's name in the key, without a look at any file."""
    assert selection.selects(path) == name


@pytest.mark.parametrize("pattern", ["", "d", "f", "d*", "*", "d/*", "*.md", "d/s"])
def test_a_digest_is_the_sum_of_its_entries(pattern):
    """So it can be carried along a history, entry by entry."""
    files = MemoryFiles({"f": "f\n", "d/x": "x\n", "d/s/y": ("y\n", 0o755), "a.md": "a\n"})
    chosen = context(pattern)
    names = {path: chosen.selects(path) for path in files.walk()}
    entries = [entry_hash(n, files.identity(p)) for p, n in names.items() if n is not None]

    assert entries
    assert sum(entries) % MODULUS == Contents(files).digest(chosen)


def test_mode_of_directories_counts():
    """Also that of the source itself, but not that of the context."""

    class Wide(MemoryFiles):
        def entry(self, path):
            found = super().entry(path)
            wide = found is not None and found.kind == "directory"
            return found._replace(mode=0o775) if wide else found

    for pattern, same in (("d", False), ("f", True)):
        wide = Contents(Wide(FILES)).digest(context(pattern))
        assert (wide == digest(context(pattern), FILES)) == same
    assert digest(context(""), {"f": ""}) == Contents(Wide({"f": ""})).digest(context(""))


def test_revert_finds_the_old_record():
    """Records are kept for ever."""
    graph = vertices("FROM b\nCOPY f /f\nRUN a")
    records = Records()
    for text in ("1", "2", "1"):
        built = records.build(graph, Contents(MemoryFiles({"f": text})))
    assert [True, True] == [o.hit for o in built.outcomes]


class _Known:
    """Content keys by someone who knows what the stage holds."""

    def __init__(self, stage):
        self.stage = stage

    def digest(self, selection):
        return self.stage if selection.origin == "stage" else 7


@pytest.mark.parametrize(("second", "steps"), [(1, "mhh"), (2, "mmm")])
def test_content_of_a_stage_is_a_fire_wall(second, steps):
    """A stage that is built again and holds the same lets its consumer, and what follows, hit."""
    records = Records()
    for command, content in (("a", 1), ("z", second)):
        text = f"FROM b AS x\nRUN {command}\nFROM b\nCOPY --from=x /f /f\nRUN c"
        built = records.build(vertices(text), _Known(content))
    assert steps == "".join("h" if o.hit else "m" for o in built.outcomes)


def test_failure_reaches_all_that_stands_on_it():
    """A source that is missing ends the build there."""
    built = Records().build(vertices("FROM b\nCOPY no /f\nRUN a"), Contents(MemoryFiles({})))
    assert [Missing("no")] * 2 == [o.failed for o in built.outcomes]


def test_a_failed_build_may_have_left_nothing():
    """What was built beside the failure is no sure hit, until a build has gone through."""
    records = Records()
    text = "FROM b\nRUN a\nCOPY f /f\nRUN b"
    seen = []
    for files in ({}, {"f": ""}, {"f": ""}):
        built = records.build(vertices(text), Contents(MemoryFiles(files)))
        seen.append([(o.hit, o.sure) for o in built.outcomes])
    assert [(False, False), (False, True), (False, True)] == seen[1]
    assert [(True, True)] * 3 == seen[2]
