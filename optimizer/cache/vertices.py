"""The build graph of a Dockerfile as the builder forms it: what it looks up in its cache.

    graph = vertices(text, build_args={"VERSION": "2"}, target="app")

It is made from the text alone, so one graph serves for every state of the context.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from optimizer.cache import definitions
from optimizer.cache.definitions import Definition
from optimizer.cache.held import Known, trace
from optimizer.cache.here import Here, start
from optimizer.cache.selection import Selection
from optimizer.cache.vertex import PRINTED, Trace, Vertex
from optimizer.dockerfile.instructions import Arg, Copy, Run, Typed, Workdir, typed
from optimizer.dockerfile.source import Instruction, Source, parse
from optimizer.dockerfile.stages import (
    Stage,
    built_instructions,
    global_arguments,
    needed,
    reference,
    stages,
    target_index,
)
from optimizer.errors import UserError


def vertices(
    text: str,
    build_args: Mapping[str, str] | None = None,
    target: str | None = None,
    builder: str = "buildkit",
    known: Known | None = None,
) -> tuple[Vertex, ...]:
    """The vertices that a build of the target comes by, in order; inputs stand before users.

    Args:
        text: The Dockerfile.
        build_args: Values of `--build-arg`.
        target: The stage that is built; None is the last.
        builder: `buildkit` (current), `buildkit-0.8` (as in Docker 20.10), `legacy`, `buildah`
            or `kaniko`.
        known: What RUNs do, by line, as far as that is known (`known_effects`); with it, the
            content of a stage may be known without building it.

    Raises:
        UserError: Docker would reject the text, or there is no such target.
    """
    return tuple(_graph(parse(text), build_args or {}, target, builder, known or {}).vertices)


def numbered(
    text: str,
    build_args: Mapping[str, str] | None = None,
    target: str | None = None,
    builder: str = "buildkit",
) -> dict[tuple[str, int], Vertex]:
    """The vertices by what a builder's log calls them: the stage, and the number there.

    BuildKit writes `[builder 3/7]`; a file's only stage has no name, unless the file copies from
    another image. The others number all instructions of a file and name no stage. Arguments as
    for `vertices`.
    """
    source = parse(text)
    graph = _graph(source, build_args or {}, target, builder, {})
    if not builder.startswith("buildkit"):
        lines = {v.line: v for v in graph.vertices}
        steps = enumerate(source.instructions, 1)
        return {("", n): lines[at.line] for n, at in steps if at.line in lines}
    names = [{stage.name or f"stage-{stage.index}"} for stage in graph.stages]
    if len(names) == 1:
        names[0].add("")
    places = graph.places.items()
    return {(name, n): graph.vertices[v] for (at, n), v in places for name in names[at]}


def _graph(
    source: Source, build_args: Mapping[str, str], target: str | None, builder: str, known: Known
) -> _Graph:
    found = stages(source, build_args)
    graph = _Graph(found, build_args, global_arguments(source, build_args), builder, known)
    wanted = needed(found, target)
    if builder == "legacy":  # builds all that stands above the target, too
        wanted = frozenset(range(target_index(found, target) + 1))
    for stage in found:
        if stage.index in wanted:
            graph.add_stage(stage)
    return graph


@dataclass(frozen=True)
class _End:
    """Where a stage, or the part of it that has been read, stands."""

    here: Here
    parent: int | None
    base: str


@dataclass
class _Graph:
    """The graph while it is made; `places` are (stage, number of the step) -> vertex."""

    stages: tuple[Stage, ...]
    build_args: Mapping[str, str]
    global_args: Mapping[str, str | None]
    builder: str
    effects: Known
    vertices: list[Vertex] = field(default_factory=list)
    ends: dict[int, _End] = field(default_factory=dict)
    known: dict[tuple[object, ...], int] = field(default_factory=dict)
    places: dict[tuple[int, int], int] = field(default_factory=dict)

    def add_stage(self, stage: Stage) -> None:
        """All vertices of a stage."""
        end = self._start(stage)
        linear = not self.builder.startswith("buildkit")
        # FROM is number 1, where there is an image to fetch.
        number = int(stage.base_stage is None and stage.base != "scratch")
        for instruction in built_instructions(stage, self.stages):
            view = typed(instruction, stage.escape)
            after = end.here.after(view, instruction.line)
            draw = self._linear if linear else self._drawn
            end = _End(after, end.parent, end.base)
            for each in draw(view, instruction, stage, end, after):
                end = _End(after, self._add(each), "")
                if each.printed and end.parent is not None:
                    number += 1
                    self.places[stage.index, number] = end.parent
        self.ends[stage.index] = end

    def _start(self, stage: Stage) -> _End:
        if stage.base_stage is not None:
            before = self.ends[stage.base_stage]
            return _End(before.here.child(), before.parent, before.base)
        image = stage.base if stage.base is not None else f"?{stage.start.arguments}"
        image = image if stage.platform is None else f"{stage.platform} {image}"
        here = start(stage.base, self.build_args, self.global_args, stage.escape)
        return _End(replace(here, old=self.builder == "buildkit-0.8"), None, image)

    def _add(self, vertex: Vertex) -> int:
        if vertex.key not in self.known:
            self.known[vertex.key] = len(self.vertices)
            self.vertices.append(vertex)
        return self.known[vertex.key]

    def _drawn(
        self, view: Typed, at: Instruction, stage: Stage, end: _End, after: Here
    ) -> Iterator[Vertex]:
        """What BuildKit makes of an instruction."""
        chosen = tuple(self._selected(view, end.here, stage, at.line))
        if isinstance(view, Run):
            yield _vertex(
                at, stage, end, definitions.run(view, end.here), chosen, self._traces(chosen)
            )
        elif isinstance(view, Copy):
            fields = definitions.copy(view, end.here, at.line)
            copied = _vertex(at, stage, end, fields, chosen, self._traces(chosen))
            yield from self._linked(copied) if view.link and not view.chmod else (copied,)
        elif isinstance(view, Workdir) and after.cwd != "/":
            yield _vertex(at, stage, end, definitions.workdir(after))

    def _linked(self, copied: Vertex) -> Iterator[Vertex]:
        """A copy on its own, and its merge with what it is put on (BUILDKIT.md 7).

        What the builder prints is the merge: done anew behind a step that is (v0.32.2, played).
        """
        alone = replace(copied, parent=None, base="", printed=False)
        onto = self._add(alone)
        yield replace(
            copied, keyword="MERGE", definition=(("instruction", "MERGE"),), selections=(),
            onto=onto, traces=(),
        )  # fmt: skip

    def _linear(
        self, view: Typed, at: Instruction, stage: Stage, end: _End, after: Here
    ) -> Iterator[Vertex]:
        """What a builder makes of it for which each instruction is a link of one chain."""
        selected = tuple(self._selected(view, end.here, stage, at.line))
        text = (("instruction", at.keyword), ("text", at.logical))
        yield Vertex(
            at.line, at.keyword, at.text.rstrip("\r\n"), stage.index,
            (*text, *_linear_fields(view, end.here, after)), end.parent, end.base, selected,
            printed=at.keyword in PRINTED,
            cacheable=self.builder != "kaniko" or at.keyword == "RUN",
            arguments=end.here.arguments, traces=self._traces(selected),
        )  # fmt: skip

    def _selected(self, view: Typed, here: Here, stage: Stage, line: int) -> Iterator[Selection]:
        """What an instruction takes from the context, a stage or an image."""
        if isinstance(view, Copy):
            origin = self._origin(view.from_, stage, line, numbers=True)
            yield from definitions.selections(view, here, line, origin)
        elif isinstance(view, Run):
            for mount, path in definitions.bound(view.mounts, here):
                kind, index, image = self._origin(mount.from_, stage, line, numbers=False)
                yield Selection(kind, path, index, image, literal=True)

    def _traces(self, selections: tuple[Selection, ...]) -> tuple[Trace | None, ...]:
        old = self.builder == "buildkit-0.8"
        return tuple(trace(self.vertices, each, self.effects, old=old) for each in selections)

    def _origin(
        self, name: str | None, stage: Stage, line: int, *, numbers: bool
    ) -> tuple[str, int | None, str]:
        if not name:
            return "context", None, ""
        try:
            index = reference(name, stage.index, self.stages, numbers=numbers)
        except UserError as error:
            raise UserError(error.message, line) from None
        if index is None:
            return "image", None, name
        end = self.ends[index]
        return "stage", end.parent, end.base


def _vertex(
    at: Instruction,
    stage: Stage,
    end: _End,
    definition: Definition,
    selections: tuple[Selection, ...] = (),
    traces: tuple[Trace | None, ...] = (),
) -> Vertex:
    return Vertex(
        at.line, at.keyword, at.text.rstrip("\r\n"), stage.index, definition, end.parent,
        end.base, selections, arguments=end.here.arguments, traces=traces,
    )  # fmt: skip


def _linear_fields(view: Typed, here: Here, after: Here) -> Definition:
    """What such a chain holds besides the text: what a RUN sees, and what a value became."""
    if isinstance(view, Run):
        arguments = tuple((k, v) for k, v in here.env.items() if k in here.arguments)
        bodies = tuple((h.name, h.content) for h in view.heredocs)
        return ("arguments", arguments), ("heredocs", bodies), ("shell", here.shell)
    if isinstance(view, Copy):
        return definitions.copy(view, here, 0)[1:]
    if isinstance(view, Arg):
        return ()  # its value is a RUN's business
    return (("environment", tuple(after.config.items())), ("directory", after.cwd))
