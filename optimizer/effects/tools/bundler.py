"""bundler: installs what a Gemfile and its lock name.

Measured with bundler 2.3 (gemfile.py; `local.NAME` under strace); settings after `bundle config` and `bundle install` of
bundler 1.17 to 2.7 (bundler.io/man).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from optimizer.effects.model import Effects, unknown
from optimizer.effects.tool import Command, Tool, known
from optimizer.effects.tools.bundler_config import config
from optimizer.effects.tools.bundler_install import check, install, update
from optimizer.effects.tools.bundler_run import FLAGS, VALUED, Run, run
from optimizer.effects.tools.looking import words
from optimizer.effects.tools.options import Options, counted, split


def effects(command: Command) -> Effects:
    """What a bundle command does."""
    arguments = counted(command.arguments)
    if not known(command.cwd):
        return unknown("the directory that bundler runs in is not known")
    if arguments and re.fullmatch(r"_[\d.]+_", arguments[0]):
        arguments = arguments[1:]
    verb = next((a for a in arguments if not a.startswith("-")), "install")
    if verb == "exec":
        return _exec(command, arguments[arguments.index("exec") + 1 :])
    options = split(arguments, FLAGS, VALUED)
    if options.unknown and verb != "config":
        return unknown(f"bundler's option {options.unknown} is not known")
    answer = _VERBS.get(verb)
    if answer is None or not known(*arguments):
        return unknown(
            f"bundle {verb} is not a command that dfopt knows"
            if known(verb)
            else "an argument of bundle is not known"
        )
    return answer(run(command, options))


def _exec(command: Command, words_: tuple[str, ...]) -> Effects:
    """`bundle exec`: the bundle is set up, then a program runs in it."""
    if not words_ or words_[0] not in {"bootsnap", "gem", "bundle"}:
        return unknown(
            f"bundle exec {words_[0] if words_ else ''} runs a program of the project or of a gem".replace(
                "\0", "?"
            )
        )
    return check(run(command, Options())) | command.machine.call(command.with_words(*words_))


def _quiet(_run: Run) -> Effects:
    return Effects(variables=words("BUNDLE* GEM* RUBY* HOME PATH"), seconds=0.3)


_VERBS: Mapping[str, Callable[[Run], Effects]] = {
    "install": install,
    "i": install,
    **dict.fromkeys(("update", "lock", "add", "remove"), update),
    "config": config,
    **dict.fromkeys(("check", "list", "show", "info", "clean", "pristine", "outdated"), check),
    **dict.fromkeys(("version", "help", "env"), _quiet),
}

BUNDLE = Tool(
    "bundle",
    ("bundle", "bundler"),
    effects,
    "install, config, check: Gemfile, lock, gemspecs, gems by path, settings",
)
