"""The law: a rewrite leaves every step and every target as they were (DESIGN.md 3.9).

Both files are interpreted symbolically, step by step. Each RUN must meet the same content at
every path that it reads, probes or lists, and the same environment; each stage must end with
the same tree and configuration. A RUN that only the rewritten text has must do a part of a later
one, as that one offers (`graph/put_in.py`). Nothing here knows which pass made the change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from optimizer.dockerfile.instructions import Run
from optimizer.effects.image import FOLDERS
from optimizer.effects.model import Effects, Patterns
from optimizer.effects.step import Step
from optimizer.graph.edges import observed, parents
from optimizer.graph.moments import Value, moments
from optimizer.graph.plan import Plan, StagePlan, make_plan
from optimizer.graph.put_in import PutIn, broken, put_in, without
from optimizer.graph.splitting import normal_form

_PLACED = frozenset({"RUN", "COPY", "ADD", "WORKDIR", "ENV", "ARG"})


def differences(before: Plan, after: Plan) -> Iterator[str]:
    """What is not the same, in words; nothing if the rewrite keeps the law."""
    if len(before.stages) != len(after.stages):
        yield "the number of stages differs"
        return
    if _runs(before) != _runs(after):
        found = put_in(before, after)
        if found is None:
            # A RUN was cut in two: compare the two forms in which every RUN is cut.
            before, after = _normal(before), _normal(after)
            found = put_in(before, after) or ()
        for each in found:
            yield from _put_in(before, each)
        after = without(after, found)
    for one, other in zip(before.stages, after.stages, strict=True):
        yield from _stage(one, other)


def _runs(plan: Plan) -> list[int]:
    return [sum(isinstance(s.typed, Run) for s in stage.steps) for stage in plan.stages]


def _normal(plan: Plan) -> Plan:
    return make_plan(normal_form(str(plan.source)), replace(plan.given, origins={}))


def _put_in(before: Plan, found: PutIn) -> Iterator[str]:
    """What is wrong with a RUN that only the rewritten text has."""
    yield from broken(before, found)
    if found.whole is None:
        return
    tree = next(t for s, t in moments(before.stages[found.stage]) if s is found.whole)
    here = next(t for s, t in moments(found.plan) if s is found.part)
    for what in unlike_files(found.part.effects, tree, here):
        yield f"line {found.whole.line}: {what} where a part of it is done ahead"


def _stage(one: StagePlan, other: StagePlan) -> Iterator[str]:
    yield from _configuration(one, other)
    left, right = tuple(moments(one)), tuple(moments(other))
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
    mine, theirs = _lasting(step.effects), _lasting(twin.effects)
    if mine != theirs:
        yield f"line {line}: its effects differ: {_first_difference(mine, theirs)}"
    yield from (f"line {line}: {what}" for what in unlike_files(step.effects, before, after))


def unlike_files(
    effects: Effects, before: Mapping[str, Value], after: Mapping[str, Value]
) -> Iterator[str]:
    """Where what a RUN meets differs in two trees."""
    patterns = Patterns(
        {"/**"} if effects.doubt is not None
        else effects.reads | effects.probes | effects.metadata
    )  # fmt: skip
    for path in before.keys() | after.keys():
        if path in patterns and before.get(path) != after.get(path):
            yield f"{path} is not the same"
    for folder in parents(effects) - FOLDERS:
        if (folder in before) != (folder in after):
            yield f"{folder}, which it writes into, is not there in both"
    for folder in effects.lists:
        if _entries(before, folder) != _entries(after, folder):
            yield f"the entries of {folder} are not the same"


def _entries(held: Iterable[str], folder: str) -> set[str]:
    """The names in a directory."""
    prefix = folder.rstrip("/") + "/"
    return {path[len(prefix) :].split("/")[0] for path in held if path.startswith(prefix)}


def _lasting(effects: Effects) -> Effects:
    """The effects without what a step above may have spared it: time."""
    return replace(effects, seconds=0.0, ahead=())


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
