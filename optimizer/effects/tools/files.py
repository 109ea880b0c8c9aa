"""rm, mkdir, touch ...: programs that make, change or remove files (GNU coreutils 9.1, busybox 1.35)."""

from __future__ import annotations

from dataclasses import replace

from optimizer.effects.model import NONE, NOTHING, Effects, is_tree, unknown
from optimizer.effects.tool import Command, Kind, Tool, known
from optimizer.effects.tools.options import Options
from optimizer.effects.tools.paths import (
    delete,
    make_directories,
    places,
    read,
    write,
    write_words,
)
from optimizer.effects.tools.syntax import by_options, syntax


def _rm(command: Command, options: Options) -> Effects:
    recursive = options.has("-r", "-R", "--recursive")
    return delete(
        command, options.operands, recursive=recursive, forced=options.has("-f", "--force")
    )


def _rmdir(command: Command, options: Options) -> Effects:
    named = places(command, options.operands)
    if options.has("-p", "--parents"):
        return unknown("rmdir -p removes directories that are not named")
    done = delete(command, options.operands, recursive=False, forced=False)
    return Effects(lists=frozenset(p for p in named if not is_tree(p))) | done


def _mkdir(command: Command, options: Options) -> Effects:
    wanted = places(command, options.operands)
    mode = wanted if options.has("-m", "--mode") else NOTHING
    if options.has("-p", "--parents"):
        made = make_directories(command, wanted)
        return made if made.doubt else Effects(probes=mode, metadata=mode) | made
    done = write(command, wanted, sure=False)
    if done.doubt:
        return done
    there = frozenset(path for path in wanted if not is_tree(path))
    return replace(done, probes=done.probes | wanted, metadata=mode, makes=there)


def _touch(command: Command, options: Options) -> Effects:
    """It makes an empty file or sets times, which are not part of the comparison."""
    seen = read(command, options.values("-r", "--reference"))
    if options.has("-c", "--no-create"):
        return seen | Effects(probes=places(command, options.operands))
    fresh = (command.path(word) for word in options.operands if known(word))
    empty = tuple((p, "") for p in fresh if command.machine.kind(p) is Kind.ABSENT)
    return seen | replace(write_words(command, options.operands, sure=False), contents=empty)


def _truncate(command: Command, options: Options) -> Effects:
    seen = read(command, (*options.operands, *options.values("-r", "--reference")))
    return seen | write_words(command, options.operands, sure=False)


def _tee(command: Command, options: Options) -> Effects:
    appended = options.has("-a", "--append")
    seen = read(command, options.operands) if appended else NONE
    return seen | write_words(command, options.operands, sure=not appended)


def _dos2unix(command: Command, options: Options) -> Effects:
    if options.has("-n", "--newfile"):
        return read(command, options.operands[::2]) | write_words(command, options.operands[1::2])
    return read(command, options.operands) | write_words(command, options.operands, sure=False)


FILE_TOOLS: tuple[Tool, ...] = (
    Tool(
        "rm",
        ("rm", "unlink"),
        by_options(
            syntax(
                "-r -R -f -i -I -d -v --recursive --force "
                "--dir --verbose --one-file-system "
                "--preserve-root --no-preserve-root --interactive"
            ),
            _rm,
        ),
        "removes what it names",
    ),
    Tool(
        "rmdir",
        ("rmdir",),
        by_options(syntax("-p -v --parents --verbose --ignore-fail-on-non-empty"), _rmdir),
        "removes empty directories",
    ),
    Tool(
        "mkdir",
        ("mkdir",),
        by_options(syntax("-p -v -Z --parents --verbose", "-m --mode"), _mkdir),
        "makes directories",
    ),
    Tool(
        "touch",
        ("touch",),
        by_options(
            syntax(
                "-a -c -f -h -m --no-create --no-dereference", "-d -t -r --date --reference --time"
            ),
            _touch,
        ),
        "makes empty files",
    ),
    Tool(
        "truncate",
        ("truncate",),
        by_options(syntax("-c -o --no-create", "-s -r --size --reference"), _truncate),
        "changes the size of files",
    ),
    Tool(
        "tee",
        ("tee",),
        by_options(syntax("-a -i -p --append --ignore-interrupts"), _tee),
        "writes its files",
    ),
    Tool(
        "dos2unix",
        ("dos2unix", "unix2dos"),
        by_options(
            syntax("-k -q -o -f -n -s --keepdate --quiet --oldfile --force --newfile --safe"),
            _dos2unix,
        ),
        "rewrites files in place",
    ),
)
