"""A built image as the suite compares it: every path of its tree, and its configuration."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.builds.daemon import Daemon

# A path's kind, mode, owner, and content or target.
Entry = tuple[int, int, int, int, str]
_FOLDER = stat.S_IFDIR
# Marks of the kernel's: a folder hides what is below it; its content is to be found in another layer.
_OPAQUE = "trusted.overlay.opaque"
_MOVED = frozenset({"trusted.overlay.redirect", "trusted.overlay.metacopy"})
# What names the image and not what it does.
_NAMES = frozenset({"Image", "Hostname", "Domainname"})
_STEP = re.compile(r"#(\d+) \[.*?\] (.*)")


def build(
    daemon: Daemon,
    text: Path,
    context: Path,
    arguments: Mapping[str, str] | None = None,
    *,
    fresh: bool = False,
) -> tuple[str, str]:
    """Build a Dockerfile, `fresh` without cache: the image's name, and what the builder printed."""
    name = text.with_suffix(".image")
    words = ["build", "--network=host", "--progress=plain", f"--iidfile={name}", f"--file={text}"]
    words += ["--no-cache"] if fresh else []
    words += [f"--build-arg={key}={value}" for key, value in (arguments or {}).items()]
    said = daemon.run(*words, str(context)).stdout.decode("utf-8", "replace")
    return name.read_text(), said


def reused(said: str, piece: str) -> list[bool]:
    """For each step with this piece in its text, whether it was CACHED."""
    steps = {m[1] for m in map(_STEP.match, said.splitlines()) if m and piece in m[2]}
    return [f"#{number} CACHED" in said.splitlines() for number in sorted(steps)]


def configuration(daemon: Daemon, image: str) -> dict[str, Any]:
    """What a container of it is started with."""
    (found,) = json.loads(daemon.run("inspect", image).stdout)
    return {k: v for k, v in found["Config"].items() if k not in _NAMES}


def tree(daemon: Daemon, image: str) -> dict[str, Entry]:
    """Every path of the image, as its layers lie on one another; times do not count.

    A layer is read once in a process: most of an image is its base.
    """
    (found,) = json.loads(daemon.run("inspect", image).stdout)
    driver = found["GraphDriver"]
    assert driver["Name"] == "overlay2", "the daemon keeps its images in another way"
    lower = driver["Data"].get("LowerDir", "")
    stands: dict[str, Entry] = {}
    for folder in reversed([driver["Data"]["UpperDir"], *filter(None, lower.split(":"))]):
        gone, opaque, entries = _layer(folder)
        files = {p for p, e in entries.items() if e[0] != _FOLDER and p in stands and stands[p][0] == _FOLDER}
        if hidden := gone | opaque | files:
            below = tuple(f"{p}/" for p in hidden)
            stands = {p: e for p, e in stands.items() if p not in gone and not p.startswith(below)}
        stands |= entries
    return stands


@cache
def _layer(folder: str) -> tuple[frozenset[str], frozenset[str], dict[str, Entry]]:
    """What a layer takes away, the folders that hide those below them, and what it brings.

    The kernel's form (Documentation/filesystems/overlayfs.rst): a device 0:0 takes away what is below.
    """
    gone, opaque, entries = set[str](), set[str](), dict[str, Entry]()
    first: dict[int, str] = {}
    for file in sorted(Path(folder).rglob("*")):
        path, at = str(file.relative_to(folder)), file.lstat()
        if stat.S_ISCHR(at.st_mode) and at.st_rdev == 0:
            gone.add(path)
            continue
        what = ""
        assert _MOVED.isdisjoint(os.listxattr(file, follow_symlinks=False)), f"what {file} holds stands elsewhere"
        if stat.S_ISLNK(at.st_mode):
            what = str(file.readlink())
        elif stat.S_ISREG(at.st_mode) and (one := first.setdefault(at.st_ino, path)) != path:
            what = f"linked to {one}"
        elif stat.S_ISREG(at.st_mode):
            with file.open("rb") as content:
                what = hashlib.file_digest(content, "sha256").hexdigest()
        elif stat.S_ISDIR(at.st_mode):
            opaque |= {path} if _OPAQUE in os.listxattr(file) else set()
        entries[path] = (stat.S_IFMT(at.st_mode), stat.S_IMODE(at.st_mode), at.st_uid, at.st_gid, what)
    return frozenset(gone), frozenset(opaque), entries


def differences(one: Mapping[str, Entry], other: Mapping[str, Entry]) -> dict[str, Any]:
    """Path -> what stands there in each of the two, where that differs."""
    both = sorted(one.keys() | other.keys())
    return {p: (one.get(p), other.get(p)) for p in both if one.get(p) != other.get(p)}
