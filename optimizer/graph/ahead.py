"""A RUN that does a part of a later one ahead of it, and the law that it has to keep.

    RUN go mod download      is a part of      RUN go build

Nothing here knows a tool: the later RUN itself offers its parts (`Effects.ahead`). One that was
put in must be what is offered, word for word; it must change nothing that the whole does not
change as well, and meet the same files, variables, directory and user.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator

from optimizer.dockerfile.instructions import Copy, Run
from optimizer.dockerfile.stages import reference
from optimizer.effects.ambient import usual
from optimizer.effects.model import Ahead, Effects, Paths, covers, meeting, tree
from optimizer.effects.shell import Node, parse
from optimizer.effects.step import Step
from optimizer.effects.tool import clean
from optimizer.graph.plan import Plan

_ERREXIT = re.compile(r"-[a-z]*e[a-z]*")
_SHELLS = frozenset({"sh", "bash", "ash", "dash"})
# Who takes variables away.
_WITHOUT = frozenset({"unset", "env", "sudo", "doas", "setpriv"})
# What fails by itself; an assignment does with its substitution.
_SIMPLE = frozenset({"command", "test_command", "declaration_command", "variable_assignment", "variable_assignments"})  # fmt: skip
_MOUNTS = frozenset({"cache", "secret", "ssh"})


def text(whole: Step, ahead: Ahead) -> str:
    """The RUN that does this part, under the mounts of the whole; without a line end."""
    first = whole.instruction.text.lstrip()
    flags = [f"--{name}={value}" for name, value in whole.instruction.flags]
    here = whole.state.cwd or "/"
    inside = posixpath.relpath(ahead.cwd, here)
    folder = inside if not inside.startswith("..") else ahead.cwd
    turn = "" if ahead.cwd == here else f"cd {shlex.quote(folder)} && "
    return " ".join(["run" if first.startswith("run") else "RUN", *flags, turn + ahead.shown])


def objection(plan: Plan, number: int, whole: Step, ahead: Ahead) -> str | None:
    """Why this part cannot be done by a RUN of its own; None if it can."""
    typed, state = whole.typed, whole.state
    assert isinstance(typed, Run)  # noqa: S101 - callers ask for RUNs only
    if ahead.refused:
        return ahead.refused
    if typed.argv is not None or posixpath.basename(state.shell[0]) not in _SHELLS:
        return "it is not in the form of a shell"
    if typed.network or typed.security or typed.devices:
        return "it has flags of its own"
    if any(m.type not in _MOUNTS or m.from_ for m in typed.mounts):
        return "it has a mount of its own"
    if state.cwd is None:
        return "the working directory of the base image is not known"
    words = [w.strip("\"'") for w in whole.instruction.text.replace("\\\n", " ").split()]
    if any(word not in words for word in ahead.carried):
        return "it is started by something else"
    if ahead.user != (state.user or ""):
        return "it runs as another user"
    if _WITHOUT & set(words):
        return "it has an environment of its own"
    if not any(node.text == ahead.words[0] for node in _programs(_script(typed))):
        return f"another program than {ahead.words[0]} starts it"
    if not _must_succeed(typed, state.shell, ahead):
        return "the RUN does not fail with it"
    if name := next(_other_variables(whole, ahead), None):
        return f"it has a {name} of its own"
    return _looked_into(plan, number, whole, ahead)


def _must_succeed(typed: Run, shell: tuple[str, ...], ahead: Ahead) -> bool:
    """Whether the RUN surely fails if the command does: the part would else fail in its stead."""
    root = _script(typed)
    strict = any(_ERREXIT.fullmatch(word) for word in shell[1:])
    last = len(root.named) - 1
    for number, statement in enumerate(root.named):
        words = statement.text.split()
        strict = strict or (words[:1] == ["set"] and any(map(_ERREXIT.fullmatch, words[1:])))
        if ahead.words[0] not in words:
            continue
        # In front of `&&` a command may fail under `set -e`, unless the list is the last.
        ends = number == last or (strict and _only_at_the_end(statement, ahead.words[0]))
        if not ends or not _chained(statement):
            return False
    return not root.broken


def _script(typed: Run) -> Node:
    named = typed.heredoc_script
    return parse(named.content if named is not None else typed.script)


def _programs(node: Node) -> Iterator[Node]:
    """The first word of each command."""
    if node.type == "command" and (name := node.field("name")) is not None:
        yield name
    for child in node.named:
        yield from _programs(child)


def _only_at_the_end(node: Node, program: str) -> bool:
    if node.type != "list":
        return True
    return not any(program in child.text.split() for child in node.children[:-1])


def _chained(node: Node) -> bool:
    """Whether it is a command, or several that are joined by `&&` alone."""
    if node.type == "redirected_statement":
        body = node.field("body")
        return body is not None and _chained(body)
    if node.type == "list":
        left, sign, *right = node.children
        return sign.type == "&&" and all(map(_chained, (left, *right)))
    return node.type in _SIMPLE


def _other_variables(whole: Step, ahead: Ahead) -> Iterator[str]:
    """The variables that the whole is given by its own RUN, if they matter to the part."""
    given, outer = dict(ahead.env), whole.state.words
    for name, value in given.items():
        if outer.get(name) != value or f"{name}=" in whole.instruction.text:
            yield name


def _looked_into(plan: Plan, number: int, whole: Step, ahead: Ahead) -> str | None:
    """Who would see what the part may leave beyond the whole; None if nobody is known to."""
    if not ahead.leaves:
        return None
    below = {number}
    found = tuple(s.stage for s in plan.stages)
    for stage in plan.stages[number:]:
        if stage.stage.base_stage in below:
            below.add(stage.stage.index)
        mine = stage.stage.index in below
        for step in stage.steps:
            behind = mine and (stage.stage.index != number or step.line > whole.line)
            if behind and (seen := _sees(step, ahead)):
                return f"line {step.line} looks into {seen}"
            for name, path in _taken_from(step):
                origin = reference(name, stage.stage.index, found)
                if origin in below and (met := meeting({tree(clean(path))}, ahead.leaves)):
                    return f"line {step.line} copies {met[0][1]}"
    return None


def _sees(step: Step, ahead: Ahead) -> str | None:
    """What a RUN is known to read of it; who fetches the same itself, and a doubt, do not count."""
    effects = step.effects
    if step.keyword != "RUN" or effects.doubt is not None or ahead.goods in effects.provides:
        return None
    seen = (effects.reads | effects.probes | effects.lists) - usual(step.state)
    met = meeting(ahead.leaves, seen)
    return met[0][1] if met else None


def _taken_from(step: Step) -> Iterator[tuple[str, str]]:
    """(stage, path) of what a step takes from another stage."""
    if isinstance(step.typed, Copy) and step.typed.from_ is not None:
        yield from ((step.typed.from_, "/" if "$" in s else s) for s in step.typed.sources)
    if isinstance(step.typed, Run):
        sources = ((m.from_, m.source or "/") for m in step.typed.mounts if m.from_)
        yield from ((name, "/" if "$" in s else s) for name, s in sources)


def unlike(whole: Step, ahead: Ahead, part: Step) -> str | None:
    """Why this step is not a part of that one, by what the two do; None if it is."""
    done = part.effects
    if done.doubt is not None:
        return f"`{ahead.shown}` is not understood: {done.doubt}"
    if done.unpinned and not whole.effects.unpinned:
        return f"`{ahead.shown}` fetches what no lock file pins"
    if ahead.goods not in done.provides:
        return f"`{ahead.shown}` provides nothing of it"
    if more := next(_more(done, whole.effects), None):
        return f"`{ahead.shown}` would change {more}, which line {whole.line} does not"
    if met := meeting(ahead.behind, _sights(done) | done.writes):
        return f"line {whole.line} changes {met[0][0].removesuffix('/**')} before it"
    return None


def _sights(effects: Effects) -> Paths:
    return effects.reads | effects.probes | effects.lists


def _more(part: Effects, whole: Effects) -> Iterator[str]:
    """What the part changes and the whole does not."""
    changes = whole.writes | whole.metadata
    for path in sorted(part.writes | part.metadata | part.deletes):
        if not any(covers(change, path) for change in changes):
            yield path
