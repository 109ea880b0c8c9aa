"""Hold what dfopt says of a command against what strace saw of it, and against a run with nothing else.

The project stands in `/up/app` for dfopt, and in `<temporary>/up/app` for the tool. What it opened,
looked for and listed there (and above) must be among what dfopt says is read, probed or listed;
what it left, changed or took away among what may be written. Then the command runs again with
nothing but the files that dfopt says are read: it must end and leave as with all of them, the
content included, but for what differs between two runs with all.
"""

from __future__ import annotations

import os
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

HOME = "/up/app"
_PLACE = re.compile(r"/tmp/[^\s\"'/]*/up/app")


@dataclass(frozen=True)
class Case:
    """A project and command lines.

    Attributes:
        files: Path -> text.
        lines: What is run, each in a project of its own.
        setup: What is run before, and not traced: it leaves locks and archives.
        fails: Whether the tool is to refuse the project.
        harmless: What the tool looks for, lists or opens without an effect: why stands beside the pattern.
    """

    files: Mapping[str, str]
    lines: tuple[str, ...]
    setup: str = ""
    fails: bool = False
    harmless: str = ""


def at(name: str) -> str:
    """A path relative to the project, for dfopt."""
    return os.path.normpath(f"{HOME}/{name}")


def among(paths: Iterable[str], name: str) -> bool:
    """Whether one of the paths is the one of that name, or a tree that has it."""
    return any(covers(p, at(name)) for p in paths)


def answer(line: str, seen: Seen) -> Effects:
    """What dfopt says of a line, over the files that were there."""
    texts = {at(n): _PLACE.sub(HOME, t) for n, t in seen.texts.items()}
    return effects_of(line, texts, cwd=HOME)


def missed(seen: Seen, told: Effects, harmless: str) -> Iterator[str]:
    """What was seen and not told."""
    new, gone = seen.after - seen.before, seen.before - seen.after
    for name in sorted(seen.read - new):
        if name in seen.texts and not among(told.reads | told.probes, name):
            yield f"opened {name}"
    for name in sorted(seen.probed - seen.read - new - seen.changed):
        passed = _passed(name, seen) or re.fullmatch(harmless, name)
        if not passed and not _asked(name, told):
            yield f"looked for {name}"
    for name in sorted(seen.listed & {*seen.before, "."}):
        listed = among(told.lists, name) or among(told.reads, f"{name}/x")
        if not listed and not re.fullmatch(harmless, name):
            yield f"listed {name}"
    changed = told.writes | told.metadata | {c.path for c in told.conditional}
    for name in sorted((new | gone | (seen.changed & seen.before)) - {"."}):
        deep = any(p.startswith(f"{at(name)}/") for p in changed)
        if not deep and not among(changed, name) and not re.fullmatch(harmless, name):
            yield f"wrote {name}"


def _passed(name: str, seen: Seen) -> bool:
    """A folder, of which only the way through it counts, or no file at all."""
    above = f"{HOME}/".startswith(at(name).rstrip("/") + "/")
    return above or name.startswith("pipe:") or (name in seen.before and name not in seen.texts)


def _asked(name: str, told: Effects) -> bool:
    """Whether dfopt says that something asks for it, or for a folder above it, which is not there."""
    folders = [name, *map(str, Path(name).parents)]
    if among(told.lists, str(Path(name).parent)):
        return True
    return among(told.reads | told.writes, name) or any(at(f) in told.probes for f in folders)


def ran(case: Case, line: str, env: Mapping[str, str], without: Iterable[str]) -> dict[str, str]:
    """What a line leaves, path -> content, without some of the files; with its exit code."""
    place = Path(tempfile.gettempdir(), f"held-{os.getpid()}")
    shutil.rmtree(place, ignore_errors=True)
    app = make(dict(case.files), place)
    (place / "home").mkdir()
    whole = {**os.environ, **env, "HOME": str(place / "home")}
    subprocess.run(["sh", "-ec", case.setup], cwd=app, env=whole, check=True, capture_output=True)
    for name in without:
        (app / name).unlink()
    done = subprocess.run(["sh", "-c", line], cwd=app, env=whole, check=False, capture_output=True)
    left = {
        str(p.relative_to(app)): p.read_bytes().hex() if p.is_file() else "folder"
        for p in app.rglob("*")
    }
    shutil.rmtree(place)
    return left | {"exit code": str(done.returncode)}


def needed(case: Case, line: str, env: Mapping[str, str], seen: Seen, told: Effects) -> Iterator[str]:
    """What ends otherwise without the files that dfopt says are not read."""
    used = told.reads | told.probes
    unread = [n for n in sorted(seen.texts) if not among(used, n) and at(f"{n}/..") not in told.lists]
    if not unread:
        return
    both = [ran(case, line, env, ()), ran(case, line, env, unread)]
    differing = _differing(*both, unread)
    if differing:
        differing &= _differing(both[1], ran(case, line, env, ()), unread)
        differing -= _differing(both[0], ran(case, line, env, ()), ())
    if differing:
        yield f"ends otherwise ({', '.join(sorted(differing)[:4])}, {len(differing)} in all) without {', '.join(unread)}"


def _differing(one: Mapping[str, str], other: Mapping[str, str], unread: Iterable[str]) -> set[str]:
    gone = {*unread, *(str(p) for n in unread for p in Path(n).parents)}
    return {n for n in {*one, *other} - gone if one.get(n) != other.get(n)}


def hold(case: Case, line: str, given: Mapping[str, str]) -> bool:
    """Run one line; print it, and say whether all is well."""
    with tempfile.TemporaryDirectory() as home:
        env = {**given, "HOME": home}
        seen = trace(dict(case.files), line, case.setup, env)
    told = answer(line, seen)
    found = [] if told.doubt else [*missed(seen, told, case.harmless), *needed(case, line, given, seen, told)]
    odd = bool(seen.code) != case.fails
    print("MISSED" if found else "FAILED" if odd else "doubt" if told.doubt else "ok", seen.code, line)
    for each in found:
        print("   ", each)
    if told.doubt:
        print("   ", told.doubt)
    if odd:
        print("   ", "\n    ".join(seen.output.strip().splitlines()[-12:]))
    return not found and not odd
