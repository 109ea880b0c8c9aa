"""The plan: a Dockerfile with all that is known of it, which is what a pass is given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from optimizer.context.files import Files
from optimizer.dockerfile.instructions import Copy, typed
from optimizer.dockerfile.source import Source, parse
from optimizer.dockerfile.stages import Stage, global_arguments, reference, stages
from optimizer.effects.bases import base
from optimizer.effects.image import Tree
from optimizer.effects.instructions import interpret_step
from optimizer.effects.layers import Shipped
from optimizer.effects.state import start
from optimizer.effects.step import Position, Step, Surroundings
from optimizer.effects.tool import Tool
from optimizer.effects.tools import TOOLS
from optimizer.graph.weights import Weights


def _no_others() -> Mapping[str, str]:
    return {}


def _unmeasured(stage: str, text: str) -> None:  # noqa: ARG001 - without a build to learn from
    return None


def _never(path: str) -> bool:  # noqa: ARG001 - where git does not say, nothing is its to ignore
    return False


@dataclass(frozen=True)
class StagePlan:
    """One stage.

    Attributes:
        stage: Its place in the text.
        steps: Its instructions behind FROM.
        end: What holds behind its last instruction.
        triggers: Whether its base may have ONBUILD triggers.
        provided: What its steps, and those of a stage that it stands on, have fetched for others.
    """

    stage: Stage
    steps: tuple[Step, ...]
    end: Position
    triggers: bool = False
    provided: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Given:
    """What a plan is made with, besides the text.

    Attributes:
        files: The context, as the builder receives it.
        weights: How often what changes.
        build_args: Values of `--build-arg`.
        builder: The builder whose rules hold.
        network_moves: Whether a step may cross one that fetches from the network.
        origins: For a text that was rewritten: line -> line of the original, for the report;
            negative for an instruction that is new.
        others: Path -> text of the other Dockerfiles that share the context's ignore file.
        seconds: What an instruction took in a real build, by its stage's name and its text; None
            if that is not known.
        size: The bytes of its layer, likewise.
        tools: The table of tools, by program.
        untracked: Which paths of the context git ignores (so that a clone has none of them).
        git_ignores: Whether git would ignore a path of the context that is not there today.
        dockerfile: The Dockerfile's path in the context; None if it stands outside.
        frontend: The version of Dockerfiles that the builder surely knows.
    """

    files: Files
    weights: Weights = field(default_factory=Weights)
    build_args: Mapping[str, str] = field(default_factory=dict)
    builder: str = "buildkit"
    network_moves: bool = True
    untracked: Callable[[str], bool] = _never
    others: Callable[[], Mapping[str, str]] = _no_others
    origins: Mapping[int, int] = field(default_factory=dict)
    seconds: Callable[[str, str], float | None] = _unmeasured
    size: Callable[[str, str], int | None] = _unmeasured
    tools: Mapping[str, Tool] = field(default_factory=lambda: TOOLS)
    git_ignores: Callable[[str], bool] = _never
    dockerfile: str | None = "Dockerfile"
    frontend: tuple[int, int] = (0, 0)

    @property
    def rules_path(self) -> str:
        """The path in the context of the ignore file, there or not."""
        return self.files.rules_name or ".dockerignore"

    @property
    def own(self) -> frozenset[str]:
        """The paths of the context that a rewrite may change."""
        return frozenset(filter(None, [self.dockerfile, self.rules_path]))


@dataclass(frozen=True)
class Plan:
    """A Dockerfile over its context.

    Attributes:
        source: The text.
        stages: Its stages, in order.
        given: What it was made with, besides the text.
    """

    source: Source
    stages: tuple[StagePlan, ...]
    given: Given


def make_plan(text: str, given: Given) -> Plan:
    """Read a Dockerfile over its context.

    Raises:
        UserError: Docker would reject the text.
    """
    source = parse(text)
    found = stages(source, given.build_args)
    around = Surroundings(
        given.files, given.tools, source.escape, given.build_args,
        global_arguments(source, given.build_args), given.origins, given.own,
    )  # fmt: skip
    plans: list[StagePlan] = []
    for stage in found:
        plans.append(_measured(_stage_plan(stage, found, plans, around), given))
    return Plan(source, tuple(plans), given)


def origins(plan: Plan, after: Source, line: int) -> Mapping[int, int]:
    """For each line with an instruction, the line that it had in the original.

    Of an instruction that is new, the line that it stands for, negative.
    """
    old = plan.given.origins
    lines: dict[str, list[int]] = defaultdict(list)
    for each in plan.source.instructions:
        lines[each.text.rstrip("\r\n")].append(old.get(each.line, each.line))
    found = {}
    for each in after.instructions:
        known = lines.get(each.text.rstrip("\r\n"))
        found[each.line] = known.pop(0) if known else -line
    return found


def numbered(plan: Plan, origins: Mapping[int, int]) -> Plan:
    """The same plan, with other lines for the report; see `Given.origins`."""
    return Plan(
        plan.source,
        tuple(
            replace(stage, steps=tuple(_numbered(step, origins) for step in stage.steps))
            for stage in plan.stages
        ),
        replace(plan.given, origins=origins),
    )


def _numbered(step: Step, origins: Mapping[int, int]) -> Step:
    line = origins.get(step.instruction.line, step.instruction.line)
    return replace(step, line=abs(line), new=line < 0)


def _measured(plan: StagePlan, given: Given) -> StagePlan:
    """The stage with what its steps took, where a real build tells."""
    name = plan.stage.name or f"stage-{plan.stage.index}"
    steps: list[Step] = []
    for step in plan.steps:
        seconds = given.seconds(name, step.instruction.text) if step.keyword == "RUN" else None
        if seconds is not None:
            seconds -= _shared(steps, step, seconds)
            step = replace(step, effects=replace(step.effects, seconds=seconds), measured=True)  # noqa: PLW2901 - the same step, known better
        size = given.size(name, step.instruction.text)
        steps.append(step if size is None else replace(step, size=size))
    return replace(plan, steps=tuple(steps))


def _shared(steps: list[Step], whole: Step, seconds: float) -> float:
    """What of a step's measured seconds belongs to a RUN above, which the build did not have.

    By the table's own shares: it is put to that RUN.
    """
    table = whole.effects.seconds + sum(a.seconds for a in whole.done)
    moved = 0.0
    for number, step in enumerate(steps):
        mine = [a for a in whole.done if a.goods in step.effects.provides]
        if mine and not step.measured and table:
            share = seconds * sum(a.seconds for a in mine) / table
            steps[number] = replace(step, effects=replace(step.effects, seconds=share))
            moved += share
    return moved


def _stage_plan(
    stage: Stage, found: tuple[Stage, ...], done: list[StagePlan], around: Surroundings
) -> StagePlan:
    if stage.base_stage is not None:
        here, triggers = done[stage.base_stage].end, False
        triggers = any(s.keyword == "ONBUILD" for s in done[stage.base_stage].steps)
    else:
        kind = base(stage.base)
        layers = (Shipped(kind.files),) if kind.files else ()
        here = Position(start(kind), Tree(layers, scratch=stage.base == "scratch"))
        triggers = kind.triggers
    steps = []
    provided = done[stage.base_stage].provided if stage.base_stage is not None else frozenset()
    trees = {plan.stage.index: plan.end.tree for plan in done}
    for instruction in stage.instructions:
        view = typed(instruction, around.escape)
        source_stage = None
        if isinstance(view, Copy) and view.from_ is not None:
            source_stage = reference(view.from_, stage.index, found)
        step, here = interpret_step(instruction, view, here, around, trees, source_stage)
        steps.append(_relieved(step, provided))
        provided |= step.effects.provides
    return StagePlan(stage, tuple(steps), here, triggers, provided)


def _relieved(step: Step, provided: frozenset[str]) -> Step:
    """The step without what a step above has done for it."""
    done = tuple(a for a in step.effects.ahead if a.spared_by(provided))
    return replace(step, effects=step.effects.where(provided), done=done) if done else step
