"""cp, mv, ln, install: programs that put files in another place (GNU coreutils 9.1, busybox 1.35)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace

from optimizer.effects.model import NO_LINKS, NONE, NOTHING, Effects, Link, is_tree, unknown
from optimizer.effects.tool import GLOB, Command, Kind, Tool
from optimizer.effects.tools.options import Options
from optimizer.effects.tools.paths import (
    asked,
    below,
    full,
    homes,
    make_directories,
    place,
    places,
    read,
    write,
)
from optimizer.effects.tools.placing import Target, copied, landing, target_of
from optimizer.effects.tools.syntax import by_options, syntax

_COMMON = syntax(
    "-f --force -i --interactive -n --no-clobber -u --update -v --verbose -T "
    "--no-target-directory",
    "-t --target-directory",
)
_CP = _COMMON | syntax(
    "-r -R -a -p -d -H -L -P -l -s -x -Z --recursive --archive --preserve --no-preserve "
    "--dereference --no-dereference --link "
    "--symbolic-link --remove-destination --attributes-only --reflink --sparse --one-file-system "
    "--strip-trailing-slashes --parents"
)
_MV = _COMMON | syntax("-Z --strip-trailing-slashes")
_RECURSIVE = ("-r", "-R", "-a", "--recursive", "--archive")
_NOT_AS_THEY_ARE = (
    *("-i", "--interactive", "-l", "--link", "-s", "--symbolic-link"),
    *("--attributes-only", "--parents"),
)
_KEPT = ("-n", "-u", "--no-clobber", "--update")


def _cp(command: Command, options: Options) -> Effects:
    target = target_of(command, options)
    if target is None:
        return NONE
    recursive = options.has(*_RECURSIVE)
    if recursive and options.has("-L", "-H", "--dereference"):
        return unknown(f"{command.name} -L follows links, which may lead anywhere")
    sources = places(command, target.sources)
    reads = frozenset(asked(command, s) for s in sources) if recursive else sources
    written, surely = copied(command, target, recursive=recursive)
    if options.has("--parents"):
        written, surely = frozenset({below(target.path)}), False
    done = write(command, written, sure=surely and not options.has(*_KEPT))
    whole = _into(command, target, Effects(reads=reads)) | _unless_kept(done, options)
    return replace(whole, contents=_same_texts(command, options, target) if surely else ())


def _unless_kept(done: Effects, options: Options) -> Effects:
    """With -n and -u what is there already decides."""
    return replace(done, reads=done.writes) if options.has(*_KEPT) else done


def _into(command: Command, target: Target, effects: Effects) -> Effects:
    """What is there at the target decides where the files go."""
    return Effects(probes=homes(command, {posixpath.join(target.path, "x")})) | effects


def _mv(command: Command, options: Options) -> Effects:
    target = target_of(command, options)
    if target is None:
        return NONE
    sources = frozenset(full(command, s) for s in places(command, target.sources))
    if "/**" in sources:
        return unknown("it is not known what mv moves")
    written, surely = copied(command, target, recursive=True)
    done = write(command, written, sure=surely and not options.has(*_KEPT))
    gone = frozenset(s for s in sources if GLOB not in s) if _all_known(target) else NOTHING
    kept = options.has(*_KEPT)
    moved = Effects(
        writes=sources, surely_writes=NOTHING if kept else gone, deletes=NOTHING if kept else gone
    )
    whole = _into(command, target, Effects(reads=sources)) | moved | _unless_kept(done, options)
    return replace(whole, contents=_same_texts(command, options, target) if surely else ())


def _same_texts(command: Command, options: Options, target: Target) -> tuple[tuple[str, str], ...]:
    """The files that come to stand somewhere else as they are: (path, text)."""
    if options.has(*_KEPT, *_NOT_AS_THEY_ARE):
        return ()
    found: dict[str, str] = {}
    for word in target.sources:
        source, paths = place(command, word), landing(target, word, whole=False)
        if is_tree(source) or GLOB in source or len(paths) != 1 or is_tree(paths[0]):
            continue
        text = command.machine.text(source)
        if text is not None and command.machine.kind(source) is Kind.FILE:
            found[paths[0]] = text
    return tuple(sorted(found.items()))


def _all_known(target: Target) -> bool:
    return not any(GLOB in word for word in target.sources)


def _ln(command: Command, options: Options) -> Effects:
    """A symbolic link holds a text: what it names is not read. A hard one is the file itself."""
    if len(options.operands) == 1 and not options.has("-t", "--target-directory"):
        here = posixpath.basename(options.operands[0].rstrip("/"))
        options = replace(options, operands=(*options.operands, here))
    target = target_of(command, options)
    if target is None:
        return NONE
    soft = options.has("-s", "--symbolic")
    forced = options.has("-f", "--force")
    written, surely = copied(command, target, recursive=False)
    done = write(command, written, sure=surely and forced)
    if done.doubt:
        return done
    sources = NOTHING if soft else places(command, target.sources)
    probes = done.probes | (NOTHING if forced else written)
    # The file has a name more: a COPY parts them.
    linked = Effects(reads=sources, metadata=sources)
    links = frozenset(_links(command, options, target)) if soft else NO_LINKS
    return _into(command, target, linked) | replace(done, probes=probes, links=links)


def _links(command: Command, options: Options, target: Target) -> Iterator[Link]:
    """The links of `ln -s`, and where they lead: their text is relative to where they stand."""
    for word in target.sources:
        for path in landing(target, word, whole=False):
            folder = posixpath.dirname(path.removesuffix("**").rstrip("/"))
            relative = options.has("-r", "--relative")
            here = command if relative else replace(command, cwd=folder)
            yield Link(path, place(here, word), word.startswith("/") and not relative)


def _install(command: Command, options: Options) -> Effects:
    if options.has("-d", "--directory"):
        wanted = places(command, options.operands)
        made = make_directories(command, wanted)
        return made if made.doubt else Effects(probes=wanted, metadata=wanted) | made
    target = target_of(command, options)
    if target is None:
        return NONE
    written, surely = copied(command, target, recursive=False)
    done = write(command, written, sure=surely)
    if options.has("-D") and not done.doubt:
        parents = {target.path} if target.into else {posixpath.dirname(target.path)}
        done = make_directories(command, parents) | replace(done, probes=NOTHING)
    if options.has("-s", "--strip"):
        done |= Effects(reads=written)
    seen = read(command, target.sources)
    return seen | done if options.has("-D") else _into(command, target, seen) | done


TRANSFER_TOOLS: tuple[Tool, ...] = (
    Tool(
        "cp",
        ("cp",),
        by_options(_CP, _cp),
        "reads its sources, writes its target; what is there decides where",
    ),
    Tool("mv", ("mv",), by_options(_MV, _mv), "reads and removes its sources, writes its target"),
    Tool(
        "ln",
        ("ln", "link"),
        by_options(
            _COMMON
            | syntax("-s -r -L -P --symbolic --relative --logical --physical --no-dereference"),
            _ln,
        ),
        "makes links; what a symbolic one names is not read",
    ),
    Tool(
        "install",
        ("install",),
        by_options(
            syntax(
                "-b -c -C -d -D -p -s -v -T -Z --compare "
                "--directory --preserve-timestamps --strip "
                "--verbose --no-target-directory",
                "-m -o -g -t --mode --owner --group --target-directory",
            ),
            _install,
        ),
        "copies files with a mode, or makes directories",
    ),
)
