"""lerna: its bootstrap."""

from __future__ import annotations

import json

import pytest

from tests.effects.machine import effects_of

ROOT = {"name": "root", "version": "1.0.0", "devDependencies": {"lerna": "^5.6.2"}}
A = {"name": "a", "version": "1.0.0", "dependencies": {"ms": "2.1.2", "b": "^1.0.0"}}
B = {"name": "b", "version": "1.0.0", "bin": "cli.js"}
WORKSPACES = {"useWorkspaces": True, "version": "independent"}


def project(lerna=None, root=None, a=None, b=None, **files) -> dict[str, str]:
    """Two packages, the first of which asks for the second."""
    held = {
        "lerna.json": {"version": "1.0.0", **(lerna or {})},
        "package.json": {**ROOT, **(root or {})},
        "packages/a/package.json": {**A, **(a or {})},
        "packages/b/package.json": {**B, **(b or {})},
        **files,
    }
    sources = {"packages/a/src/x.js": "", "packages/b/cli.js": "#!/bin/sh\n", "README.md": ""}
    texts = {k: v if isinstance(v, str) else json.dumps(v) for k, v in held.items() if v is not None}
    return {f"/app/{k}": v for k, v in {**sources, **texts}.items()}


def run(script, files, **given):
    given = {"image": "node:20", "env": {"PATH": "/usr/local/bin:/usr/bin:/bin"}, **given}
    return effects_of(script, files, **given)


def own(paths):
    return {p.removeprefix("/app/") for p in paths if p.startswith("/app/")}


MANIFESTS = {"lerna.json", "package.json", "packages/a/package.json", "packages/b/package.json"}
AT_ROOT = {"root": {"workspaces": ["packages/*"]}, "lerna": WORKSPACES}
LOCK = {"name": "a", "version": "1.0.0", "lockfileVersion": 3, "packages": {}}


@pytest.mark.parametrize(
    ("script", "files", "more"),
    [
        pytest.param("lerna bootstrap", project(**AT_ROOT), {"packages/b/cli.js"}, id="one install"),
        pytest.param("npx lerna bootstrap --scope '{a,b}' --force-local", project(**AT_ROOT), {"packages/b/cli.js"}, id="by npx"),
        pytest.param("npx lerna bootstrap --use-workspaces --no-ci", project(root=AT_ROOT["root"]), {"packages/b/cli.js"}, id="told by a flag"),
        pytest.param("lerna bootstrap", project(**AT_ROOT, **{"nx.json": "{}", ".npmrc": ""}), {"packages/b/cli.js", "nx.json", ".npmrc"}, id="settings"),
        pytest.param("lerna bootstrap -- --no-audit", project(**AT_ROOT), {"packages/b/cli.js"}, id="words for npm"),
        pytest.param("lerna bootstrap", project(), {"packages/b/cli.js"}, id="an install for each"),
        pytest.param("lerna bootstrap --ignore-scripts", project(a={"scripts": {"prepare": "vite build"}}), {"packages/b/cli.js"}, id="no scripts"),
        pytest.param("lerna bootstrap", project(root={"scripts": {"prepare": "vite build"}}), {"packages/b/cli.js"}, id="scripts of the root do not run"),
    ],
)  # fmt: skip
def test_what_it_reads(script, files, more):
    """Manifests, settings, programs; no sources."""
    done = run(script, files)
    read = {p for p in own(done.reads) if "node_modules" not in p}
    assert done.doubt is None
    assert read == MANIFESTS | more
    assert "packages" in own(done.probes)


def test_a_package_that_is_not_named_is_not_read():
    """lerna.json tells which folders are packages."""
    done = run("lerna bootstrap", project(lerna={"packages": ["packages/b"]}))
    assert done.doubt is None
    assert "/app/packages/a/package.json" not in done.reads


def test_one_install_writes_the_lock_of_the_root():
    """As npm install does."""
    done = run("lerna bootstrap", project(**AT_ROOT))
    assert "/app/package-lock.json" in done.writes
    assert not any(w.startswith("/app/packages") and "node_modules" not in w for w in done.writes - {"/app/packages/b/cli.js"})


def test_an_install_for_each_writes_the_locks():
    """npm indents them as the package.json that lerna has put there."""
    done = run("lerna bootstrap", project(**{"packages/a/package-lock.json": LOCK}))
    assert {"/app/packages/a/package-lock.json", "/app/packages/b/package-lock.json"} <= done.writes
    assert "/app/packages/a/package-lock.json" in done.reads
    assert {"/app/packages/a/package.json"} <= done.metadata
    assert "/app/packages/a/package.json" not in done.writes
    assert "/app/packages/a/package-lock.json" not in done.generated
    assert "/app/packages/b/package-lock.json" in done.generated


def test_scripts_of_packages_run():
    """And those before and behind the install."""
    for stage in ("preinstall", "install", "postinstall", "prepublish", "prepare"):
        done = run("lerna bootstrap", project(a={"scripts": {stage: "cat ../../README.md"}}))
        assert done.doubt is None
        assert "/app/README.md" in done.reads
    done = run("lerna bootstrap", project(a={"scripts": {"build": "vite build"}}))
    assert done.doubt is None


def test_within_its_own_install_it_does_nothing():
    """`prepare` of the root may call it."""
    files = project(root={**AT_ROOT["root"], "scripts": {"prepare": "lerna bootstrap"}}, lerna=WORKSPACES)
    assert run("lerna bootstrap", files).doubt is None
    assert run("npm install", files).doubt is None


def test_it_asks_for_its_own_variables():
    """And for those of npm; within its own install for no others."""
    given = {"LERNA_EXEC_PATH": "/app", "LERNA_ROOT_PATH": "/app", "PATH": "/usr/local/bin:/usr/bin:/bin"}
    done = run("lerna bootstrap", project(), env=given)

    assert {"LERNA_*", "npm_*"} <= done.variables
    assert "*" not in done.variables


def test_what_a_script_removes_is_not_surely_gone():
    """A filter may leave its package out."""
    files = project(a={"scripts": {"prepare": "rm -rf ../../README.md"}})
    done = run("lerna bootstrap --scope b", files)
    assert "/app/README.md" in done.writes
    assert "/app/README.md" not in done.deletes | done.surely_writes


@pytest.mark.parametrize(
    ("script", "files"),
    [
        pytest.param("lerna run build", project(), id="scripts of the packages"),
        pytest.param("lerna", project(), id="nothing"),
        pytest.param("lerna bootstrap --since main", project(), id="it asks git"),
        pytest.param("lerna bootstrap --hoist", project(), id="what is hoisted"),
        pytest.param("lerna bootstrap --hoist", project(**AT_ROOT), id="what is hoisted, at the root"),
        pytest.param("lerna bootstrap", project(lerna={"hoist": True}), id="hoisted by lerna.json"),
        pytest.param("lerna bootstrap", project(lerna={"command": {"bootstrap": {"hoist": True}}}), id="hoisted, for bootstrap alone"),
        pytest.param("lerna bootstrap", project(lerna={"extends": "x"}), id="settings of a package"),
        pytest.param("lerna bootstrap", project(lerna={"npmClient": "yarn"}), id="yarn in each package"),
        pytest.param("lerna bootstrap", project(lerna={"npmClient": "pnpm", **WORKSPACES}), id="pnpm"),
        pytest.param("lerna bootstrap", project(lerna={"npmClientArgs": "x"}), id="odd words"),
        pytest.param("lerna bootstrap", project(lerna={"npmClientArgs": ["--frobnicate"]}), id="a flag that npm has not"),
        pytest.param("lerna bootstrap x", project(), id="an operand"),
        pytest.param("lerna bootstrap", project(lerna={"packages": "packages/*"}), id="no list of packages"),
        pytest.param("lerna bootstrap", project(root={"dependencies": {"a": "file:packages/a"}}), id="the root names a package"),
        pytest.param('lerna bootstrap --scope "$(cat x)"', project(), id="a scope that is not known"),
        pytest.param("lerna bootstrap", project(**{"lerna.json": None}), id="no lerna.json"),
        pytest.param("lerna bootstrap", project(**{"lerna.json": "{"}), id="a broken one"),
        pytest.param("lerna bootstrap", project(**{"package.json": None}), id="no package.json"),
        pytest.param("lerna bootstrap", project(**{"packages/a/package.json": "["}), id="a broken package"),
        pytest.param("lerna bootstrap", project(a={"scripts": {"prepare": "vite build"}}), id="a script that builds"),
        pytest.param("lerna bootstrap", project(**AT_ROOT, a={"scripts": {"prepare": "vite build"}}), id="a workspace that builds"),
        pytest.param("lerna bootstrap", project(a={"scripts": {"prepare": "b x"}}), id="a program of the project"),
        pytest.param("lerna bootstrap", project(a={"scripts": {"preprepare": "ls"}}), id="a script that lerna 2 alone runs"),
    ],
)  # fmt: skip
def test_not_known(script, files):
    """What is not understood is a doubt."""
    assert run(script, files).doubt


def test_yarn_at_the_root():
    """With workspaces one install of yarn does all."""
    done = run("lerna bootstrap", project(**{**AT_ROOT, "lerna": {**WORKSPACES, "npmClient": "yarn"}, "yarn.lock": ""}))
    assert done.doubt is None
    assert "/app/yarn.lock" in done.reads
