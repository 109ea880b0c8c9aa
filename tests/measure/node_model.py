"""Hold the model of the Node tools against the tools: run by hand, with strace.

    python tests/measure/node_model.py npm=/opt/npm11/bin yarn=/opt/yarn1/bin ...

Every project and command of the table is run for real; what the tool read, looked for or changed
in the project must be covered by the effects that dfopt gives. What is not is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from node import Seen, trace  # noqa: E402 - found by the path above

from optimizer.effects.model import Effects, covers  # noqa: E402
from tests.effects.machine import effects_of  # noqa: E402

HOOK = {"postinstall": "cat README.md", "prepare": "cat src/a.js"}
PLAIN = {
    "package.json": json.dumps(
        {"name": "app", "version": "1.0.0", "dependencies": {"ms": "2.1.2"}, "scripts": HOOK}
    )
}
MANY = {
    "package.json": json.dumps({
        "name": "app", "version": "1.0.0", "private": True, "workspaces": ["packages/*"],
        "dependencies": {"ext": "file:./ext", "ms": "2.1.2"}, "scripts": HOOK,
    }),
    "packages/x/package.json": json.dumps({"name": "x", "version": "1.0.0", "bin": "cli.js", "scripts": {"postinstall": "cat a.js"}}),
    "packages/x/cli.js": "#!/usr/bin/env node\n",
    "packages/x/a.js": "",
    "packages/y/package.json": json.dumps({"name": "y", "version": "1.0.0", "dependencies": {"x": "1.0.0"}}),
    "ext/package.json": json.dumps({"name": "ext", "version": "1.0.0", "bin": "bin.js"}),
    "ext/bin.js": "#!/usr/bin/env node\n",
    "ext/b.js": "",
}  # fmt: skip
REST = {"README.md": "", "src/a.js": "", "public/x.html": "", ".npmrc": "fund=false\n"}
TOUCHED = ("node_modules",)
BERRY = {".yarnrc.yml": "nodeLinker: node-modules\nenableTelemetry: 0\nenableScripts: true\n"}
PNP = {".yarnrc.yml": "enableTelemetry: 0\nenableGlobalCache: false\nenableScripts: true\n"}
# pnpm 9 and later take a plain version from the registry.
PNPM = {
    "packages/y/package.json": json.dumps(
        {"name": "y", "version": "1.0.0", "dependencies": {"x": "workspace:*"}}
    ),
    "pnpm-workspace.yaml": "packages:\n  - packages/*\ndangerouslyAllowAllBuilds: true\n",
}

CASES = {
    "npm": [(p, c) for p in (PLAIN, MANY) for c in ("npm ci", "npm install", "npm ci --omit=dev", "npm prune --omit=dev", "npm install left-pad", "npm pkg set a=b")],
    "yarn": [(p, c) for p in (PLAIN, MANY) for c in ("yarn", "yarn --frozen-lockfile --production", "yarn add left-pad -W")],
    "berry": [({**p, **rc}, c) for p in (PLAIN, MANY) for rc in (BERRY, PNP) for c in ("yarn", "yarn install --immutable", "yarn add left-pad")],
    "pnpm": [({**p, **rc}, c) for p, rc in ((PLAIN, {}), (MANY, PNPM)) for c in ("pnpm i", "pnpm i --frozen-lockfile --prod", "pnpm fetch", "pnpm add left-pad -w" if rc else "pnpm add left-pad")],
}  # fmt: skip
LOCK = {
    "npm": "npm i --package-lock-only --ignore-scripts --silent",
    "yarn": "yarn install --silent --ignore-scripts; rm -rf node_modules",
    "berry": "CI= yarn install --mode=skip-build; rm -rf node_modules .yarn/install-state.gz .yarn/unplugged .pnp*",
    "pnpm": "pnpm i --lockfile-only --ignore-scripts",
}


def uncovered(seen: Seen, effects: Effects, files: dict[str, str]) -> dict[str, list[str]]:
    """What was read or changed of the project, and is not in the effects."""
    looked = effects.reads | effects.probes | effects.surely_writes | effects.writes
    conditional = {c.path for c in effects.conditional}
    written = effects.writes | conditional

    def missing(names: set[str], patterns: set[str] | frozenset[str]) -> list[str]:
        paths = {
            n: "/app/" + n
            for n in names
            if not n.startswith((".", "_tmp")) or n.startswith((".y", ".n", ".p"))
        }
        return sorted(
            n
            for n, p in paths.items()
            if not any(covers(w, p) for w in patterns) and "node_modules" not in n
        )

    changed = {n for n in seen.changed if n in files or n in seen.after - seen.before}
    return {
        "read": missing({n for n in seen.read if n in files or "lock" in n}, looked | conditional),
        "changed": missing(changed, written),
        "made": missing(seen.after - seen.before, written),
    }


def main() -> None:
    """Run the table for the tools that are named, from the folders that are given."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("tools", nargs="+", metavar="TOOL=FOLDER", help="a tool and the folder of its programs")
    for word in ask.parse_args().tools:
        kind, _, folder = word.partition("=")
        tool = kind.rstrip("0123456789")
        env = {"PATH": f"{folder}:{os.environ['PATH']}"} if folder else {}
        for files, command in CASES[tool]:
            whole = {**files, **REST}
            seen = trace(whole, command, LOCK[tool], env)
            context = {**whole, **{n: seen.texts[n] for n in seen.texts}}
            effects = effects_of(command, {f"/app/{n}": t for n, t in context.items()})
            wrong = {k: v for k, v in uncovered(seen, effects, context).items() if v}
            print(
                kind,
                command,
                f"exit {seen.code}",
                effects.doubt or "",
                wrong or "covered",
                [c.violated for c in effects.conditional if c.violated] or "",
            )


if __name__ == "__main__":
    main()
