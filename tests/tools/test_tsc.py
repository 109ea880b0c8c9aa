"""tsc: what tsconfig.json names is read, and nothing else, or the reason is said."""

from __future__ import annotations

import json

import pytest

from tests.effects.machine import effects_of

CONFIG = '{"compilerOptions": {"outDir": "dist"}, "include": ["src/**/*"]} // built\n'


def run(script, files):
    base = {
        "package.json": "{}", "tsconfig.json": CONFIG, "src/a.ts": "import './b';\n", "src/b.ts": "",
        "docs/c.ts": "", "web/d.json": "{}",
    }  # fmt: skip
    return effects_of(script, {f"/app/{name}": text for name, text in (base | files).items()})


def config(**fields) -> dict[str, str]:
    return {"tsconfig.json": json.dumps({"include": ["src"], **fields})}


def own(paths):
    return {p.removeprefix("/app/") for p in paths if p.startswith("/app/")} - {"node_modules/**"}


OWN = {"package.json", "tsconfig.json", "src/**", "dist/**", "tsconfig.tsbuildinfo/**"}
EXTENDING = {"tsconfig.json": '{"extends": "./base", "include": ["src"],}', "base.json": '{"compilerOptions": {"outDir": "dist"}}'}  # fmt: skip


@pytest.mark.parametrize(
    ("script", "files", "reads"),
    [
        ("tsc", {}, OWN),
        ("tsc -p tsconfig.json --pretty", {}, OWN),
        ("tsc --project .", {}, OWN),
        ("tsc", EXTENDING, OWN | {"base.json"}),
        ("tsc -b", {}, OWN | {"dist/tsconfig.tsbuildinfo/**"}),
        ("tsc --build tsconfig.json --force --verbose", {}, OWN | {"dist/tsconfig.tsbuildinfo/**"}),
        ("tsc -b", config(compilerOptions={"outDir": "dist", "rootDir": "src"}), OWN),
        ("tsc -b", {"src/a.ts": "import x from '../web/d.json'"}, OWN | {"dist/tsconfig.tsbuildinfo/**", "web/d.json"}),
        ("tsc", config(compilerOptions={"outDir": "dist"}, files=["docs/c.ts"]), OWN | {"docs/c.ts/**"}),
        ("tsc", config(extends="@tsconfig/node20", compilerOptions={"outDir": "dist"}), OWN | {"dist/tsconfig.tsbuildinfo/**"}),
        ("tsc", config(compilerOptions={"outDir": "dist", "typeRoots": ["types"]}), OWN | {"types/**"}),
        ("tsc", {"src/a.ts": "path.join(__dirname, '..', 'x')"}, OWN),
        ("tsc", {"src/a.ts": "import x from '../web/d.json'"}, OWN | {"web/d.json"}),
        ("tsc", {"src/a.ts": "import { x } from\n  '../docs/c'"}, OWN | {"docs/c.ts"}),
        ("tsc", {"src/a.ts": "import '../docs/c.js'", "docs/c.ts": "import '../web/e'", "web/e.d.ts": ""}, OWN | {"docs/c.ts", "web/e.d.ts"}),
        ("tsc", {"src/a.ts": "import x = require ('../docs/c')"}, OWN | {"docs/c.ts"}),
        ("tsc", {"src/a.ts": "const x = import(/* a, */ '../docs/c')"}, OWN | {"docs/c.ts"}),
        ("tsc", {"src/a.ts": "const x = import( // a,\n '../docs/c')"}, OWN | {"docs/c.ts"}),
        ("tsc", {"src/a.ts": '/// <reference path = "../docs/c.ts" />'}, OWN | {"docs/c.ts"}),
        ("tsc", {"src/a.ts": "declare module '../docs/c' {}"}, OWN | {"docs/c.ts"}),
        ("tsc", {"src/a.ts": "/** @type {import('../docs/c')} */"}, OWN | {"docs/c.ts"}),
        ("tsc", {"src/a.ts": "import '../web/d.json'; import './c'; import '../gone'"}, OWN | {"web/d.json"}),
        ("tsc", {"src/a.ts": "import '/app/docs/c'; route('/app/web/d.json')"}, OWN | {"docs/c.ts"}),
        ("tsc", {"src/a.ts": "/// <reference path='x/../../docs/c.ts' />\n"}, OWN | {"docs/c.ts"}),
        ("tsc", {"src/a.ts": "import '../docs/c'", "docs/c.ts": "/// <reference types='d' />", "docs/d.d.ts": ""}, OWN | {"docs/c.ts", "docs/d.d.ts"}),
        ("tsc", {"src/a.ts": "import d from 'dep'", "dep.ts": "import './docs/c'"}, OWN | {"dep.ts", "docs/c.ts"}),
        ("tsc", {"src/x/package.json": '{"types": "../../docs/c.ts"}'}, OWN | {"docs/c.ts"}),
        ("tsc", {"src/a.ts": "join(__dirname, '../docs/c'); f('../docs/c'); x = '../docs/c'; y = ['../', { a: '../docs/' }]"}, OWN),
    ],
)  # fmt: skip
def test_reads(script, files, reads):
    """The folders of `include` and the files around, and no doubt."""
    effects = run(script, files)

    assert effects.doubt is None
    assert own(effects.reads) == reads
    assert own(effects.generated) == {"dist"}


def test_looks_around_what_is_imported():
    """Beside an import from outside, package.json and node_modules are looked for, and other ends."""
    effects = run("tsc", {"src/a.ts": "import '../web/e'; import '../gone'", "web/e.d.ts": ""})
    looked = {"web/package.json", "web/node_modules", "web/e.ts", "gone.ts", "gone.d.ts", "gone"}

    assert effects.doubt is None
    assert looked <= own(effects.probes)


def test_looks_for_a_package_as_a_file():
    """In each folder above, as the classic resolution does (4.9)."""
    effects = run("tsc", {"src/a.ts": "import d from 'dep/sub'"})

    assert {"/app/dep/sub.ts", "/app/dep/sub.d.ts", "/dep/sub.jsx"} <= effects.probes


def test_looks_for_a_base_without_its_end():
    """`./base` may be a file of this name (5.9)."""
    effects = run("tsc", EXTENDING)

    assert "base" in own(effects.probes)


def test_no_emit_writes_no_result():
    """`noEmit` only checks."""
    effects = run("tsc --noEmit", {})

    assert effects.doubt is None
    assert (own(effects.writes), effects.generated) == (set(), frozenset())


@pytest.mark.parametrize(
    ("options", "records"),
    [
        ({"incremental": True, "outDir": "out/x", "rootDir": "src"}, {"tsconfig.tsbuildinfo/**", "out/tsconfig.tsbuildinfo/**"}),
        ({"composite": True, "outDir": "out/x"}, {"tsconfig.tsbuildinfo/**", "out/x/tsconfig.tsbuildinfo/**"}),
        ({"incremental": True, "outDir": "out", "tsBuildInfoFile": "r/i"}, {"tsconfig.tsbuildinfo/**", "out/tsconfig.tsbuildinfo/**", "r/i/**"}),
        ({"incremental": False, "outDir": "out"}, set()),
        ({"outDir": "out", "tsBuildInfoFile": "r/i"}, set()),
    ],
)  # fmt: skip
def test_records(options, records):
    """A record is kept even where nothing is emitted."""
    effects = run("tsc --noEmit", config(compilerOptions=options))

    assert effects.doubt is None
    assert own(effects.writes) == records


@pytest.mark.parametrize(
    "script",
    ["tsc -b lint/tsconfig.json", "tsc -p lint/tsconfig.json --noEmit", "tsc --build lint/x.json"],
)
def test_a_project_that_is_not_there(script):
    """tsc 5.6 says so, and looks at nothing else (measured with strace)."""
    effects = run(script, {})

    assert effects.doubt is None
    assert own(effects.reads) == set()
    assert own(effects.probes) == {w for w in script.split() if w.endswith(".json")}


@pytest.mark.parametrize(
    ("script", "files", "doubt"),
    [
        ("tsc src/a.ts", {}, "tsc src/a.ts reads the project's sources"),
        ("tsc --watch", {}, "tsc --watch reads"),
        ("tsc -p . -b", {}, "tsc -b reads the project's sources"),
        ("tsc -b --clean", {}, "tsc --clean reads"),
        ("tsc -b -w", {}, "tsc -w reads"),
        ("tsc -b", config(compilerOptions={"outDir": "dist", "composite": True}, references=[{"path": "x"}]), "other projects"),
        ("tsc -b . web", {"web/tsconfig.json": "{}"}, "web/tsconfig.json sets no outDir"),
        ("tsc -b", config(), "sets no outDir"),
        ("tsc -b $(cat a)", {}, "which project"),
        ("tsc", {"tsconfig.json": "{"}, "tsconfig.json is not known"),
        ("tsc", config(), "sets no outDir"),
        ("tsc", config(compilerOptions={"outDir": "dist", "baseUrl": "."}), "baseUrl"),
        ("tsc", config(compilerOptions={"outDir": "dist", "paths": {"~/*": ["x/*"]}}), "paths"),
        ("tsc", config(compilerOptions={"outDir": "${configDir}/dist"}), "paths that are not read"),
        ("tsc", config(compilerOptions={"outDir": "dist"}, references=[{"path": "x"}]), "other projects"),
        ("tsc", config(compilerOptions={"outDir": "dist"}, extends="./gone"), "gone.json is not known"),
        ("tsc", {"src/a.ts": "import x from '../web'"}, "outside of what tsc compiles"),
        ("tsc", {"src/a.ts": "import x from '../web/'"}, "outside of what tsc compiles"),
        ("tsc", {"src/a.ts": "import '../docs/c'", "docs/c.ts": "import '../src/a'; import x from '../web'"}, "outside of what tsc compiles"),
        ("date > web/e.ts && tsc", {"src/a.ts": "import x from '../web/e'"}, "outside of what tsc compiles"),
        ("tsc", config(compilerOptions={"outDir": "dist", "types": ["node", "./docs/c"]}), "types by their path"),
        ("tsc", {"src/a.ts": 'const x = require("..")'}, "outside of what tsc compiles"),
        ("tsc", {"src/a.ts": "type X = import(`..`)"}, "outside of what tsc compiles"),
        ("tsc", {"src/a.ts": "/** @jsxImportSource ../web */"}, "outside of what tsc compiles"),
        ("tsc", {"src/a.ts": "import { e } from 'dep/../../web/e'"}, "imports what is not followed: from 'dep/../../web/e"),
        ("tsc", {"src/a.ts": "import '\\x2e./web/e'"}, "imports what is not followed"),
        ("tsc", {"package.json": '{"workspaces": ["packages/*"]}'}, "modules in other folders"),
        ("tsc", {"package.json": '{"dependencies": {"x": "file:../x"}}'}, "modules in other folders"),
        ("tsc", {"package.json": '{"imports": {"#x": "./x.js"}}'}, "modules in other folders"),
        ("truncate -s 1 src/c.ts && tsc", {}, "what stands in /app/src is not known"),
    ],
)  # fmt: skip
def test_doubts(script, files, doubt):
    """Where an import or a setting leads out, all that is said is a doubt."""
    assert doubt in (run(script, files).doubt or "")
