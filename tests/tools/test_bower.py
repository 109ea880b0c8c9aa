"""bower: what an install takes from a project, and what it leaves there (bower 1.8.14 under strace)."""

from __future__ import annotations

import pytest

from tests.effects.machine import effects_of
from tests.tools.test_pip import left, taken

APP = {
    "/app/bower.json": '{"name": "a", "dependencies": {"jquery": "^3"}}',
    "/app/package.json": "{}",
    "/app/index.html": "",
    "/app/x/bower.json": "{}",
    "/app/x/x.js": "",
}
READ = {"bower.json", "package.json"}


@pytest.mark.parametrize(
    ("files", "reads"),
    [
        ({}, READ),
        ({"/app/.bowerrc": '{"directory": "web/lib"}'}, {*READ, ".bowerrc"}),
        ({"/app/bower.json": '{"dependencies": {"x": "./x"}}'}, {*READ, "x/bower.json", "x/x.js"}),
    ],
)
@pytest.mark.parametrize("line", ["bower install --allow-root", "bower --allow-root install -p"])
def test_reads_its_manifests(line, files, reads):
    """bower.json, package.json and .bowerrc, and folders that are dependencies; it leaves its own folder."""
    effects = effects_of(line, APP | files)

    assert effects.doubt is None
    assert taken(effects, APP | files) == reads
    assert left(effects, APP | files) == set()
    assert effects.generated == {
        "/app/web/lib" if "/app/.bowerrc" in files else "/app/bower_components"
    }


@pytest.mark.parametrize(
    ("line", "files", "why"),
    [
        ("bower install jquery", {}, "not a command"),
        ("bower install --frobnicate", {}, "--frobnicate"),
        ("bower install", {"/app/.bowerrc": '{"scripts": {"postinstall": "x"}}'}, "not read"),
        ("bower install", {"/app/.bowerrc": "{"}, "not read"),
        ("bower install", {"/app/bower.json": "{"}, "is not known"),
        (
            "bower install",
            {"/app/bower.json": '{"dependencies": {"x": "file:///x"}}'},
            "file address",
        ),
    ],
)
def test_says_what_it_does_not_know(line, files, why):
    """What is not known is a doubt with its reason."""
    assert why in (effects_of(line, APP | files).doubt or "")
