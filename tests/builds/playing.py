"""Plays a history on a real builder, and says which steps were in its cache."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

from optimizer.cache.contents import Contents
from optimizer.cache.records import Records
from optimizer.cache.vertices import vertices
from optimizer.context.files import MemoryFiles
from tests.builds.daemon import Daemon
from tests.cache.histories import Build

_STEP = re.compile(rb"^#(\d+) \[(?:(\S+) +)?(\d+)/\d+\] (.*)$")
_CACHED = re.compile(rb"^#(\d+) CACHED")
_FAILED = "the build fails"

# For each build, stage and step -> whether it was a hit; or that the build fails.
Played = list[dict[str, bool] | str]


def play(builds: tuple[Build, ...], daemon: Daemon) -> Played:
    """Build one after another, each from a new folder, so that nothing but the key decides."""
    return [_played(build, daemon) for build in builds]


def predict(builds: tuple[Build, ...]) -> Played:
    """What the model says of the same."""
    records = Records()
    found: Played = []
    for build in builds:
        graph = vertices(build.text, build.args, builder="buildkit-0.8")
        files = MemoryFiles({"Dockerfile": build.text, **build.files})
        steps = list(records.build(graph, Contents(files)).steps())
        if any(outcome.failed for _, outcome in steps):
            found.append(_FAILED)
            continue
        numbers: dict[int, int] = {}
        hits = {}
        for vertex, outcome in steps:
            numbers[vertex.stage] = numbers.get(vertex.stage, 1) + 1
            hits[f"{vertex.stage} {numbers[vertex.stage]}"] = outcome.hit
        found.append(hits)
    return found


def _played(build: Build, daemon: Daemon) -> dict[str, bool] | str:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for path, (text, mode) in {"Dockerfile": (build.text, 0o644), **build.files}.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            file.chmod(mode)
        for folder in root.rglob("*/"):
            folder.chmod(0o755)
        given = [w for k, v in build.args.items() for w in ("--build-arg", f"{k}={v}")]
        try:
            done = daemon.run("build", "--network=host", "--progress=plain", *given, name)
        except subprocess.CalledProcessError as error:
            if b"failed to calculate checksum" in error.stdout or b"not found" in error.stdout:
                return _FAILED
            raise AssertionError(build.text + error.stdout.decode(errors="replace")) from error
        return _hits(done.stdout)


def _hits(log: bytes) -> dict[str, bool]:
    names: dict[bytes, str] = {}
    cached = set()
    for line in log.split(b"\n"):
        step, hit = _STEP.match(line), _CACHED.match(line)
        if step and int(step[3]) > 1:
            stage = 0 if step[2] in {None, b"build", b"stage-0"} else int(step[2].split(b"-")[1])
            names[step[1]] = f"{stage} {int(step[3])}"
        elif hit:
            cached.add(hit[1])
    return {name: number in cached for number, name in names.items()}
