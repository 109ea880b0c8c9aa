"""Measure what pip takes from a local project, backend by backend: run by hand, with strace.

    python -m tests.measure.python --venv /path/to/venv [NAME...]
    python -m tests.measure.node --path /path/to/venv/bin "pip install -r r.txt" r.txt=flask

The virtual environment must hold pip and the backends (setuptools, wheel, hatchling, hatch-vcs,
flit_core, poetry-core, pdm-backend, setuptools_scm, uv_build, editables). Each project is installed twice,
plainly and as editable; for each file the install is repeated without it, and with other content,
and what differs in the installed files is printed. The facts in `python_project.py` and
`python_backends.py` were learned with this.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import subprocess
import tempfile
from pathlib import Path

from tests.measure.node import make, trace

COMMON = {
    "README.md": "# demo\n",
    "LICENSE": "MIT\n",
    "NOTES.txt": "notes\n",
    "docs/index.md": "docs\n",
    "tests/test_demo.py": "import demo\n",
    "Dockerfile": "FROM scratch\n",
    "requirements.txt": "six\n",
    ".gitignore": "*.log\n",
    "scripts/run.sh": "true\n",
}
FLAT = {
    "demo/__init__.py": "__version__ = '1.0'\n",
    "demo/data.json": "{}\n",
    "demo/sub/x.py": "X = 1\n",
}
SRC = {"src/" + name: text for name, text in FLAT.items()}
NAMED = "[project]\nname = 'demo'\nversion = '1.0'\n"


def system(backend: str, requires: str) -> str:
    """The table that names a backend."""
    return f"[build-system]\nrequires = ['{requires}']\nbuild-backend = '{backend}'\n"


SETUPTOOLS = system("setuptools.build_meta", "setuptools")
HATCH = system("hatchling.build", "hatchling")
FLIT = system("flit_core.buildapi", "flit_core")
POETRY = system("poetry.core.masonry.api", "poetry-core")
UV = system("uv_build", "uv_build")
PDM = system("pdm.backend", "pdm-backend")
OLD_POETRY = "[tool.poetry]\nname='demo'\nversion='1.0'\ndescription=''\nauthors=[]\n"
PROJECTS: dict[str, dict[str, str]] = {
    "setup-py": {"setup.py": "from setuptools import setup, find_packages\nsetup(name='demo', version='1', packages=find_packages())\n", **FLAT},
    "setup-py-read": {"setup.py": "from setuptools import setup\nsetup(name='demo', long_description=open('README.md').read(), packages=['demo'])\n", **FLAT},
    "setup-cfg": {"setup.py": "from setuptools import setup\nsetup()\n", "setup.cfg": "[metadata]\nname=demo\nversion=attr: demo.__version__\nlong_description=file: README.md\n[options]\npackages=find:\n", **FLAT},
    "setuptools": {"pyproject.toml": SETUPTOOLS + NAMED + "readme='README.md'\n[tool.setuptools]\npackages=['demo']\n", **FLAT},
    "setuptools-auto": {"pyproject.toml": SETUPTOOLS + NAMED, **SRC},
    "hatch": {"pyproject.toml": HATCH + NAMED, **FLAT},
    "hatch-src": {"pyproject.toml": HATCH + NAMED + "readme='README.md'\n", **SRC},
    "hatch-dynamic": {"pyproject.toml": HATCH + "[project]\nname='demo'\ndynamic=['version']\n[tool.hatch.version]\npath='src/demo/__init__.py'\n[tool.hatch.build.targets.wheel]\npackages=['src/demo']\n", **SRC},
    "flit": {"pyproject.toml": FLIT + "[project]\nname='demo'\ndynamic=['version','description']\nreadme='README.md'\n", "demo/__init__.py": "'''Demo.'''\n__version__='1.0'\n", "demo/data.json": "{}\n"},
    "poetry": {"pyproject.toml": POETRY + OLD_POETRY + "readme='README.md'\n", **FLAT},
    "poetry-src": {"pyproject.toml": POETRY + NAMED + "[tool.poetry]\npackages=[{include='demo',from='src'}]\n", **SRC},
    "uv": {"pyproject.toml": UV + NAMED + "readme='README.md'\n", **SRC},
    "uv-flat": {"pyproject.toml": UV + NAMED + "[tool.uv.build-backend]\nmodule-root=''\n", **FLAT},
    "pdm": {"pyproject.toml": PDM + NAMED, **SRC},
}  # fmt: skip


def installed(folder: Path) -> dict[str, str]:
    """What an install has left, by content; what holds its time or place is left out."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if (
            path.is_file()
            and path.suffix != ".pyc"
            and path.name not in {"RECORD", "direct_url.json"}
        ):
            text = re.sub(rb"/tmp/[^\s\"']*/up/app", b"APP", path.read_bytes())
            found[str(path.relative_to(folder))] = hashlib.sha256(text).hexdigest()[:12]
    return found


def outcome(files: dict[str, str], line: str, env: dict[str, str]) -> tuple[int, dict[str, str]]:
    """The status of an install, and what it has left."""
    with tempfile.TemporaryDirectory() as folder:
        app = make(files, Path(folder))
        out = Path(folder) / "out"
        done = subprocess.run(
            ["sh", "-c", f"{line} --prefix {out}"],
            cwd=app,
            env={**os.environ, **env},
            check=False,
            capture_output=True,
        )
        return done.returncode, installed(out) if out.exists() else {}


def measure(name: str, line: str, env: dict[str, str], *, remove: bool) -> None:
    """Print what one install of one project takes and leaves."""
    files = {**COMMON, **PROJECTS[name]}
    with tempfile.TemporaryDirectory() as out:
        seen = trace(files, f"{line} --prefix {out}", "", env)
    print(f"== {name}: {line}: exit {seen.code}")
    print("read  ", *sorted(seen.read & files.keys()))
    print(
        "looked",
        *sorted(
            (seen.probed - seen.read)
            & {
                f
                for f in seen.probed
                if "__pycache__" not in f and ":" not in f and not f.startswith("..")
            }
        ),
    )
    print("listed", *sorted(seen.listed))
    print("new   ", *sorted(p for p in seen.after - seen.before if p.count("/") < 2))
    if not remove:
        return
    whole = outcome(files, line, env)
    for file, text in files.items():
        fewer = outcome({k: v for k, v in files.items() if k != file}, line, env)
        other = outcome({**files, file: text + "\n# other\n"}, line, env)
        if fewer != whole or other != whole:
            print(
                f"matters: {file}",
                "" if fewer == whole else "by existence",
                "" if other == whole else "by content",
            )


def main() -> None:
    """Measure the named projects, or all."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--venv", required=True)
    ask.add_argument(
        "--remove", action="store_true", help="run again without each file, and with other content"
    )
    ask.add_argument("names", nargs="*", default=sorted(PROJECTS))
    asked = ask.parse_args()
    env = {"PATH": f"{asked.venv}/bin:{os.environ['PATH']}", "PYTHONDONTWRITEBYTECODE": ""}
    for name in asked.names:
        for flag in ("", "-e "):
            measure(
                name,
                f"pip install -q --no-deps --no-build-isolation {flag}.",
                env,
                remove=asked.remove,
            )


if __name__ == "__main__":
    main()
