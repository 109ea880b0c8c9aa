"""composer: installs, the autoloader, scripts and plugins."""

from __future__ import annotations

import json

import pytest

from tests.effects.machine import effects_of

MANIFEST = {
    "name": "a/app",
    "autoload": {"psr-4": {"A\\": "src/"}, "classmap": ["database"], "files": ["lib/helpers.php"]},
}
QUIET = "--no-scripts --no-plugins"
FILES = {"composer.lock": "{}", "src/A.php": "", "database/seed.php": "", "lib/helpers.php": ""}


def run(script, files=None, manifest=None, **given):
    placed = {
        "composer.json": json.dumps({**MANIFEST, **(manifest or {})}),
        **FILES,
        **(files or {}),
    }
    return effects_of(
        script, {f"/app/{n}": t for n, t in placed.items() if t is not None}, **given
    )


def own(paths):
    """The paths of the project, without what composer fills."""
    return {
        p.removeprefix("/app/")
        for p in paths
        if p.startswith("/app/") and not p.startswith("/app/vendor")
    }


LOCKED = {"composer.json", "composer.lock"}
ARCHIVE = {"name": "a/b", "version": "1.0.0", "dist": {"type": "zip", "url": "goods/b.zip"}}
FETCHED = {"name": "a/c", "dist": {"type": "zip", "url": "https://example.com/c.zip"}}


def plugin(name, version="1.0.0"):
    package = {"name": name, "version": version, "type": "composer-plugin"}
    return {"composer.lock": json.dumps({"packages": [package]})}


def flex(version):
    return plugin("symfony/flex", version)


@pytest.mark.parametrize(
    ("script", "files", "manifest", "reads"),
    [
        ("composer install --no-scripts --no-autoloader", {}, {}, LOCKED),
        ("composer install --no-dev", {}, {}, LOCKED | {"database/**"}),
        ("composer install -o", {}, {}, LOCKED | {"database/**", "src/**"}),
        ("composer install", {}, {"config": {"optimize-autoloader": True}}, LOCKED | {"database/**", "src/**"}),
        ("composer install", {}, {"autoload-dev": {"classmap": ["tests"]}}, LOCKED | {"database/**", "tests/**"}),
        ("composer install --no-dev", {}, {"autoload-dev": {"classmap": ["tests"]}}, LOCKED | {"database/**"}),
        ("composer install --no-autoloader", {"auth.json": "{}"}, {}, LOCKED | {"auth.json"}),
        ("composer install --no-autoloader", {"composer.lock": json.dumps({"packages": [FETCHED], "packages-dev": [ARCHIVE]})}, {}, LOCKED | {"goods/b.zip/**"}),
        ("composer install --no-autoloader", {}, {"repositories": [{"type": "package", "package": ARCHIVE}]}, LOCKED | {"goods/b.zip/**"}),
        ("composer install --no-autoloader", {}, {"repositories": [{"type": "package", "package": [ARCHIVE]}]}, LOCKED | {"goods/b.zip/**"}),
        ("composer install --no-autoloader", {}, {"repositories": [{"type": "composer", "url": "file:///app/index"}]}, LOCKED | {"index/**"}),
        ("composer install", {}, {"autoload": {"classmap": ["data*"]}}, LOCKED | {"database/**"}),
        ("composer validate", {}, {}, LOCKED),
        ("composer config vendor-dir lib", {"auth.json": ""}, {}, LOCKED | {"auth.json"}),
        ("composer about", {}, {}, LOCKED),
        ("composer about", {"composer.json": None}, {}, {"composer.lock"}),
        ("composer clear-cache", {}, {}, LOCKED),
        # The commit of the checkout stands in vendor/composer/installed.php.
        ("composer install --no-autoloader", {".git/HEAD": ""}, {}, LOCKED | {".git/**"}),
        ("composer install --no-autoloader", {".git/HEAD": ""}, {"version": "1.0"}, LOCKED),
        ("COMPOSER_ROOT_VERSION=1.0 composer install --no-autoloader", {".git/HEAD": ""}, {}, LOCKED),
        ("composer install --no-autoloader", {"pkg/a/composer.json": "{}"}, {"repositories": [{"type": "path", "url": "pkg/*"}]}, LOCKED | {"pkg/a/**"}),
        ("composer install --no-autoloader", {}, {"scripts": {"post-install-cmd": "cat src/A.php"}}, LOCKED | {"src/A.php"}),
        ("composer install --no-autoloader", {}, {"scripts": {"post-install-cmd": ["@own"], "own": ["@other"], "other": "cat src/A.php"}}, LOCKED | {"src/A.php"}),
        ("composer install --no-autoloader --no-scripts", {}, {"scripts": {"post-install-cmd": "cat src/A.php"}}, LOCKED),
        ("composer install --no-autoloader", plugin("symfony/runtime") | {"own.php": ""}, {"extra": {"runtime": {"autoload_template": "own.php"}}}, LOCKED | {"own.php"}),
        ("composer dump-autoload -o", {}, {}, LOCKED | {"database/**", "src/**"}),
    ],
)  # fmt: skip
def test_reads_exactly_these(script, files, manifest, reads):
    """An install reads manifests; the autoloader the folders that it is made from."""
    effects = run(script, files, manifest)

    assert (None, reads) == (effects.doubt, own(effects.reads))


@pytest.mark.parametrize(
    ("script", "files", "manifest", "doubt"),
    [
        ("composer install", {}, {"scripts": {"post-autoload-dump": ["@php artisan package:discover"]}}, "post-autoload-dump runs @php"),
        ("composer install", {}, {"scripts": {"post-install-cmd": "App\\Hooks::run"}}, "App\\Hooks::run"),
        ("composer install", flex("v1.15.2"), {}, "plugin symfony/flex"),
        ("composer install", flex("dev-main"), {}, "plugin symfony/flex"),
        ("composer install", flex("v3.0.0"), {}, "plugin symfony/flex"),
        ("composer install", {}, {"scripts": {"post-install-cmd": "@auto-scripts", "auto-scripts": {"cache:clear": "symfony-cmd"}}}, "runs @auto-scripts"),
        ("composer install", {}, {"scripts": {"post-install-cmd": "@own", "own": "@own"}}, "runs @own"),
        ("composer install", {}, {"scripts": {"post-install-cmd": "@own x", "own": "cat"}}, "runs @own x"),
        ("composer install", {}, {"scripts": {"post-install-cmd": "@own", "own": ["@php artisan"]}}, "runs @php artisan"),
        ("composer install", flex("v2.4.5"), {"extra": {"runtime": {"dotenv_path": "x"}}}, "plugin symfony/flex"),
        ("composer install", flex("v2.4.5"), {"extra": {"symfony": {"root-dir": "x"}}}, "plugin symfony/flex"),
        ("composer update --no-scripts", flex("v2.4.5"), {}, "plugin symfony/flex"),
        ("composer require x/y", flex("v2.4.5"), {}, "plugin symfony/flex"),
        ("composer install", {"composer.lock": None}, {"config": {"allow-plugins": {"symfony/flex": True}}}, "plugin symfony/flex"),
        ("composer install", plugin("composer/installers"), {}, "plugin composer/installers"),
        ("composer install", {"composer.lock": None}, {"config": {"allow-plugins": {"x/y": True}}}, "plugin x/y"),
        ("composer install", {"composer.json": None}, {}, "not known"),
        ("composer install", {"composer.json": "{"}, {}, "cannot be read"),
        ("composer install --frobnicate", {}, {}, "--frobnicate"),
        ("composer run-script build", {}, {}, "own program"),
        ("composer create-project a/b", {}, {}, "another project"),
        ('composer install -d "$X"', {}, {}, "not known"),
        ("composer install", {}, {"repositories": [{"type": "path", "url": "{a,b}/*"}]}, "not modelled"),
    ],
)  # fmt: skip
def test_doubts(script, files, manifest, doubt):
    """Scripts and plugins that are not known are doubts, and the reason names them."""
    assert doubt in (run(script, files, manifest, env={"X": "\0"}).doubt or "")


@pytest.mark.parametrize(
    ("files", "manifest"),
    [
        (plugin("symfony/flex"), {"config": {"allow-plugins": {"symfony/flex": False}}}),
        (plugin("symfony/runtime"), {}),
        (flex("v1.15.3"), {}),
        (flex("2.4.5"), {"extra": {"symfony": {"allow-contrib": True}}}),
        ({}, {"config": {"allow-plugins": {"x/y": True}}}),
    ],
)
def test_plugins_that_do_not_count(files, manifest):
    """A plugin that is forbidden, harmless or not in the lock is no doubt."""
    assert run("composer install", files, manifest).doubt is None


@pytest.mark.parametrize("script", ["composer install --no-scripts", "composer dump-autoload"])
def test_flex_is_told_of_nothing(script):
    """Without scripts, and by a mere autoloader, whatever its version."""
    files = {"composer.lock": None, "symfony.lock": "{}", ".env.dist": ""}
    effects = run(script, files, {"config": {"allow-plugins": {"symfony/flex": True}}})

    assert (None, set()) == (effects.doubt, {w for w in effects.writes if ".env" in w})
    assert "/app/symfony.lock" in effects.reads


@pytest.mark.parametrize(
    ("files", "writes"),
    [({}, set()), ({".env.dist": ""}, {"/app/.env"}), ({".env": "", ".env.dist": ""}, set())],
)
def test_flex_makes_an_env(files, writes):
    """Of .env.dist, where there is no .env; it looks for both."""
    effects = run("composer install", flex("v2.4.5") | files)

    assert writes == {w for w in effects.writes if w.startswith("/app/.env")}
    assert {"/app/.env", "/app/.env.dist", "/app/.env.local"} <= effects.probes | effects.reads


@pytest.mark.parametrize(
    ("script", "manifest", "writes"),
    [
        ("composer install", {}, {"/app/vendor/**", "/app/vendor/bin/**"}),
        ("composer install", {"config": {"vendor-dir": "lib/v", "bin-dir": "bin"}}, {"/app/lib/v/**", "/app/bin/**"}),
        (f"composer require x/y {QUIET}", {}, {"/app/vendor/**", "/app/vendor/bin/**", "/app/composer.json", "/app/composer.lock"}),
        (f"composer update {QUIET}", {}, {"/app/vendor/**", "/app/vendor/bin/**", "/app/composer.lock"}),
        ("composer validate", {}, set()),
    ],
)  # fmt: skip
def test_writes_exactly_these(script, manifest, writes):
    """What is filled is vendor, wherever the manifest puts it."""
    effects = run(script, manifest=manifest)

    assert writes == {w for w in effects.writes if w.startswith("/app/")}


@pytest.mark.parametrize("script", ["composer validate", "composer about", "composer install --dry-run"])
def test_every_command_looks_for_plugins_and_the_branch(script):
    """The class loader of vendor, and the checkout that the project stands in."""
    assert {"/app/vendor/composer/installed.json", "/app/.git", "/.git"} <= run(script).probes


def test_homes_are_relative_to_the_project():
    """COMPOSER_HOME and COMPOSER_CACHE_DIR are taken as they are written."""
    effects = run("COMPOSER_HOME=.home COMPOSER_CACHE_DIR=.cache composer install")

    assert {"/app/.home/.htaccess", "/app/.cache/**"} <= effects.writes
    assert "/app/.home/auth.json" in effects.probes
