"""What stands at each path of a stage, step by step, by where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from optimizer.dockerfile.instructions import Run
from optimizer.effects.model import Effects, Patterns
from optimizer.effects.step import Step
from optimizer.graph.plan import StagePlan

# Who stands at a path: `("context", path, owner, mode)`, or what a step made of it.
Value = tuple[object, ...]
_COPIES = frozenset({"COPY", "ADD"})


def moments(stage: StagePlan) -> Iterator[tuple[Step | None, Mapping[str, Value]]]:
    """Each RUN with the tree that it meets; last, None with the tree at the end."""
    held: dict[str, Value] = {}
    runs = 0
    for step in stage.steps:
        if isinstance(step.typed, Run):
            yield step, dict(held)
            runs += 1
            _change(held, step.effects, ("run", runs))
            for path in step.effects.makes:
                held.setdefault(path, _directory(step))
        elif step.keyword in _COPIES:
            _bring(held, step)
        elif step.keyword == "WORKDIR":
            for path in step.effects.makes:
                held.setdefault(path, _directory(step))
    yield None, held


def _directory(step: Step) -> Value:
    """A directory that a step makes: whose it is, and its mode."""
    return ("directory", None if step.state.root else step.state.user, None)


def _change(held: dict[str, Value], effects: Effects, who: Value) -> None:
    if effects.doubt is not None:
        effects = replace(effects, writes=frozenset({"/**"}))
    changed = Patterns(effects.writes | effects.metadata)
    for path, value in held.items():
        if path in changed and not (value[0] == "directory" and path not in _strong(effects)):
            held[path] = (*who, value)


def _strong(effects: Effects) -> Patterns:
    """What changes a directory itself, not only its entries."""
    return Patterns(
        effects.metadata | effects.deletes | {w for w in effects.writes if w.endswith("**")}
    )


def _bring(held: dict[str, Value], step: Step) -> None:
    copying = step.copying
    if copying is None:
        who = ("copy", step.instruction.logical)
        _change(held, Effects(writes=step.effects.writes), who)
        for path in step.effects.writes:
            held[path] = (*who, held.get(path))
        return
    owner = (copying.owner, copying.mode)
    for path in step.made:
        held.setdefault(path, ("directory", *owner))
    for placed in copying.placements:
        for folder in copying.folders:
            if placed.context_path(folder) and folder != placed.target:
                held[folder] = ("directory", *owner)
    for folder in copying.folders:
        held.setdefault(folder, ("directory", *owner))
    for path, source in copying.atoms.items():
        held[path] = ("context", source, *owner)
