"""The context as it stood at a commit, read from git's objects without a checkout.

It is the tree as committed: no line ends are converted, a file kept elsewhere (LFS) is its
pointer, a submodule an empty directory, and what was never committed is not there.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from optimizer.context import git
from optimizer.context.files import FOUND, Files, find_rules
from optimizer.context.git import Blobs
from optimizer.context.sources import Entry
from optimizer.errors import UserError

_KINDS = {"100644": "file", "100664": "file", "100755": "file", "120000": "link"}
# git keeps of a mode only whether a file can be executed.
_MODES = {"100755": 0o755, "120000": 0o777, "160000": 0o755}
_DIRECTORY = Entry("directory", 0o755)


@dataclass(frozen=True)
class _Object:
    mode: str
    id: str


@dataclass(frozen=True)
class TreeSource:
    """The files of a folder (`prefix`) at a commit."""

    blobs: Blobs
    commit: str
    prefix: str

    def kinds(self, directory: str) -> Mapping[str, str]:
        """The entries of a directory."""
        return self._children.get(directory, {})

    def entry(self, path: str) -> Entry:
        """What stands at a path."""
        found = self._objects.get(path)
        if found is None or found.mode not in _KINDS:
            return _DIRECTORY
        link = _KINDS[found.mode] == "link"
        target = git.text(self.read(path)) if link else ""
        size = 0 if link else self.blobs.size(found.id) or 0
        return Entry(_KINDS[found.mode], _MODES.get(found.mode, 0o644), target, size)

    def read(self, path: str) -> bytes:
        """The content of a file, or the text of a link."""
        found = self.blobs.read(self._objects[path].id)
        if found is None:
            message = f"is not in this clone as of commit {self.commit[:12]}"
            raise UserError(message, path=posixpath.join(self.prefix, path))
        return found

    def identity(self, path: str) -> str:
        """Mode and content of a file or link, without reading it."""
        found = self._objects[path]
        return f"{found.mode} {found.id}"

    @cached_property
    def _objects(self) -> dict[str, _Object]:
        """Path -> object, of everything but directories."""
        tree = f"{self.commit}:{self.prefix}" if self.prefix else self.commit
        listing = git.ask(self.blobs.repository, "ls-tree", "-r", "-z", "--full-tree", tree) or b""
        found = {}
        for line in git.text(listing).split("\0"):
            head, _, path = line.partition("\t")
            if path:
                mode, _, name = head.split(" ")
                found[path] = _Object(mode, name)
        return found

    @cached_property
    def _children(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {"": {}}
        for path, each in self._objects.items():
            folder, name = posixpath.split(path)
            _folder(found, folder)[name] = _KINDS.get(each.mode, "directory")
        return found


def _folder(found: dict[str, dict[str, str]], path: str) -> dict[str, str]:
    """The entries of a directory, which is entered in those above it."""
    new = []
    folder = path
    while folder not in found:
        found[folder] = {}
        new.append(folder)
        folder = posixpath.dirname(folder)
    for each in new:
        above, name = posixpath.split(each)
        found[above][name] = "directory"
    return found[path]


class GitFiles(Files):
    """A context at a commit: the folder `prefix` of a repository, bare or not.

    `rules` is the text of the ignore file; without it, the one for `dockerfile` (relative to
    the context) at that commit holds. Contexts that share `blobs` share one git process. A
    commit that is not there, or a prefix that it does not have, gives an empty context.
    """

    def __init__(
        self,
        repository: Path,
        commit: str,
        prefix: str = "",
        *,
        rules: str | None = FOUND,
        dockerfile: str = "Dockerfile",
        blobs: Blobs | None = None,
    ) -> None:
        tree = TreeSource(blobs or Blobs(repository), commit, prefix.strip("/"))
        text, name = find_rules(tree, dockerfile) if rules == FOUND else (rules, None)
        super().__init__(tree, text, name)


def text_at(blobs: Blobs, commit: str, path: str) -> str | None:
    """A file's text at a commit, None if it was not there; the path is the repository's."""
    found = git.ask(
        blobs.repository, git.LITERAL, "ls-tree", "-z", "--full-tree", commit, "--", path
    )
    if not found or found.split(b" ", 1)[0] not in {b"100644", b"100755"}:
        return None
    content = blobs.read(git.text(found).split("\t")[0].split(" ")[2])
    return None if content is None else git.text(content)
