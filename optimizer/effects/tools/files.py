"""cp, mv, rm, mkdir, ln ...: programs that change files (GNU coreutils 9.1, busybox 1.35)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace

from optimizer.effects.model import (
    NO_LINKS,
    NONE,
    NOTHING,
    Conditional,
    Effects,
    Link,
    is_tree,
    unknown,
)
from optimizer.effects.tool import GLOB, Command, Kind, Tool, known
from optimizer.effects.tools.modes import given
from optimizer.effects.tools.options import Options
from optimizer.effects.tools.paths import (
    asked,
    below,
    delete,
    full,
    homes,
    make_directories,
    place,
    places,
    read,
    write,
    write_words,
)
from optimizer.effects.tools.placing import Target, copied, landing, target_of
from optimizer.effects.tools.syntax import by_options, parse, syntax

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


def _same_texts(
    command: Command, options: Options, target: Target
) -> tuple[tuple[str, str], ...]:
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
    linked = Effects(reads=sources, metadata=sources)  # the file has a name more: a COPY parts them
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


def _dos2unix(command: Command, options: Options) -> Effects:
    if options.has("-n", "--newfile"):
        return read(command, options.operands[::2]) | write_words(command, options.operands[1::2])
    return read(command, options.operands) | write_words(command, options.operands, sure=False)


# Modes and owners


def _changes_modes(command: Command, words: tuple[str, ...], *, recursive: bool) -> Effects:
    named = places(command, words)
    if "/**" in named:
        return unknown(f"it is not known what {command.name} changes")
    if not recursive:
        return Effects(probes=named, metadata=named)
    every = frozenset(below(path) for path in named)
    return Effects(reads=every, metadata=every)


_MODES = syntax(
    "-R -v -c -f -h -H -L -P --recursive --verbose --changes --quiet --silent "
    "--no-dereference --preserve-root --no-preserve-root",
    "--reference --from",
)


def _chmod(command: Command) -> Effects:
    """`chmod -x file` has a mode that looks like an option."""
    words = tuple(_mode(word) for word in command.arguments)
    options = parse(command.with_words(command.program, *words), _MODES)
    if isinstance(options, Effects):
        return options
    done = _owned(command, options)
    if options.has("-R", "--recursive", "--reference") or not options.operands:
        return done
    kept = frozenset(p for p in done.metadata if _has_mode(command, p, options.operands[0]))
    stays = frozenset(Conditional(path, "modes-as-committed") for path in kept)
    return replace(done, metadata=done.metadata - kept, conditional=done.conditional | stays)


def _has_mode(command: Command, path: str, text: str) -> bool:
    """Whether a file of the context, reached by no link, has the mode already that it is given."""
    machine, above = command.machine, path
    while above := above.rpartition("/")[0]:
        if machine.kind(above) is Kind.LINK:
            return False
    mode = machine.mode(path) if machine.kind(path) is Kind.FILE else None
    return mode is not None and given(mode, text) == mode


def _mode(word: str) -> str:
    looks_so = word[:1] == "-" and len(word) > 1 and set(word[1:]) <= set("rwxXstugo,+=-")
    return f"a{word}" if looks_so else word


def _owned(command: Command, options: Options) -> Effects:
    """chmod, chown, chgrp: what is named gets a mode or an owner; with -R all below it."""
    words = options.operands if options.has("--reference") else options.operands[1:]
    seen = read(command, options.values("--reference"))
    recursive = options.has("-R", "--recursive")
    return seen | _accounts(command, options) | _changes_modes(command, words, recursive=recursive)


def _accounts(command: Command, options: Options) -> Effects:
    """A name is looked up in the image's own accounts; a number is not."""
    if command.name == "chmod" or not options.operands:
        return NONE
    names = options.operands[0].replace(":", "").replace(".", "")
    return NONE if names.isdigit() else Effects(reads=frozenset({"/etc/passwd", "/etc/group"}))


def _setcap(command: Command, options: Options) -> Effects:
    """Capabilities and attributes are part of a file's metadata."""
    words = options.operands if options.has("-r") else options.operands[1:]
    return _changes_modes(command, words, recursive=False)


FILE_TOOLS: tuple[Tool, ...] = (
    Tool(
        "cp",
        ("cp",),
        by_options(_CP, _cp),
        "reads its sources, writes its target; what is there decides where",
    ),
    Tool("mv", ("mv",), by_options(_MV, _mv), "reads and removes its sources, writes its target"),
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
    Tool(
        "dos2unix",
        ("dos2unix", "unix2dos"),
        by_options(
            syntax("-k -q -o -f -n -s --keepdate --quiet --oldfile --force --newfile --safe"),
            _dos2unix,
        ),
        "rewrites files in place",
    ),
    Tool("chmod", ("chmod",), _chmod, "changes modes"),
    Tool("chown", ("chown", "chgrp"), by_options(_MODES, _owned), "changes owners"),
    Tool(
        "setcap",
        ("setcap", "setfattr"),
        by_options(syntax("-q -v -r -n"), _setcap),
        "changes capabilities",
    ),
)
