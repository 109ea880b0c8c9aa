"""An image as a table: every path with what a container would see of it, and the configuration."""

from __future__ import annotations

import hashlib
import stat
import tarfile
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import IO, Any

# What the promise names; history and times are not of it.
SETTINGS = (
    "Env Cmd Entrypoint WorkingDir User ExposedPorts Volumes Labels Healthcheck StopSignal OnBuild"
    " Shell"
).split()
_KINDS = {
    tarfile.REGTYPE: "file",
    tarfile.AREGTYPE: "file",
    tarfile.CONTTYPE: "file",
    tarfile.DIRTYPE: "directory",
    tarfile.SYMTYPE: "symlink",
    tarfile.CHRTYPE: "character device",
    tarfile.BLKTYPE: "block device",
    tarfile.FIFOTYPE: "pipe",
}
_XATTR = "SCHILY.xattr."
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Entry:
    """What stands at a path.

    Attributes:
        kind: `file`, `directory`, `symlink`, `pipe`, `character device` or `block device`.
        mode: The permission bits.
        owner: User and group id.
        size: In bytes, of a file.
        content: SHA-256 of a file, a symlink's target, a device's numbers.
        xattrs: Extended attributes, sorted.
    """

    kind: str
    mode: int
    owner: tuple[int, int]
    size: int = 0
    content: str = ""
    xattrs: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        """For a person."""
        mode = "" if self.kind == "symlink" else f" {stat.filemode(self.mode)[1:]}"
        parts = f"{self.kind}{mode} {self.owner[0]}:{self.owner[1]}"
        if self.kind == "file":
            parts += f" {self.size} bytes sha256:{self.content[:12]}"
        elif self.content:
            parts += f" -> {self.content}" if self.kind == "symlink" else f" {self.content}"
        return parts + "".join(f" {name}={value!r}" for name, value in self.xattrs)


@dataclass(frozen=True)
class Image:
    """An image.

    Attributes:
        entries: Path without the leading `/` to what stands there.
        config: The settings named in SETTINGS that are set.
    """

    entries: dict[str, Entry]
    config: dict[str, Any]


def read(stream: IO[bytes], config: dict[str, Any]) -> Image:
    """An image from its root file system, a tar that is read once, and its configuration.

    A hard link is read as the file that it is one of.
    """
    entries: dict[str, Entry] = {}
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            path = _path(member.name)
            if not path:
                continue
            if member.islnk():
                target = entries.get(_path(member.linkname))
                if target is not None:
                    entries[path] = target
                continue
            entries[path] = _entry(archive, member)
    _drain(stream)
    return Image(entries, {name: config[name] for name in SETTINGS if config.get(name)})


def contents(stream: IO[bytes], wanted: Collection[str], largest: int) -> dict[str, bytes]:
    """The bytes of some files of a tar that are not larger than `largest` bytes each."""
    found: dict[str, bytes] = {}
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            path = _path(member.name)
            if path in wanted and member.isreg() and member.size <= largest:
                file = archive.extractfile(member)
                found[path] = file.read() if file is not None else b""
    _drain(stream)
    return found


def _drain(stream: IO[bytes]) -> None:
    """Read what stands behind the archive's end, so that its writer ends well."""
    while stream.read(_BLOCK):
        pass


def _path(name: str) -> str:
    path = name.removeprefix("./").strip("/")
    return "" if path == "." else path


def _entry(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Entry:
    xattrs = sorted(
        (name.removeprefix(_XATTR), value)
        for name, value in member.pax_headers.items()
        if name.startswith(_XATTR)
    )
    entry = Entry(
        _KINDS.get(member.type, "unknown"),
        stat.S_IMODE(member.mode),
        (member.uid, member.gid),
        xattrs=tuple(xattrs),
    )
    if member.issym():
        # A symlink's own mode has no meaning.
        return replace(entry, mode=0o777, content=member.linkname)
    if member.isdev() and not member.isfifo():
        return replace(entry, content=f"{member.devmajor},{member.devminor}")
    if member.isreg():
        return replace(entry, size=member.size, content=_digest(archive, member))
    return entry


def _digest(archive: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    digest = hashlib.sha256()
    file = archive.extractfile(member)
    while block := file.read(_BLOCK) if file is not None else b"":
        digest.update(block)
    return digest.hexdigest()
