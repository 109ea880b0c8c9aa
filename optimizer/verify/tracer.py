"""A Dockerfile in which each RUN runs under strace: SHELL ["/bin/sh", "-c"] -> SHELL [strace, "/bin/sh", "-c"].

strace, its libraries and its loader are the machine's own, in one folder of the image, so it runs
on whatever the base is. It writes a log a process; a stage at the end gathers them. Tracing one's
own children needs no privilege: Docker's default profile allows `ptrace` on Linux 4.8 and later.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from optimizer.dockerfile.instructions import Run
from optimizer.dockerfile.stages import needed
from optimizer.effects.step import Step
from optimizer.errors import UserError
from optimizer.graph.plan import Plan
from optimizer.verify.running import FailedError, answer

FOLDER = "/.dfopt-trace"
TOOL = f"FROM scratch\nCOPY . {FOLDER}\n"
LAST = "dfopt-traced"
_LOADER, _LIBRARIES, _PROGRAM, _OUT = "loader", "lib", "strace", "out"
_LIBRARY = re.compile(rb"^\s*(?:(?P<name>\S+) => )?(?P<path>/\S+) \(0x", re.MULTILINE)
_FLAGS = (
    "-ff", "-y", "-ttt", "--seccomp-bpf", "-s", "4096", "-e", "signal=none",
    "-e", "trace=%file,%process,getdents64,connect,fchdir",
)  # fmt: skip


def lay_out(folder: Path) -> bool:
    """Put strace with all that it needs into a folder; whether it stands alone.

    Raises:
        UserError: It is not here.
    """
    found = shutil.which("strace")
    if found is None:
        raise UserError("trace needs strace on this machine (Debian: apt-get install strace)")
    try:
        needs = [
            (m["name"], m["path"].decode()) for m in _LIBRARY.finditer(answer(["ldd", found], {}))
        ]
    except FailedError:
        needs = []  # it stands alone
    (folder / _LIBRARIES).mkdir()
    (folder / _OUT).mkdir()
    (folder / _OUT).chmod(0o777)  # a RUN may be another user's
    shutil.copy(found, folder / _PROGRAM)
    for name, path in needs:
        target = folder / _LIBRARIES / Path(path).name if name else folder / _LOADER
        shutil.copy(path, target)
    return not needs


def prefix(step: Step, *, alone: bool) -> list[str]:
    """The words in front of what a RUN runs; `alone` if strace needs no loader."""
    start = [f"{FOLDER}/{_PROGRAM}"]
    if not alone:
        start = [f"{FOLDER}/{_LOADER}", "--library-path", f"{FOLDER}/{_LIBRARIES}", *start]
    return [*start, *_FLAGS, "-o", f"{FOLDER}/{_OUT}/{step.instruction.line}"]


def wrapped(plan: Plan, image: str, target: str | None, *, alone: bool) -> str:
    """The Dockerfile with each RUN traced; its stage LAST holds the logs, by stages.

    Args:
        plan: The Dockerfile.
        image: The image that holds strace.
        target: The stage whose steps are wanted; None is the last.
        alone: Whether strace needs no loader.
    """
    source = plan.source
    lines = list(source.lines)
    found = tuple(stage.stage for stage in plan.stages)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += source.newline
    for stage in plan.stages:
        last = stage.stage.start.end - 1
        if stage.stage.base_stage is None:
            lines[last] += f"COPY --from={image} {FOLDER} {FOLDER}{source.newline}"
        for step in stage.steps:
            if isinstance(step.typed, Run):
                _wrap(lines, step, step.typed, alone=alone)
    ends = [f"COPY --from={at} {FOLDER}/{_OUT} /{at}" for at in sorted(needed(found, target))]
    return "".join(lines) + "\n".join([f"FROM scratch AS {LAST}", *ends, ""])


def _wrap(lines: list[str], step: Step, run: Run, *, alone: bool) -> None:
    at = step.instruction
    before = prefix(step, alone=alone)
    if run.argv is None:
        shell = json.dumps([*before, *step.state.shell])
        lines[at.start] = f"SHELL {shell}\n{lines[at.start]}"
        return
    flags = "".join(f"--{n} " if v is None else f"--{n}={v} " for n, v in at.flags)
    lines[at.start] = f"RUN {flags}{json.dumps([*before, *run.argv])}\n"
    lines[at.start + 1 : at.end] = [""] * (at.end - at.start - 1)
