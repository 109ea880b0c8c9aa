"""Hold dfopt's answers for tsc, esbuild, vite, webpack and rollup against the real ones: by hand, with strace.

    python -m tests.measure.builders --path /path/to/node_modules/.bin [--remove] [--looks] [--only WORD] TOOL...

TOOL is a name of `CASES`; how answers are held says `comparing.py`. Last run without a miss with tsc 7.0.2,
esbuild 0.28.2, vite 8.4, webpack 5 and rollup 4.68; before looks and listings counted, with tsc 5.6,
esbuild 0.8 and 0.17, vite 5, webpack 4 and rollup 2 too.
"""

from __future__ import annotations

from tests.measure.comparing import Case, asking, compare_all, programs

SOURCES = {
    "package.json": '{"name": "demo", "version": "1.0.0", "private": true}\n', "tsconfig.json": '{"compilerOptions": {"outDir": "dist"}, "include": ["src"]}\n',
    "src/index.ts": 'import { b } from "./b";\nimport c from "../lib/c";\nconsole.log(b, c);\n', "src/b.ts": "export const b = 1;\n",
    "lib/c.ts": "export default 2;\n", "README.md": "", ".env": "A=1\n", "docs/d.ts": "export {};\n", ".gitignore": "dist\n",
    "test/a.test.ts": 'import "../src/b";\n', "public/robots.txt": "", "jsconfig.json": "{}\n", ".browserslistrc": "defaults\n",
}  # fmt: skip
WEB = SOURCES | {
    "index.html": '<script type="module" src="/web/main.js"></script>\n', "web/main.js": 'import "./style.css";\nimport("./pages/" + location.hash + ".js");\nimport d from "../data/d.json";\nconsole.log(d);\n',
    "web/style.css": '@import "../css/base.css";\na { background: url(../img/x.svg) }\n', "css/base.css": "b { color: red }\n", "img/x.svg": "<svg/>\n",
    "web/pages/p.js": "export default 1;\n", "data/d.json": "{}\n", "web/mapped.js": "export default 1;\n//# sourceMappingURL=../lib/m.map\n",
    "lib/m.map": '{"version": 3, "sources": [], "mappings": ""}\n', "lib/tsconfig.json": "{}\n",
}  # fmt: skip

# Tool -> (files, command lines).
CASES: dict[str, tuple[tuple[dict[str, str], tuple[str, ...]], ...]] = {
    "tsc": (
        (SOURCES, ("tsc", "tsc -p . --noEmit", "tsc -b")),
        (SOURCES | {"tsconfig.json": '{"extends": "./base", "compilerOptions": {"incremental": true}, "files": ["src/index.ts"]}\n', "base.json": '{"compilerOptions": {"outDir": "out", "declaration": true, "sourceMap": true}}\n'}, ("tsc", "tsc --project tsconfig.json")),
        (SOURCES | {"tsconfig.json": '{"compilerOptions": {"outDir": "dist", "resolveJsonModule": true, "typeRoots": ["types"]}}\n', "types/x/index.d.ts": "declare const X: number;\n"}, ("tsc", "tsc -b --force")),
    ),
    "esbuild": (
        (SOURCES, ("esbuild src/index.ts", "esbuild src/index.ts --bundle --outfile=dist/i.js", "esbuild src/*.ts --outdir=dist", "esbuild src/index.ts --bundle --platform=node --metafile=meta.json --outdir=dist --sourcemap")),
        (SOURCES | {"tsconfig.json": '{"extends": "./base.json"}\n', "base.json": "{}\n", "src/tsconfig.json": "{}\n"}, ("esbuild --bundle src/index.ts --minify --outfile=public/i.js", "esbuild lib/c.ts --inject:docs/d.ts --bundle --outdir=out")),
        (WEB, ("esbuild web/main.js --bundle --loader:.svg=file --outdir=dist --sourcemap", "esbuild web/main.js --bundle --loader:.svg=dataurl --outfile=public/m.js", "esbuild web/style.css --bundle --loader:.svg=dataurl --outdir=dist", "esbuild web/mapped.js --sourcemap --outdir=dist")),
    ),
    "vite": ((WEB, ("vite build", "vite build --outDir out")),),
    "webpack": (
        (WEB, ("webpack --mode production --entry ./web/pages/p.js", "webpack --mode development ./web/pages/p.js")),
        (WEB | {"webpack.config.js": 'module.exports = { mode: "production", entry: "./web/pages/p.js" };\n'}, ("webpack",)),
    ),
    "rollup": ((WEB, ("rollup web/pages/p.js --file dist/p.js", "rollup web/pages/p.js -d dist -f es")),),
}  # fmt: skip

# A folder is listed to know which names it has: what may have another ending is looked for by name.
HARMLESS = r"listed .*"


def main() -> None:
    """Run the cases of the named tools."""
    asked = asking(__doc__, CASES).parse_args()
    cases = [Case(*case, harmless=HARMLESS) for tool in asked.tools for case in CASES[tool]]
    compare_all(cases, {"PATH": programs(asked)}, asked)


if __name__ == "__main__":
    main()
