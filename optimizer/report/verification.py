"""What `verify` answers, for people and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from optimizer.report.json import VERSION
from optimizer.verify.compare import Difference
from optimizer.verify.verification import Verification

# More than so many paths below one directory of that depth are one line.
_SHOWN = 6
_DEPTH = 3


def as_json(builder: str | None, done: Verification | None) -> dict[str, Any]:
    """The answer as DESIGN's interface has it; `done` is None where there was nothing to build."""
    found = done.comparison if done is not None else None
    before, after = done.seconds if done is not None else ((), 0.0)
    return {
        "version": VERSION,
        "same": done is None or done.same,
        "builder": builder,
        "unstable": list(found.unstable) if found else [],
        "unstable_config": list(found.unstable_config) if found else [],
        "differences": [_difference(d) for d in found.differences] if found else [],
        "config_differences": [_difference(d) for d in found.config_differences] if found else [],
        "failure": list(done.failure) if done is not None else [],
        "seconds": {"before": [round(s, 2) for s in before], "after": round(after, 2)},
        "kept": list(done.kept) if done is not None else [],
    }


def _difference(difference: Difference) -> dict[str, Any]:
    return {
        "path": difference.path,
        "before": difference.before,
        "after": difference.after,
        "diff": difference.diff,
    }


def as_text(path: str, done: Verification | None) -> Iterator[str]:
    """The verdict first, then what differs, then what is unstable."""
    if done is None:
        yield f"{path}: dfopt changes nothing here, so there is nothing to compare"
        return
    found = done.comparison
    if found is None:
        yield f"{path}: the rewritten file does not build; the builder said last:"
        yield from (f"  {line}" for line in done.failure)
        return
    before = ", ".join(f"{s:.1f} s" for s in done.seconds[0])
    times = f"(built in {before}; rewritten {done.seconds[1]:.1f} s)"
    yield f"{path}: {'the same image' if found.same else 'NOT the same image'} {times}"
    for each in found.config_differences:
        yield f"  config {each.path}: {each.before or 'unset'} -> {each.after or 'unset'}"
    for each in found.differences:
        yield f"  {each.path}: {each.before or 'nothing'} -> {each.after or 'nothing'}"
        yield from (f"    {line}" for line in each.diff.splitlines())
    if found.unstable or found.unstable_config:
        yield "  unstable (differs between the builds of the original, too):"
        yield from (f"    config {name}" for name in found.unstable_config)
        yield from (f"    {line}" for line in _grouped(found.unstable))
    yield from (f"  kept: {name}" for name in done.kept)


def _grouped(paths: Sequence[str]) -> Iterator[str]:
    """The paths, and one line for many that stand in one corner of the image."""
    corners = Counter(_corner(path) for path in paths)
    for corner, count in corners.items():
        if count > _SHOWN:
            yield f"{corner}/** ({count} paths; --format json lists them)"
        else:
            yield from (path for path in paths if _corner(path) == corner)


def _corner(path: str) -> str:
    return "/".join(path.split("/")[:_DEPTH][: path.count("/")])
