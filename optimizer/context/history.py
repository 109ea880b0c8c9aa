"""What git knows of a context: where its repository is, what it tracks, what changed when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from optimizer.context import git

# A context in a corner of a large repository: so many commits are looked at for each that
# is asked for, so that an old corner does not cost a walk through all of history.
_PATIENCE = 20
_HEAD = "\x01"


@dataclass(frozen=True)
class Commit:
    """A commit of the first-parent line.

    Attributes:
        id: Its full name.
        time: When it was committed, in seconds since 1970.
        changed: The paths it added, changed or deleted against its first parent, relative to
            the context and sorted; a move is both.
    """

    id: str
    time: int
    changed: tuple[str, ...]


def repository(path: Path) -> Path | None:
    """The root of the repository that a path is in (of a bare one, its folder), or None."""
    folder = path if path.is_dir() else path.parent
    done = git.answer(
        folder, "rev-parse", "--is-bare-repository", "--absolute-git-dir", "--show-toplevel"
    )
    if done is None:
        return None
    lines = git.text(done.stdout).split("\n")
    if done.returncode == 0 and len(lines) > 2:
        return Path(lines[2])
    return Path(lines[1]) if lines[0] == "true" else None


def head(repository: Path) -> str | None:
    """The commit that is checked out; None in an empty repository."""
    return find_commit(repository, "HEAD")


def find_commit(repository: Path, name: str) -> str | None:
    """The full name of a commit that is named as git allows; None if there is none."""
    if name.startswith("-"):  # that would be an option
        return None
    found = git.ask(repository, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    return git.text(found).strip() if found else None


def is_tracked(path: Path) -> bool:
    """Whether git tracks a file, or anything below a directory."""
    return bool(git.ask(path.parent, git.LITERAL, "ls-files", "-z", "--", path.name))


def is_git_ignored(path: Path) -> bool:
    """Whether git's ignore rules leave a path out; what is tracked is not left out."""
    return git_ignores(path.parent, path.name)


def git_ignores(folder: Path, path: str) -> bool:
    """Whether git leaves out a path below a folder, which need not be there."""
    done = git.answer(folder, "check-ignore", "--quiet", "--", path)
    return done is not None and done.returncode == 0


def changes(repository: Path, prefix: str = "", limit: int = 500) -> Iterator[Commit]:
    """The commits that changed the context, newest first, along the first parents.

    `prefix` is the context's path in the repository ("" is the root); what changed elsewhere
    is left out, and so are commits that changed nothing here. Of a shallow clone, the oldest
    commit is left out: against what it changed is not known. Without git, repository or
    commits there are none.
    """
    if limit <= 0:
        return
    unknown = _shallow(repository)
    found = 0
    for commit in _log(repository, prefix.strip("/"), limit * _PATIENCE):
        if commit.changed and commit.id not in unknown:
            yield commit
            found += 1
        if found == limit:
            return


def _shallow(repository: Path) -> frozenset[str]:
    """The commits whose parents a shallow clone does not have."""
    path = git.ask(repository, "rev-parse", "--git-path", "shallow")
    if path is None:
        return frozenset()
    file = repository / git.text(path).rstrip("\n")
    return frozenset(file.read_text().split()) if file.is_file() else frozenset()


def _log(repository: Path, prefix: str, limit: int) -> Iterator[Commit]:
    # `--sparse` also lists the commits that did not touch the prefix: only so does the limit
    # bound the walk.
    words = [
        git.LITERAL,
        "log",
        "--first-parent",
        "-m",
        "--name-only",
        "-z",
        "--no-renames",
        "--sparse",
    ]
    words += ["--no-ext-diff", "--ignore-submodules=none", f"--max-count={limit}"]
    words += ["--format=%x01%H %ct", "HEAD", "--", *([prefix] if prefix else [])]
    start = len(prefix) + 1 if prefix else 0
    name, time = "", 0
    changed: list[str] = []
    for piece in git.stream(repository, *words):
        if piece.startswith(_HEAD):
            if name:
                yield Commit(name, time, tuple(sorted(changed)))
            name, moment = piece[1:].split(" ")
            time, changed = int(moment), []
        elif piece:
            # A line end stands between a commit's head and its first path.
            path = piece if changed else piece.removeprefix("\n")
            changed.append(path[start:])
    if name:
        yield Commit(name, time, tuple(sorted(changed)))
