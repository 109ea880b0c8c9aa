"""tar, unzip, gzip ...: archives are read, and what they hold goes below a directory.

Traced: GNU tar 1.34 takes the slash off absolute names and refuses `..` unless it is told -P;
unzip 6.0 does likewise.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from optimizer.effects.model import Effects, Paths, is_tree, tree, unknown
from optimizer.effects.tool import ANY, GLOB, Command, Tool, region
from optimizer.effects.tools.gpg import GPG
from optimizer.effects.tools.options import Options
from optimizer.effects.tools.paths import (
    STANDARD,
    asked,
    homes,
    make_directories,
    place,
    places,
    read,
    write,
)
from optimizer.effects.tools.syntax import by_options, parse, syntax

_TAR = syntax(
    "-x --extract --get -c --create -t --list -r --append -u --update -A -z --gzip --gunzip "
    "--ungzip -j --bzip2 -J --xz -Z "
    "--compress --zstd --lzma --lzip --lz4 -v --verbose -p --preserve-permissions "
    "--same-permissions -a --auto-compress -k "
    "--keep-old-files --skip-old-files -m --touch -o -h --dereference -S --sparse -O --to-stdout "
    "--no-same-owner --same-owner "
    "--overwrite --wildcards --no-wildcards --anchored --no-anchored --no-same-permissions "
    "--numeric-owner --ignore-zeros -i "
    "--delay-directory-restore -w --no-recursion --recursion --no-overwrite-dir --overwrite-dir "
    "--xattrs --acls --selinux "
    "--no-xattrs --no-acls --no-selinux --unlink-first -U -l --check-links --exclude-vcs "
    "--exclude-vcs-ignores --totals -B -s "
    "--no-auto-compress --hard-dereference --keep-newer-files --keep-directory-symlink "
    "--force-local --ignore-failed-read "
    "--warning --checkpoint --one-top-level --exclude-caches --no-seek --show-transformed-names "
    "--owner-map -W --verify --null --no-null --verbatim-files-from",
    "-f --file -C --directory --strip-components --strip --exclude -X --exclude-from -T "
    "--files-from --owner --group --mode "
    "--transform --xform -I --use-compress-program --sort --mtime --suffix -b -H --format -V "
    "--label --pax-option -N --newer",
)
_OLD_STYLE_VALUES = "fCTXbIHVN"
_PROGRAMS = frozenset(
    "gzip pigz bzip2 pbzip2 lbzip2 xz zstd zstdmt lz4 unzstd lzip brotli".split()
)
_OBSERVED = frozenset(
    "TAR_OPTIONS TAPE GZIP BZIP BZIP2 XZ_OPT XZ_DEFAULTS ZSTD_* UNZIP UNZIPOPT "
    "ZIPOPT POSIXLY_CORRECT TMPDIR".split()
)


# What the archives of s6-overlay 1 to 3 bring (its README).
_S6_OVERLAY: Paths = frozenset({"/init"}) | frozenset(
    tree(f"/{name}")
    for name in ("bin command etc lib libexec package run sbin usr/bin usr/sbin var/run").split()
)


def _words(arguments: tuple[str, ...]) -> Iterator[str]:
    """The old style, `tar xzf file`: each letter that wants a value takes the next word."""
    if (
        not arguments
        or arguments[0].startswith("-")
        or not re.fullmatch(r"[A-Za-z]+", arguments[0])
    ):
        yield from arguments
        return
    rest = iter(arguments[1:])
    for letter in arguments[0]:
        yield f"-{letter}"
        if letter in _OLD_STYLE_VALUES:
            yield next(rest, "")
    yield from rest


def _tar(command: Command) -> Effects:
    options = parse(command.with_words(command.program, *_words(command.arguments)), _TAR)
    if isinstance(options, Effects):
        return options
    programs = options.values("-I", "--use-compress-program")
    if any(program.split()[:1] and program.split()[0] not in _PROGRAMS for program in programs):
        return unknown("tar -I starts a program that dfopt does not know")
    lists = read(command, options.values("-X", "--exclude-from", "-T", "--files-from"))
    return lists | _worked(command, options) | Effects(variables=_OBSERVED, seconds=1)


def _worked(command: Command, options: Options) -> Effects:
    archives = places(command, options.values("-f", "--file"))
    if options.has("-x", "--extract", "--get"):
        seen = Effects(reads=archives)
        return seen if options.has("-O", "--to-stdout") else seen | _unpacked(command, options)
    if options.has("-t", "--list"):
        return Effects(reads=archives)
    if options.has("-T", "--files-from"):
        return unknown("tar -T packs files that a list names")
    older = archives if options.has("-r", "-u", "-A", "--append", "--update") else frozenset()
    return Effects(reads=older) | _packed(command, options) | write(command, archives, sure=False)


def _packed(command: Command, options: Options) -> Effects:
    """What goes into an archive; -C counts from where it stands, so any of them may be meant."""
    bases = [command.path(folder) for folder in options.values("-C", "--directory")] or [
        command.cwd
    ]
    if not options.values("-C", "--directory") and not options.operands:
        return Effects()
    found = {
        asked(command, region(command.path(word, base)))
        for word in options.operands
        for base in bases
    }
    if options.has("-h", "--dereference"):
        return unknown("tar -h follows links, which may lead anywhere")
    return Effects(reads=frozenset(found))


def _unpacked(command: Command, options: Options) -> Effects:
    """Files below the directory; with members named, only those."""
    folder = options.last("-C", "--directory")
    into = place(command, folder or ".")
    if (
        options.has("-T", "--files-from")
        or options.has("--transform", "--xform", "--one-top-level")
        or is_tree(into)
    ):
        inside: Paths = frozenset({_below(into)})
    else:
        strip = options.last("--strip-components", "--strip") or "0"
        inside = frozenset(_members(into, options.operands, strip)) or frozenset({tree(into)})
    if "/**" in inside:
        names = options.values("-f", "--file")
        if not names or not all("s6-overlay" in name for name in names):
            return unknown("tar unpacks into / an archive whose names are not known")
        inside = _S6_OVERLAY
    return _opened(command, into) | Effects(writes=inside)


def _below(path: str) -> str:
    return path if is_tree(path) else tree(path)


def _opened(command: Command, folder: str) -> Effects:
    """The directory has to be there."""
    return Effects(probes=homes(command, {posixpath.join(folder.removesuffix("**"), "x")}))


def _members(into: str, members: Iterable[str], strip: str) -> Iterator[str]:
    for member in members:
        parts = [part for part in member.split("/") if part not in {"", "."}]
        unclear = (
            ANY in member or GLOB in member or re.search(r"[*?\[]", member) or not strip.isdigit()
        )
        kept = [] if unclear else parts[int(strip) :]
        yield tree(posixpath.join(into, *kept)) if kept else tree(into)
        # The directories above a member are made as well.
        above = (posixpath.join(into, *kept[:end]) for end in range(1, len(kept)))
        yield from (path for path in above if path not in STANDARD)


_UNZIP = syntax(
    "-o -q -qq -n -j -u -a -L -v -l -t -p -B -X -f -C -D -DD -K -Z -z -UU -V", "-d -P -O -I"
)


def _unzip(command: Command) -> Effects:
    """Words behind -x, and those behind the archive, are names in the archive."""
    words = command.arguments
    excluded = words.index("-x") if "-x" in words else len(words)
    into = ("-d", *words[words.index("-d") + 1 :][:1]) if "-d" in words[excluded:] else ()
    options = parse(command.with_words(command.program, *words[:excluded], *into), _UNZIP)
    if isinstance(options, Effects):
        return options
    archives = options.operands[:1]
    seen = Effects(
        reads=places(command, (*archives, *(f"{a}.zip" for a in archives))),
        variables=_OBSERVED,
        seconds=1,
    )
    if options.has("-l", "-t", "-p", "-v", "-Z", "-z"):
        return seen
    return seen | _extracted(command, options, options.last("-d"), options.operands[1:])


def _extracted(
    command: Command, options: Options, folder: str | None, members: tuple[str, ...]
) -> Effects:
    into = place(command, folder or ".")
    names = [posixpath.basename(m) for m in members] if options.has("-j") else members
    inside = frozenset(
        {_below(into)} if is_tree(into) else _members(into, names, "0") if names else {tree(into)}
    )
    if "/**" in inside:
        return unknown(
            f"{command.name} unpacks into the root directory, and what is in the archive is not known"
        )
    return make_directories(command, {into.removesuffix("/**") or "/"}) | Effects(writes=inside)


_ZIP = syntax("-r -q -j -9 -1 -0 -u -y -X -v -D -m -g -T -FS -o", "-x -i -P -b -n")


def _zip(command: Command, options: Options) -> Effects:
    """The first word is the archive; with -m what is packed is removed."""
    if options.has("-m"):
        return unknown("zip -m removes what it packs")
    archives = places(
        command, (a if a.endswith(".zip") else f"{a}.zip" for a in options.operands[:1])
    )
    packed = frozenset(asked(command, path) for path in places(command, options.operands[1:]))
    return Effects(reads=archives | packed, variables=_OBSERVED, seconds=1) | write(
        command, archives, sure=False
    )


_7Z = re.compile(r"-(o.*|y|aoa|aos|aou|bd|bb\d|bso\d|bsp\d|p.*|m[\w=]+|t[\w]+|r|sdel-)")


def _seven_zip(command: Command) -> Effects:
    """`7z x archive -oDIR`."""
    words = [w for w in command.arguments if not w.startswith("-")]
    flags = [w for w in command.arguments if w.startswith("-")]
    if len(words) < 2 or any(ANY in w for w in words) or not all(_7Z.fullmatch(f) for f in flags):
        return unknown("this use of 7z is not known")
    seen = Effects(reads=places(command, words[1:2]), seconds=1)
    if words[0] in {"l", "t"}:
        return seen
    if words[0] not in {"x", "e"}:
        return unknown(f"7z {words[0]} is not a command that dfopt knows")
    folder = next((flag[2:] for flag in flags if flag.startswith("-o")), ".")
    into = place(command, folder)
    return (
        seen
        | make_directories(command, {into})
        | write(command, frozenset({_below(into)}), sure=False)
    )


_GZIP = syntax(
    "-d -k -f -c -v -q -t -n -N -r -l -z -e -9 -8 -7 -6 -5 -4 -3 -2 -1 -0 -T0 --decompress "
    "--uncompress --keep --force --stdout "
    "--to-stdout --best --fast --rm --quiet --verbose --test --no-name --name --recursive --list "
    "--compress --extreme --ultra -19 -18 -22",
    "-S --suffix -T --threads -o",
)
_SUFFIXES = {
    "gzip": ".gz",
    "gunzip": ".gz",
    "pigz": ".gz",
    "unpigz": ".gz",
    "bzip2": ".bz2",
    "bunzip2": ".bz2",
    "xz": ".xz",
    "unxz": ".xz",
    "lzma": ".lzma",
    "unlzma": ".lzma",
    "zstd": ".zst",
    "unzstd": ".zst",
    "lz4": ".lz4",
    "unlz4": ".lz4",
    "brotli": ".br",
}
_KEEPING = frozenset({"zstd", "unzstd", "lz4", "unlz4", "brotli"})


def _gzip(command: Command, options: Options) -> Effects:
    """In place: the file goes, another comes beside it."""
    if options.has("-r", "--recursive") or options.has("-S", "--suffix"):
        return unknown(f"{command.name} over a tree, or with a suffix of its own")
    files = places(command, options.operands)
    seen = Effects(reads=files, variables=_OBSERVED, seconds=0.5)
    if options.has("-c", "--stdout", "--to-stdout", "-t", "--test", "-l", "--list") or not files:
        return seen
    suffix = _SUFFIXES[command.name]
    opened = (
        command.name.startswith("un")
        or command.name in {"gunzip", "bunzip2"}
        or options.has("-d", "--decompress", "--uncompress")
    )
    named = options.values("-o")
    made = (
        places(command, named)
        if named
        else frozenset(_beside(f, suffix, opened=opened) for f in files)
    )
    kept = options.has("-k", "--keep") or (command.name in _KEEPING and not options.has("--rm"))
    return seen | write(command, made if kept else made | files, sure=False)


def _beside(path: str, suffix: str, *, opened: bool) -> str:
    if is_tree(path):
        return path
    if not opened:
        return path + suffix
    short = {".gz": ".tgz", ".bz2": ".tbz", ".xz": ".txz", ".zst": ".tzst"}.get(suffix, "")
    if short and path.endswith(short):
        return path.removesuffix(short) + ".tar"
    return path.removesuffix(suffix)


ARCHIVE_TOOLS: tuple[Tool, ...] = (
    Tool("tar", ("tar", "bsdtar", "gtar"), _tar, "archives, -C, sources, members"),
    Tool("unzip", ("unzip",), _unzip, "the archive, its members and -d"),
    Tool("zip", ("zip",), by_options(_ZIP, _zip), "the archive and what goes into it"),
    Tool("7z", ("7z", "7za", "7zr", "7zz"), _seven_zip, "the archive and -o"),
    Tool("gzip", tuple(_SUFFIXES), by_options(_GZIP, _gzip), "in place or to the output"),
    GPG,
)
