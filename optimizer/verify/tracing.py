"""What the RUNs of a Dockerfile really read of the build context, beside what is inferred."""

from __future__ import annotations

import posixpath
import re
import tarfile
import tempfile
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from optimizer.context.ignore import Rules
from optimizer.dockerfile.stages import needed as needed_stages
from optimizer.effects.model import Patterns, tree
from optimizer.effects.step import Step
from optimizer.errors import UserError
from optimizer.graph.edges import needed
from optimizer.graph.plan import Plan, StagePlan
from optimizer.verify import tracer
from optimizer.verify.builder import Builder
from optimizer.verify.order import Order, Version, failure, put_away, written
from optimizer.verify.running import FailedError
from optimizer.verify.strace import Event, Trace, read_trace

KINDS = ("docker", "buildx")
_LOG = re.compile(r"^(?:\./)?(?P<stage>\d+)/(?P<line>\d+)\.(?P<process>\d+)$")
_FORBIDDEN = re.compile(r"strace: .*(?:PTRACE|ptrace|seccomp).*")


@dataclass(frozen=True)
class Traced:
    """A RUN as it ran.

    Attributes:
        step: The RUN.
        trace: What it did.
        read: Context files that it read, or ran, before it had changed them.
        inferred: Those that it is taken to depend on; all, if it is not understood.
        looked: Others whose presence, size or mode it asked for.
        named: Others whose folder's names it read.
        lists: Directories of the image with context files in them whose names it read, and which
            it is not taken to list.
        absent: Context paths that it looked for, and which are not there, unless inferred.
    """

    step: Step
    trace: Trace
    read: frozenset[str]
    inferred: frozenset[str]
    looked: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()

    @property
    def missed(self) -> frozenset[str]:
        """What it read and is not taken to."""
        return self.read - self.inferred

    @property
    def extra(self) -> frozenset[str]:
        """What it is taken to depend on, and neither read nor asked for, be it by a listing."""
        return self.inferred - self.read - self.looked - self.named


def trace(
    builder: Builder, plan: Plan, order: Order, tell: Callable[[str], None]
) -> tuple[Traced, ...]:
    """Build once, without the layer cache, with each RUN traced; nothing is left of the images.

    Raises:
        UserError: There is no strace, the file does not build, or no step may be traced.
    """
    if builder.kind not in KINDS:
        raise UserError(f"trace builds with {', '.join(KINDS)}; {builder.kind} is none of them")
    name = f"dfopt-trace-{uuid.uuid4().hex[:12]}"
    tags = [f"{name}:tool", f"{name}:logs"]
    with put_away(builder, tags, name), tempfile.TemporaryDirectory(prefix="dfopt-trace-") as at:
        folder = Path(at)
        (folder / "tool").mkdir()
        alone = tracer.lay_out(folder / "tool")
        tool = written(folder / "recipe", Version(tracer.TOOL, None), Order(folder / "tool"))
        text = tracer.wrapped(plan, tags[0], order.target, alone=alone)
        version = Version(text, plan.given.files.rules)
        traced = written(folder / "traced", version, replace(order, target=tracer.LAST))
        try:
            for recipe, tag in ((tool, tags[0]), (traced, tags[1])):
                tell("building with each RUN traced" if tag == tags[1] else "bringing strace")
                builder.build(recipe, tag, order.timeout, lambda step: tell(f"  {step}"))
        except FailedError as error:
            raise UserError(_why(error)) from None
        with builder.exported(tags[1]) as stream:
            logs = _logs(stream, folder / "logs")
        return tuple(_traced(plan, logs, order.target))


def _why(error: FailedError) -> str:
    for line in error.lines:
        if found := _FORBIDDEN.search(line):
            return f"the builder lets no step be traced: {found[0]}"
    return f"the file does not build under trace: {failure(error)}"


def _logs(stream: IO[bytes], folder: Path) -> dict[int, dict[int, Path]]:
    """Line of a RUN -> process -> its log; a stage that continues another has its logs, too."""
    folder.mkdir()
    found: dict[int, dict[int, Path]] = defaultdict(dict)
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            name = _LOG.match(member.name)
            file = archive.extractfile(member) if name and member.isreg() else None
            if name and file is not None:
                path = folder / f"{name['line']}.{name['process']}"
                path.write_bytes(file.read())
                found[int(name["line"])][int(name["process"])] = path
    while stream.read(1 << 20):
        pass
    return found


@dataclass
class _Stage:
    """What the steps of a stage have done so far.

    Attributes:
        origins: Path in the image -> path in the context.
        copies: The copies of the context.
        changed: What a RUN has written.
    """

    origins: dict[str, str] = field(default_factory=dict)
    copies: list[Step] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)

    def child(self) -> _Stage:
        """For a stage that continues this one."""
        return _Stage(dict(self.origins), list(self.copies), set(self.changed))

    def copied(self, step: Step) -> None:
        """A COPY or ADD from the context."""
        assert step.copying is not None  # noqa: S101 - the caller has looked
        self.copies.append(step)
        self.origins |= step.copying.atoms
        self.changed -= step.copying.atoms.keys()


def _traced(
    plan: Plan, logs: Mapping[int, Mapping[int, Path]], target: str | None
) -> Iterator[Traced]:
    wanted = needed_stages(tuple(s.stage for s in plan.stages), target)
    done: dict[int, _Stage] = {}
    for stage in plan.stages:
        if stage.stage.index in wanted:
            base = stage.stage.base_stage
            done[stage.stage.index] = here = _Stage() if base is None else done[base].child()
            yield from _stage(stage, here, logs)


def _stage(
    stage: StagePlan, here: _Stage, logs: Mapping[int, Mapping[int, Path]]
) -> Iterator[Traced]:
    for step in stage.steps:
        if step.copying is not None:
            here.copied(step)
        elif step.keyword == "RUN":
            files = logs.get(step.instruction.line, {})
            lines = {process: _lines(path) for process, path in files.items()}
            trace = read_trace(lines, step.state.cwd or "/")
            yield _compared(step, here, trace)
            here.changed |= {e.path for e in trace.events if e.kind == "write"}


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", errors="surrogateescape") as file:
        yield from file


def _compared(step: Step, here: _Stage, trace: Trace) -> Traced:
    inferred: set[str] = set()
    for copy in here.copies:
        assert copy.copying is not None  # noqa: S101 - only such are kept
        inferred |= {copy.copying.atoms[p] for p in needed(copy, step)}
    read = _context(trace.events, "read", here)
    doubtful = step.effects.doubt is not None
    listed = {e.path for e in trace.events if e.kind == "list"}
    return Traced(
        step, trace, read, frozenset(inferred),
        _context(trace.events, "look", here) - read,
        frozenset(here.origins[p] for p in here.origins if posixpath.dirname(p) in listed),
        frozenset() if doubtful else _lists(step, here, trace.events),
        frozenset() if doubtful else _absent(step, here, trace.events),
    )  # fmt: skip


def _context(events: Iterable[Event], kind: str, here: _Stage) -> frozenset[str]:
    """The context files that events of a kind met as the copies have left them."""
    changed = set(here.changed)
    found = set()
    for event in events:
        if event.kind == kind and event.path in here.origins and event.path not in changed:
            found.add(here.origins[event.path])
        elif event.kind == "write":
            changed.add(event.path)
    return frozenset(found)


def _lists(step: Step, here: _Stage, events: Iterable[Event]) -> frozenset[str]:
    folders = {posixpath.dirname(path) for path in here.origins}
    known = Patterns(step.effects.reads)
    return frozenset(
        e.path
        for e in events
        if e.kind == "list" and e.path in folders
        and e.path not in step.effects.lists and tree(e.path) not in step.effects.reads
        and f"{e.path}/?" not in known
    )  # fmt: skip


def _absent(step: Step, here: _Stage, events: Sequence[Event]) -> frozenset[str]:
    known = Patterns(step.effects.probes | step.effects.reads | step.effects.writes)
    own = {e.path for e in events if e.kind in {"write", "make"}} | here.changed
    changed = Patterns(own | {f"{path}/**" for path in own})
    found: set[str] = set()
    for path in {e.path for e in events if e.kind == "absent"}:
        if path not in known and path not in changed:
            found |= {place for copy in here.copies if (place := _place(copy, path))}
    return frozenset(found)


def _place(copy: Step, path: str) -> str | None:
    """Where the context would have to have a file for a copy to bring it to a path."""
    assert copy.copying is not None  # noqa: S101 - only such are kept
    for placed in copy.copying.placements:
        found = placed.context_path(path) if placed.directory else None
        if found and not Rules(copy.copying.files.rules or "").ignores(found):
            return found
    return None
