"""What a stage holds, as far as that follows from the files that were copied into it.

A stage that is built again often comes out as it was: then BuildKit finds a copy of its files
in the cache by their content (BUILDKIT.md 2.4). What a RUN leaves is not known; but a RUN that
was itself a hit has left what it left before, and where it writes is known from its effects.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from optimizer.cache.here import UNKNOWN
from optimizer.cache.selection import Selection
from optimizer.cache.vertex import Landing, Trace, Vertex
from optimizer.effects.bases import base
from optimizer.effects.copying import ARCHIVE
from optimizer.effects.image import FOLDERS, SYSTEM
from optimizer.effects.layers import Written
from optimizer.effects.model import Derived, Effects, Paths, Patterns, covers, overlaps, tree
from optimizer.graph.plan import Plan

# Line of a RUN -> what it does, where that is known.
Known = Mapping[int, Effects]

_OCTAL = re.compile(r"[0-7]+")


def trace(
    vertices: Sequence[Vertex], selection: Selection, known: Known, *, old: bool
) -> Trace | None:
    """Where the content that is selected in a stage comes from; None if that is not known.

    Args:
        vertices: The graph, up to the end of the stage.
        selection: Of that stage.
        known: The effects of RUNs.
        old: Whether the owner of a stage's files counts not (BuildKit before 0.11).
    """
    if selection.stage is None or UNKNOWN in selection.pattern:
        return None
    chain = list(_chain(vertices, selection.stage))
    walk = _Walk(vertices, selection, known, old, scratch=vertices[chain[-1]].base == "scratch")
    for index in reversed(chain):
        if not walk.pass_by(index):
            return None
    if walk.may_lead_elsewhere(walk.wanted):
        return None  # it may be a link, and lead to what is copied elsewhere
    image = vertices[chain[-1]].base
    ground: tuple[object, ...] = tuple(walk.ground)
    if walk.opaque is None and not walk.scratch and (walk.system or not base(image).complete):
        ground = (("image", image), *ground)
    return Trace(
        selection, tuple(walk.landings), walk.opaque, ground,
        sharp=all(each.sharp for each in walk.landings),
    )  # fmt: skip


def known_effects(plan: Plan) -> Known:
    """Line of a RUN -> what it does."""
    steps = (step for stage in plan.stages for step in stage.steps)
    return {s.instruction.line: s.effects for s in steps if s.keyword == "RUN"}


def _chain(vertices: Sequence[Vertex], end: int) -> Iterator[int]:
    at: int | None = end
    while at is not None:
        yield at
        at = vertices[at].parent


def _way(path: str) -> frozenset[str]:
    """A path and those above it."""
    found = {path}
    while path != "/":
        path = posixpath.dirname(path)
        found.add(path)
    return frozenset(found)


@dataclass
class _Walk:
    """The stage, from its base to its end.

    Attributes:
        opaque: The last vertex of which it is not known what it leaves there.
        landings: What was copied there since.
        ground: Directories that were made there since.
        put: What RUNs may have made links of, by their names or somewhere in these trees.
        folders: Directories that are there.
    """

    vertices: Sequence[Vertex]
    selection: Selection
    known: Known
    old: bool
    scratch: bool
    opaque: int | None = None
    landings: list[Landing] = field(default_factory=list)
    ground: list[tuple[object, ...]] = field(default_factory=list)
    put: Paths = frozenset()
    folders: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.wanted = f"/{self.selection.fixed}".rstrip("/") or "/"
        self.system = not self.scratch and any(overlaps(s, tree(self.wanted)) for s in SYSTEM)

    def pass_by(self, index: int) -> bool:
        """Go on by one vertex; False if from here on nothing is known."""
        vertex = self.vertices[index]
        if vertex.keyword == "RUN":
            return self._run(index, vertex)
        if vertex.keyword == "WORKDIR":
            self._workdir(vertex)
        elif vertex.keyword in {"COPY", "ADD"}:
            self._copy(index, vertex)
        elif vertex.keyword == "MERGE" and vertex.onto is not None:
            self._copy(index, self.vertices[vertex.onto])
        return True

    def _run(self, index: int, vertex: Vertex) -> bool:
        effects = self.known.get(vertex.line)
        if effects is None or effects.doubt is not None:
            return False
        places = effects.writes | effects.metadata | effects.deletes
        if self.old:  # it leaves the places of mounts behind (BUILDKIT.md 3.7)
            mounts = _tuple(_fields(vertex).get("mounts"))
            places |= {str(_tuple(each)[0]) for each in mounts}
        made = next((d for d in effects.derived if d.path == self.wanted), None)
        if made is not None and self.selection.plain and self._derive(vertex, made):
            return True
        patterns = Patterns(places)
        way = any(path in patterns for path in _way(self.wanted))
        if way or any(covers(tree(self.wanted), p.removesuffix("/**") or "/") for p in places):
            self._forget(index)
        self.put |= Written(effects).put
        kept = {f for f in self.folders if not any(covers(d, f) for d in effects.deletes)}
        self.folders = kept | effects.makes
        return True

    def _derive(self, vertex: Vertex, made: Derived) -> bool:
        """Take what a file is made of for the file, where the maker is known to be the same.

        That is so if behind the last RUN above, or the base, nothing is brought but what it is
        made of: the maker and its settings come from there.
        """
        if vertex.parent is None or vertex.selections:
            return False
        last: int | None = None
        for index in _chain(self.vertices, vertex.parent):
            each = self.vertices[index]
            if each.keyword == "RUN":
                last = index
                break
            place = str(_fields(each).get("destination", ""))
            if each.keyword != "WORKDIR" and not covers(tree(made.folder), place.rstrip("/")):
                return False
        folder = Selection("stage", made.folder.strip("/"), vertex.parent, literal=True)
        source = trace(self.vertices, folder, self.known, old=self.old)
        if source is None:
            return False
        image = self.vertices[list(_chain(self.vertices, vertex.parent))[-1]].base
        self.opaque = max((i for i in (last, source.opaque) if i is not None), default=None)
        self.ground = [("made", image, vertex.definition, *source.ground)]
        self.landings = [Landing(folder, self.selection.pattern, False, source, "", False, made)]
        return True

    def may_lead_elsewhere(self, path: str) -> bool:
        """Whether a RUN may have put a link on the way to a path."""
        patterns = Patterns(self.put)
        return any(each in patterns for each in _way(path))

    def _workdir(self, vertex: Vertex) -> None:
        path = str(_fields(vertex).get("directory", ""))
        self.folders |= _way(path)
        if covers(tree(self.wanted), path):
            owner = "" if self.old else str(_fields(vertex).get("user", ""))
            self.ground.append(("made", path, owner))

    def _copy(self, index: int, vertex: Vertex) -> None:
        fields = _fields(vertex)
        destination = str(fields["destination"])
        place = destination.rstrip("/") or "/"
        ours = overlaps(tree(place), tree(self.wanted))
        # In places of the system, the base may have a link on the way.
        strange = self.system and any(overlaps(s, tree(place)) for s in SYSTEM)
        strange = strange or UNKNOWN in destination or self.may_lead_elsewhere(place)
        if strange or (ours and not self._simple(vertex, fields, place)):
            self._forget(index)
        elif ours:
            self.landings += self._landings(vertex, fields, destination)
        self.folders |= _way(place) if destination.endswith("/") else _way(posixpath.dirname(place))

    def _forget(self, index: int) -> None:
        self.opaque, self.landings, self.ground = index, [], []

    def _simple(self, vertex: Vertex, fields: Mapping[str, object], place: str) -> bool:
        """Whether it is plain to see what lands where."""
        into = str(fields["destination"]).endswith("/") or self._there(place)
        mode, sources = str(fields["mode"]), fields["sources"]
        return (
            sources == tuple(s for s in _tuple(sources) if isinstance(s, str))  # no heredocs
            and (into or (len(vertex.selections) == 1 and vertex.selections[0].plain))
            and (not mode or _OCTAL.fullmatch(mode) is not None)
            and all(map(_clear, vertex.selections, vertex.traces))
            and not (vertex.keyword == "ADD" and any(map(_unpacks, vertex.selections)))
        )

    def _there(self, place: str) -> bool:
        return place in self.folders or (place in FOLDERS and not self.scratch)

    def _landings(
        self, vertex: Vertex, fields: Mapping[str, object], destination: str
    ) -> Iterator[Landing]:
        place = destination.strip("/")
        into = destination.endswith("/") or self._there("/" + place)
        owner = "" if self.old or fields["owner"] in {"0", "0:0"} else str(fields["owner"])
        mode = str(fields["mode"])
        for each, its_trace in zip(vertex.selections, vertex.traces, strict=True):
            marks = f"\0{owner}\0{mode}" if owner or mode else ""
            sharp = not mode and (its_trace is None or (its_trace.sharp and not owner))
            yield Landing(replace(each, named=""), place, into, its_trace, marks, sharp)


def _fields(vertex: Vertex) -> Mapping[str, object]:
    return dict(vertex.does or vertex.definition)


def _tuple(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()


def _clear(selection: Selection, its_trace: Trace | None) -> bool:
    if selection.parents:
        return False
    return selection.origin == "context" or (selection.origin == "stage" and its_trace is not None)


def _unpacks(selection: Selection) -> bool:
    return not selection.plain or ARCHIVE.search(selection.pattern) is not None
