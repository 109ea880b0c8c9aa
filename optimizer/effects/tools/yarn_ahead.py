"""What of `yarn install` may be done ahead: see `node_ahead`."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from optimizer.effects.model import Effects, tree
from optimizer.effects.tool import Command, Kind
from optimizer.effects.tools.ahead import offer
from optimizer.effects.tools.node_ahead import needs_more, removal
from optimizer.effects.tools.yarn_install import cache_dir, goods, install_effects
from optimizer.effects.tools.yarn_project import Yarn, project

# Of the seconds of an install, those that the downloads of yarn 1 take, and all but the builds.
_DOWNLOADS, _UNBUILT = 0.5, 0.6
# Flags of a whole that its part may be given as well.
_CLASSIC = frozenset(
    "frozen-lockfile pure-lockfile production ignore-engines ignore-optional silent verbose non-interactive "
    "no-progress progress network-timeout network-concurrency strict-semver ignore-platform "
    "prefer-offline check-files emoji no-emoji cache-folder mutex".split()
)
_MODERN = frozenset("immutable immutable-cache frozen-lockfile inline-builds".split())
# Packages that are copied or built as they are fetched.
_MADE = re.compile(r"\bgit[+:@]|\.git[#\"]|\bfile:|\blink:")
_VERSION = re.compile(r"^__metadata:\n(?: .*\n)*?  version: (\d+)", re.MULTILINE)
# yarn 2 writes locks of version 4, and has no `--mode`.
_YARN_3 = 5


def installing(yarn: Yarn) -> Effects:
    """An install of the whole project, of which a part may be done ahead."""
    done = install_effects(yarn)
    plain = yarn.words.words in {(), ("install",)} and not yarn.words.rest
    if not plain or not yarn.root == yarn.here == yarn.command.cwd:
        return done
    return _modern(yarn, done) if yarn.rc.modern else _classic(yarn, done)


def _classic(yarn: Yarn, done: Effects) -> Effects:
    """Yarn 1 looks into what is installed, and runs no script of a package that is there."""
    words = yarn.words
    bare = install_effects(replace(yarn, words=replace(words, flags={**words.flags, "ignore-scripts": ("true",)})))
    found, _ = project(yarn)
    lock = yarn.command.machine.text(posixpath.join(yarn.root, "yarn.lock"))
    odd = not words.flags.keys() <= _CLASSIC or "yarn-offline-mirror" in yarn.rc.classic
    if odd or found is None or not lock or _MADE.search(lock) or found.locals or "installConfig" in found.root.data:
        return done
    if bare.doubt is not None or any(c.violated for c in bare.conditional) or not needs_more(yarn.command, done, bare):
        return done
    folders = [posixpath.join(p.folder, "node_modules") for p in found.packages]
    then = removal(yarn.command.machine, yarn.root, folders)
    kept = frozenset({posixpath.join(cache_dir(yarn).path, "v6/npm-**")})
    return offer(
        done, yarn.command, ("--ignore-scripts",), goods(yarn), carried=yarn.command.arguments,
        into=kept, leaves=frozenset(), more="", seconds=bare.seconds * _DOWNLOADS, variables=("*",), then=then,
        kept=kept,
    ) if then else done  # fmt: skip


def _modern(yarn: Yarn, done: Effects) -> Effects:
    """Yarn 3 and later build, the next time, what was not built."""
    command = yarn.command.with_words(yarn.command.program, *yarn.command.arguments, "--mode=skip-build")
    flags = {**yarn.words.flags, "mode": ("skip-build",)}
    bare = install_effects(replace(yarn, command=command, words=replace(yarn.words, flags=flags)))
    lock = yarn.command.machine.text(posixpath.join(yarn.root, "yarn.lock")) or ""
    version = _VERSION.search(lock)
    if version is None or int(version[1]) < _YARN_3 or not yarn.words.flags.keys() <= _MODERN:
        return done
    if bare.doubt is not None or any(c.violated for c in bare.conditional) or not needs_more(yarn.command, done, bare):
        return done
    into = {tree(cache_dir(yarn).path), *map(tree, done.generated)}
    offered = offer(
        done, yarn.command, ("--mode=skip-build",), goods(yarn), carried=yarn.command.arguments,
        into=frozenset(into), leaves=frozenset(), more="", seconds=bare.seconds * _UNBUILT, variables=("*",),
    )  # fmt: skip
    # The part itself leaves these: the whole has still less to do behind it.
    why = "" if _clean(yarn.command, yarn.root) else "something of an earlier install is there"
    return replace(offered, ahead=tuple(replace(a, refused=a.refused or why) for a in offered.ahead))


def _clean(command: Command, root: str) -> bool:
    """Whether nothing of an earlier install is there."""
    state = (".yarn/install-state.gz", ".yarn/build-state.yml", "node_modules")
    return all(command.machine.kind(posixpath.join(root, name)) is Kind.ABSENT for name in state)
