"""The build context as the builder receives it: files, after the ignore rules."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

from optimizer.context.changed import ChangedSource
from optimizer.context.ignore import Flags, Rules
from optimizer.context.sources import Content, Entry, FolderSource, Link, Source, memory
from optimizer.errors import UserError

__all__ = ["FOUND", "Content", "Entry", "Files", "FolderFiles", "Link", "MemoryFiles"]

# The rules that stand in the context itself: `<Dockerfile>.dockerignore`, or `.dockerignore`.
FOUND: Final = "\0found"
# As many links as Linux follows before it speaks of a loop.
_LINKS = 40


class Files:
    """A build context. Paths are relative to its root, with `/`; "" is the root.

    A directory is looked into when somebody asks, and once only.

    Attributes:
        rules: The text of the ignore file in force, None if there is none.
        rules_name: Its path relative to the context (`.dockerignore`), None if there is none.
    """

    def __init__(
        self, source: Source, rules: str | None = None, rules_name: str | None = None
    ) -> None:
        self.rules = rules
        self.rules_name = None if rules is None else rules_name or ".dockerignore"
        self._source = source
        self._rules = Rules(rules or "", self.rules_name or ".dockerignore")
        self._kinds: dict[str, dict[str, str]] = {}
        self._flags: dict[str, tuple[bool, Flags | None]] = {"": (False, None)}
        self._walks: dict[str, tuple[str, ...]] = {}
        self._looked: dict[str, Entry] = {}

    def entry(self, path: str) -> Entry | None:
        """What stands at a path; a link is not followed, and nothing stands below one."""
        if self._kind(path) is None:
            return None
        if path not in self._looked:
            self._looked[path] = self._source.entry(path)
        return self._looked[path]

    def is_link(self, path: str) -> bool:
        """Whether a symbolic link stands at a path."""
        return self._kind(path) == "link"

    def names(self, path: str) -> tuple[str, ...]:
        """The sorted names in a directory, () if there is none."""
        return tuple(sorted(self._entries(path)))

    def walk(self, path: str = "") -> tuple[str, ...]:
        """All files and links below, sorted; of a file or link, itself."""
        kind = self._kind(path)
        if kind != "directory":
            return (path,) if kind in {"file", "link"} else ()
        if path not in self._walks:
            self._walks[path] = tuple(sorted(self._below(path)))
        return self._walks[path]

    def read(self, path: str) -> bytes:
        """The content of a regular file; KeyError if there is none."""
        if self._kind(path) != "file":
            raise KeyError(path)
        return self._source.read(path)

    def identity(self, path: str) -> str | None:
        """Mode and content of a file or link as one word; None if there is neither.

        Equal if and only if both are, in a folder and at every commit alike (but for a commit
        a file's mode is 644 or 755, and a repository of SHA-256 has names of its own).
        """
        return self._source.identity(path) if self._kind(path) in {"file", "link"} else None

    def resolve(self, path: str) -> str | None:
        """Where a path leads when links are followed; None if it leads nowhere or outside."""
        todo = [part for part in path.split("/") if part]
        done = ""
        links = 0
        while todo:
            part = todo.pop(0)
            if part in {".", ".."}:
                if part == ".." and not done:
                    return None
                done = posixpath.dirname(done) if part == ".." else done
                continue
            found = self.entry(posixpath.join(done, part))
            if found is None:
                return None
            if found.kind != "link":
                done = posixpath.join(done, part)
                continue
            links += 1
            if links > _LINKS or found.target.startswith("/"):
                return None
            todo = [p for p in found.target.split("/") if p] + todo
        return done

    def unfiltered(self) -> Files:
        """The same context without ignore rules."""
        return Files(self._source)

    def with_rules(self, text: str) -> Files:
        """The same context under other ignore rules."""
        return Files(self._source, text, self.rules_name)

    def changed(self, put: Mapping[str, bytes], gone: Collection[str] = ()) -> Files:
        """The same context, under the same rules, after files were written and others removed."""
        return Files(ChangedSource(self._source, put, gone), self.rules, self.rules_name)

    def _kind(self, path: str) -> str | None:
        kind: str | None = "directory"
        above = ""
        for name in path.split("/") if path else ():
            if kind != "directory":
                return None
            kind = self._entries(above).get(name)
            above = f"{above}/{name}" if above else name
        return kind

    def _entries(self, directory: str) -> Mapping[str, str]:
        """Name -> kind of what the builder receives in a directory."""
        if directory not in self._kinds:
            if self._kind(directory) != "directory":
                return {}
            self._kinds[directory] = self._scan(directory)
        return self._kinds[directory]

    def _scan(self, directory: str) -> dict[str, str]:
        found = self._source.kinds(directory)
        if not self._rules.patterns:
            return dict(found)
        prefix = f"{directory}/" if directory else ""
        return {name: kind for name, kind in found.items() if self._shown(prefix + name, kind)}

    def _shown(self, path: str, kind: str) -> bool:
        """Whether the builder receives a path: itself, or for the sake of something below."""
        above = self._flags[posixpath.dirname(path)][1]
        ignored, flags = self._rules.step(path, above)
        if kind != "directory":
            return not ignored
        self._flags[path] = (ignored, flags)
        if not ignored:
            return True
        return not self._rules.shut(path, flags) and self._holds_something(path)

    def _holds_something(self, directory: str) -> bool:
        """Whether something below an ignored directory is taken in again."""
        try:
            self._kinds[directory] = self._scan(directory)
        except UserError:  # the builder passes over what it may not read if it is ignored
            self._kinds[directory] = {}
        return bool(self._kinds[directory])

    def _below(self, directory: str) -> Iterator[str]:
        todo = [directory]
        while todo:
            current = todo.pop()
            prefix = f"{current}/" if current else ""
            for name, kind in self._entries(current).items():
                if kind == "directory":
                    todo.append(prefix + name)
                elif kind != "other":
                    yield prefix + name


def find_rules(
    source: Source, dockerfile: str, builder: str = "buildkit"
) -> tuple[str | None, str | None]:
    """The ignore file for a Dockerfile of this context, text and name: as the builder chooses it."""
    plain = Files(source)
    names = [f"{dockerfile}.dockerignore", ".dockerignore"]
    if builder == "buildah":  # `ContainerIgnoreFile` in pkg/parse/parse.go; 1.28.2 was seen to
        names[1:1] = [f"{dockerfile}.containerignore", ".containerignore"]
    for name in names:
        path = plain.resolve(name)
        found = plain.entry(path) if path else None
        if path and found is not None and found.kind == "file":
            return plain.read(path).decode("utf-8", "surrogateescape"), name
    return None, None


class MemoryFiles(Files):
    """A context in memory: path -> content, (content, mode) or Link.

    A path that ends in `/` is an empty directory. `rules` is the text of the ignore file;
    without it, the one for `dockerfile` in the mapping holds.
    """

    def __init__(
        self,
        files: Mapping[str, Content],
        rules: str | None = FOUND,
        dockerfile: str = "Dockerfile",
    ) -> None:
        source = memory(files)
        text, name = find_rules(source, dockerfile) if rules == FOUND else (rules, None)
        super().__init__(source, text, name)


class FolderFiles(Files):
    """A context on disk.

    `rules` is the text of the ignore file; without it, `<dockerfile>.dockerignore` or the
    folder's `.dockerignore` holds, or what else the builder takes for it. The Dockerfile may
    stand outside the folder.
    """

    def __init__(
        self, root: Path, rules: str | None = FOUND, dockerfile: Path | None = None,
        builder: str = "buildkit",
    ) -> None:  # fmt: skip
        if not root.is_dir():
            raise UserError("is not a directory, so it cannot be a build context", path=str(root))
        source = FolderSource(root)
        text, name = _rules_on_disk(root, dockerfile, builder) if rules == FOUND else (rules, None)
        super().__init__(source, text, name)


def _rules_on_disk(
    root: Path, dockerfile: Path | None, builder: str
) -> tuple[str | None, str | None]:
    relative = os.path.relpath(dockerfile or root / "Dockerfile", root).replace(os.sep, "/")
    endings = (".dockerignore", ".containerignore") if builder == "buildah" else (".dockerignore",)
    for beside in (relative + ending for ending in endings):
        if beside.startswith("../") and (root / beside).is_file():
            text = FolderSource(root).read(beside).decode("utf-8", "surrogateescape")
            return text, beside
    return find_rules(FolderSource(root), relative, builder)
