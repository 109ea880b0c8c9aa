"""A change of the context as a user names it, made to the files without touching any."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from optimizer.context.files import Files
from optimizer.errors import UserError


@dataclass(frozen=True)
class Changes:
    """What becomes of the context; paths are relative to it.

    Attributes:
        change: Files that get another content; of a directory, all below it.
        add: Files that are new.
        remove: Files and directories that go away.
    """

    change: Collection[str] = ()
    add: Collection[str] = ()
    remove: Collection[str] = ()

    def __bool__(self) -> bool:
        return bool(self.change or self.add or self.remove)

    def made(self, files: Files) -> Files:
        """The context after the change.

        Raises:
            UserError: A path is not there, or already there, or the builder never sees it.
        """
        put = {path: files.read(path) + b"\n" for each in self.change for path in _in(files, each)}
        for path in map(_clean, self.add):
            _add(files, path)
            put[path] = b"new\n"
        gone = [_present(files, _clean(path)) for path in self.remove]
        changed = files.changed(put, gone)
        for path in put:
            if changed.entry(path) is None:
                raise UserError(_ignored(files), path=path)
        return changed


def _in(files: Files, given: str) -> Iterator[str]:
    path = _present(files, _clean(given))
    place = files.resolve(path)
    if place is None:
        raise UserError("this link leads nowhere inside the build context", path=given)
    for each in files.walk(place):
        entry = files.entry(each)
        if entry is not None and entry.kind == "file":
            yield each


def _add(files: Files, path: str) -> None:
    if not path or files.unfiltered().entry(path) is not None:
        raise UserError("this file is there already; say --change", path=path or ".")
    above = posixpath.dirname(path)
    while above:
        entry = files.unfiltered().entry(above)
        if entry is not None and entry.kind != "directory":
            raise UserError(f"{above} is not a directory", path=path)
        above = posixpath.dirname(above)


def _present(files: Files, path: str) -> str:
    if path and files.entry(path) is not None:
        return path
    if path and files.unfiltered().entry(path) is not None:
        raise UserError(_ignored(files), path=path)
    raise UserError("this is not a file of the build context", path=path or ".")


def _ignored(files: Files) -> str:
    return f"{files.rules_name} keeps this out of the build context, so no step can depend on it"


def _clean(path: str) -> str:
    found = posixpath.normpath(path)
    if found.startswith(("/", "../")) or found == "..":
        raise UserError("paths are named relative to the build context", path=path)
    return "" if found == "." else found
