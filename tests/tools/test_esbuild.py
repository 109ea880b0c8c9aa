"""esbuild: the folders of its entry points are read, and what these import, or the reason is said."""

from __future__ import annotations

import json

import pytest

from optimizer.effects.model import covers
from tests.effects.machine import effects_of

BUNDLE = "esbuild src/index.ts --bundle --outfile=dist/x.js"
MAP = "//# sourceMappingURL=../web/b.map\n"
MAPPED = f"{BUNDLE} --sourcemap"


def run(script, files, **given):
    base = {
        "package.json": "{}", "src/index.ts": "import './b';\n", "src/b.ts": "", "docs/a.ts": "",
        "web/e.ts": "", "web/d.json": "{}",
    }  # fmt: skip
    return effects_of(script, {f"/app/{n}": t for n, t in (base | files).items()}, **given)


def own(paths):
    """The paths of the project, without those in folders that are there whole."""
    found = {p for p in paths if p.startswith("/app/") and "node_modules" not in p}
    apart = {p for p in found if not any(covers(w, p) for w in found - {p})}
    return {p.removeprefix("/app/") for p in apart}


def config(name="tsconfig.json", **options) -> dict[str, str]:
    return {name: json.dumps({"compilerOptions": options})}


ENTRY = {"package.json", "src/**"}
OUT = {f"dist/x.{end}{more}" for end in ("js", "css") for more in ("", ".map", ".LEGAL.txt")}


@pytest.mark.parametrize(
    ("script", "files", "reads"),
    [
        (BUNDLE, {}, ENTRY | OUT),
        ("esbuild src/index.ts src/b.ts --bundle --outdir=dist --format=esm --target=es2020 --loader:.svg=text --define:A=1", {}, ENTRY | {"dist/**"}),
        ("esbuild a=src/index.ts --bundle --outdir=dist", {}, ENTRY | {"dist/**"}),
        ("esbuild src/*.ts docs/a.ts --outdir=dist", {}, ENTRY | {"docs/**", "dist/**"}),
        ("esbuild 'src/**/*.ts' --outdir=dist", {}, ENTRY | {"dist/**"}),
        ("esbuild src/index.ts --bundle > out.js", {}, ENTRY),
        ("esbuild src/index.ts --bundle --outfile=dist/x.js --loader:.png=file", {}, ENTRY | {"dist/**"}),
        ("cd src && esbuild index.ts --outdir=../dist", {}, ENTRY | {"dist/**"}),
        ("esbuild index.ts --outdir=dist", {"index.ts": ""}, {"**"}),
        ("esbuild --version", {}, set()),
        (BUNDLE, {"src/index.ts": "import '../web/e'; import '../gone';"}, ENTRY | OUT | {"web/e.ts"}),
        (BUNDLE, {"src/index.ts": "export * from '../web/e.js'"}, ENTRY | OUT | {"web/e.ts"}),
        (BUNDLE, {"src/index.ts": "const d = '../web/d.json'"}, ENTRY | OUT | {"web/d.json"}),
        (BUNDLE, {"src/index.ts": "import '/app/web/e'"}, ENTRY | OUT | {"web/e.ts"}),
        (BUNDLE, {"src/index.ts": "import '../web'"}, ENTRY | OUT | {"web/**"}),
        (BUNDLE, {"src/index.ts": "import(`../web/${n}.ts`)"}, ENTRY | OUT | {"web/**"}),
        (BUNDLE, {"src/index.ts": "require('../we' + 'b/e')"}, {"**"}),
        (BUNDLE, {"src/index.ts": "require('../web/' + n)"}, ENTRY | OUT | {"web/**"}),
        (BUNDLE, {"src/index.ts": "log('...', '.a', `..b`)"}, ENTRY | OUT),
        (BUNDLE, {"src/index.ts": "/** @jsxImportSource ../web */"}, ENTRY | OUT | {"web/**"}),
        (BUNDLE, {"src/index.ts": "import '../web/e'", "web/e.ts": "import '../docs/a'"}, ENTRY | OUT | {"web/e.ts", "docs/a.ts"}),
        (BUNDLE, {"src/sub/package.json": '{"main": "../../web/e.ts"}'}, ENTRY | OUT | {"web/e.ts"}),
        (BUNDLE, {"src/b.css": "a { background: url(../web/d.json?x#y) }"}, ENTRY | OUT | {"web/d.json"}),
        (BUNDLE, {"src/b.css": "@import '../web/s.css'", "web/s.css": "@import 'more.css'"}, ENTRY | OUT | {"web/**"}),
        (BUNDLE, {"src/x.foo": "import '../web/e'"}, ENTRY | OUT),
        (f"{BUNDLE} --loader:.foo=ts", {"src/x.foo": "import '../web/e'"}, ENTRY | OUT | {"web/e.ts"}),
        (f"{BUNDLE} --resolve-extensions=.foo,.ts", {"src/index.ts": "import '../web/x'", "web/x.foo": ""}, ENTRY | OUT | {"web/x.foo"}),
        (f"{BUNDLE} --inject:web/e.ts --alias:@a=./docs/a", {}, ENTRY | OUT | {"web/e.ts", "docs/a.ts"}),
        (f"{BUNDLE} --mangle-cache=names.json", {}, ENTRY | OUT | {"names.json"}),
        (BUNDLE, config(paths={"~/*": ["./src/*"], "e": ["web/e"]}), ENTRY | OUT | {"tsconfig.json", "web/e.ts"}),
        (BUNDLE, config("jsconfig.json", paths={"~/*": ["./web/*"]}), ENTRY | OUT | {"jsconfig.json", "web/**"}),
        (BUNDLE, {"tsconfig.json": '{"extends": ["./base", "@tsconfig/node20"],}', **config("base.json", baseUrl="src")}, ENTRY | OUT | {"tsconfig.json", "base.json"}),
        (BUNDLE, {**config("src/tsconfig.json", paths={"e": ["../web/e"]})}, ENTRY | OUT | {"web/e.ts"}),
        (f"{BUNDLE} --tsconfig=t.json", config("t.json", paths={"~/*": ["./web/*"]}), ENTRY | OUT | {"t.json", "web/**"}),
        ("esbuild src/b.ts --outdir=dist", {"package.json": '{"workspaces": ["lib"]}', **config(baseUrl=".")}, ENTRY | {"dist/**", "tsconfig.json"}),
        (BUNDLE, {"package.json": '{"name": "app", "exports": "./x.js", "imports": {"#a": "./a.js"}}'}, ENTRY | OUT),
        (MAPPED, {"src/b.ts": "import '../web/e'; import 'node:fs'"}, ENTRY | OUT | {"web/e.ts"}),
        (MAPPED, {"src/b.ts": MAP, "web/b.map": '{"sources": ["e.ts", "d.json"], "sourcesContent": [null, ""]}'}, ENTRY | OUT | {"web/b.map", "web/e.ts"}),
        (MAPPED, {"src/b.ts": MAP}, ENTRY | OUT),
        (f"{MAPPED} --platform=node --external:dep", {"src/b.ts": "import 'fs'; import 'dep'"}, ENTRY | OUT),
        (f"{MAPPED} --packages=external", {"src/b.ts": "import 'dep'"}, ENTRY | OUT),
    ],
)  # fmt: skip
def test_reads(script, files, reads):
    """Whole folders of entry points, single files beside them, and no doubt."""
    effects = run(script, files)

    assert effects.doubt is None
    assert own(effects.reads) == reads


def test_looks_for_what_is_not_there():
    """Settings in each folder above, and each end of a module's name."""
    effects = run(BUNDLE, {"src/index.ts": "import '../web/x.js'"})
    looked = {"tsconfig.json", "jsconfig.json", ".pnp.cjs", "web/x.js", "web/x.ts", "web/x.tsx", "web/x.js.css"}

    assert effects.doubt is None
    assert looked <= own(effects.probes)
    assert {"/package.json", "/tsconfig.json"} <= effects.probes
    assert any(covers(p, "/app/node_modules/dep/index.js") for p in effects.reads)


@pytest.mark.parametrize(
    ("options", "writes", "generated"),
    [
        ("--outdir=dist --metafile=meta.json", {"dist/**", "meta.json"}, {"dist"}),
        ("--outfile=dist/x.js", OUT, {"dist"}),
        ("--outfile=dist/x.js --out-extension:.css=.scss", {"dist/**"}, {"dist"}),
        ("--outfile=web/x.js", {p.replace("dist", "web") for p in OUT}, {"web/x.js"}),
        ("--outfile=web/x.js --sourcemap", {p.replace("dist", "web") for p in OUT}, {"web/x.js", "web/x.js.map"}),
        ("--outdir=.", {"**"}, set()),
        ("", set(), set()),
    ],
)
def test_writes(options, writes, generated):
    """What may be written; a folder with sources in it is nobody's to ignore."""
    effects = run(f"esbuild src/index.ts --bundle {options}", {})

    assert effects.doubt is None
    assert {p or "**" for p in own(effects.writes)} == writes
    assert own(effects.generated) == generated


@pytest.mark.parametrize(
    ("script", "files", "doubt"),
    [
        ("esbuild --serve --outdir=dist src/index.ts", {}, "esbuild --serve reads"),
        (f"{BUNDLE} --watch", {}, "esbuild --watch reads"),
        (f"{BUNDLE} --tsconfig-raw={{}}", {}, "esbuild --tsconfig-raw reads"),
        (f"{BUNDLE} $(cat words)", {}, "what esbuild bundles is not known"),
        (f"{BUNDLE} --$(cat words)", {}, "a word of esbuild"),
        ("esbuild --bundle < src/b.ts", {}, "standard input"),
        ("NODE_PATH=/lib esbuild src/b.ts", {}, "NODE_PATH"),
        ("esbuild ../x=src/b.ts --outdir=dist", {}, "outside of its folder"),
        (f"{BUNDLE} --chunk-names=../[name]", {}, "outside of its folder"),
        (f"{BUNDLE} --jsx-import-source=./web", {}, "takes its JSX"),
        (BUNDLE, config(jsxImportSource="./web"), "takes its JSX"),
        (BUNDLE, config(baseUrl="."), "baseUrl leads imports to /app,"),
        (BUNDLE, config(paths={"~/*": ["${configDir}/x/*"]}), "leads imports where it does not say"),
        (BUNDLE, {"tsconfig.json": '{"extends": "company"}'}, "extends company, which is not known"),
        (BUNDLE, {"tsconfig.json": "{"}, "the content of /app/tsconfig.json is not known"),
        (BUNDLE, {"package.json": '{"workspaces": ["lib"]}'}, "has workspaces"),
        (BUNDLE, {"package.json": '{"dependencies": {"lib": "file:lib"}}'}, "has a package of the project"),
        (BUNDLE, {"package.json": '{"dependencies": []}', "src/b.ts": ""}, None),
        (BUNDLE, {"package.json": '{"dependencies": ["x"]}'}, "is not understood"),
        (BUNDLE, {"package.json": '{"browser": {"./src/b.ts": "./web/e.ts"}}'}, "what else a browser gets"),
        (BUNDLE, {"package.json": '{"name": "app", "exports": "./x.js"}', "src/b.ts": "import 'app'"}, "leads to its own modules"),
        (BUNDLE, {"package.json": '{"imports": {"#a": "./a.js"}}', "src/b.ts": "import '#a'"}, "leads to its own modules"),
        (BUNDLE, {"package.json": "["}, "the content of /app/package.json is not known"),
        (BUNDLE, {".pnp.cjs": ""}, "/app/.pnp.cjs tells where packages are"),
        (BUNDLE, {"src/sub/package.json": '{"dependencies": {"x": "file:../../web"}}'}, "has a package of the project"),
        (BUNDLE, {"src/b.ts": "import 'dep/../../web/e'"}, "imports what is not followed"),
        (BUNDLE, {"src/b.ts": "import '\\x2e./web/e'"}, "imports what is not followed"),
        (BUNDLE, {"src/b.css": "a { background: url(/web/d.png) }"}, "imports what is not followed"),
        (BUNDLE, {"src/b.css": "a { background: url(x/../../web/d.png) }"}, "imports what is not followed"),
        (MAPPED, {"src/b.ts": "//# sourceMappingURL=data:application/json,{}"}, "has a source map that is not followed"),
        (MAPPED, {"src/b.ts": "//# sourceMappingURL=../web"}, "has a source map that is not followed"),
        (MAPPED, {"src/b.ts": MAP, "web/b.map": "["}, "the content of /app/web/b.map is not known"),
        (MAPPED, {"src/b.ts": MAP, "web/b.map": '{"sources": ["webpack://x"]}'}, "names sources that are not followed"),
        (MAPPED, {"src/b.ts": MAP, "web/b.map": '{"sources": ["x"], "sourceRoot": "s"}'}, "names sources that are not followed"),
        (MAPPED, {"src/b.ts": MAP, "web/b.map": '{"sources": "x"}'}, "names sources that are not followed"),
        (MAPPED, {"src/b.ts": MAP, "web/b.map": '{"sections": []}'}, "names sources that are not followed"),
        (MAPPED, {"src/b.ts": "import x from 'dep'"}, "the source map of the package dep"),
        (MAPPED, {"src/b.ts": "import x from 'fs'"}, "the source map of the package fs"),
        (f"date > web/f.ts && {BUNDLE}", {"src/b.ts": "import '../web/f'"}, "outside of what esbuild bundles"),
        (f"date > src/f.ts && {BUNDLE}", {}, "what stands in /app/src is not known"),
        (f"ln -s ../web src/web && {BUNDLE}", {}, "what stands in /app/src is not known"),
    ],
)  # fmt: skip
def test_doubts(script, files, doubt):
    """What leaves it open says why."""
    found = run(script, files).doubt

    assert (found is None) if doubt is None else doubt in (found or "")


@pytest.mark.parametrize(
    ("script", "files", "doubt"),
    [
        ("webpack", {}, "webpack reads the project's sources"),
        ("webpack --mode=production", {"webpack.config.js": ""}, "webpack reads the project's sources, as the program webpack.config.js says"),
        ("webpack -c etc/w.js", {"webpack.config.js": ""}, "webpack reads the project's sources, as the program etc/w.js says"),
        ("rollup -c", {"rollup.config.mjs": ""}, "rollup reads the project's sources, as the program rollup.config.mjs says"),
        ("rollup -c --silent", {}, "rollup reads the project's sources"),
        ("vite build --config=v.ts", {}, "vite reads the project's sources, as the program v.ts says"),
        ("vite build", {"vite.config.ts": ""}, "vite reads the project's sources, as the program vite.config.ts says"),
    ],
)  # fmt: skip
def test_a_config_that_is_a_program(script, files, doubt):
    """It is named."""
    assert run(script, files).doubt == doubt
