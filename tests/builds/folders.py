"""The case folders of the equivalence suite: a Dockerfile, its context, and what is expected.

`case.toml` may say:

    rewritten = true          # whether dfopt changes the file
    trap = "..."              # the rule without which a rewrite would change the image
    change = "src/main.c"     # a file that is changed before the rebuild
    arguments = { A = "2" }   # build arguments that are changed before the rebuild
    reused = ["npm ci"]       # pieces of the RUNs that are then CACHED, but were not before
    again = ["git clone"]     # pieces of the RUNs that have to run again then
    modes = { "keys" = 0o700 }  # modes that git does not keep
    old = ["out.txt"]         # files that are older than the others
    repository = true         # the context is a git repository with one commit
    relaxed = true            # with rewrites that are not quite the same image (--relaxed)
    more = ["root/go/**"]     # what only the rewritten image has, and is named as harmless
    differs = ["srv/x"]       # what is another file there, and is named as harmless
    ahead = ["go mod download"]  # pieces of RUNs that only the rewritten file has, and that are CACHED
    unstable = ["root/.npm/_logs/**"]  # what differs between two builds of one file
    build = false             # a form that the builder of the suite does not know
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from optimizer.context.files import FolderFiles
from optimizer.graph import plan
from optimizer.pipeline import Project, Result, optimize
from optimizer.settings import Settings

CASES = Path(__file__).parent / "cases"
# Enough for any move to pay: the suite asks whether it may be made.
_SECONDS = 30.0
_LONG_AGO = 1_000_000_000
_KNOWN = frozenset(
    "rewritten trap change arguments reused again modes old repository unstable build relaxed more differs ahead".split()
)


@contextmanager
def every_step_is_dear() -> Iterator[None]:
    """Let every RUN cost so much that whatever may be moved is moved."""
    interpret = plan.interpret_step

    def dear(*arguments: Any, **named: Any) -> Any:
        step, here = interpret(*arguments, **named)
        if step.keyword == "RUN":
            # So that cutting it pays as well; nothing is cheaper than to remove something.
            parts = len(re.findall(r"&&(?! rm )", step.instruction.text)) + 1
            ahead = tuple(replace(a, seconds=max(a.seconds, _SECONDS)) for a in step.effects.ahead)
            seconds = max(step.effects.seconds, _SECONDS * parts + sum(a.seconds for a in ahead))
            step = replace(step, effects=replace(step.effects, seconds=seconds, ahead=ahead))
        return step, here

    with patch.object(plan, "interpret_step", dear):
        yield


@dataclass(frozen=True)
class BuildCase:
    """One folder."""

    folder: Path

    @property
    def name(self) -> str:
        """What it shows."""
        return self.folder.name

    @cached_property
    def expected(self) -> dict[str, Any]:
        """What `case.toml` says."""
        found = tomllib.loads((self.folder / "case.toml").read_text())
        assert found.keys() <= _KNOWN
        return found

    @property
    def text(self) -> str:
        """The Dockerfile, byte for byte."""
        return (self.folder / "Dockerfile").read_bytes().decode("utf-8", "surrogateescape")

    def lay_out(self, target: Path) -> Path:
        """Copy the context to a folder that does not exist yet."""
        shutil.copytree(self.folder / "context", target, symlinks=True)
        for path, mode in self.expected.get("modes", {}).items():
            (target / path).chmod(mode)
        for path in self.expected.get("old", ()):
            os.utime(target / path, (_LONG_AGO, _LONG_AGO))
        if self.expected.get("repository"):
            _commit(target)
        return target

    @property
    def settings(self) -> Settings:
        """What the user chose."""
        return Settings(relaxed=self.expected.get("relaxed", False))

    def rewrite(self, context: Path) -> Result:
        """What dfopt makes of it if every RUN is dear."""
        with every_step_is_dear():
            return optimize(self.text, Project(FolderFiles(context)), self.settings)


def _commit(folder: Path) -> None:
    """One commit, the same whoever makes it."""
    who = {"NAME": "somebody", "EMAIL": "somebody@example.com", "DATE": "2024-01-01T00:00:00Z"}
    fixed = {f"GIT_{role}_{k}": v for role in ("AUTHOR", "COMMITTER") for k, v in who.items()}
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    for words in (["init", "-q"], ["add", "--force", "."], ["commit", "-q", "-m", "first"]):
        environment = {**os.environ, **fixed, **alone}
        subprocess.run(["git", *words], cwd=folder, check=True, env=environment)


def build_cases() -> list[BuildCase]:
    """All folders, in order."""
    return [BuildCase(path.parent) for path in sorted(CASES.glob("*/case.toml"))]


each_case = pytest.mark.parametrize("build_case", build_cases(), ids=lambda case: case.name)
