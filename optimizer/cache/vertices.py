"""The build graph of a Dockerfile as the builder forms it: what it looks up in its cache.

    graph = vertices(text, build_args={"VERSION": "2"}, target="app")

It is made from the text alone, so one graph serves for every state of the context.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from optimizer.cache import definitions
from optimizer.cache.chain import BUILDAH, counted, does, link, named
from optimizer.cache.definitions import Definition
from optimizer.cache.held import Known, trace
from optimizer.cache.here import Here, start
from optimizer.cache.selection import Selection
from optimizer.cache.vertex import PRINTED, Trace, Vertex
from optimizer.dockerfile.instructions import Copy, Run, Typed, Workdir, typed
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

# Builders with the older rules for words (Here.old).
_OLD = BUILDAH | {"buildkit-0.8"}


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
            (from 1.39 on), `buildah-1.28` (as in Debian 12) or `kaniko`.
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
    another image. Buildah and podman write `[2/3] STEP 4/5` with the stage's own number, and no
    stage if it is the first and nothing stands behind it. The others number all instructions of a
    file and name no stage. Arguments as for `vertices`.
    """
    source = parse(text)
    graph = _graph(source, build_args or {}, target, builder, {})
    if builder in BUILDAH:
        steps = {(str(at + 1), n): graph.vertices[v] for (at, n), v in graph.places.items()}
        return steps | {("", n): vertex for (at, n), vertex in steps.items() if at == "1"}
    if not builder.startswith("buildkit"):
        lines = {v.line: v for v in graph.vertices}
        every = enumerate(source.instructions, 1)
        return {("", n): lines[at.line] for n, at in every if at.line in lines}
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
    """Where a stage, or the part of it that has been read, stands.

    `files` is the last vertex that may have changed a file.
    """

    here: Here
    parent: int | None
    base: str
    files: int | None = None


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

    @property
    def shared(self) -> bool:
        """Whether it is a graph; with other builders it is a chain for each stage."""
        return self.builder.startswith("buildkit")

    def add_stage(self, stage: Stage) -> None:
        """All vertices of a stage."""
        end = self._start(stage)
        linear = not self.shared
        # FROM is number 1; with BuildKit where there is an image to fetch.
        number = int(linear or (stage.base_stage is None and stage.base != "scratch"))
        for instruction in self._instructions(stage):
            view = typed(instruction, stage.escape)
            after = end.here.after(view, instruction.line)
            draw = self._linear if linear else self._drawn
            end = replace(end, here=after)
            for each in draw(view, instruction, stage, end, after):
                made = self._add(each)
                end = _End(after, made, "", made if each.printed or self.shared else end.files)
                if (each.printed or linear) and end.parent is not None:
                    number += 1
                    self.places[stage.index, number] = end.parent
        self.ends[stage.index] = end

    def _instructions(self, stage: Stage) -> Iterable[Instruction]:
        """What is run of a stage: an image as buildah makes it by default (OCI) has no triggers."""
        return stage.instructions if self.builder in BUILDAH else built_instructions(stage, self.stages)

    def _start(self, stage: Stage) -> _End:
        if stage.base_stage is not None:
            before = self.ends[stage.base_stage]
            here = before.here.image() if self.builder in BUILDAH else before.here.child()
            return replace(before, here=here)
        image = stage.base if stage.base is not None else f"?{stage.start.arguments}"
        image = image if stage.platform is None else f"{stage.platform} {image}"
        here = start(stage.base, self.build_args, self.global_args, stage.escape)
        return _End(replace(here, old=self.builder in _OLD), None, image)

    def _add(self, vertex: Vertex) -> int:
        # BuildKit makes one of what two stages have in common; the others find it in their cache.
        if self.shared and vertex.key in self.known:
            return self.known[vertex.key]
        self.vertices.append(vertex)
        self.known[vertex.key] = len(self.vertices) - 1
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
        selected, onto = self._mounts(view, at, selected)
        yield Vertex(
            at.line, at.keyword, at.text.rstrip("\r\n"), stage.index,
            link(self.builder, at, view, end.here, after), end.parent, end.base, selected,
            printed=at.keyword in PRINTED,
            cacheable=self.builder != "kaniko" or at.keyword == "RUN",
            arguments=end.here.arguments, traces=self._traces(selected),
            onto=onto, ordered=self.builder in BUILDAH, does=does(view, end.here, after, at.line),
        )  # fmt: skip

    def _selected(self, view: Typed, here: Here, stage: Stage, line: int) -> Iterator[Selection]:
        """What an instruction takes from the context, a stage or an image."""
        if isinstance(view, Copy):
            origin = self._origin(view.from_, stage, line, numbers=True)
            found = definitions.selections(view, here, line, origin)
            yield from named(view, found) if self.builder in BUILDAH else found
        elif isinstance(view, Run):
            for mount, path in definitions.bound(view.mounts, here):
                kind, index, image = self._origin(mount.from_, stage, line, numbers=False)
                yield Selection(kind, path, index, image, literal=True)

    def _mounts(
        self, view: Typed, at: Instruction, selected: tuple[Selection, ...]
    ) -> tuple[tuple[Selection, ...], int | None]:
        """Of what is mounted what counts by its content, and the stage that counts as it was built."""
        if self.builder not in BUILDAH or not isinstance(view, Run):
            return selected, None
        if self.builder == "buildah-1.28":
            return (), None
        made = [each.stage for each in selected if each.stage is not None]
        others = tuple(each for each in selected if each.stage is None) if counted(at) else ()
        return others, made[-1] if made else None

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
        return "stage", end.files, end.base


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
