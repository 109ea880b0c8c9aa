"""The stages of a Dockerfile: by name, by number, and which of them need which.

Facts are from `buildDispatchStates` and `toCommand` in BuildKit's `dockerfile2llb/convert.go`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from optimizer.dockerfile.instructions import Arg, Copy, From, Onbuild, Run, typed
from optimizer.dockerfile.source import Instruction, Source
from optimizer.dockerfile.variables import expand
from optimizer.errors import UserError

# Set by the builder for FROM lines, to what it alone knows.
PLATFORM_ARGUMENTS = frozenset(
    f"{side}{what}"
    for side in ("BUILD", "TARGET")
    for what in ("PLATFORM", "OS", "OSVERSION", "ARCH", "VARIANT")
) | {"TARGETSTAGE"}

# strconv.Atoi of Go.
_NUMBER = re.compile(r"[-+]?[0-9]+")


@dataclass(frozen=True)
class Stage:
    """One stage.

    Attributes:
        index: Its number, from 0.
        name: In lower case, None if it has none.
        base: The image after expansion (or the stage's name), None if that is not known.
        base_stage: The number of the stage that it continues, None for an image.
        platform: The value of `--platform` as written.
        start: Its FROM.
        instructions: What follows, up to the next FROM.
        escape: The file's escape character.
    """

    index: int
    name: str | None
    base: str | None
    base_stage: int | None
    platform: str | None
    start: Instruction
    instructions: tuple[Instruction, ...]
    escape: str = "\\"


def global_arguments(source: Source, build_args: Mapping[str, str]) -> dict[str, str | None]:
    """What FROM lines may use: the platform's, and ARGs above the first FROM."""
    scope: dict[str, str | None] = {
        name: build_args.get(name) for name in sorted(PLATFORM_ARGUMENTS)
    }
    for instruction in source.instructions:
        if instruction.keyword == "FROM":
            break
        argument = typed(instruction, source.escape)
        for name, default in argument.pairs if isinstance(argument, Arg) else ():
            if name in build_args:
                scope[name] = build_args[name]
            elif default is not None:
                found = expand(default, scope, source.escape, complete=True, line=instruction.line)
                scope[name] = found.text
    return scope


def stages(source: Source, build_args: Mapping[str, str] | None = None) -> tuple[Stage, ...]:
    """The stages in order.

    Raises:
        UserError: If a base is blank, or an expansion in a FROM fails.
    """
    scope = global_arguments(source, build_args or {})
    starts = [i for i, each in enumerate(source.instructions) if each.keyword == "FROM"]
    ends = [*starts[1:], len(source.instructions)]
    known: dict[str, int] = {}
    found: list[Stage] = []
    for index, (first, end) in enumerate(zip(starts, ends, strict=True)):
        body = source.instructions[first + 1 : end]
        stage = _stage(index, source.instructions[first], body, scope, source.escape, known)
        found.append(stage)
        if stage.name:
            known[stage.name] = index
    return tuple(found)


def _stage(
    index: int,
    start: Instruction,
    body: tuple[Instruction, ...],
    scope: Mapping[str, str | None],
    escape: str,
    known: Mapping[str, int],
) -> Stage:
    view = typed(start, escape)
    assert isinstance(view, From)  # noqa: S101 - as `starts` were chosen
    base = expand(view.image, scope, escape, complete=True, line=start.line).text
    if base == "":
        raise UserError(f"base name ({view.image}) should not be blank", start.line)
    # `FROM Build` does not find the stage `build`: names are kept in lower case, and only
    # the others who look for them put the name they have in lower case as well.
    base_stage = None if base is None else known.get(base)
    return Stage(index, view.name, base, base_stage, view.platform, start, body, escape)


def reference(
    name: str, before_index: int, stages: Sequence[Stage], *, numbers: bool = True
) -> int | None:
    """The stage that `--from=name` in stage `before_index` means, None for an image.

    Args:
        name: As written.
        before_index: The number of the stage that asks.
        stages: All stages.
        numbers: Whether `0` is a stage; not so for `RUN --mount=from=`.

    Raises:
        UserError: If it means the stage itself, a later one, or a number that is none, or if
            it holds a variable.
    """
    if "$" in name[:-1]:
        raise UserError(f"--from={name}: variables are not expanded here, but in FROM they are")
    if numbers and _NUMBER.fullmatch(name):
        index = int(name)
        if not 0 <= index < len(stages):
            raise UserError(f"--from={name}: there is no stage with this number")
    else:
        # All stages are named before any reference is looked up, so the last one counts.
        named = [each.index for each in stages if each.name == name.lower()]
        if not named:
            return None
        index = named[-1]
    if index >= before_index:
        raise UserError(f"--from={name}: the stage is not defined before it is used")
    return index


def references(stage: Stage, stages: Sequence[Stage]) -> tuple[int, ...]:
    """The stages that one stage copies or mounts from, and the one it continues, in order.

    Raises:
        UserError: As `reference`, with the line.
    """
    found = [] if stage.base_stage is None else [stage.base_stage]
    for instruction in built_instructions(stage, stages):
        for name, numbers in _names(instruction, stage.escape):
            try:
                index = reference(name, stage.index, stages, numbers=numbers)
            except UserError as error:
                raise UserError(error.message, instruction.line) from None
            if index is not None:
                found.append(index)
    return tuple(sorted(set(found)))


def built_instructions(stage: Stage, stages: Sequence[Stage]) -> Iterator[Instruction]:
    """Those that a build of the stage runs: its own, after the triggers of the stage it continues."""
    if stage.base_stage is not None:
        for each in stages[stage.base_stage].instructions:
            if each.keyword == "ONBUILD":
                view = typed(each, stage.escape)
                assert isinstance(view, Onbuild)  # noqa: S101 - by its keyword
                yield view.inner
    yield from stage.instructions


def _names(instruction: Instruction, escape: str) -> Iterator[tuple[str, bool]]:
    """What it copies or mounts from, and whether that may be a number."""
    if instruction.keyword not in {"COPY", "RUN"}:
        return
    view = typed(instruction, escape)
    if isinstance(view, Copy) and view.from_:
        yield view.from_, True
    if isinstance(view, Run):
        yield from ((each.from_, False) for each in view.mounts if each.from_)


def target_index(stages: Sequence[Stage], target: str | None = None) -> int:
    """The number of the stage that `--target` names; the last one without it.

    Raises:
        UserError: If there is no such stage.
    """
    if not target:
        return len(stages) - 1
    named = [each.index for each in stages if each.name == target.lower()]
    if not named:
        raise UserError(f"target stage {target!r} could not be found")
    return named[-1]


def needed(stages: Sequence[Stage], target: str | None = None) -> frozenset[int]:
    """The numbers of all stages that a build of the target comes by, itself included.

    Raises:
        UserError: If the target is unknown, or a reference in one of them fails.
    """
    waiting = [target_index(stages, target)]
    found: set[int] = set()
    while waiting:
        index = waiting.pop()
        if index not in found:
            found.add(index)
            waiting.extend(references(stages[index], stages))
    return frozenset(found)


def chain_of(stages: Sequence[Stage], target: str | None = None) -> Iterator[int]:
    """The numbers of the stages whose layers are in the target's image, the target first.

    Raises:
        UserError: If the target is unknown.
    """
    index: int | None = target_index(stages, target)
    while index is not None:
        yield index
        index = stages[index].base_stage
