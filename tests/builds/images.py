"""A built image as the suite compares it: every path of its tree, and its configuration."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.builds.daemon import Daemon

# A path's kind, mode, owner, and content or target.
Entry = tuple[bytes, int, int, int, str]
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
    """Every path of the image, as `docker export` gives it; times do not count."""
    container = daemon.run("create", image, "none").stdout.decode().strip()
    export = [daemon.client, "export", container]
    found = {}
    with (
        subprocess.Popen(export, env=daemon.env, stdout=subprocess.PIPE) as process,
        tarfile.open(fileobj=process.stdout, mode="r|") as archive,
    ):
        for member in archive:
            content = archive.extractfile(member) if member.isfile() else None
            what = hashlib.sha256(content.read()).hexdigest() if content else member.linkname
            found[member.name] = (member.type, member.mode, member.uid, member.gid, what)
    daemon.run("rm", container)
    assert process.returncode == 0
    return found


def differences(one: Mapping[str, Entry], other: Mapping[str, Entry]) -> dict[str, Any]:
    """Path -> what stands there in each of the two, where that differs."""
    both = sorted(one.keys() | other.keys())
    return {p: (one.get(p), other.get(p)) for p in both if one.get(p) != other.get(p)}
