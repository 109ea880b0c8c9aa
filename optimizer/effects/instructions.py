"""Any instruction -> a step, and what holds behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from optimizer.dockerfile.instructions import (
    Arg,
    Copy,
    Env,
    Expose,
    Label,
    Run,
    Shell,
    Stopsignal,
    Typed,
    User,
    Volume,
    Workdir,
)
from optimizer.dockerfile.source import Instruction
from optimizer.effects.copy_step import copied
from optimizer.effects.image import Tree
from optimizer.effects.layers import Made
from optimizer.effects.model import Effects, unknown
from optimizer.effects.run_step import ran
from optimizer.effects.state import State
from optimizer.effects.step import Position, Step, Surroundings


def interpret_step(
    instruction: Instruction,
    typed: Typed,
    here: Position,
    around: Surroundings,
    stages: Mapping[int, Tree] | None = None,
    source_stage: int | None = None,
) -> tuple[Step, Position]:
    """What an instruction does, and what holds behind it."""
    line = around.origins.get(instruction.line, instruction.line)
    step = Step(instruction, typed, here.state, abs(line), new=line < 0)
    if isinstance(typed, Run):
        mounted = tuple((stages or {}).values()) if any(m.from_ for m in typed.mounts) else ()
        return ran(step, typed, here, around, mounted)
    if isinstance(typed, Copy):
        source = (stages or {}).get(source_stage) if source_stage is not None else None
        return copied(step, typed, here, around, source)
    state, uses = _metadata(typed, here.state, around)
    step = replace(step, uses=uses)
    if isinstance(typed, Workdir):
        return _workdir(step, state, here)
    return step, Position(state, here.tree)


def _metadata(typed: Typed, state: State, around: Surroundings) -> tuple[State, frozenset[str]]:
    """The state behind an instruction that is not a layer, and the variables it uses."""
    uses: set[str] = set()

    def value(text: str) -> str | None:
        expansion = state.expand(text, around.escape)
        uses.update(expansion.uses)
        return expansion.text

    after = state
    if isinstance(typed, Env):
        after = state.with_env({k: value(v) for k, v in typed.pairs})
    elif isinstance(typed, Arg):
        for name, default in typed.pairs:
            after = _arg(
                name,
                default if default is None else value(default),
                after,
                around,
                default is not None,
            )
    elif isinstance(typed, Workdir):
        after = state.with_workdir(value(typed.path))
    elif isinstance(typed, User):
        after = replace(state, user=value(typed.user))
    elif isinstance(typed, Shell):
        after = replace(state, shell=typed.argv)
    else:
        for text in _expanded(typed):
            value(text)
    return after, frozenset(uses)


def _expanded(typed: Typed) -> tuple[str, ...]:
    """The words of a metadata instruction that the builder expands (BUILDKIT.md 1.7)."""
    if isinstance(typed, Label):
        return tuple(word for pair in typed.pairs for word in pair)
    if isinstance(typed, Expose):
        return typed.ports
    if isinstance(typed, Volume):
        return typed.paths
    return (typed.signal,) if isinstance(typed, Stopsignal) else ()


def _arg(name: str, default: str | None, state: State, around: Surroundings, given: bool) -> State:  # noqa: FBT001 - a default may be given and not be known
    build_args, global_args = around.build_args or {}, around.global_args or {}
    if name in build_args:
        return state.with_arg(name, build_args[name])
    if given:
        return state.with_arg(name, default)
    if name in global_args:
        return state.with_arg(name, global_args[name])
    if name in state.variables:
        return state
    return state.with_arg(name, None)


def _workdir(step: Step, state: State, here: Position) -> tuple[Step, Position]:
    if state.cwd is None:
        doubt = unknown("the directory of this WORKDIR is not known")
        return replace(step, effects=doubt), Position(state, here.tree)
    parts = state.cwd.split("/")
    above = frozenset("/".join(parts[:n]) for n in range(2, len(parts) + 1)) - {"/", ""}
    effects = Effects(writes=here.missing(state.cwd), makes=above)
    return replace(step, effects=effects), Position(state, here.tree.with_layer(Made(state.cwd)))
