"""A COPY whose source is not known: what may have come of the context, and what cannot have."""

from __future__ import annotations

import pytest

from optimizer.context.files import Link, MemoryFiles
from optimizer.effects.tool import Kind
from optimizer.graph.plan import Given, make_plan

FILES = {
    "package.json": "{}",
    "conf/a.yml": "",
    "conf/deep/b.yml": "",
    "same": "",
    "empty/": "",
}
KEPT, BARE = "COPY ${X} /app/${X}", "COPY ${X} /app/"


def kind(copy, path, files=FILES, before=""):
    """What stands at a path behind the copy, as a `test` tells."""
    script = f"if [ -e {path} ]; then echo a > /there; else echo b > /absent; fi"
    text = f"FROM scratch\n{before}ARG X\n{copy}\nWORKDIR /run\nRUN {script}\n"
    written = make_plan(text, Given(MemoryFiles(files))).stages[0].steps[-1].effects.surely_writes
    if "/there" in written:
        return Kind.FILE
    return Kind.ABSENT if "/absent" in written else Kind.UNKNOWN


@pytest.mark.parametrize(
    ("copy", "path"),
    [
        (KEPT, "/app/lock.json"),
        (KEPT, "/app/a.yml"),
        (KEPT, "/app/deep/b.yml"),
        (KEPT, "/app/conf/deep/a.yml"),
        (KEPT, "/app/package.json/same"),
        (KEPT, "/srv/package.json"),
        (KEPT, "/package.json"),
        ("COPY $X /app/$X", "/app/lock.json"),
        ("COPY --chown=${U} $X /app/$X", "/app/lock.json"),
        ("COPY conf/${X}.yml /app/conf/${X}.yml", "/app/conf/c.yml"),
        (BARE, "/app/lock.json"),
        (BARE, "/app/deep/a.yml"),
        (BARE, "/srv/package.json"),
        ("COPY --chown=${U} package.json /app/", "/app/lock.json"),
        ("COPY conf/${X} package.json /app/", "/app/lock.json"),
    ],
)
def test_what_cannot_have_come(copy, path):
    """Of what the context has not, nothing lands."""
    assert kind(copy, path) is Kind.ABSENT


@pytest.mark.parametrize(
    ("copy", "path"),
    [
        (KEPT, "/app/package.json"),
        (KEPT, "/app/conf"),
        (KEPT, "/app/conf/deep/b.yml"),
        (KEPT, "/app/empty"),
        (KEPT, "/app/same/same"),  # a file lands in the folder that has its name
        (KEPT, "/app/*.json"),  # a pattern stays as it is in a destination
        (KEPT, "/app/x/[ab]/c"),
        (BARE, "/app/package.json"),
        (BARE, "/app/a.yml"),
        (BARE, "/app/deep/b.yml"),
        (BARE, "/app/b.yml"),
        (BARE, "/app/empty"),
        ("COPY --chown=${U} package.json /app/", "/app/package.json"),
        ("COPY ${X} /app/x", "/app/x"),
        # Not bounded: flags, an archive that is unpacked, two variables, a destination that may be absolute.
        ("COPY --parents ${X} /app/", "/app/lock.json"),
        ("COPY --exclude=a ${X} /app/", "/app/lock.json"),
        ("COPY --from=other ${X} /app/", "/app/lock.json"),
        ("ADD ${X} /app/", "/app/lock.json"),
        ("COPY ${X} /app/${Y}", "/app/lock.json"),
        ("COPY ${X} ${X}", "/app/lock.json"),
        ("COPY ../${X} /app/../${X}", "/app/lock.json"),
        ("COPY ${X} a /app/${X}", "/app/lock.json"),
        ('COPY "${X}" /app/"${X}"', "/app/lock.json"),
        ("COPY ${X} /app/sub${X}", "/app/sublock.json"),
    ],
)
def test_what_may_have_come(copy, path):
    """All else is not known, and no refusal is lost."""
    assert kind(f"ARG Y\nARG U\n{copy}", f"'{path}'") is Kind.UNKNOWN


@pytest.mark.parametrize(("copy", "path"), [(KEPT, "/app/way/x"), (BARE, "/app/x/y"), (BARE, "/app/way/x")])
def test_links_of_the_context(copy, path):
    """Below a link of the context may stand what the context has not at that place."""
    assert kind(copy, path) is Kind.ABSENT
    assert kind(copy, path, {**FILES, "way": Link("conf"), "b/x": Link("conf")}) is Kind.UNKNOWN


def test_the_destination_is_a_directory():
    """As far as it surely is one."""
    assert kind(KEPT, "/app") is Kind.FILE
    assert kind(BARE, "/app") is Kind.FILE
    assert kind("COPY ${X} /app", "/app") is Kind.UNKNOWN


def test_what_was_there_before():
    """Stays if nothing of the context can have come upon it."""
    made = "COPY conf/a.yml /app/other\nCOPY conf/a.yml /app/package.json\n"

    assert kind(KEPT, "/app/other", before=made) is Kind.FILE
    assert kind(KEPT, "/app/package.json", before=made) is Kind.UNKNOWN
    assert kind(KEPT, "/app/conf/gone", before=made) is Kind.ABSENT


def test_an_install_behind_it():
    """It looks for its settings, which the context does not have."""
    lines = ["FROM node:20", "ARG X", KEPT, "WORKDIR /app", "COPY package.json ./", "RUN yarn install"]

    def doubt(**more):
        files = MemoryFiles({**FILES, **more})
        return make_plan("\n".join(lines), Given(files)).stages[0].steps[-1].effects.doubt

    assert doubt() is None
    assert doubt(**{".yarnrc": ""})
