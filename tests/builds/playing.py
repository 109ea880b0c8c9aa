"""Plays a history on a real builder, and says which steps were in its cache."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from optimizer.cache.contents import Contents
from optimizer.cache.held import known_effects
from optimizer.cache.records import Outcome, Records
from optimizer.cache.vertex import Vertex
from optimizer.cache.vertices import vertices
from optimizer.context.files import FolderFiles, Link
from optimizer.dockerfile.source import parse
from optimizer.dockerfile.stages import stages
from optimizer.graph.plan import Given, make_plan
from optimizer.verify.builder import Recipe
from optimizer.verify.running import FailedError
from optimizer.verify.said import Said
from optimizer.verify.steps import matched
from tests.builds.buildah import Buildah
from tests.builds.daemon import Daemon
from tests.builds.standalone import Standalone
from tests.cache.histories import Build
from tests.cache.scenarios import Scenario

_STEP = re.compile(rb"^#(\d+) \[(?:(\S+) +)?(\d+)/\d+\] (.*)$")
_SAID = re.compile(rb"^#(\d+) (CACHED|ERROR)")
_LONG_AGO = 1_000_000_000

# For each build, "stage step" -> whether it was a hit; of a build that fails, the steps with
# an error under "failed". With some bad luck the builder names but one of several.
Played = list[dict[str, Any]]


class RefusedError(Exception):
    """The builder does not know what is in the Dockerfile."""


def play(builds: tuple[Build, ...], daemon: Daemon | Standalone | Buildah) -> Played:
    """Build one after another, each from a new folder, so that nothing but the key decides."""
    if isinstance(daemon, Buildah):
        return [_played_in_order(build, daemon) for build in builds]
    return [_played(build, daemon) for build in builds]


# What a builder of these scenarios is called by the model.
_BUILDERS = {"20": "buildkit-0.8", "32": "buildkit"}


def predict(builds: tuple[Build, ...], builder: str = "20") -> Played:
    """What the model says of the same: True, False, or None for what it does not know."""
    records = Records()
    return [_predicted(build, records, _BUILDERS.get(builder, builder)) for build in builds]


def steps_of(played: Played, scenario: Scenario) -> str:
    """The last build of a scenario, as its `steps` say it."""
    last = played[-1]
    if "failed" in last:
        return f"fails at {', '.join(last['failed'])}"
    heads = re.findall(r"^FROM .*\n(RUN : )?", scenario.builds()[-1].text, re.MULTILINE)
    marks = {f"{stage} 2" for stage, mark in enumerate(heads) if mark}
    names = sorted(last.keys() - marks, key=lambda name: [int(n) for n in name.split()])
    return "".join({True: "h", False: "m", None: "?"}[last[name]] for name in names)


def disagreements(predicted: Played, played: Played) -> list[str]:
    """Where the model says what the builder did not do."""
    found = []
    for number, (model, real) in enumerate(zip(predicted, played, strict=True), 1):
        if model.keys() != real.keys():
            found.append(f"build {number}: {model} is not {real}")
        elif "failed" in real:
            if not 0 < len(set(real["failed"])) or not set(real["failed"]) <= set(model["failed"]):
                found.append(f"build {number}: {model} is not {real}")
        else:
            found += [
                f"build {number}, step {step}: {model[step]} is not {hit}"
                for step, hit in real.items() if model[step] not in {hit, None}
            ]  # fmt: skip
    return found


def _predicted(build: Build, records: Records, builder: str) -> dict[str, Any]:
    with _laid_out(build) as root:
        files = FolderFiles(root)
        plan = make_plan(build.text, Given(files, build_args=build.args, builder=builder))
        graph = vertices(
            build.text, build.args, build.target, builder, known_effects(plan)
        )
        built = records.build(graph, Contents(files))
    names = _step_names(build, graph)
    found: dict[str, Outcome] = {names[v.stage, v.line]: o for v, o in built.steps()}
    failed = [name for name, outcome in found.items() if outcome.missing]
    if failed:
        return {"failed": failed}
    return {name: outcome.hit if outcome.sure else None for name, outcome in found.items()}


def _step_names(build: Build, graph: Sequence[Vertex]) -> dict[tuple[int, int], str]:
    """The stage and line of a step -> stage and place in it; a FROM of an image has the first."""
    numbers = {s.index: int(s.base_stage is None) for s in stages(parse(build.text), build.args)}
    found = {}
    for vertex in graph:
        if vertex.printed:
            numbers[vertex.stage] += 1
            found[vertex.stage, vertex.line] = f"{vertex.stage} {numbers[vertex.stage]}"
    return found


@contextmanager
def _laid_out(build: Build) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "Dockerfile").write_text(build.text)
        for path, what in build.files.items():
            _put(root / path, what)
        for folder in root.rglob("*/"):
            mode = build.files.get(f"{folder.relative_to(root)}/", ("", 0o755))
            folder.chmod(mode[1])
        for path in build.touched:
            if (root / path).exists():
                os.utime(root / path, (_LONG_AGO, _LONG_AGO))
        yield root


def _put(file: Path, what: tuple[str, int] | Link) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(what, Link):
        file.symlink_to(what.target)
    elif what[0]:
        file.write_text(what[0])
        file.chmod(what[1])
    else:
        file.mkdir(exist_ok=True)


def _played(build: Build, daemon: Daemon | Standalone) -> dict[str, Any]:
    given = [w for k, v in build.args.items() for w in ("--build-arg", f"{k}={v}")]
    given += ["--target", build.target] if build.target else []
    with _laid_out(build) as root:
        try:
            done = daemon.run("build", "--network=host", "--progress=plain", *given, str(root))
        except subprocess.CalledProcessError as error:
            names = _names(build, error.stdout)
            failed = {names[number] for number in _said(error.stdout, b"ERROR") if number in names}
            if not failed or b"failed to compute cache key" not in error.stdout:
                raise AssertionError(build.text + error.stdout.decode(errors="replace")) from error
            return {"failed": sorted(failed)}
    cached = _said(done.stdout, b"CACHED")
    return {name: number in cached for number, name in _names(build, done.stdout).items()}


def _played_in_order(build: Build, buildah: Buildah) -> dict[str, Any]:
    names = _step_names(build, vertices(build.text, build.args, build.target, buildah.kind))
    with _laid_out(build) as root, tempfile.NamedTemporaryFile() as empty:
        rules = root / (FolderFiles(root).rules_name or empty.name)
        recipe = Recipe(root / "Dockerfile", rules, root, build.target, build.args, cached=True)
        try:
            said = buildah.build(recipe, "played", 600, lambda _: None)
        except FailedError as error:
            said = [Said(datetime.now(UTC), line) for line in error.lines]
            if not said[-1].line.endswith("no such file or directory"):
                raise RefusedError(build.text + "\n".join(error.lines)) from error
            last = matched(buildah, recipe, said)[-1:]
            return {"failed": [names[v.stage, v.line] for v, _ in last]}
        return {names[v.stage, v.line]: s.cached for v, s in matched(buildah, recipe, said)}


def _names(build: Build, log: bytes) -> dict[bytes, str]:
    """The builder's number of a step -> stage and place in it."""
    heads = [line.split() for line in build.text.split("\n") if line.startswith("FROM")]
    stages = [words[-1].lower().encode() for words in heads]
    # An image that is given as a context of its own is fetched as such, not as the first step.
    given = [int(b"[context " in log and ":" in words[1]) for words in heads]
    found = {}
    for line in log.split(b"\n"):
        step = _STEP.match(line)
        if step and not step[4].startswith(b"FROM "):
            name = step[2] or b"stage-0"
            stage = stages.index(name) if name in stages else int(name.split(b"-")[1])
            found[step[1]] = f"{stage} {int(step[3]) + given[stage]}"
    return found


def _said(log: bytes, what: bytes) -> set[bytes]:
    found = (_SAID.match(line) for line in log.split(b"\n"))
    return {each[1] for each in found if each and each[2] == what}
