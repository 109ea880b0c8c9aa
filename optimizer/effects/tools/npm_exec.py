"""npx and npm exec: a program of node_modules, or of a package that is fetched for it."""

from __future__ import annotations

import re
from dataclasses import replace

from optimizer.effects.model import Effects, unknown
from optimizer.effects.tool import ANY, Command, Tool, known
from optimizer.effects.tools import node_lock
from optimizer.effects.tools.node_package import in_folder, look, workspace_globs
from optimizer.effects.tools.node_root import find_root
from optimizer.effects.tools.node_run import nearest, own_program
from optimizer.effects.tools.node_words import parse
from optimizer.effects.tools.npm_install import Install, base, unknown_word
from optimizer.effects.tools.npm_settings import GRAMMAR, settings

_NPX = replace(
    GRAMMAR,
    switches=GRAMMAR.switches
    | {"no-install", "ignore-existing", "always-spawn", "shell-auto-fallback", "no"},
    values=GRAMMAR.values | {"npm", "node-arg"},
    short={**GRAMMAR.short, "n": "node-arg"},
    stop_at=frozenset({"npx"}),
)

# Packages whose program does not have the package's own name.
_PROGRAMS = {
    "@angular/cli": "ng",
    "typescript": "tsc",
    "@nestjs/cli": "nest",
    "@vue/cli-service": "vue-cli-service",
    "@tailwindcss/cli": "tailwindcss",
    "@biomejs/biome": "biome",
    "@sentry/cli": "sentry-cli",
    "@redwoodjs/cli": "rw",
}


def exec_effects(install: Install) -> Effects:
    """`npm exec NAME WORDS...` and `npx NAME WORDS...`."""
    words, command = install.words, install.command
    script = words.last("call")
    start = base(command, install.settings) | look(
        command.machine, *in_folder(install.root, ("package.json", "package-lock.json"))
    )
    if script is not None:
        return start | command.machine.run(script, command)
    own = words.words[1:] + words.rest
    if not own:
        return unknown("npx without a program opens a shell")
    if not known(own[0]):
        return unknown("the program that npx runs is not known")
    program = program_of(own[0])
    if program is None:
        return unknown(f"npx {own[0]} runs a package from an address or a folder")
    package, _ = nearest(replace(command, cwd=install.root))
    globs = workspace_globs(package) if package else ()
    if doubt := own_program(command.machine, install.root, globs, program):
        return doubt
    if not words.flags.get("package") and own[0] == program and is_local(install, program):
        start = replace(start, network=False)
    else:
        start |= Effects(unpinned=True)
    # npx tells apart by PATH and node_modules/.bin; a name that dfopt knows means the same in both.
    called = command.with_words(program, *own[1:])
    if program == "npm":  # not the one on PATH
        called = replace(called, env={**called.env, "PATH": ANY})
    return start | command.machine.call(called)


def program_of(word: str) -> str | None:
    """The program that a package specifier stands for; None if it is not a plain name."""
    found = re.fullmatch(r"((?:@[^/@]+/)?[^/@:]+)(?:@[^/]*)?", word)
    if not found:
        return None
    package = found[1]
    return _PROGRAMS.get(package, package.rpartition("/")[2])


def is_local(install: Install, program: str) -> bool:
    """Whether a dependency of the project brings the program, by the lock or by its name."""
    package, _ = nearest(install.command)
    if package and (
        program in package.dependencies()
        or any(_PROGRAMS.get(d) == program for d in package.dependencies())
    ):
        return True
    for path in in_folder(install.root, node_lock.NAMES):
        lock = node_lock.read_lock(install.command.machine, path) or {}
        for place, entry in node_lock.entries(lock).items():
            bins = entry.get("bin")
            if place.count("node_modules/") == 1 and isinstance(bins, dict) and program in bins:
                return True
    return False


def npx(command: Command) -> Effects:
    """npx: the words behind the program's name are the program's own."""
    words = parse(("npx", *command.arguments), _NPX)
    if doubt := unknown_word(command, words):
        return doubt
    root, here, seen = find_root(command)
    read = settings(command, words, root)
    return exec_effects(
        Install(command, words, replace(read, effects=read.effects | seen), root, here)
    )


NPX = Tool("npx", ("npx",), npx, "follows the program that it runs; known by the lock or fetched")
