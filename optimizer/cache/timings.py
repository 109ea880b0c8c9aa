"""What steps have taken in a real build, and which step of a Dockerfile each of them is.

The timings file, which `verify` writes: `{"version": 1, "steps": [{"stage": "builder",
"text": "RUN npm ci", "seconds": 12.3, "bytes": 4096}]}`; the bytes are those of the layer that the
step has put into the image, where that is known. A step is known again by its text; where two stages
have one text, by the stage as well. So a rewrite that moves a step keeps its time. Half of a RUN
that was cut in two gets the part of the whole's time that its commands are of all commands.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Any

from optimizer.errors import UserError

_VERSION = 1
_CONTINUED = re.compile(r"[\\`][ \t]*\r?\n(?:[ \t]*#[^\n]*\n|[ \t]*\n)*")
_BLANKS = re.compile(r"\s+")
_AND = " && "


@dataclass(frozen=True)
class Timed:
    """A step of a real build.

    Attributes:
        stage: Its stage as the builder calls it, "" if it does not.
        text: The instruction as the builder prints it.
        seconds: What it took.
        size: The bytes of its layer in the image; None if that is not known.
    """

    stage: str
    text: str
    seconds: float
    size: int | None = None


class Timings:
    """The steps of real builds, to be asked for the seconds of a step."""

    def __init__(
        self, steps: Iterable[Timed] = (), source: str = "table", other: Timings | None = None
    ) -> None:
        """`source` is what a report calls them; `other` is asked for what these do not have."""
        self.source = source
        self._other = other
        self._by_text: dict[str, dict[str, float]] = defaultdict(dict)
        self._sizes: dict[tuple[str, str], int] = {}
        for step in steps:
            stages = self._by_text[plain(step.text)]
            stages[step.stage] = max(step.seconds, stages.get(step.stage, 0.0))
            if step.size is not None:
                self._sizes[step.stage, plain(step.text)] = step.size

    def seconds(self, stage: str, text: str) -> float | None:
        """What an instruction took; None if it is not among the steps.

        Args:
            stage: Its stage's name, or `stage-0` for one without.
            text: Its text as it stands in the Dockerfile.
        """
        if "<<" in text:
            return None  # of a heredoc builders print only the beginning
        wanted = plain(text)
        found = self._by_text.get(wanted)
        seconds = found.get(stage, max(found.values())) if found else self._share(stage, wanted)
        if seconds is None and self._other is not None:
            return self._other.seconds(stage, text)
        return seconds

    def size(self, stage: str, text: str) -> int | None:
        """The bytes of an instruction's layer, likewise."""
        found = self._sizes.get((stage, plain(text)))
        if found is None and self._other is not None:
            return self._other.size(stage, text)
        return found

    def _share(self, stage: str, wanted: str) -> float | None:
        """The part of a longer RUN that this one was cut from."""
        keyword, _, body = wanted.partition(" ")
        for text, stages in self._by_text.items():
            if keyword != "RUN" or not text.startswith("RUN ") or _AND not in text:
                continue
            whole = text.partition(" ")[2]
            if whole.startswith(body + _AND) or whole.endswith(_AND + body):
                seconds = stages.get(stage, max(stages.values()))
                return seconds * (body.count(_AND) + 1) / (whole.count(_AND) + 1)
        return None


def plain(text: str) -> str:
    """An instruction in one line, as builders print it: continuations joined, blanks single."""
    joined = _BLANKS.sub(" ", _CONTINUED.sub(" ", text)).strip()
    keyword, _, rest = joined.partition(" ")
    return f"{keyword.upper()} {rest}".strip()


def read_timings(text: str) -> tuple[Timed, ...]:
    """The steps of a timings file.

    Raises:
        UserError: It is not JSON of this form.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise UserError(f"this is not JSON: {error}") from None
    steps = document.get("steps") if isinstance(document, dict) else None
    if not isinstance(steps, list) or document.get("version") != _VERSION:
        raise UserError(f'a timings file has "version": {_VERSION} and a list "steps"')
    return tuple(_entry(number, each) for number, each in enumerate(steps))


def write_timings(steps: Iterable[Timed]) -> str:
    """The text of a timings file."""
    entries = [
        {"stage": s.stage, "text": s.text, "seconds": round(s.seconds, 2)}
        | ({} if s.size is None else {"bytes": s.size})
        for s in steps
    ]
    lines = ",\n".join(f"  {json.dumps(entry)}" for entry in entries)
    return f'{{"version": {_VERSION}, "steps": [\n{lines}\n]}}\n'


def medians(builds: Iterable[Iterable[Timed]]) -> tuple[Timed, ...]:
    """Each step of several builds once: the median of what it has taken in those that have it.

    A text that stands twice in one stage counts with its slowest, as `Timings` has it.
    """
    found: dict[tuple[str, str], list[Timed]] = defaultdict(list)
    for build in builds:
        slowest: dict[tuple[str, str], Timed] = {}
        for step in build:
            key = (step.stage, plain(step.text))
            slowest[key] = max(step, slowest.get(key, step), key=lambda s: s.seconds)
        for key, step in slowest.items():
            found[key].append(step)
    return tuple(_middle(*key, steps) for key, steps in found.items())


def _middle(stage: str, text: str, steps: list[Timed]) -> Timed:
    from statistics import median, median_low  # noqa: PLC0415 - seldom needed, slow to import

    sizes = [step.size for step in steps if step.size is not None]
    seconds = median(step.seconds for step in steps)
    return Timed(stage, text, seconds, median_low(sizes) if sizes else None)


def _entry(number: int, entry: Any) -> Timed:
    found = entry if isinstance(entry, dict) else {}
    seconds, text = found.get("seconds"), found.get("text")
    if not isinstance(text, str) or not isinstance(seconds, (int, float)):
        raise UserError(f'step {number} needs a "text" and "seconds"')
    if not isfinite(seconds) or seconds < 0:
        raise UserError(f"step {number} has seconds that no step can take")
    size = found.get("bytes")
    if size is not None and (not isinstance(size, int) or size < 0):
        raise UserError(f"step {number} has bytes that no layer can have")
    return Timed(str(found.get("stage") or "").lower(), text, float(seconds), size)
