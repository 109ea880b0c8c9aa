"""Plays for real what the model is held against, and keeps what was seen.

    python -m tests.builds.record FIRST LAST   # the histories of these seeds
    python -m tests.builds.record scenarios    # the scenarios that are new or have changed
    python -m tests.builds.record examples     # histories of the examples, as they are rewritten
    python -m tests.builds.record newer        # the scenarios once more, on a BuildKit of today
    python -m tests.builds.record newer FIRST LAST   # and histories
    python -m tests.builds.record buildah [WORD...]  # scenarios with a word in their name, on buildah

The recordings let the model be held against a real builder where there is none.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence

from optimizer.verify.steps import rules
from tests.builds.bases import provide
from tests.builds.buildah import Buildah, buildah
from tests.builds.daemon import Daemon, running
from tests.builds.playing import RefusedError, play, steps_of
from tests.builds.standalone import Standalone, standalone
from tests.cache.courses import NAMES, course, rewritten
from tests.cache.histories import BASE, history
from tests.cache.recorded import (
    BUILDAH,
    COURSES,
    FILES,
    PLAYED,
    REFUSED,
    mark,
    mark_of,
    recordings,
    written,
)
from tests.cache.scenarios import SCENARIOS


def record_histories(
    first: int, last: int, daemon: Daemon | Standalone, builder: str
) -> None:
    """Record the histories of these seeds, beside those that are recorded."""
    kept = dict(recordings(builder))
    for seed in range(first, last):
        if builder == "32" and any("--chmod=758" in build.text for build in history(seed)):
            continue  # which newer builders reject: it is not octal
        played = play(history(seed, f" {time.time_ns()}"), daemon)
        kept[str(seed)] = {"mark": mark(seed), "builds": played}
        FILES[builder].write_text(written(kept))


def record_scenarios(daemon: Daemon | Standalone, builder: str) -> None:
    """Play the scenarios that were not played as they stand; say where they are mistaken."""
    file = PLAYED[builder]
    before = json.loads(file.read_text()) if file.exists() else {}
    kept = {}
    for each in (s for s in SCENARIOS if builder in s.builders.split()):
        if before.get(each.name, [""])[0] == each.mark:
            kept[each.name] = before[each.name]
            continue
        seen = steps_of(play(each.builds(f" {time.time_ns()}"), daemon), each)
        if seen == each.steps:
            kept[each.name] = [each.mark, seen]
        else:
            print(f"{each.name}: {seen}, not {each.steps}")
        file.write_text(written(before | kept))
    file.write_text(written(kept))


def record_buildah(builder: Buildah, words: Sequence[str]) -> None:
    """Play the scenarios that its version has not played as they stand."""
    file = BUILDAH[rules(builder)]
    kept = json.loads(file.read_text()) if file.exists() else {}
    for each in (s for s in SCENARIOS if "20" in s.builders or words):
        chosen = not words or any(word in each.name for word in words)
        if not chosen or kept.get(each.name, [""])[0] == each.mark:
            continue
        try:
            seen = steps_of(play(each.builds(f" {time.time_ns()}"), builder), each)
        except RefusedError:
            seen = REFUSED
        kept[each.name] = [each.mark, seen]
        file.write_text(written(kept))


def record_examples(daemon: Daemon, names: Sequence[str]) -> None:
    """Play the courses of the examples, each commit with the file before and after the rewrite."""
    kept = json.loads(COURSES.read_text()) if COURSES.exists() else {}
    for name in names:
        after, rules = rewritten(name)
        builds = course(name, after, rules)
        kept[name] = {
            "mark": mark_of(builds), "after": after, "rules": rules, "builds": play(builds, daemon),
        }  # fmt: skip
        COURSES.write_text(written(kept))


def main(words: list[str]) -> None:
    """Record what is asked for."""
    if words[0] == "buildah":
        with buildah(BASE) as builder:
            record_buildah(builder, words[1:])
        return
    with running() as daemon:
        provide(daemon)
        if words == ["scenarios"]:
            record_scenarios(daemon, "20")
        elif words[0] == "newer":
            with standalone(daemon, BASE) as newer:
                if words[1:]:
                    record_histories(int(words[1]), int(words[2]), newer, "32")
                else:
                    record_scenarios(newer, "32")
        elif words[0] == "examples":
            record_examples(daemon, words[1:] or NAMES)
        else:
            record_histories(int(words[0]), int(words[1]), daemon, "20")


if __name__ == "__main__":
    main(sys.argv[1:])
