"""The projects and command lines of `tests.measure.builders`: tool -> (files, setup, command lines)."""

from __future__ import annotations

import json

Files = dict[str, str]
Case = tuple[Files, str, tuple[str, ...]]


def package(**fields: object) -> Files:
    """A package.json."""
    return {"package.json": json.dumps({"name": "app", "version": "1.0.0", **fields})}


def config(options: dict[str, object] | None = None, **fields: object) -> Files:
    """A tsconfig.json that writes into dist."""
    settings = {"outDir": "dist", "skipLibCheck": True, **(options or {})}
    return {"tsconfig.json": json.dumps({"compilerOptions": settings, **fields})}


# Stands in every project, and most of it is read by nobody.
COMMON = {
    **package(),
    "README.md": "", ".gitignore": "dist\n", "docs/guide.md": "", "docs/a.ts": "export const a = 1;\n",
    "src/index.ts": "import { b } from './b';\nimport { c } from './lib';\nconsole.log(b, c);\n",
    "src/b.ts": "export const b: number = 1;\n", "src/lib/index.ts": "export { c } from './c';\n",
    "src/lib/c.ts": "export const c = 2;\n", "src/unused.ts": "export {};\n",
    "web/data.json": '{"x": 1}\n', "web/e.ts": "export const e = 3;\n", ".env": "A=1\n",
}  # fmt: skip
OUT = ["src"]
# A package, and a link to a folder of the project, as an install leaves them.
MODULES = (
    "mkdir -p node_modules/dep node_modules/@types/given"
    " && echo '{\"name\":\"dep\",\"main\":\"m.js\",\"types\":\"m.d.ts\"}' > node_modules/dep/package.json"
    " && echo 'exports.d = 1' > node_modules/dep/m.js && echo 'export const d: number;' > node_modules/dep/m.d.ts"
    " && echo 'declare const given: string;' > node_modules/@types/given/index.d.ts"
    " && echo '{\"name\":\"@types/given\"}' > node_modules/@types/given/package.json; "
)
DEP = {"src/index.ts": "import { d } from 'dep';\nimport { b } from './b';\nconsole.log(d, b);\n"}

TSC: tuple[Case, ...] = (
    (config(include=OUT), "", ("tsc", "tsc -p tsconfig.json", "tsc --noEmit", "tsc -b", "tsc --project . --pretty", "tsc --listFiles --diagnostics")),
    (config(), "", ("tsc", "tsc -b --force --verbose")),
    (config(files=["src/index.ts"]), "", ("tsc",)),
    (config({"incremental": True}, include=OUT), "", ("tsc", "tsc --noEmit")),
    (config({"composite": True, "rootDir": "src", "declaration": True, "declarationDir": "types"}, include=OUT), "", ("tsc", "tsc -b")),
    (config({"resolveJsonModule": True, "esModuleInterop": True, "moduleResolution": "node", "module": "commonjs"}, include=OUT) | {"src/index.ts": "import d from '../web/data.json';\nimport { e } from '../web/e';\nconsole.log(d, e);\n"}, "", ("tsc", "tsc --noEmit")),
    (config(include=["src/**/*"], exclude=["src/lib"]), "", ("tsc",)),
    (config({"allowJs": True}, include=OUT) | {"src/index.ts": "import './j';\n", "src/j.js": "export const j = require('../web/k');\n", "web/k.js": "module.exports = 1;\n"}, "", ("tsc",)),
    (config({"jsx": "react", "typeRoots": ["types"]}, include=OUT) | {"types/own/index.d.ts": "declare const own: string;\n", "src/index.ts": "console.log(own);\n"}, "", ("tsc",)),
    (config({"module": "nodenext", "moduleResolution": "nodenext"}, include=OUT) | package(type="module") | {"src/index.ts": "import { b } from './b.js';\nconsole.log(b);\n", "src/lib/package.json": "{}", "src/lib/index.ts": "export {};\n"}, "", ("tsc",)),
    (config({"module": "esnext", "moduleResolution": "bundler"}, include=OUT) | DEP, MODULES, ("tsc", "tsc --noEmit")),
    ({"tsconfig.json": '{"extends": "./base", "include": ["src"],} // x\n', "base.json": '{"compilerOptions": {"outDir": "dist"}}'}, "", ("tsc", "tsc -p .")),
    ({"tsconfig.json": '{"extends": ["./a.json", "./etc/b.json"], "include": ["src"]}', "a.json": '{"compilerOptions": {"strict": true}}', "etc/b.json": '{"compilerOptions": {"outDir": "../dist"}}'}, "", ("tsc",)),
    ({"web/tsconfig.json": '{"compilerOptions": {"outDir": "../out", "rootDir": ".."}, "include": ["*.ts"]}', "web/e.ts": "import { a } from '../docs/a';\nexport const e = a;\n"}, "", ("tsc -p web", "cd web && tsc", "cd web && tsc -b", "tsc -b web")),
    (config({"types": ["given"]}, include=OUT) | {"src/index.ts": "console.log(given);\n"}, MODULES, ("tsc",)),
    (config(include=OUT) | {"src/index.ts": "/// <reference path='../docs/t.d.ts' />\nconsole.log(t);\n", "docs/t.d.ts": "declare const t: string;\n"}, "", ("tsc",)),
    (config(include=OUT) | {"src/index.ts": "type A = import('../docs/a').a;\nconst x = async () => (await import('../web/e')).e;\nx();\n", "docs/a.ts": "export type a = string;\n"}, "", ("tsc",)),
    (config(include=OUT) | {"src/index.ts": "export * from '../web/e';\nexport { a } from\n  '../docs/a';\n"}, "", ("tsc",)),
    (config({"declaration": True}, include=OUT) | package(scripts={"build": "rm -rf dist && tsc -p tsconfig.json", "prebuild": "cat README.md"}), "", ("npm run build",)),
    (config({"jsx": "react-jsx"}, include=OUT) | {"src/x.tsx": "/** @jsxImportSource ../web */\nexport default <a/>;\n", "web/jsx-runtime.ts": "export const jsx = (...x: any[]) => x;\n"}, "", ("tsc",)),
    (config({"module": "esnext", "moduleResolution": "bundler"}, include=OUT) | {"src/lib/package.json": '{"types": "../../web/e.ts"}', "src/index.ts": "import { e } from './lib';\nconsole.log(e);\n"}, "", ("tsc",)),
    (config(include=OUT) | {"src/index.ts": "/// <reference path='no/../../docs/r.ts' />\nimport '../docs/s';\n", "docs/r.ts": "declare const r: 1;\n", "docs/s.ts": "/// <reference path='t.ts' />\nexport {};\n", "docs/t.ts": ""}, "", ("tsc",)),
    (config({"module": "esnext", "moduleResolution": "node"}, include=OUT) | {"src/index.ts": "import { e } from 'dep/../../web/e';\nconsole.log(e);\n"}, MODULES, ("tsc",)),
    (config(include=OUT) | {"src/index.ts": "import '..\\/web/e';\nimport '\\x2e./docs/a';\n"}, "", ("tsc",)),
    (config({"baseUrl": "src", "ignoreDeprecations": "5.0"}, include=OUT), "", ("tsc",)),
    (config({"paths": {"~/*": ["./web/*"]}}, include=OUT) | {"src/index.ts": "import { e } from '~/e';\nconsole.log(e);\n"}, "", ("tsc",)),
    ({"tsconfig.json": '{"files": [], "references": [{"path": "core"}, {"path": "web"}]}', "core/tsconfig.json": '{"compilerOptions": {"composite": true, "outDir": "out"}}', "core/x.ts": "export const x = 1;\n", "web/tsconfig.json": '{"compilerOptions": {"composite": true, "outDir": "out"}, "references": [{"path": "../core"}]}'}, "", ("tsc -b",)),
    (config(include=OUT), "", ("tsc src/b.ts --outDir out", "tsc --outDir out", "tsc --declaration", "tsc --version", "tsc --init --locale en || true")),
)  # fmt: skip

GRAPH = {"src/index.ts": "import { b } from './b';\nimport { c } from './lib';\nconsole.log(b, c);\n"}
STYLES = {
    "src/main.css": "@import './base.css';\n@import url(../web/more.css);\nbody { background: url(./i.png); }\n",
    "src/base.css": ".a { color: red; }\n", "web/more.css": "@font-face { src: url('f.woff2'); }\n",
    "web/f.woff2": "f", "src/i.png": "png",
}  # fmt: skip

ESBUILD: tuple[Case, ...] = (
    ({}, "", (
        "esbuild src/index.ts --bundle --outfile=dist/x.js",
        "esbuild src/index.ts src/unused.ts --bundle --outdir=dist --format=esm --platform=node --target=es2020 --minify --sourcemap",
        "esbuild --bundle src/index.ts --outdir=dist --define:A=1 --external:fs --log-level=warning --loader:.svg=text",
        "esbuild src/index.ts --outfile=dist/x.js",
        "esbuild src/*.ts --outdir=dist",
        "esbuild 'src/*.ts' --outdir=dist",
        "esbuild 'src/**/*.ts' --bundle --outdir=dist",
        "esbuild src/index.ts --bundle > out.js",
        "esbuild a=src/index.ts b=src/b.ts --bundle --outdir=dist --metafile=meta.json",
        "esbuild src/index --bundle --outdir=dist",
        "cd src && esbuild index.ts --bundle --outfile=../dist/x.js",
        "esbuild ./src/index.ts --bundle --splitting --format=esm --outdir=dist --chunk-names=c/[name]-[hash]",
        "esbuild src/index.ts --bundle --outfile=dist/x.js --inject:./web/e.ts",
        "esbuild --version",
        "esbuild src/index.ts --analyze --bundle --outdir=dist",
        "esbuild < src/b.ts --loader=ts > out.js",
        "esbuild src/index.ts --bundle --outfile=dist/x.js --tsconfig=web/t.json || true",
    )),
    (package(type="module", sideEffects=False, browser={"./src/b.ts": "./web/b.ts"}) | {"web/b.ts": "export const b = 4;\n"}, "", ("esbuild src/index.ts --bundle --outfile=dist/x.js",)),
    ({"src/package.json": "{}", "tsconfig.json": '{"extends": "./base.json"}', "base.json": "{}", "src/lib/package.json": '{"main": "./c.tsx"}'}, "", ("esbuild src/index.ts --bundle --outfile=dist/x.js",)),
    ({"tsconfig.json": '{"compilerOptions": {"paths": {"~/*": ["./web/*"]}}}', "src/index.ts": "import { e } from '~/e';\nconsole.log(e);\n"}, "", ("esbuild src/index.ts --bundle --outfile=dist/x.js",)),
    ({"tsconfig.json": '{"compilerOptions": {"baseUrl": "web"}}', "src/index.ts": "import { e } from 'e';\nconsole.log(e);\n"}, "", ("esbuild src/index.ts --bundle --outfile=dist/x.js",)),
    ({"src/index.ts": "import d from '../web/data.json';\nexport * from '../web/e.js';\nconst x = require('../docs/a');\nimport('./b');\nconsole.log(d, x);\n"}, "", ("esbuild src/index.ts --bundle --outfile=dist/x.js",)),
    ({"src/index.ts": "import * as x from '@e';\nconsole.log(x);\n"}, "", ("esbuild src/index.ts --bundle --outfile=dist/x.js --alias:@e=./web/e", "esbuild src/index.ts --bundle --outfile=dist/x.js --alias:@e=./docs/a.ts")),
    ({"src/index.js": "import(c ? '../web/g.js' : '../web/h.js');\nrequire('../we' + 'b/z.js');\nrequire('./../web/sub/' + n);\nnew URL('../web/u.js', import.meta.url);\nrequire.resolve('../web/f.js');\nenum;\n".replace("enum;\n", ""), **{f"web/{n}.js": "" for n in ("g", "h", "z", "sub/s", "u", "f", "none")}}, "", ("esbuild src/index.js --bundle --format=esm --outfile=dist/x.js",)),
    ({"src/index.ts": "enum Q { A = '../web/e' }\nrequire(Q.A);\n"}, "", ("esbuild src/index.ts --bundle --minify --outfile=dist/x.js",)),
    ({"src/index.tsx": "/** @jsxImportSource ../web */\nexport default <a/>;\n", "web/jsx-runtime.js": "export const jsx = 1;\n"}, "", ("esbuild src/index.tsx --bundle --jsx=automatic --outfile=dist/x.js",)),
    ({"src/index.ts": "import './lib';\n", "src/lib/package.json": '{"main": "../../web/e.ts"}'}, "", ("esbuild src/index.ts --bundle --outfile=dist/x.js",)),
    ({"src/lib/tsconfig.json": '{"extends": "../../etc/ts.json", "compilerOptions": {"paths": {"~": ["../../web/e"]}}}', "etc/ts.json": "{}", "src/lib/index.ts": "export { e as c } from '~';\n"}, "", ("esbuild src/index.ts --bundle --outfile=dist/x.js",)),
    ({"jsconfig.json": '{"compilerOptions": {"paths": {"~/*": ["./web/*"]}}}', "src/index.js": "import { e } from '~/e';\nconsole.log(e);\n"}, "", ("esbuild src/index.js --bundle --outfile=dist/x.js",)),
    ({"tsconfig.json": '{"compilerOptions": {"baseUrl": ".", "paths": {"~/*": ["src/*"]}}}', "src/index.ts": "import '~/b';\nimport 'web/e';\n"}, "", ("esbuild src/index.ts --bundle --outfile=dist/x.js",)),
    ({"src/index.ts": "import '../web';\nimport '..';\n", "web/index.ts": "import './e';\n", "index.ts": ""}, "", ("esbuild src/index.ts --bundle --outfile=dist/x.js",)),
    ({"t.json": '{"compilerOptions": {"paths": {"~/*": ["./web/*"]}}}', "src/index.ts": "import { e } from '~/e';\nconsole.log(e);\n"}, "", ("esbuild src/index.ts --bundle --tsconfig=t.json --outfile=dist/x.js",)),
    ({"src/index.ts": "import s from '../web/s.svg';\nimport './x.foo';\nconsole.log(s);\n", "web/s.svg": "<svg/>", "src/x.foo": "import '../web/e';\n"}, "", ("esbuild src/index.ts --bundle --outdir=dist --loader:.svg=file --loader:.foo=ts --entry-names=[dir]/[name]-[hash] --legal-comments=external", "esbuild src/index.ts --bundle --outfile=out/y.js --loader:.svg=copy --loader:.foo=ts --asset-names=a/[name]")),
    ({"src/index.ts": "import 'fs';\nimport { b } from './b';\nconsole.log(b);\n"}, "", ("esbuild src/index.ts --bundle --platform=node --sourcemap --outfile=dist/x.js", "esbuild src/index.ts --bundle --platform=node --sourcemap=inline --outdir=dist --outbase=.")),
    ({"src/index.ts": "import './s.css';\n", "src/s.css": "a { color: red; }\n"}, "", ("esbuild src/index.ts --bundle --sourcemap --outfile=dist/x.js", "esbuild src/index.ts --bundle --outfile=x.js --sourcemap=external --legal-comments=linked")),
    (STYLES, "", ("esbuild src/main.css --bundle --outdir=dist --loader:.png=file --loader:.woff2=dataurl", "esbuild src/main.css --outfile=dist/x.css --minify")),
    ({"src/index.ts": "const n = process.argv[2];\nimport(`../web/${n}.ts`);\nconsole.log(new URL('./b.ts', import.meta.url));\n"}, "", ("esbuild src/index.ts --bundle --format=esm --outdir=dist",)),
    (DEP, MODULES, ("esbuild src/index.ts --bundle --outfile=dist/x.js", "esbuild src/index.ts --bundle --packages=external --platform=node --outdir=dist")),
    ({"src/index.ts": "import '@own/lib';\n", "lib/index.ts": "import './more';\n", "lib/more.ts": "", "lib/package.json": '{"name": "@own/lib", "main": "index.ts"}', **package(workspaces=["lib"])}, "mkdir -p node_modules/@own && ln -s ../../lib node_modules/@own/lib", ("esbuild src/index.ts --bundle --outfile=dist/x.js",)),
    ({"src/index.ts": "import t from './t.txt';\nimport '#own';\nimport 'app/self';\nconsole.log(t);\n", "src/t.txt": "t", "own.ts": "", "self.ts": "", **package(imports={"#own": "./own.ts"}, exports={"./self": "./self.ts"})}, "", ("esbuild src/index.ts --bundle --outfile=dist/x.js",)),
    ({"src/b.ts": "export const b = 1;\n//# sourceMappingURL=b.map\n", "src/b.map": '{"version":3,"sources":["../web/e.ts"],"names":[],"mappings":"AAAA"}'}, "", ("esbuild src/index.ts --bundle --sourcemap --outfile=dist/x.js",)),
    ({"src/b.ts": "export const b = 1;\n//# sourceMappingURL=../web/b.map\n", "web/b.map": '{"version":3,"sources":["e.ts","gone.ts","data.json"],"sourcesContent":[null,null,""],"names":[],"mappings":"AAAA"}'}, "", ("esbuild src/index.ts --bundle --sourcemap --outfile=dist/x.js", "esbuild src/b.ts --sourcemap --outdir=dist")),
    (package(scripts={"build": "esbuild src/index.ts --bundle --outfile=dist/x.js"}), "", ("npm run build", "npm run build -- --minify")),
    ({"src/b.jsx": "export const b = <p/>;\n", "src/b.ts": "export {};\n", "src/index.ts": "import { b } from './b.jsx';\nconsole.log(b);\n"}, "", ("esbuild src/index.ts --bundle --jsx-factory=h --outfile=dist/x.js",)),
)  # fmt: skip

PAGE = {"index.html": '<!doctype html><link rel="icon" href="/i.svg"><script type="module" src="/src/index.ts"></script>\n', "public/i.svg": "<svg/>"}

WEBPACK: tuple[Case, ...] = (
    ({"src/index.js": "import { k } from './k';\nconsole.log(k);\n", "src/k.js": "export const k = 1;\n"}, "", ("webpack --mode=production", "webpack build --mode development", "webpack --entry ./src/k.js --mode=none -o out")),
    ({"webpack.config.js": "module.exports = { mode: 'none', entry: './src/k.js' };\n", "src/k.js": ""}, "", ("webpack", "webpack --config webpack.config.js")),
    (package(scripts={"build": "webpack --mode=production"}) | {"src/index.js": ""}, "", ("npm run build",)),
)  # fmt: skip

ROLLUP: tuple[Case, ...] = (
    ({"src/index.js": "import { k } from './k.js';\nconsole.log(k);\n", "src/k.js": "export const k = 1;\n"}, "", ("rollup src/index.js --file dist/x.js", "rollup -i src/index.js -d dist -f cjs")),
    ({"rollup.config.mjs": "export default { input: 'src/k.js', output: { dir: 'dist' } };\n", "src/k.js": ""}, "", ("rollup -c", "rollup --config rollup.config.mjs")),
)  # fmt: skip

VITE: tuple[Case, ...] = (
    (PAGE, "", ("vite build", "vite build --mode staging --outDir out", "vite build --logLevel error")),
    ({**PAGE, "vite.config.js": "export default { base: './' };\n"}, "", ("vite build", "vite build --config vite.config.js")),
    (PAGE | package(scripts={"build": "tsc --noEmit || true; vite build"}), "", ("npm run build",)),
)  # fmt: skip

CASES: dict[str, tuple[Case, ...]] = {
    "tsc": TSC,
    "esbuild": ESBUILD,
    "webpack": WEBPACK,
    "rollup": ROLLUP,
    "vite": VITE,
}
