"""The one door to docker, podman and buildah.

Sources: the command references of docker build (BuildKit and the classic builder), docker
buildx build, podman build and buildah build.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from optimizer.errors import UserError
from optimizer.verify.marking import LABEL, unmarked
from optimizer.verify.running import FailedError, answer, started, watch
from optimizer.verify.said import Listener, Said

KINDS = ("docker", "buildx", "podman", "buildah", "docker-classic")
# What builds in processes of its own.
DAEMONLESS = frozenset({"podman", "buildah"})
# From 23 on, `docker build` needs the buildx plugin for BuildKit.
_NEEDS_PLUGIN = 23
# A daemon whose client is gone may still finish what it is at: how long, and how often, to look.
_SETTLED = 3
_LOOKS = 60
_PAUSE = 0.25


@dataclass(frozen=True)
class Recipe:
    """One image to build.

    Attributes:
        dockerfile: The Dockerfile, in a folder of its own with its `.dockerignore` beside it.
        rules: `<dockerfile>.dockerignore`.
        context: The build context.
        target: The stage; None is the last.
        build_args: NAME to value.
        network: As for `--network`; None is the builder's default.
        cached: Whether the builder's layer cache may be used.
        mounts: Builds with one name share what is in cache mounts; "" shares with none.
    """

    dockerfile: Path
    rules: Path
    context: Path
    target: str | None = None
    build_args: Mapping[str, str] = field(default_factory=dict)
    network: str | None = None
    cached: bool = False
    mounts: str = ""


_LAYER = re.compile(r"(\d+) (.*)")


@dataclass(frozen=True)
class Builder:
    """A builder's program, and which of its faces is used.

    Attributes:
        kind: One of KINDS.
        program: Its path.
    """

    kind: str
    program: str

    @property
    def env(self) -> dict[str, str]:
        """What the program is to find in its environment."""
        return {"DOCKER_BUILDKIT": "0" if self.kind == "docker-classic" else "1"}

    @property
    def buildah(self) -> tuple[int, int] | None:
        """The version of buildah, which podman has in it; None if it cannot be told."""
        if self.kind not in DAEMONLESS:
            return None
        shape = ["info", "--format", "{{.Host.BuildahVersion}}"]
        words = ["--version"] if self.kind == "buildah" else shape
        try:
            said = answer([self.program, *words], self.env).decode("utf-8", "replace")
        except FailedError:
            return None
        found = re.search(r"(\d+)\.(\d+)", said)
        return (int(found[1]), int(found[2])) if found else None

    def build(
        self, recipe: Recipe, tag: str, timeout: float, tell: Callable[[str], None]
    ) -> list[Said]:
        """Build an image; `tell` gets each step as it starts. Returns what the builder said.

        Raises:
            FailedError: The build fails or takes longer than `timeout` seconds.
        """
        listener = Listener(tell)
        words = self._build_words(recipe, tag)
        watch(words, self.env, timeout, listener, inside_out=self.kind in DAEMONLESS)
        return listener.said

    def _build_words(self, recipe: Recipe, tag: str) -> list[str]:
        words = [
            self.program,
            *(["buildx", "build", "--load"] if self.kind == "buildx" else ["build"]),
        ]
        words += ["-t", tag, "-f", str(recipe.dockerfile)]
        if self.kind in {"docker", "buildx"}:
            # A cache mount that one build filled is not there for the next.
            words += ["--progress=plain", "--build-arg", f"BUILDKIT_CACHE_MOUNT_NS={recipe.mounts or tag}"]
        else:
            words += ["--force-rm"]
        if self.kind in DAEMONLESS:
            words += [f"--layers={str(recipe.cached).lower()}", f"--ignorefile={recipe.rules}"]
        words += [] if recipe.cached else ["--no-cache"]
        words += [f"--target={recipe.target}"] if recipe.target else []
        words += [f"--network={recipe.network}"] if recipe.network else []
        for name, value in recipe.build_args.items():
            words += ["--build-arg", f"{name}={value}"]
        return [*words, str(recipe.context)]

    def config(self, tag: str) -> dict[str, Any]:
        """The image's configuration as the OCI image specification names its fields.

        Raises:
            FailedError: There is no such image.
        """
        if self.kind == "buildah":
            # Its templates know no `json` (1.28), and what OCI calls the configuration lacks three.
            words = [self.program, "inspect", "--type", "image", tag]
            found: dict[str, Any] = json.loads(answer(words, self.env))["Docker"]["config"] or {}
        elif self.kind == "podman":
            words = [self.program, "image", "inspect", tag]
            (image,) = json.loads(answer(words, self.env))
            # Of an image in Docker's format; it tells of no Shell and no OnBuild (4.3).
            found = {**(image["Config"] or {}), "Healthcheck": image.get("Healthcheck")}
        else:
            words = [self.program, "image", "inspect", "--format", "{{json .Config}}", tag]
            found = json.loads(answer(words, self.env)) or {}
        return {**found, "Labels": unmarked(found.get("Labels"))}

    def layers(self, tag: str) -> tuple[tuple[str, int], ...]:
        """What made each layer of an image, as the builder tells it, and its bytes, oldest first.

        Empty where the builder does not tell: podman and buildah.

        Raises:
            FailedError: There is no such image.
        """
        if self.kind in DAEMONLESS:
            return ()
        shape = "{{.Size}} {{.CreatedBy}}"
        words = ["history", "--no-trunc", "--human=false", "--format", shape, tag]
        lines = answer([self.program, *words], self.env).decode("utf-8", "replace").splitlines()
        found = (_LAYER.match(line) for line in reversed(lines))
        return tuple((each[2], int(each[1])) for each in found if each)

    @contextlib.contextmanager
    def exported(self, tag: str) -> Iterator[IO[bytes]]:
        """The image's root file system as a tar, to be read once from first to last.

        Raises:
            FailedError: It cannot be exported.
        """
        name = re.sub(r"\W", "-", tag) + "-export"
        create = ["from", "--name", name] if self.kind == "buildah" else ["create", "--name", name]
        # An image without a command needs one to be made a container of; it is never started.
        words = [*create, tag, *([] if self.kind == "buildah" else ["/nothing"])]
        try:
            answer([self.program, *words], self.env)
            export = [self.program, "export", name]
            if self.kind == "buildah":
                root = answer([self.program, "mount", name], self.env).decode().strip()
                export = ["tar", "-C", root, "--xattrs", "--numeric-owner", "-c", "."]
            with started(export, self.env) as process:
                yield from _whole(process)
        finally:
            force = [] if self.kind == "buildah" else ["--force", "--volumes"]
            with contextlib.suppress(FailedError):
                answer([self.program, "rm", *force, name], self.env)

    def remove(self, *images: str) -> None:
        """Remove images; those that are not there are passed over."""
        for image in images:
            with contextlib.suppress(FailedError):
                answer([self.program, "rmi", "--force", image], self.env)

    def clear(self, tags: Sequence[str], mark: str) -> bool:
        """Remove builds by their names, and what the classic builder made on the way to them.

        Returns whether there was any of the latter.
        """
        self.remove(*tags)
        return self.kind == "docker-classic" and self._remove_marked(mark)

    def put_away(self, tags: Sequence[str], mark: str) -> None:
        """After a build that was broken off, remove what it has made and what it yet makes."""
        quiet = 0
        for _ in range(_LOOKS):
            quiet = 0 if self.clear(tags, mark) else quiet + 1
            if quiet == _SETTLED:
                break
            time.sleep(_PAUSE)

    def _remove_marked(self, mark: str) -> bool:
        """Remove the classic builder's containers and images; whether there were any."""
        label = ["--quiet", "--filter", f"label={LABEL}={mark}"]
        found = False
        for kind, remove in (("ps", ["rm", "--volumes"]), ("images", ["rmi"])):
            with contextlib.suppress(FailedError):
                names = answer([self.program, kind, "--all", *label], self.env).decode().split()
                found = found or bool(names)
                if names:
                    answer([self.program, *remove, "--force", *dict.fromkeys(names)], self.env)
        return found


def _whole(process: subprocess.Popen[bytes]) -> Iterator[IO[bytes]]:
    """A program's output, of which the reader has had all if no error comes."""
    try:
        if process.stdout is not None:
            yield process.stdout
    except tarfile.ReadError as error:
        raise FailedError(f"the export is broken: {error}", []) from None
    if process.wait() != 0:
        raise FailedError("the export has failed", [])


def find(kind: str | None) -> Builder:
    """The builder of a kind; without one, the first that answers, in the order of KINDS.

    Raises:
        UserError: There is none.
    """
    for each in (kind,) if kind else KINDS:
        for program in _programs(each):
            if _answers(each, program):
                return Builder(each, program)
    if kind:
        raise UserError(f"{kind} is not here, or does not answer (docker: is the daemon running?)")
    raise UserError("no builder answers: dfopt looked for docker, podman and buildah on the PATH")


def _programs(kind: str) -> Iterator[str]:
    """Every program of that name on the PATH: an old client may do what a new one needs a plugin for."""
    name = kind if kind in DAEMONLESS else "docker"
    for folder in os.get_exec_path():
        if found := shutil.which(name, path=folder):
            yield found


def _answers(kind: str, program: str) -> bool:
    try:
        if kind in DAEMONLESS:
            answer([program, "info"], {})
        elif kind == "buildx":
            answer([program, "buildx", "version"], {})
            answer([program, "version"], {})
        else:
            shape = "{{.Client.Version}} {{.Server.Version}}"
            client = answer([program, "version", "--format", shape], {}).split(b".")[0]
            return kind == "docker-classic" or (client.isdigit() and int(client) < _NEEDS_PLUGIN)
    except FailedError:
        return False
    return True
