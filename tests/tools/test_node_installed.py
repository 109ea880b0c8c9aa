"""What the install scripts of dependencies look at, and where they leave something."""

from __future__ import annotations

import json

import pytest

from optimizer.effects.tools.node_installed_variables import looked_at
from tests.tools.test_npm import lock, own, package, run

CARET = {"ms": "^2.1.2"}
REGISTRY = "https://registry.example/{0}/-/{0}-1.0.0.tgz"


def locked(*names: str, **fields) -> dict[str, str]:
    """A lock with packages that run a script."""
    entry = {"version": "1.0.0", "hasInstallScript": True, **fields}
    return {"package-lock.json": lock(**{f"node_modules/{name}": entry for name in names})}


def sees(effects, name: str) -> bool:
    """Whether a RUN may observe a variable."""
    return any(p == name or (p[-1:] == "*" and name.startswith(p[:-1])) for p in effects.variables)


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("esbuild", "ESBUILD_BINARY_PATH"), ("esbuild", "CI"), ("bcrypt", "CFLAGS"), ("bcrypt", "PYTHON"),
        ("bcrypt", "PKG_CONFIG_PATH"), ("bcrypt", "SOURCE_DATE_EPOCH"), ("better-sqlite3", "npm_config_runtime"),
        ("msgpackr-extract", "MSGPACKR_EXTRACT_PREBUILD"), ("nx", "BUILD_BUILDID"), ("core-js", "ADBLOCK"),
        ("@parcel/watcher", "LIBC"), ("puppeteer", "PUPPETEER_SKIP_DOWNLOAD"), ("lmdb", "MSGPACKR_EXTRACT"),
        ("mongodb-memory-server", "MONGOMS_VERSION"), ("re2", "DOWNLOAD_FORCE_BUILD"), ("ssh2", "CI_CHECK_FAIL"),
    ],
)  # fmt: skip
def test_variables_of_known_scripts(name, variable):
    """A published package looks at its own variables and those of its tools, and knows no others."""
    effects = run("npm ci", locked(name))

    assert sees(effects, variable)
    assert not any(sees(effects, own) for own in ("GIT_SHA", "VITE_GIT_COMMIT", "APP_VERSION", "VERSION"))


@pytest.mark.parametrize(
    ("script", "files"),
    [
        ("npm ci", locked("left-pad")),
        ("npm ci", locked("esbuild", "left-pad")),
        ("npm ci", locked("@acme/esbuild")),
        ("npm ci", locked("esbuild", resolved="git+ssh://git@example.org/esbuild.git#1")),
        ("npm ci", locked("esbuild", resolved="https://example.org/esbuild.tar.gz")),
        ("npm ci", locked("esbuild", resolved="file:esbuild.tgz")),
        ("npm ci", locked("ms", name="left-pad")),
        # It may run `prepare`.
        ("npm ci", locked("left-pad", resolved="git+https://example.org/a.git#1", hasInstallScript=False)),
        ("npm install left-pad", locked("esbuild")),
        ("npm install", {**locked("esbuild"), "package.json": package(dependencies={"ms": "2.1.2", "a": "1"})}),
        ("rm package-lock.json; npm install", locked("esbuild")),
        ("npm ci", {"package-lock.json": json.dumps({"lockfileVersion": 1, "dependencies": {"esbuild": {}}})}),
        ("npm install --force", locked("left-pad", os=["darwin"])),
        ("npm ci --os=darwin", locked("left-pad", os=["darwin"])),
        ("npm ci", locked("left-pad", os=["darwin", "linux"])),
        ("npm ci", locked("left-pad", os=["!win32"])),
    ],
)  # fmt: skip
def test_other_scripts_may_look_at_anything(script, files):
    """What is not in the table, or not told by the lock, sees every variable."""
    assert sees(run(script, files), "VITE_GIT_COMMIT")


@pytest.mark.parametrize(
    ("script", "files"),
    [
        ("npm ci", {}),
        ("npm ci", locked("esbuild", resolved=REGISTRY.format("esbuild"))),
        ("npm ci", locked("my-esbuild", name="esbuild")),
        ("npm ci", locked("left-pad", os=["darwin"])),
        ("npm ci", locked("left-pad", os=["!linux"])),
        ("npm ci", locked("left-pad", hasInstallScript=False)),
        ("npm ci --ignore-scripts", locked("left-pad")),
        ("npm install ms", {"package.json": json.dumps(json.loads(package(dependencies=CARET)), indent=2) + "\n", "package-lock.json": lock(root={"dependencies": CARET})}),
    ],
)  # fmt: skip
def test_scripts_that_are_not_run(script, files):
    """A package for another system is not installed, and most packages run no script."""
    assert not sees(run(script, files), "VITE_GIT_COMMIT")


def test_npm_asks_whether_it_is_in_a_ci():
    """npm 10 leaves `_update-notifier-last-checked` in its cache where it is not."""
    assert all(sees(run("npm ci", {}), name) for name in ("CI", "BUILD_NUMBER", "BUILD_ID", "VERCEL"))


def test_no_scripts_look_at_nothing():
    """And any name that is not known at everything."""
    assert looked_at(frozenset()) == frozenset()
    assert looked_at(None) == looked_at(frozenset({"esbuild", "no-such-package"})) == {"*"}


@pytest.mark.parametrize(
    ("env", "writes"),
    [
        ({}, {"/root/.cache/**"}),
        ({"HOME": "/app/home"}, {"/app/home/.cache/**"}),
        ({"CYPRESS_CACHE_FOLDER": "/app/.cypress"}, {"/root/.cache/**", "/app/.cypress/**"}),
        ({"PLAYWRIGHT_BROWSERS_PATH": "0"}, {"/root/.cache/**"}),
    ],
)
def test_downloads_stand_outside_of_node_modules(env, writes):
    """Browsers and servers go to a cache of the home, or to where a variable says."""
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", **env}
    effects = run("npm ci", locked("esbuild"), env=env)

    assert effects.doubt is None
    assert writes <= effects.writes
    assert not writes & run("npm ci", {}, env=env).writes


def test_downloads_to_a_place_that_is_not_known():
    """A path that leads out of the package may lead anywhere."""
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "CYPRESS_CACHE_FOLDER": "../../x"}

    assert "CYPRESS_CACHE_FOLDER" in (run("npm ci", locked("cypress"), env=env).doubt or "")


JOIN = "const {join} = require('path');\n/** @type {import('puppeteer').Configuration} */\nmodule.exports = {\n  cacheDirectory: join(__dirname, '.cache', 'puppeteer'),\n};\n"


@pytest.mark.parametrize(
    ("files", "writes", "doubt"),
    [
        ({".puppeteerrc.cjs": JOIN}, {".cache/puppeteer/**"}, False),
        ({".puppeteerrc.json": '{"cacheDirectory": "browsers"}'}, {"browsers/**"}, False),
        ({"puppeteer.config.js": "module.exports = {skipDownload: true}"}, set(), False),
        ({".puppeteerrc.yaml": "cacheDirectory: ./browsers\n"}, {"browsers/**"}, False),
        ({".puppeteerrc.cjs": "module.exports = require('./settings')"}, set(), True),
        ({".puppeteerrc.cjs": "module.exports = {cacheDirectory: process.env.WHERE}"}, set(), True),
        ({".puppeteerrc.cjs": "const d = x();\nmodule.exports = {cacheDirectory: d()}"}, set(), True),
        ({"package.json": package(puppeteer={"cacheDirectory": "x"})}, set(), True),
    ],
)
def test_puppeteer_puts_its_browser_where_its_settings_say(files, writes, doubt):
    """The settings that its documentation shows are understood, others are a doubt."""
    effects = run("npm ci", {**locked("puppeteer"), **files})

    assert doubt is (effects.doubt is not None)
    assert own(effects.writes) - {"node_modules/**"} >= writes


def test_puppeteer_looks_above_the_project():
    """Its search goes up to the root."""
    assert "/.puppeteerrc.json" in run("npm ci", locked("puppeteer")).probes


def test_mongodb_memory_server_reads_its_settings():
    """`config.mongodbMemoryServer` of a package.json, here or above."""
    settings = {"mongodbMemoryServer": {"downloadDir": "./mongo"}}
    effects = run("npm ci", {**locked("mongodb-memory-server"), "package.json": package(config=settings)})

    assert "/app/mongo/**" in effects.writes
    assert "/package.json" in effects.probes


@pytest.mark.parametrize(("name", "probed"), [("better-sqlite3", True), ("esbuild", False)])
def test_prebuild_install_looks_for_its_settings(name, probed):
    """By `rc`, from the package upwards."""
    probes = run("npm ci", locked(name)).probes

    assert probed is ({"/app/.prebuild-installrc", "/.prebuild-installrc"} <= probes)


def test_nx_reads_its_workspace():
    """The postinstall of nx builds the project graph, of all files (20.8, measured)."""
    files = locked("nx")

    assert "nx.json" in (run("npm ci", {"nx.json": "{}", **files}).doubt or "")
    assert run("npm ci", files).doubt is None
    assert "/nx.json" in run("npm ci", files).probes
