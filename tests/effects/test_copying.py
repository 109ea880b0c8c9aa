"""Where a COPY puts what it takes, as BuildKit 0.32 does it (500 random ones were compared)."""

from __future__ import annotations

import pytest

from optimizer.context.files import Link, MemoryFiles
from optimizer.graph.plan import Given, make_plan

FILES = {
    "package.json": "",
    "notes.md": "",
    "packages/a/package.json": "",
    "packages/a/src/x.md": "",
    "packages/b/package.json": "",
    "packages/b/lib/package.json": "",
    "link": Link("package.json"),
    "packages/b/link": Link("package.json"),
}


def copied(instruction, more=""):
    """The step behind a directory that is surely there."""
    text = f"FROM scratch\nWORKDIR /r\n{instruction}\n{more}"
    return make_plan(text, Given(MemoryFiles(FILES, rules="packages/b/lib/*.txt\n")))


def brought(instruction):
    """The image paths of the files that it brings; None if that is not known."""
    copying = copied(instruction).stages[0].steps[-1].copying
    return copying and sorted(copying.atoms)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("--parents packages/a/package.json ./", ["/r/packages/a/package.json"]),
        ("--parents packages/a/package.json /x", ["/x/packages/a/package.json"]),
        ("--parents ./packages/./a/package.json ./", ["/r/a/package.json"]),
        ("--parents packages/./*/package.json ./", ["/r/a/package.json", "/r/b/package.json"]),
        (
            "--parents **/package.json ./",
            ["/r/package.json", "/r/packages/a/package.json", "/r/packages/b/lib/package.json",
             "/r/packages/b/package.json"],
        ),
        ("--parents packages/a/** ./", ["/r/packages/a/package.json", "/r/packages/a/src/x.md"]),
        ("--parents packages/a ./", ["/r/packages/a/package.json", "/r/packages/a/src/x.md"]),
        ("--parents nothing/*/x ./", []),
        ("**/package.json ./", []),
        ("--exclude=*.md packages/a ./", ["/r/package.json", "/r/src/x.md"]),
        ("--exclude=**/*.md packages/a ./", ["/r/package.json"]),
        ("--exclude=src packages/a ./", ["/r/package.json"]),
        ("--exclude=/src packages/a ./", ["/r/package.json"]),
        ("--exclude=packages --exclude=link . ./", ["/r/notes.md", "/r/package.json"]),
        ("--exclude=*.json package.json notes.md ./", None),
        ("--exclude=*.md package.json ./", ["/r/package.json"]),
        ("--exclude=!x --exclude=* . ./", None),
        ("--exclude=a . packages ./", None),
        ("--exclude=a --parents packages ./", None),
        ("--exclude=a pack* ./", ["/r/b/lib/package.json", "/r/b/link", "/r/b/package.json", "/r/package.json"]),
        ("--parents pack*/./a ./", None),
        ("--parents nothing ./", None),
        ("--parents packages/b/link ./", None),
    ],
)  # fmt: skip
def test_what_is_brought(words, found):
    """`--parents` keeps the directories from `/./` on, `--exclude` is relative to each source."""
    assert brought(f"COPY {words}") == found


def test_what_is_excluded_is_not_there():
    """A RUN behind it does not meet it, though the context has it."""
    plan = copied("COPY --exclude=packages . ./", "RUN cat packages/a/package.json package.json\n")

    assert plan.stages[0].steps[-1].effects.reads >= {"/r/package.json"}
    assert "/r/packages/a/package.json" not in plan.stages[0].steps[1].copying.atoms


@pytest.mark.parametrize("flag", ["--exclude=packages", "--parents"])
def test_of_another_stage_it_is_not_known_what_arrives(flag):
    """What `COPY --from` takes is known by its destination alone then."""
    first = "FROM scratch AS a\nCOPY . /s/\n"
    plain, flagged = (
        make_plan(f"{first}FROM debian:12\nCOPY --from=a {f} /s /r\nRUN sh /r/x.sh\n",
                  Given(MemoryFiles({"x.sh": "cat /r/y\n", "y": ""})))
        for f in ("", flag)
    )  # fmt: skip

    assert plain.stages[1].steps[-1].effects.doubt is None
    assert flagged.stages[1].steps[-1].effects.doubt is not None
