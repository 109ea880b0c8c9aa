"""componentsjs-generator: the declarations that tsc has made, and no more."""

from __future__ import annotations

import json

import pytest

from tests.effects.machine import effects_of

CONFIG = {"compilerOptions": {"outDir": "dist", "declaration": True}, "include": ["src"]}
GENERATE = "componentsjs-generator -s src -c dist/components -r x -i .componentsignore"


def run(script, **files):
    base = {
        "package.json": json.dumps({"types": "./dist/index.d.ts"}),
        "tsconfig.json": json.dumps(CONFIG),
        ".componentsignore": "[]",
        "src/index.ts": "import type { X } from '../types/x';",
        "types/x.d.ts": "",
        "config/a.json": "{}",
    }
    base |= {name.replace("__", "/"): text for name, text in files.items()}
    return effects_of(
        script, {f"/app/{n}": text for n, text in base.items() if text is not None}
    )


def own(paths):
    return {p.removeprefix("/app/") for p in paths if p.startswith("/app/")} - {"node_modules/**"}


def test_reads_declarations():
    """package.json, the ignored classes, the declarations and what they import from elsewhere."""
    done = run(GENERATE)

    assert done.doubt is None
    assert own(done.reads) == {
        *("package.json", "tsconfig.json", ".componentsignore", "types/x.d.ts"),
        *("dist/**", "dist/components/**"),
    }
    assert own(done.writes) == {"dist/**", "dist/components/**"}
    assert ".componentsjs-generator-config.json" in own(done.probes)


@pytest.mark.parametrize(
    ("script", "files", "doubt"),
    [
        ("componentsjs-generator packages/*", {}, "is not modelled"),
        (f"{GENERATE} --debugState", {}, "is not modelled"),
        (GENERATE, {".componentsjs-generator-config.json": "{}"}, "tells componentsjs-generator"),
        (GENERATE, {"package.json": None}, "there is no package.json"),
        (GENERATE, {"package.json": "{}"}, "what the declarations of the package import"),
        (GENERATE, {"package.json": '{"types": "build/ts/index.d.ts"}'}, "what the declarations"),
        (GENERATE, {"tsconfig.json": None}, "tsconfig.json is not known"),
        (GENERATE, {"src__index.ts": "import '../types'"}, "outside of what tsc compiles"),
    ],
)
def test_doubts(script, files, doubt):
    """Where else it may look is a doubt."""
    assert doubt in (run(script, **files).doubt or "")
