"""Projects that are built: what each backend takes of them, and what it leaves."""

from __future__ import annotations

import pytest

from optimizer.effects.model import covers
from tests.effects.machine import effects_of
from tests.measure.python import COMMON, PROJECTS

WHOLE = frozenset(
    {
        "NOTES.txt",
        "docs/index.md",
        "tests/test_demo.py",
        "requirements.txt",
        "Dockerfile",
        "scripts/run.sh",
    }
)
HEAD = frozenset({"pyproject.toml", "LICENSE"})
SUB = ("demo/__init__.py", "demo/data.json", "demo/sub/x.py")


def project(name: str, **more: str) -> dict[str, str]:
    """One of the measured projects, in /app."""
    return {f"/app/{n}": t for n, t in {**COMMON, **PROJECTS[name], **more}.items()}


def taken(line: str, files: dict[str, str]) -> set[str]:
    """The files of the project that a command reads or probes."""
    effects = effects_of(line, files)
    assert effects.doubt is None
    seen = effects.reads | effects.probes
    return {f.removeprefix("/app/") for f in files if any(covers(p, f) for p in seen)}


@pytest.mark.parametrize(
    ("line", "name", "files"),
    [
        ("pip install .", "hatch", HEAD | {".gitignore", *SUB}),
        ("pip install -e .", "hatch", HEAD | {".gitignore", "demo/__init__.py"}),
        ("pip install .", "hatch-src", HEAD | {".gitignore", "README.md", *(f"src/{n}" for n in SUB)}),
        ("pip install -e .", "hatch-src", HEAD | {".gitignore", "README.md", "src/demo/__init__.py"}),
        ("pip install -e .", "hatch-dynamic", HEAD | {".gitignore", "src/demo/__init__.py"}),
        ("pip install .", "flit", HEAD | {"README.md", "demo/__init__.py", "demo/data.json"}),
        ("pip install -e .", "flit", HEAD | {"README.md", "demo/__init__.py"}),
        ("pip install .", "poetry", HEAD | {"README.md", *SUB}),
        ("pip install -e .", "poetry", HEAD | {"README.md", "demo/__init__.py"}),
        ("pip install -e .", "poetry-src", HEAD | {"src/demo/__init__.py"}),
        ("pip install .", "uv", HEAD | {"README.md", *(f"src/{n}" for n in SUB)}),
        ("uv sync", "uv", HEAD | {"README.md", "src/demo/__init__.py"}),
        ("uv sync --no-editable", "uv-flat", HEAD | {*SUB}),
        ("poetry install", "poetry", HEAD | {"README.md", "demo/__init__.py"}),
        ("poetry install --no-root", "poetry", {"pyproject.toml"}),
        ("uv sync", "hatch", HEAD | {".gitignore", "demo/__init__.py"}),
        ("uv sync --no-editable", "hatch", HEAD | {".gitignore", *SUB}),
        ("uv sync --no-install-project", "hatch", {"pyproject.toml"}),
        ("uv pip install .", "hatch", HEAD | {".gitignore", *SUB}),
    ],
)  # fmt: skip
def test_narrow(line, name, files):
    """These backends take these files and no others (by experiment: see tests/measure)."""
    assert taken(line, project(name)) == files


@pytest.mark.parametrize(
    ("line", "files"),
    [
        ("pip install .", project("setup-cfg")),
        ("pip install .", project("pdm")),
        ("python setup.py install", project("setup-py")),
        ("python setup.py develop", project("setup-cfg")),
        ("pip install .", project("hatch", **{"hatch.toml": ""})),
        ("pip install .", project("hatch", **{"src/demo/__init__.py": ""})),
        ("pip install .", {n: t for n, t in project("hatch", **{".git/HEAD": ""}).items() if n != "/app/.gitignore"}),
        ("pip install .", project("hatch", **{".hg/dirstate": ""})),
        ("pip install .", project("poetry", **{".git/HEAD": "ref: refs/heads/main"})),
        ("pip install .", project("uv", **{"src/Demo/__init__.py": ""})),
        ("pip install .", project("uv", **{"pyproject.toml": PROJECTS["uv"]["pyproject.toml"] + "[tool.uv.build-backend]\ndata={data='docs'}\n"})),
        ("pip install .", project("hatch", **{"pyproject.toml": PROJECTS["hatch"]["pyproject.toml"] + "[tool.hatch.build.hooks.custom]\n"})),
        ("pip install .", project("hatch", **{"pyproject.toml": PROJECTS["hatch"]["pyproject.toml"].replace("'hatchling']", "'hatchling','hatch-vcs']")})),
        ("pip install .", project("flit", **{"demo/__init__.py": "from os import name as __version__\n"})),
        ("pip install .", project("poetry", **{"pyproject.toml": PROJECTS["poetry"]["pyproject.toml"] + "include=['docs']\n"})),
    ],
)  # fmt: skip
def test_whole(line, files):
    """What is not plain takes all of the folder."""
    assert taken(line, files) >= WHOLE


@pytest.mark.parametrize(
    ("line", "name", "writes"),
    [
        ("pip install .", "setup-py", {"build/lib/x.py", "demo.egg-info/PKG-INFO"}),
        ("pip install .", "setuptools-auto", {"build/lib/x.py", "src/demo.egg-info/PKG-INFO"}),
        ("pip install .", "hatch", set()),
        ("pip install -e .", "poetry", set()),
        ("pip install .", "setup-cfg", {"build/lib/x.py", "demo.egg-info/PKG-INFO", "demo/x.py"}),
    ],
)  # fmt: skip
def test_writes(line, name, writes):
    """A build leaves these in the folder (setup-cfg imports the package for its version)."""
    effects = effects_of(line, project(name))
    places = {
        "build/lib/x.py",
        "demo.egg-info/PKG-INFO",
        "src/demo.egg-info/PKG-INFO",
        "demo/x.py",
        "demo/__init__.py",
    }
    found = {p for p in places if any(covers(w, f"/app/{p}") for w in effects.writes)}

    assert found >= writes
    assert writes or not found


@pytest.mark.parametrize(
    ("files", "doubt"),
    [
        ({"/app/setup.py": "open('../VERSION')"}, "/app/setup.py may reach out of its folder"),
        ({"/app/setup.py": "open('/etc/version')"}, "/app/setup.py may reach out of its folder"),
        ({"/app/pyproject.toml": "["}, "/app/pyproject.toml cannot be read"),
        ({"/app/pyproject.toml": "[project]\nreadme='../README.md'\n"}, "names something outside its folder: ../README.md"),
        ({"/app/pyproject.toml": "[tool.poetry.dependencies]\nx={path='../x'}\n"}, "/x is not there when this runs"),
        ({"/app/pyproject.toml": "[tool.hatch.version]\npath='/version.py'\n"}, "names something outside its folder"),
    ],
)  # fmt: skip
def test_doubts(files, doubt):
    """What reaches out of the folder is said."""
    assert doubt in (effects_of("pip install .", files).doubt or "no doubt")


def test_foreign_tables_do_not_matter():
    """A linter's settings may name what they like."""
    text = "[tool.ruff]\nextend = '../ruff.toml'\n"

    assert effects_of("pip install .", {"/app/pyproject.toml": text}).doubt is None


@pytest.mark.parametrize("name", ["hatch", "flit", "uv"])
@pytest.mark.parametrize("line", ["pip install .", "pip install -e ."])
def test_repository_is_not_asked(line, name):
    """These ask no repository (hatchling: not if there is a .gitignore of the project's own)."""
    assert taken(line, project(name, **{".git/HEAD": ""})) == taken(line, project(name))


def test_local_dependencies_are_built():
    """A project that is needed by path is read as well."""
    files = {
        "/app/pyproject.toml": "[tool.poetry.dependencies]\nx={path='../libs/x'}\n",
        "/libs/x/setup.py": "from setuptools import setup\nsetup(name='x')\n",
    }

    assert taken("pip install .", files) == {"pyproject.toml", "/libs/x/setup.py"}
