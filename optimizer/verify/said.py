"""What a builder said as it built: each line with its moment and the step at hand.

BuildKit says itself what a step has taken; of the others the moments of their lines tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

# A line with which a step begins, as BuildKit and as the others write it.
_STEP = re.compile(
    r"^#\d+ \[(?!internal|auth)(?P<kit>[^\]]*\d+/\d+\] .*)"
    r"|^(?:\[\d+/\d+\] )?(?:Step|STEP) (?P<old>\d+/\d+ ?: .*)"
)
_KIT = re.compile(
    r"^#(?P<id>\d+) \[(?:[a-z0-9]+/[\w./]+(?:->[\w./]+)? )?(?:(?P<stage>\S+) +)?(?P<number>\d+)/\d+\] \S"
)
_END = re.compile(r"^#(?P<id>\d+) (?:CACHED|DONE (?P<seconds>\d+(?:\.\d+)?)s)$")
_STEP_LINE = re.compile(
    r"^(?:\[(?P<stage>\d+)/\d+\] )?(?:Step|STEP) (?P<number>\d+)(?:/\d+)? ?: "
)
_ENDED = re.compile(r"^(?:\[\d+/\d+\] )?(?:Successfully built|COMMIT)\b")
_USED = re.compile(r"^ *-{2,3}> Using cache")


@dataclass(frozen=True)
class Said:
    """A line of a builder.

    Attributes:
        at: When it came.
        line: The line.
    """

    at: datetime
    line: str


class Listener:
    """To be called with each line; it tells each step as it starts, and keeps all."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.said: list[Said] = []
        self._tell = tell
        self._step = ""

    def __call__(self, line: str) -> None:
        """Take a line in."""
        self.said.append(Said(datetime.now(UTC), line))
        if found := _STEP.match(line):
            now = found["kit"] or found["old"]
            if now != self._step:
                self._tell(("[" if found["kit"] else "") + now)
            self._step = now


@dataclass(frozen=True)
class Seen:
    """A step in a builder's log.

    Attributes:
        stage: As the log names it, in lower case; "" if it does not. With podman and buildah it
            is the number of the stage in the file, from 1.
        number: Its number there.
        cached: Whether it was found in the cache.
        seconds: What it took, None if it was cached or did not end.
    """

    stage: str
    number: int
    cached: bool
    seconds: float | None


def seen(said: Sequence[Said]) -> tuple[Seen, ...]:
    """The steps of a build."""
    # What a RUN says stands at the start of a line with the others, and may look like BuildKit's.
    linear = any(_STEP_LINE.match(s.line) for s in said)
    return tuple(_linear(said) if linear else _kit(said))


def _kit(said: Sequence[Said]) -> Iterator[Seen]:
    names: dict[str, re.Match[str]] = {}
    cached: set[str] = set()
    seconds: dict[str, float] = {}
    for each in said:
        if found := _KIT.match(each.line):
            names.setdefault(found["id"], found)
        elif found := _END.match(each.line):
            if found["seconds"] is None:
                cached.add(found["id"])
            else:
                seconds[found["id"]] = float(found["seconds"])
    for key, found in names.items():
        stage = (found["stage"] or "").lower()
        yield Seen(stage, int(found["number"]), key in cached, seconds.get(key))


def _linear(said: Sequence[Said]) -> Iterator[Seen]:
    """The others number all instructions; podman and buildah begin anew in each stage, at its FROM."""
    step, begun, cached = None, said[0].at, False
    for each in said:
        head = _STEP_LINE.match(each.line)
        if head or _ENDED.match(each.line):
            if step is not None:
                took = None if cached else (each.at - begun).total_seconds()
                yield Seen(step["stage"] or "", int(step["number"]), cached, took)
            step, begun, cached = head, each.at, False
        elif _USED.match(each.line):
            cached = True
    if step is not None:
        yield Seen(step["stage"] or "", int(step["number"]), cached, None)
