"""A COPY brings what no image needs: git's own folder, installed packages, caches of tools.

They make the context large, and the COPY and all below it run again whenever they change;
`.git` does with every commit. What a folder is shows by the file that its maker leaves in it,
or by git, which ignores it; a folder that only has such a name is left alone.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from optimizer.checks.base import Check, Found, Subject, listed
from optimizer.effects.copying import Copying
from optimizer.graph.plan import StagePlan

# The file by which a generated folder is known.
_MARKERS = frozenset(
    {
        ".package-lock.json",  # npm 7 and later, in node_modules
        ".yarn-integrity",  # Yarn 1, in node_modules
        ".yarn-state.yml",  # Yarn 2 and later, in node_modules
        ".modules.yaml",  # pnpm, in node_modules
        "pyvenv.cfg",  # a virtual environment (PEP 405)
        "CACHEDIR.TAG",  # bford.info/cachedir: cargo, mypy, pytest, ruff
    }
)
_GIT = re.compile(r"\bgit\b|\.git\b")


def find(subject: Subject) -> Iterator[Found]:
    """The COPY instructions that reach such a folder, each with all of them."""
    for stage in subject.plan.stages:
        for index, step in enumerate(stage.steps):
            if step.copying is None or not any(p.directory for p in step.copying.placements):
                continue
            folders = _generated(step.copying, subject)
            if not _git_is_used(stage, index):
                folders |= _git_folders(step.copying)
            if folders:
                names = listed(sorted(_outermost(folders)))
                yield Found(
                    step.line,
                    f"{names} {'is' if len(folders) == 1 else 'are'} sent to the builder and copied, "
                    "and what changes there makes this step run again; "
                    "ignore it in .dockerignore if no step needs it",
                )


def _generated(copying: Copying, subject: Subject) -> set[str]:
    brought = set(copying.atoms.values())
    found = {posixpath.dirname(p) for p in brought if posixpath.basename(p) in _MARKERS} - {""}
    ignored = tuple(f"{path}/" for path in subject.project.untracked)
    return found | {
        next(i for i in ignored if p.startswith(i))[:-1] for p in brought if p.startswith(ignored)
    }


def _git_folders(copying: Copying) -> set[str]:
    """The `.git` folders; a file of that name (a submodule, a work tree) does not matter."""
    heads = (p for p in copying.atoms.values() if p.endswith("/HEAD"))
    return {f for p in heads if posixpath.basename(f := posixpath.dirname(p)) == ".git"}


def _git_is_used(stage: StagePlan, index: int) -> bool:
    """Whether a later step of the stage may ask git."""
    return any(
        s.keyword == "RUN" and (_GIT.search(s.instruction.text) or _reads_git(s.effects.reads))
        for s in stage.steps[index + 1 :]
    )


def _reads_git(reads: frozenset[str]) -> bool:
    return any("/.git/" in f"{read}/" for read in reads)


def _outermost(folders: set[str]) -> set[str]:
    return {f for f in folders if not any(f.startswith(f"{other}/") for other in folders)}


BROAD_CONTEXT = Check("DF403", "broad-context", find)
