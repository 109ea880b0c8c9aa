"""What a traced command did to a project, compared with what dfopt says of it.

The project stands in `APP` for dfopt, and in `up/app` of a temporary folder for the real tool
(`tests.measure.node`), so that `../lib` is beside it for both. What the tool opened, looked for and
listed there must be among what dfopt says is read, probed or listed; what it left, changed or took
away among what may be written. Then the command runs again with nothing but the files that dfopt
says are read: it must end and leave as with all of them, the content included, but for what differs
between two runs with all. A doubt covers everything.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import posixpath
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from optimizer.effects.model import Effects, covers
from tests.effects.machine import effects_of
from tests.measure.node import Seen, make, trace

APP = "/srv/up/app"
_PLACE = re.compile(re.escape(tempfile.gettempdir()) + r"/[^/\s]*/up/app")


@dataclass(frozen=True)
class Case:
    """A project and command lines.

    Attributes:
        files: Path -> text.
        lines: What is run, each in a project of its own.
        setup: What is run before, and not traced: it leaves locks and archives.
        fails: Whether the tool is to refuse the project; None where either will do.
        harmless: The misses without an effect, as they are printed: why stands beside the pattern.
    """

    files: Mapping[str, str]
    lines: tuple[str, ...]
    setup: str = ""
    fails: bool | None = False
    harmless: str = ""


def place(name: str) -> str:
    """Where a file of the project is for dfopt."""
    return posixpath.normpath(f"{APP}/{name}")


def moved(text: str) -> str:
    """A text that names the project's folder, as if that were where dfopt is told."""
    return _PLACE.sub(APP, text)


def among(paths: Iterable[str], name: str) -> bool:
    """Whether one of the paths is the one of that name, or a tree that has it."""
    return any(covers(p, place(name)) for p in paths)


def listed(told: Effects, name: str) -> bool:
    """Whether dfopt says that the entries of a folder are asked for."""
    return among(told.lists, name) or among(told.reads, f"{name}/x")


def looked_for(told: Effects, name: str) -> bool:
    """Whether dfopt says that something asks for a name, or for a folder above it."""
    folders = [name, *map(str, Path(name).parents)]
    return (
        listed(told, posixpath.dirname(name) or ".")
        or among(told.reads | told.writes, name)
        or any(place(f) in told.probes for f in folders)
    )


def missed(seen: Seen, texts: Mapping[str, str], told: Effects) -> Iterator[tuple[str, str]]:
    """What was seen and not told: how, and the name.

    Of a folder only its entries count, not the way through it.
    """
    new, gone = seen.after - seen.before, seen.before - seen.after
    folders = {str(p) for name in texts for p in Path(name).parents} | {"..", "../..", *seen.before - texts.keys()}
    yield from (("opened", n) for n in seen.read & texts.keys() if not among(told.reads | told.probes, n))
    for name in seen.probed - seen.read - new - seen.changed - folders:
        if not name.startswith("pipe:") and not looked_for(told, name):
            yield "looked for", name
    yield from (("listed", n) for n in seen.listed & folders if not listed(told, n))
    changed = told.writes | told.metadata | {c.path for c in told.conditional if c.violated}
    for name in (new | gone | (seen.changed & (seen.before | texts.keys()))) - {"."}:
        if not among(changed, name) and not any(p.startswith(f"{place(name)}/") for p in changed):
            yield "wrote", name


def stand(case: Case, root: Path, env: Mapping[str, str]) -> Path:
    """A project with what its setup leaves."""
    app = make(dict(case.files), root)
    subprocess.run(["sh", "-ec", case.setup], cwd=app, env={**os.environ, **env}, check=True, capture_output=True)
    return app


def _ran(line: str, root: Path, env: Mapping[str, str], without: Iterable[str]) -> dict[str, str]:
    """What a line leaves, path -> checksum, in a copy without some of the files; with its exit code."""
    up, app = root / "up", root / "up/app"
    shutil.rmtree(up, ignore_errors=True)
    shutil.copytree(root / "whole", up, symlinks=True)
    for name in without:
        (app / name).unlink(missing_ok=True)
    done = subprocess.run(["sh", "-c", line], cwd=app, env={**os.environ, **env}, check=False, capture_output=True)
    left = {
        os.path.relpath(p, app): hashlib.sha256(p.read_bytes()).hexdigest() if p.is_file() else ""
        for p in up.rglob("*")
    }
    return left | {"exit code": str(done.returncode)}


def needed(case: Case, line: str, env: Mapping[str, str], groups: Iterable[Iterable[str]]) -> Iterator[tuple[str, str]]:
    """The groups of files without which a line ends otherwise, and in what."""
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as folder:
        root, env = Path(folder), {"HOME": home, **env}
        stand(case, root, env)
        (root / "up").rename(root / "whole")
        whole = [_ran(line, root, env, ()) for _ in range(2)]
        for group in groups:
            gone = {*group, *(str(p) for n in group for p in Path(n).parents)}
            odd = _odd(whole, _ran(line, root, env, group)) - gone
            if odd:  # what comes out one way or another needs more runs to be known as such
                whole += [_ran(line, root, env, ()) for _ in range(2)]
                odd &= _odd(whole, _ran(line, root, env, group))
            if odd:
                yield f"otherwise ({', '.join(sorted(odd)[:4])}, {len(odd)} in all) without", " ".join(group)


def _odd(whole: list[dict[str, str]], fewer: dict[str, str]) -> set[str]:
    """What a run leaves otherwise than all whole runs; the names that a tool makes up differ each time."""
    one = whole[0]
    stable = {n for n in one if all(one[n] == each.get(n) for each in whole)}
    named = all(one.keys() == each.keys() for each in whole)
    return {n for n in stable if fewer.get(n) != one[n]} | (fewer.keys() ^ one.keys() if named else set())


def asking(doc: str, tools: Iterable[str]) -> argparse.ArgumentParser:
    """The options of a script that compares."""
    ask = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--path", default="", help="the folder of the tool's programs")
    ask.add_argument("--remove", action="store_true", help="run again without each unread file by itself, too")
    ask.add_argument("--looks", action="store_true", help="print the misses that are held harmless, too")
    ask.add_argument("--only", default="", help="the command lines with this word alone")
    ask.add_argument("tools", nargs="+", choices=sorted(tools), help="whose cases are run")
    return ask


def programs(asked: argparse.Namespace) -> str:
    """PATH, with the folder of the tool first."""
    return ":".join(filter(None, (asked.path, os.environ["PATH"])))


def compare(case: Case, line: str, env: Mapping[str, str], asked: argparse.Namespace, told: Mapping[str, str]) -> bool:
    """Run one line; print it, and say whether all is well. Of the environment dfopt is told `told`."""
    with tempfile.TemporaryDirectory() as home:
        seen = trace(dict(case.files), line, case.setup, {"HOME": home, **env})
    texts = {posixpath.normpath(n): t for n, t in case.files.items() if n.startswith("..")} | seen.texts
    answer = effects_of(line, {place(n): moved(t) for n, t in texts.items()}, cwd=APP, env=told)
    found, passed = [], []
    if answer.doubt is None:
        for each in sorted(map(" ".join, missed(seen, texts, answer))):
            (passed if re.fullmatch(case.harmless, each) else found).append(each)
        unread = [n for n in sorted(texts) if not among(answer.reads | answer.probes, n) and not listed(answer, posixpath.dirname(n) or ".")]
        groups = [unread, *([n] for n in unread if asked.remove)] if unread else []
        found += map(" ".join, needed(case, line, env, groups)) if groups else ()
    odd = case.fails is not None and bool(seen.code) != case.fails
    print("MISSED" if found else "FAILED" if odd else "ok", seen.code, line, f"DOUBT {answer.doubt}" if answer.doubt else "")
    for each in found + [f"harmless: {each}" for each in passed if asked.looks]:
        print("   ", each)
    if odd:
        print("   ", "\n    ".join(seen.output.strip().splitlines()[-12:]), flush=True)
    return not found and not odd


def compare_all(cases: Iterable[Case], env: Mapping[str, str], asked: argparse.Namespace, told: Mapping[str, str] | None = None) -> None:
    """Run the lines that are asked for; the exit code says whether all is well."""
    lines = [(case, line) for case in cases for line in case.lines if asked.only in line]
    well = [compare(case, line, env, asked, told or {}) for case, line in lines]
    if not all(well):
        raise SystemExit(1)
