"""Folders that npm links and that another package manager has fetched."""

from __future__ import annotations

import json

import pytest

from tests.effects.machine import effects_of

MIX = '%{\n  "phx": {:hex, :phx, "1.7.0", "00", [:mix], [], "hexpm", "00"},\n  "own": {:git, "x", "00", []},\n}\n'
FETCHED = ("/app/deps/**",)


def files(name="phx", root="/app/assets", mix=MIX, entry=None, **fields) -> dict[str, str]:
    wanted = {name: f"file:../deps/{name}"}
    package = {"name": "assets", "version": "1.0.0", "dependencies": wanted, **fields}
    place = {} if entry is None else {f"../deps/{name}": entry}
    packages = {"": {k: v for k, v in package.items() if k != "scripts"}, **place}
    lock = {"name": "assets", "version": "1.0.0", "lockfileVersion": 3, "packages": packages}
    return {
        f"{root}/package.json": json.dumps(package),
        f"{root}/package-lock.json": json.dumps(lock, indent=2) + "\n",
        "/app/mix.lock": mix,
    }


def run(script, held, unknown=FETCHED, cwd="/app/assets"):
    given = {"image": "node:20", "env": {"PATH": "/usr/local/bin:/usr/bin:/bin"}}
    return effects_of(script, held, unknown=unknown, cwd=cwd, **given)


def test_a_package_of_hex_stays_in_its_folder():
    """Its scripts run there; a program that leads out of it is not found."""
    done = run("npm ci", files(entry={"version": "1.7.0"}))
    own = {"/app/mix.lock", "/app/deps/phx/**"}
    assert done.doubt is None
    assert own <= done.reads
    assert "/app/deps/phx/**" in done.writes
    assert not any(w.startswith("/app") for w in done.writes - {
        "/app/deps/phx/**", "/app/deps/phx/node_modules/**", "/app/assets/node_modules/**"
    })  # fmt: skip
    assert {"/app/node_modules", "/node_modules"} <= done.probes


def test_a_repository_around_it_may_be_given_hooks():
    """`prepare` is run in a linked folder, which may be `husky` where that is installed above it."""
    held = {**files(entry={"version": "1.7.0"}), "/app/.git/config": ""}
    assert not any(".git" in w for w in run("npm ci", held).writes)
    husky = {"/app/node_modules/.bin/husky": ""}
    done = run("npm ci", {**held, **husky})
    assert done.doubt is None
    assert "/app/.git/**" in done.writes


def test_without_scripts_nothing_is_written_there_but_modules():
    """Told so, npm runs none; that its folder is written to is said nevertheless."""
    assert run("npm ci --ignore-scripts", files(entry={"version": "1.7.0"})).doubt is None


@pytest.mark.parametrize(
    ("script", "held"),
    [
        pytest.param("npm install", files(entry={}), id="npm install takes its dependencies from the folder"),
        pytest.param("npm ci", files(), id="the lock does not tell of it"),
        pytest.param("npm ci", files(entry={}, mix="%{}\n"), id="mix.lock does not name it"),
        pytest.param("npm ci", files("own", entry={}), id="one of git"),
        pytest.param("npm ci", files("phx2", entry={}), id="another folder"),
        pytest.param("npm ci", files(entry={"bin": {"tsc": "x.js"}}, scripts={"prepare": "tsc"}), id="a program of it"),
    ],
)
def test_not_known(script, held):
    """What is not surely a published package is a doubt."""
    assert run(script, held).doubt


def test_another_folder_of_the_project():
    """A folder beside deps, which another step made, may hold the project's own scripts."""
    held = files(entry={})
    held = {k: v.replace("../deps/", "../made/") for k, v in held.items()}
    assert run("npm ci", held, unknown=("/app/made/**",)).doubt


def test_npm_6_takes_its_programs_from_the_folder():
    """And which those are is not known."""
    given = {"image": "node:12", "env": {"PATH": "/usr/local/bin:/usr/bin:/bin"}}
    assert effects_of("npm ci", files(entry={}), unknown=FETCHED, cwd="/app/assets", **given).doubt


def test_what_the_context_holds_is_read_as_it_is():
    """A package.json that is known counts, with its scripts."""
    held = {**files(entry={}), "/app/deps/phx/package.json": json.dumps({"scripts": {"prepare": "vite build"}})}
    assert run("npm ci", held, unknown=()).doubt
