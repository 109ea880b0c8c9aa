"""What a rebuild prints after a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from optimizer.cache.contents import Contents
from optimizer.cache.held import known_effects
from optimizer.cache.reasons import because
from optimizer.cache.records import Records
from optimizer.cache.vertices import vertices
from optimizer.context.files import Files
from optimizer.effects.tool import Tool
from optimizer.effects.tools import TOOLS
from optimizer.graph.plan import Given, make_plan


@dataclass(frozen=True)
class Situation:
    """What a Dockerfile is built with.

    Attributes:
        files: The context.
        build_args: Values of `--build-arg`.
        target: The stage that is built; None is the last.
        builder: Whose rules hold.
        tools: What is known of programs.
    """

    files: Files
    build_args: Mapping[str, str] = field(default_factory=dict)
    target: str | None = None
    builder: str = "buildkit"
    tools: Mapping[str, Tool] = field(default_factory=lambda: TOOLS)


@dataclass(frozen=True)
class Printed:
    """A step as a rebuild prints it.

    Attributes:
        line: Its first line, from 1.
        text: The instruction.
        cached: Whether it is a hit, for all that is known.
        because: Why not; None for a hit.
        sure: Whether that is known: a step that takes from a stage which is built again is a
            hit if the stage comes out as it was.
    """

    line: int
    text: str
    cached: bool
    because: str | None
    sure: bool = True


def simulate(text: str, first: Situation, second: Situation) -> tuple[Printed, ...]:
    """Build in one situation with an empty cache; what then is printed in another.

    Raises:
        UserError: Docker would reject the text, or there is no such target.
    """
    records = Records()
    builds = []
    for each in (first, second):
        given = Given(
            each.files, build_args=each.build_args, builder=each.builder, tools=each.tools
        )
        known = known_effects(make_plan(text, given))
        graph = vertices(text, each.build_args, each.target, each.builder, known)
        builds.append(records.build(graph, Contents(each.files)))
    before, built = builds
    return tuple(
        Printed(v.line, v.text, o.hit, because(before, built, index), o.sure)
        for index, (v, o) in enumerate(zip(built.vertices, built.outcomes, strict=True))
        if v.printed
    )
