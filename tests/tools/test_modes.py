"""The mode that chmod gives: by chmod itself."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given as each
from hypothesis import settings
from hypothesis import strategies as st

from optimizer.context.files import MemoryFiles
from optimizer.effects.tools.modes import given
from optimizer.pipeline import Project, optimize
from optimizer.settings import Settings
from tests.effects.machine import effects_of

ACTIONS = st.tuples(st.sampled_from("+-="), st.sampled_from(["", "r", "w", "x", "rx", "rwx"])).map("".join)
CLAUSES = st.tuples(st.sampled_from(["", "u", "go", "a", "ugo"]), ACTIONS).map("".join)
TEXTS = st.sampled_from(["755", "0644", "600", "7", "4755"]) | st.lists(CLAUSES, min_size=1, max_size=3).map(",".join)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """A file to change."""
    path = tmp_path_factory.mktemp("modes") / "x"
    path.touch()
    return path


@settings(max_examples=60)
@each(mode=st.integers(0, 0o777), text=TEXTS)
def test_as_chmod_does(file, mode, text):
    """What is known of it is right."""
    known = given(mode, text)
    file.chmod(mode)
    subprocess.run(["sh", "-c", f"umask 022; chmod -- {text} {file}"], check=True, capture_output=True)

    assert known is None or known == file.stat().st_mode & 0o7777


@pytest.mark.parametrize("text", ["u+s", "+X", "g=u", "=x", "u+rt", "999", "--reference"])
def test_what_is_not_known(text):
    """Bits and copies that are seldom used."""
    assert given(0o755, text) is None


RUN = "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN {} && apt-get update && apt-get install -y curl\n"


def changed(mode, words, **settings):
    """The lines of the rewritten file, and what it assumes."""
    context = MemoryFiles({"run.sh": ("#!/bin/sh\n", mode), "src/x.js": ""})
    result = optimize(RUN.format(words), Project(context), Settings(**settings))
    return result.after.splitlines()[2:], [a for d in result.rewrites for a in d.assumption.split(", ") if a]


@pytest.mark.parametrize("words", ["chmod +x run.sh", "chmod 755 ./run.sh", "chmod a+rx,u+w run.sh"])
def test_a_script_that_is_executable_already(words):
    """The COPY may pass: behind it the script is as executable as it was."""
    lines, assumed = changed(0o755, words)

    assert lines[0] == "COPY run.sh ./"
    assert lines[-1] == "COPY . ."
    assert assumed == ["modes-as-committed"]


@pytest.mark.parametrize(
    ("mode", "words", "strict"),
    [(0o644, "chmod +x run.sh", False), (0o755, "chmod 700 run.sh", False), (0o755, "chmod -R +x .", False),
     (0o755, "chmod +x run.sh", True)],
)  # fmt: skip
def test_a_mode_that_would_be_undone(mode, words, strict):
    """Of a script that is not executable yet, of all below a folder, or where nothing is assumed."""
    assert changed(mode, words, strict=strict)[0] == RUN.format(words).splitlines()[2:]


def test_a_way_through_a_link():
    """What leads through one is changed for all that is known."""
    script = "ln -s /app /x && chmod +x /x/run.sh"
    effects = effects_of(script, {"/app/run.sh": ""})

    assert not effects.conditional
