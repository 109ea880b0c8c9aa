"""What dfopt would have to be taught to understand a RUN, by what its commands were seen to do.

A command is proposed if the RUN is understood with it, or held back by something else, and not
without. It is proposed with all of its arguments: with others it may do something else.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from optimizer.effects.model import Patterns, tree
from optimizer.graph.plan import Plan
from optimizer.settings import Taught
from optimizer.verify.strace import Event, Trace
from optimizer.verify.tracer import FOLDER
from optimizer.verify.tracing import Traced

# The tools of the machine, that a command reads as every other does (`effects.ambient`).
_SYSTEM = Patterns(
    f"{place}/**"
    for place in "/usr /bin /sbin /lib /lib32 /lib64 /etc /proc /sys /dev /run /tmp /var".split()
)
_NOWHERE = Patterns(f"{place}/**" for place in ("/proc", "/sys", "/dev", FOLDER))
_WRITES = frozenset({"write", "make", "mode"})
# More names than so many below one folder are the folder.
_MANY = 8
_TRIED = 200


@dataclass(frozen=True)
class Suggestion:
    """A command that could be taught.

    Attributes:
        line: Of the RUN that it would help.
        taught: What it was seen to do.
        listed: Where it runs and above, the folders whose names it read. Such a look around says
            little (bundlers look for settings up to `/`), but a command may go through them all.
    """

    line: int
    taught: Taught
    listed: tuple[str, ...] = ()


def suggestions(
    traced: Sequence[Traced], understand: Callable[[tuple[Taught, ...]], Plan]
) -> tuple[Suggestion, ...]:
    """The commands to teach.

    Args:
        traced: The RUNs as they ran.
        understand: Makes the plan again, with commands that are taught.
    """
    found: list[Suggestion] = []
    for each in traced:
        doubt = each.step.effects.doubt
        tried: set[tuple[str, ...]] = set()
        for run in _commands(each.trace):
            if doubt is None or len(tried) == _TRIED:
                break
            if run.words in tried or not _simple(run.words):
                continue
            tried.add(run.words)
            known = tuple(s.taught for s in found)
            events = list(each.trace.below(run))
            taught = _taught(run, events)
            now = _doubt(understand((*known, taught)), each.step.instruction.line)
            if now != doubt:
                around = {e.path for e in events if e.kind == "list" and _above(e.path, run.cwd)}
                found.append(Suggestion(each.step.line, taught, tuple(sorted(around))))
                doubt = now
    return tuple(found)


def _commands(trace: Trace) -> Iterator[Event]:
    """What was run, but the RUN's own shell; what was run by others first.

    So it is the one that dfopt does not know, and not a script that it follows to there.
    """
    runs = [e for e in trace.events if e.kind == "run"]
    yield from sorted(runs[1:], key=lambda e: (-trace.depth(e.process), e.at))


def _simple(words: tuple[str, ...]) -> bool:
    """Whether the settings can name it: they split at blanks."""
    return bool(words) and all(word and not set(word) & set(" \t\n") for word in words)


def _doubt(plan: Plan, line: int) -> str | None:
    steps = (step for stage in plan.stages for step in stage.steps)
    return next(s.effects.doubt for s in steps if s.instruction.line == line)


def _taught(run: Event, events: Sequence[Event]) -> Taught:
    """A command by what it was seen to do."""
    written = [e for e in events if e.kind in _WRITES and e.path not in _NOWHERE]
    own = Patterns(tree(e.path) for e in written if e.kind == "make")
    listed = {e.path for e in events if e.kind == "list"}
    read = {e.path for e in _before(events, "read") if not _above(e.path, run.cwd)} - listed
    absent = {e.path for e in _before(events, "absent")}
    reads = _folded({p for p in read | absent if p not in _SYSTEM and p not in own}, run.cwd)
    reads |= {
        tree(p) for p in listed if p not in _SYSTEM and p not in own and not _above(p, run.cwd)
    }
    writes = _folded({e.path for e in written if e.kind != "make"}, run.cwd)
    writes |= {tree(e.path) for e in written if e.kind == "make"}
    asked = {p for p in reads if p in absent}
    return Taught(
        run.words,
        tuple(_names(reads - asked, run.cwd)),
        tuple(_names(writes, run.cwd)),
        tuple(_names(asked, run.cwd)),
        network=any(e.kind == "connect" for e in events),
        seconds=round(max(e.at for e in events) - run.at, 1),
    )


def _above(folder: str, cwd: str) -> bool:
    return folder == "/" or f"{cwd}/".startswith(f"{folder}/")


def _before(events: Sequence[Event], kind: str) -> Iterator[Event]:
    """Events of a kind, at paths that the command had not written by then."""
    written: set[str] = set()
    for event in events:
        if event.kind == "write":
            written.add(event.path)
        elif event.kind == kind and event.path not in written:
            yield event


def _folded(paths: Iterable[str], cwd: str) -> set[str]:
    """Paths, and a folder for what has many of them in it."""
    groups: dict[str, set[str]] = defaultdict(set)
    for path in paths:
        groups[_group(path, cwd)].add(path)
    found: set[str] = set()
    for group, names in groups.items():
        if group and len(names) > _MANY:
            found.add(posixpath.commonpath([posixpath.dirname(n) for n in names]) + "/**")
        else:
            found |= names
    return found


def _group(path: str, cwd: str) -> str:
    """The folder below `cwd`, or elsewhere the folder itself, that a path counts for."""
    prefix = cwd.rstrip("/") + "/"
    if not path.startswith(prefix):
        return posixpath.dirname(path)
    first, slash, _ = path[len(prefix) :].partition("/")
    return prefix + first if slash else ""


def _names(paths: set[str], cwd: str) -> Iterator[str]:
    """In order, without what stands below another; relative to where the command runs."""
    trees = sorted(p for p in paths if p.endswith("/**"))
    prefix = cwd.rstrip("/") + "/"
    for path in sorted(paths):
        above = (t for t in trees if t != path)
        if not any(path.startswith(t[:-2]) or path == t[:-3] for t in above):
            yield path.removeprefix(prefix)
