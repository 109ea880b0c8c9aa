"""Hold dfopt's answers for pdm, hatch, flit, build and exports against the real ones: by hand, with strace.

    python -m tests.measure.fronts --path /path/to/venv/bin [--remove] [--looks] [--only WORD] TOOL...

TOOL is a name of `CASES`; its virtual environment holds the tool alone (for flit a fresh one, into which it
installs; for poetry also its export plugin). How answers are held says `comparing.py`; besides, what pip
reads by the file that an export really wrote must be among what dfopt says of pip behind the export. Run
without a miss, before looks and listings counted, with pdm 2.29.4, hatch 1.18.2, flit 4.2.0, build 1.6.1,
poetry 2.5.1, uv 0.13.9 and pipenv 2026.10.3; since then `build --wheel` of one project alone.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from optimizer.effects.model import covers
from tests.effects.machine import effects_of
from tests.measure.comparing import APP, Case, asking, compare_all, moved, place, programs, stand

PROJECT = "[project]\nname = 'demo'\nversion = '1.0'\nrequires-python = '>=3.9'\n"
SIX = "dependencies = ['six==1.16.0']\n"
HATCHLING = "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n"
PDM = "[build-system]\nrequires = ['pdm-backend']\nbuild-backend = 'pdm.backend'\n"
FLIT = "dynamic = ['description']\n[build-system]\nrequires = ['flit_core']\nbuild-backend = 'flit_core.buildapi'\n"
SETUPTOOLS = "[build-system]\nrequires = ['setuptools']\nbuild-backend = 'setuptools.build_meta'\n"
COMMON = {
    "README.md": "# demo\n", "LICENSE": "MIT\n", "NOTES.txt": "", "docs/index.md": "", "setup.cfg": "",
    "demo/__init__.py": "'''Demo.'''\n__version__ = '1.0'\n", "demo/data.json": "{}\n",
    "tests/test_demo.py": "", ".env": "A=1\n", "requirements.txt": "six\n", ".gitignore": "*.log\n",
}  # fmt: skip
LIBS = {
    f"{name}/{file}": text.replace("demo", name)
    for name in ("lib", "ed")
    for file, text in {
        "pyproject.toml": PROJECT + HATCHLING,
        "demo/__init__.py".replace("demo", name): "",
        "notes": "",
    }.items()
}
IN_PDM = PROJECT + 'dependencies = ["six==1.16.0", "lib @ file:///${PROJECT_ROOT}/lib"]\n'
IN_PDM += '[tool.pdm.dev-dependencies]\ndev = ["-e file:///${PROJECT_ROOT}/ed#egg=ed"]\n'
IN_UV = PROJECT + "dependencies = ['six==1.16.0', 'lib', 'ed']\n" + HATCHLING
IN_UV += "[tool.uv.sources]\nlib = {path = 'lib'}\ned = {path = 'ed', editable = true}\n"
PIPFILE = (
    "[packages]\nsix = '==1.16.0'\nlib = {path = './lib'}\ned = {path = './ed', editable = true}\n"
)
IN_POETRY = PROJECT + "dependencies = ['lib', 'ed']\n[tool.poetry]\npackage-mode = false\n"
IN_POETRY += (
    "[tool.poetry.dependencies]\nlib = {path = 'lib'}\ned = {path = 'ed', develop = true}\n"
)

# Tool -> (files, what is run first and not traced, command lines).
CASES: dict[str, tuple[tuple[dict[str, str], str, tuple[str, ...]], ...]] = {
    "pdm": (
        (
            {"pyproject.toml": PROJECT + SIX + PDM + "[tool.pdm.scripts]\nstart = 'x'\n", "pdm.toml": ""},
            "pdm lock",
            ("pdm install --prod --no-self --frozen-lockfile", "pdm install", "pdm sync --prod", "pdm install --check --no-editable", "pdm build", "pdm lock", "pdm export --prod -o out.txt", "pdm config --local venv.in_project true", "pdm use -f python3", "pdm run true", "PDM_USE_VENV=0 pdm sync --no-self", "pdm list"),
        ),
        ({"pyproject.toml": PROJECT + SIX + HATCHLING}, "", ("pdm install --prod", "pdm build --no-sdist")),
        ({"pyproject.toml": IN_PDM, **LIBS}, "pdm lock", ("pdm sync --no-self", "pdm export --no-hashes -o out.txt", "pdm export --prod --no-hashes > out.txt")),
    ),
    "hatch": (
        (
            {"pyproject.toml": PROJECT + SIX + HATCHLING + "[tool.hatch.envs.default]\ndependencies = ['pluggy==1.5.0']\n"},
            "",
            ("hatch env create", "hatch build", "hatch build -t wheel", "hatch build -t sdist out", "hatch dep show requirements > out.txt"),
        ),
        ({"pyproject.toml": PROJECT + SIX + FLIT, "hatch.toml": "[envs.default]\ndev-mode = false\n"}, "", ("hatch env create", "hatch -q env create")),
    ),
    "flit": (
        ({"pyproject.toml": PROJECT + SIX + "readme = 'README.md'\n" + FLIT}, "", ("flit build", "flit build --format wheel", "flit install --deps production", "flit install -s", "flit install --only-deps", "cd tests && flit -f ../pyproject.toml build")),
    ),
    "build": tuple(
        ({"pyproject.toml": PROJECT + "readme = 'README.md'\n" + system}, "", ("python -m build", "python -m build --wheel", "pyproject-build -s -o ../out"))
        for system in (HATCHLING, FLIT, PDM, SETUPTOOLS)
    ),
    "poetry": (
        ({"pyproject.toml": IN_POETRY, **LIBS}, "poetry lock", ("poetry export --without-hashes -o out.txt", "poetry export > out.txt", "poetry export --format constraints.txt --output out.txt")),
    ),
    "uv": (
        ({"pyproject.toml": IN_UV, **LIBS}, "uv lock", ("uv export -o out.txt", "uv export -q --frozen --no-emit-project > out.txt", "uv export --locked --no-hashes --no-editable -o out.txt")),
        ({"pyproject.toml": PROJECT + SIX + HATCHLING}, "", ("uv build", "uv build --wheel", "uv build --sdist")),
    ),
    "pipenv": (
        ({"Pipfile": PIPFILE, **LIBS}, "pipenv lock && rm -rf .venv", ("pipenv requirements > out.txt", "pipenv requirements --dev --hash > out.txt")),
    ),
}  # fmt: skip

# Python lists the folders that it imports from, of which the working directory is one for `python -m`.
HARMLESS = r"listed \."


def exported(case: Case, line: str, env: dict[str, str]) -> bool:
    """Whether what pip reads by an export's real text is what dfopt says of pip behind the export."""
    with tempfile.TemporaryDirectory() as folder:
        app = stand(case, Path(folder), env)
        files = {place(str(p.relative_to(app))): moved(p.read_text()) for p in app.rglob("*") if p.is_file()}
        subprocess.run(["sh", "-ec", line], cwd=app, env={**os.environ, **env}, check=True, capture_output=True)
        text = moved((app / "out.txt").read_text())
    real = effects_of("pip install -r out.txt", {**files, place("out.txt"): text}, cwd=APP)
    told = effects_of(f"{line} && pip install -r out.txt", files, cwd=APP)
    reads = real.reads - told.surely_writes if told.doubt is None else ()
    lacking = [p for p in reads if not any(covers(t, p) for t in told.reads)]
    print("MISSED" if lacking else "ok", "pip behind", line, *sorted(lacking))
    return not lacking


def main() -> None:
    """Run the cases of the named tools."""
    asked = asking(__doc__, CASES).parse_args()
    with tempfile.TemporaryDirectory() as home:
        env = {
            "PATH": programs(asked), "HOME": home, "FLIT_ROOT_INSTALL": "1",
            "PIPENV_VENV_IN_PROJECT": "1", "PYTHONDONTWRITEBYTECODE": "1",
            "PIP_CONFIG_FILE": os.environ.get("PIP_CONFIG_FILE") or str(Path("~/.config/pip/pip.conf").expanduser()),
        }  # fmt: skip
        cases = [Case({**COMMON, **files}, lines, setup, harmless=HARMLESS) for tool in asked.tools for files, setup, lines in CASES[tool]]
        exports = [(case, line) for case in cases for line in case.lines if "out.txt" in line and asked.only in line]
        behind = [exported(case, line, env) for case, line in exports]
        compare_all(cases, env, asked)
    if not all(behind):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
