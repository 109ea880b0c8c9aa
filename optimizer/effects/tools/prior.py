"""What an install costs before any was measured: by how many packages its lock file names."""

from __future__ import annotations

import posixpath
import re

from optimizer.effects.model import Effects
from optimizer.effects.tool import Machine

_NPM = re.compile(r'"integrity": '), 800
# Lock file -> what stands in it once a package, and how many packages a usual project has: the
# seconds of the table of tools are those of such a project. About the medians of the locks of
# the 58 public repositories that the benchmarks replay.
_LOCKS: dict[str, tuple[re.Pattern[str], int]] = {
    "package-lock.json": _NPM,
    "npm-shrinkwrap.json": _NPM,
    "yarn.lock": (re.compile(r"^  version:? ", re.MULTILINE), 800),
    "pnpm-lock.yaml": (re.compile(r"^ +resolution: ", re.MULTILINE), 800),
    "bun.lock": (re.compile(r"^ {4}\"[^\"]+\": \[", re.MULTILINE), 800),
    "Cargo.lock": (re.compile(r"^\[\[package\]\]", re.MULTILINE), 250),
    "composer.lock": (re.compile(r'"dist": \{'), 100),
    "Gemfile.lock": (re.compile(r"^ {4}\S", re.MULTILINE), 200),
}
# A small project pays for the start, too, and nobody's install takes ten times as long as usual.
_LEAST, _MOST = 0.25, 4.0


def scaled(machine: Machine, lock: str, effects: Effects) -> Effects:
    """An install's effects with the seconds for this lock; as they are where it cannot be read."""
    text = machine.text(lock)
    known = _LOCKS.get(posixpath.basename(lock))
    if text is None or known is None:
        return effects
    packages = sum(1 for _ in known[0].finditer(text))
    return effects | Effects(seconds=effects.seconds * (_bounded(packages / known[1]) - 1))


def _bounded(ratio: float) -> float:
    return min(max(ratio, _LEAST), _MOST)
