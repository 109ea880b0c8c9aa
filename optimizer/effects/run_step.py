"""RUN -> a step, and the image behind it."""

from __future__ import annotations

import posixpath
from dataclasses import replace

from optimizer.dockerfile.instructions import Run
from optimizer.dockerfile.mounts import Mount
from optimizer.effects.ambient import ambient
from optimizer.effects.blame import blamed
from optimizer.effects.copying import Request, place
from optimizer.effects.image import ImageMachine, Tree
from optimizer.effects.layers import Copied, Taken, Written
from optimizer.effects.model import (
    EVERYTHING,
    NO_LINKS,
    NONE,
    NOTHING,
    Ahead,
    Effects,
    Paths,
    carrying,
    covers,
    is_tree,
    through,
    tree,
    unknown,
    without,
)
from optimizer.effects.run import call, interpret
from optimizer.effects.state import State
from optimizer.effects.step import Position, Step, Surroundings
from optimizer.effects.tool import GLOB, SOMEWHERE, Command, Kind, clean

_SHELLS = frozenset({"sh", "bash", "ash", "dash"})
_MASKS = frozenset({"bind", "cache", "tmpfs", "secret", "ssh"})


def ran(
    step: Step, typed: Run, here: Position, around: Surroundings, mounted: tuple[Tree, ...]
) -> tuple[Step, Position]:
    """What its commands do, over what is mounted; of the stages, `mounted` are those that it may mount."""
    effects, own, lacks = _run(typed, here, around, mounted)
    written = effects
    if effects.doubt is not None:
        written = Effects(writes=EVERYTHING, links=effects.links, doubt=effects.doubt)
    unsure = here.tree.unsure or any(stage.unsure for stage in mounted)
    step = replace(step, effects=effects, own=own, lacks=lacks, unsure=unsure)
    return step, Position(here.state, here.tree.with_layer(Written(written, step.line)))


def _run(
    typed: Run, here: Position, around: Surroundings, stages: tuple[Tree, ...]
) -> tuple[Effects, Paths, Paths]:
    """What a RUN does, which of the files that a rewrite changes it asks for by name, what it lacks.

    `stages` are those that it may mount.
    """
    state = here.state
    if state.cwd is None and (typed.mounts or typed.argv is not None):
        return unknown("the working directory of the base image is not known"), NOTHING, NOTHING
    masks = _masked(typed.mounts, here, around, stages)
    if masks is None:
        return unknown("a variable in a --mount is not known"), NOTHING, NOTHING
    layers, hidden = masks
    machine = ImageMachine(Tree((*here.tree.layers, *layers), here.tree.scratch), around.tools)
    command = Command(
        program="", arguments=(), cwd=state.cwd or SOMEWHERE, machine=machine, env=state.words,
        env_complete=state.complete, user=state.user or "",
    )  # fmt: skip
    effects = blamed(_script(typed, state, command, around), machine.tree)
    if state.cwd is None and effects.doubt is not None:
        effects = unknown("the working directory of the base image is not known")
    named = effects.reads | effects.probes
    own = frozenset(path for path in around.own if machine.tree.places(path) & named)
    lacks = _lacks(effects, machine.tree)
    effects = carrying(effects, machine.tree.links | effects.links)
    # What every RUN reads comes behind none of its commands: it is the same ahead of it.
    whole = replace(
        effects | ambient(state, machine), ahead=effects.ahead, hidden_by=effects.hidden_by
    )
    effects = through(whole, machine.tree.links)
    # Who writes to a link writes what is behind it, and the link stays.
    kept = tuple(
        (path, text) for path, text in effects.contents
        if not machine.tree.linked(path) and not any(covers(h, path) for h in hidden)
    )  # fmt: skip
    effects = replace(effects, contents=kept)
    return _unmounted(effects, hidden) if hidden else effects, own, lacks


def _lacks(effects: Effects, image: Tree) -> Paths:
    """What a RUN asks for in vain, as far as it does not make that itself, or do without.

    Of a folder that is read whole only its own name counts: tools look into many that may be there.
    """
    plain = (p for p in effects.expected if not is_tree(p) and GLOB not in p and image.kind(p) is Kind.ABSENT)
    return frozenset(p for p in plain if not any(covers(w, p) for w in effects.writes))


def _unmounted(effects: Effects, hidden: Paths) -> Effects:
    """The effects without what is not the image's."""
    return replace(
        effects,
        reads=without(effects.reads, hidden),
        probes=without(effects.probes, hidden),
        lists=without(effects.lists, hidden),
        writes=without(effects.writes, hidden),
        surely_writes=without(effects.surely_writes, hidden),
        deletes=without(effects.deletes, hidden),
        metadata=without(effects.metadata, hidden),
        generated=without(effects.generated, hidden),
        ahead=tuple(_mounted(each, hidden) for each in effects.ahead),
    )


def _mounted(ahead: Ahead, hidden: Paths) -> Ahead:
    """A part that is done ahead under the same mounts: what is put there outlives a RUN anyway."""
    if any(covers(h, place) for h in hidden for place in ahead.into):
        return replace(ahead, refused=ahead.refused or "a mount keeps what it fetches")
    return replace(
        ahead, leaves=without(ahead.leaves, hidden), kept=without(ahead.kept, hidden),
        behind=without(ahead.behind, hidden),
    )  # fmt: skip


def _script(typed: Run, state: State, command: Command, around: Surroundings) -> Effects:
    if typed.argv is not None:
        if not typed.argv:
            return NONE
        return call(
            replace(command, program=typed.argv[0], arguments=typed.argv[1:]), around.tools
        )
    shell = state.shell
    if posixpath.basename(shell[0]) not in _SHELLS or not shell[-1].endswith("c"):
        return unknown(f"the shell {shell[0]} is not one that dfopt reads")
    options = frozenset(
        "pipefail" if flag == "pipefail" else "e"
        for flag in shell[1:]
        if flag == "pipefail"
        or (flag.startswith("-") and not flag.startswith("--") and "e" in flag)
    )
    script = typed.script
    if typed.heredoc_script is not None:
        script = typed.heredoc_script.content
    elif typed.heredocs:
        script = "\n".join([script, *(f"{h.body}{h.name}" for h in typed.heredocs)]) + "\n"
    return interpret(script, command, around.tools, options=options)


def _masked(
    mounts: tuple[Mount, ...], here: Position, around: Surroundings, stages: tuple[Tree, ...]
) -> tuple[list[Copied | Written], Paths] | None:
    """What mounts put before the RUN, and the paths that are not the image's meanwhile.

    Of a stage that is mounted the links are known, those of all before it taken together.
    """
    layers: list[Copied | Written] = []
    hidden: set[str] = set()
    for mount in mounts:
        target = here.state.expand(mount.target or "", around.escape).text
        if target is None or mount.type not in _MASKS:
            return None
        if not target:
            continue  # a secret or ssh mount stands below /run
        where = clean(posixpath.join(here.state.cwd or "/", target))
        hidden.add(tree(where))
        source = clean(posixpath.join("/", mount.source or "/"))
        taken = (Taken(stage, source, where).links for stage in stages if mount.from_)
        if "$" in source:  # newer builders expand it
            taken = (frozenset(k._replace(at=tree(where)) for k in stage.links) for stage in stages)
        links = NO_LINKS.union(*taken)
        layers.append(Written(Effects(writes=frozenset({tree(where)}), links=links)))
        if mount.type == "bind" and mount.from_ is None:
            source = mount.source or "/"
            copying = place(Request((source,), where, existing=False), around.files)
            if copying.problem is None:
                layers[-1] = Copied(copying)
    return layers, frozenset(hidden)
