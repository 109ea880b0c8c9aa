"""The recipe of cargo-chef for a project, and the skeleton that is made of it (see `cargo_chef`).

`prepare` lists the manifests of the workspace and the targets that cargo finds in it, `cook` writes just
these, with the lock, cargo's settings and the toolchain file, and lets cargo build them (cargo-chef 0.1,
src/skeleton/mod.rs: `build_minimum_project`; src/skeleton/read.rs). Which of them are read is not told
apart: all that may be such a file is taken for one.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from optimizer.effects.model import Paths
from optimizer.effects.tool import Command, Kind, exported, exported_lines
from optimizer.effects.tools.cargo_config import ELSEWHERE
from optimizer.effects.tools.cargo_project import Project

_NAMED = re.compile(
    r"(?:.*/)?(?:Cargo\.toml|build\.rs|src/(?:lib|main)\.rs|"
    r"(?:src/bin|examples|tests|benches)/(?:[^/]+/)?[^/]+\.rs)"
)
# What of the project's folder itself is in a recipe: as it is found, and as it is written.
_OWN = {
    ".cargo/config": ".cargo/config.toml",
    ".cargo/config.toml": ".cargo/config.toml",
    "rust-toolchain": "rust-toolchain",
    "rust-toolchain.toml": "rust-toolchain.toml",
}
_KINDS = ("bin", "example", "test", "bench")
_MOST = 2000


def recipe(command: Command, project: Project) -> str | None:
    """What is known of the recipe of a project: the files that it names; None if that is not known."""
    folder, machine = command.cwd, command.machine
    outside = any(not f"{crate}/".startswith(f"{folder.rstrip('/')}/") for crate in project.crates)
    if project.files.doubt or outside or not machine.complete(folder):
        return None
    configs = [posixpath.join(folder, name) for name in _OWN if "config" in name]
    texts = [machine.text(p) for p in configs if machine.kind(p) is not Kind.ABSENT]
    if any(text is None or ELSEWHERE.search(text) for text in texts):
        return None
    start = len(folder.rstrip("/")) + 1
    found = {path[start:] for path in machine.walk(folder)}
    named = {path for path in found if _NAMED.fullmatch(path)}
    named |= {made for own, made in _OWN.items() if machine.kind(posixpath.join(folder, own)) is not Kind.ABSENT}
    for crate, manifest in project.crates.items():
        named |= {command.path(path, crate)[start:] for path in _paths(manifest)}
    return exported("\n".join(sorted(named))) if len(named) <= _MOST else None


def _paths(manifest: Mapping[str, Any]) -> Iterator[str]:
    """The targets whose place a manifest tells."""
    tables = [t for kind in _KINDS for t in manifest.get(kind, ()) if isinstance(t, dict)]
    tables += [manifest["lib"]] if isinstance(manifest.get("lib"), dict) else []
    yield from (t["path"] for t in tables if isinstance(t.get("path"), str))
    package = manifest.get("package")
    build = package.get("build") if isinstance(package, dict) else None
    if isinstance(build, str):
        yield build


def skeleton(command: Command, path: str) -> Paths | None:
    """The files that a recipe lets `cook` write; None if that is not known."""
    lines = exported_lines(command.machine.mark(path) or "")
    if lines is None:
        return None
    return frozenset(command.path(line) for line in ["Cargo.lock", *lines.split("\n")])
