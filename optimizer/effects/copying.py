"""COPY and ADD, interpreted by Docker's rules: which context file lands at which path.

Sources: BUILDKIT.md 5; destinations and owners: 6.
"""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from optimizer.context.files import Files
from optimizer.context.ignore import Rules
from optimizer.effects.model import Link, Links
from optimizer.effects.tool import clean

# What ADD unpacks.
ARCHIVE = re.compile(r"\.(tar|tgz|tbz2?|txz|tar\.\w+)$")
_GLOB = re.compile(r"[*?\[]")


@dataclass(frozen=True)
class Placement:
    """One source of the context and where it lands.

    Attributes:
        written: The source as it stands in the Dockerfile, expanded.
        source: Its path in the context; "" is the context itself.
        target: Where it lands: the file, or the directory that receives its entries.
        directory: Whether the source is a directory (its contents are copied).
    """

    written: str
    source: str
    target: str
    directory: bool

    def image_path(self, path: str) -> str | None:
        """Where a path of the context lands, if this source holds it."""
        if path == self.source:
            return self.target
        prefix = f"{self.source}/" if self.source else ""
        if not self.directory or not path.startswith(prefix):
            return None
        return posixpath.join(self.target, path[len(prefix) :])

    def context_path(self, path: str) -> str | None:
        """Which path of the context an image path came from, if it is below this target."""
        if path == self.target:
            return self.source
        prefix = self.target.rstrip("/") + "/"
        if not self.directory or not path.startswith(prefix):
            return None
        rest = path[len(prefix) :]
        return f"{self.source}/{rest}" if self.source else rest


@dataclass(frozen=True)
class Copying:
    """What one COPY or ADD brings from the context.

    Attributes:
        files: The context.
        placements: Its sources, in order.
        destination: The absolute destination.
        owner: The `--chown` in force, None if absent.
        mode: The `--chmod` in force, None if absent.
        problem: Why it is not known what lands where; then the placements mean nothing.
    """

    files: Files
    placements: tuple[Placement, ...] = ()
    destination: str = "/"
    owner: str | None = None
    mode: str | None = None
    problem: str | None = None

    @cached_property
    def atoms(self) -> dict[str, str]:
        """Image path -> context path of every file and link; the last source wins."""
        found: dict[str, str] = {}
        for placed in self.placements:
            for path in self.files.walk(placed.source) if placed.directory else (placed.source,):
                target = placed.image_path(path)
                if target is not None:
                    found[target] = path
        return found

    @cached_property
    def ordered(self) -> tuple[str, ...]:
        """The image paths of its files and links, sorted."""
        return tuple(sorted(self.atoms))

    @cached_property
    def folders(self) -> frozenset[str]:
        """The directories that it creates or whose mode and owner it sets."""
        found = set()
        for target in self.atoms:
            parent = posixpath.dirname(target)
            while parent != "/" and parent not in found:
                found.add(parent)
                parent = posixpath.dirname(parent)
        return frozenset(found)

    def _text(self, link: str) -> str:
        entry = self.files.entry(link)
        return entry.target if entry is not None else ""

    @cached_property
    def links(self) -> Links:
        """The symbolic links that it brings, and where they lead in the image."""
        return frozenset(
            Link(
                target,
                clean(posixpath.join(posixpath.dirname(target), self._text(path))),
                self._text(path).startswith("/"),
            )
            for target, path in self.atoms.items()
            if self.files.is_link(path)
        )

    def context_path(self, path: str) -> str | None:
        """Which path of the context stands at this image path; the last source wins."""
        for placed in reversed(self.placements):
            source = placed.context_path(path)
            if source is not None and (source == "" or self.files.entry(source) is not None):
                return source
        return None


@dataclass(frozen=True)
class Request:
    """A COPY or ADD after expansion.

    Attributes:
        sources: The sources as written.
        destination: The absolute destination, with its trailing slash if it had one.
        unpack: Whether archives are unpacked (ADD).
        existing: Whether the destination is a directory already; None if that is not known.
        parents: Whether `--parents` keeps the directories of what is copied.
        exclude: The patterns of `--exclude`, which no variable is expanded in.
    """

    sources: tuple[str, ...]
    destination: str
    unpack: bool = False
    existing: bool | None = None
    owner: str | None = None
    mode: str | None = None
    parents: bool = False
    exclude: tuple[str, ...] = ()


def place(request: Request, files: Files) -> Copying:
    """Interpret a COPY or ADD over the context."""
    found: list[tuple[str, str]] = []
    for written in request.sources:
        matches = _matches(written, files, deep=request.parents)
        if matches is None:
            return Copying(files, problem=f"{written} is not in the build context")
        found += [(written, match) for match in matches]
    if request.parents and any(_GLOB.search(_pivot(written)) for written in request.sources):
        return Copying(files, problem="--parents begins at a pattern")
    problem = _problem(request, found, files) or _exclusion(request, found, files)
    if problem:
        return Copying(files, problem=problem)
    if request.exclude:
        files = files.with_rules("\n".join((files.rules or "", *_rules(request, found))))
    placements = []
    for written, path in found:
        directory = _is_directory(path, files)
        target = _target(request, written, path, directory, len(found))
        placements.append(Placement(written, path, target, directory))
    return Copying(
        files, tuple(placements), clean(request.destination), request.owner, request.mode
    )


def _is_directory(path: str, files: Files) -> bool:
    entry = files.entry(path) if path else None
    return path == "" or (entry is not None and entry.kind == "directory")


def _exclusion(request: Request, found: list[tuple[str, str]], files: Files) -> str | None:
    """Why it is not known what `--exclude` leaves out; None if it is.

    Its patterns are those of an ignore file, from each source directory on; a file that is named
    itself is copied in any case (`copier.copy` in BuildKit's fsutil), but left out of the key.
    """
    if any(p.lstrip().startswith(("!", "#")) or "\n" in p for p in request.exclude):
        return "--exclude takes something in again"
    paths = [path for _, path in found]
    if request.exclude and (request.parents or any(map(_GLOB.search, paths))):
        return "it has --exclude and other patterns"
    for path in paths:
        if not _is_directory(path, files):
            if Rules("\n".join(request.exclude), "--exclude").ignores(posixpath.basename(path)):
                return f"--exclude is for {path}, which it names itself"
        elif request.exclude and any(_within(other, path) for other in paths):
            return "--exclude is for a source in another"
    return None


def _within(path: str, folder: str) -> bool:
    return path != folder and (folder == "" or path.startswith(f"{folder}/"))


def _rules(request: Request, found: list[tuple[str, str]]) -> Iterator[str]:
    """The lines of an ignore file that leave out what `--exclude` does."""
    for _, path in found:
        yield from (posixpath.join("/", path, pattern.strip().lstrip("/")) for pattern in request.exclude)


def _problem(request: Request, found: list[tuple[str, str]], files: Files) -> str | None:
    for written, path in found:
        entry = files.entry(path) if path else None
        if entry is not None and entry.kind == "link":
            return f"{written} is a symbolic link"
        if request.unpack and entry is not None and entry.kind == "file" and ARCHIVE.search(path):
            return f"ADD unpacks {written}"
        into = request.existing is not None or request.destination.endswith("/") or request.parents
        if not into and not _is_directory(path, files):
            return f"{request.destination} may be a directory of the base image"
    return None


def _target(request: Request, written: str, path: str, directory: bool, count: int) -> str:  # noqa: FBT001 - a fact of the source
    destination = clean(request.destination)
    if request.parents:
        return clean(posixpath.join(destination, posixpath.relpath(path or ".", _pivot(written) or ".")))
    if directory:
        return destination
    into = request.destination.endswith("/") or request.existing or count > 1
    return posixpath.join(destination, posixpath.basename(path)) if into else destination


def _pivot(written: str) -> str:
    """The directory of the context that `--parents` does not keep: what stands before `/./`."""
    above, sign, _ = written.partition("/./")
    return source_path(above) if sign else ""


def source_path(written: str) -> str:
    """A source as a path of the context: BuildKit clamps `..` at the context's root."""
    return clean(written).lstrip("/")


def _matches(written: str, files: Files, *, deep: bool) -> list[str] | None:
    """The paths that a source names; None if a plain one does not exist.

    Args:
        written: The source.
        files: The context.
        deep: Whether `**` crosses directories, as with `--parents`.
    """
    path = source_path(written)
    if not _GLOB.search(written):
        return [path] if path == "" or files.entry(path) is not None else None
    found = _below(files, "", components(path, deep=deep))
    return list(dict.fromkeys(f for f in found if files.entry(f) is not None))


def _below(files: Files, at: str, parts: Sequence[str | re.Pattern[str]]) -> Iterator[str]:
    if not parts:
        yield at
        return
    first, *rest = parts
    if first == "**":
        if rest:
            yield from _below(files, at, rest)
        for name in files.names(at):
            yield from _below(files, posixpath.join(at, name), parts if rest else ())
    elif isinstance(first, str):
        yield from _below(files, posixpath.join(at, first), rest)
    else:
        names = (n for n in files.names(at) if first.fullmatch(n))
        for name in names:
            yield from _below(files, posixpath.join(at, name), rest)


def components(path: str, *, deep: bool) -> tuple[str | re.Pattern[str], ...]:
    """The components of a source: patterns, or names by themselves; `**` stays one if it is `deep`."""
    return tuple(
        p if (deep and p == "**") or not _GLOB.search(p) else re.compile(component(p))
        for p in path.split("/")
    )


def component(part: str) -> str:
    """Go's filepath.Match for one component: `[^a]` negates, `[!a]` does not, `**` is `*`."""
    part = re.sub(r"\*+", "*", part).replace("[!", "[\\!")
    return fnmatch.translate(part.replace("[^", "[!"))
