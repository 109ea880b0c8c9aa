"""poetry, pipenv, uv and conda: what each command takes from a project, and what it leaves there."""

from __future__ import annotations

import pytest

from optimizer.effects.tool import ANY
from tests.effects.machine import effects_of
from tests.tools.test_pip import left, taken

POETRY = {
    "/app/pyproject.toml": (
        "[tool.poetry]\nname = 'app'\nreadme = 'README.md'\n[tool.poetry.dependencies]\n"
        "flask = '^3'\n[build-system]\nrequires = ['poetry-core']\n"
    ),
    "/app/poetry.lock": "[[package]]\nname = 'flask'\nversion = '3.0.0'\n",
    "/app/README.md": "",
    "/app/app/__init__.py": "",
}
NO_LOCK = {path: text for path, text in POETRY.items() if not path.endswith(".lock")}
SETTINGS = {**POETRY, "/app/poetry.toml": "[virtualenvs]\nin-project = true\n"}
MOVED = {**POETRY, "/app/poetry.toml": "[virtualenvs]\npath = '/app/envs'\n"}
PLAIN = {
    **POETRY,
    "/app/pyproject.toml": "[tool.poetry]\nname = 'app'\npackage-mode = false\n",
}
LOCAL = {
    **POETRY,
    "/app/pyproject.toml": "[tool.poetry.dependencies]\nlib = {path = 'libs/a', develop = true}\n",
    "/app/poetry.lock": (
        "[[package]]\nname = 'b'\n[package.source]\ntype = 'directory'\nurl = 'libs/b'\n"
    ),
    "/app/libs/a/pyproject.toml": "",
    "/app/libs/b/pyproject.toml": "",
    "/app/libs/c/pyproject.toml": "",
}
PIPENV = {
    "/app/Pipfile": "[packages]\nflask = '*'\n",
    "/app/Pipfile.lock": "{}",
    "/app/requirements.txt": "flask\n",
    "/app/app.py": "",
}
PIPENV_LOCAL = {
    **PIPENV,
    "/app/Pipfile": "[packages]\nlib = {path = './lib', editable = true}\n",
    "/app/lib/setup.py": "",
}
PIPENV_BESIDE = {
    "/app/conf/Pipfile": "[packages]\nlib = {path = '../lib'}\n",
    "/app/conf/Pipfile.lock": "{}",
    "/app/lib/setup.py": "",
    **PIPENV,
}
UV = {
    "/app/pyproject.toml": "[project]\nname = 'app'\nversion = '1'\n[build-system]\nrequires = ['hatchling']\n",
    "/app/uv.lock": "[[package]]\nname = 'app'\nsource = { editable = '.' }\n",
    "/app/requirements.txt": "flask==3.0.0\n",
    "/app/.python-version": "3.12\n",
    "/app/src/app.py": "",
}
VIRTUAL = {**UV, "/app/pyproject.toml": "[project]\nname = 'app'\nversion = '1'\n"}
DYNAMIC = {**UV, "/app/pyproject.toml": "[project]\nname = 'app'\ndynamic = ['version']\n"}
WORKSPACE = {
    **UV,
    "/app/pyproject.toml": "[project]\nname = 'app'\n[tool.uv.workspace]\nmembers = ['packages/*']\n",
    "/app/packages/a/pyproject.toml": "[project]\nname = 'a'\n",
    "/app/packages/a/a.py": "",
}
UV_LOCAL = {
    **VIRTUAL,
    "/app/uv.lock": "[[package]]\nname = 'lib'\nsource = { directory = 'lib' }\n",
    "/app/lib/pyproject.toml": "",
    "/app/lib/lib.py": "",
    "/app/wheels/x.whl": "",
}
UV_LINKS = {
    **VIRTUAL,
    "/app/pyproject.toml": "[project]\nname = 'app'\n[tool.uv]\nfind-links = ['wheels']\n",
    "/app/wheels/x.whl": "",
}
CONDA = {
    "/app/environment.yml": "dependencies:\n  - python=3.11\n  - pip:\n      - -r requirements.txt\n",
    "/app/requirements.txt": "flask\n",
    "/app/app.py": "",
}
CONDA_LOCAL = {
    "/app/env/conda.yaml": "dependencies:\n  - python\n  - pip:\n      - -e ..\n",
    "/app/setup.py": "",
    "/app/app.py": "",
}
BOTH = {"pyproject.toml", "poetry.lock"}
ALL = {path.removeprefix("/app/") for path in POETRY}


def test_hash_of_a_pipfile_without_sources():
    """The lock holds that of the Pipfile with PyPI as its source (of pipenv 2026.10)."""
    held = "c555a75b6d679b9c5a72cee889e2ac779af8093701527b7f9f5df874c19ce8d1"
    lock = f'{{"_meta": {{"hash": {{"sha256": "{held}"}}}}}}'
    files = {"/app/Pipfile": '[packages]\nmoney = {path = "./libs/money"}\n', "/app/Pipfile.lock": lock}

    assert [""] == [c.violated for c in effects_of("pipenv install", files).conditional]


@pytest.mark.parametrize(
    ("line", "files", "reads"),
    [
        ("poetry install --no-root", POETRY, BOTH),
        ("poetry install --no-root", SETTINGS, {*BOTH, "poetry.toml"}),
        ("poetry install -n --no-ansi --no-root --only main", POETRY, BOTH),
        ("poetry install --no-interaction --no-root --without dev,test -E pg", POETRY, BOTH),
        ("poetry sync --no-root", POETRY, BOTH),
        ("cd app && poetry install --no-root", POETRY, BOTH),
        ("poetry -C /app install --no-root", POETRY, BOTH),
        ("poetry install", PLAIN, BOTH),
        ("poetry install", POETRY, ALL),
        ("poetry install --only main", POETRY, ALL),
        ("poetry install --no-root", LOCAL, {*BOTH, "libs/a/pyproject.toml", "libs/b/pyproject.toml"}),
        ("poetry export -f requirements.txt --output /r.txt --without-hashes", POETRY, BOTH),
        ("poetry config virtualenvs.create false", POETRY, BOTH),
        ("python -m poetry install --no-root", POETRY, BOTH),
        ("pipenv install --system --deploy", PIPENV, {"Pipfile", "Pipfile.lock"}),
        ("pipenv sync", PIPENV, {"Pipfile", "Pipfile.lock"}),
        ("PIPENV_PIPFILE=conf/Pipfile pipenv sync", PIPENV_BESIDE, {"conf/Pipfile", "conf/Pipfile.lock", "lib/setup.py"}),
        ("PIPENV_PIPFILE=/app/conf/Pipfile pipenv sync", PIPENV_BESIDE, {"conf/Pipfile", "conf/Pipfile.lock", "lib/setup.py"}),
        ("pipenv install --deploy --ignore-pipfile", PIPENV, {"Pipfile", "Pipfile.lock"}),
        ("pipenv install --system", PIPENV_LOCAL, {"Pipfile", "Pipfile.lock", "lib/setup.py"}),
        ("pipenv install -r requirements.txt", PIPENV, {"Pipfile", "Pipfile.lock", "requirements.txt"}),
        ("uv sync --frozen --no-install-project", UV, {"pyproject.toml", "uv.lock", ".python-version"}),
        ("UV_FROZEN=1 uv sync --no-install-project", UV, {"pyproject.toml", "uv.lock", ".python-version"}),
        ("uv sync --locked --no-dev", VIRTUAL, {"pyproject.toml", "uv.lock", ".python-version"}),
        ("uv sync --frozen", UV, {p.removeprefix("/app/") for p in UV}),
        ("uv sync --locked --no-install-project", DYNAMIC, {"pyproject.toml", "uv.lock", ".python-version", "src/app.py"}),
        (
            "uv sync --frozen --no-install-workspace",
            WORKSPACE,
            {"pyproject.toml", "uv.lock", ".python-version", "packages/a/pyproject.toml"},
        ),
        (
            "uv sync --frozen --no-install-project",
            WORKSPACE,
            {p.removeprefix("/app/") for p in WORKSPACE},
        ),
        (
            "uv sync --frozen --no-install-project",
            UV_LOCAL,
            {"pyproject.toml", "uv.lock", ".python-version", "lib/pyproject.toml", "lib/lib.py"},
        ),
        (
            "uv sync --frozen",
            UV_LINKS,
            {"pyproject.toml", "uv.lock", ".python-version", "wheels/x.whl"},
        ),
        ("uv pip install --system -r requirements.txt", UV, {"pyproject.toml", "requirements.txt", ".python-version"}),
        ("uv pip install --system -r pyproject.toml", UV, {"pyproject.toml", ".python-version"}),
        ("uv pip install --system .", UV, {p.removeprefix("/app/") for p in UV}),
        ("uv pip sync --system requirements.txt", UV, {"pyproject.toml", "requirements.txt", ".python-version"}),
        ("pipx install poetry==1.8.0 && pipx inject poetry poetry-plugin-export", POETRY, set()),
        ("python -m pipx install --python python3.12 uv && pipx ensurepath", POETRY, set()),
        ("pip-sync", UV, {"pyproject.toml", "requirements.txt"}),
        ("pip-sync --quiet requirements.txt", UV, {"pyproject.toml", "requirements.txt"}),
        ("conda env create -f environment.yml", CONDA, {"environment.yml", "requirements.txt"}),
        ("mamba env create", CONDA, {"environment.yml", "requirements.txt"}),
        ("micromamba install -y -n base --file environment.yml", CONDA, {"environment.yml", "requirements.txt"}),
        ("conda env update -n base -f env/conda.yaml", CONDA_LOCAL, {"env/conda.yaml", "setup.py", "app.py"}),
        ("conda install -y -c conda-forge numpy && conda clean -afy", CONDA, set()),
    ],
)  # fmt: skip
def test_reads_what_it_needs_of_the_project(line, files, reads):
    """An install reads settings and locks; the rest of the project only if it is built."""
    effects = effects_of(line, files, cwd="/" if line.startswith("cd ") else "/app")

    assert effects.doubt is None
    assert taken(effects, files) == reads


@pytest.mark.parametrize(
    ("line", "files", "written"),
    [
        ("poetry install --no-root", POETRY, set()),
        ("poetry install --no-root", NO_LOCK, set()),
        ("poetry lock", POETRY, {"poetry.lock"}),
        ("poetry export -o README.md", POETRY, {"README.md"}),
        ("poetry config --local virtualenvs.create false", SETTINGS, {"poetry.toml"}),
        ("pipenv install --system --deploy", PIPENV, set()),
        ("pipenv install flask", PIPENV, {"Pipfile", "Pipfile.lock"}),
        ("pipenv lock", PIPENV, {"Pipfile.lock"}),
        ("uv sync --frozen --no-install-project", UV, set()),
        ("uv sync -U --no-install-project", UV, {"uv.lock"}),
        ("uv pip compile requirements.in -o requirements.txt", {**UV, "/app/requirements.in": ""}, {"requirements.txt"}),
        ("uv venv", UV, set()),
        ("conda env create -f environment.yml", CONDA, set()),
    ],
)  # fmt: skip
def test_leaves_in_the_project(line, files, written):
    """A lock that is there is left alone by an install; a lock command writes it."""
    effects = effects_of(line, files)

    assert effects.doubt is None
    assert left(effects, files) == written


@pytest.mark.parametrize(
    ("line", "files", "why"),
    [
        ("poetry frobnicate", POETRY, "not a command that dfopt knows"),
        ("poetry install --frobnicate", POETRY, "--frobnicate is not known"),
        ("poetry install --no-root", MOVED, "moves poetry's environments"),
        ("poetry install --no-root", {**POETRY, "/app/poetry.lock": "["}, "is not known"),
        ("poetry run python app.py", POETRY, "app.py"),
        ("poetry publish", POETRY, "not a command"),
        ("poetry config cache-dir /c", POETRY, "poetry config moves poetry's cache-dir"),
        ("poetry config --local virtualenvs.path /e", POETRY, "poetry config moves"),
        ("POETRY_VIRTUALENVS_PATH='{cache-dir}/x' poetry install --no-root", POETRY, "is not known"),
        ("rm -rf $(poetry config data-dir)", POETRY, "what rm removes"),
        (
            "poetry install --no-root",
            {**POETRY, "/app/pyproject.toml": "[project]\ndependencies = ['x @ file:///lib']\n"},
            "file address",
        ),
        ("pipenv frobnicate", PIPENV, "not a command"),
        ("pipenv install --frobnicate", PIPENV, "not known"),
        ("PIPENV_PIPFILE=conf/Pip pipenv sync", PIPENV, "another file than a Pipfile"),
        ("PIPENV_DOTENV_LOCATION=conf/.env pipenv sync", PIPENV, "PIPENV_DOTENV_LOCATION moves files"),
        ("PIPENV_MAX_DEPTH=1 pipenv sync", PIPENV, "PIPENV_MAX_DEPTH moves files"),
        ("pipenv install", {**PIPENV, "/app/Pipfile": "["}, "is not known"),
        ("uv run app.py", UV, "app.py is a program of the project"),
        ("uv run --with x frob", UV, "with these words"),
        ("uv sync --frobnicate", UV, "--frobnicate is not known"),
        ("uv frobnicate", UV, "not a command"),
        ("uv sync", {**UV, "/app/uv.lock": "["}, "cannot be read"),
        ("uv sync --frozen", {**VIRTUAL, "/app/uv.toml": "find-links = ['file:///w']\n"}, "file address"),
        ("conda env create -f missing.yml", CONDA, "is not known"),
        ("conda env create -f environment.yml", {"/app/environment.yml": "a: ["}, "cannot be read"),
        ("conda frobnicate", CONDA, "not a command"),
        ("conda run -n x python app.py", CONDA, "app.py"),
    ],
)  # fmt: skip
def test_says_what_it_does_not_know(line, files, why):
    """What is not known is a doubt with its reason."""
    assert why in (effects_of(line, files).doubt or "")


@pytest.mark.parametrize(
    ("line", "files", "conditional", "unpinned"),
    [
        ("poetry install --no-root", POETRY, set(), False),
        ("poetry install --no-root", NO_LOCK, set(), True),
        ("pipenv install --system --deploy", PIPENV, set(), False),
        ("pipenv install --system", PIPENV, {"/app/Pipfile.lock"}, True),
        ("uv sync --no-install-project", UV, {"/app/uv.lock"}, False),
        ("uv sync --locked --no-install-project", UV, set(), False),
        ("uv pip install --system -r requirements.txt", UV, set(), False),
        ("uv pip install --system flask", UV, set(), True),
    ],
)
def test_locks_fix_what_is_fetched(line, files, conditional, unpinned):
    """An install is pinned by its lock; where it may write the lock, that hangs on the lock in sync."""
    effects = effects_of(line, files)

    assert {c.path for c in effects.conditional} == conditional
    assert {c.assumption for c in effects.conditional} <= {"lock-in-sync"}
    assert effects.unpinned is unpinned


@pytest.mark.parametrize(
    ("files", "env", "cache"),
    [
        (POETRY, {}, "/root/.cache/pypoetry"),
        (POETRY, {"XDG_CACHE_HOME": "/x"}, "/x/pypoetry"),
        (POETRY, {"POETRY_CACHE_DIR": "/c", "XDG_CACHE_HOME": "/x"}, "/c"),
        ({**POETRY, "/app/poetry.toml": "cache-dir = '/own'\n"}, {}, "/own"),
        ({**POETRY, "/root/.config/pypoetry/config.toml": "cache-dir = '/user'\n"}, {}, "/user"),
        ({"/x/pypoetry/config.toml": "cache-dir = '/user'\n"}, {"XDG_CONFIG_HOME": "/x"}, "/user"),
        ({**POETRY, "/app/poetry.toml": "["}, {}, None),
        ({**POETRY, "/app/poetry.toml": "cache-dir = '{data-dir}/c'\n"}, {}, None),
        (POETRY, {"XDG_CACHE_HOME": "x"}, None),
        (POETRY, {"POETRY_CACHE_DIR": ANY}, None),
    ],
)  # fmt: skip
def test_says_where_poetry_keeps_its_cache(files, env, cache):
    """`rm -rf $(poetry config cache-dir)`: the variable's folder, the project's, the user's, the usual one."""
    effects = effects_of("rm -rf $(poetry config cache-dir)", files, env=env)

    assert {f"{cache}/**"} == effects.deletes if cache else "what rm removes" in effects.doubt


def test_environments_by_a_variable():
    """POETRY_VIRTUALENVS_PATH is where they go."""
    env = {"POETRY_VIRTUALENVS_PATH": "/venvs"}
    found = effects_of("poetry install --no-root", POETRY, env=env)

    assert "/venvs/**" in found.writes


@pytest.mark.parametrize(
    ("line", "env", "cache"),
    [
        ("poetry install --no-root", {}, "/root/.cache/pypoetry"),
        ("poetry install --no-root", {"POETRY_CACHE_DIR": "/c"}, "/c"),
        ("uv sync --frozen", {}, "/root/.cache/uv"),
        ("uv sync --frozen", {"UV_CACHE_DIR": "/c"}, "/c"),
        ("uv sync --frozen", {"XDG_CACHE_HOME": "/x"}, "/x/uv"),
        ("uv sync --frozen --no-cache", {}, None),
        ("pipenv sync", {}, "/root/.cache/pipenv"),
    ],
)
def test_keeps_downloads(line, env, cache):
    """Each keeps its downloads below HOME, unless a variable or an option says otherwise."""
    found = effects_of(line, {**POETRY, **PIPENV, **VIRTUAL}, env=env)

    assert any(c.path.startswith(cache or "/") for c in found.caches) is (cache is not None)


@pytest.mark.parametrize(
    ("line", "env", "folder"),
    [
        ("uv sync --frozen", {}, "/app/.venv"),
        ("uv sync --frozen", {"UV_PROJECT_ENVIRONMENT": "/opt/env"}, "/opt/env"),
        ("uv venv /opt/x", {}, "/opt/x"),
        ("poetry install --no-root", {"POETRY_VIRTUALENVS_IN_PROJECT": "1"}, "/app/.venv"),
    ],
)
def test_names_the_environment_that_it_fills(line, env, folder):
    """An environment inside of the project is a folder that a developer may have as well."""
    found = effects_of(line, {**POETRY, **VIRTUAL}, env=env)

    assert found.generated == {folder}
    assert f"{folder}/**" in found.writes
