"""A mark by which the classic builder's intermediate images and containers are known again.

That builder keeps an image of each step, and goes on for a moment when whoever asked is gone.
Its own `--label` marks the last image alone; a LABEL behind each FROM marks all.
"""

from __future__ import annotations

from optimizer.dockerfile.source import parse

LABEL = "dfopt.verify"


def marked(text: str, mark: str) -> str:
    """The Dockerfile with the mark in every stage: FROM a -> FROM a, LABEL dfopt.verify=mark."""
    source = parse(text)
    lines = list(source.lines)
    for found in source.instructions:
        if found.keyword == "FROM":
            last = lines[found.end - 1]
            ending = "" if last.endswith("\n") else source.newline
            lines[found.end - 1] = f"{last}{ending}LABEL {LABEL}={mark}{source.newline}"
    return "".join(lines)


def unmarked(labels: dict[str, str] | None) -> dict[str, str]:
    """Labels without the mark."""
    return {name: value for name, value in (labels or {}).items() if name != LABEL}
