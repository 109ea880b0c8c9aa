"""Where the files of a context come from, before any ignore rule."""

from __future__ import annotations

import hashlib
import os
import posixpath
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from optimizer.errors import UserError


class Entry(NamedTuple):
    """What stands at a path.

    `kind` is "file", "directory", "link" or "other" (a device, a pipe, a socket); `mode`
    holds the permission bits, `target` the text of a link.
    """

    kind: str
    mode: int
    target: str = ""
    size: int = 0


class Source(Protocol):
    """A tree of files. Paths are relative, "" is the root, and no link is followed."""

    def kinds(self, directory: str) -> Mapping[str, str]:
        """Name -> kind of the entries of a directory, which exists."""

    def entry(self, path: str) -> Entry:
        """What stands at a path, which exists."""

    def read(self, path: str) -> bytes:
        """The content of a regular file, which exists."""

    def identity(self, path: str) -> str:
        """Mode and content of a file or link, which exists, as one word."""


class Link(NamedTuple):
    """A symbolic link for MemoryFiles."""

    target: str


Content = str | bytes | tuple[str | bytes, int] | Link


def identity_of(entry: Entry, content: bytes) -> str:
    """As git writes it, so that a folder can be compared with a commit."""
    link = entry.kind == "link"
    data = os.fsencode(entry.target) if link else content
    head = f"blob {len(data)}\0".encode()
    name = hashlib.sha1(head + data, usedforsecurity=False).hexdigest()
    return f"{0o120000 if link else 0o100000 | entry.mode:o} {name}"


@dataclass(frozen=True)
class MemorySource:
    """Files that stand in memory."""

    entries: Mapping[str, Entry]
    contents: Mapping[str, bytes]
    children: Mapping[str, Mapping[str, str]]

    def kinds(self, directory: str) -> Mapping[str, str]:
        """The entries of a directory."""
        return self.children.get(directory, {})

    def entry(self, path: str) -> Entry:
        """What stands at a path."""
        return self.entries[path]

    def read(self, path: str) -> bytes:
        """The content of a file."""
        return self.contents[path]

    def identity(self, path: str) -> str:
        """Mode and content of a file or link."""
        return identity_of(self.entries[path], self.contents[path])


def memory(files: Mapping[str, Content]) -> MemorySource:
    """Path -> content, (content, mode) or Link; a path that ends in `/` is a directory."""
    entries = {"": Entry("directory", 0o755)}
    contents: dict[str, bytes] = {}
    children: dict[str, dict[str, str]] = {}
    for path, given in files.items():
        entry, content = _entry(given, directory=path.endswith("/"))
        name = path.rstrip("/")
        _parents(name, entries)
        entries[name] = entry
        contents[name] = content
    for path, entry in entries.items():
        if path:
            parent, name = posixpath.split(path)
            children.setdefault(parent, {})[name] = entry.kind
    return MemorySource(entries, contents, children)


def _entry(given: Content, *, directory: bool) -> tuple[Entry, bytes]:
    if directory:
        return Entry("directory", 0o755), b""
    if isinstance(given, Link):
        return Entry("link", 0o777, given.target), b""
    content, mode = given if isinstance(given, tuple) else (given, 0o644)
    data = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
    return Entry("file", mode, "", len(data)), data


def _parents(path: str, entries: dict[str, Entry]) -> None:
    parent = posixpath.dirname(path)
    while parent not in entries:
        entries[parent] = Entry("directory", 0o755)
        parent = posixpath.dirname(parent)


@dataclass(frozen=True)
class FolderSource:
    """Files on disk."""

    root: Path

    def kinds(self, directory: str) -> Mapping[str, str]:
        """The entries of a directory, in one pass and without a look at each."""
        try:
            with os.scandir(self.root / directory) as found:
                return {each.name: _kind(each) for each in found}
        except OSError as error:
            raise self._trouble(directory, error) from error

    def entry(self, path: str) -> Entry:
        """What stands at a path."""
        try:
            found = os.lstat(f"{self.root}/{path}")
            link = stat.S_ISLNK(found.st_mode)
            target = os.readlink(f"{self.root}/{path}") if link else ""  # noqa: PTH115 - keeps its bytes
        except OSError as error:
            raise self._trouble(path, error) from error
        size = found.st_size if stat.S_ISREG(found.st_mode) else 0
        return Entry(_of_mode(found.st_mode), stat.S_IMODE(found.st_mode), target, size)

    def read(self, path: str) -> bytes:
        """The content of a regular file."""
        try:
            return (self.root / path).read_bytes()
        except OSError as error:
            raise self._trouble(path, error) from error

    def identity(self, path: str) -> str:
        """Mode and content of a file or link."""
        entry = self.entry(path)
        return identity_of(entry, b"" if entry.kind == "link" else self.read(path))

    def _trouble(self, path: str, error: OSError) -> UserError:
        why = error.strerror or str(error)
        return UserError(f"cannot be read: {why}", path=str(self.root / path))


_KINDS = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "link"}


def _of_mode(mode: int) -> str:
    return _KINDS.get(stat.S_IFMT(mode), "other")


def _kind(found: os.DirEntry[str]) -> str:
    if found.is_symlink():
        return "link"
    if found.is_dir(follow_symlinks=False):
        return "directory"
    return "file" if found.is_file(follow_symlinks=False) else "other"
