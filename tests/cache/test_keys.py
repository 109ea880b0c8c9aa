"""Which changes of a Dockerfile leave which later steps in the cache: a row a rule."""

from __future__ import annotations

import pytest

from optimizer.cache.contents import Contents
from optimizer.cache.records import Records
from optimizer.cache.vertices import vertices
from optimizer.context.files import MemoryFiles

FILES = {"f": "f\n", "g": "g\n", "d/x": "x\n", "e/x": "x\n"}


def rebuilt(before, after, args=((), ()), builder="buildkit", target=None):
    """What is printed of the steps of `after` behind a build of `before`: h and m."""
    records = Records()
    for text, given in ((before, args[0]), (after, args[1])):
        graph = vertices(text, dict(given), target, builder)
        built = records.build(graph, Contents(MemoryFiles(FILES)))
    return "".join("h" if outcome.hit else "m" for _, outcome in built.steps())


# An instruction in front of a RUN and a COPY; what it is changed to; RUN and COPY.
IN_FRONT = [
    ("ARG A=1", "ARG A=2", "mm"),
    ("", "ARG A=", "mm"),
    ("", "ARG A", "hh"),
    ("", "ENV A=1", "mm"),
    ("ENV A=1\nENV B=2", "ENV B=2\nENV A=1", "mm"),
    ("ENV A=1\nENV B=2", "ENV A=1 B=2", "hh"),
    ("ENV A=1\nENV B=2", "ENV A=1\nENV B=2\nENV A=1", "mm"),
    ("ENV A=2", "ENV A=1\nENV A=2", "hh"),
    ("ENV A=1", "ENV A=2", "mm"),
    ("ENV A=1", "ENV A 1", "hh"),
    ("USER root", "USER 0", "mm"),
    ("", "USER root", "mm"),
    ("", 'SHELL ["/bin/sh", "-c"]', "hh"),
    ("", 'SHELL ["/bin/bash", "-c"]', "mm"),
    ("", "WORKDIR /", "hh"),
    ("", "# a comment\n\n", "hh"),
    ("LABEL a=1", "LABEL a=2", "hh"),
    ("CMD a", "CMD b", "hh"),
    ("ENTRYPOINT a", "ENTRYPOINT b", "hh"),
    ("EXPOSE 1", "EXPOSE 2", "hh"),
    ("", "HEALTHCHECK CMD true", "hh"),
    ("STOPSIGNAL 9", "STOPSIGNAL 15", "hh"),
    ("MAINTAINER a", "MAINTAINER b", "hh"),
    ("VOLUME /a", "VOLUME /b", "hh"),
    ("ONBUILD RUN a", "ONBUILD RUN b", "hh"),
    ("ARG HTTP_PROXY=a", "ARG HTTP_PROXY=b", "mm"),
]


@pytest.mark.parametrize(("before", "after", "steps"), IN_FRONT)
def test_instruction_in_front(before, after, steps):
    """BUILDKIT.md 3.6, with what was observed in groups B1 and B2."""
    rest = "RUN one\nCOPY f /f\n"
    assert rebuilt(f"FROM debian\n{before}\n{rest}", f"FROM debian\n{after}\n{rest}") == steps


# What stands behind FROM; what it is changed to; its steps.
CHANGED = [
    # RUN
    ("RUN a", "run   a", "h"),
    ("RUN a \\\n  b", "RUN a \\\n# a comment\n\n  b", "h"),
    ("RUN a \\\n  b", "RUN a \\\n b", "m"),
    ("RUN a \\\n  b", "RUN a   b", "h"),
    ("RUN a", 'RUN ["/bin/sh", "-c", "a"]', "h"),
    ('SHELL ["/bin/sh", "-c"]\nRUN ["a"]', 'SHELL ["/bin/bash", "-c"]\nRUN ["a"]', "h"),
    ("RUN echo $A", "RUN echo ${A}", "m"),
    ("RUN a", "RUN --network=none a", "m"),
    ("RUN --network=default a", "RUN a", "h"),
    ("RUN <<EOF\na\nEOF", "RUN <<END\na\nEND", "h"),
    ("RUN <<EOF\na\nEOF", "RUN <<EOF\na\n# b\nEOF", "m"),
    ("RUN cat <<EOF\na\nEOF", "RUN cat <<EOF\nb\nEOF", "m"),
    # Mounts
    ("RUN --mount=type=cache,target=/c a", "RUN --mount=type=cache,dst=/c a", "h"),
    ("RUN --mount=type=cache,target=/c a", "RUN a", "m"),
    ("RUN --mount=type=cache,id=a,target=/c a", "RUN --mount=type=cache,id=b,target=/c a", "h"),
    ("RUN --mount=type=cache,target=/c a", "RUN --mount=type=cache,target=/c,mode=0700 a", "m"),
    ("RUN --mount=type=cache,target=/c a", "RUN --mount=type=cache,target=/d a", "m"),
    ("RUN --mount=source=d/x,target=/x a", "RUN --mount=type=bind,src=e/x,dst=/x,ro a", "h"),
    ("RUN --mount=source=f,target=/x a", "RUN --mount=source=g,target=/x a", "m"),
    ("RUN --mount=source=f,target=/x a", "RUN --mount=source=f,target=/x,rw a", "m"),
    (
        "RUN --mount=source=f,target=/x --mount=type=tmpfs,target=/t a",
        "RUN --mount=type=tmpfs,target=/t --mount=source=f,target=/x a",
        "h",
    ),
    ("RUN --mount=type=secret,id=a a", "RUN --mount=type=secret,id=b a", "m"),
    # COPY and ADD
    ("COPY f /d/", "COPY ./f /d/", "h"),
    ("COPY f /d/", "COPY /f /d/", "h"),
    ("COPY f /d/", "COPY ../f /d/", "h"),
    ("COPY f /d/", "ADD f /d/", "m"),
    ("COPY f /d/", "COPY f /d/f", "m"),
    ("COPY d/x /x", "COPY e/x /x", "h"),
    ("COPY d/x /x", "COPY d/../d/x /x", "h"),
    ("COPY f /x", "COPY g /x", "m"),
    ("COPY d /r/", "COPY e /r/", "m"),
    ("COPY f g /d/", "COPY g f /d/", "m"),
    ("COPY f /d/", "COPY --chown=0:0 f /d/", "m"),
    ("COPY f /d/", "COPY --chmod=644 f /d/", "m"),
    ("COPY f /d/", "COPY --chown= f /d/", "h"),
    ("COPY d /r/", "COPY --exclude=y d /r/", "m"),
    ("WORKDIR /a\nCOPY f f", "WORKDIR /a\nCOPY f /a/f", "hh"),
    ("WORKDIR /a\nCOPY f .", "WORKDIR /a\nCOPY f ./", "hh"),
    ("ENV P=/d\nCOPY f $P/", "ENV P=/d Q=1\nCOPY f /d/", "h"),
    ("USER a\nCOPY f /f", "USER b\nCOPY f /f", "h"),
    ("COPY <<f /d/\na\nf", "COPY <<f /d/\nb\nf", "m"),
    ("ARG A=1\nCOPY <<f /d/\n$A\nf", "ARG A=2\nCOPY <<f /d/\n$A\nf", "m"),
    ("ARG A=1\nCOPY <<'f' /d/\n$A\nf", "ARG A=2\nCOPY <<'f' /d/\n$A\nf", "h"),
    # WORKDIR
    ("USER a\nWORKDIR /w", "USER b\nWORKDIR /w", "m"),
    ("WORKDIR /w", "WORKDIR /w/", "h"),
    ("WORKDIR /w\nWORKDIR x", "WORKDIR /w\nWORKDIR /w/x", "hh"),
    # FROM
    ("FROM a AS x\nRUN a", "FROM a AS y\nRUN a", "h"),
    # ARG and ENV of one name: the later line counts
    ("ENV X=1\nARG X=2\nRUN a", "ENV X=3\nARG X=2\nRUN a", "h"),
    ("ARG X=2\nENV X=1\nRUN a", "ARG X=3\nENV X=1\nRUN a", "h"),
    ("ARG A=1\nARG B=$A\nRUN a", "ARG A=1\nARG B=1\nRUN a", "h"),
]


@pytest.mark.parametrize(("before", "after", "steps"), CHANGED)
def test_changed_instruction(before, after, steps):
    """BUILDKIT.md 3.1 to 3.7: what is in a key, and what is not."""
    before, after = (t if t.startswith("FROM") else f"FROM base\n{t}" for t in (before, after))
    assert rebuilt(before, after) == steps


ARGUMENTS = [
    ("FROM b\nARG A\nRUN a", {}, {"A": "1"}, "m"),
    ("FROM b\nARG A=1\nRUN a", {}, {"A": "1"}, "h"),
    ("FROM b\nRUN a", {}, {"A": "1"}, "h"),
    ("FROM b\nRUN a", {}, {"HTTP_PROXY": "1"}, "h"),
    ("FROM b\nRUN a\nARG A\nCOPY f /f\nRUN b", {}, {"A": "1"}, "hhm"),
    ("ARG G=1\nFROM b\nRUN a", {}, {"G": "2"}, "h"),
    ("ARG G=1\nFROM b\nARG G\nRUN a", {}, {"G": "2"}, "m"),
    ("ARG V=1\nFROM b:$V\nRUN a", {}, {"V": "2"}, "m"),
    ("FROM b AS x\nARG A=1\nFROM x\nRUN a", {}, {"A": "2"}, "m"),
]


@pytest.mark.parametrize(("text", "first", "second", "steps"), ARGUMENTS)
def test_build_arguments(text, first, second, steps):
    """BUILDKIT.md 1.8: scopes and defaults."""
    assert rebuilt(text, text, (first, second)) == steps


STAGES = [
    # a stage that nobody asks for has no say
    ("FROM b AS x\nRUN a\nFROM b\nRUN c", "FROM b AS x\nRUN z\nFROM b\nRUN c", "h"),
    # cutting a stage in two keeps its keys ...
    ("FROM b\nENV E=1\nRUN a\nRUN c", "FROM b AS x\nENV E=1\nRUN a\nFROM x\nRUN c", "hh"),
    # ... but not with an ARG, nor with an ENV that was set again: Env is set once more
    ("FROM b\nARG A=1\nENV E=1\nRUN a\nRUN c", "FROM b AS x\nARG A=1\nENV E=1\nRUN a\nFROM x\nRUN c", "hm"),
    ("FROM b\nENV E=1\nARG A=1\nRUN a\nRUN c", "FROM b AS x\nENV E=1\nARG A=1\nRUN a\nFROM x\nRUN c", "hm"),
    ("FROM b\nENV E=1\nENV F=1\nENV E=2\nRUN a\nRUN c", "FROM b AS x\nENV E=1\nENV F=1\nENV E=2\nRUN a\nFROM x\nRUN c", "hm"),
    # equal vertices of two stages are one
    ("FROM b AS x\nRUN a\nFROM b\nRUN a\nCOPY --from=x /f /f", "FROM b AS x\nRUN a\nFROM b\nRUN a\nCOPY --from=x /f /f", "hh"),
    # a copy from a stage that is built again, and from one that is not
    ("FROM b AS x\nRUN a\nFROM b\nCOPY --from=x /f /f", "FROM b AS x\nRUN z\nFROM b\nCOPY --from=x /f /f", "mm"),
    ("FROM b AS x\nRUN a\nFROM b\nCOPY --from=x /f /f", "FROM b AS y\nRUN a\nFROM b\nCOPY --from=0 /f /f", "hh"),
    ("FROM b\nCOPY --from=i:1 /f /f", "FROM b\nCOPY --from=i:2 /f /f", "m"),
    # triggers of a stage run first in the one that continues it
    ("FROM b AS x\nONBUILD RUN a\nFROM x\nRUN c", "FROM b AS x\nONBUILD RUN z\nFROM x\nRUN c", "mm"),
    # --link: the copy stays, what stands behind it does not
    ("FROM b\nRUN a\nCOPY --link f /f\nRUN c", "FROM b\nRUN z\nCOPY --link f /f\nRUN c", "mmm"),
    ("FROM b\nRUN a\nCOPY --link --chmod=1 f /f", "FROM b\nRUN z\nCOPY --link --chmod=1 f /f", "mm"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "steps"), STAGES)
def test_stages(before, after, steps):
    """BUILDKIT.md 2, 7 and 8."""
    assert rebuilt(before, after) == steps


def test_a_step_behind_a_miss_is_a_miss():
    """Even if it is the same, and its files are."""
    assert rebuilt("FROM b\nRUN a\nCOPY f /f\nWORKDIR /w", "FROM b\nRUN z\nCOPY f /f\nWORKDIR /w") == "mmm"


def test_target():
    """Only what the target needs is built."""
    text = "FROM b AS x\nRUN a\nFROM b AS y\nRUN c\n"
    assert rebuilt(text, text, target="x") == "h"


LINEAR = [
    ("legacy", "LABEL a=1\nRUN a", "LABEL a=2\nRUN a", "m"),
    ("buildah", "LABEL a=1\nRUN a", "LABEL a=2\nRUN a", "m"),
    ("buildah", "ARG A=1\nCOPY f /f\nRUN a", "ARG A=2\nCOPY f /f\nRUN a", "hm"),
    ("buildah", "ARG A=1\nCOPY f /f\nRUN a", "COPY f /f\nARG A=1\nRUN a", "mm"),
    ("legacy", "FROM b AS s\nRUN a\nFROM b\nRUN a", "FROM b AS s\nRUN a\nFROM b\nRUN a", "hh"),
    ("kaniko", "LABEL a=1\nRUN a", "LABEL a=2\nRUN a", "m"),
    ("legacy", "RUN a\nLABEL a=1", "RUN a\nLABEL a=2", "h"),
    ("legacy", "ARG A=1\nCOPY f /f\nRUN a", "ARG A=2\nCOPY f /f\nRUN a", "mm"),
    ("legacy", "COPY f /f\nRUN a", "COPY f /f\nRUN a", "hh"),
    ("kaniko", "COPY f /f\nRUN a", "COPY f /f\nRUN a", "mh"),
]


@pytest.mark.parametrize(("builder", "before", "after", "steps"), LINEAR)
def test_linear_builders(builder, before, after, steps):
    """BUILDKIT.md 9: each instruction is a link of a chain; kaniko keeps RUN alone."""
    assert rebuilt(f"FROM b\n{before}", f"FROM b\n{after}", builder=builder) == steps


def test_the_classic_builder_probes_the_value_of_an_argument_at_run():
    """A value that is given changes the next RUN, not the COPY in front of it."""
    text = "FROM b\nARG A=1\nCOPY f /f\nRUN a"
    assert rebuilt(text, text, ({}, {"A": "2"}), builder="legacy") == "hm"


OLD = [
    ("RUN --mount=type=cache,id=a,target=/c a", "RUN --mount=type=cache,id=b,target=/c a", "m"),
    ("RUN --mount=type=cache,target=/c a", "RUN --mount=type=cache,sharing=locked,target=/c a", "m"),
    ("ARG A=1 B=$A\nRUN a", "ARG A=1 B=\nRUN a", "h"),
    ("ARG A=1\nRUN a", "ARG A=2\nRUN a", "m"),
]


@pytest.mark.parametrize(("before", "after", "steps"), OLD)
def test_buildkit_of_docker_20(before, after, steps):
    """BUILDKIT.md 12: where keys were made otherwise."""
    assert rebuilt(f"FROM debian\n{before}", f"FROM debian\n{after}", builder="buildkit-0.8") == steps


def test_arguments_of_one_line_see_each_other():
    """So it is with current versions."""
    assert rebuilt("FROM b\nARG A=1 B=$A\nRUN a", "FROM b\nARG A=1 B=1\nRUN a") == "h"
