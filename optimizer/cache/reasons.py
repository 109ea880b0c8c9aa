"""Why a step is built again, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from optimizer.cache.contents import Contents
from optimizer.cache.records import Build
from optimizer.cache.selection import Selection
from optimizer.cache.vertex import Vertex

_FILES_NAMED = 3
# What a field of a definition is called where it is the field that differs.
_FIELDS = {
    "command": "its command",
    "directory": "the working directory",
    "user": "the user",
    "shell": "the shell",
    "sources": "its list of sources",
    "destination": "its destination",
    "owner": "its --chown",
    "mode": "its --chmod",
    "heredocs": "its heredoc",
}


def because(before: Build, built: Build, index: int) -> str | None:
    """Why a vertex was no hit, given the build before; None if it was one."""
    vertex, outcome = built.vertices[index], built.outcomes[index]
    if outcome.hit:
        return None
    if outcome.failed is not None:
        missing = f"{outcome.failed.pattern} is not in the build context, so the build fails here"
        return missing if outcome.missing else "the build has failed before it"
    if not outcome.sure:
        return _condition(built, index)
    own = _own(before, built, vertex)
    if own is not None:
        return own
    line = _culprit(before, built, index)
    if line is not None:
        return f"line {line} is rebuilt"
    if not vertex.cacheable:
        return f"this builder keeps no {vertex.keyword} in its cache"
    return "the cache does not hold this step after these"


def _condition(built: Build, index: int) -> str:
    """What it depends on whether a step is a hit."""
    at = index
    while (above := _unsure_input(built, at)) is not None:
        at = above
    if at != index:
        return f"a hit if line {built.vertices[at].line} is one"
    stages = [s.stage for s in built.vertices[at].selections if s.stage is not None]
    for stage in stages:
        line = _last_built(built, stage)
        if line is not None:
            return f"a hit if line {line}, which is rebuilt, leaves the same files"
    return "a hit if the build that failed has come so far"


def _unsure_input(built: Build, index: int) -> int | None:
    return next((i for i in _inputs(built.vertices[index]) if not built.outcomes[i].sure), None)


def _last_built(built: Build, stage: int) -> int | None:
    """The line of the last step of a stage that is built again; of a RUN, if there is one."""
    at: int | None = stage
    found: list[Vertex] = []
    while at is not None:
        if not built.outcomes[at].hit:
            found.append(built.vertices[at])
        at = built.vertices[at].parent
    runs = [vertex for vertex in found if vertex.keyword == "RUN"]
    return next((vertex.line for vertex in (*runs, *found)), None)


def _own(before: Build, built: Build, vertex: Vertex) -> str | None:
    """What differs in the step itself."""
    old = _counterpart(before, built, vertex)
    if old is None:
        return "the instruction is new"
    if vertex.parent is None and old.parent is None and vertex.base != old.base:
        return f"the base image is {vertex.base}"
    if vertex.definition != old.definition:
        return "; ".join(_definition(vertex, old))
    found = [
        text
        for a, b in zip(old.selections, vertex.selections, strict=True)
        for text in _content(before, built, a, b)
    ]
    return "; ".join(dict.fromkeys(found)) or None


def _counterpart(before: Build, built: Build, vertex: Vertex) -> Vertex | None:
    """The step of the build before that this one stands for."""

    def same_text(other: Vertex) -> bool:
        return (other.keyword, other.text, other.stage) == (
            vertex.keyword, vertex.text, vertex.stage,
        )  # fmt: skip

    which = [v.line for v in built.vertices if same_text(v)].index(vertex.line)
    alike = [v for v in before.vertices if same_text(v)]
    if alike:
        return alike[min(which, len(alike) - 1)]
    return next(
        (
            v for v in before.vertices
            if v.definition == vertex.definition and len(v.selections) == len(vertex.selections)
        ),
        None,
    )  # fmt: skip


def _definition(vertex: Vertex, old: Vertex) -> Iterator[str]:
    former = dict(old.definition)
    for name, value in vertex.definition:
        if former.get(name) == value:
            continue
        if name in {"environment", "arguments"}:
            yield _environment(value, former.get(name), vertex.arguments)
        else:
            yield f"{_FIELDS.get(name, f'its {name}')} is another one"


def _environment(new: object, old: object, arguments: frozenset[str]) -> str:
    """Which variables differ; both are tuples of (name, value) pairs."""
    after, before = _pairs(new), _pairs(old)
    names = [n for n in {**before, **after} if before.get(n) != after.get(n)]
    if not names:
        return "the variables stand in another order"
    name = names[0]
    kind = "ARG" if name in arguments else "ENV"
    if name not in after:
        return f"{name} is no longer set"
    return f"{kind} {name} {'has another value' if name in before else 'is new'}"


def _pairs(value: object) -> Mapping[str, object]:
    return dict(value) if isinstance(value, tuple) else {}


def _content(before: Build, built: Build, old: Selection, new: Selection) -> Iterator[str]:
    """Which files of a source are other ones."""
    if before.contents.digest(old) == built.contents.digest(new):
        return
    if not isinstance(before.contents, Contents) or not isinstance(built.contents, Contents):
        yield f"{new.pattern or 'the context'} changed"
        return
    former, latter = before.contents.entries(old), built.contents.entries(new)
    both = former.keys() & latter.keys()
    yield from _files([p for p in both if former[p] != latter[p]], "changed")
    yield from _files(latter.keys() - both, "is new")
    yield from _files(former.keys() - both, "is gone")


def _files(paths: set[str] | list[str], what: str) -> Iterator[str]:
    named = sorted(paths)
    if named:
        more = f" and {len(named) - _FILES_NAMED} more" if len(named) > _FILES_NAMED else ""
        what = what if len(named) == 1 else what.replace("is ", "are ")
        yield f"{', '.join(named[:_FILES_NAMED])}{more} {what}"


def _culprit(before: Build, built: Build, index: int) -> int | None:
    """The line of the first miss that this one stands on, and that has a reason of its own."""
    at: int | None = index
    found = None
    while at is not None:
        at = next((i for i in _inputs(built.vertices[at]) if not built.outcomes[i].hit), None)
        each = built.vertices[at] if at is not None else None
        if each is not None and (each.cacheable or _own(before, built, each)):
            found = each.line
    return found


def _inputs(vertex: Vertex) -> Iterator[int]:
    stages = (s.stage for s in vertex.selections)
    yield from (i for i in (vertex.parent, vertex.onto, *stages) if i is not None)
