"""Which folder is a Dockerfile's build context, and which Dockerfiles are there."""

from __future__ import annotations

import json
import os
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from optimizer.context import builds, command_lines, git
from optimizer.context.command_lines import Build

_COMPOSE = re.compile(r"^(?:docker-)?compose[\w.-]*\.ya?ml$")
_SCRIPT = re.compile(
    r"^(?:[Mm]akefile|GNUmakefile|.*\.mk|.*\.sh|[Jj]ustfile|Taskfile\.ya?ml|\.gitlab-ci\.yml)$"
)
# Folders beside the sources in which projects keep what builds them.
_BESIDE = frozenset({".ci", ".docker", "build", "ci", "compose", "deploy", "docker", "scripts"})
_BUILDS = re.compile(r"\bbuild(?:ah|-push-action|x)?\b")
_LEVELS = 8
_FILES = 80
_LARGEST = 1 << 18

_NAME = re.compile(r"^(?:Dockerfile|Containerfile)(?:\.[^/]+)?$|^dockerfile$|^.+\.[Dd]ockerfile$")
# A template is not a Dockerfile yet; an ignore file is none at all.
_OTHER = re.compile(
    r"\.(?:dockerignore|j2|jinja2?|erb|tmpl|tpl|template|in|mustache|hbs|ejs|gotmpl"
    r"|md|txt|orig|rej|bak|swp|old|sh|json|ya?ml|toml|lock)$|~$"
)
_SKIPPED = frozenset({".git", "node_modules"})

_COPY = re.compile(
    r"^[ \t]*(?:COPY|ADD)[ \t]+((?:[^\n]*\\\r?\n)*[^\n]*)$", re.IGNORECASE | re.MULTILINE
)
_NOT_PLAIN = re.compile(r"[$*?\[<\\\"']|://|^git@")


@dataclass(frozen=True)
class Found:
    """A Dockerfile's context, and how it is built there.

    Attributes:
        context: The folder.
        target: The stage that is asked for, None for the last.
        build_args: The build arguments that are plainly given.
        reason: Why this folder, for the report.
    """

    context: Path
    target: str | None = None
    build_args: dict[str, str] = field(default_factory=dict)
    reason: str = "the Dockerfile's own folder"


def find_context(dockerfile: Path) -> Found:
    """The context of a Dockerfile: by what builds it, else by where its COPY sources stand.

    Compose files are asked before bake files, these before workflows, and these before
    scripts; one whose context lacks a source that the Dockerfile copies is passed over if
    another does better.
    """
    own = dockerfile.absolute().parent
    folders = _ancestors(own)
    sources = _sources(dockerfile)
    first = chosen = None
    for build in _named(folders, dockerfile):
        first = first or build
        if _complete(build.context, sources):
            chosen = build
            break
    if chosen is None and not _complete(own, sources):
        for folder in folders[1:]:
            if _complete(folder, sources):
                return Found(folder, reason="what it copies stands there, not in its own folder")
    chosen = chosen or first
    if chosen is None:
        return Found(own)
    where = os.path.relpath(chosen.file, folders[-1])
    reason = f"{where}:{chosen.line} builds it there"
    return Found(Path(os.path.normpath(chosen.context)), chosen.target, chosen.args, reason)


def _ancestors(folder: Path) -> list[Path]:
    """The folder and those above it, up to the repository's root."""
    found = []
    for each in (folder, *folder.parents)[:_LEVELS]:
        found.append(each)
        if (each / ".git").exists():
            return found
    # Without a repository the project's own extent is a guess: the folder and its parent.
    return found[:2]


def _named(folders: list[Path], dockerfile: Path) -> Iterator[Build]:
    """What builds this Dockerfile, in the order of trust."""
    wanted = dockerfile.resolve()
    files = list(_files(folders))[:_FILES]
    root = folders[-1]
    for read in (_compose, _bake, _workflow, _script):
        for file in files:
            for build in read(file, root):
                if build.dockerfile.resolve() == wanted and build.context.is_dir():
                    yield build


def _files(folders: list[Path]) -> Iterator[Path]:
    """The files that may name a Dockerfile: nearest first, in a fixed order."""
    for folder in folders:
        names = _names(folder)
        yield from (folder / name for name in names if _telling(name))
        for beside in sorted(_BESIDE.intersection(names)):
            if folder / beside not in folders:
                yield from (folder / beside / n for n in _names(folder / beside) if _telling(n))
    workflows = folders[-1] / ".github" / "workflows"
    yield from (workflows / name for name in _names(workflows))


def _telling(name: str) -> bool:
    bake = name.startswith("docker-bake.") and name.endswith((".json", ".hcl"))
    return bake or name == "package.json" or bool(_COMPOSE.match(name) or _SCRIPT.match(name))


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))  # noqa: PTH208 - names are all that is needed
    except OSError:
        return []


def _text(file: Path) -> str:
    """The text of a file that says something of builds, else ""."""
    try:
        if not file.is_file() or file.stat().st_size > _LARGEST:
            return ""
        text = file.read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""
    return text if _BUILDS.search(text) or file.name.startswith("docker-bake.") else ""


def _compose(file: Path, _: Path) -> Iterable[Build]:
    return builds.compose(_text(file), file) if _COMPOSE.match(file.name) else ()


def _bake(file: Path, _: Path) -> Iterable[Build]:
    if not file.name.startswith("docker-bake."):
        return ()
    read: Callable[[str, Path], Iterator[Build]] = builds.bake_hcl
    if file.suffix == ".json":
        read = builds.bake_json
    return read(_text(file), file)


def _workflow(file: Path, root: Path) -> Iterable[Build]:
    if file.parent.name != "workflows" or file.suffix not in {".yml", ".yaml"}:
        return ()
    text = _text(file)
    return builds.workflow(text, file, root) if text else ()


def _script(file: Path, root: Path) -> Iterable[Build]:
    """Scripts run in their own folder, or in the repository's root as CI's do."""
    if file.parent.name == "workflows":
        return ()
    if file.name == "package.json":
        return _package(file)
    text = _text(file) if _SCRIPT.match(file.name) else ""
    folders = dict.fromkeys((file.parent, root))
    return [b for folder in folders for b in command_lines.builds(text, file, folder)]


def _package(file: Path) -> Iterator[Build]:
    text = _text(file)
    try:
        scripts = json.loads(text)["scripts"].values() if text else ()
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return
    for script in scripts:
        for build in command_lines.builds(str(script), file, file.parent):
            at = text.find(json.dumps(script, ensure_ascii=False)[1:-1])
            line = text.count("\n", 0, max(at, 0)) + 1
            yield Build(file, line, build.context, build.dockerfile, build.target, build.args)


def _sources(dockerfile: Path) -> list[str]:
    """The plain sources that a Dockerfile copies from its context, roughly read."""
    try:
        text = dockerfile.read_bytes().decode("utf-8", "replace") if dockerfile.is_file() else ""
    except OSError:
        return []
    found = []
    for copy in _COPY.finditer(text):
        words = re.sub(r"\\\r?\n", " ", copy[1]).split()
        if any(w.startswith("--from") for w in words):
            continue
        found += [w for w in words if not w.startswith("--")][:-1]
    # BuildKit takes what leads out of the context for the context itself.
    return [posixpath.normpath(f"/{w}").lstrip("/") for w in found if not _NOT_PLAIN.search(w)]


def _complete(context: Path, sources: list[str]) -> bool:
    return all(os.path.lexists(context / source) for source in sources)


def find_dockerfiles(directory: Path) -> list[Path]:
    """The Dockerfiles below a directory, sorted; what git ignores is left out."""
    listed = git.ask(directory, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    paths = _walk(directory) if listed is None else git.text(listed).split("\0")
    names = {p for p in paths if is_dockerfile(p.rpartition("/")[2])}
    return [directory / p for p in sorted(names) if (directory / p).is_file()]


def is_dockerfile(name: str) -> bool:
    """Whether a file name is one of a Dockerfile."""
    return bool(_NAME.match(name)) and not _OTHER.search(name)


def _walk(directory: Path) -> Iterator[str]:
    for folder, folders, names in os.walk(directory):
        folders[:] = [name for name in folders if name not in _SKIPPED]
        inner = os.path.relpath(folder, directory)
        yield from (os.path.normpath(f"{inner}/{name}") for name in names)
