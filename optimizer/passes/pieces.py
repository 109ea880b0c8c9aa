"""The narrow COPY lines that stand in for a broad one, as an expert would write them."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Iterator

from optimizer.dockerfile.instructions import Copy
from optimizer.effects.copying import Copying, Placement
from optimizer.effects.model import NOTHING, Paths
from optimizer.effects.step import Step

# Characters that a source may not have: patterns, variables, quotes and escapes would need
# another spelling (BUILDKIT.md 5).
_PATTERN = re.compile(r"[*?\[]")
_SPECIAL = re.compile(r"[*?\[\]$\\\"'`\n]")


def spellable(copy: Step, wanted: Paths) -> str | None:
    """Why the wanted files cannot be named in a COPY of their own; None if they can."""
    copying = copy.copying
    assert copying is not None  # noqa: S101 - only copies of the context are narrowed
    assert isinstance(copy.typed, Copy)  # noqa: S101
    if copy.typed.exclude or copy.typed.parents:
        flag = "exclude" if copy.typed.exclude else "parents"
        return f"--{flag} would mean something else for other sources"
    for placed, source in sorted(_sources(copy, wanted), key=lambda each: each[1]):
        if _SPECIAL.search(source):
            return f"{source} has a character that COPY treats specially"
        if source.endswith("/"):
            continue  # what is in it keeps its name, and a link in it stays one
        entry = copying.files.entry(source)
        if entry is None or entry.kind != "file":
            return f"{source} is a symbolic link, which a COPY of its own would follow"
        if posixpath.basename(source) != posixpath.basename(placed.image_path(source) or ""):
            return f"{source} is renamed by the copy"
    return None


def with_patterns(copying: Copying, wanted: Paths) -> Paths:
    """The wanted files with all that the same patterns name: `composer.*` stays a pattern.

    What the pattern will match tomorrow is to be copied as well.
    """
    patterns = {p.written for p in _patterns(copying) if p.target in wanted}
    return wanted | {
        p.target for p in _patterns(copying)
        if p.written in patterns and copying.atoms.get(p.target) == p.source
    }  # fmt: skip


def _patterns(copying: Copying) -> Iterator[Placement]:
    """The files that a COPY names by a pattern."""
    return (p for p in copying.placements if not p.directory and _PATTERN.search(p.written))


def pieces(
    copy: Step, wanted: Paths, read: Paths = NOTHING, *, absolute: bool = False
) -> list[str]:
    """COPY lines (without line ends) that bring the wanted files of `copy`, and none but those of `read`.

    Args:
        copy: The COPY that they stand in for.
        wanted: Image paths of files.
        read: What the RUN below them reads in all. A folder that it reads whole is named as one, also
            where some of it was copied before: files that are new there will matter as well.
        absolute: Whether destinations are absolute, for a WORKDIR that stands between, and not as
            in `copy`.
    """
    copying, typed = copy.copying, copy.typed
    assert copying is not None  # noqa: S101 - only copies of the context are narrowed
    assert isinstance(typed, Copy)  # noqa: S101
    groups: dict[str, list[str]] = {}
    written = copying.destination if absolute else typed.dest
    for placed, source in _sources(copy, wanted, read):
        target = placed.image_path(source.rstrip("/")) or placed.target
        parent = target if source.endswith("/") else posixpath.dirname(target)
        line = groups.setdefault(_destination(written, copying.destination, parent), [])
        spelt = _spelt(placed, source)
        if spelt not in line:
            line.append(spelt)
    return [_line(copy, sources, destination) for destination, sources in _ordered(groups)]


def _sources(
    copy: Step, wanted: Paths, read: Paths = NOTHING
) -> Iterator[tuple[Placement, str]]:
    """The files to name, and with `/` the folders of which all is wanted, each with its source."""
    copying = copy.copying
    assert copying is not None  # noqa: S101 - only copies of the context are narrowed
    whole = frozenset(copying.atoms[t] for t in wanted | read)
    for placed in copying.placements:
        mine = [copying.atoms[t] for t in wanted if placed.image_path(copying.atoms[t]) == t]
        for source in _named(placed, mine, whole, copy):
            yield placed, source


def _spelt(placed: Placement, source: str) -> str:
    """A source in the style of the one that it is taken from."""
    if not placed.directory and _PATTERN.search(placed.written):
        return placed.written
    return "./" + source if placed.written.startswith("./") and placed.source else source


def _ordered(groups: dict[str, list[str]]) -> Iterator[tuple[str, list[str]]]:
    """Files may share a line; a directory is copied by its contents and has its own."""
    for destination in sorted(groups, key=lambda d: (d.count("/"), d)):
        plain = sorted(s for s in groups[destination] if not s.endswith("/"))
        if plain:
            yield destination, sorted(plain, key=_manifest_first)
        for folder in sorted(s for s in groups[destination] if s.endswith("/")):
            yield destination, [folder]


def _manifest_first(path: str) -> tuple[bool, bool, str]:
    """`package.json package-lock.json .npmrc`: hidden files last, locks behind manifests."""
    name = posixpath.basename(path)
    return name.startswith("."), "lock" in name, name


def _named(
    placed: Placement, wanted: Iterable[str], read: frozenset[str], copy: Step
) -> Iterator[str]:
    """The sources that name the wanted files: whole directories where all of one is read."""
    done: set[str] = set()
    for path in sorted(wanted):
        if any(path.startswith(d) for d in done):
            continue
        folder = next((f for f in _folders(path, placed.source) if _whole(f, read, copy)), None)
        if folder is None:
            yield path
        else:
            done.add(folder + "/")
            yield folder + "/"


def _folders(path: str, root: str) -> Iterator[str]:
    """The directories above a path and below the source, from the top."""
    parts = path.split("/")[:-1]
    for count in range(1, len(parts) + 1):
        folder = "/".join(parts[:count])
        if root == "" or folder.startswith(root + "/"):
            yield folder


def _whole(folder: str, read: frozenset[str], copy: Step) -> bool:
    assert copy.copying is not None  # noqa: S101 - see `pieces`
    return read.issuperset(copy.copying.files.walk(folder))


def _destination(written: str, top: str, parent: str) -> str:
    """The destination in the style of the original: relative stays relative."""
    inside = posixpath.relpath(parent, top)
    bare = written.strip("\"'").rstrip("/").removesuffix("/.")
    if bare in {".", "./", ""} and not written.strip("\"'").startswith("/"):
        return "./" if inside == "." else f"{inside}/"
    return f"{bare}/" if inside == "." else f"{bare}/{inside}/"


def _line(copy: Step, sources: list[str], destination: str) -> str:
    instruction = copy.instruction
    first = instruction.text
    indent = first[: len(first) - len(first.lstrip(" \t"))]
    lower = first.lstrip()[:1].islower()
    words = ["copy" if lower else "COPY"]
    words += [
        f"--{name}" if value is None else f"--{name}={value}" for name, value in instruction.flags
    ]
    if any(" " in s or "\t" in s for s in (*sources, destination)):
        return indent + " ".join([*words, json.dumps([*sources, destination], ensure_ascii=False)])
    return indent + " ".join([*words, *sources, destination])
