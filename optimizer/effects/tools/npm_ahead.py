"""What of `npm ci` and `npm install` may be done ahead: see `node_ahead`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from optimizer.effects.model import Effects, tree
from optimizer.effects.tools import node_lock, npm6
from optimizer.effects.tools.ahead import offer
from optimizer.effects.tools.node_ahead import needs_more, removal
from optimizer.effects.tools.node_package import Project
from optimizer.effects.tools.npm_install import (
    Install,
    cache,
    goods,
    install_effects,
    project,
    read_lock,
)

# Of the seconds of an install, those that its downloads take.
_DOWNLOADS = 0.35
# Such a package is built as it is fetched.
_GIT = re.compile(r'"git(?:\+|hub:|lab:|:)')
# Other folders, other packages, or nothing that is fetched.
_APART = ("prefix", "workspace", "workspaces", "ignore-scripts", "dry-run", "package-lock-only", "offline", "link")  # fmt: skip


def installing(install: Install) -> Effects:
    """An install of the whole project, of which the downloads may be done ahead.

    Its log goes where it is removed: npm would leave one more, and `--logs-max=0` would remove
    earlier ones. With `--no-save` no lock is written; a yarn.lock is (npm 8 to 11, measured).
    """
    done = install_effects(install)
    bare = install_effects(_without_scripts(install))
    lock = read_lock(install)[1]
    apart = any(install.settings.get(name) is not None for name in _APART)
    alone = not install.names and not install.words.rest and not apart
    plain = alone and install.root == install.here == install.command.cwd
    # npm 6, which an unknown one may be, saves a lock in spite of `--no-save`.
    fitting = install.major == npm6.LATER or (install.major is None and install.clean)
    if not plain or bare.doubt is not None or not fitting:
        return done
    found, _ = project(install)
    if found is None or not _settled(install, found, lock, bare) or not needs_more(install.command, done, bare):
        return done
    # Where all that an install may fill is removed, no rule has to keep a developer's own out.
    every = [posixpath.join(p.folder, "node_modules") for p in found.packages]
    named = list(_folders(install, lock or {}))
    then = removal(install.command.machine, install.root, [*every, *named])
    then = then or removal(install.command.machine, install.root, named)
    if not then:
        return done
    kept = posixpath.join(cache(install.command, install.settings).path, "_cacache")
    saving = () if install.clean else ("--no-save",)
    return offer(
        done, install.command, (*saving, "--ignore-scripts", "--logs-dir=node_modules"), goods(install),
        carried=install.command.arguments, into=frozenset({tree(kept)}),
        leaves=frozenset() if _addressed(lock or {}) else frozenset({tree(kept)}),
        more="older answers of the registry in npm's cache", seconds=bare.seconds * _DOWNLOADS,
        variables=("*",), then=then, kept=frozenset({tree(kept)}),
    )  # fmt: skip


def _settled(
    install: Install, found: Project, lock: Mapping[str, object] | None, bare: Effects
) -> bool:
    """Whether the lock says all: what is installed and where, nothing of it by git."""
    if lock is None or any(c.violated for c in bare.conditional):
        return False
    several = found.members or found.locals
    text = install.command.machine.text(read_lock(install)[0]) or ""
    return not (several and not node_lock.entries(lock)) and not _GIT.search(text)


def _without_scripts(install: Install) -> Install:
    layers = ({"ignore-scripts": "true"}, *install.settings.layers)
    return replace(install, settings=replace(install.settings, layers=layers))


def _folders(install: Install, lock: Mapping[str, object]) -> Iterator[str]:
    """The node_modules that an install makes: the root's, and what the lock keeps elsewhere."""
    yield posixpath.join(install.root, "node_modules")
    for place in node_lock.entries(lock):
        folder, inside, _ = place.partition("/node_modules/")
        if inside and not folder.startswith("node_modules"):
            yield posixpath.join(install.root, folder, "node_modules")


def _addressed(lock: Mapping[str, object]) -> bool:
    """Whether the lock tells where each package is: npm asks the registry for nothing else then."""
    entries = [e for place, e in node_lock.entries(lock).items() if "node_modules/" in place]
    return bool(entries) and all(
        e.get("link") or e.get("inBundle") or (e.get("resolved") and e.get("integrity"))
        for e in entries
    )
