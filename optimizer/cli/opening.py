"""From a path and flags to a text and its project: the only place that opens the user's files."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from optimizer.cache.history import History
from optimizer.cli.measured import measured
from optimizer.context.discover import find_context, find_dockerfiles
from optimizer.context.files import Files, FolderFiles
from optimizer.context.history import (
    changes,
    find_commit,
    git_ignores,
    is_git_ignored,
    repository,
)
from optimizer.context.ignore import Rules
from optimizer.context.revisions import everywhere, revisions, span, tree
from optimizer.context.tree import GitFiles
from optimizer.effects.taught import table
from optimizer.errors import UserError
from optimizer.graph.weights import ENOUGH, Weights
from optimizer.pipeline import Project
from optimizer.settings import Settings

_LARGEST = 1 << 20
# What a developer's machine may hold and a clone does not: asked of git only if it is there.
_GENERATED = ("node_modules", "vendor", ".venv", "venv")


@dataclass(frozen=True)
class Opened:
    """A Dockerfile with its surroundings.

    Attributes:
        path: As the user gave it.
        text: Its text; bytes that are not UTF-8 are surrogates.
        context: The context's folder.
        reason: Why that folder.
        project: What `optimize` is given.
    """

    path: str
    text: str
    context: Path
    reason: str
    project: Project


def read_text(path: Path) -> str:
    """A file's text.

    Raises:
        UserError: It is not a regular file, cannot be read, or is too large.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise UserError("this is not a regular file", path=str(path))
        if found.st_size > _LARGEST:
            raise UserError("this is larger than any Dockerfile (over 1 MiB)", path=str(path))
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", path=str(path)) from None
    return data.decode("utf-8", "surrogateescape")


def open_dockerfile(path: str, context: Path | None, settings: Settings) -> Opened:
    """Read a Dockerfile and find its context and history; `-` is standard input.

    Raises:
        UserError: Something cannot be read, or the context is not a folder.
    """
    standard = path == "-"
    file = Path.cwd() / "Dockerfile" if standard else Path(path)
    text = (
        sys.stdin.buffer.read().decode("utf-8", "surrogateescape") if standard else read_text(file)
    )
    if context is not None:
        folder, reason = context, "given with --context"
    elif standard:
        folder, reason = Path.cwd(), "the current folder"
    else:
        found = find_context(file)
        folder, reason = _near(found.context, file), found.reason
    if not folder.is_dir():
        raise UserError(
            "the build context is not a folder; name it with --context", path=str(folder)
        )
    return Opened(path, text, folder, reason, _project(folder, file, settings))


def _near(folder: Path, dockerfile: Path) -> Path:
    """A folder as the user would write it: relative, if the Dockerfile was given so."""
    return folder if dockerfile.is_absolute() else Path(os.path.relpath(folder))


def _project(folder: Path, dockerfile: Path, settings: Settings) -> Project:
    files = FolderFiles(folder, dockerfile=dockerfile, builder=settings.builder)
    timings = measured(settings)
    root = repository(folder)
    weights = Weights()
    untracked: frozenset[str] = frozenset()
    if root is not None:
        weights = _weights(root, folder, files.rules, settings.history)
        here = {p for p in _generated(folder) if is_git_ignored(folder / p)}
        untracked = frozenset(here)
    return Project(
        files, weights, untracked, others=lambda: _others(folder, dockerfile), timings=timings,
        tools=table(settings.commands),
        history=lambda: past(folder, settings.history) if settings.history else None,
        git_ignores=lambda path: root is not None and git_ignores(folder, path),
        dockerfile=_inside(folder, dockerfile),
    )  # fmt: skip


def _inside(folder: Path, file: Path) -> str | None:
    """A file's path in a folder, None if it stands elsewhere."""
    full, top = file.resolve(), folder.resolve()
    return full.relative_to(top).as_posix() if full.is_relative_to(top) else None


def files_at(opened: Opened, commits: str, files: Files) -> tuple[Files, Files]:
    """The context at the two commits of a range `A..B`, under the ignore rules of `files`.

    Raises:
        UserError: It is no range, there is no repository, or it has no such commit.
    """
    first, dots, second = commits.partition("..")
    if not dots:
        raise UserError(f"--commits {commits}: name two commits, as in HEAD~1..HEAD")
    root = repository(opened.context)
    if root is None:
        raise UserError("--commits: the build context is in no git repository")
    prefix = opened.context.resolve().relative_to(root.resolve()).as_posix()
    names = [find_commit(root, name.strip(".") or "HEAD") for name in (first, second)]
    for name, found in zip((first, second), names, strict=True):
        if found is None:
            raise UserError(f"--commits {commits}: there is no commit {name or 'HEAD'}")
    prefix = "" if prefix == "." else prefix
    old, new = (GitFiles(root, name or "", prefix, rules=files.rules) for name in names)
    return old, new


def _others(folder: Path, dockerfile: Path) -> dict[str, str]:
    """The other Dockerfiles below the context, which share its ignore file."""
    texts = {}
    for path in find_dockerfiles(folder):
        if path.resolve() != dockerfile.resolve():
            with contextlib.suppress(UserError):
                texts[str(path)] = read_text(path)
    return texts


def _generated(folder: Path) -> list[str]:
    """The directories a build makes that stand in the context today, two levels deep."""
    found = []
    for name in _GENERATED:
        found += [
            p.relative_to(folder).as_posix()
            for pattern in (name, f"*/{name}", f"*/*/{name}")
            for p in folder.glob(pattern)
        ]
    return found


def place_in(context: Path) -> tuple[Path | None, str]:
    """The repository that a context is in, and its path there ("" is the root)."""
    root = repository(context)
    if root is None:
        return None, ""
    prefix = context.resolve().relative_to(root.resolve()).as_posix()
    return root, "" if prefix == "." else prefix


def past(
    context: Path, limit: int | None, within: str | None = None, *, branches: bool = False
) -> History | None:
    """The commits that touch a context, as `span` chooses them; None if it is in no repository.

    With `branches` those of all branches, the last `limit` of them to be built.

    Raises:
        UserError: There is no such range.
    """
    root, prefix = place_in(context)
    if root is None:
        return None
    chosen = everywhere(root, prefix) if branches else span(root, prefix, limit, within)
    return History(
        lambda: tree(root, chosen.start, prefix), lambda: revisions(root, chosen, prefix),
        whole=not prefix, count=chosen.count, branching=branches,
        skipped=max(chosen.count - (limit or chosen.count), 1) if branches else 0,
    )  # fmt: skip


def _weights(root: Path, folder: Path, rules: str | None, limit: int) -> Weights:
    if not limit:
        return Weights()
    ignores = Rules(rules or "").ignores
    prefix = folder.resolve().relative_to(root.resolve()).as_posix()
    commits = []
    for commit in changes(root, "" if prefix == "." else prefix, limit):
        changed = frozenset(p for p in commit.changed if not ignores(p))
        if changed:
            commits.append(changed)
    return Weights(tuple(commits) if len(commits) >= ENOUGH else ())


def write_text(path: Path, text: str) -> None:
    """Replace a file's content at once, keeping its mode; a link stays a link.

    Raises:
        UserError: It cannot be written; then it is as it was.
    """
    real = path.resolve()
    try:
        mode = stat.S_IMODE(real.stat().st_mode) if real.exists() else 0o666 & ~_umask()
        handle, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode("utf-8", "surrogateescape"))
                os.fchmod(file.fileno(), mode)
            Path(name).replace(real)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UserError(f"cannot be written: {error.strerror}", path=str(path)) from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
