"""tar, unzip, gzip and the like, gpg and openssl: what they read and where they write."""

from __future__ import annotations

import posixpath
import re

from optimizer.effects.model import Effects, Paths, tree, unknown
from optimizer.effects.tool import ANY, Command, Tool, region
from optimizer.effects.tools.options import split


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TAR_FLAGS = _set("-x --extract --get -c --create -t --list -r -u -z --gzip -j --bzip2 -J --xz -Z --zstd -v --verbose -p --preserve-permissions -a --auto-compress -k -m -o -h -S -O --to-stdout --no-same-owner --same-owner --overwrite --wildcards --no-wildcards --no-same-permissions --numeric-owner --keep-old-files --skip-old-files --ignore-zeros --warning --delay-directory-restore --touch --lzma --no-anchored --anchored")
_TAR_VALUED = _set("-f --file -C --directory --strip-components --strip --exclude -X -T --owner --group --mode --transform --xform -I --use-compress-program --one-top-level --sort --mtime --suffix --warning --no-overwrite-dir")
_UNZIP_FLAGS = _set("-o -q -qq -n -j -u -a -L -v -l -t -p -B -X")
_UNZIP_VALUED = _set("-d -x -P")
_GZIP_FLAGS = _set("-d -k -f -c -v -q -t -n -r -9 -1 -6 --decompress --keep --force --stdout --best --fast --rm -T0")


def _paths(command: Command, words: tuple[str, ...] | list[str]) -> Paths:
    return frozenset(region(command.path(w)) for w in words if w != "-" and not w.startswith("/dev/"))


def _tar(command: Command) -> Effects:
    words = list(command.arguments)
    if words and not words[0].startswith("-") and re.fullmatch(r"[A-Za-z]+", words[0]):
        words[0] = "-" + words[0]  # the old style: `tar xzf file`
    if words and re.fullmatch(r"-[A-Za-z]*f[A-Za-z]+", words[0]):
        letters = words[0][1:].replace("f", "") + "f"  # `-xfz file`, as some write it
        words[0] = "-" + letters if not command.arguments[0].startswith("-") else words[0]
    found = split(tuple(words), _TAR_FLAGS, _TAR_VALUED)
    if found.unknown or any(ANY in w for w in words if w not in found.values("--strip-components", "--strip")):
        return unknown(f"tar {found.unknown or 'with an argument that is not known'} is not modelled")
    archives = _paths(command, list(found.values("-f", "--file")))
    folder = command.path(found.last("-C", "--directory") or ".")
    if found.has("-x", "--extract", "--get"):
        if found.has("-O", "--to-stdout"):
            return Effects(reads=archives)
        return Effects(reads=archives, writes=frozenset({tree(folder)}), seconds=1)
    if found.has("-t", "--list"):
        return Effects(reads=archives)
    sources = frozenset(tree(region(command.path(w, folder)).removesuffix("/**")) for w in found.operands)
    return Effects(reads=sources | sources, writes=archives, seconds=1)


def _unzip(command: Command) -> Effects:
    found = split(command.arguments, _UNZIP_FLAGS, _UNZIP_VALUED)
    if found.unknown or any(ANY in w for w in command.arguments) or not found.operands:
        return unknown(f"unzip {found.unknown or 'with an argument that is not known'} is not modelled")
    folder = command.path(found.last("-d") or ".")
    return Effects(reads=_paths(command, [found.operands[0]]), writes=frozenset({tree(folder)}), seconds=1)


def _gzip(command: Command) -> Effects:
    """In place: the file goes, another comes beside it."""
    found = split(command.arguments, _GZIP_FLAGS, frozenset())
    if found.unknown or any(ANY in w for w in command.arguments):
        return unknown(f"{command.name} {found.unknown or 'with an argument that is not known'} is not modelled")
    files = _paths(command, list(found.operands))
    if found.has("-c", "--stdout") or command.name in {"zcat", "xzcat", "bzcat"}:
        return Effects(reads=files)
    beside = frozenset(tree(posixpath.dirname(f)) if f.endswith("**") else f + end for f in files if not f.endswith("**") for end in (".gz", ".bz2", ".xz", ".zst"))
    plain = frozenset(re.sub(r"\.(gz|bz2|xz|zst|tgz)$", "", f) for f in files)
    return Effects(reads=files, writes=files | plain | beside)


def _gpg(command: Command) -> Effects:
    """Keys go to GNUPGHOME; --output and --dearmor write what is named; files given are read."""
    if any(ANY in w for w in command.arguments):
        return unknown("an argument of gpg is not known")
    outputs = []
    words = list(command.arguments)
    for position, word in enumerate(words):
        if word in {"-o", "--output", "--keyring"} and position + 1 < len(words):
            outputs.append(words[position + 1])
    home = command.env.get("GNUPGHOME", posixpath.join(command.home(), ".gnupg"))
    if ANY in home:
        home = "/tmp"  # noqa: S108 - `mktemp -d` gives a folder there
    files = _paths(command, [w for w in words if "/" in w and "://" not in w and not w.startswith("-")])
    beside = frozenset(f for w in words if w.endswith((".asc", ".sig", ".gpg")) for f in (command.path(w), command.path(w.rpartition(".")[0])))
    fetches = any(w in {"--recv-keys", "--recv", "--keyserver", "--refresh-keys"} for w in words)
    return Effects(
        reads=files | beside, writes=frozenset({tree(command.path(home))}) | _paths(command, outputs),
        variables=frozenset({"GNUPGHOME", "HOME"}), network=fetches, seconds=1,
    )  # fmt: skip


ARCHIVE_TOOLS: tuple[Tool, ...] = (
    Tool("tar", ("tar", "bsdtar"), _tar, "archives, -C, sources"),
    Tool("unzip", ("unzip",), _unzip, "the archive and -d"),
    Tool("gzip", ("gzip", "gunzip", "bzip2", "bunzip2", "xz", "unxz", "zstd", "unzstd", "zcat", "xzcat", "bzcat"), _gzip, "in place or to the output"),
    Tool("gpg", ("gpg", "gpg2", "gpgv", "gpgconf"), _gpg, "keys, signatures, --output"),
)
