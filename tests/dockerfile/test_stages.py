"""Stages: their bases, and which of them need which."""

from __future__ import annotations

import pytest

from optimizer.dockerfile.source import parse
from optimizer.dockerfile.stages import needed, reference, references, stages
from optimizer.errors import UserError


def bases(text: str, **build_args: str) -> list[tuple[str | None, str | None, int | None]]:
    return [(s.name, s.base, s.base_stage) for s in stages(parse(text), build_args)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM a", [(None, "a", None)]),
        ("FROM a AS B\nFROM b", [("b", "a", None), (None, "b", 0)]),
        ("FROM a AS b\nFROM B", [("b", "a", None), (None, "B", None)]),
        ("FROM a AS b\nFROM 0", [("b", "a", None), (None, "0", None)]),
        ("FROM b\nFROM a AS b", [(None, "b", None), ("b", "a", None)]),
        ("FROM a AS b\nFROM c AS b\nFROM b", [("b", "a", None), ("b", "c", None), (None, "b", 1)]),
        ("ARG V=1\nFROM a:$V", [(None, "a:1", None)]),
        ("ARG V\nFROM a:${V:-2}", [(None, "a:2", None)]),
        ("ARG V=1\nARG W=$V.2 X=${W}-s\nFROM a:$X", [(None, "a:1.2-s", None)]),
        ("FROM a:$V", [(None, "a:", None)]),
        ("ARG V=1\nFROM a\nARG V=2\nFROM a:$V", [(None, "a", None), (None, "a:1", None)]),
        ("FROM a\nENV V=2\nFROM a:${V:-x}", [(None, "a", None), (None, "a:x", None)]),
        ("ARG S=b\nFROM a AS b\nFROM $S", [("b", "a", None), (None, "b", 0)]),
        ("FROM a-$TARGETARCH", [(None, None, None)]),
        ("ARG V=$BUILDOS\nFROM a:$V", [(None, None, None)]),
        ("FROM a AS amd64\nFROM $TARGETARCH", [("amd64", "a", None), (None, None, None)]),
    ],
)
def test_bases(text, expected):
    """A base is an image or a stage above it; what only the builder knows is not known."""
    assert bases(text) == expected


def test_build_arguments_win():
    """A build argument beats the default, also one that the platform sets."""
    assert bases("ARG V=1\nARG W=$V\nFROM a:$W", V="3") == [(None, "a:3", None)]
    assert bases("ARG V=1\nFROM a-$TARGETARCH", TARGETARCH="arm") == [(None, "a-arm", None)]
    assert bases("FROM a:$V", V="3") == [(None, "a:", None)]


@pytest.mark.parametrize(
    "text", ["FROM $V", "ARG V=\nFROM ${V}", "FROM ${V:?set it}", "ARG V='\nFROM a"]
)
def test_bases_that_docker_refuses(text):
    """A blank base is an error, and so is an expansion that fails."""
    with pytest.raises(UserError):
        stages(parse(text))


def test_a_stage_has_its_instructions():
    """The body of a stage goes up to the next FROM; the platform is as written."""
    found = stages(
        parse("ARG A\nFROM --platform=$BUILDPLATFORM a AS b\nRUN c\n\nFROM d\nRUN e\nRUN f\n")
    )
    assert [[i.logical for i in s.instructions] for s in found] == [["c"], ["e", "f"]]
    assert [(s.index, s.start.line, s.platform) for s in found] == [
        (0, 2, "$BUILDPLATFORM"),
        (1, 5, None),
    ]


THREE = stages(parse("FROM a AS one\nFROM b\nFROM c AS Three\nFROM d AS one\nFROM e"))


@pytest.mark.parametrize(
    ("name", "before", "numbers", "expected"),
    [
        ("0", 1, True, 0),
        ("+1", 4, True, 1),
        ("0", 1, False, None),
        ("ONE", 4, True, 3),
        ("three", 4, False, 2),
        ("alpine:3", 4, True, None),
        ("stage-1", 4, True, None),
    ],
)
def test_references(name, before, numbers, expected):
    """A number, a name in any case (the last stage of that name), else an image."""
    assert reference(name, before, THREE, numbers=numbers) == expected


@pytest.mark.parametrize(
    ("name", "before"),
    [("7", 4), ("-1", 4), ("2", 2), ("three", 2), ("one", 2), ("3", 1), ("$V", 4)],
)
def test_references_that_docker_refuses(name, before):
    """A stage cannot copy from itself, from a later one, or from one that is not there."""
    with pytest.raises(UserError, match="--from"):
        reference(name, before, THREE)


NEEDS = """\
FROM a AS base
ONBUILD COPY --from=tools /x /x
FROM t AS tools
FROM base AS build
RUN --mount=from=cache,target=/c x
FROM c AS cache
FROM n AS lone
FROM i AS final
COPY --from=build --chown=1 /a /a
COPY --from=nginx:1 /b /b
ADD x /
"""


def test_needed():
    """A target needs what it copies from, mounts from and continues, and the triggers' sources."""
    text = NEEDS.replace("FROM c AS cache\n", "").replace(
        "FROM t AS tools\n", "FROM t AS tools\nFROM c AS cache\n"
    )
    found = stages(parse(text))
    names = {s.name: s.index for s in found}
    assert [found[i].name for i in sorted(needed(found))] == [
        "base",
        "tools",
        "cache",
        "build",
        "final",
    ]
    assert needed(found, "LONE") == {names["lone"]}
    assert needed(found, "tools") == {names["tools"]}
    assert references(found[names["build"]], found) == (0, 1, 2)


def test_needed_of_a_broken_file():
    """A mount from a later stage has its line; an unknown target has its name."""
    found = stages(parse(NEEDS))
    with pytest.raises(UserError, match="not defined before") as caught:
        needed(found)
    assert caught.value.line == 5
    with pytest.raises(UserError, match="'x' could not be found"):
        needed(found, "x")
    with pytest.raises(UserError, match="could not be found"):
        needed(found, "0")
