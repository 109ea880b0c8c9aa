"""npm 6: which images bring it, and whether it leaves the lock and package.json as they are."""

from __future__ import annotations

import json

import pytest

from optimizer.context.files import MemoryFiles
from optimizer.effects.bases import NPM, base
from optimizer.effects.tool import ANY
from optimizer.effects.tools import npm6
from optimizer.effects.tools.node_ranges import satisfies
from optimizer.graph.plan import Given, make_plan
from tests.effects.machine import command, effects_of

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ADDRESS = "https://registry.npmjs.org"
MANIFEST = {
    "name": "a",
    "version": "1.0.0",
    "dependencies": {"is-odd": "^3.0.0"},
    "devDependencies": {"ms": "^2.0.0"},
    "optionalDependencies": {"isarray": "*"},
}


def entry(version: str, **more) -> dict:
    flags = {k: v for k, v in more.items() if k != "requires"}
    requires = {k: v for k, v in more.items() if k == "requires"}
    return {"version": version, "resolved": f"{ADDRESS}/x.tgz", "integrity": "sha512-x", **flags, **requires}


def locked(**changes) -> dict:
    """The lock that npm 6 writes for the manifest; None takes an entry away."""
    entries = {
        "is-number": entry("6.0.0"),
        "is-odd": entry("3.0.1", requires={"is-number": "^6.0.0"}),
        "isarray": entry("1.0.0", optional=True),
        "ms": entry("2.1.3", dev=True),
    } | changes
    entries = {k: v for k, v in sorted(entries.items()) if v is not None}
    head = {"name": "a", "version": "1.0.0", "lockfileVersion": 1, "requires": True}
    return {**head, "dependencies": entries}


def text(value: object, indent="  ") -> str:
    return json.dumps(value, indent=indent) + "\n"


def install(script="npm install", manifest=None, lock=None, image="node:12", **files):
    """What a command does in a project with these files."""
    given = {"package.json": manifest or text(MANIFEST), "package-lock.json": lock or text(locked()), **files}
    there = {f"/app/{k}": v for k, v in given.items()}
    return effects_of(script, there, image=image, env={"PATH": PATH})


def violated(effects) -> dict[str, str]:
    return {c.path.removeprefix("/app/"): c.violated for c in effects.conditional}


@pytest.mark.parametrize(
    ("image", "major"),
    [
        ("node:12", 6), ("node:14.17.3-alpine3.14", 6), ("node:erbium-slim", 6), ("node:lts-dubnium", 6),
        ("docker.io/library/node:13", 6), ("node:8", 6), ("node:8.12", 6), ("node:10.3.0", 6),
        ("node:8.11-slim", 5), ("node:10.2", 5), ("node:9", 5), ("node:boron", 5), ("node:6.9", 5),
        ("node:15", 7), ("node:20.5.1-alpine", 7), ("node:lts", 7), ("node:alpine", 7), ("node", 7),
        ("node:latest", 7), ("node:12@sha256:00", 6),
        ("node@sha256:00", None), ("debian", None), ("company/node:12", None), ("company/node12:1", None),
    ],
)  # fmt: skip
def test_which_npm_an_image_brings(image, major):
    """By the tag of an official image."""
    assert npm6.major(command("npm ci", image=image, env={"PATH": PATH})) == major


@pytest.mark.parametrize(
    ("given", "major"),
    [
        ({}, 6),
        ({"unknown": ["/usr/local/**"]}, None),
        ({"unknown": ["/**"]}, None),
        ({"unknown": ["/opt/**"]}, 6),
        ({"env": {}}, None),
        ({"env": {"PATH": f"/app/node_modules/.bin:{PATH}"}}, 6),
        ({"env": {"PATH": f"/app/node_modules/.bin:{PATH}"}, "unknown": ["/app/node_modules/**"]}, None),
        ({"env": {"PATH": f"/usr/bin:{PATH}"}}, None),
        ({"env": {"PATH": f"{ANY}:{PATH}"}}, None),
        ({"program": "/usr/local/bin/npm", "env": {}}, 6),
        ({"program": "/usr/bin/npm"}, None),
        ({"program": "./npm"}, None),
    ],
)  # fmt: skip
def test_another_npm_may_stand_before_it(given, major):
    """What has been written over it, or stands before it on the PATH, is another one."""
    given = {"env": {"PATH": PATH}, **given}
    program = given.pop("program", "npm")

    assert npm6.major(command(f"{program} ci", image="node:12", **given)) == major


@pytest.mark.parametrize(
    ("before", "known"),
    [
        ("apt-get update && apt-get install -y git python make g++", True),
        ("apk add --no-cache git npm", True),
        ("npm install -g nodemon @angular/cli", True),
        ("corepack enable", True),
        ("npm install -g npm", False),
        ("npm i -g nodemon npm@6.4", False),
        ("yarn global add npm@7", False),
        ("corepack enable npm", False),
        (". /root/.nvm/nvm.sh && nvm install 18", False),
    ],
)
def test_npm_of_the_image_is_replaced(before, known):
    """By an install that names it; no package of the system does."""
    found = violated(install(f"{before}; npm install", lock=text({**locked(), "lockfileVersion": 2})))

    assert known is (found.get("package-lock.json") == "npm 6 rewrites a lock of version 2")


@pytest.mark.parametrize(
    ("between", "run", "known"),
    [
        ("", "npm install", True),
        ("COPY --from=node:18 /usr/local/bin/jq /usr/local/bin/jq", "npm install", True),
        ("COPY --from=node:18 /usr/local/bin /usr/local/bin", "npm install", False),
        ("COPY --from=node:18 /usr/local/lib/node_modules /usr/local/lib/node_modules", "npm install", False),
        ("", "npx npm@7 install", False),
    ],
)
def test_another_npm_is_copied_or_fetched(between, run, known):
    """A copy of another image's, or the one that npx fetches, is not the image's own."""
    files = MemoryFiles({"package.json": text(MANIFEST), "package-lock.json": text(locked())})
    plan = make_plan(f"FROM node:12\nWORKDIR /app\n{between}\nCOPY . .\nRUN {run}\n", Given(files))
    found = violated(plan.stages[0].steps[-1].effects)

    assert known is ("npm 7 and later rewrite a lock of version 1" not in found.values())


@pytest.mark.parametrize(
    ("manifest", "why"),
    [
        ({}, ""),
        ({"description": "x", "engines": {"node": ">=8"}, "license": "MIT"}, ""),
        ({"dependencies": {"is-odd": "^3.0.1"}}, ""),
        ({"dependencies": {"is-odd": "*"}}, ""),
        ({"name": "b"}, "name"),
        ({"version": "1.0.1"}, "version"),
        ({"dependencies": {"is-odd": "^2.0.0"}}, "not in the range"),
        ({"dependencies": {"is-odd": "latest"}}, "no range"),
        ({"dependencies": {"is-odd": "user/is-odd"}}, "no range"),
        ({"dependencies": {"is-odd": "^3.0.0", "left-pad": "*"}}, "no entry for left-pad"),
        ({"dependencies": {}}, "nothing requires is-number"),
        ({"dependencies": {"is-odd": "^3.0.0", "ms": "*"}, "devDependencies": {}}, "development"),
        ({"dependencies": {"is-odd": "^3.0.0", "isarray": "*"}}, ""),  # what is optional as well is optional
        ({"dependencies": {"is-odd": "^3.0.0", "isarray": "*"}, "optionalDependencies": {}}, "optional"),
    ],
)  # fmt: skip
def test_manifest_that_has_changed(manifest, why):
    """Each was seen to make npm 6.1 to 6.14 write the lock anew, or not to."""
    found = violated(install(manifest=text({**MANIFEST, **manifest})))["package-lock.json"]

    assert (why in found) if why else not found


@pytest.mark.parametrize(
    ("lock", "why"),
    [
        (locked(**{"is-number": None}), "no entry for is-number"),
        (locked(**{"is-number": entry("6.0.0", dev=True)}), "development"),
        (locked(ms=entry("2.1.3")), "development"),
        (locked(ms=entry("2.1.3", dev=True, optional=True)), "optional"),
        (locked(isarray=entry("1.0.0")), "optional"),
        (locked(wrappy=entry("1.0.0")), "nothing requires wrappy"),
        (locked(ms={**entry("2.1.3", dev=True), "extra": 1}), "order"),
        (locked(ms={**entry("2.1.3", dev=True), "resolved": ""}), "address"),
        (locked(**{"is-odd": entry("3.0.1", requires={"is-number": "6.0.0"})}), "npm 5"),
        (locked(**{"is-odd": entry("3.0.1", requires={"is-number": "^7.0.0"})}), "requires is-number"),
        ({**locked(), "lockfileVersion": 2}, "version 2"),
        ({**locked(), "requires": False}, "requires"),
        ({**locked(), "extra": 1}, "style"),
        ({k: v for k, v in locked().items() if k != "version"}, "version"),
        (dict(reversed(locked().items())), "style"),
        (locked(ms=1), "not one that npm 6 writes"),
        (locked(ms=entry("2.1.3", dev=True, requires={"a": 1})), "not one that npm 6 writes"),
        ({**locked(), "dependencies": []}, "not one that npm 6 writes"),
    ],
)  # fmt: skip
def test_lock_that_npm_would_not_write(lock, why):
    """Each was seen to be written anew."""
    assert why in violated(install(lock=text(lock)))["package-lock.json"]


@pytest.mark.parametrize("file", ["package.json", "package-lock.json"])
@pytest.mark.parametrize(
    ("change", "rewritten"),
    [
        (lambda t: t, False),
        (lambda t: t.replace("  ", "    "), False),
        (lambda t: t.replace("  ", "\t"), False),
        (lambda t: t.replace("\n", "\r\n"), False),
        (lambda t: t.strip(), True),
        (lambda t: json.dumps(json.loads(t)), True),
        (lambda t: "\ufeff" + t, True),
        (lambda t: t.replace("{\n    ", "{    ", 1), True),
        (lambda t: t + "\n", True),
        (lambda t: t.replace('"name"', '"1": 0,\n  "name"'), True),
        (lambda t: t.replace('"a"', '"\udcff"'), True),
    ],
)  # fmt: skip
def test_style(file, change, rewritten):
    """npm 6 keeps the indentation and the line ends of each file, and nothing else."""
    source = {"package.json": text(MANIFEST), "package-lock.json": text(locked())}[file]

    assert npm6.restyled(change(source)) is rewritten


def test_package_json_is_written_anew():
    """Where it is not as npm writes it, even without a lock (npm 6.14); not by `npm ci`."""
    odd = text(MANIFEST).strip()

    assert "style" in violated(install(manifest=odd))["package.json"]
    assert "style" in violated(install("npm install --no-package-lock", manifest=odd))["package.json"]
    assert violated(install("npm install --no-save", manifest=odd)).keys() == {"package-lock.json"}
    assert violated(install("npm ci", manifest=odd)) == {}


def test_earlier_and_unknown_npm():
    """npm 5 was not measured; where npm is not known, a lock of version 1 is one that 7 rewrites."""
    assert "npm 5" in violated(install(image="node:8.9"))["package-lock.json"]
    assert "npm 5" in violated(install(image="node:8.9"))["package.json"]
    assert violated(install(image="debian")) == {
        "package-lock.json": "npm 7 and later rewrite a lock of version 1"
    }
    odd = text(MANIFEST).strip()
    assert "which npm runs is not known" in violated(install(image="debian", manifest=odd))["package.json"]
    assert violated(install(image="node:18", manifest=odd)).keys() == {"package-lock.json"}


@pytest.mark.parametrize(
    ("script", "files", "doubt"),
    [
        ("npm install", {}, ""),
        ("npm ci", {}, ""),
        ("npm install --unsafe-perm", {}, "vite"),
        ("npm install", {".npmrc": "unsafe-perm=true"}, "vite"),
        ("npm_config_unsafe_perm=1 npm ci", {}, "vite"),
        ("npm config set unsafe-perm true && npm ci", {}, "vite"),
        ("npm install && npm run prepare", {}, "vite"),
    ],
)
def test_root_runs_no_scripts_of_the_project(script, files, doubt):
    """`npm WARN lifecycle a@1.0.0~prepare: cannot run in wd` (6.1, 6.14)."""
    manifest = text({**MANIFEST, "scripts": {"prepare": "vite build"}})

    assert doubt in (install(script, manifest=manifest, **files).doubt or "")
    assert bool(doubt) is bool(install(script, manifest=manifest, **files).doubt)


def test_others_run_the_scripts():
    """A user who is not root runs them, and those of `npm shrinkwrap` as the lock is saved (6.1, 6.14)."""
    manifest = text({**MANIFEST, "scripts": {"postshrinkwrap": "x"}})
    files = {"/app/package.json": manifest, "/app/package-lock.json": text(locked())}
    given = {"image": "node:12", "env": {"PATH": PATH}}

    assert "postshrinkwrap" in (effects_of("npm install", files, user="node", **given).doubt or "")
    assert effects_of("npm install", files, **given).doubt is None


def test_workspaces_are_not_known():
    """npm 6 installs the folder that it stands in, and no other."""
    manifest = text({**MANIFEST, "workspaces": ["packages/*"]})
    effects = install(manifest=manifest, **{"packages/x/package.json": "{}"})

    assert "/app/packages/x/package.json" not in effects.reads
    assert not effects.links


@pytest.mark.parametrize(
    ("version", "spec", "answer"),
    [
        ("1.2.3", "^1.2.0", True), ("2.0.0", "^1.2.0", False), ("0.2.9", "^0.2.3", True), ("0.3.0", "^0.2.3", False),
        ("0.0.4", "^0.0.3", False), ("1.2.9", "~1.2.3", True), ("1.3.0", "~1.2.3", False), ("1.9.0", "~1", True),
        ("1.2.9", "1.2.x", True), ("1.3.0", "1.2", False), ("1.3.0", ">1.2", True), ("1.2.9", ">1.2", False),
        ("1.2.9", "<=1.2", True), ("1.2.3", ">=1.2.3 <2", True), ("2.1.5", "1 || ^2.1.0", True),
        ("2.0.0", "1.2.3 - 2", True), ("1.2.0", "1.2.3 - 2", False), ("1.2.3", "^1.2.3-rc.1", True),
        ("1.2.3", "<1.2.3-rc.1", False), ("1.2.3", "", True), ("1.2.3", "*", True), ("1.2.3", "<*", False),
        ("1.2.3-rc.1", "^1.2.3-rc.1", True), ("1.2.3-rc.1", "^1.0.0", None), ("1.2.3", "latest", None),
        ("1.2.3", "npm:x@1", None), ("1.2.3", "1.2.3.4", None),
    ],
)  # fmt: skip
def test_ranges(version, spec, answer):
    """As node-semver 5.7 answers."""
    assert satisfies(version, spec) is answer


def test_base_of_no_node():
    """No other image says anything of npm."""
    assert NPM not in base("python:3.12").files
