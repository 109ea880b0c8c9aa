"""pip: what each command takes from a project, and what it leaves there."""

from __future__ import annotations

import pytest

from optimizer.effects.model import Effects, covers
from tests.effects.machine import command, effects_of

APP = {
    "/app/requirements.txt": "flask==3.0.0\n",
    "/app/app.py": "import flask\n",
    "/app/setup.py": "from setuptools import setup\nsetup(name='app')\n",
    "/app/pyproject.toml": "[project]\nname = 'app'\n",
}
SPLIT = {
    "/app/requirements/prod.txt": "-r base.txt\n-c ../constraints.txt\n",
    "/app/requirements/base.txt": "flask\n",
    "/app/requirements/dev.txt": "-r base.txt\npytest\n",
    "/app/constraints.txt": "flask==3.0.0\n",
    "/app/app.py": "",
}
LOCAL = {
    "/app/requirements.txt": "-e ./libs/a\nlibs/b ; python_version > '3'\nc @ file:///app/libs/c\n",
    "/app/libs/a/setup.py": "from setuptools import setup\nsetup()\n",
    "/app/libs/b/pyproject.toml": "[project]\nname = 'b'\n",
    "/app/libs/c/pyproject.toml": "[project]\nname = 'c'\n",
    "/app/app.py": "",
}
LOOP = {"/app/a.txt": "-r b.txt\n", "/app/b.txt": "-r a.txt\nflask\n"}
LINKS = {
    "/app/reqs/r.txt": "--no-index\n-f wheels\nflask\n",
    "/app/reqs/wheels/flask-3-py3-none-any.whl": "",
    "/app/app.py": "",
}


def taken(effects: Effects, files: dict[str, str]) -> set[str]:
    """The files of the project that are read or probed, relative to /app."""
    seen = effects.reads | effects.probes
    return {f.removeprefix("/app/") for f in files if any(covers(p, f) for p in seen)}


def left(effects: Effects, files: dict[str, str]) -> set[str]:
    """The files of the project that may be written."""
    return {f.removeprefix("/app/") for f in files if any(covers(p, f) for p in effects.writes)}


@pytest.mark.parametrize(
    ("line", "files", "reads"),
    [
        ("pip install -r requirements.txt", APP, {"requirements.txt"}),
        ("pip3 install --requirement=requirements.txt", APP, {"requirements.txt"}),
        ("pip install -qr requirements.txt", APP, {"requirements.txt"}),
        ("pip install --no-cache -r requirements.txt", APP, {"requirements.txt"}),
        ("pip --no-cache-dir install -U pip -r requirements.txt", APP, {"requirements.txt"}),
        ("pip install --no-cache-dir --upgrade pip setuptools wheel", APP, set()),
        ("pip install -r file:///app/requirements.txt", {"/app/requirements.txt": ""}, {"requirements.txt"}),
        ("python -m pip install -r requirements.txt", APP, {"requirements.txt"}),
        ("python3.11 -Im pip install -r requirements.txt", APP, {"requirements.txt"}),
        ("/opt/venv/bin/pip install -r requirements.txt", APP, {"requirements.txt"}),
        ("pip install -r requirements/prod.txt", SPLIT, {"requirements/prod.txt", "requirements/base.txt", "constraints.txt"}),
        ("pip install -r requirements/dev.txt -c constraints.txt", SPLIT, {"requirements/dev.txt", "requirements/base.txt", "constraints.txt"}),
        ("pip install -r a.txt", LOOP, {"a.txt", "b.txt"}),
        ("pip install -r requirements.txt", LOCAL, {"requirements.txt", "libs/a/setup.py", "libs/b/pyproject.toml", "libs/c/pyproject.toml"}),
        ("pip install -r reqs/r.txt", LINKS, {"reqs/r.txt", "reqs/wheels/flask-3-py3-none-any.whl"}),
        ("pip install reqs/wheels/flask-3-py3-none-any.whl", LINKS, {"reqs/wheels/flask-3-py3-none-any.whl"}),
        ("pip install ./libs/a", LOCAL, {"libs/a/setup.py"}),
        ("pip install './libs/b[extra]'", LOCAL, {"libs/b/pyproject.toml"}),
        ("pip install .", APP, {"app.py", "setup.py", "pyproject.toml"}),
        ("pip install -e .[dev]", APP, {"app.py", "setup.py", "pyproject.toml"}),
        ("pip wheel -w /wheels -r requirements.txt", APP, {"requirements.txt"}),
        ("pip download -d /wheels -r requirements.txt", APP, {"requirements.txt"}),
        ("pip uninstall -y -r requirements.txt", APP, {"requirements.txt"}),
        ("pip freeze", APP, set()),
        ("pip --version", APP, set()),
        ("pip config set global.index-url https://example.org/simple", APP, set()),
        ("pip cache purge", APP, set()),
        ("pip hash app.py", APP, {"app.py"}),
    ],
)  # fmt: skip
def test_reads_of_the_project(line, files, reads):
    """A pip command takes these files of the project, and nothing is in doubt."""
    effects = effects_of(line, files)

    assert effects.doubt is None
    assert taken(effects, files) == reads


@pytest.mark.parametrize(
    ("line", "files", "doubt"),
    [
        ("pip install -r requirements.txt", {}, "/app/requirements.txt is not there when this runs"),
        ("pip install -r $(hostname)", APP, "the name of a requirements file is not known"),
        ("pip install $(hostname)", APP, "a requirement of pip is not known"),
        ("pip install -t $(hostname) flask", APP, "where pip installs to is not known"),
        ("pip frobnicate", APP, "pip frobnicate is not a command that dfopt knows"),
        ("pip install --frobnicate flask", APP, "pip's option --frobnicate is not known"),
        ("pip install ./nowhere", APP, "the project /app/nowhere is not there"),
        ("pip install nowhere.whl", APP, "/app/nowhere.whl is not there"),
        ("pip config edit", APP, "editor"),
        ("pip config set global.constraint c.txt", APP, "pip config sets constraint"),
        ("PYTHONUSERBASE=$(hostname) pip install --user x", APP, "where pip installs to is not known"),
        ("pip install -r r.txt", {"/app/r.txt": "--frobnicate\n"}, "--frobnicate in a requirements file"),
        ("pip install -r r.txt", {"/app/r.txt": "-r more.txt\n"}, "/app/more.txt is not there"),
        ("pip install -r r.txt", {"/app/r.txt": "<<<<<<< HEAD\n"}, "is not understood"),
        ("pip install .", {"/app/setup.py": "open('../VERSION')"}, "/app/setup.py may reach out of its folder"),
        ("pip install .", {"/app/pyproject.toml": "["}, "cannot be read"),
        ("python -m pip install flask", {"/app/json.py": ""}, "/app/json.py stands before Python's own module"),
        ("python -m pip install flask", {"/app/pip/__init__.py": ""}, "/app/pip/__init__.py stands before"),
        ("PYTHONPATH=/app pip install flask", {"/app/types.py": ""}, "/app/types.py stands before"),
        ("PIP_CONFIG_FILE=$(hostname) pip install flask", {}, "PIP_CONFIG_FILE"),
        ("PIP_REQUIREMENT=no.txt pip install flask", {}, "/app/no.txt is not there"),
        ("PIP_REQUIREMENT=$(hostname) pip install flask", {}, "the name of a requirements file"),
        ("pip install --index-url $(hostname) flask", {}, "a place that pip finds archives in"),
    ],
)  # fmt: skip
def test_doubts(line, files, doubt):
    """What is not known is said with its reason."""
    assert doubt in (effects_of(line, files).doubt or "no doubt")


@pytest.mark.parametrize("name", ["PIP_EXTRA_INDEX_URL", "PIP_INDEX_URL", "PIP_FIND_LINKS"])
def test_an_index_that_a_variable_names(name):
    """`ARG PIP_INDEX_URL`: not known, it is an address or a folder anywhere; an address is no folder."""
    unknown = effects_of("pip install -r requirements.txt", APP, env={name: "\0"})
    address = effects_of("pip install -r requirements.txt", APP, env={name: "https://example.org"})

    assert (unknown.doubt, address.doubt) == (None, None)
    assert "/**" in unknown.reads - address.reads


def test_requirements_of_unknown_content():
    """A file that an earlier step wrote may name any other file."""
    given = effects_of("pip install -r requirements.txt", unknown=["/app/requirements.txt"])

    assert given.doubt == "the content of /app/requirements.txt is not known"


@pytest.mark.parametrize(
    ("line", "files", "writes"),
    [
        ("pip install -r requirements.txt", APP, set()),
        ("pip wheel -w wheels -r requirements.txt", APP, set()),
        ("pip install ./libs/a", LOCAL, {"libs/a/setup.py"}),
        ("pip install -t . flask", {"/app/app.py": ""}, {"app.py"}),
        ("pip download flask", {"/app/app.py": ""}, {"app.py"}),
        ("pip install -e git+https://example.org/x.git#egg=x", {"/app/app.py": "", "/app/src/x.py": ""}, {"src/x.py"}),
    ],
)  # fmt: skip
def test_writes_in_the_project(line, files, writes):
    """A pip command may change these files of the project."""
    assert left(effects_of(line, files), files) == writes


@pytest.mark.parametrize(
    ("text", "unpinned"),
    [
        ("flask==3.0.0\nrequests===2.0\n", False),
        ("flask==3.0.*\n", True),
        ("flask>=3\n", True),
        ("flask\n", True),
        ("flask==3.0.0 \\\n    --hash=sha256:aa\nrequests==1 --hash=sha256:bb\n", False),
        ("--require-hashes\nflask\n", False),
        ("flask\n-c c.txt\n", False),
        ("git+https://example.org/x.git@main\n", True),
        ("x @ git+https://example.org/x.git@" + "a" * 40 + "\n", False),
        ("https://example.org/x-1.0.tar.gz\n", False),
        ("# nothing\n\n", False),
        ("Flask_Login\n-c c.txt\n", False),
    ],
)
def test_pins(text, unpinned):
    """Versions, hashes, commits and constraints fix what is fetched."""
    files = {"/app/r.txt": text, "/app/c.txt": "flask==3.0.0\nflask-login==0.6\n"}
    effects = effects_of("pip install -r r.txt", files)

    assert effects.doubt is None
    assert effects.unpinned == unpinned


@pytest.mark.parametrize(
    ("settings", "reads"),
    [
        ({"/etc/pip.conf": "[install]\nconstraint = /app/c.txt\n"}, {"/etc/pip.conf", "/app/c.txt"}),
        ({"/root/.config/pip/pip.conf": "[global]\nfind-links = /app/c.txt\n"}, {"/root/.config/pip/pip.conf", "/app/c.txt"}),
        ({"/root/.pip/pip.conf": "[global]\nno-index = true\n"}, {"/root/.pip/pip.conf"}),
        ({"/root/.netrc": ""}, {"/root/.netrc"}),
        ({"/app/setup.cfg": ""}, {"/app/setup.cfg"}),
        ({"/app/pip.conf": ""}, set()),
        ({"/root/.pypirc": ""}, set()),
    ],
)  # fmt: skip
def test_settings(settings, reads):
    """The configuration files of pip are read, and what they name."""
    files = {"/app/c.txt": "flask==1\n", **settings}
    effects = effects_of("pip install flask", files)

    assert effects.doubt is None
    assert {f for f in files if any(covers(p, f) for p in effects.reads)} == reads


def test_sdists_may_observe_any_variable():
    """Only where nothing is built are the variables known."""
    assert "*" in effects_of("pip install flask").variables
    assert "*" not in effects_of("pip install --only-binary=:all: flask").variables


def test_utf16():
    """A requirements file that PowerShell wrote is read as pip reads it."""
    text = b"\xff\xfe" + "-r b.txt\r\n".encode("utf-16-le")
    files = {"/app/r.txt": text.decode("utf-8", "surrogateescape"), "/app/b.txt": "flask\n"}
    given = command("pip install -r r.txt", {})
    assert given.cwd == "/app"
    from optimizer.effects.tools.pip_requirements import decoded

    assert decoded(files["/app/r.txt"]) == "-r b.txt\r\n"


def test_environment_is_found():
    """The pip of an environment installs into it."""
    line = "python3 -m venv /srv/env && /srv/env/bin/pip install flask"

    assert any(covers(w, "/srv/env/lib/x.py") for w in effects_of(line).writes)
