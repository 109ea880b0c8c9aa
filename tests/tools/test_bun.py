"""bun install: manifests, locks and settings, or why that is not all."""

from __future__ import annotations

import json

import pytest

from tests.effects.machine import effects_of

ROOT = {"name": "app", "version": "1.0.0", "dependencies": {"ms": "^2.1.2"}}


def package(**fields) -> str:
    return json.dumps({**ROOT, **fields})


def lock(root=None, workspaces=None, **fields) -> str:
    entry = {"name": "app", "dependencies": {"ms": "^2.1.2"}, **(root or {})}
    places = {"": entry, **(workspaces or {})}
    packages = {"ms": ["ms@2.1.2", "", {}, "x"]}
    data = {"lockfileVersion": 1, "configVersion": 1, "workspaces": places, "packages": packages}
    return json.dumps(data | fields).replace("}}", "},}")


def run(script, files, **given):
    base = {"package.json": package(), "bun.lock": lock(), "src/index.js": "", "README.md": ""} | files
    return effects_of(script, {f"/app/{n}": t for n, t in base.items() if t is not None}, **given)


def own(paths):
    return {p.removeprefix("/app/") for p in paths if p.startswith("/app/")}


WORKSPACES = {
    "package.json": package(workspaces=["packages/*"]),
    "bun.lock": lock(workspaces={"packages/x": {"name": "x", "version": "1.0.0"}}),
    "packages/x/package.json": json.dumps({"name": "x", "version": "1.0.0"}),
    "packages/x/src/a.js": "",
}
BARE = {"package.json", "bun.lock"}


@pytest.mark.parametrize(
    ("script", "files", "reads"),
    [
        ("bun install", {}, BARE),
        ("bun i", {}, BARE),
        ("bun ci", {}, BARE),
        ("bun install --frozen-lockfile --production", {}, BARE),
        ("bun install --cwd /app/src/..", {}, BARE),
        ("cd src && bun install", {}, BARE),
        ("bun install", {"bun.lock": None, "bun.lockb": "\0"}, {"package.json", "bun.lockb"}),
        ("bun install", {"bun.lock": None}, {"package.json"}),
        ("bun install", {"bun.lock": None, "package-lock.json": "{}", "yarn.lock": ""}, {"package.json", "package-lock.json", "yarn.lock"}),
        ("bun install", {"package-lock.json": "{}", "yarn.lock": ""}, BARE),
        ("bun install", {"bunfig.toml": "[install]\nexact = true\n", ".npmrc": "", ".env": "A=1"}, {*BARE, "bunfig.toml", ".npmrc", ".env"}),
        ("bun install", WORKSPACES, {*BARE, "packages/x/package.json"}),
        ("cd packages/x && bun install", WORKSPACES, {*BARE, "packages/x/package.json"}),
        ("bun install", {"package.json": package(dependencies={"ext": "file:./ext"}), "ext/package.json": "{}"}, {*BARE, "ext/**", "ext/package.json"}),
        ("bun install", {"package.json": package(patchedDependencies={"ms@2": "patches/ms.patch"}), "patches/ms.patch": ""}, {*BARE, "patches/ms.patch"}),
        ("bun install", {"package.json": package(scripts={"postinstall": "cat src/index.js"}), "tsconfig.json": "{}"}, {*BARE, "src/index.js", "tsconfig.json"}),
        ("bun install --ignore-scripts", {"package.json": package(scripts={"postinstall": "make"}), "tsconfig.json": "{}"}, BARE),
        ("bun install", {"package.json": package(scripts={"dependencies": "make", "prepublish": "make", "build": "make"})}, BARE),
        ("bun install", {"tsconfig.json": "{"}, BARE),
    ],
)  # fmt: skip
def test_reads_exactly_these(script, files, reads):
    """These files of the project are read, and nothing about the command is in doubt."""
    done = run(script, files)

    assert done.doubt is None
    assert own(done.reads) == reads
    assert "/app/node_modules" in done.generated


def test_looks_for_more():
    """Settings, variables, other locks: their absence matters."""
    probed = own(run("bun install", {"bun.lock": None}).probes)

    assert {".npmrc", "bunfig.toml", ".env", ".env.production", ".env.local", "binding.gyp"} <= probed
    assert {"bun.lockb", "package-lock.json", "yarn.lock", "pnpm-lock.yaml"} <= probed


@pytest.mark.parametrize(
    ("script", "files", "doubt"),
    [
        ("bun run build", {}, "bun run runs a program"),
        ("bun build src/index.js", {}, "bun build runs a program"),
        ("bun src/index.js", {}, "runs a program"),
        ("bun install --analyze src/index.js", {}, "--analyze"),
        ("bun install -g x", {}, "-g"),
        ("bun install --config=x.toml", {}, "--config"),
        ("bun install", {"package.json": None}, "no package.json"),
        ("bun install", {"package.json": "{"}, "not a JSON object"),
        ("bun install", {"bun.lock": None, "pnpm-lock.yaml": ""}, "pnpm's workspace"),
        ("bun install", {"bunfig.toml": "[install.cache]\ndir = 'x'\n"}, "told cache"),
        ("bun install", {"bunfig.toml": "preload = ['./x.ts']\n"}, "told preload"),
        ("bun install", {"bunfig.toml": "="}, "told something"),
        ("bun install", {"binding.gyp": "{}"}, "binding.gyp"),
        ("bun install", {"package.json": package(scripts={"prepare": "husky-like"})}, "husky-like"),
        ("bun install", {"package.json": package(scripts={"prepare": "true"}), ".env": ""}, "variables of .env"),
        ("bun install", {"package.json": package(scripts={"prepare": "true"}), "tsconfig.json": '{"extends": "./x"}'}, "what it extends"),
        ("bun install", {"package.json": package(scripts={"prepare": "true"}), "tsconfig.json": "{"}, "what it extends"),
        ("bun install", {**WORKSPACES, "packages/x/package.json": json.dumps({"scripts": {"prepare": "frob"}})}, "frob"),
    ],
)  # fmt: skip
def test_doubts(script, files, doubt):
    """Where bun may take more of the project, all that is said is a doubt."""
    assert doubt in (run(script, files).doubt or "")


@pytest.mark.parametrize(
    ("files", "violated"),
    [
        ({}, ""),
        (WORKSPACES, ""),
        ({"package.json": package(version="2.0.0")}, ""),
        ({"package.json": package(name="other")}, "name"),
        ({"package.json": package(dependencies={"ms": "^2.1.3"})}, "dependencies"),
        ({"package.json": package(devDependencies={"a": "1"})}, "devDependencies"),
        ({"package.json": package(trustedDependencies=["ms"])}, "trustedDependencies"),
        ({"package.json": package(resolutions={"ms": "1"})}, "overrides"),
        ({"package.json": package(bin="src/index.js")}, "bin"),
        ({"bun.lock": lock(root={"optionalPeers": ["a"]})}, "optionalPeers"),
        ({"bun.lock": lock(overrides={"ms": "1"})}, "overrides"),
        ({"bun.lock": lock().replace("configVersion", "other")}, "configVersion"),
        ({"bun.lock": "{"}, "not understood"),
        ({"bun.lock": None, "bun.lockb": "\0"}, "not a text"),
        ({**WORKSPACES, "packages/y/package.json": "{}"}, "other workspaces"),
        ({**WORKSPACES, "packages/x/package.json": json.dumps({"name": "x", "version": "1.0.1"})}, "version"),
    ],
)  # fmt: skip
def test_lock_in_sync(files, violated):
    """A plain install leaves a lock as it is that repeats package.json."""
    (found,) = run("bun install", files).conditional

    assert found.assumption == "lock-in-sync"
    assert (violated in found.violated) if violated else not found.violated
    assert run("bun install --frozen-lockfile", files).conditional == frozenset()


def test_writes():
    """`bun add` rewrites the manifest and the lock; programs of workspaces become executable."""
    member = {"packages/x/package.json": json.dumps({"name": "x", "bin": "src/a.js"})}
    added, linked = run("bun add ms", {}), run("bun ci", {**WORKSPACES, **member})

    assert {"package.json", "bun.lock"} <= own(added.writes)
    assert "packages/x/src/a.js" in own(linked.writes & linked.metadata & linked.reads)
    assert "bun.lock" in own(run("bun install", {"bun.lock": None}).writes)
