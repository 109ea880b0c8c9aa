"""What a traced step did, read from the logs of `strace -ff -y -ttt`, one file a process."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

_LINE = re.compile(
    r"^(?P<at>\d+\.\d+) (?P<call>\w+)\((?P<args>.*)\) += (?P<result>-?\d+)"
    r"(?:<(?P<path>.*?)(?:\(deleted\))?>)?(?: (?P<error>E[A-Z]+))?"
)
# A path, with the directory that it is relative to; `-y` shows where a descriptor leads.
_PATH = re.compile(r'(?:(?:AT_FDCWD|\d+)<(?P<at>[^>]*)>, )?"(?P<text>(?:[^"\\]|\\.)*)"')
_HERE = re.compile(r"\bAT_FDCWD<(?P<cwd>[^>]*)>")
_DIRECTORY = re.compile(r"^\d+<(?P<path>[^>]*)>")
_OPEN = frozenset("open openat openat2 creat".split())
_LOOK = frozenset("stat lstat newfstatat statx access faccessat faccessat2 statfs".split())
_LINK = frozenset("readlink readlinkat".split())
_EXEC = frozenset("execve execveat".split())
_FORK = frozenset("clone clone3 fork vfork".split())
_CHANGE = frozenset(
    "rename renameat renameat2 unlink unlinkat rmdir mkdir mkdirat link linkat symlink symlinkat"
    " mknod mknodat truncate".split()
)
_MODE = frozenset(
    "chmod fchmodat fchmodat2 chown lchown fchownat utimensat utime utimes"
    " setxattr lsetxattr removexattr lremovexattr".split()
)
_GONE = frozenset({"ENOENT", "ENOTDIR"})


@dataclass(frozen=True)
class Event:
    """One thing that a process did.

    Attributes:
        at: When, in seconds since 1970.
        process: Its number.
        kind: `read`, `list`, `look`, `absent`, `write`, `make` (a directory), `mode` (or owner),
            `run` or `connect`.
        path: The path, clean; "" for `connect`.
        words: Of `run`, the command line.
        cwd: Where the process is.
    """

    at: float
    process: int
    kind: str
    path: str = ""
    words: tuple[str, ...] = ()
    cwd: str = "/"


@dataclass
class Trace:
    """All processes of a step.

    Attributes:
        events: What they did, in the order of time.
        parents: Process -> who made it, and when.
    """

    events: list[Event] = field(default_factory=list)
    parents: dict[int, tuple[int, float]] = field(default_factory=dict)

    def below(self, run: Event) -> Iterator[Event]:
        """What a program did from its start on, and those that it started."""
        return (e for e in self.events if e.at >= run.at and self._within(e, run))

    def depth(self, process: int) -> int:
        """How many processes stand above one."""
        depth = 0
        while process in self.parents:
            process, depth = self.parents[process][0], depth + 1
        return depth

    def _within(self, event: Event, run: Event) -> bool:
        process, at = event.process, event.at
        while process != run.process and process in self.parents:
            process, at = self.parents[process]
        return process == run.process and at >= run.at


def read_trace(logs: Mapping[int, Iterable[str]], cwd: str) -> Trace:
    """The trace of a step: process -> the lines of its log. The first of them starts in `cwd`."""
    trace = Trace()
    found = {process: list(_calls(lines)) for process, lines in logs.items()}
    for process, calls in found.items():
        for call in calls:
            if call["call"] in _FORK and int(call["result"]) > 0:
                trace.parents[int(call["result"])] = (process, float(call["at"]))
    places: dict[int, dict[float, str]] = {}
    for process in sorted(found, key=trace.depth):
        places[process] = {}
        here = _place(trace.parents.get(process), places, cwd)
        for call in found[process]:
            here = _moved(call, here)
            places[process][float(call["at"])] = here
            trace.events += _events(call, process, here)
    trace.events.sort(key=lambda e: e.at)
    return trace


def _calls(lines: Iterable[str]) -> Iterator[re.Match[str]]:
    return (found for line in lines if (found := _LINE.match(line)))


def _place(parent: tuple[int, float] | None, places: dict[int, dict[float, str]], cwd: str) -> str:
    """Where a process starts: where its parent was."""
    if parent is None:
        return cwd
    before = [place for at, place in places.get(parent[0], {}).items() if at <= parent[1]]
    return before[-1] if before else cwd


def _moved(call: re.Match[str], here: str) -> str:
    if said := _HERE.search(call["args"]):
        return said["cwd"]
    if call["call"] == "chdir" and call["result"] == "0":
        return next(_paths(call, here), here)
    if call["call"] == "fchdir" and (found := _DIRECTORY.match(call["args"])):
        return found["path"]
    return here


def _events(call: re.Match[str], process: int, here: str) -> Iterator[Event]:
    at, name = float(call["at"]), call["call"]
    if name == "connect":
        if "AF_INET" in call["args"]:
            yield Event(at, process, "connect", cwd=here)
        return
    if name == "getdents64":
        if found := _DIRECTORY.match(call["args"]):
            yield Event(at, process, "list", found["path"], cwd=here)
        return
    paths = list(_paths(call, here))
    if call["error"] in _GONE:
        yield from (Event(at, process, "absent", path, cwd=here) for path in paths[:1])
    elif call["error"] is None and paths:
        yield from _done(call, Event(at, process, "", paths[0], cwd=here), paths)


def _done(call: re.Match[str], event: Event, paths: list[str]) -> Iterator[Event]:
    """What a call did that succeeded."""

    def of(kind: str, path: str, words: tuple[str, ...] = ()) -> Event:
        return Event(event.at, event.process, kind, path, words, event.cwd)

    name = call["call"]
    if name in _OPEN:
        yield from (of(kind, path) for kind, path in _opened(call, paths[0]))
    elif name in _EXEC:
        texts = [_text(found["text"]) for found in _PATH.finditer(call["args"])]
        yield of("run", paths[0], tuple(texts[1:]))
        yield of("read", paths[0])
    elif name in _LINK:
        yield of("read", paths[0])
    elif name in _LOOK:
        yield of("look", paths[0])
    elif name in {"link", "linkat"}:
        yield of("read", paths[0])
        yield from (of("write", path) for path in paths[1:])
    elif name in {"symlink", "symlinkat"}:  # the first is what it holds
        yield from (of("write", path) for path in paths[1:])
    elif name in {"mkdir", "mkdirat"}:
        yield of("make", paths[0])
    elif name in _MODE:
        yield of("look", paths[0])  # it has to be there
        yield of("mode", paths[0])
    elif name in _CHANGE:
        yield from (of("write", path) for path in paths)


def _opened(call: re.Match[str], asked: str) -> Iterator[tuple[str, str]]:
    """A file that was opened, by the name that was asked for and by its own."""
    flags = call["args"][call["args"].rfind('"') :]
    names = dict.fromkeys((asked, call["path"] or asked))
    if "O_PATH" in flags:
        yield "look", asked
        return
    if call["call"] == "creat" or "O_WRONLY" in flags or "O_RDWR" in flags:
        kept = "O_TRUNC" not in flags and "O_EXCL" not in flags and call["call"] != "creat"
        if kept and "O_RDWR" in flags:
            yield from (("read", name) for name in names)
        yield from (("write", name) for name in names)
    else:
        yield from (("read", name) for name in names)


def _paths(call: re.Match[str], here: str) -> Iterator[str]:
    for found in _PATH.finditer(call["args"]):
        text = _text(found["text"])
        if text and "://" not in text:  # pip asks of a URL whether it is a folder
            yield posixpath.normpath(posixpath.join(found["at"] or here, text)).replace("//", "/")
        if call["call"] in _EXEC:
            return  # what follows are the words


def _text(quoted: str) -> str:
    """A string as C writes it."""
    data: bytes = ast.literal_eval(f'b"{quoted}"')
    return data.decode("utf-8", "surrogateescape")
