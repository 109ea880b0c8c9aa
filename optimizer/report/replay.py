"""A replay for a person: the figures, then the steps that were rebuilt most."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from optimizer.cache.replay import Replayed

_MEGA = 1e6
_STEPS = 10


def table(found: Replayed) -> Table:
    """Hit rate, seconds and bytes for each of before, after and ideal."""
    shown = Table(title=f"{found.commits} commits replayed", title_justify="left")
    shown.add_column("")
    for name in ("cache hits", "seconds a commit", "MB pushed a commit"):
        shown.add_column(name, justify="right")
    estimate = found.estimate
    for name in ("before", "after", "ideal"):
        cost = getattr(estimate, name)
        shown.add_row(
            name, f"{cost.hit_rate:.1%}", f"{cost.seconds_per_commit:.1f}",
            f"{cost.bytes_per_commit / _MEGA:.2f}",
        )  # fmt: skip
    return shown


def steps(found: Replayed) -> Iterator[str]:
    """How often each step of the rewritten file is rebuilt, the dearest first."""
    yield "rebuilt most, by seconds, in the file as rewritten:"
    dear = sorted(found.after, key=lambda row: -len(row.built) * row.seconds)
    for row in dear[:_STEPS]:
        share = len(row.built) / found.commits if found.commits else 0.0
        first = row.text.split("\n")[0]
        yield f"  line {row.line:3}  {share:4.0%} of commits, {row.seconds:.1f} s each  {first}"
