"""All Node tools, for the table."""

from __future__ import annotations

from optimizer.effects.tool import Tool
from optimizer.effects.tools.bower import BOWER
from optimizer.effects.tools.bun import BUN
from optimizer.effects.tools.componentsjs import COMPONENTSJS
from optimizer.effects.tools.corepack import COREPACK
from optimizer.effects.tools.esbuild import ESBUILD
from optimizer.effects.tools.js_builders import JS_BUILDERS
from optimizer.effects.tools.lerna import LERNA
from optimizer.effects.tools.ngcc import NGCC
from optimizer.effects.tools.node import NODE
from optimizer.effects.tools.node_bins import NODE_BINS
from optimizer.effects.tools.node_patches import NODE_PATCHES
from optimizer.effects.tools.npm import NPM
from optimizer.effects.tools.npm_exec import NPX
from optimizer.effects.tools.playwright import PLAYWRIGHT
from optimizer.effects.tools.pnpm import PNPM, PNPX
from optimizer.effects.tools.prisma import PRISMA
from optimizer.effects.tools.svelte_kit import SVELTE_KIT
from optimizer.effects.tools.tsc import TSC
from optimizer.effects.tools.yarn import YARN

TOOLS: tuple[Tool, ...] = (
    NODE,
    NPM,
    NPX,
    YARN,
    PNPM,
    PNPX,
    COREPACK,
    PLAYWRIGHT,
    PRISMA,
    BUN,
    BOWER,
    TSC,
    ESBUILD,
    *JS_BUILDERS,
    NGCC,
    LERNA,
    SVELTE_KIT,
    COMPONENTSJS,
    *NODE_BINS,
    *NODE_PATCHES,
)
