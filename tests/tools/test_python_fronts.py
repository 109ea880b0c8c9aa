"""pdm, hatch, flit, build and exports: what each command takes from a project, and what it leaves there.

The rows are those of `tests/measure/fronts.py`, which runs the real tools under strace: pdm 2.29.4,
hatch 1.18.2, flit 4.2.0, build 1.6.1, poetry 2.5.1, uv 0.13.9, pipenv 2026.10.3. For another version:
`python -m tests.measure.fronts --path VENV/bin TOOL`.
"""

from __future__ import annotations

import pytest

from optimizer.effects.tool import exported
from optimizer.effects.tools.pdm_install import content_hashes
from tests.effects.machine import effects_of
from tests.tools.test_pip import left, taken

PROJECT = "[project]\nname = 'app'\nversion = '1'\ndependencies = ['six==1.16.0']\n"
SOURCES = {
    "/app/README.md": "",
    "/app/app/__init__.py": "'''App.'''\n__version__ = '1'\n",
    "/app/tests/test_app.py": "",
    "/app/notes.txt": "",
}
PACKED = {"pyproject.toml", "README.md", "app/__init__.py"}


def system(backend: str, requires: str) -> str:
    return f"[build-system]\nrequires = ['{requires}']\nbuild-backend = '{backend}'\n"


HATCHLING = system("hatchling.build", "hatchling")
LIBS = {
    "/app/lib/pyproject.toml": f"[project]\nname = 'lib'\nversion = '1'\n{HATCHLING}",
    "/app/lib/lib/__init__.py": "",
    "/app/lib/notes.txt": "",
}
LIB_READ = {"lib/pyproject.toml", "lib/lib/__init__.py"}
PDM = {
    **SOURCES,
    "/app/pyproject.toml": PROJECT + system("pdm.backend", "pdm-backend"),
    "/app/pdm.lock": "[metadata]\ncontent_hash = 'sha256:0'\n[[package]]\nname = 'six'\nversion = '1.16.0'\n",
    "/app/pdm.toml": "",
}
PDM_LOCAL = {
    **PDM,
    **LIBS,
    "/app/pyproject.toml": "[project]\nname = 'app'\ndependencies = ['lib @ file:///${PROJECT_ROOT}/lib']\n",
    "/app/pdm.lock": "[[package]]\nname = 'lib'\nversion = '1'\npath = './lib'\n",
}
HOOKED = {**PDM, "/app/pyproject.toml": PROJECT + "[tool.pdm.scripts]\npost_install = './x.sh'\n"}
HATCH = {**SOURCES, "/app/pyproject.toml": PROJECT + "readme = 'README.md'\n" + HATCHLING}
ENVS = {**HATCH, "/app/hatch.toml": "[envs.default]\npost-install-commands = ['make']\n"}
FLIT = {
    **SOURCES,
    "/app/pyproject.toml": PROJECT
    + "readme = 'README.md'\n"
    + system("flit_core.buildapi", "flit_core"),
}
POETRY = {
    **SOURCES,
    **LIBS,
    "/app/pyproject.toml": "[tool.poetry]\nname = 'app'\n",
    "/app/poetry.lock": (
        "[[package]]\nname = 'six'\nversion = '1'\n[[package]]\nname = 'lib'\nversion = '1'\n"
        "[package.source]\ntype = 'directory'\nurl = 'lib'\n"
    ),
}
UV = {
    **SOURCES,
    **LIBS,
    "/app/pyproject.toml": PROJECT + HATCHLING,
    "/app/uv.lock": (
        "[[package]]\nname = 'app'\nsource = { editable = '.' }\n"
        "[[package]]\nname = 'lib'\nversion = '1'\nsource = { directory = 'lib' }\n"
    ),
}
PIPENV = {
    **SOURCES,
    **LIBS,
    "/app/Pipfile": "[packages]\nsix = '*'\n",
    "/app/Pipfile.lock": '{"default": {"six": {"version": "==1"}, "lib": {"path": "./lib"}}}',
}
LOCKED = {"pyproject.toml", "pdm.lock", "pdm.toml"}


@pytest.mark.parametrize(
    ("line", "files", "reads"),
    [
        ("pdm install --prod --no-self --frozen-lockfile", PDM, LOCKED),
        ("pdm sync --prod --no-self", PDM, LOCKED),
        ("PDM_NO_SELF=1 pdm install --check", PDM, LOCKED),
        ("python -m pdm sync --no-self", PDM, LOCKED),
        ("pdm export -o r.txt", PDM, LOCKED),
        ("pdm sync --no-self", PDM_LOCAL, {*LOCKED, *LIB_READ}),
        ("pdm install", PDM, {p.removeprefix("/app/") for p in PDM}),
        ("pdm build", PDM, {p.removeprefix("/app/") for p in PDM}),
        ("cd app && pdm sync --no-self", PDM, LOCKED),
        ("hatch env create", HATCH, PACKED),
        ("hatch build -t wheel", HATCH, PACKED),
        ("hatch build", HATCH, {p.removeprefix("/app/") for p in HATCH}),
        ("hatch dep show requirements", HATCH, {"pyproject.toml"}),
        ("flit build", FLIT, PACKED),
        (
            "flit build",
            {**FLIT, "/app/.git/HEAD": ""},
            {p.removeprefix("/app/") for p in FLIT} | {".git/HEAD"},
        ),
        ("flit build --no-use-vcs", {**FLIT, "/app/.git/HEAD": ""}, PACKED),
        ("flit build --format wheel", {**FLIT, "/app/.git/HEAD": ""}, PACKED),
        ("flit install --deps production", FLIT, PACKED),
        ("flit install -s", FLIT, PACKED),
        ("cd app && flit -f ../pyproject.toml build", FLIT, PACKED),
        ("python -m build --wheel", HATCH, PACKED),
        ("python -m build", HATCH, {p.removeprefix("/app/") for p in HATCH}),
        ("pyproject-build", FLIT, PACKED),
        ("uv build --wheel", HATCH, PACKED),
        ("uv build", HATCH, {p.removeprefix("/app/") for p in HATCH}),
        (
            "poetry export -o r.txt",
            POETRY,
            {"pyproject.toml", "poetry.lock", "lib/pyproject.toml"},
        ),
        ("uv export --frozen -o r.txt", UV, {"pyproject.toml", "uv.lock"}),
        ("uv export -o r.txt", UV, {"pyproject.toml", "uv.lock", "lib/pyproject.toml"}),
        ("pipenv requirements > r.txt", PIPENV, {"Pipfile", "Pipfile.lock"}),
    ],
)
def test_reads_what_it_needs_of_the_project(line, files, reads):
    """An install reads settings and locks; what is built and packed, it reads as well."""
    effects = effects_of(line, files)

    assert effects.doubt is None
    assert taken(effects, files) == reads


@pytest.mark.parametrize(
    ("line", "files", "local"),
    [
        ("poetry export -o r.txt", POETRY, LIB_READ),
        ("poetry export --without-hashes > r.txt", POETRY, LIB_READ),
        ("uv export --frozen --no-emit-project -o r.txt", UV, LIB_READ),
        ("uv export --frozen > r.txt", UV, {*LIB_READ, "app/__init__.py"}),
        ("pdm export > r.txt", PDM_LOCAL, LIB_READ),
        ("pdm export -o r.txt", PDM, set()),
        ("pipenv requirements > r.txt", PIPENV, LIB_READ),
        ("hatch dep show requirements > r.txt", HATCH, set()),
        (
            "if curl -sf http://x/y; then poetry export -o r.txt; else touch r.txt; fi",
            POETRY,
            LIB_READ,
        ),
    ],
)
def test_a_product_asks_for_what_its_lock_names(line, files, local):
    """pip reads by it the local projects of the lock, in the same RUN, and nothing else of the project."""
    alone = effects_of(line, files)
    both = effects_of(f"{line} && pip install -r r.txt", files)
    built = taken(both, files) - taken(alone, files)

    assert both.doubt is None
    assert built | (taken(alone, files) & local) == local


@pytest.mark.parametrize(
    ("line", "files", "why"),
    [
        (
            "cat r.txt > s.txt && pip install -r s.txt",
            POETRY,
            "content of /app/s.txt is not known",
        ),
        (
            "sed -i s/a/b/ r.txt && pip install -r r.txt",
            POETRY,
            "content of /app/r.txt is not known",
        ),
        ("echo x >> r.txt && pip install -r r.txt", POETRY, "content of /app/r.txt is not known"),
        ("sh r.txt", POETRY, "cannot read"),
        ("pip install $(cat r.txt)", POETRY, "not known"),
    ],
)
def test_a_product_is_known_to_pip_alone(line, files, why):
    """What it says to the byte is not known, so another command makes no more of it."""
    assert why in (effects_of(f"poetry export -o r.txt && {line}", files).doubt or "")


@pytest.mark.parametrize(
    ("line", "files", "written"),
    [
        ("pdm sync --no-self", PDM, set()),
        ("pdm lock --no-self", PDM, {"pdm.lock"}),
        ("pdm add flask --no-self", PDM, {"pdm.lock", "pyproject.toml"}),
        ("pdm config --local venv.in_project false", PDM, {"pdm.toml"}),
        ("pdm export -o notes.txt", PDM, {"notes.txt"}),
        ("hatch env create", HATCH, set()),
        ("hatch build -t wheel", HATCH, set()),
        ("flit build", FLIT, set()),
        ("flit install -s", FLIT, set()),
    ],
)
def test_leaves_in_the_project(line, files, written):
    """A lock is written by the commands that lock; environments and archives are folders of their own."""
    effects = effects_of(line, files)

    assert effects.doubt is None
    assert left(effects, files) == written


@pytest.mark.parametrize(
    ("line", "files", "why"),
    [
        ("pdm frobnicate", PDM, "not a command"),
        ("pdm install --frobnicate", PDM, "--frobnicate is not known"),
        ("pdm install -g", PDM, "another project"),
        ("pdm install", HOOKED, "runs post_install"),
        ("pdm sync", {**PDM, "/app/.pdm-plugins/x.py": ""}, "plugins"),
        ("pdm sync", {**PDM, "/app/pdm.toml": "use_uv = true\n"}, "uv"),
        (
            "pdm sync",
            {**PDM, "/app/pyproject.toml": "[project]\ndependencies = ['x @ file:///x']\n"},
            "file address",
        ),
        (
            "pdm sync",
            {**PDM, "/pyproject.toml": "[tool.pdm.workspace]\nmembers = ['app']\n"},
            "workspace",
        ),
        (
            "pdm run start",
            {**PDM, "/app/pyproject.toml": "[tool.pdm.scripts]\nstart = 'x'\n"},
            "scripts",
        ),
        ("pdm run python x.py", PDM, "x.py"),
        ("hatch run test", HATCH, "settings say"),
        ("hatch build -t custom", HATCH, "target"),
        ("hatch env create", ENVS, "post-install-commands"),
        ("hatch --config x.toml env create", HATCH, "folder"),
        ("hatch frobnicate --x", HATCH, "--x is not known"),
        ("flit publish", FLIT, "not a command"),
        ("flit build --use-vcs", FLIT, "--use-vcs"),
        ("flit -f flit.ini build", FLIT, "not read"),
        ("uv export --format pylock.toml -o r.txt && pip install -r r.txt", UV, "is not known"),
        (
            "poetry export -o r.txt && pip install -r r.txt",
            {**POETRY, "/app/poetry.lock": "["},
            "is not known",
        ),
    ],
)
def test_says_what_it_does_not_know(line, files, why):
    """What is not known is a doubt with its reason."""
    assert why in (effects_of(line, files).doubt or "")


def test_a_hook_can_be_skipped():
    """`--skip :all` keeps the project's own scripts out."""
    assert effects_of("pdm install --skip :all", HOOKED).doubt is None


@pytest.mark.parametrize(("mark", "violated"), [("0", True), ("", False)])
def test_a_lock_of_pdm_is_checked(mark, violated):
    """It keeps a checksum of what pyproject.toml asks for."""
    held = mark or next(
        content_hashes(
            {"project": {"name": "app", "version": "1", "dependencies": ["six==1.16.0"]}}
        )
    )
    lock = f"[metadata]\ncontent_hash = 'sha256:{held}'\n"
    found = effects_of("pdm install --no-self", {**PDM, "/app/pdm.lock": lock}).conditional

    assert {(c.path, bool(c.violated)) for c in found} == {("/app/pdm.lock", violated)}


def test_a_product_comes_from_another_stage():
    """What stands in a file is the same wherever it is copied."""
    made = effects_of("poetry export -o r.txt", POETRY).contents

    assert made == (("/app/r.txt", exported("six==1\n/app/lib")),)
