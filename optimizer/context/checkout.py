"""The files of a commit in a folder of their own, kept up with the commits behind it.

The user's checkout and index stay as they are, and no program of the repository's settings is
run: a file holds what git holds, with no filter and no change of line ends. A submodule is left
out, as a clone leaves it empty.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from optimizer.context import git
from optimizer.context.revisions import Change
from optimizer.errors import UserError

_LINK = "120000"
_EXECUTABLE = "100755"
# What of a repository's folder a build could ask: not the programs that git would run.
_PARTS = ("objects", "refs", "packed-refs", "config", "shallow", "info")


class Checkout:
    """A folder with the files of a commit.

    Attributes:
        folder: Where they are; it exists and is empty at first.
    """

    def __init__(self, repository: Path, folder: Path) -> None:
        self.folder = folder
        self._repository = repository
        self._blobs = git.Blobs(repository)

    def start(self, entries: Iterable[tuple[str, str]]) -> None:
        """Lay out a tree: path -> mode and content, as git names them.

        Raises:
            UserError: The repository lacks an object, or a path leads out of the folder.
        """
        for path, what in entries:
            self._write(path, what)

    def apply(self, changes: Iterable[Change]) -> None:
        """Follow a commit.

        Raises:
            UserError: As `start`.
        """
        found = tuple(changes)
        for change in found:  # first, for a file may become a folder
            if change.before is not None:
                self._remove(change.path)
        for change in found:
            if change.after is not None:
                self._write(change.path, change.after)

    def keep_git(self) -> None:
        """Put the repository's folder beside the files, as a clone has it."""
        common = git.ask(
            self._repository, "rev-parse", "--path-format=absolute", "--git-common-dir"
        )
        origin = Path(git.text(common or b"").rstrip("\n"))
        target = self.folder / ".git"
        target.mkdir()
        for name in _PARTS:
            part = origin / name
            if part.is_dir():
                shutil.copytree(part, target / name, copy_function=_linked)
            elif part.is_file():
                shutil.copyfile(part, target / name)

    def head(self, commit: str) -> None:
        """Let that folder say which commit is checked out."""
        (self.folder / ".git" / "HEAD").write_text(f"{commit}\n", "ascii")
        git.ask(self.folder, "read-tree", commit)

    def _write(self, path: str, what: str) -> None:
        mode, _, name = what.partition(" ")
        content = self._blobs.read(name)
        if content is None:
            raise UserError(f"the repository does not have the content of {path} at that commit")
        target = self._place(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        if mode == _LINK:
            target.symlink_to(content.decode("utf-8", "surrogateescape"))
            return
        target.write_bytes(content)
        target.chmod(0o755 if mode == _EXECUTABLE else 0o644)

    def _remove(self, path: str) -> None:
        target = self._place(path)
        target.unlink()
        for parent in target.parents:
            if parent == self.folder or any(parent.iterdir()):
                break
            parent.rmdir()

    def _place(self, path: str) -> Path:
        """Where a path is to be; a damaged repository may name one that leads elsewhere."""
        parts = PurePosixPath(path).parts
        target = self.folder.joinpath(*parts)
        inside = ".." not in parts and ".git" not in parts and not path.startswith("/")
        above = [p for p in target.parents if p.is_relative_to(self.folder)]
        if not inside or any(p.is_symlink() for p in above):
            raise UserError(f"{path} of the repository leads out of its folder")
        return target


def _linked(source: str, target: str) -> None:
    """Git never changes an object, so a second name of it will do."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
