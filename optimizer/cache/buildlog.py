"""Seconds per step, out of the log of a real build.

Three forms are read: `--progress=plain` and `--progress=rawjson` of BuildKit (their writers are
`util/progress/progressui` and `client.SolveStatus` of moby/buildkit), and the output of the
classic builder, which has times only if its lines begin with timestamps, as those of CI do.
A step that was cached, failed or did not end has taken no time that could be used. None of the
forms tells the bytes of a step.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from optimizer.cache.timings import Timed
from optimizer.errors import UserError

_STAMP = re.compile(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))[ \t]")
COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
# `[linux/amd64 builder 3/7] RUN npm ci`: the platform and the stage may be missing.
_NAME = re.compile(
    r"^\[(?:(?P<platform>[a-z0-9]+/[\w./]+)(?:->[\w./]+)? )?(?:(?P<stage>\S+) +)?"
    r"(?P<number>\d+)/(?P<count>\d+)\] (?P<text>\S.*)$"
)
_PLAIN = re.compile(r"^#(?P<id>\d+) (?P<rest>\S.*)$")
_DONE = re.compile(r"^DONE (?P<seconds>\d+(?:\.\d+)?)s$")
_CLASSIC = re.compile(r"^Step (?P<number>\d+)/(?P<count>\d+) : (?P<text>\S.*)$")
_ENDED = re.compile(r"^(Successfully (built|tagged) |The command .* returned a non-zero code)")
# Longer fractions of a second than Python reads.
_FRACTION = re.compile(r"(\.\d{6})\d+")


def read_log(text: str) -> tuple[Timed, ...]:
    """The steps of a build that ran and ended, in order.

    Args:
        text: What a build has printed, whole.

    Raises:
        UserError: It is no log of a build, it is damaged, or it has no times.
    """
    lines = COLOUR.sub("", text).replace("\r\n", "\n").split("\n")
    bare = [_STAMP.sub("", line) for line in lines]
    if any(line.startswith("{") for line in bare[:1]):
        return tuple(_rawjson(bare))
    if any(_CLASSIC.match(line) for line in bare):
        return tuple(_classic(lines))
    if any(_PLAIN.match(line) for line in bare):
        return tuple(_plain(bare))
    raise UserError(
        "this is no log of a build; dfopt reads --progress=plain, --progress=rawjson "
        "and the classic builder's output"
    )


def _plain(lines: list[str]) -> Iterator[Timed]:
    """`#7 [builder 3/7] RUN npm ci`, then `#7 DONE 12.5s`; the last DONE of a step counts."""
    names: dict[str, str] = {}
    seconds: dict[str, float] = {}
    for line in lines:
        found = _PLAIN.match(line)
        if found is None:
            continue
        step, rest = found["id"], found["rest"]
        done = _DONE.match(rest)
        if step not in names and _NAME.match(rest):
            names[step] = rest
        elif done:
            seconds[step] = float(done["seconds"])
    for step, name in names.items():
        if step in seconds:
            yield _timed(name, seconds[step])


def _rawjson(lines: list[str]) -> Iterator[Timed]:
    """A `SolveStatus` a line: a vertex is told again whenever something of it changes."""
    latest: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            for vertex in json.loads(line).get("vertexes") or ():
                latest.setdefault(vertex["digest"], {}).update(vertex)
        except (ValueError, AttributeError, KeyError, TypeError):
            raise UserError("this line is no status of a build (rawjson)", line=number) from None
    for vertex in latest.values():
        name, start, end = (vertex.get(k) for k in ("name", "started", "completed"))
        if vertex.get("cached") or vertex.get("error") or not (start and end):
            continue
        if isinstance(name, str) and _NAME.match(name):
            yield _timed(name, max((_time(end) - _time(start)).total_seconds(), 0.0))


def _classic(lines: list[str]) -> Iterator[Timed]:
    """`Step 3/7 : RUN npm ci` up to the next step, by the timestamps before them."""
    text, begun, cached = "", None, False
    stage, stages, stamped = "", 0, False
    for line in lines:
        stamp = _STAMP.match(line)
        bare = _STAMP.sub("", line)
        head = _CLASSIC.match(bare)
        if head or _ENDED.match(bare):
            now = _time(stamp[1]) if stamp else None
            stamped |= now is not None
            if text and begun and now and not cached and bare[:4] != "The ":
                yield Timed(stage, text, max((now - begun).total_seconds(), 0.0))
            text, begun, cached = (head["text"] if head else ""), now, False
            if text.upper().startswith("FROM "):
                stage, stages, text = _stage(text, stages), stages + 1, ""
        elif bare.strip() == "---> Using cache":
            cached = True
    if not stamped:
        raise UserError(
            "this log of the classic builder has no times; "
            "put a timestamp before each line (as CI does, or `| ts %Y-%m-%dT%H:%M:%.S%z`)"
        )


def _stage(text: str, number: int) -> str:
    words = text.split()
    named = len(words) > 3 and words[-2].upper() == "AS"
    return words[-1].lower() if named else f"stage-{number}"


def _timed(name: str, seconds: float) -> Timed:
    found = _NAME.match(name)
    assert found is not None  # noqa: S101 - the callers have looked
    return Timed((found["stage"] or "").lower(), found["text"], seconds)


def _time(value: object) -> datetime:
    """An RFC 3339 time.

    Raises:
        UserError: It is none.
    """
    try:
        return datetime.fromisoformat(_FRACTION.sub(r"\1", str(value)))
    except ValueError:
        raise UserError(f"{value!r} is no time (RFC 3339)") from None
