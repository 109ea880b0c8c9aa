"""Measure whether a part of a command may be done ahead of it: run by hand, with the real tool.

    python tests/measure/ahead.py PROJECT "uv sync --frozen --no-install-project" "uv sync --frozen" pyproject.toml uv.lock
    python tests/measure/ahead.py PROJECT "go mod download" "go build -o srv ." go.mod go.sum
    python tests/measure/ahead.py PROJECT 'mvn -Duser.home=$HOME dependency:go-offline' 'mvn -Duser.home=$HOME package' pom.xml
    python tests/measure/ahead.py PROJECT "mix do deps.get + deps.compile" "mix do deps.get + compile" mix.exs mix.lock config
    python tests/measure/ahead.py PROJECT "./gradlew --version" "./gradlew --no-daemon assemble" gradlew gradle --random 'daemon-[0-9]+'

A Java takes its home from the accounts, not from HOME: it has to be told (gradle: GRADLE_USER_HOME).
The whole runs twice over a copy of the project; then the part over the named files alone, and the
whole over all. HOME and the project stand at the same paths each time. What differs between the
two wholes is left out, and with `--random REGEX` names that a tool draws by lot are told apart by their number alone.
The comments in `optimizer/effects/tools` on what a part leaves were learned with this.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

Tree = dict[str, tuple[int, str]]
Steps = list[tuple[str, list[Path], Path]]


def tree(root: Path, drawn: str | None) -> Tree:
    """Path -> mode, and content, target or kind."""
    found = {}
    for path in sorted(root.rglob("*")):
        name, what = str(path.relative_to(root)), "folder"
        if path.is_symlink():
            what = f"-> {path.readlink()}"
        elif path.is_file():
            what = hashlib.sha256(path.read_bytes()).hexdigest()
        if drawn:
            name, what = re.sub(drawn, "*", name), re.sub(drawn, "*", what)
            while name in found:
                name += "'"
        found[name] = (path.lstat().st_mode, what)
    return found


def run(place: Path, steps: Steps, drawn: str | None) -> tuple[Tree, float]:
    """Copy the files of each step and run it: what is there in the end, seconds of the last step."""
    seconds = 0.0
    subprocess.run(["chmod", "-R", "u+w", place], check=True)  # go's modules may not be written
    shutil.rmtree(place)
    work, home = place / "work", place / "home"
    work.mkdir(parents=True)
    home.mkdir()
    for command, files, project in steps:
        for file in files:
            target = work / file.relative_to(project)
            if file.is_dir():
                shutil.copytree(file, target, symlinks=True, dirs_exist_ok=True)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(file, target)
        began = time.monotonic()
        subprocess.run(command, shell=True, cwd=work, env={**os.environ, "HOME": str(home)}, check=True)  # noqa: S602 - a command line is what is measured
        seconds = time.monotonic() - began
    return tree(place, drawn), seconds


def compare(project: Path, part: str, whole: str, files: list[str], drawn: str | None) -> None:
    """Print what only one of the two ways leaves, and what the whole takes behind the part."""
    alone = (whole, sorted(project.iterdir()), project)
    first = (part, [project / f for f in files], project)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name, "image")
        place.mkdir()
        ways: tuple[Steps, ...] = ([alone], [alone], [first, alone])
        (one, _), (other, cold), (ahead, warm) = (run(place, way, drawn) for way in ways)
        subprocess.run(["chmod", "-R", "u+w", place], check=True)
    moving = {p for p in one.keys() | other.keys() if one.get(p) != other.get(p)}
    print(f"{len(moving)} paths differ between two wholes; the whole takes {cold:.1f} s, then {warm:.1f} s")
    for path in sorted((one.keys() | ahead.keys()) - moving):
        if one.get(path) != ahead.get(path):
            print(f"{path}: {one.get(path)} -> {ahead.get(path)}")


def main() -> None:
    """One project, one part, one whole."""
    parser = argparse.ArgumentParser()
    parser.add_argument("project", type=Path)
    parser.add_argument("part")
    parser.add_argument("whole")
    parser.add_argument("files", nargs="*")
    parser.add_argument("--random")
    given = parser.parse_args()
    compare(given.project, given.part, given.whole, given.files, given.random)


if __name__ == "__main__":
    main()
