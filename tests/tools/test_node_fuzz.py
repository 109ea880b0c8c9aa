"""No Node tool fails, whatever stands in the files and on the command line."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimizer.effects.tools.node_tools import TOOLS
from tests.effects.machine import command

MAIN = [t for t in TOOLS if t.name in {"npm", "npx", "yarn", "pnpm", "corepack", "prisma", "node"}]
LEAVES = st.sampled_from([None, True, 1, "", ".", "*", "packages/*", "!a", "file:./x", "file:", "link:..", "patch:a#~/p", "a\0b", "../..", "rimraf a", "npm run a", "./", "**", "{a,b", "[", "7.0.0"])
KEYS = st.sampled_from("name version scripts dependencies workspaces packages bin directories overrides resolutions pnpm prisma msw a build prepare postinstall lockfileVersion catalog patchedDependencies nodeLinker plugins yarnPath @prisma/client node_modules/a hasInstallScript importers".split())
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=12)
NAMES = st.sampled_from(["package.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "pnpm-workspace.yaml", ".yarnrc.yml", ".npmrc", ".yarnrc", "prisma/schema.prisma", "prisma.config.ts", "packages/a/package.json", "x/package.json", ".pnpmfile.cjs"])
TEXTS = VALUES.map(json.dumps) | st.sampled_from(["", "{", "a=b\n${X}", '# yarn lockfile v1\n\na@1:\n  dependencies:\n    b "1"\n', "__metadata:\n", 'generator a {\n output = env("X")\n}\n', "\udcff"])
WORDS = st.sampled_from("ci install i add run build exec dlx -g -C --prefix x -w --filter=a -r workspaces foreach focus workspace global config set pkg generate --schema prepare enable deploy fetch -- -e 1 --frob \0 \1 . -p a@1 --omit=dev".split(" "))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tool=st.sampled_from(MAIN) | st.sampled_from(TOOLS), words=st.lists(WORDS, max_size=4), files=st.dictionaries(NAMES, TEXTS, max_size=6))
def test_never_fails(tool, words, files):
    """Every command has effects, or a doubt in words."""
    asked = command("x", {f"/app/{name}": text for name, text in files.items() if text != "\udcff"})
    effects = tool.effects(asked.with_words(tool.programs[0], *words))

    assert effects.doubt is None or len(effects.doubt) > 5
    assert all(p.startswith("/") for p in effects.reads | effects.probes | effects.writes)
