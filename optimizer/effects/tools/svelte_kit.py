"""svelte-kit sync: writes the types of a SvelteKit project, often behind every install.

Measured with @sveltejs/kit 1.0, 1.27, 2.63 and 3.2 (strace): where there is no svelte.config.js, 1 does
nothing; 2.63 takes the default settings, and loads those of vite, and 3 has its own in vite's. These
are programs. Where none is there (as in a step that has package.json and the lock alone), it reads
src, and looks for what is listed here; else it may read anything.
"""

from __future__ import annotations

import posixpath

from optimizer.effects.model import Effects, tree, unknown
from optimizer.effects.tool import Command, Kind, Tool, known
from optimizer.effects.tools.looking import upwards
from optimizer.effects.tools.node_bins import modules
from optimizer.effects.tools.node_package import in_folder, look

_PROGRAMS = (
    "svelte.config.js",
    "svelte.config.ts",
    *(f"{tool}.config.{end}" for tool in ("vite", "postcss") for end in ("js", "mjs", "cjs", "ts", "mts", "cts")),
    ".postcssrc",
    *(f".postcssrc.{end}" for end in ("json", "yaml", "yml", "js", "mjs", "cjs", "ts", "mts", "cts")),
)  # fmt: skip
_FILES = (
    *("package.json", "tsconfig.json", "jsconfig.json"),
    *(f".env{mode}{local}" for mode in ("", ".development", ".production") for local in ("", ".local")),
)  # fmt: skip
# By these vite tells how far the workspace reaches.
_ABOVE = ("package.json", "lerna.json", "pnpm-workspace.yaml", "deno.json", "deno.jsonc")
_SOURCES = "svelte-kit reads the project's sources"


def effects(command: Command) -> Effects:
    """What a svelte-kit command does."""
    if command.arguments != ("sync",) or not known(command.cwd):
        return unknown(_SOURCES)
    machine, here = command.machine, command.cwd
    programs = in_folder(here, _PROGRAMS)
    if any(machine.kind(p) is not Kind.ABSENT for p in programs):
        return unknown(_SOURCES)
    above = [posixpath.join(folder, name) for folder in upwards(here) for name in _ABOVE]
    seen = look(machine, *in_folder(here, _FILES), *above)
    held = [p for p in in_folder(here, ("src", "static")) if machine.kind(p) is not Kind.ABSENT]
    made = frozenset(map(tree, in_folder(here, (".svelte-kit", "node_modules"))))
    return modules(command) | seen | Effects(
        reads=frozenset(map(tree, held)) | made,
        probes=frozenset({*programs, *in_folder(here, ("src", "static"))}),
        writes=made,
        generated=frozenset(in_folder(here, (".svelte-kit",))),
        variables=frozenset({"*"}),
        seconds=2.0,
    )  # fmt: skip


SVELTE_KIT = Tool(
    "svelte-kit",
    ("svelte-kit",),
    effects,
    "sync, where no svelte.config.js is there yet; else it reads the project's sources",
)
