"""Which instruction of a Dockerfile a step of a builder's log is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from optimizer.cache.timings import Timed
from optimizer.cache.vertex import Vertex
from optimizer.cache.vertices import numbered
from optimizer.dockerfile.source import parse
from optimizer.dockerfile.stages import stages
from optimizer.verify.builder import Builder, Recipe
from optimizer.verify.said import Said, Seen, seen

# By whose rules each kind of builder caches; `docker` is a client before 23, with its daemon.
RULES: Mapping[str, str] = {
    "docker": "buildkit-0.8",
    "buildx": "buildkit",
    "docker-classic": "legacy",
    "podman": "buildah",
    "buildah": "buildah",
}


def matched(builder: Builder, recipe: Recipe, said: Sequence[Said]) -> list[tuple[Vertex, Seen]]:
    """Each step of a build with the instruction that it runs: RUN, COPY, ADD and WORKDIR."""
    text = text_of(recipe)
    names = numbered(text, recipe.build_args, recipe.target, RULES[builder.kind])
    found = [(names.get((step.stage, step.number)), step) for step in seen(said)]
    return [(vertex, step) for vertex, step in found if vertex is not None and vertex.printed]


def timed(builder: Builder, recipe: Recipe, said: Sequence[Said]) -> tuple[Timed, ...]:
    """What the steps that ran have taken.

    The text is the Dockerfile's own: what a builder prints has variables expanded.
    """
    found = stages(parse(text_of(recipe)), recipe.build_args)
    names = [stage.name or f"stage-{stage.index}" for stage in found]
    return tuple(
        Timed(names[vertex.stage], vertex.text, step.seconds)
        for vertex, step in matched(builder, recipe, said)
        if step.seconds is not None
    )


def text_of(recipe: Recipe) -> str:
    """The Dockerfile; bytes that are not UTF-8 are surrogates."""
    return recipe.dockerfile.read_bytes().decode("utf-8", "surrogateescape")
