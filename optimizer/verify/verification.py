"""Build the original more than once and the rewritten file once, and compare what came of it."""

from __future__ import annotations

import contextlib
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from optimizer.cache.timings import Timed, medians
from optimizer.errors import UserError
from optimizer.verify.builder import Builder, Recipe
from optimizer.verify.compare import LARGEST_TEXT, Comparison, compare, with_diffs
from optimizer.verify.image import Image, contents, read
from optimizer.verify.marking import marked
from optimizer.verify.order import Order, Version, failure, put_away, written
from optimizer.verify.running import FailedError
from optimizer.verify.steps import sized, timed

# Bytecode holds when its source was written, to the second; an entry of a zip to two seconds. Two
# quick builds of the original have to differ in them, as the third one will.
_CLOCK = 2.0


@dataclass(frozen=True)
class Verification:
    """What came of it.

    Attributes:
        comparison: None if the rewritten file does not build.
        failure: What the builder said last of the rewritten file, if it does not build.
        seconds: Of each build of the original, and of the rewritten one.
        kept: The names of the images that were kept.
        steps: What the steps of both files have taken, the median of the builds.
    """

    comparison: Comparison | None
    failure: tuple[str, ...]
    seconds: tuple[tuple[float, ...], float]
    kept: tuple[str, ...]
    steps: tuple[Timed, ...] = ()

    @property
    def same(self) -> bool:
        """Whether the images are the same."""
        return self.comparison is not None and self.comparison.same


def verify(
    builder: Builder, before: Version, after: Version, order: Order, tell: Callable[[str], None]
) -> Verification:
    """Build and compare, without the builder's layer cache; nothing is left but what is kept.

    `tell` gets a line for each thing that is begun.

    Raises:
        UserError: The original does not build.
        FailedError: The builder cannot be asked what it has built.
    """
    if builder.kind == "docker-classic" and (before.rules or "") != (after.rules or ""):
        # It reads no `<Dockerfile>.dockerignore`, and the context's own file stays as it is.
        raise UserError(
            "the rewrite changes .dockerignore, which docker-classic reads in the context alone: "
            "use another builder"
        )
    name = f"dfopt-verify-{uuid.uuid4().hex[:12]}"
    tags = [f"{name}:original-{n + 1}" for n in range(order.runs)]
    rewritten = f"{name}:rewritten"
    if builder.kind == "docker-classic":
        before, after = (replace(v, text=marked(v.text, name)) for v in (before, after))
    images = put_away(builder, [*tags, rewritten], name, keep=order.keep)
    with images, _recipes(before, after, order) as (old, new):
        seconds, steps = _originals(builder, old, tags, order, tell)
        tell("building the rewritten file")
        try:
            last, more = _timed(builder, new, rewritten, order, tell)
        except FailedError as error:
            lines = (str(error), *error.lines)
            kept = tuple(tags) * order.keep
            return Verification(None, lines, (seconds, 0.0), kept, medians(steps))
        tell("comparing the images")
        found = _compared(builder, tags, rewritten)
        kept = (*tags, rewritten) * order.keep
        return Verification(found, (), (seconds, last), kept, medians([*steps, more]))


def measure(
    builder: Builder, version: Version, order: Order, tell: Callable[[str], None]
) -> tuple[Timed, ...]:
    """What the steps of one file take; nothing is left of its image.

    Raises:
        UserError: It does not build.
    """
    name = f"dfopt-verify-{uuid.uuid4().hex[:12]}"
    tag = f"{name}:original-1"
    if builder.kind == "docker-classic":
        version = replace(version, text=marked(version.text, name))
    with put_away(builder, [tag], name), _recipes(version, version, order) as (old, _):
        return medians(_originals(builder, old, [tag], order, tell)[1])


def _originals(
    builder: Builder, recipe: Recipe, tags: list[str], order: Order, tell: Callable[[str], None]
) -> tuple[tuple[float, ...], list[tuple[Timed, ...]]]:
    """The seconds of each build of the original, and of its steps."""
    seconds, steps = [], []
    for number, tag in enumerate(tags, start=1):
        time.sleep(_CLOCK if number > 1 else 0.0)
        tell(f"building the original ({number} of {len(tags)})")
        try:
            took, each = _timed(builder, recipe, tag, order, tell)
        except FailedError as error:
            raise UserError(f"the original does not build: {failure(error)}") from None
        seconds.append(took)
        steps.append(each)
    return tuple(seconds), steps


def _timed(
    builder: Builder, recipe: Recipe, tag: str, order: Order, tell: Callable[[str], None]
) -> tuple[float, tuple[Timed, ...]]:
    start = time.monotonic()
    said = builder.build(recipe, tag, order.timeout, lambda step: tell(f"  {step}"))
    took = time.monotonic() - start
    return took, sized(timed(builder, recipe, said), recipe, builder.layers(tag))


def _compared(builder: Builder, tags: list[str], rewritten: str) -> Comparison:
    images = [_image(builder, tag) for tag in (*tags, rewritten)]
    found = compare(images[:-1], images[-1])
    wanted = found.texts()
    if wanted:
        texts = []
        for tag in (tags[0], rewritten):
            with builder.exported(tag) as stream:
                texts.append(contents(stream, wanted, LARGEST_TEXT))
        found = with_diffs(found, *texts)
    return found


def _image(builder: Builder, tag: str) -> Image:
    config: dict[str, Any] = builder.config(tag)
    with builder.exported(tag) as stream:
        return read(stream, config)


@contextlib.contextmanager
def _recipes(before: Version, after: Version, order: Order) -> Iterator[tuple[Recipe, Recipe]]:
    """Both files beside the context, which is used as it stands."""
    with tempfile.TemporaryDirectory(prefix="dfopt-verify-") as name:
        yield written(Path(name, "original"), before, order), written(
            Path(name, "rewritten"), after, order
        )
