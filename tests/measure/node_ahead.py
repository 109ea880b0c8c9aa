"""Measure which part of a Node install may be done ahead of it: run by hand, with the real tools.

    python tests/measure/node_ahead.py npm
    python tests/measure/node_ahead.py yarn1 --path /opt/yarn1/bin
    python tests/measure/node_ahead.py pnpm --path /opt/pnpm9/bin --verbose

The project has workspaces, one with a program and one with a script of its own, a package whose
install script appends to a file in it (so that the tree tells how often it ran), and a `prepare`
that builds from the sources. `tests/measure/ahead.py` compares the trees. What a tool prints goes
to a file; settings of the registry come from the environment (`npm_config_userconfig`).
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ahead import compare

_APPENDS = "node -e \"require('fs').appendFileSync('ran.txt','x')\""
_BUILDS = """const fs = require('fs');
fs.mkdirSync('dist', {recursive: true});
fs.writeFileSync('dist/out.txt', fs.readdirSync('src').join() + require('semver').SEMVER_SPEC_VERSION);
"""
_FOLDERS = "node_modules packages/a/node_modules packages/b/node_modules"
_MANIFESTS = ["package.json", "packages/a/package.json", "packages/b/package.json", "native.tgz"]
# npm names a log by the time, and pnpm and yarn keep times in files that they write.
_DRAWN = r"\d{4}-\d\d-\d\dT[\d_]+Z"


@dataclass(frozen=True)
class Row:
    """A tool's way to make its lock, and pairs of a part and a whole."""

    lock: str
    locked: list[str]
    pairs: list[tuple[str, str]]
    local: str = "1.0.0"
    scripts: str = "prepare"


def _cached(install: str, first: str = "") -> tuple[str, str]:
    """Only what is downloaded stays."""
    return f"{install} --ignore-scripts {first} && rm -rf {_FOLDERS}", install


ROWS = {
    "npm": Row(
        "npm install --package-lock-only --ignore-scripts",
        ["package-lock.json"],
        [
            _cached("npm ci", "--logs-dir=node_modules"),
            _cached("npm ci"),
            _cached("npm install", "--logs-dir=node_modules"),
            _cached("npm ci --omit=dev", "--logs-dir=node_modules"),
            ("npm install --ignore-scripts", "npm install"),
        ],
    ),
    "yarn1": Row(
        f"yarn install --ignore-scripts && rm -rf {_FOLDERS}",
        ["yarn.lock"],
        [
            _cached("yarn install --frozen-lockfile"),
            _cached("yarn install"),
            _cached("yarn install --production"),
            ("yarn install --frozen-lockfile --ignore-scripts", "yarn install --frozen-lockfile"),
        ],
    ),
    "yarn": Row(
        f"yarn install --mode=skip-build && rm -rf {_FOLDERS} .yarn .pnp.*",
        ["yarn.lock", ".yarnrc.yml"],
        [
            ("yarn install --mode=skip-build", "yarn install"),
            ("yarn install --immutable --mode=skip-build", "yarn install --immutable"),
        ],
        local="workspace:*",
        scripts="postinstall",
    ),
    "pnpm": Row(
        "pnpm install --lockfile-only --ignore-scripts",
        ["pnpm-lock.yaml", "pnpm-workspace.yaml"],
        [
            ("pnpm fetch && rm -rf node_modules", "pnpm install --frozen-lockfile"),
            ("pnpm fetch && rm -rf node_modules", "pnpm install"),
            ("pnpm fetch --prod && rm -rf node_modules", "pnpm install --frozen-lockfile --prod"),
            ("pnpm fetch", "pnpm install --frozen-lockfile"),
            ("pnpm fetch", "pnpm install"),
        ],
        local="workspace:*",
    ),
}


def make(project: Path, row: Row, linker: str) -> None:
    """The project, with its lock."""
    folder = project / "packages"
    for name in ("a", "b"):
        (folder / name).mkdir(parents=True)
    (project / "src").mkdir()
    (project / "src" / "main.js").write_text("1\n")
    (project / "build.js").write_text(_BUILDS)
    (project / "pnpm-workspace.yaml").write_text(
        "packages:\n  - packages/*\nonlyBuiltDependencies: [native]\nallowBuilds: {native: true}\n"
    )
    (project / ".yarnrc.yml").write_text(f"nodeLinker: {linker}\nenableTelemetry: false\n")
    _package(project, name="shop", private=True, workspaces=["packages/*"],
             scripts={row.scripts: "node build.js"}, devDependencies={"nopt": "^7.0.0"},
             dependencies={"native": "file:./native.tgz", "semver": "^7.5.0", "cross-spawn": "^7.0.0"})  # fmt: skip
    _package(folder / "a", name="a", bin="cli.js", dependencies={"semver": "^5.0.0", "b": row.local})
    (folder / "a" / "cli.js").write_text("#!/usr/bin/env node\n")
    _package(folder / "b", name="b", scripts={"postinstall": _APPENDS})
    _tarball(project / "native.tgz")
    (project / "yarn.lock").touch()
    subprocess.run(row.lock, shell=True, cwd=project, check=True, stdout=subprocess.DEVNULL)  # noqa: S602 - the tool's own line
    if "yarn.lock" not in row.locked:
        (project / "yarn.lock").unlink()


def _package(folder: Path, **fields: object) -> None:
    (folder / "package.json").write_text(json.dumps({"version": "1.0.0", **fields}, indent=2) + "\n")


def _tarball(place: Path) -> None:
    text = json.dumps({"name": "native", "version": "1.0.0", "scripts": {"postinstall": _APPENDS}})
    with tarfile.open(place, "w:gz") as archive:
        entry = tarfile.TarInfo("package/package.json")
        entry.size, entry.mode = len(text), 0o644
        archive.addfile(entry, io.BytesIO(text.encode()))


def main() -> None:
    """Each pair of a tool."""
    parser = argparse.ArgumentParser()
    parser.add_argument("tool", choices=ROWS)
    parser.add_argument("--path", help="a folder with the tool to measure")
    parser.add_argument("--linker", default="node-modules", help="of yarn 2 and later")
    given = parser.parse_args()
    if given.path:
        os.environ["PATH"] = f"{given.path}:{os.environ['PATH']}"
    row = ROWS[given.tool]
    with tempfile.TemporaryDirectory() as name:
        project = Path(name, "project")
        project.mkdir()
        # That of root's yarn 1 is not in its home.
        home = "export YARN_CACHE_FOLDER=$HOME/cache;" if given.tool == "yarn1" else ""
        make(project, row, given.linker)
        for part, whole in row.pairs:
            print(f"{part}, then {whole}")
            quiet = f"{home} ({{}}) >/dev/null 2>&1"
            files = [*_MANIFESTS, *row.locked]
            compare(project, quiet.format(part), quiet.format(whole), files, _DRAWN)


if __name__ == "__main__":
    main()
