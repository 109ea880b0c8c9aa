"""What is to be built, as files that a builder takes; and what is put away again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from optimizer.verify.builder import Builder, Recipe
from optimizer.verify.running import FailedError

_SHOWN = 8


@dataclass(frozen=True)
class Version:
    """A Dockerfile and the ignore rules that go with it.

    Attributes:
        text: Bytes that are not UTF-8 are surrogates.
        rules: The ignore rules in force, None if there are none.
    """

    text: str
    rules: str | None


@dataclass(frozen=True)
class Order:
    """What is to be done.

    Attributes:
        context: The build context.
        target: The stage; None is the last.
        build_args: NAME to value.
        network: As for `--network`.
        runs: How often the original is built, at least 2.
        timeout: Seconds that one build may take.
        keep: Whether the images stay.
    """

    context: Path
    target: str | None = None
    build_args: Mapping[str, str] = field(default_factory=dict)
    network: str | None = None
    runs: int = 2
    timeout: float = 3600.0
    keep: bool = False


def written(folder: Path, version: Version, order: Order) -> Recipe:
    """A version in a new folder, to be built from the order's context."""
    folder.mkdir()
    file = folder / "Dockerfile"
    file.write_bytes(version.text.encode("utf-8", "surrogateescape"))
    rules = file.with_name(f"{file.name}.dockerignore")  # BuildKit looks there first
    # An empty file says that nothing is ignored, where the context's own would say otherwise.
    rules.write_bytes((version.rules or "").encode("utf-8", "surrogateescape"))
    return Recipe(file, rules, order.context, order.target, order.build_args, order.network)


@contextlib.contextmanager
def put_away(
    builder: Builder, tags: Sequence[str], mark: str, *, keep: bool = False
) -> Iterator[None]:
    """However the block ends, the images are gone; if it ends well they may be kept."""
    try:
        yield
    except BaseException:
        builder.put_away(tags, mark)
        raise
    if not keep:
        builder.clear(tags, mark)


def failure(error: FailedError) -> str:
    """Why a build failed, in one line."""
    return f"{error}; the builder said last: " + " | ".join(error.lines[-_SHOWN:])
