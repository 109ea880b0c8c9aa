"""`bundle config [set] [--local] NAME VALUE`: one line of a configuration file."""

from __future__ import annotations

import posixpath

from optimizer.effects.model import Effects, Link, tree
from optimizer.effects.tools.bundler_run import LOCALS, MOVED, Run, configs, context
from optimizer.effects.tools.looking import words

_ELSEWHERE = words(
    "path bin cache_path gemfile system_bindir shebang user_cache_path path.system lockfile"
)


def config(run: Run) -> Effects:
    """The files that may be changed; a setting that moves things elsewhere is a doubt."""
    given = [w for w in run.command.arguments[1:] if w not in {"set", "--local", "--global"}]
    files = frozenset(configs(run.command, run.folder))
    seen = context(run)
    if len(given) == 2 and given[0].startswith("local."):
        folder = run.command.path(given[1])
        # A relative path is made absolute here if it is a folder, else it is kept as it is written.
        if not posixpath.isabs(given[1]):
            return seen.in_doubt(f"bundle config names {given[1]}, which is not an absolute path")
        seen |= Effects(
            probes=frozenset({folder}),
            links=frozenset({Link(LOCALS + "/", tree(folder), absolute=True)}),
        )
    if len(given) < 2 and "--delete" not in given and "unset" not in given:
        return seen
    name, *value = [w for w in given if w != "--delete"]
    if name.partition(".")[0] in _ELSEWHERE and not (
        name == "path" and (not value or value[0] in MOVED)
    ):
        return seen.in_doubt(f"bundle config moves bundler's {name}")
    homes = frozenset(
        f"{posixpath.dirname(f)}" for f in files if posixpath.dirname(f) != run.folder
    )
    return seen | Effects(
        writes=files | homes, variables=words("BUNDLE* HOME GEM_HOME"), seconds=0.3
    )
