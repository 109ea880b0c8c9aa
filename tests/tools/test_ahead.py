"""What tools offer to have done ahead of a RUN, and when they do not."""

from __future__ import annotations

import pytest

from tests.effects.machine import effects_of

GO = {
    "go.mod": "module example.com/app\n\ngo 1.22\n\nrequire example.com/dep v1.0.0\n",
    "go.sum": "example.com/dep v1.0.0 h1:x=\nexample.com/dep v1.0.0/go.mod h1:y=\n",
    "main.go": "package main\n",
}
UV = {
    "pyproject.toml": '[project]\nname = "app"\nversion = "1"\n[build-system]\nbuild-backend = "hatchling.build"\n',
    "uv.lock": 'version = 1\n[[package]]\nname = "app"\nsource = { editable = "." }\n',
}
POETRY = {
    "pyproject.toml": '[tool.poetry]\nname = "app"\nversion = "1"\n',
    "poetry.lock": '[metadata]\nlock-version = "2.0"\n',
}
UNPACKAGED = {"pyproject.toml": '[project]\nname = "app"\nversion = "1"\n'}
WORKSPACE = {
    "pyproject.toml": UV["pyproject.toml"] + '[tool.uv.workspace]\nmembers = ["lib"]\n',
    "lib/pyproject.toml": UV["pyproject.toml"],
}

# Requirements that pip may install ahead, and the command that prints them.
PIP = {
    "pyproject.toml": '[project]\nname = "app"\nversion = "1"\ndependencies = ["six", "idna>=3; python_version > \'3\'"]\n'
    '[project.optional-dependencies]\nweb = ["click"]\nall = ["app[web]"]\n',
    "src/app/__init__.py": "",
}
PRINTED = """'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"], sep="\\n")'"""
PRINTED_TOO = (
    """'import tomllib; p = tomllib.load(open("pyproject.toml", "rb"))["project"]; """
    """print(*p["dependencies"], *p["optional-dependencies"]["web"], sep="\\n")'"""
)
LISTED = {
    "pyproject.toml": '[project]\nname = "app"\ndynamic = ["version", "dependencies"]\n'
    '[tool.setuptools.dynamic]\ndependencies = {file = ["req/base.txt"]}\n',
    "req/base.txt": "six==1.16.0  # pinned\n",
}
SCRIPTED = {"setup.py": "from setuptools import setup\nsetup(name='app')\n", "requirements.txt": "six==1.16.0\n"}
PYTHON = {"PATH": "/usr/local/bin:/usr/bin:/bin"}


def pyproject(*changes: tuple[str, str]) -> dict[str, str]:
    """The project with another pyproject.toml."""
    text = PIP["pyproject.toml"]
    for old, new in changes:
        text = text.replace(old, new)
    return PIP | {"pyproject.toml": text}


def offered(script, files, **given):
    placed = {f"/app/{name}": text for name, text in files.items() if text is not None}
    return [each for each in effects_of(script, placed, **given).ahead if not each.refused]


@pytest.mark.parametrize(
    ("script", "files", "command"),
    [
        ("go build -o /srv .", GO, "go mod download"),
        ("go install ./...", GO, "go mod download"),
        ("/usr/bin/go build .", GO, "/usr/bin/go mod download"),
        ("go build ./a && go build ./b", GO, "go mod download"),
        ("mkdir -p /out && go build -mod=readonly -o /out/srv .", GO, "go mod download"),
        ("uv sync", UV, "uv sync --no-install-project"),
        ("uv -q sync --locked --extra web", UV, "uv -q sync --locked --extra web --no-install-project"),
        ("uv sync --frozen", UV | WORKSPACE, "uv sync --frozen --no-install-workspace"),
        ("poetry install", POETRY, "poetry install --no-root"),
        ("poetry install -n --only main -E web", POETRY, "poetry install -n --only main -E web --no-root"),
    ],
)  # fmt: skip
def test_a_part_is_offered(script, files, command):
    """With the options of the whole."""
    assert [command] == [each.shown for each in offered(script, files)]


@pytest.mark.parametrize(
    ("script", "files"),
    [
        ("go mod download && go build .", GO),
        ("go get ./... && go build .", GO),
        ("go vet ./...", GO),
        ("go install example.com/tool@v1.2.3", GO),
        ("go build -mod=vendor .", GO),
        ("go build -mod=mod .", GO),
        ("go build -modfile=other.mod .", GO | {"other.mod": GO["go.mod"]}),
        ("go build -modcacherw .", GO),
        ("GOFLAGS=-mod=vendor go build .", GO),
        ("GO111MODULE=off go build .", GO),
        ("GOPROXY=off go build .", GO),
        ("go build .", GO | {"vendor/modules.txt": ""}),
        ("go build .", GO | {"go.work": "go 1.22\nuse .\n"}),
        ("go build .", GO | {"go.mod": "module example.com/app\n\ngo 1.22\n"}),
        ("go build .", GO | {"go.mod": None}),
        ("./configure && go build .", GO),
        ("go build . && go clean -modcache", GO),
        ("go build . && ls /root/go/pkg/mod", GO),
        ("grep -q x /etc/os-release || go build .", GO),
        ("for m in a b; do go build ./$m; done || true", GO),
        ("uv sync --no-install-project", UV),
        ("uv sync --only-dev", UV),
        ("uv sync --upgrade", UV),
        ("uv sync --reinstall", UV),
        ("uv sync --inexact", UV),
        ("uv sync --directory lib", UV),
        ("uv sync", UV | {"uv.lock": None}),
        ("uv sync", UV | UNPACKAGED),
        ("uv sync", UV | {"pyproject.toml": UV["pyproject.toml"] + "[tool.uv]\nno-build-isolation = true\n"}),
        ("uv sync", UV | {"uv.toml": 'no-build-isolation-package = ["app"]\n'}),
        ("UV_NO_BUILD_ISOLATION=1 uv sync", UV),
        ("uv sync && rm -rf /app/.venv/lib/x", UV),
        ("uv export -o r.txt", UV),
        ("poetry install --no-root", POETRY),
        ("poetry install --only-root", POETRY),
        ("poetry install --compile", POETRY),
        ("poetry install -C lib", POETRY),
        ("poetry install", POETRY | {"poetry.lock": None}),
        ("poetry install", POETRY | {"pyproject.toml": POETRY["pyproject.toml"] + "package-mode = false\n"}),
        ("poetry install && rm -rf /root/.cache/pypoetry", POETRY),
        ("poetry install", POETRY | {"pyproject.toml": POETRY["pyproject.toml"] + "[tool.poetry-dynamic-versioning]\nenable = true\n"}),
        ("poetry install", POETRY | {"pyproject.toml": POETRY["pyproject.toml"] + '[tool.poetry.requires-plugins]\nany = "*"\n'}),
        ("poetry update", POETRY),
    ],
)  # fmt: skip
def test_no_part_is_offered(script, files):
    """Where it is done already, is not the same, would be removed, or may not happen."""
    assert [] == offered(script, files)


@pytest.mark.parametrize(
    ("script", "files", "command"),
    [
        ("pip install .", PIP, f"python3 -c {PRINTED} | pip install -r /dev/stdin"),
        ("pip3 install --no-cache-dir -e ./", PIP, f"python3 -c {PRINTED} | pip3 install --no-cache-dir -r /dev/stdin"),
        ("python -m pip install /app", PIP, f"python3 -c {PRINTED} | python -m pip install -r /dev/stdin"),
        ("/opt/v/bin/python -u -mpip install .", PIP, f"python3 -c {PRINTED} | /opt/v/bin/python -u -mpip install -r /dev/stdin"),
        (
            "pip install '.[web]' gunicorn==23.0.0",
            PIP,
            f"python3 -c {PRINTED_TOO} | pip install gunicorn==23.0.0 -r /dev/stdin",
        ),
        ("cd / && pip install ./app", PIP, f"python3 -c {PRINTED.replace('pyproject', 'app/pyproject')} | pip install -r /dev/stdin"),
        ("pip install .", LISTED, "pip install -r req/base.txt"),
        ("pip install -r requirements.txt -e .", SCRIPTED, "pip install -r requirements.txt"),
        ("pip install . && python --version", PIP, f"python3 -c {PRINTED} | pip install -r /dev/stdin"),
        ("uv pip install --system .", PIP, "uv pip install --system -r pyproject.toml"),
        ("uv pip install --no-cache -e .[web]", PIP, "uv pip install --no-cache -r pyproject.toml --extra web"),
    ],
)  # fmt: skip
def test_requirements_are_offered(script, files, command):
    """As they stand in the manifest when the part runs, whatever pip it is."""
    (part,) = offered(script, files, image="python:3.11-slim", env=PYTHON)

    assert command == part.shown
    assert part.differs


@pytest.mark.parametrize(
    ("script", "files", "image"),
    [
        ("pip install .", PIP, "python:3.10"),
        ("pip install .", PIP, "python:2.7"),
        ("pip install .", PIP, "debian:12"),
        ("pip install .", PIP, "python:slim@sha256:0123"),
        ("pip install . ./other", PIP | {"other/pyproject.toml": PIP["pyproject.toml"]}, "python:3.12"),
        ("pip install -U .", PIP, "python:3.12"),
        ("pip install --target /x .", PIP, "python:3.12"),
        ("pip install --no-deps .", PIP, "python:3.12"),
        ("pip install --no-build-isolation .", PIP, "python:3.12"),
        ("PIP_NO_BUILD_ISOLATION=0 pip install .", PIP, "python:3.12"),
        ("pip install --require-hashes .", PIP, "python:3.12"),
        ("pip wheel .", PIP, "python:3.12"),
        ("pip install '.[all]'", PIP, "python:3.12"),
        ("pip install '.[none]'", PIP, "python:3.12"),
        ("pip install .", pyproject(('dependencies = ["six"', 'dynamic = ["dependencies"]\nx = ["six"')), "python:3.12"),
        ("pip install .[web]", pyproject(('version = "1"', 'dynamic = ["optional-dependencies"]')), "python:3.12"),
        ("pip install .", pyproject(('"six"', '"six @ file:///x"')), "python:3.12"),
        ("pip install .", pyproject(('"six"', '"six @ git+https://example.com/six"')), "python:3.12"),
        ("pip install .", pyproject(('"six"', '"six==${SIX}"')), "python:3.12"),
        ("pip install .", pyproject(('"six"', '"app"')), "python:3.12"),
        ("pip install .", pyproject(('"six", ', ""), ("\"idna>=3; python_version > '3'\"", "")), "python:3.12"),
        ("pip install .", pyproject(("[project.opt", "[tool.poetry]\n[project.opt")), "python:3.12"),
        ("pip install .", {"pyproject.toml": None, "setup.py": SCRIPTED["setup.py"]}, "python:3.12"),
        ("pip install .[web]", LISTED, "python:3.12"),
        ("pip install .", LISTED | {"req/base.txt": None}, "python:3.12"),
        ("pip install . && rm -rf /root/.cache/pip", PIP, "python:3.12"),
        ("pip install . && pip uninstall -y six", PIP, "python:3.12"),
        ("pip install six idna && pip install .", PIP, "python:3.12"),
        ("pip install . || true", PIP, "python:3.12"),
        ("pip install -r requirements.txt .", SCRIPTED | {"requirements.txt": "six\n-e ./lib\n", "lib/setup.py": ""}, "python:3.12"),
        ("pip install -r requirements.txt", SCRIPTED, "python:3.12"),
        ("uv pip install .", LISTED, "python:3.12"),
        ("uv pip install -U .", PIP, "python:3.12"),
        ("uv pip install --no-build-isolation .", PIP, "python:3.12"),
        ("uv pip install .", PIP | {"uv.toml": "no-build-isolation = true\n"}, "python:3.12"),
        ("uv pip install .", pyproject(("[project.opt", '[tool.uv.sources]\nsix = {path = "six"}\n[project.opt')), "python:3.12"),
    ],
)  # fmt: skip
def test_requirements_are_not_offered(script, files, image):
    """Where they are not spelled out, are there already, would be removed, or nobody can read them."""
    assert [] == offered(script, files, image=image, env=PYTHON)


@pytest.mark.parametrize(
    ("requires", "path", "known"),
    [
        (">=3.11,<4", "/usr/local/bin:/bin", True),
        ("<4, >= 3.12", "/usr/local/bin:/bin", True),
        ("~=3.13", "/usr/local/bin:/bin", True),
        (">=3.9", "/usr/local/bin:/bin", False),
        ("<3.14", "/usr/local/bin:/bin", False),
        ("!=3.12", "/usr/local/bin:/bin", False),
        (">=3.12", "/venv/bin:/usr/local/bin:/bin", False),
    ],
)
def test_a_project_tells_which_python_installs_it(requires, path, known):
    """Where a digest leaves open what the tag has stood for, and pip is the image's own."""
    files = pyproject(("[project.opt", f"requires-python = '{requires}'\n[project.opt"))
    image = "python:alpine@sha256:0123"

    assert known == bool(offered("pip install .", files, image=image, env={"PATH": path}))


def test_the_images_own_python_reads_the_manifest():
    """Not one that the PATH may lead to first."""
    (part,) = offered("pip install .", PIP, image="python:3.12", env={"PATH": "/venv/bin:/usr/local/bin"})

    assert part.fed[0] == "/usr/local/bin/python3"


@pytest.mark.parametrize(
    ("script", "files", "env", "leaves"),
    [
        ("go build .", GO, {}, True),
        ("uv sync", UV, {}, True),
        ("uv sync", UV, {"UV_NO_CACHE": "1"}, False),
        ("uv sync", UV, {"UV_NO_CACHE": "0"}, True),
        ("uv sync --no-cache", UV, {}, False),
        ("poetry install", POETRY, {}, True),
        ("poetry install", POETRY, {"PYTHONDONTWRITEBYTECODE": "1"}, False),
        ("poetry install", POETRY, {"POETRY_VIRTUALENVS_CREATE": "true"}, False),
        ("poetry install", POETRY, {"POETRY_VIRTUALENVS_CREATE": "false"}, True),
    ],
)
def test_what_a_part_may_leave(script, files, env, leaves):
    """Only where nothing more may be left is the image the same."""
    (part,) = offered(script, files, env=env)

    assert leaves == bool(part.leaves)
    assert part.more


def test_a_part_done_in_the_same_run_costs_once():
    """`go mod download && go build` is as dear as `go build` alone."""
    files = {f"/app/{name}": text for name, text in GO.items()}
    alone, both = (
        effects_of(s, files).seconds for s in ("go build .", "go mod download && go build .")
    )

    assert alone == both
