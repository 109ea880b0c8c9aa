"""esbuild: its entry points and what they import are read, and nothing else, or the reason is said."""

from __future__ import annotations

import pytest

from tests.effects.machine import effects_of

FILES = {
    "package.json": "{}", "tsconfig.json": '{"extends": "./base"} // shared\n', "base.json": "{}",
    "src/a.ts": "import './b'", "src/b.ts": "", "lib/c.ts": "export default 1\n", "css/d.css": "b {}", "img/e.svg": "",
    "data/f.json": "{}", "docs/g.md": "", "main.js": "import './lib/c'\n",
}  # fmt: skip
AROUND = {"package.json", "tsconfig.json", "base.json"}
OWN = AROUND | {"src/**", "dist/**", "src/node_modules/**"}


def run(script, files=None, **given):
    return effects_of(script, {f"/app/{name}": text for name, text in (FILES | (files or {})).items()}, **given)


def own(paths):
    return {p.removeprefix("/app/") for p in paths if p.startswith("/app/")} - {"node_modules/**"}


@pytest.mark.parametrize(
    ("script", "files", "reads"),
    [
        ("esbuild src/a.ts --bundle --outfile=dist/a.js", {}, OWN),
        ("esbuild --bundle --minify --sourcemap=inline --platform=node --target=es2020 --outdir=dist src/a.ts", {}, OWN),
        ("esbuild src/*.ts --outdir=dist", {}, OWN),
        ("esbuild 'src/**/*.ts' --outdir=dist", {}, OWN),
        ("esbuild home=src/a.ts --bundle --define:X=1 --external:fs --loader:.svg=file --outdir=dist", {}, OWN),
        ("esbuild src/a.ts --bundle --outdir=dist", {"src/a.ts": "import x from '../lib/c'"}, OWN | {"lib/c.ts"}),
        ("esbuild src/a.ts --bundle --outdir=dist", {"src/a.ts": "x = require('../data/f.json')"}, OWN | {"data/f.json"}),
        ("esbuild src/a.ts --outdir=dist", {"src/a.ts": "import x from '../lib/c'"}, OWN),
        ("esbuild src/s.css --bundle --outdir=dist", {"src/s.css": "@import '../css/d.css'; a { background: url(../img/e.svg) }"}, OWN | {"css/d.css", "img/e.svg"}),
        ("esbuild src/s.css --bundle --outdir=dist", {"src/s.css": "@import url(https://x/y.css); a { background: url(data:x) url(#f) }"}, OWN),
        ("esbuild src/s.css --bundle --outdir=dist", {"src/s.css": "@import '../css/d.css'", "css/d.css": "b { src: url('../img/e.svg') }"}, OWN | {"css/d.css", "img/e.svg"}),
        ("esbuild src/a.ts --bundle --outdir=dist", {"src/a.ts": "1\n//# sourceMappingURL=../lib/a.map", "lib/a.map": "{}"}, OWN | {"lib/a.map"}),
        ("esbuild main.js --bundle --outfile=dist/m.js", {}, AROUND | {"main.js", "lib/c.ts", "dist/**"}),
        ("esbuild src/a.ts --bundle --inject:main.js --outdir=dist", {}, OWN | {"main.js", "lib/c.ts"}),
        ("esbuild src/a.ts --bundle --tsconfig=web.json --outdir=dist", {"web.json": "{}"}, OWN | {"web.json"}),
        ("esbuild src/a.ts --bundle", {}, OWN - {"dist/**"}),
    ],
)  # fmt: skip
def test_reads(script, files, reads):
    """The folders of the entry points, what is imported from elsewhere, the settings around, and no doubt."""
    effects = run(script, files)

    assert effects.doubt is None
    assert own(effects.reads) == reads


@pytest.mark.parametrize(
    ("script", "files", "writes"),
    [
        ("esbuild src/a.ts --outdir=dist --metafile=meta.json", {}, {"dist/**", "meta.json"}),
        ("esbuild src/a.ts --outfile=dist/x/a.js", {}, {"dist/x/**"}),
        ("esbuild src/a.ts --outfile=web/a.js --loader:.svg=file", {"web/index.html": ""}, {"web/**"}),
        ("esbuild src/a.ts", {}, set()),
    ],
)
def test_writes(script, files, writes):
    """Where nothing stands, the folder; else no more than what comes with the file."""
    effects = run(script, files)

    assert effects.doubt is None
    assert own(effects.writes) == writes


def test_a_file_among_others():
    """Maps and styles stand beside it, and nothing else."""
    effects = run("esbuild src/a.ts --bundle --outfile=web/a.js", {"web/index.html": ""})

    assert effects.doubt is None
    assert {"web/a.js", "web/a.js.map", "web/a.css"} < own(effects.writes)
    assert "web/index.html" not in own(effects.reads | effects.writes)


def test_looks_for_what_is_not_there():
    """Other ends of an import, settings and packages beside what is imported, and Plug'n'Play."""
    effects = run("esbuild src/a.ts --bundle --outdir=dist", {"src/a.ts": "import '../lib/c'; import '../css/d.css'"})
    looked = {"lib/c.js", "lib/c.tsx", "lib/package.json", "lib/tsconfig.json", "lib/node_modules", "css/tsconfig.json", ".pnp.cjs"}

    assert effects.doubt is None
    assert looked <= own(effects.probes)


@pytest.mark.parametrize(
    ("script", "files", "doubt"),
    [
        ("esbuild", {}, "reads the project's sources"),
        ("esbuild src/a.ts --watch --outdir=dist", {}, "--watch reads"),
        ("esbuild src/a.ts --serve=8000", {}, "--serve reads"),
        ("esbuild src/a.ts -h", {}, "-h reads"),
        ("esbuild src/a.ts --alias:a=./b --outdir=dist", {}, "--alias reads"),
        ("esbuild src/a.ts --resolve-extensions=.x --outdir=dist", {}, "--resolve-extensions reads"),
        ("esbuild $(cat list) --outdir=dist", {}, "what esbuild builds"),
        ("esbuild src/a.ts --outdir=.", {}, "writes beside the project's files"),
        ("NODE_PATH=lib esbuild src/a.ts --bundle --outdir=dist", {}, "NODE_PATH"),
        ("esbuild src/a.ts --bundle --outdir=dist", {"tsconfig.json": '{"compilerOptions": {"paths": {"~/*": ["lib/*"]}}}'}, "sets paths"),
        ("esbuild src/a.ts --bundle --outdir=dist", {"base.json": '{"compilerOptions": {"baseUrl": "."}}'}, "sets baseUrl"),
        ("esbuild src/a.ts --bundle --outdir=dist", {"src/tsconfig.json": '{"compilerOptions": {"baseUrl": ".."}}'}, "sets baseUrl"),
        ("esbuild src/a.ts --bundle --outdir=dist", {"tsconfig.json": '{"compilerOptions": {"jsxImportSource": "./lib"}}'}, "sets jsxImportSource"),
        ("esbuild src/a.ts --bundle --outdir=dist", {"tsconfig.json": "{"}, "not known"),
        ("esbuild src/a.ts --bundle --outdir=dist", {"package.json": '{"dependencies": {"x": "file:lib"}}'}, "leads there"),
        ("esbuild src/a.ts --bundle --outdir=dist", {"package.json": '{"browser": {"./src/b": "./lib/c"}}'}, "leads there"),
        ("esbuild src/a.ts --bundle --outdir=dist", {"src/package.json": '{"imports": {"#x": "../lib/c"}}'}, "leads there"),
        ("esbuild src/a.ts --bundle --outdir=dist", {".pnp.cjs": ""}, "Plug'n'Play"),
        ("esbuild src/a.ts --bundle --outdir=dist", {"src/a.ts": "import x from '../lib'"}, "outside of what esbuild compiles"),
        ("esbuild src/a.ts --bundle --outdir=dist", {"src/a.ts": "import(`../lib/${x}.js`)"}, "outside of what esbuild compiles"),
        ("esbuild src/a.ts --bundle --outdir=dist", {"src/a.ts": "import('../lib/' + x + '.js')"}, "outside of what esbuild compiles"),
    ],
)  # fmt: skip
def test_doubts(script, files, doubt):
    """What leads elsewhere is said."""
    assert doubt in (run(script, files).doubt or "")
