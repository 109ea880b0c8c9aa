"""The seconds of an install by the size of its lock."""

from __future__ import annotations

import pytest

from tests.effects.machine import effects_of

# What an install reads, by its command: the manifest, the lock, and its entry for one package.
PROJECTS = {
    "npm ci": ("package.json", "package-lock.json", '"node_modules/p{n}": {{"version": "1.0.0", "integrity": "sha512-"}},\n'),
    "yarn install --frozen-lockfile": ("package.json", "yarn.lock", 'p{n}@1:\n  version "1.0.0"\n  integrity sha512-\n\n'),
    "pnpm install --frozen-lockfile": ("package.json", "pnpm-lock.yaml", "  p{n}@1.0.0:\n    resolution: {{integrity: sha512-}}\n"),
    "bun install --frozen-lockfile": ("package.json", "bun.lock", '    "p{n}": ["p{n}@1.0.0", "", {{}}, ""],\n'),
    "cargo fetch --locked": ("Cargo.toml", "Cargo.lock", '[[package]]\nname = "p{n}"\n'),
    "composer install": ("composer.json", "composer.lock", '"dist": {{"type": "zip"}},\n'),
    "bundle install": ("Gemfile", "Gemfile.lock", "    p{n} (1.0.0)\n      q\n"),
}  # fmt: skip


def seconds(script: str, packages: int) -> float:
    manifest, lock, entry = PROJECTS[script]
    text = "".join(entry.format(n=n) for n in range(packages))
    return effects_of(script, {f"/app/{manifest}": "{}", f"/app/{lock}": text}).seconds


@pytest.mark.parametrize("script", PROJECTS)
def test_a_longer_lock_takes_longer(script):
    """Within bounds: a small project pays for the start, too."""
    least, less, more, most = (seconds(script, n) for n in (0, 150, 300, 100_000))

    assert 0 < least <= less < more < most
    assert seconds(script, 200_000) == most < 200
