"""Histories of more than thirty commits for the examples, before and after the rewrite.

The edits are of any kind that a project sees; which files they meet follows from the example's
name. Each commit is built twice: with the Dockerfile as it stands, then with the rewritten one.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from optimizer.context.files import FolderFiles, Link
from optimizer.pipeline import Project, optimize
from tests.cache.histories import Build

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
# Whose builds need nothing but a registry, and take seconds.
NAMES = ("apt-pip-mixed", "fullstack", "node-app", "pip-app", "pip-local-package", "pnpm-monorepo", "yarn-monorepo")
_COMMITS = 32

_Files = dict[str, tuple[str, int] | Link]


def rewritten(name: str) -> tuple[str, str | None]:
    """What dfopt makes of an example's Dockerfile, and of its ignore file."""
    text = (EXAMPLES / name / "Dockerfile").read_text()
    result = optimize(text, Project(FolderFiles(EXAMPLES / name)))
    return result.after, next((also.after for also in result.also), None)


def course(name: str, after: str, rules: str | None) -> tuple[Build, ...]:
    """Two builds a commit; equal for equal examples and rewrites."""
    before = (EXAMPLES / name / "Dockerfile").read_text()
    found = []
    for files in _commits(name):
        ignored = files if rules is None else {**files, ".dockerignore": (rules, 0o644)}
        for text, context in ((before, files), (after, ignored)):
            lines = tuple(text.removesuffix("\n").split("\n"))
            found.append(Build(lines, {k: v for k, v in context.items() if k != "Dockerfile"}))
    return tuple(found)


def _commits(name: str) -> Iterator[Mapping[str, tuple[str, int] | Link]]:
    chance = random.Random(name)  # noqa: S311 - a seed, not a secret
    root = EXAMPLES / name
    paths = sorted(p for p in root.rglob("*") if p.is_file())
    states = [{str(p.relative_to(root)): (p.read_text(), 0o644) for p in paths if p.read_text()}]
    yield states[0]
    for number in range(1, _COMMITS):
        files = _Files(chance.choice(states) if number % 10 == 9 else states[-1])
        for _ in range(chance.choice((1, 1, 2))):
            chance.choice(_EDITS)(files, chance, number)
        states.append(files)
        yield files


def _source(files: _Files, chance: random.Random, _: int) -> None:
    """A file that no installer reads gets another line end."""
    names = [p for p in sorted(files) if Path(p).suffix in {".py", ".js", ".ts", ".html", ".css", ".md"}]
    _longer(files, chance.choice(names))


def _manifest(files: _Files, chance: random.Random, _: int) -> None:
    """A file that an installer reads means the same, but is another one."""
    names = [p for p in sorted(files) if Path(p).suffix in {".json", ".txt", ".toml", ".cfg"}]
    _longer(files, chance.choice(names))


def _longer(files: _Files, path: str) -> None:
    text, mode = files[path]
    files[path] = (f"{text}\n", mode)


def _new(files: _Files, chance: random.Random, number: int) -> None:
    folders = sorted({str(Path(p).parent) for p in files})
    files[str(Path(chance.choice(folders)) / f"note{number}.md")] = ("a note\n", 0o644)


def _gone(files: _Files, chance: random.Random, _: int) -> None:
    notes = [p for p in sorted(files) if Path(p).name.startswith("note")]
    if notes:
        del files[chance.choice(notes)]


def _mode(files: _Files, chance: random.Random, _: int) -> None:
    path = chance.choice([p for p in sorted(files) if Path(p).suffix in {".py", ".js", ".ts"}])
    text, mode = files[path]
    files[path] = (text, 0o755 if mode == 0o644 else 0o644)


_EDITS: tuple[Callable[[_Files, random.Random, int], None], ...] = (
    _source, _source, _source, _source, _source, _manifest, _new, _gone, _mode,
)  # fmt: skip
