"""The law: a rewrite leaves every step and every target as they were (DESIGN.md 3.9).

Both files are interpreted symbolically, step by step. Each RUN must meet the same content at
every path that it reads, probes or lists, and the same environment; each stage must end with
the same tree and configuration. Nothing here knows which pass made the change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from optimizer.dockerfile.instructions import Run
from optimizer.effects.image import FOLDERS
from optimizer.effects.model import Effects, Patterns
from optimizer.effects.step import Step
from optimizer.graph.edges import observed, parents
from optimizer.graph.plan import Plan, StagePlan, make_plan
from optimizer.graph.splitting import normal_form

# Who stands at a path: `("context", path, owner, mode)`, or what a step made of it.
Value = tuple[object, ...]
_COPIES = frozenset({"COPY", "ADD"})
_PLACED = frozenset({"RUN", "COPY", "ADD", "WORKDIR", "ENV", "ARG"})


def differences(before: Plan, after: Plan) -> Iterator[str]:
    """What is not the same, in words; nothing if the rewrite keeps the law."""
    if _runs(before) != _runs(after):
        # A RUN was cut in two: compare the two forms in which every RUN is cut.
        before, after = _normal(before), _normal(after)
    if len(before.stages) != len(after.stages):
        yield "the number of stages differs"
        return
    for one, other in zip(before.stages, after.stages, strict=True):
        yield from _stage(one, other)


def _runs(plan: Plan) -> list[int]:
    return [sum(isinstance(s.typed, Run) for s in stage.steps) for stage in plan.stages]


def _normal(plan: Plan) -> Plan:
    return make_plan(normal_form(str(plan.source)), replace(plan.given, origins={}))


def _stage(one: StagePlan, other: StagePlan) -> Iterator[str]:
    yield from _configuration(one, other)
    left, right = tuple(_moments(one)), tuple(_moments(other))
    if len(left) != len(right):
        yield "the number of RUN instructions differs"
        return
    for (step, tree_before), (twin, tree_after) in zip(left, right, strict=True):
        if step is None or twin is None:
            yield from _end(tree_before, tree_after)
        else:
            yield from _run(step, twin, tree_before, tree_after)


def _configuration(one: StagePlan, other: StagePlan) -> Iterator[str]:
    if one.stage.start.text != other.stage.start.text:
        yield "a FROM differs"
    states = (one.end.state, other.end.state)
    if list(states[0].env.items()) != list(states[1].env.items()):
        yield "Env differs"
    if dict(states[0].variables) != dict(states[1].variables):
        yield "the build arguments at the end of a stage differ"
    for name in ("cwd", "user", "shell", "complete"):
        if getattr(states[0], name) != getattr(states[1], name):
            yield f"{name} differs at the end of a stage"
    for keyword in {s.keyword for s in (*one.steps, *other.steps)} - _PLACED:
        if _texts(one, keyword) != _texts(other, keyword):
            yield f"{keyword} differs"


def _texts(stage: StagePlan, keyword: str) -> list[tuple[object, ...]]:
    """The instructions of a kind, with the values of the variables that they use."""
    return [
        (s.instruction.logical, *sorted((u, s.state.variables.get(u, "")) for u in s.uses))
        for s in stage.steps
        if s.keyword == keyword
    ]


def _moments(stage: StagePlan) -> Iterator[tuple[Step | None, Mapping[str, Value]]]:
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


def _run(
    step: Step, twin: Step, before: Mapping[str, Value], after: Mapping[str, Value]
) -> Iterator[str]:
    line = step.line
    if step.instruction.text.rstrip("\r\n") != twin.instruction.text.rstrip("\r\n"):
        yield f"line {line}: the RUN differs or stands in another place"
        return
    for name in ("cwd", "user", "shell"):
        if getattr(step.state, name) != getattr(twin.state, name):
            yield f"line {line}: {name} differs"
    changed = {
        name
        for name in step.state.variables.keys() | twin.state.variables.keys()
        if step.state.variables.get(name, "") != twin.state.variables.get(name, "")
        or (name in step.state.variables) != (name in twin.state.variables)
    }
    if changed and (seen := observed(step, frozenset(changed))):
        yield f"line {line}: {seen}"
    if step.effects != twin.effects:
        yield f"line {line}: its effects differ: {_first_difference(step.effects, twin.effects)}"
    effects = step.effects
    patterns = Patterns(
        {"/**"} if effects.doubt is not None
        else effects.reads | effects.probes | effects.metadata
    )  # fmt: skip
    for path in before.keys() | after.keys():
        if path in patterns and before.get(path) != after.get(path):
            yield f"line {line}: {path} is not the same"
    for folder in parents(effects) - FOLDERS:
        if (folder in before) != (folder in after):
            yield f"line {line}: {folder}, which it writes into, is not there in both"
    for folder in effects.lists:
        if _entries(before, folder) != _entries(after, folder):
            yield f"line {line}: the entries of {folder} are not the same"


def _entries(held: Iterable[str], folder: str) -> set[str]:
    """The names in a directory."""
    prefix = folder.rstrip("/") + "/"
    return {path[len(prefix) :].split("/")[0] for path in held if path.startswith(prefix)}


def _first_difference(one: Effects, other: Effects) -> str:
    for name in one.__dataclass_fields__:
        left, right = getattr(one, name), getattr(other, name)
        if left != right:
            if isinstance(left, frozenset) and isinstance(right, frozenset):
                return f"{name} {sorted(map(str, left ^ right))[:5]}"
            return f"{name} {left!r} -> {right!r}"
    return "nothing"


def _end(before: Mapping[str, Value], after: Mapping[str, Value]) -> Iterator[str]:
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) != after.get(path):
            yield f"{path} is not the same at the end of a stage"
