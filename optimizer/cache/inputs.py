"""The keys of what a step takes from the context, a stage or an image.

Whatever a step takes from one tree is one input. Its content key is that of the sources in the
order of their paths, so it does not say which of two bind mounts of a tree is at which target.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from optimizer.cache.contents import Digest, Missing, Sum
from optimizer.cache.vertex import OF_CONTEXT, Trace, Vertex

_Key = tuple[str, object]


class Held(NamedTuple):
    """What is known of the content that is selected in a stage.

    Attributes:
        ground: What it stands on: a result, and what is made by name.
        copied: What was copied onto it.
        sharp: Whether content differs wherever what is copied does.
    """

    ground: tuple[object, ...]
    copied: Sum
    sharp: bool


class Input(NamedTuple):
    """One input.

    Attributes:
        keys: By content and by definition, as far as they are known.
        rough: Equal for inputs that may have equal content.
        made: For a stage, the result that it ends with.
        held: For a stage, what is known of the content of each source.
    """

    keys: tuple[_Key, ...]
    rough: _Key
    made: str | int | None = None
    held: tuple[Held | None, ...] = ()


def inputs_of(
    vertex: Vertex, digests: Sequence[Digest], copied: Sequence[Sum | None], results: Sequence[int]
) -> tuple[Input, ...]:
    """The inputs of a vertex besides the files that it starts from.

    Args:
        vertex: The vertex.
        digests: For each selection, its content.
        copied: For each selection with a trace, what was copied to where it is in its stage.
        results: The numbers of the results of what is done.
    """
    return tuple([_input(vertex, tree, digests, copied, results) for tree in vertex.trees])


def by_content(trees: Sequence[Sequence[int]], digests: Sequence[Digest]) -> tuple[_Key, ...]:
    """The keys of inputs of the context: of each tree the digests, by their numbers."""
    return tuple([_content_key(tree, digests) for tree in trees])


def _content_key(tree: Sequence[int], digests: Sequence[Digest]) -> _Key:
    return "content", tuple([digests[number] for number in tree])


def _input(
    vertex: Vertex, tree: tuple[int, ...], digests: Sequence[Digest],
    copied: Sequence[Sum | None], results: Sequence[int],
) -> Input:  # fmt: skip
    first = vertex.selections[tree[0]]
    if first.origin in OF_CONTEXT:
        key = _content_key(tree, digests)
        return Input((key,), key)
    patterns = tuple([vertex.selections[number].pattern for number in tree])
    if first.origin == "image":
        by_name: _Key = "definition", (first.image, patterns)
        return Input((by_name,), by_name)
    made = first.image if first.stage is None else results[first.stage]
    keys: list[_Key] = [("definition", (made, patterns))]
    held = tuple([_held(vertex.traces[n], copied[n], results) if vertex.traces else None for n in tree])
    content = tuple([_content(digests[n], h) for n, h in zip(tree, held, strict=True)])
    if None not in content:
        keys.insert(0, ("content", content))
    return Input(tuple(keys), ("stage", len(tree)), made, held)


def _held(trace: Trace | None, copied: Sum | None, results: Sequence[int]) -> Held | None:
    if trace is None or copied is None:
        return None
    opaque = () if trace.opaque is None else (results[trace.opaque],)
    return Held((*trace.ground, *opaque), copied, trace.sharp)


def _content(digest: Digest, held: Held | None) -> object:
    """The content key of a source; nothing but copied files is as if selected in the context."""
    if held is None:
        return None if isinstance(digest, Missing) else digest
    return (held.ground, held.copied.digest) if held.ground else held.copied.digest


def may_equal(one: Input, other: Input, likes: Callable[[str | int], set[str | int]]) -> bool:
    """Whether two inputs may be the same; those of the context are by their rough key."""
    if one.made is None or other.made is None or other.made in likes(one.made):
        return True
    return all(map(_may_equal, one.held, other.held))


def _may_equal(one: Held | None, other: Held | None) -> bool:
    if one is None or other is None:
        return True
    # On equal ground, files of equal names that differ are different content. So are others
    # if there is no ground: beneath them, it might have what only one of them brings.
    if one.ground != other.ground or not (one.sharp and other.sharp):
        return True
    if one.copied.digest == other.copied.digest:
        return True
    return bool(one.ground) and one.copied.names != other.copied.names
