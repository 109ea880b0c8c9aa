"""bootsnap: compiles Ruby ahead of its first run; after its documentation."""

from __future__ import annotations

import posixpath

from optimizer.effects.model import Effects, tree, unknown
from optimizer.effects.tool import Command, Tool, known
from optimizer.effects.tools.bundler_run import SYSTEM
from optimizer.effects.tools.looking import whole_tree, words
from optimizer.effects.tools.options import split


def _bootsnap(command: Command) -> Effects:
    """`bootsnap precompile`: compiles the named folders, with `--gemfile` the gems, into tmp/cache."""
    options = split(
        command.arguments,
        words("--gemfile --yaml --no-yaml"),
        words("--cache-dir -j --jobs --exclude"),
    )
    if (
        options.unknown
        or not known(command.cwd, *command.arguments)
        or options.operands[:1] != ("precompile",)
    ):
        return unknown("this call of bootsnap is not known")
    cache = command.path(
        options.last("--cache-dir") or command.env.get("BOOTSNAP_CACHE_DIR") or "tmp/cache"
    )
    folders = (command.path(o) for o in options.operands[1:])
    made = frozenset({posixpath.dirname(cache)} - {command.cwd})
    return whole_tree(*folders, cache) | Effects(
        reads=SYSTEM,
        writes=frozenset({tree(cache)}) | made,
        variables=frozenset({"*"}),
        seconds=5.0,
    )


BOOTSNAP = Tool("bootsnap", ("bootsnap",), _bootsnap, "precompile")
