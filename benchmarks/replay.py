"""What rebuilds cost over the histories of projects: before, reorder-only, after and ideal.

python -m benchmarks.replay FOLDER...

Each folder is a clone; the Dockerfile nearest to its root that copies from the context is taken.
Prints hit rates and seconds a commit, the share of the way to ideal that is gone, by whole
instructions alone (no narrowing, no cutting) and in full; then the totals, each project with
the same weight, how many are worse off, and the time of a replay beside a plain `git log --raw`
of the same commits (the middle of five).
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from optimizer.cache.estimate import Estimate
from optimizer.cache.history import History
from optimizer.cache.replay import replay
from optimizer.cli.opening import open_dockerfile, past, place_in
from optimizer.context import git
from optimizer.context.discover import find_dockerfiles
from optimizer.context.revisions import span
from optimizer.errors import UserError
from optimizer.graph.plan import Plan
from optimizer.pipeline import optimize, plans
from optimizer.settings import Settings

_COMMITS = 1000
_REORDER_ONLY = Settings(ignore=("narrow-copies", "split-runs", "dependencies-first"), history=_COMMITS)


@dataclass(frozen=True)
class Measured:
    """One project."""

    name: str
    rival: Estimate
    full: Estimate
    ratio: float
    changed: bool


def measure(folder: Path) -> Measured | None:
    """Replay a project's Dockerfile; None if there is no history or no Dockerfile."""
    files = sorted(find_dockerfiles(folder), key=lambda p: (len(p.parts), str(p)))
    if not files:
        return None
    settings = Settings(history=_COMMITS)
    opened = open_dockerfile(str(files[0]), None, settings)
    history = past(opened.context, _COMMITS)
    if history is None or not history.count:
        return None
    result = optimize(opened.text, opened.project, settings)
    before, after = plans(result, opened.project, settings)
    full = replay(before, after, history).estimate
    ratios = sorted(_ratio(before, after, history, opened.context) for _ in range(5))
    rival = optimize(opened.text, opened.project, _REORDER_ONLY)
    moved = replay(*plans(rival, opened.project, _REORDER_ONLY), history).estimate
    return Measured(folder.name, moved, full, ratios[2], result.changed)


def _ratio(before: Plan, after: Plan, history: History, context: Path) -> float:
    start = time.perf_counter()
    replay(before, after, history)
    return (time.perf_counter() - start) / _log_seconds(context)


def _log_seconds(context: Path) -> float:
    """The time that git takes to tell of the same commits, and nobody to read it."""
    root, prefix = place_in(context)
    if root is None:
        return 0.0
    words = span(root, prefix, _COMMITS).words
    start = time.perf_counter()
    git.ask(root, git.LITERAL, "log", "--raw", *words, "--", *([prefix] if prefix else []))
    return time.perf_counter() - start


def _gone(found: Estimate, ideal: Estimate) -> float:
    way = found.before.seconds_per_commit - ideal.ideal.seconds_per_commit
    return (found.before.seconds_per_commit - found.after.seconds_per_commit) / way if way else 1.0


def _total(name: str, rows: list[Measured]) -> str:
    count = len(rows)
    before = sum(r.full.before.seconds_per_commit for r in rows) / count
    rival = sum(r.rival.after.seconds_per_commit for r in rows) / count
    after = sum(r.full.after.seconds_per_commit for r in rows) / count
    ideal = sum(r.full.ideal.seconds_per_commit for r in rows) / count
    hits = [
        sum(getattr(r.full, part).hit_rate for r in rows) / count
        for part in ("before", "after", "ideal")
    ]
    way = (before - ideal) or 1.0
    return (
        f"{name} ({count}): {before:.1f} s a commit, reorder-only {rival:.1f}, after {after:.1f}, "
        f"ideal {ideal:.1f}; of the way to ideal: reorder-only {(before - rival) / way:.0%}, "
        f"after {(before - after) / way:.0%}; hits {hits[0]:.1%} -> {hits[1]:.1%} (ideal {hits[2]:.1%})"
    )


def _lines(rows: list[Measured]) -> Iterator[str]:
    for row in rows:
        costs = row.full
        yield (
            f"{row.name:45} {costs.commits:5} commits  "
            f"{costs.before.seconds_per_commit:7.1f} s -> {costs.after.seconds_per_commit:7.1f} s "
            f"(ideal {costs.ideal.seconds_per_commit:7.1f} s)  way gone {_gone(costs, costs):4.0%}  "
            f"{row.ratio:5.1f} x git log"
        )


def main() -> None:
    """Measure, and print."""
    rows = []
    for name in sys.argv[1:]:
        try:
            found = measure(Path(name))
        except UserError as error:
            print(f"{name}: {error.message}")
            continue
        if found is not None:
            rows.append(found)
            print(*_lines([found]), sep="\n", flush=True)
    if not rows:
        sys.exit("none of these has a Dockerfile and a history")
    changed = [r for r in rows if r.changed]
    print(_total("all", rows))
    if changed:
        print(_total("changed", changed))
    worse = [r for r in rows if r.full.after.seconds_per_commit > r.full.before.seconds_per_commit]
    print(f"worse off: {len(worse)} {[r.name for r in worse]}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ratios = sorted(r.ratio for r in rows)
    print(f"replay beside git log: median {ratios[len(ratios) // 2]:.1f} x; peak {peak:.0f} MiB")


if __name__ == "__main__":
    main()
