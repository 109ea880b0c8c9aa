"""Which instruction of a Dockerfile a step of a builder's log is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from optimizer.cache.timings import Timed
from optimizer.cache.vertex import Vertex
from optimizer.cache.vertices import numbered
from optimizer.dockerfile.source import parse
from optimizer.dockerfile.stages import chain_of, stages
from optimizer.verify.builder import Builder, Recipe
from optimizer.verify.said import Said, Seen, seen

_LAYERED = frozenset({"RUN", "COPY", "ADD", "WORKDIR"})
_CLASSIC = re.compile(r"^/bin/sh -c #\(nop\) +")
_SHELL = re.compile(r"/|\|\d")
# By whose rules each kind of builder caches; `docker` is a client before 23, with its daemon.
_RULES: Mapping[str, str] = {
    "docker": "buildkit-0.8",
    "buildx": "buildkit",
    "docker-classic": "legacy",
    "podman": "buildah",
    "buildah": "buildah",
}
# From then on a mount of buildah counts by its content.
_MOUNTS_COUNT = (1, 39)


def rules(builder: Builder) -> str:
    """By whose rules a builder caches."""
    version = builder.buildah
    old = version is not None and version < _MOUNTS_COUNT
    return "buildah-1.28" if old else _RULES[builder.kind]


def matched(builder: Builder, recipe: Recipe, said: Sequence[Said]) -> list[tuple[Vertex, Seen]]:
    """Each step of a build with the instruction that it runs: RUN, COPY, ADD and WORKDIR."""
    text = text_of(recipe)
    names = numbered(text, recipe.build_args, recipe.target, _RULES[builder.kind])
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


def sized(
    steps: Sequence[Timed], recipe: Recipe, layers: Sequence[tuple[str, int]]
) -> tuple[Timed, ...]:
    """The steps with the bytes of their layers, as far as the image has them.

    An image's history has an entry for each instruction of the stages that it is made of, behind
    those of its base. If the last of them are not of the kinds that the file has, nothing is said.
    """
    found = stages(parse(text_of(recipe)), recipe.build_args)
    made = [
        (stage.name or f"stage-{stage.index}", each.text.rstrip("\r\n"))
        for stage in (found[n] for n in reversed([*chain_of(found, recipe.target)]))
        for each in stage.instructions
        if each.keyword in _LAYERED
    ]
    known = [(kind, size) for kind, size in ((_kind(by), size) for by, size in layers) if kind]
    last = known[len(known) - len(made) :] if len(made) <= len(known) else []
    if [kind for kind, _ in last] != [text.split(maxsplit=1)[0].upper() for _, text in made]:
        return tuple(steps)
    sizes = {key: size for key, (_, size) in zip(made, last, strict=True)}
    return tuple(replace(s, size=sizes.get((s.stage, s.text))) for s in steps)


def _kind(made_by: str) -> str | None:
    """The instruction that an entry of an image's history is of; None of one without a layer."""
    plain = _CLASSIC.sub("", made_by)
    if plain == made_by and _SHELL.match(made_by):
        return "RUN"  # the classic builder's entry is the command itself
    word = plain.split(maxsplit=1)[0] if plain.split() else ""
    return word if word in _LAYERED else None


def text_of(recipe: Recipe) -> str:
    """The Dockerfile; bytes that are not UTF-8 are surrogates."""
    return recipe.dockerfile.read_bytes().decode("utf-8", "surrogateescape")
