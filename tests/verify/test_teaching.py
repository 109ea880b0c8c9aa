"""What dfopt would have to be taught, from what was seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.context.files import MemoryFiles
from optimizer.effects.taught import table
from optimizer.graph.plan import Given, make_plan
from optimizer.report.tracing import settings
from optimizer.settings import Taught
from optimizer.verify.strace import Event, Trace
from optimizer.verify.teaching import suggestions
from optimizer.verify.tracing import Traced

FILES = MemoryFiles({"gen.conf": "", "schema/a": "", "run.sh": "#!/bin/sh\ngen --all\n"})


def suggested(run: str, *events: Event, parents: dict[int, tuple[int, float]] | None = None):
    """What is suggested for a RUN in /app that did this."""
    text = f"FROM debian\nWORKDIR /app\nCOPY . .\nRUN {run}\n"
    given = Given(FILES)

    def understand(taught):
        return make_plan(text, replace(given, tools=table(taught)))

    step = understand(()).stages[0].steps[-1]
    shell = Event(0.0, 1, "run", "/bin/sh", ("/bin/sh", "-c", run))
    trace = Trace([shell, *events], parents or {2: (1, 0.5)})
    return suggestions([Traced(step, trace, frozenset(), frozenset())], understand)


def ran(*words: str, process: int = 2, at: float = 1.0) -> Event:
    return Event(at, process, "run", f"/usr/bin/{words[0]}", words, "/app")


def did(kind: str, *paths: str, process: int = 2) -> list[Event]:
    return [Event(2.0 + n / 100, process, kind, path, (), "/app") for n, path in enumerate(paths)]


def test_what_it_read_and_wrote():
    """Of the system's own files nothing; what it had written itself is not what it read."""
    (found,) = suggested(
        "gen --all",
        ran("gen", "--all"),
        *did("read", "/usr/lib/x.so", "/etc/ld.so.cache", "/app/gen.conf", "/app/schema/a"),
        *did("absent", "/app/.genrc", "/usr/lib/gen/plugin"),
        *did("make", "/app/out"),
        *did("write", "/app/out/1", "/app/log"),
        *[replace(e, at=e.at + 1) for e in did("read", "/app/out/1", "/app/log")],
    )

    assert Taught(
        ("gen", "--all"), reads=("gen.conf", "schema/a"), writes=("log", "out/**"),
        probes=(".genrc",), network=False, seconds=2.0,
    ) == found.taught  # fmt: skip


def test_what_it_changes_in_place():
    """It had read it before, so it is both; a mode that it gives is a change."""
    (found,) = suggested(
        "gen", ran("gen"), *did("read", "/app/gen.conf"), *did("mode", "/app/schema/a"),
        *[replace(e, at=e.at + 1) for e in did("write", "/app/gen.conf")],
    )  # fmt: skip

    assert ("gen.conf",) == found.taught.reads
    assert ("gen.conf", "schema/a") == found.taught.writes


def test_many_names_are_their_folder():
    """So a new source is one of them; so is a folder that was listed."""
    (found,) = suggested(
        "gen",
        ran("gen"),
        *did("read", *(f"/app/src/{n}/x" for n in range(20)), "/app/one"),
        *did("list", "/app/schema", "/app", "/"),
        *did("connect", ""),
    )

    assert ("one", "schema/**", "src/**") == found.taught.reads
    assert found.taught.network
    # It looked around where it runs and above, as bundlers do: that is said, not taught.
    assert ("/", "/app") == found.listed


def test_the_one_that_is_not_known():
    """Not the script around it, which dfopt follows; not what it runs itself."""
    (found,) = suggested(
        "./run.sh",
        ran("./run.sh"),
        ran("gen", "--all", process=3, at=1.2),
        ran("cat", "x", process=4, at=1.4),
        *did("read", "/app/gen.conf", process=4),
        parents={2: (1, 0.5), 3: (2, 1.1), 4: (3, 1.3)},
    )

    assert ("gen", "--all") == found.taught.words
    assert ("gen.conf",) == found.taught.reads


@pytest.mark.parametrize(
    ("run", "events"),
    [
        ("cat gen.conf", [ran("cat", "gen.conf")]),
        # The settings split names at blanks.
        ("gen 'a b'", [ran("gen", "a b")]),
        # What holds it back is no command.
        ('eval "$X"', [ran("cat", "x")]),
    ],
)
def test_nothing_to_teach(run, events):
    assert () == suggested(run, *events)
    assert ["# nothing to teach: no command was found that holds a RUN back"] == list(settings(()))


def test_the_settings_are_read_as_they_are_written(tmp_path):
    """A command whose name needs quotes in TOML, too."""
    import tomllib

    from optimizer.settings import read

    found = suggested("gen --x='\"'", ran("gen", '--x="'), *did("write", "/app/o"))
    file = tmp_path / "pyproject.toml"
    file.write_text("\n".join(settings(found)))

    assert (found[0].taught,) == read(file).commands
    assert {'gen --x="'} == set(tomllib.loads(file.read_text())["tool"]["dfopt"]["commands"])
