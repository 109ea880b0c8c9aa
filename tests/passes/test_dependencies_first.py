"""What is put before the sources without being asked for."""

from __future__ import annotations

import json

import pytest

from optimizer.context.files import MemoryFiles
from optimizer.passes.base import Promise
from optimizer.pipeline import Project, optimize

TEXT = "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci\n"
PART = "RUN npm ci --ignore-scripts --logs-dir=node_modules && rm -rf node_modules"


def rewritten(**entry):
    """The project's scripts build it; `entry` is what the lock says of its dependency."""
    own = {"name": "app", "version": "1.0.0"}
    packages = {"": own, "node_modules/a": {"version": "1.0.0", "integrity": "sha512-x", **entry}}
    manifest = {**own, "scripts": {"prepare": "vite build"}}
    lock = {**own, "lockfileVersion": 3, "requires": True, "packages": packages}
    files = {"package.json": json.dumps(manifest, indent=2), "package-lock.json": json.dumps(lock, indent=2)}
    return optimize(TEXT, Project(MemoryFiles({**files, "src/main.js": ""})))


def test_npm_asks_a_registry_for_nothing_else():
    """The lock tells the address of each package: the image is the same."""
    result = rewritten(resolved="https://example.com/a.tgz")

    assert result.after.splitlines()[2:] == [
        "COPY package.json package-lock.json ./", PART, "COPY . .", "RUN npm ci",
    ]  # fmt: skip
    assert [(d.name, d.promise) for d in result.rewrites] == [("dependencies-first", Promise.SAME_IMAGE)]


@pytest.mark.parametrize("entry", [{}, {"resolved": "https://example.com/a.tgz", "integrity": ""}])
def test_npm_would_keep_what_a_registry_answers(entry):
    """A lock without addresses, or without sums: only when asked to."""
    assert rewritten(**entry).after == TEXT
