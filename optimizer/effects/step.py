"""One instruction in one stage, with its resolved state and its effects."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from optimizer.context.files import Files
from optimizer.dockerfile.instructions import (
    Arg,
    Copy,
    Env,
    Expose,
    Label,
    Run,
    Shell,
    Stopsignal,
    Typed,
    User,
    Volume,
    Workdir,
)
from optimizer.dockerfile.mounts import Mount
from optimizer.dockerfile.source import Instruction
from optimizer.effects.ambient import ambient
from optimizer.effects.bases import brought_unseen
from optimizer.effects.copying import Copying, Request, place
from optimizer.effects.image import ImageMachine, Tree
from optimizer.effects.layers import Copied, Made, Taken, Written
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
from optimizer.effects.tool import GLOB, SOMEWHERE, Command, Kind, Tool, clean

_SHELLS = frozenset({"sh", "bash", "ash", "dash"})
_MASKS = frozenset({"bind", "cache", "tmpfs", "secret", "ssh"})
_GIVES_UP = re.compile(r"\b(?:exit|false|return)\b")
_REMOTE = ("http://", "https://", "git://", "git@", "ssh://")


@dataclass(frozen=True)
class Position:
    """What holds in front of an instruction: the state and the image."""

    state: State
    tree: Tree


@dataclass(frozen=True)
class Surroundings:
    """What a whole file shares.

    Attributes:
        files: The build context.
        tools: The table of tools, by program.
        escape: The file's escape character.
        build_args: Values given with `--build-arg`.
        global_args: ARG values of the file's head.
        origins: For a text that was rewritten: line -> line of the original, for the report;
            negative for an instruction that is new.
        own: Paths of the context that a rewrite changes: the Dockerfile and its ignore file.
    """

    files: Files
    tools: Mapping[str, Tool]
    escape: str = "\\"
    build_args: Mapping[str, str] | None = None
    global_args: Mapping[str, str | None] | None = None
    origins: Mapping[int, int] = field(default_factory=dict)
    own: Paths = NOTHING


@dataclass(frozen=True)
class Step:
    """An instruction with all that is known of it.

    Attributes:
        instruction: Its lines in the text.
        typed: Its parts.
        state: What holds in front of it.
        effects: What it does.
        copying: What it brings from the context (COPY, ADD of context files).
        line: Its first line in the original text, from 1.
        new: Whether dfopt itself has put it there.
        measured: Whether the seconds of its effects were measured in a real build.
        size: The bytes of its layer in a real build; None if that is not known.
        uses: The variables that the builder expands in it.
        made: The destination of a copy and its parents, as far as they were not there before.
        own: Which of the files that a rewrite changes (`Surroundings.own`) it asks for by name.
        lacks: What it reads, or changes the mode of, and surely is not there: it fails for that, unless
            its context holds more than this one.
        unsure: Whether a step above it is in doubt, and so may have laid links that are not known.
        done: Parts of it that a step above has done ahead of it; no more in `effects.ahead`.
    """

    instruction: Instruction
    typed: Typed
    state: State
    line: int
    effects: Effects = NONE
    copying: Copying | None = None
    uses: frozenset[str] = frozenset()
    made: Paths = frozenset()
    new: bool = False
    measured: bool = False
    size: int | None = None
    own: Paths = NOTHING
    lacks: Paths = NOTHING
    unsure: bool = False
    done: tuple[Ahead, ...] = ()

    @property
    def keyword(self) -> str:
        """The instruction's keyword, in capitals."""
        return self.instruction.keyword


def interpret_step(
    instruction: Instruction,
    typed: Typed,
    here: Position,
    around: Surroundings,
    stages: Mapping[int, Tree] | None = None,
    source_stage: int | None = None,
) -> tuple[Step, Position]:
    """What an instruction does, and what holds behind it."""
    line = around.origins.get(instruction.line, instruction.line)
    step = Step(instruction, typed, here.state, abs(line), new=line < 0)
    if isinstance(typed, Run):
        mounted = tuple((stages or {}).values()) if any(m.from_ for m in typed.mounts) else ()
        effects, own, lacks = _run(typed, here, around, mounted)
        written = effects if effects.doubt is None else (
            Effects(writes=EVERYTHING, links=effects.links, doubt=effects.doubt))  # fmt: skip
        unsure = here.tree.unsure or any(stage.unsure for stage in mounted)
        step = replace(step, effects=effects, own=own, lacks=lacks, unsure=unsure)
        return step, Position(here.state, here.tree.with_layer(Written(written)))
    if isinstance(typed, Copy):
        return _copy(
            step,
            typed,
            here,
            around,
            (stages or {}).get(source_stage or 0) if source_stage is not None else None,
        )
    state, uses = _metadata(typed, here.state, around)
    step = replace(step, uses=uses)
    if isinstance(typed, Workdir):
        return _workdir(step, state, here)
    return step, Position(state, here.tree)


def _lacks(effects: Effects, image: Tree, script: str) -> Paths:
    """What a RUN asks for in vain, as far as it does not make that itself, or do without.

    Of a folder that is read whole only its own name counts: tools look into many that may be there.
    """
    asked = effects.reads | effects.lists | effects.metadata
    plain = (p for p in asked if not is_tree(p) and GLOB not in p and image.kind(p) is Kind.ABSENT)
    lacking = (p for p in plain if not any(covers(w, p) for w in effects.writes))
    return frozenset(p for p in lacking if not _forgiven(posixpath.basename(p), script))


def _forgiven(name: str, script: str) -> bool:
    """Whether the script goes on without the file where it names it: `cat .env || true`."""
    naming = [part for part in re.split(r"&&|;|\n", script) if name in part]
    return bool(naming) and all("||" in p and not _GIVES_UP.search(p.partition("||")[2]) for p in naming)


def _metadata(typed: Typed, state: State, around: Surroundings) -> tuple[State, frozenset[str]]:
    """The state behind an instruction that is not a layer, and the variables it uses."""
    uses: set[str] = set()

    def value(text: str) -> str | None:
        expansion = state.expand(text, around.escape)
        uses.update(expansion.uses)
        return expansion.text

    after = state
    if isinstance(typed, Env):
        after = state.with_env({k: value(v) for k, v in typed.pairs})
    elif isinstance(typed, Arg):
        for name, default in typed.pairs:
            after = _arg(
                name,
                default if default is None else value(default),
                after,
                around,
                default is not None,
            )
    elif isinstance(typed, Workdir):
        after = state.with_workdir(value(typed.path))
    elif isinstance(typed, User):
        after = replace(state, user=value(typed.user))
    elif isinstance(typed, Shell):
        after = replace(state, shell=typed.argv)
    else:
        for text in _expanded(typed):
            value(text)
    return after, frozenset(uses)


def _expanded(typed: Typed) -> tuple[str, ...]:
    """The words of a metadata instruction that the builder expands (BUILDKIT.md 1.7)."""
    if isinstance(typed, Label):
        return tuple(word for pair in typed.pairs for word in pair)
    if isinstance(typed, Expose):
        return typed.ports
    if isinstance(typed, Volume):
        return typed.paths
    return (typed.signal,) if isinstance(typed, Stopsignal) else ()


def _arg(name: str, default: str | None, state: State, around: Surroundings, given: bool) -> State:  # noqa: FBT001 - a default may be given and not be known
    build_args, global_args = around.build_args or {}, around.global_args or {}
    if name in build_args:
        return state.with_arg(name, build_args[name])
    if given:
        return state.with_arg(name, default)
    if name in global_args:
        return state.with_arg(name, global_args[name])
    if name in state.variables:
        return state
    return state.with_arg(name, None)


def _workdir(step: Step, state: State, here: Position) -> tuple[Step, Position]:
    if state.cwd is None:
        doubt = unknown("the directory of this WORKDIR is not known")
        return replace(step, effects=doubt), Position(state, here.tree)
    parts = state.cwd.split("/")
    above = frozenset("/".join(parts[:n]) for n in range(2, len(parts) + 1)) - {"/", ""}
    effects = Effects(writes=_missing(state.cwd, here.tree), makes=above)
    return replace(step, effects=effects), Position(state, here.tree.with_layer(Made(state.cwd)))


def _missing(path: str, image: Tree) -> Paths:
    """The directory and its parents, as far as they are not surely there."""
    found = set()
    while path != "/" and image.kind(path) is not Kind.DIRECTORY:
        found.add(path)
        path = posixpath.dirname(path)
    return frozenset(found)


def _copy(
    step: Step, typed: Copy, here: Position, around: Surroundings, source: Tree | None
) -> tuple[Step, Position]:
    expansions = [
        here.state.expand(t, around.escape)
        for t in (*typed.sources, typed.dest, typed.chown or "", typed.chmod or "")
    ]
    uses = frozenset[str]().union(*(e.uses for e in expansions))
    step = replace(step, uses=uses)
    texts = [e.text for e in expansions]
    if any(t is None for t in texts):
        return _unclear(step, here, "a variable in it is not known")
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
    step = replace(step, effects=effects, copying=copying, made=_missing(folder, here.tree))
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
    after = here.tree.with_layer(Written(brought))
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
    return step, Position(here.state, here.tree.with_layer(Written(Effects(writes=region))))


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
    effects = _script(typed, state, command, around)
    if state.cwd is None and effects.doubt is not None:
        effects = unknown("the working directory of the base image is not known")
    named = effects.reads | effects.probes
    own = frozenset(path for path in around.own if machine.tree.places(path) & named)
    lacks = _lacks(effects, machine.tree, typed.script)
    effects = carrying(effects, machine.tree.links | effects.links)
    # What every RUN reads comes behind none of its commands: it is the same ahead of it.
    whole = replace(effects | ambient(state, machine), ahead=effects.ahead)
    effects = through(whole, machine.tree.links)
    # Who writes to a link writes what is behind it, and the link stays.
    kept = tuple(
        (path, text) for path, text in effects.contents
        if not machine.tree.linked(path) and not any(covers(h, path) for h in hidden)
    )  # fmt: skip
    effects = replace(effects, contents=kept)
    if not hidden:
        return effects, own, lacks
    effects = replace(
        effects,
        **{
            name: without(getattr(effects, name), hidden)
            for name in (
                "reads",
                "probes",
                "lists",
                "writes",
                "surely_writes",
                "deletes",
                "metadata",
                "generated",
            )
        },  # type: ignore[arg-type]
        ahead=tuple(_mounted(each, hidden) for each in effects.ahead),
    )
    return effects, own, lacks


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
