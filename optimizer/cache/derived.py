"""What of the context a file depends on that a stage makes of some of it (`Effects.derived`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from optimizer.effects.model import Derived
from optimizer.effects.step import Step
from optimizer.effects.tool import clean
from optimizer.graph.plan import StagePlan
from optimizer.graph.weights import selectors


def made_of(stage: StagePlan, sources: Iterable[str]) -> frozenset[str] | None:
    """The paths of the context that files of a stage are made of, besides the stage's own base.

    None if that is not known: they may be made of all that the stage takes.
    """
    found: set[str] = set()
    for source in sources:
        made = _maker(stage, clean(f"/{source}"))
        if made is None:
            return None
        for copy in stage.steps[: made[0]]:
            if copy.keyword == "RUN" or (copy.copying is None and copy.keyword in {"COPY", "ADD"}):
                return None
            found.update(_counted(copy, made[1]))
    return frozenset(found)


def _maker(stage: StagePlan, path: str) -> tuple[int, Derived] | None:
    """The last step that changes a path, if it makes it of others."""
    for index in reversed(range(len(stage.steps))):
        effects = stage.steps[index].effects
        if path in effects.changed or effects.doubt is not None:
            made = next((d for d in effects.derived if d.path == path), None)
            return None if made is None or effects.doubt is not None else (index, made)
    return None


def _counted(copy: Step, made: Derived) -> Iterator[str]:
    """What a copy brings of it; that a file is new is too seldom to count."""
    if copy.copying is None:
        return
    inside = made.folder.rstrip("/") + "/"
    if any(not target.startswith(inside) for target in copy.copying.atoms):
        yield from selectors(copy)
        return
    for target, path in copy.copying.atoms.items():
        name = target.removeprefix(inside)
        if made.counted(name) == name:
            yield path
