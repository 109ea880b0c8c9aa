"""What a traced command did to a project, compared with what dfopt says of it.

The project stands in `APP` for dfopt, and in `up/app` of a temporary folder for the real tool
(`tests.measure.node`), so that `../lib` is beside it for both. A doubt covers everything.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from optimizer.effects.model import Effects, covers
from tests.effects.machine import effects_of
from tests.measure.node import Seen, make

APP = "/srv/up/app"


def place(name: str) -> str:
    """Where a file of the project is for dfopt."""
    return posixpath.normpath(f"{APP}/{name}")


def answer_of(line: str, files: Mapping[str, str], env: Mapping[str, str] | None = None) -> Effects:
    """What dfopt says of a command line in a project."""
    return effects_of(line, {place(n): t for n, t in files.items()}, cwd=APP, env=env)


def said(answer: Effects, name: str, *, writes: bool = False) -> bool:
    """Whether dfopt's answer has a file of the project."""
    path = place(name)
    paths = answer.writes if writes else answer.reads | answer.probes
    if writes:
        paths |= {each.path for each in answer.conditional if each.violated}
    return answer.doubt is not None or any(
        covers(p, path) or (writes and p.startswith(f"{path}/")) for p in paths
    )


def listed(answer: Effects, name: str) -> bool:
    """Whether dfopt's answer has the entries of a folder of the project."""
    path = place(name)
    return (
        answer.doubt is not None
        or path in answer.lists
        or any(p.endswith("**") and covers(p, path) for p in answer.reads | answer.lists)
    )


def missed(seen: Seen, files: Mapping[str, str], answer: Effects) -> set[str]:
    """What was opened of the project, or left there, and is not in the answer."""
    opened = {f for f in seen.read & files.keys() if not said(answer, f)}
    return opened | {f for f in seen.after - seen.before if not said(answer, f, writes=True)}


def looked_for(seen: Seen, files: Mapping[str, str], answer: Effects) -> set[str]:
    """What else of the project was looked at, listed or changed, and is not in the answer.

    A look at a folder says nothing, and one that another look has to come before says nothing more.
    """
    folders = {str(p) for name in files for p in Path(name).parents} | {"..", "."}
    made = seen.after - seen.before
    looks = {f for f in seen.probed - made - folders if ":[" not in f and posixpath.dirname(f) in folders | {""}}
    found = {f"look {f}" for f in looks if not said(answer, f) and not said(answer, f, writes=True)}
    found |= {f"list {f}" for f in seen.listed & folders if not listed(answer, f)}
    changed = {f for f in seen.changed & files.keys() if not said(answer, f, writes=True)}
    return found | {f"change {f}" for f in changed}


@dataclass(frozen=True)
class Outcome:
    """The status of a command and what it leaves, by content."""

    code: int
    left: Mapping[str, str]


def outcome(
    files: Mapping[str, str], line: str, env: Mapping[str, str], root: Path, without: str = ""
) -> Outcome:
    """Run a command, untraced, in a project that stands in the same folder each time; a file may lack."""
    shutil.rmtree(root / "up", ignore_errors=True)
    app = make(dict(files), root)
    if without:
        (app / without).unlink()
    done = subprocess.run(["sh", "-c", line], cwd=app, env={**os.environ, **env}, check=False, capture_output=True)
    left = {
        str(p.relative_to(app)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in app.rglob("*")
        if p.is_file() and str(p.relative_to(app)) not in files
    }
    return Outcome(done.returncode, left)


def mattering(
    files: Mapping[str, str], line: str, env: Mapping[str, str], answer: Effects, root: Path
) -> Iterator[str]:
    """The files that dfopt says are not read, and without which the command ends otherwise."""
    if answer.doubt is not None:
        return
    whole, again = (outcome(files, line, env, root) for _ in range(2))
    stable = {name for name, content in whole.left.items() if again.left.get(name) == content}
    for name in sorted(files):
        if said(answer, name) or listed(answer, posixpath.dirname(name) or "."):
            continue
        fewer = outcome(files, line, env, root, without=name)
        same = all(fewer.left.get(n) == whole.left[n] for n in stable)
        if fewer.code != whole.code or fewer.left.keys() != whole.left.keys() or not same:
            yield name
