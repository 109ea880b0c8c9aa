"""COPY and ADD -> a step, and the image behind it."""

from __future__ import annotations

import posixpath
from dataclasses import replace

from optimizer.dockerfile.instructions import Copy
from optimizer.effects.bases import brought_unseen
from optimizer.effects.copying import Request, place
from optimizer.effects.image import Tree
from optimizer.effects.layers import Copied, Taken, Written
from optimizer.effects.model import NO_LINKS, Effects, Paths, tree
from optimizer.effects.step import Position, Step, Surroundings
from optimizer.effects.tool import Kind, clean
from optimizer.effects.unnamed import unnamed

_REMOTE = ("http://", "https://", "git://", "git@", "ssh://")


def copied(
    step: Step, typed: Copy, here: Position, around: Surroundings, source: Tree | None
) -> tuple[Step, Position]:
    """What it brings of the context, of a stage, or from elsewhere."""
    expansions = [
        here.state.expand(t, around.escape)
        for t in (*typed.sources, typed.dest, typed.chown or "", typed.chmod or "")
    ]
    uses = frozenset[str]().union(*(e.uses for e in expansions))
    step = replace(step, uses=uses)
    texts = [e.text for e in expansions]
    if any(t is None for t in texts):
        found, unclear = _unclear(step, here, "a variable in it is not known")
        brought = unnamed(typed, around.files, here.state, here.tree, around.escape)
        if brought is None:
            return found, unclear
        return found, Position(here.state, here.tree.with_layer(replace(brought, line=step.line)))
    *sources, destination, chown, chmod = (t or "" for t in texts)
    if here.state.cwd is None and not destination.startswith("/"):
        return _unclear(step, here, "the working directory of the base image is not known")
    place_in = posixpath.join(here.state.cwd or "/", destination)
    if destination in {".", ".."} or destination.endswith(("/.", "/..")):
        place_in += "/"
    if here.tree.by_link(place_in):
        return _unclear(step, here, f"{clean(place_in)} may be reached by a link")
    if typed.from_ is not None or typed.heredocs or any(s.startswith(_REMOTE) for s in sources):
        return _foreign(step, typed, (tuple(sources), place_in), here, source)
    existing = here.tree.kind(clean(place_in))
    known_dir = {Kind.DIRECTORY: True, Kind.ABSENT: False, Kind.FILE: False}.get(existing)
    if typed.others:
        return _unclear(
            step, here, "it has a flag that dfopt does not interpret", tree(clean(place_in))
        )
    request = Request(
        tuple(sources), place_in, typed.kind == "ADD", known_dir, chown or None, chmod or None,
        typed.parents, typed.exclude,
    )  # fmt: skip
    copying = place(request, around.files)
    if copying.problem:
        return _unclear(step, here, copying.problem, tree(clean(place_in)))
    effects = Effects(
        writes=frozenset(copying.atoms), surely_writes=frozenset(copying.atoms), seconds=0.1
    )
    single = not any(p.directory or p.target != copying.destination for p in copying.placements)
    folder = posixpath.dirname(copying.destination) if single else copying.destination
    step = replace(step, effects=effects, copying=copying, made=here.missing(folder))
    return step, Position(here.state, here.tree.with_layer(Copied(copying)))


def _foreign(
    step: Step,
    typed: Copy,
    request: tuple[tuple[str, ...], str],
    here: Position,
    stage: Tree | None,
) -> tuple[Step, Position]:
    """A COPY from a stage, an image, a heredoc or an address: its destination is all we know."""
    sources, destination = request
    target = clean(destination)
    remote = typed.from_ is None and not typed.heredocs
    into = destination.endswith("/") or len(sources) > 1
    writes = frozenset({tree(target)}) | brought_unseen(target)
    effects = Effects(writes=writes, seconds=0.1, network=remote, unpinned=remote)
    brought = effects
    # What patterns take, and where `--parents` puts it, is not followed up.
    plain = [] if typed.parents else [s for s in sources if not any(c in s for c in "*?[")]
    whole = len(sources) == 1 and bool(plain)
    if stage is not None:
        links = (Taken(stage, clean(s), target).links for s in plain)
        some = NO_LINKS if whole else frozenset(k._replace(at=tree(target)) for k in stage.links)
        doubt = "a step of its stage is in doubt" if stage.unsure else None
        brought = replace(effects, links=some.union(*links), doubt=doubt)
    hidden = stage.hidden_by(clean(sources[0])) if stage is not None and whole else None
    after = here.tree.with_layer(Written(brought, hidden or step.line))
    if stage is not None and whole and not typed.exclude:
        where = clean(sources[0])
        kind = stage.kind(where)
        if kind is Kind.FILE and into:
            target = posixpath.join(target, posixpath.basename(where))
        if kind in {Kind.FILE, Kind.DIRECTORY}:
            after = here.tree.with_layer(Taken(stage, where, target))
    return replace(step, effects=effects), Position(here.state, after)


def _unclear(
    step: Step, here: Position, why: str, writes: Paths | str = "/**"
) -> tuple[Step, Position]:
    region = frozenset({writes}) if isinstance(writes, str) else writes
    effects = Effects(writes=region, doubt=None if region != {"/**"} else why)
    step = replace(step, effects=effects)
    return step, Position(here.state, here.tree.with_layer(Written(Effects(writes=region), step.line)))
