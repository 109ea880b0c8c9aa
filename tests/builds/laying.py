"""What the folders of the suite are for a builder: files that it is given, and what it may do."""

from __future__ import annotations

import uuid
from fnmatch import fnmatch
from pathlib import Path

from tests.builds.folders import BuildCase

# The text of an ignore file is the rewrite's own.
OURS = "*.dockerignore"


def written(folder: Path, name: str, text: str) -> Path:
    """The Dockerfile as a file beside the context."""
    path = folder / f"{name}.Dockerfile"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return path


def stands(case: BuildCase, path: str) -> bool:
    """Whether a path has to be the same in two builds."""
    return not any(fnmatch(path, p) for p in (OURS, *case.expected.get("unstable", ())))


def change(case: BuildCase, context: Path) -> dict[str, str]:
    """Change what the case says, as it never was before; the build arguments after it."""
    fresh = uuid.uuid4().hex
    if "change" in case.expected:
        path = context / case.expected["change"]
        path.write_text(f"{path.read_text()}// {fresh}\n")
    return {key: value + fresh for key, value in case.expected.get("arguments", {}).items()}
