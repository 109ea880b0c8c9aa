"""What of `pnpm install` may be done ahead: `pnpm fetch`, made for this; see `node_ahead`.

Of a fetch only the store is kept. What it makes in node_modules would be gone on from, and left
otherwise: pnpm 8 and 9 without `--frozen-lockfile` would link no programs of packages, and the
shims of pnpm 10 would set no NODE_PATH (measured).
"""

from __future__ import annotations

import posixpath

from optimizer.effects.model import Effects, tree
from optimizer.effects.tool import Kind
from optimizer.effects.tools.ahead import offer
from optimizer.effects.tools.node_ahead import needs_more, removal
from optimizer.effects.tools.pnpm_install import (
    fetch_effects,
    goods,
    install_effects,
    store_dir,
    without_scripts,
)
from optimizer.effects.tools.pnpm_project import Pnpm, project

# Of the seconds of an install, those that its downloads take.
_DOWNLOADS = 0.6
_FLAGS = frozenset("frozen-lockfile prefer-frozen-lockfile prod production silent reporter loglevel prefer-offline".split())
_PRODUCTION = ("prod", "production")


def installing(run: Pnpm) -> Effects:
    """An install of the whole workspace, of which the downloads may be done ahead."""
    done = install_effects(run)
    bare, fetched = install_effects(without_scripts(run)), fetch_effects(run)
    lock = posixpath.join(run.root, "pnpm-lock.yaml")
    plain = run.words.words in {("install",), ("i",)} and not run.words.rest and run.words.flags.keys() <= _FLAGS
    if not plain or run.root != run.command.cwd or run.command.machine.kind(lock) is Kind.ABSENT:
        return done
    found, _ = project(run)
    unclear = bare.doubt is not None or fetched.doubt is not None or any(c.violated for c in bare.conditional)
    if unclear or found is None or found.locals or not needs_more(run.command, done, bare):
        return done
    then = removal(run.command.machine, run.root, [posixpath.join(run.root, "node_modules")])
    production = ("--prod",) if any(run.words.on(name) for name in _PRODUCTION) else ()
    return offer(
        done, run.command, ("fetch", *production), goods(run), into=frozenset({tree(store_dir(run).path)}),
        leaves=frozenset(), more="", seconds=bare.seconds * _DOWNLOADS, variables=("*",), then=then, inner=True,
    ) if then else done  # fmt: skip
