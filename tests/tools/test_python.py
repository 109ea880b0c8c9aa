"""python, venv and virtualenv: what installs is known, what runs the project is not."""

from __future__ import annotations

import pytest

from optimizer.effects.model import covers
from optimizer.effects.tools.python import Start, started
from tests.effects.machine import effects_of

APP = {"/app/app.py": "", "/app/manage.py": "", "/app/requirements.txt": "flask\n"}


@pytest.mark.parametrize(
    ("line", "start"),
    [
        ("-m pip install x", Start("m", "pip", ("install", "x"))),
        ("-mpip install", Start("m", "pip", ("install",))),
        ("-uBm pip", Start("m", "pip")),
        ("-Im venv /v", Start("m", "venv", ("/v",), isolated=True)),
        ("-W ignore -X dev app.py -m x", Start("script", "app.py", ("-m", "x"))),
        ("-Wignore -c 1 2", Start("c", "1", ("2",))),
        ("--version", Start("version")),
        ("-VV", Start("version")),
        ("- a", Start("-", "", ("a",))),
        ("", Start("-")),
        ("-Z", Start("", "-Z")),
    ],
)
def test_command_line(line, start):
    """The words are taken apart as the interpreter does."""
    assert started(tuple(line.split())) == start


@pytest.mark.parametrize(
    "line",
    [
        "python --version",
        "python3 -c 'import sys; print(sys.version)'",
        "python -c 'import site; print(site.getsitepackages()[0])'",
        "python -m venv /opt/venv",
        "python3 -m venv --upgrade-deps .venv",
        "virtualenv -p python3 /opt/venv",
        "python -m ensurepip --upgrade",
        "python -m site",
        "python -m spacy download en_core_web_sm",
        "python",
    ],
)
def test_known(line):
    """These run nothing of the project, and leave its files as they are."""
    effects = effects_of(line, APP)

    assert effects.doubt is None
    assert not any(covers(w, f) for w in effects.writes for f in APP)


@pytest.mark.parametrize(
    ("line", "files", "doubt"),
    [
        ("python app.py", APP, "app.py is a program of the project"),
        ("python manage.py collectstatic --noinput", APP, "manage.py is a program of the project"),
        ("python -m app", APP, "python -m app is a program that dfopt does not know"),
        ("python -m pytest", APP, "python -m pytest is a program"),
        ("python -c 'import app'", APP, "python -c runs a program of its own"),
        ("python -c 'print(open(\"x\").read())'", APP, "python -c runs a program of its own"),
        ("python -c 'import sys; sys.modules[\"os\"].remove(\"x\")'", APP, "python -c runs a program of its own"),
        ('python -c "().__class__"', APP, "python -c runs a program of its own"),
        ("python -c '$('", APP, ""),
        ("python <<EOF\nimport app\nEOF", APP, "python runs a program from its standard input"),
        ("python setup.py install", {}, "/app/setup.py is not there when this runs"),
        ("python setup.py install --root=/out", {"/app/setup.py": ""}, "writes outside of its folder"),
        ("python -m venv", APP, "the folder that venv makes is not known"),
        ("python -m venv --frob /v", APP, "--frob is not known"),
        ("python -m venv /v", {"/app/venv.py": ""}, "/app/venv.py stands before Python's own module"),
        ("python -c 'import sys'", {"/app/site/__init__.py": ""}, "stands before"),
        ("python -Z", APP, "python's option -Z is not known"),
    ],
)  # fmt: skip
def test_doubts(line, files, doubt):
    """What runs the project's own code is said to."""
    assert doubt in (effects_of(line, files).doubt or "no doubt")


def test_folder_without_init_shadows_nothing():
    """`html/` of a project stands behind Python's own html (PEP 420)."""
    assert effects_of("python -m pip install flask", {"/app/html/index.html": ""}).doubt is None


def test_names_of_modules_are_probed():
    """A later copy of json.py may not move above `python -m pip`, but above `pip`."""
    assert any(covers(p, "/app/json.py") for p in effects_of("python -m pip install x").probes)
    assert not any(covers(p, "/app/json.py") for p in effects_of("pip install x").probes)


def test_byte_code_is_written_beside_the_sources():
    """It reads and writes all of a folder."""
    effects = effects_of("python -m compileall -q /app", APP)

    assert effects.doubt is None
    assert "/app/**" in effects.writes
