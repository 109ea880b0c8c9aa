"""Commands that the settings teach, tools that plugins bring, and the helper that checks these."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from optimizer.context.files import MemoryFiles
from optimizer.effects import taught
from optimizer.effects.model import Effects, unknown
from optimizer.effects.taught import table
from optimizer.effects.tool import Command, Tool
from optimizer.errors import UserError
from optimizer.pipeline import Project, optimize
from optimizer.settings import Settings, Taught, read
from optimizer.testing import Row, check_tool
from tests.effects.machine import effects_of

GEN = Taught(
    ("./tools/gen.sh",),
    reads=("schema/**", "gen.toml"),
    writes=("out/**",),
    probes=("/etc/genrc",),
)
FILES = {"/app/tools/gen.sh": "#!/usr/bin/perl\n", "/app/gen.toml": "", "/app/schema/a": ""}


def test_a_taught_command():
    """Paths are where it runs; the program itself is read; it may see every variable."""
    found = effects_of("./tools/gen.sh --all", FILES, tools=table((GEN,)))

    assert found.doubt is None
    assert {"/app/schema/**", "/app/gen.toml", "/app/tools/gen.sh"} <= found.reads
    assert {"/app/out/**"} <= found.writes
    assert {"/etc/genrc"} <= found.probes
    assert "*" in found.variables
    assert effects_of("./tools/gen.sh", FILES).doubt is not None


@pytest.mark.parametrize(
    ("line", "doubt"),
    [
        ("gen all", False),
        ("gen all --fast", False),
        ("gen", True),
        ("gen some", True),
        ("./gen all", True),
    ],
)
def test_known_by_its_arguments(line, doubt):
    """Only the command lines that begin as the settings say."""
    found = effects_of(line, tools=table((Taught(("gen", "all")),)))

    assert doubt == (found.doubt is not None)


def test_the_rest_of_a_known_tool_stays_known():
    """Teaching `npm run gen` leaves `npm --version` to dfopt."""
    tools = table((Taught(("npm", "run", "gen"), reads=("a",)),))

    assert effects_of("npm run gen", tools=tools).reads >= {"/app/a"}
    assert effects_of("npm --version", tools=tools).doubt is None
    assert effects_of("npm run other", tools=tools).doubt is not None


def test_the_longest_match_counts():
    """`gen all` may be taught beside `gen`."""
    tools = table((Taught(("gen",), reads=("a",)), Taught(("gen", "all"), reads=("b",))))

    assert {"/app/b"} <= effects_of("gen all", tools=tools).reads
    assert "/app/a" not in effects_of("gen all", tools=tools).reads


def test_a_program_that_was_copied_is_read():
    """What stands on the PATH by a COPY is an input as well."""
    files = {"/usr/local/bin/gen": "#!/usr/bin/perl\n"}
    found = effects_of("gen", files, tools=table((Taught(("gen",)),)))

    assert {"/usr/local/bin/gen"} <= found.reads


def test_rewrite_goes_by_what_is_taught():
    """The COPY is narrowed to what the command is said to read."""
    text = "FROM debian:12\nWORKDIR /app\nCOPY . .\nRUN ./tools/gen.sh\n"
    files = MemoryFiles(
        {"tools/gen.sh": "#!/usr/bin/perl\n", "gen.toml": "", "schema/a": "", "src/b": ""}
    )

    assert optimize(text, Project(files)).after == text
    assert optimize(text, Project(files, tools=table((GEN,)))).changed


SETTINGS = {
    "no_reads": ("x", "writes = []", "needs a program, reads and writes"),
    "no_program": (" ", "reads = []\nwrites = []", "needs a program, reads and writes"),
    "unknown_key": ("x", "reads = []\nwrites = []\nreed = []", "has no 'reed'"),
    "wrong_kind": ("x", "reads = 'a'\nwrites = []", "reads has a value of a wrong kind"),
    "wrong_seconds": ("x", "reads = []\nwrites = []\nseconds = true", "seconds has a value"),
    "glob": ("x", "reads = ['*.txt']\nwrites = []", "takes paths, and `dir/**`"),
    "stars_in_the_middle": ("x", "reads = ['a/**/b']\nwrites = []", "takes paths"),
    "stars_on_a_name": ("x", "reads = ['a**']\nwrites = []", "takes paths"),
}


@pytest.mark.parametrize(("name", "lines", "words"), SETTINGS.values(), ids=SETTINGS)
def test_settings_are_checked(tmp_path, name, lines, words):
    """What is not understood is refused."""
    path = tmp_path / "dfopt.toml"
    path.write_text(f'[commands."{name}"]\n{lines}\n')
    with pytest.raises(UserError, match=re.escape(words)):
        read(path)


def test_settings_are_read(tmp_path):
    """As in the README."""
    path = tmp_path / "pyproject.toml"
    path.write_text(
        '[tool.dfopt.commands."gen all"]\nreads = ["a/**", "/etc/x", "**"]\nwrites = []\nnetwork = true\nseconds = 3\n'
    )

    assert read(path).commands == (
        Taught(("gen", "all"), reads=("a/**", "/etc/x", "**"), network=True, seconds=3),
    )
    assert Settings().commands == ()


def effects(command: Command) -> Effects:
    """`gen` of the README."""
    if command.arguments:
        return unknown(f"gen {command.arguments[0]} is not modelled")
    return Effects(
        reads=frozenset({command.path("gen.toml")}),
        writes=frozenset({command.path("out") + "/**"}),
        seconds=3.0,
    )


PLUGIN = Tool("gen", ("gen",), effects, "reads gen.toml, writes out/; flags are a doubt")
ROW = Row("gen", files={"/app/gen.toml": ""}, reads={"/app/gen.toml"}, writes={"/app/out/**"})


class Entry:
    """An entry point."""

    name = "gen"

    def __init__(self, value):
        self.value = value

    def load(self):
        if isinstance(self.value, Exception):
            raise self.value
        return self.value


@pytest.fixture
def install(monkeypatch):
    """Pretend that distributions offer these entry points."""

    def installed(*values):
        monkeypatch.setattr(taught, "entry_points", lambda **_: [Entry(v) for v in values])
        taught.plugins.cache_clear()

    yield installed
    taught.plugins.cache_clear()


@pytest.mark.parametrize("value", [PLUGIN, [PLUGIN], (PLUGIN,)], ids=["tool", "list", "tuple"])
def test_a_plugin(install, value):
    """One tool, or several, stand in the table."""
    install(value)

    assert effects_of("gen", {"/app/gen.toml": ""}, tools=table()).reads >= {"/app/gen.toml"}


@pytest.mark.parametrize("value", [3, [3], ImportError("no module")], ids=["int", "list", "error"])
def test_a_bad_plugin_is_told(install, value):
    """By its name; it is the user's to mend."""
    install(value)
    with pytest.raises(UserError, match=r"the plugin gen of dfopt\.tools"):
        table()


def test_a_plugin_that_fails_leaves_a_doubt(install):
    """It takes nothing down."""
    install(Tool("gen", ("gen",), lambda _: 1 / 0, "x"))

    assert "fails: ZeroDivisionError" in effects_of("gen", tools=table()).doubt


def test_the_user_goes_before_a_plugin(install):
    """And a plugin before dfopt."""
    install(PLUGIN)
    tools = table((Taught(("gen",), reads=("mine",)),))

    assert {"/app/mine"} <= effects_of("gen", tools=tools).reads


def test_the_helper_accepts_what_is_right():
    """The table of the README."""
    check_tool(PLUGIN, [ROW, Row("gen --fast", doubt=True)])


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (Row("gen", reads={"/app/gen.toml"}), "writes: expected"),
        (Row("gen", doubt=True), "doubt: expected True"),
        (Row("gen --fast"), "doubt: expected False"),
        (Row("gen", ROW.files, reads=ROW.reads, writes=ROW.writes, network=True), "network"),
    ],
    ids=["writes", "no-doubt", "doubt", "network"],
)
def test_the_helper_tells_what_is_wrong(row, words):
    """The row and the part."""
    with pytest.raises(AssertionError, match=f"{row.line}: {words}"):
        check_tool(PLUGIN, [row])


def test_the_readme_shows_this_plugin():
    """The example there is the one that is tested here."""
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    block = next(b for b in re.findall(r"```python\n(.*?)```", readme, re.DOTALL) if "GEN =" in b)
    names: dict[str, object] = {}
    exec(compile(block, "README.md", "exec"), names)  # noqa: S102 - our own text

    check_tool(names["GEN"], [ROW, Row("gen --fast", doubt=True)])
