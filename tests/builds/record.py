"""Plays histories for real and keeps what was seen: `python -m tests.builds.record FIRST LAST`.

The recording lets the model be held against a real builder where there is none.
"""

from __future__ import annotations

import json
import sys
import time

from tests.builds.bases import provide
from tests.builds.daemon import running
from tests.builds.playing import play
from tests.cache.histories import history
from tests.cache.recorded import FILE, mark, recordings


def main(first: int, last: int) -> None:
    """Record the histories of these seeds, beside those that are recorded."""
    kept = dict(recordings())
    with running() as daemon:
        provide(daemon)
        for seed in range(first, last):
            played = play(history(seed, f" {time.time_ns()}"), daemon)
            kept[str(seed)] = {"mark": mark(seed), "builds": played}
            lines = (f"{json.dumps(s)}: {json.dumps(k)}" for s, k in kept.items())
            FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
