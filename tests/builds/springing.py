"""Whether a trap is one: what a broken dfopt makes of it, built for real.

Of a trap it is said

- `differs`: the image is another one than that of the Dockerfile as it stands;
- `fails`: it does not build, where the Dockerfile as it stands does;
- `stale`: what has to run again after a change (`again` of the case) does not;
- `same`: none of it, so this rule is not what guards the trap, or it is no trap;
- `no text`: the broken dfopt ends in an error;
- `not built`: the builder of the suite does not know the form.

The laws are silent for it (`tests/builds/emitted.py`). A broken file is built only once, however
many mutants make it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path
from typing import Any

from optimizer.verify.compare import compare
from optimizer.verify.image import Image, read
from tests.builds import bases
from tests.builds.daemon import Daemon, running
from tests.builds.folders import BuildCase, build_cases
from tests.builds.images import build, configuration, reused
from tests.builds.laying import OURS, change, written

SPRUNG = frozenset({"differs", "fails", "stale"})


def never(table: dict[str, dict[str, str]], traps: Iterable[str]) -> list[str]:
    """The traps that spring by no mutant, though they can be built."""
    said: dict[str, set[str]] = {trap: set() for trap in traps}
    for found in table.values():
        for trap, what in found.items():
            said[trap].add(what)
    return [trap for trap, what in said.items() if not what & (SPRUNG | {"not built"})]


@contextmanager
def builds() -> Iterator[Builds]:
    """A daemon of its own, and a place for contexts."""
    with running() as daemon, tempfile.TemporaryDirectory(prefix="dfopt-traps-") as name:
        bases.provide(daemon)
        yield Builds(daemon, Path(name))


@dataclass
class Builds:
    """What was built so far.

    Attributes:
        sound: What an unbroken dfopt makes of each case.
    """

    daemon: Daemon
    folder: Path
    sound: dict[str, Any] = field(default_factory=dict)
    _originals: dict[str, _Original] = field(default_factory=dict)
    _said: dict[tuple[str, str], str] = field(default_factory=dict)

    def made_of(self, project: Path) -> None:
        """Take what this dfopt makes of the cases for right."""
        self.sound = _made(project, [case.name for case in build_cases()])

    def compared(self, project: Path, traps: list[str], asked: Container[str]) -> dict[str, str]:
        """For each trap of which this dfopt makes something else: what a build says of it.

        Of those that are not asked for, nothing is said.
        """
        made = _made(project, traps)
        other = [trap for trap in traps if made[trap] != self.sound[trap]]
        return {trap: self._asked(trap, made[trap]) if trap in asked else "" for trap in other}

    def _asked(self, trap: str, made: dict[str, Any]) -> str:
        if "error" in made:
            return "no text"
        key = (trap, json.dumps(made, sort_keys=True))
        if key not in self._said:
            self._said[key] = self._built(trap, made)
        return self._said[key]

    def _built(self, trap: str, made: dict[str, Any]) -> str:
        case = next(case for case in build_cases() if case.name == trap)
        if not case.expected.get("build", True):
            return "not built"
        if trap not in self._originals:
            self._originals[trap] = _Original(
                self.daemon, case, Path(tempfile.mkdtemp(dir=self.folder))
            )
        return self._originals[trap].against(made)


def _made(project: Path, names: list[str]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.builds.emitted", *names],
        cwd=project, env=os.environ | {"PYTHONPATH": str(project)}, capture_output=True, check=False,
    )  # fmt: skip
    why = {"error": done.stderr.decode("utf-8", "replace")[-500:]}
    return json.loads(done.stdout) if done.returncode == 0 else dict.fromkeys(names, why)


@dataclass
class _Original:
    """A case as it stands, built when it is first asked for."""

    daemon: Daemon
    case: BuildCase
    folder: Path

    @cached_property
    def context(self) -> Path:
        return self.case.lay_out(self.folder / "context")

    @cached_property
    def text(self) -> Path:
        return written(self.folder, "original", self.case.text)

    @cached_property
    def once(self) -> Image:
        return self._image(self.text, self.context)

    @cached_property
    def twice(self) -> Image:
        """Without the cache, so that what is unstable shows."""
        return self._image(self.text, self.context, fresh=True)

    def against(self, made: dict[str, Any]) -> str:
        """What a build says of another text for it."""
        assert self.once  # it builds, or it is no case
        shutil.rmtree(self.folder / "broken", ignore_errors=True)
        broken = shutil.copytree(self.context, self.folder / "broken", symlinks=True)
        for path, rules in made["also"].items():
            (broken / path).write_text(rules)
        text = written(self.folder, "broken", made["text"])
        try:
            image = self._image(text, broken)
        except subprocess.CalledProcessError:
            return "fails"
        if self._differ([self.once], image) and self._differ([self.once, self.twice], image):
            return "differs"
        return "stale" if self._stale(text, broken) else "same"

    def _image(self, text: Path, context: Path, *, fresh: bool = False) -> Image:
        given = self.case.expected.get("arguments")
        name, _ = build(self.daemon, text, context, given, fresh=fresh)
        container = self.daemon.run("create", name, "none").stdout.decode().strip()
        export = [self.daemon.client, "export", container]
        with subprocess.Popen(export, env=self.daemon.env, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            image = read(process.stdout, configuration(self.daemon, name))
        self.daemon.run("rm", container)
        assert process.returncode == 0
        return image

    def _differ(self, originals: list[Image], image: Image) -> bool:
        found = compare(originals, image)
        own = [d for d in found.differences if not fnmatch(d.path, OURS)]
        return bool(own or found.config_differences)

    def _stale(self, text: Path, context: Path) -> bool:
        """Whether something is in the cache after a change, of what has to run again."""
        pieces = self.case.expected.get("again", ())
        if not pieces:
            return False
        _, said = build(self.daemon, text, context, change(self.case, context))
        return any(any(reused(said, piece)) for piece in pieces)
