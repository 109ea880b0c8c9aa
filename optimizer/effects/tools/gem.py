"""gem: installs gems from the index, or from files."""

from __future__ import annotations

import re
from dataclasses import replace

from optimizer.effects.model import NONE, Effects, tree, unknown
from optimizer.effects.tool import Command, Tool, known
from optimizer.effects.tools.bundler_run import FLAGS, VALUED, Run, places
from optimizer.effects.tools.looking import look, words
from optimizer.effects.tools.options import Options, split

_VERBS = words(
    "list env environment search info query which sources help outdated cleanup uninstall install update i"
)


def _gem(command: Command) -> Effects:
    """`gem install`: gems from the index, or from files; `gem update --system`."""
    options = split(command.arguments, FLAGS | words("--system --default"), VALUED | {"--version"})
    if options.unknown or not known(command.cwd, *command.arguments) or not options.operands:
        why = options.unknown or "its arguments"
        return unknown(f"this call of gem is not known ({why})".replace("\0", "?"))
    verb, *names = options.operands
    if verb not in _VERBS:
        return unknown(f"gem {verb} is not modelled")
    installs = verb in {"install", "i"}
    fetches = (installs or verb in {"update", "search", "outdated"}) and not options.has(
        "--local", "-l"
    )
    pinned = installs and (
        options.has("-v", "--version") or all(re.search(r":\d", n) for n in names)
    )
    files = _nearby(command, names) if installs else NONE
    own = options.values("--install-dir", "-i", "--bindir", "-n", "--build-root")
    named = frozenset(tree(command.path(o)) for o in own)
    settings = look(command.machine, f"{command.home()}/.gemrc", "/etc/gemrc")
    return files | settings | _folders(command, options) | Effects(
        reads=named, writes=named, variables=frozenset({"*"}), network=fetches,
        unpinned=fetches and not pinned, seconds=10.0,
    )  # fmt: skip


def _folders(command: Command, options: Options) -> Effects:
    """Where gem itself installs: not into the project, as bundler may."""
    done = places(Run(command, options, command.path("Gemfile")))
    inner = {tree(command.path(n)) for n in ("vendor/bundle", ".bundle")}
    return replace(
        done, reads=done.reads - inner, writes=done.writes - inner, generated=frozenset()
    )


def _nearby(command: Command, names: list[str]) -> Effects:
    """Files of the folder, all of which are opened, in search of one that is preferred to the index."""
    there = [n for n in command.machine.names(command.cwd) if n.endswith(".gem")]
    named = [n for n in names if n.endswith(".gem")]
    return look(command.machine, *map(command.path, (*there, *named)))


GEM = Tool("gem", ("gem",), _gem, "install, update, uninstall")
