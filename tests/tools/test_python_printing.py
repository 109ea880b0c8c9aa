"""What `python -c` prints of a TOML file: known only where the text does nothing else."""

from __future__ import annotations

import shlex

import pytest

from optimizer.effects.tools import TOOLS
from tests.effects.machine import command, effects_of

FILES = {"/app/pyproject.toml": '[project]\nname = "app"\ndependencies = ["six", "idna; python_version > \'3\'"]\nclassifiers = [1]\n'}  # fmt: skip
LOAD = 'tomllib.load(open("pyproject.toml", "rb"))'


def printed(text: str, image: str = "python:3.12") -> str | None:
    given = command(f"python3 -c {shlex.quote(text)}", FILES, image=image)
    return TOOLS["python3"].prints(given)


@pytest.mark.parametrize(
    ("text", "output"),
    [
        (f'import tomllib; print({LOAD}["project"]["name"])', "app\n"),
        (f'import tomllib\nd = {LOAD}\nprint(d["project"]["name"], "x")\nprint("y")', "app x\ny\n"),
        (
            f'import tomllib; print(*{LOAD}["project"]["dependencies"], sep="\\n")',
            "six\nidna; python_version > '3'\n",
        ),
        (f'import tomllib; print({LOAD}["project"]["version"])', None),
        (f'import tomllib; print(*{LOAD}["project"]["name"])', None),
        (f'import tomllib; print(*{LOAD}["project"]["classifiers"])', None),
        (f'import tomllib; print({LOAD}["project"])', None),
        (f'import tomllib; print({LOAD}["project"]["name"], end="")', None),
        ('import tomllib; print(tomllib.load(open("other.toml", "rb"))["project"]["name"])', None),
        (f'import tomllib, os; print({LOAD}["project"]["name"])', None),
        (f'import tomllib as t; print({LOAD}["project"]["name"])', None),
        (f'import tomllib; tomllib = 1; print({LOAD}["project"]["name"])', None),
        ('import tomllib; print(open("pyproject.toml", "rb"))', None),
        ("import tomllib; print(", None),
    ],
)
def test_what_is_printed(text, output):
    """Texts of the manifest, in the order of the words."""
    assert output == printed(text)


def test_an_older_python_prints_nothing():
    """It has no tomllib, and fails."""
    text = f'import tomllib; print({LOAD}["project"]["name"])'

    assert printed(text, "python:3.10") is None
    assert printed(text, "debian:12") is None


def test_the_file_is_read():
    """And a module of the project may stand in tomllib's place."""
    text = f'import tomllib; print({LOAD}["project"]["name"])'
    script = f"python3 -c {shlex.quote(text)}"

    assert "/app/pyproject.toml" in effects_of(script, FILES).reads
    assert effects_of(script, FILES).doubt is None
    assert "/app/tomllib.py" in effects_of(script, FILES | {"/app/tomllib.py": ""}).doubt
    assert effects_of(script.replace("print", "exec"), FILES).doubt


@pytest.mark.parametrize(
    ("script", "doubt"),
    [
        ("printf 'six==1.16.0\\n' | pip install -r /dev/stdin", None),
        ("cat unknown | pip install -r /dev/stdin", "the content of /dev/stdin is not known"),
        ("pip install -r /dev/stdin", "the content of /dev/stdin is not known"),
    ],
)
def test_pip_reads_what_is_piped_into_it(script, doubt):
    """As a file of requirements."""
    assert doubt == effects_of(script, FILES, unknown=["/app/unknown"]).doubt
