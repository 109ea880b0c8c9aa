"""Reads, writes and deletions of named paths: the sentences that file programs are made of."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from optimizer.effects.model import NOTHING, Effects, Paths, is_tree, tree, unknown
from optimizer.effects.tool import Command, Kind, region

# Directories that every distribution's image has (Filesystem Hierarchy Standard 3.0; checked
# on debian, alpine and fedora): nobody has to make them first.
STANDARD: Paths = frozenset(
    "/ /bin /dev /etc /home /lib /media /mnt /opt /proc /root /run /sbin /srv /sys /tmp "
    "/usr "
    "/usr/bin /usr/lib /usr/local /usr/local/bin /usr/local/lib /usr/local/share /usr/sbin "
    "/usr/share /var /var/cache /var/lib /var/log /var/run /var/spool "
    "/var/tmp".split()
)
# Devices and the kernel's own trees are no part of an image.
_NOWHERE = ("/dev/", "/proc/", "/sys/")


def is_root(command: Command) -> bool:
    """Whether the command surely runs as root."""
    return command.user.split(":")[0] in {"", "root", "0"}


def place(command: Command, word: str) -> str:
    """Where a word of the command leads: a path, or the tree that it may lie in."""
    return region(command.path(word))


def places(command: Command, words: Iterable[str]) -> Paths:
    """Where words of the command lead, what is no part of an image left out."""
    found = (place(command, word) for word in words if word != "-")
    return frozenset(path for path in found if not path.startswith(_NOWHERE))


def is_directory(command: Command, path: str) -> bool | None:
    """Whether a directory stands at the path; None if that is not known."""
    if path in STANDARD:
        return True
    kind = Kind.UNKNOWN if is_tree(path) else command.machine.kind(path)
    return None if kind in {Kind.UNKNOWN, Kind.LINK} else kind is Kind.DIRECTORY


def below(path: str) -> str:
    """A path and all below it; a tree stays as it is."""
    return path if is_tree(path) else tree(path)


def ancestors(path: str) -> Iterator[str]:
    """The directories above a path, from the nearest, without the root."""
    path = posixpath.dirname(path.removesuffix("**").rstrip("/"))
    while path not in {"/", ""}:
        yield path
        path = posixpath.dirname(path)


def homes(command: Command, paths: Iterable[str]) -> Paths:
    """The directories that must be there so that these paths can be written.

    The working directory and the standard directories are there whatever was copied.
    """
    given = {command.cwd, *ancestors(command.cwd), *STANDARD}
    above = (next(ancestors(path), "/") for path in paths)
    return frozenset(p for p in above if p not in given and not p.startswith(_NOWHERE))


def read(command: Command, words: Iterable[str]) -> Effects:
    """Files are read."""
    return Effects(reads=places(command, words))


def read_below(command: Command, words: Iterable[str]) -> Effects:
    """Files are read, and directories with all that is in them."""
    return Effects(reads=frozenset(asked(command, path) for path in places(command, words)))


def full(command: Command, path: str) -> str:
    """A path with all below it, unless it is known to be a file."""
    return (
        path if is_directory(command, path) is False and _is_file(command, path) else below(path)
    )


def asked(command: Command, path: str) -> str:
    """The same of what is read: where nothing is known to stand, a name is asked for in vain."""
    absent = not is_tree(path) and command.machine.kind(path) is Kind.ABSENT
    return path if absent else full(command, path)


def _is_file(command: Command, path: str) -> bool:
    return not is_tree(path) and command.machine.kind(path) is Kind.FILE


def write(command: Command, paths: Paths, *, sure: bool = True) -> Effects:
    """Files are written; their directories have to be there."""
    if "/**" in paths:
        return unknown(f"it is not known where {command.name} writes to")
    paths = frozenset(path for path in paths if not path.startswith(_NOWHERE))
    surely = frozenset(path for path in paths if not is_tree(path)) if sure else NOTHING
    return Effects(probes=homes(command, paths), writes=paths, surely_writes=surely)


def write_words(command: Command, words: Iterable[str], *, sure: bool = True) -> Effects:
    """The files that these words name are written."""
    return write(command, places(command, words), sure=sure)


def make_directories(command: Command, paths: Iterable[str]) -> Effects:
    """`mkdir -p`: the directories and their parents, where they are not there.

    Nothing is probed: a COPY that brings such a directory sets its mode and owner whether it
    was there before or not (BUILDKIT.md 5). Only another user than root needs to find the
    parents, because he may not make them himself.
    """
    wanted = frozenset(paths)
    if "/**" in wanted:
        return unknown(f"it is not known where {command.name} makes a directory")
    given = {command.cwd, *ancestors(command.cwd), *STANDARD}
    parents = frozenset(a for path in wanted for a in ancestors(path) if a not in given)
    files = frozenset(path for path in wanted | parents if _is_file(command, path))
    needed = files if is_root(command) else files | parents
    made = (wanted | parents) - given
    exact = frozenset(path for path in made if not is_tree(path))
    return Effects(probes=needed, writes=made, makes=exact)


def delete(command: Command, words: Iterable[str], *, recursive: bool, forced: bool) -> Effects:
    """Files are removed; without force they have to be there."""
    named = places(command, words)
    if "/**" in named:
        return unknown(f"it is not known what {command.name} removes")
    exact = frozenset(path for path in named if not is_tree(path))
    gone = frozenset(full(command, path) for path in exact) if recursive else exact
    probes = NOTHING if forced else named
    return Effects(probes=probes, writes=named | gone, surely_writes=gone, deletes=gone)
