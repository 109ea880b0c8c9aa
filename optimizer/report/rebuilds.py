"""What `verify --replay` answers, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from statistics import mean, median
from typing import Any

from rich.table import Table

from optimizer.cache.replay import Row
from optimizer.report.json import VERSION
from optimizer.verify.rebuilds import Built, Pair, Rebuilds

_FILES = ("before", "after")
_NAMES = {"before": "original", "after": "rewritten"}
_SHOWN = 10


def as_json(builder: str | None, found: Rebuilds | None) -> dict[str, Any]:
    """The whole of it; `found` is None where dfopt changes nothing."""
    head = {"version": VERSION, "builder": builder}
    if found is None:
        return {
            **head,
            "start": None,
            "commits": [],
            "measured": None,
            "predicted": None,
            "surprises": [],
        }
    rows = {file: getattr(found.predicted, file) for file in _FILES}
    return {
        **head,
        "start": {"commit": found.start.commit, **{f: _built(getattr(found.start, f)) for f in _FILES}},
        "commits": [
            {
                "commit": pair.commit,
                **{f: _built(getattr(pair, f)) | _said(rows[f], n) for f in _FILES},
            }
            for n, pair in enumerate(found.commits)
        ],
        "measured": {"commits": len(_both(found)), **{f: _measured(found, f) for f in _FILES}},
        "predicted": asdict(found.predicted.estimate),
        "surprises": [
            {"commit": s.commit, "file": s.file, "line": s.row.line, "text": s.row.text,
             "predicted": s.predicted, "cached": s.cached}
            for s in found.surprises()
        ],
    }  # fmt: skip


def _built(built: Built) -> dict[str, Any]:
    return {
        "seconds": round(built.seconds, 2),
        "hits": sum(built.hits.values()),
        "steps": len(built.hits),
        "failure": list(built.failure),
    }


def _said(rows: Sequence[Row], number: int) -> dict[str, Any]:
    """What the model says of one build."""
    run = [row for row in rows if number in row.built]
    return {
        "predicted_hits": len(rows) - len(run),
        "predicted_seconds": round(sum(row.seconds for row in run), 2),
    }


def _both(found: Rebuilds) -> list[Pair]:
    return [pair for pair in found.commits if pair.built]


def _measured(found: Rebuilds, file: str) -> dict[str, Any]:
    """Over the commits that could be built with both files."""
    built: list[Built] = [getattr(pair, file) for pair in _both(found)]
    if not built:
        return {"hit_rate": None, "seconds_per_commit": None, "median_seconds": None}
    steps = sum(len(b.hits) for b in built)
    return {
        "hit_rate": round(sum(sum(b.hits.values()) for b in built) / steps, 4) if steps else 1.0,
        "seconds_per_commit": round(mean(b.seconds for b in built), 2),
        "median_seconds": round(median(b.seconds for b in built), 2),
    }


def table(found: Rebuilds) -> Table:
    """A row a commit: seconds and hits, and in brackets the model's."""
    shown = Table(
        title=f"{len(found.commits)} commits built (in brackets: the model)",
        title_justify="left",
    )
    shown.add_column("commit")
    for file in _FILES:
        shown.add_column(f"{_NAMES[file]}: seconds", justify="right")
        shown.add_column("hits", justify="right")
    cold = [c for f in _FILES for c in (f"{getattr(found.start, f).seconds:.1f}", "")]
    shown.add_row("(start)", *cold)
    for number, pair in enumerate(found.commits):
        cells: list[str] = []
        for file in _FILES:
            said = _said(getattr(found.predicted, file), number)
            cells += _cells(getattr(pair, file), said)
        shown.add_row(pair.commit[:10], *cells)
    return shown


def _cells(built: Built, said: dict[str, Any]) -> tuple[str, str]:
    if built.failure:
        return "does not build", ""
    hits = sum(built.hits.values())
    return (
        f"{built.seconds:.1f} ({said['predicted_seconds']:.1f})",
        f"{hits}/{len(built.hits)} ({said['predicted_hits']}/{len(built.hits)})",
    )


def lines(path: str, found: Rebuilds) -> Iterator[str]:
    """The figures, and where the model was wrong."""
    both = _both(found)
    costs = {"before": found.predicted.estimate.before, "after": found.predicted.estimate.after}
    for file in _FILES if both else ():
        real, cost = _measured(found, file), costs[file]
        yield (
            f"{path}: {_NAMES[file]}: {real['seconds_per_commit']:.1f} s a commit "
            f"(median {real['median_seconds']:.1f} s), hits {real['hit_rate']:.1%}; "
            f"the model: {cost.seconds_per_commit:.1f} s, {cost.hit_rate:.1%}"
        )
    for pair in found.commits:
        for file in _FILES:
            if failure := getattr(pair, file).failure:
                yield f"{pair.commit[:10]}: the {_NAMES[file]} file does not build: {failure[-1]}"
    yield from _surprises(found)


def _surprises(found: Rebuilds) -> Iterator[str]:
    surprises = list(found.surprises())
    steps = sum(len(getattr(p, f).hits) for p in found.commits for f in _FILES)
    if not surprises:
        yield f"the model was right about each of the {steps} steps"
        return
    yield f"the model was wrong about {len(surprises)} of {steps} steps:"
    for each in surprises[:_SHOWN]:
        real = {True: "cached", False: "rebuilt", None: "not printed"}[each.cached]
        first = each.row.text.split("\n")[0]
        yield f"  {each.commit[:10]} {_NAMES[each.file]} line {each.row.line}: {real}  {first}"
    if len(surprises) > _SHOWN:
        yield f"  {len(surprises) - _SHOWN} more; --format json lists them"
