"""jar: what it packs and unpacks."""

from __future__ import annotations

import pytest

from tests.effects.machine import effects_of

FILES = {"/app/lib/a.class": "", "/app/Main.class": "", "/app/m.txt": "", "/w/old.jar": ""}


def run(script):
    return effects_of(script, FILES, cwd="/app")


@pytest.mark.parametrize(
    ("script", "reads", "writes"),
    [
        ("jar xf /w/old.jar", {"/w/old.jar"}, {"/app/**"}),
        ("jar -xvf ../w/old.jar lib", {"/w/old.jar"}, {"/app/**"}),
        ("jar --extract --verbose --file=/w/old.jar", {"/w/old.jar"}, {"/app/**"}),
        ("cd lib && jar --extract --file ../x.jar", {"/app/x.jar"}, {"/app/lib/**"}),
        ("jar -xf /w/*.jar", {"/w/old.jar"}, {"/app/**"}),
        ("jar -xf /w/$(cat name) lib", {"/**"}, {"/app/**"}),
        ("jar tf /w/old.jar", {"/w/old.jar"}, set()),
        ("jar cf /o.jar Main.class", {"/app/Main.class/**"}, {"/o.jar"}),
        ("jar cvfe /o.jar Main -C lib . Main.class", {"/app/lib/**", "/app/Main.class/**"}, {"/o.jar"}),
        ("jar cmf m.txt o.jar lib", {"/app/m.txt", "/app/lib/**"}, {"/app/o.jar"}),
        ("jar uf0 /w/old.jar lib", {"/app/lib/**", "/w/old.jar"}, {"/w/old.jar"}),
    ],
)
def test_what_jar_reads_and_writes(script, reads, writes):
    """The values of letters stand in their order behind them."""
    effects = run(script)

    assert effects.doubt is None
    assert reads <= effects.reads
    assert writes == {p for p in effects.writes if p != "/tmp/**"}
    assert not (reads == {"/w/old.jar"} and "/app/lib/**" in effects.reads)


@pytest.mark.parametrize(
    "script",
    [
        "jar xf /w/old.jar -C /tmp",
        "jar xfP /w/old.jar",
        "cd / && jar xf /w/old.jar",
        "jar cf $(cat name) lib",
        "jar $(cat how) /w/old.jar",
        "jar cf o.jar @files",
        "jar x",
        "jar cxf o.jar",
        "jar --extract --dir /tmp --file /w/old.jar",
        "jar --describe-module --file a.jar",
        "jar",
    ],
)
def test_doubts(script):
    """What is not known of a call, and all that could be anywhere."""
    assert run(script).doubt is not None
