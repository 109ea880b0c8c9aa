"""What must come before what, and why (BUILDKIT.md 10.1 and 10.2)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from optimizer.dockerfile.instructions import Arg, Copy, Env, Workdir
from optimizer.effects.model import (
    NOTHING,
    Effects,
    Paths,
    Patterns,
    covers,
    is_tree,
    meeting,
    tree,
)
from optimizer.effects.step import Step
from optimizer.graph.plan import StagePlan

_FILE_STEPS = frozenset({"RUN", "COPY", "ADD", "WORKDIR"})
_COPIES = frozenset({"COPY", "ADD"})
_VARIABLES = frozenset({"ENV", "ARG"})
# Observed by nearly every program, whatever it is asked to do.
_ALWAYS_OBSERVED = frozenset(
    [
        "PATH",
        "HOME",
        "LANG",
        "LANGUAGE",
        "LC_ALL",
        "LD_PRELOAD",
        "LD_LIBRARY_PATH",
        "TZ",
        "SHELL",
        "IFS",
        "ENV",
        "BASH_ENV",
        "TMPDIR",
    ]
)


@dataclass(frozen=True)
class Reason:
    """Why one step stands behind another.

    Attributes:
        because: In words, for the report.
        needs: If the only reason is that the later step needs files that the earlier brings:
            their image paths. None for any other reason.
        anchored: It falls away if a part of the earlier step stays in its place and makes the
            same directories.
        relative: It falls away if the destination is written as an absolute path.
    """

    because: str
    needs: Paths | None = None
    anchored: bool = False
    relative: bool = False


def needed(copy: Step, run: Step) -> Paths:
    """The image paths that `copy` brings from the context and `run` depends on."""
    assert copy.copying is not None  # noqa: S101 - callers ask for copies of the context only
    effects = run.effects
    if effects.doubt is not None:
        return frozenset(copy.copying.atoms)
    patterns = effects.asked
    found = patterns.among(copy.copying.atoms.keys(), copy.copying.destination)
    # A link (or a file) above what is asked for is on the way to it.
    for path in patterns.exact | patterns.roots:
        if path.startswith(copy.copying.destination):
            found |= {a for a in _ancestors(path) if a in copy.copying.atoms}
    # Who asks for a directory asks whether it is there: something has to make it be there.
    asked = (patterns.exact | parents(effects)) & copy.copying.folders
    asked -= _ancestors(copy.copying.destination)
    for folder in sorted(asked, key=len, reverse=True):
        below = folder + "/"
        if not any(t.startswith(below) for t in found):
            found |= {t for t in copy.copying.atoms if t.startswith(below)}
    for folder in effects.lists:
        found |= set(_entries(copy.copying.atoms, folder, frozenset(found)))
    return frozenset(found)


def _entries(atoms: Iterable[str], folder: str, wanted: Paths) -> Iterator[str]:
    """What makes a listing of the folder the same: its files, and something of each folder in it."""
    prefix = folder.rstrip("/") + "/"
    there = {w[len(prefix) :].split("/")[0] for w in wanted if w.startswith(prefix)}
    yield from (
        a for a in atoms if a.startswith(prefix) and a[len(prefix) :].split("/")[0] not in there
    )


def parents(effects: Effects) -> Paths:
    """The directories that a step writes into: most programs fail where one is missing."""
    return NOTHING.union(*(_above(w) for w in effects.writes))


@lru_cache(maxsize=1 << 16)
def _above(written: str) -> frozenset[str]:
    """The directories on the way to what is written."""
    return _ancestors(posixpath.dirname(written.removesuffix("**").rstrip("/")))


@lru_cache(maxsize=1 << 16)
def _ancestors(path: str) -> frozenset[str]:
    parts = path.split("/")
    return frozenset("/".join(parts[:n]) or "/" for n in range(1, len(parts) + 1))


def reason(first: Step, second: Step) -> Reason | None:
    """Why `second` has to stay behind `first`; None if the two may change places."""
    kinds = (first.keyword, second.keyword)
    if kinds[0] in _VARIABLES or kinds[1] in _VARIABLES:
        return _variables(first, second)
    if "USER" in kinds or "SHELL" in kinds:
        return _user_or_shell(first, second)
    if kinds[0] in _FILE_STEPS and kinds[1] in _FILE_STEPS:
        return _files(first, second)
    if kinds[0] == kinds[1] or {"CMD", "ENTRYPOINT"} == set(kinds):
        return Reason(f"the order of {kinds[0]} and {kinds[1]} shows in the image's configuration")
    return None


def _variables(first: Step, second: Step) -> Reason | None:
    for one, other, behind in ((first, second, True), (second, first, False)):
        if one.keyword not in _VARIABLES:
            continue
        names = _names(one)
        shared = names & (other.uses | (_names(other) if other.keyword in _VARIABLES else NOTHING))
        if shared:
            verb = "uses" if behind else "is used before it is set again by"
            return Reason(
                f"line {other.line} {verb} {', '.join(sorted(shared))} of line {one.line}"
            )
        if other.keyword == "RUN" and (seen := observed(other, names)):
            return Reason(f"line {other.line} {seen}")
    if first.keyword == second.keyword == "ENV":
        return Reason("the order of ENV shows in the image's configuration")
    return None


def _names(step: Step) -> frozenset[str]:
    if isinstance(step.typed, (Env, Arg)):
        return frozenset(name for name, _ in step.typed.pairs)
    return NOTHING


def observed(run: Step, names: frozenset[str]) -> str | None:
    """How a RUN may observe one of the variables; None if it cannot."""
    if run.effects.doubt is not None:
        return f"may see {', '.join(sorted(names))}: {run.effects.why}"
    text = run.instruction.text
    for name in sorted(names):
        if name in _ALWAYS_OBSERVED or name in text:
            return f"uses {name}"
        for pattern in run.effects.variables:
            if pattern == name or (pattern.endswith("*") and name.startswith(pattern[:-1])):
                return f"may see {name}"
    return None


def _user_or_shell(first: Step, second: Step) -> Reason | None:
    kinds = {first.keyword, second.keyword}
    if len(kinds) == 1:
        return Reason(f"the last {first.keyword} counts")
    other = second if first.keyword in {"USER", "SHELL"} else first
    name = (kinds - {other.keyword}).pop() if other.keyword in kinds else "USER"
    if "USER" in kinds:
        if other.keyword == "RUN":
            return Reason(f"line {other.line} runs as the USER")
        if other.keyword == "WORKDIR" and other.effects.writes:
            return Reason(f"line {other.line} makes a directory that belongs to the USER")
        return None
    if other.keyword in {"RUN", "CMD", "ENTRYPOINT"} and other.instruction.json is None:
        return Reason(f"line {other.line} runs in the {name}")
    return None


def _files(first: Step, second: Step) -> Reason | None:
    if first.keyword in _COPIES and second.keyword in _COPIES:
        return _two_copies(first, second)
    if "WORKDIR" in {first.keyword, second.keyword}:
        return _workdir(first, second)
    if first.keyword in _COPIES and first.copying is not None:
        return _copy_run(first, second)
    if second.keyword in _COPIES and second.copying is not None:
        back = _copy_run(second, first)
        return None if back is None else Reason(back.because)
    return _effects(first.effects, second.effects, first.line, second.line)


def _copy_run(copy: Step, run: Step) -> Reason | None:
    """The two hazards of a copy of the context and a RUN: what it needs, what it changes."""
    copying, effects = copy.copying, run.effects
    assert copying is not None  # noqa: S101 - see `needed`
    if effects.doubt is not None:
        return Reason(f"line {run.line} is not understood: {effects.why}")
    clash = next(_clashes(copy, effects), None)
    if clash is not None:
        because = f"line {run.line} changes {clash}, which line {copy.line} brings"
        return Reason(because + _advice(clash))
    wanted = needed(copy, run)
    asked = (_ancestors(copying.destination) & copy.made) & (
        effects.probes | effects.reads | effects.lists | parents(effects)
    )
    bare = sorted(a for a in asked if not any(covers(tree(a), w) for w in wanted))
    if bare:
        because = f"line {run.line} needs the directory {bare[0]}, which line {copy.line} makes"
        return Reason(because, anchored=True)
    if not wanted:
        made = _first_maker(copy, run)
        return (
            Reason(f"line {run.line} may make {made} first, with another owner", anchored=True)
            if made
            else None
        )
    shown = ", ".join(copying.atoms[w] for w in sorted(wanted)[:3]) + (
        " ..." if len(wanted) > 3 else ""
    )
    return Reason(f"line {run.line} reads {shown}", wanted)


def _advice(path: str) -> str:
    """What to do about a repository that a copy brings: a build seldom needs it."""
    folder, found, _ = f"/{path}".partition("/.git/")
    return f"; add {f'{folder}/.git'[1:]} to .dockerignore if it does not belong there" if found else ""


def _clashes(copy: Step, effects: Effects) -> Iterator[str]:
    copying = copy.copying
    assert copying is not None  # noqa: S101 - see `needed`
    changed = effects.changed
    met = changed.among(copying.atoms.keys(), copying.destination)
    yield from (path for target, path in copying.atoms.items() if target in met)
    top = _ancestors(copying.destination)
    modes = Patterns(
        effects.metadata | effects.deletes | frozenset(w for w in effects.writes if is_tree(w))
    )
    yield from (f for f in sorted(copying.folders - top) if f in modes)
    # A name in --chown is looked up in the image's own accounts.
    if copying.owner and not copying.owner.replace(":", "").isdigit():
        yield from sorted(effects.writes & {"/etc/passwd", "/etc/group"})


def _first_maker(copy: Step, run: Step) -> str | None:
    """A directory that both may make: who makes it first gives it its owner and mode."""
    copying = copy.copying
    assert copying is not None  # noqa: S101 - see `needed`
    if run.state.root and not copying.owner and not copying.mode:
        return None
    writes = [w.removesuffix("/**") for w in run.effects.writes]
    return next((m for m in sorted(copy.made) if any(covers(tree(m), w) for w in writes)), None)


def _two_copies(first: Step, second: Step) -> Reason | None:
    if first.copying is None or second.copying is None:
        pairs = meeting(_destinations(first), _destinations(second))
        return Reason(f"both write {pairs[0][0]}") if pairs else None
    one, other = first.copying, second.copying
    shared = one.atoms.keys() & other.atoms.keys()
    same_flags = (one.owner, one.mode) == (other.owner, other.mode)
    for path in sorted(shared):
        if one.atoms[path] != other.atoms[path] or not same_flags:
            return Reason(f"both write {path}")
    if not same_flags and (both := (one.folders | first.made) & (other.folders | second.made)):
        return Reason(f"both may make {min(both)}, with different owners or modes")
    clash = (one.folders & other.atoms.keys()) | (other.folders & one.atoms.keys())
    return (
        Reason(f"{min(clash)} is a file for one and a directory for the other") if clash else None
    )


def _destinations(step: Step) -> Paths:
    if step.copying is not None:
        return frozenset({tree(step.copying.destination)})
    return step.effects.writes


def _workdir(first: Step, second: Step) -> Reason | None:
    other = first if second.keyword == "WORKDIR" else second
    workdir = second if second.keyword == "WORKDIR" else first
    if other.keyword == "WORKDIR":
        return Reason("the last WORKDIR counts")
    if other.keyword == "RUN":
        return Reason(f"line {other.line} runs in the WORKDIR")
    relative = isinstance(other.typed, Copy) and not _absolute(other)
    if relative and (other is second or other.copying is None):
        return Reason(f"the destination of line {other.line} is relative to WORKDIR")
    if workdir.effects.doubt is not None:
        return Reason(f"line {workdir.line}: {workdir.effects.doubt}")
    owned = (
        other.copying is None
        or other.copying.owner
        or other.copying.mode
        or not workdir.state.root
    )
    makes = (workdir.effects.writes | other.made) and isinstance(workdir.typed, Workdir)
    if owned and makes and meeting(_destinations(other), workdir.effects.writes | other.made):
        return Reason(
            "who makes the directory first gives it its owner", anchored=True, relative=relative
        )
    if relative:
        return Reason(
            f"the destination of line {other.line} is relative to WORKDIR", relative=True
        )
    return None


def _absolute(step: Step) -> bool:
    assert isinstance(step.typed, Copy)  # noqa: S101 - callers ask for copies only
    written = step.typed.dest.strip("\"'")
    if written.startswith("/"):
        return True
    return step.copying is not None and written.startswith("$") and step.state.cwd is None


def _effects(first: Effects, second: Effects, line: int, later: int) -> Reason | None:
    for effects, number in ((first, line), (second, later)):
        if effects.doubt is not None:
            return Reason(f"line {number} is not understood: {effects.why}")
    seen = second.reads | second.probes | second.lists
    before = first.reads | first.probes | first.lists
    changes = (first.writes | first.metadata, second.writes | second.metadata)
    for left, right, words in (
        (changes[0], seen, "line {1} may read {2}, which line {0} changes"),
        (before, changes[1], "line {0} may read {2}, which line {1} changes"),
        (changes[0], changes[1], "lines {0} and {1} both change {2}"),
    ):
        if pairs := meeting(left, right):
            return Reason(words.format(line, later, pairs[0][0].removesuffix("/**") or "/"))
    return None


def edges(stage: StagePlan) -> Iterator[tuple[int, int, str]]:
    """(i, j, because): the indexes of steps in a stage such that i must stand before j."""
    for j, second in enumerate(stage.steps):
        for i, first in enumerate(stage.steps[:j]):
            found = reason(first, second)
            if found is not None:
                yield i, j, found.because
