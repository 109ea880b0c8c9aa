"""A unified diff that `git apply` takes."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

_NO_NEWLINE = "\\ No newline at end of file\n"


def unified(path: str, before: str | None, after: str) -> str:
    """The diff of one file; `before` is None for a new file."""
    name = path.removeprefix("./")
    head = "/dev/null" if before is None else f"a/{name.lstrip('/')}"
    lines = difflib.unified_diff(
        _lines(before or ""), _lines(after), head, f"b/{name.lstrip('/')}", n=3
    )
    return "".join(_ended(lines))


def _lines(text: str) -> list[str]:
    """Lines as git sees them: split at newlines only."""
    found = text.split("\n")
    return [line + "\n" for line in found[:-1]] + ([found[-1]] if found[-1] else [])


def _ended(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line
        if not line.endswith("\n"):
            yield "\n" + _NO_NEWLINE
