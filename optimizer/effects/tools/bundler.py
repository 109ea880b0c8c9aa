"""bundler: installs what a Gemfile and its lock name.

Measured with bundler 2.3 (gemfile.py; `local.NAME` under strace); settings after `bundle config` and `bundle install` of
bundler 1.17 to 2.7 (bundler.io/man).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping

from optimizer.effects.model import Effects, unknown
from optimizer.effects.tool import Command, Kind, Tool, known
from optimizer.effects.tools.bundler_config import config
from optimizer.effects.tools.bundler_install import check, install, update
from optimizer.effects.tools.bundler_run import FLAGS, VALUED, Run, context, nearest, run
from optimizer.effects.tools.looking import look
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
    names = [posixpath.join(posixpath.dirname(nearest(command)), n) for n in ("Gemfile", "gems.rb")]
    if all(command.machine.kind(n) is Kind.FILE for n in names):
        return unknown(f"there are {names[0]} and {names[1]}: one of them, by the version of bundler")
    options = split(_named(arguments), FLAGS, VALUED)
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
    own = command.path(words_[0])
    if command.machine.kind(own) is not Kind.ABSENT:
        return unknown(f"bundle exec runs {own}, which stands before the programs of gems")
    return look(command.machine, own) | check(run(command, Options())) | command.machine.call(command.with_words(*words_))


def _named(arguments: tuple[str, ...]) -> tuple[str, ...]:
    """The arguments with the folder `bin`, where `--binstubs` names none."""
    following = (*arguments[1:], "-")
    return tuple(
        "--binstubs=bin" if word == "--binstubs" and after.startswith("-") else word
        for word, after in zip(arguments, following, strict=False)
    )


def _quiet(run: Run) -> Effects:
    """Programs that show a manual are taken from the working directory as well."""
    programs = map(run.command.path, ("man", "preconv"))
    return context(run) | look(run.command.machine, *programs) | Effects(seconds=0.3)


def _environment(run: Run) -> Effects:
    """`bundle env` asks for managers of Ruby versions, in the working directory as well."""
    programs = map(run.command.path, ("chruby-exec", "rbenv", "rvm"))
    return check(run) | look(run.command.machine, *programs)


_VERBS: Mapping[str, Callable[[Run], Effects]] = {
    "install": install,
    "i": install,
    **dict.fromkeys(("update", "lock", "add", "remove"), update),
    "config": config,
    **dict.fromkeys(("check", "list", "show", "info", "clean", "pristine", "outdated"), check),
    "env": _environment,
    **dict.fromkeys(("version", "help"), _quiet),
}

BUNDLE = Tool(
    "bundle",
    ("bundle", "bundler"),
    effects,
    "install, config, check: Gemfile, lock, gemspecs, gems by path, settings",
)
