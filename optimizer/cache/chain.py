"""What builders key a step by for which a stage is one chain of instructions.

Each link is found only behind the link before it, so what an instruction changes need not be in
the keys of later ones. What buildah's links say was read in its `getCreatedBy`
(imagebuildah/stage_executor.go) and played on 1.28.2 (Debian 12) and 1.39.3 (Debian 13).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from optimizer.cache import definitions
from optimizer.cache.definitions import Definition
from optimizer.cache.here import Here
from optimizer.cache.selection import Selection
from optimizer.dockerfile.instructions import Arg, Copy, Run, Typed, Workdir
from optimizer.dockerfile.source import Instruction

_HEAD = re.compile(r"\s*(\w+[ \t]*)")
_BIND = re.compile(r"--mount=\S*type=bind")
BUILDAH = frozenset({"buildah", "buildah-1.28"})
# All of these are what a COPY of the context gives without a flag.
_ROOT = frozenset({"0", "0:0", "root", "root:root", "0:root", "root:0"})


def link(builder: str, at: Instruction, view: Typed, here: Here, after: Here) -> Definition:
    """The key of an instruction besides its inputs, by what holds in front of it and behind it."""
    if builder in BUILDAH:
        return _buildah(at, view, here, after)
    text = (("instruction", at.keyword), ("text", at.logical))
    return (*text, *_others(view, here, after))


def counted(at: Instruction) -> bool:
    """Whether what a RUN mounts of the context counts: buildah passes over a mount without a type.

    A stage that is mounted counts in any case, by how it was built: no RUN is taken from the
    cache (1.39) that mounts one that was built again.
    """
    return _BIND.search(at.logical) is not None


def does(view: Typed, here: Here, after: Here, line: int) -> Definition:
    """What an instruction does with files, as fields of BuildKit's key."""
    if isinstance(view, Copy):
        return definitions.copy(view, here, line)
    if isinstance(view, Run):
        return definitions.run(view, here)
    return definitions.workdir(after) if isinstance(view, Workdir) else ()


def _others(view: Typed, here: Here, after: Here) -> Definition:
    """What a chain holds besides the text: what a RUN sees, and what a value became."""
    if isinstance(view, Run):
        arguments = tuple((k, v) for k, v in here.env.items() if k in here.arguments)
        return ("arguments", arguments), ("heredocs", _bodies(view)), ("shell", here.shell)
    if isinstance(view, Copy):
        return definitions.copy(view, here, 0)[1:]
    if isinstance(view, Arg):
        return ()  # its value is a RUN's business
    return (("environment", tuple(after.config.items())), ("directory", after.cwd))


def _buildah(at: Instruction, view: Typed, here: Here, after: Here) -> Definition:
    """An entry of the history.

    A text stands there as it is written: a value given by --build-arg that makes another ENV or
    WORKDIR of it goes unseen, up to the next RUN.
    """
    head = ("instruction", at.keyword)
    if isinstance(view, Run):
        arguments = tuple(sorted((n, here.config.get(n, here.env[n])) for n in here.declared))
        text = _written(at)[len("RUN ") :]
        return head, ("text", text), ("arguments", arguments), ("heredocs", _bodies(view))
    if isinstance(view, Arg):
        return head, ("arguments", tuple((name, "") for name in sorted(after.declared)))
    if isinstance(view, Copy):
        return (head, *_copied(view, here, at.line))
    return head, ("text", _written(at))


def _copied(view: Copy, here: Here, line: int) -> Definition:
    """The digest is of a tar of what is copied, with the owner and mode that it gets there.

    It says nothing of where that lands, and the destination stands as it is written, too.
    """
    fields = dict(definitions.copy(view, here, line))
    owner = str(fields["owner"])
    owner = f"{owner}:{owner}" if owner.isdecimal() else owner
    fields["owner"] = "" if view.from_ is None and owner in _ROOT else owner
    if not view.heredocs and (view.from_ is None or not _into(view)):
        # The content has the names, or the one file is renamed.
        remote = [source for source in view.sources if definitions.is_remote(view, source)]
        fields["sources"] = tuple(here.value(source, line) for source in remote)
    fields["destination"] = view.dest
    del fields["instruction"]
    return tuple(fields.items())


def named(view: Copy, sources: Iterable[Selection]) -> Iterator[Selection]:
    """The sources of a COPY as buildah digests them: a file has the name under which it lands."""
    for each in sources:
        alone = each.origin == "context" and each.plain and _into(view)
        yield replace(each, named=posixpath.basename(each.pattern)) if alone else each


def _into(view: Copy) -> bool:
    """Whether the destination is a directory, as far as the text tells."""
    return len(view.sources) > 1 or view.dest.rsplit("/", 1)[-1] in {"", ".", ".."}


def _written(at: Instruction) -> str:
    """An instruction as it is written, but for what joins its lines."""
    found = _HEAD.match(at.text)
    assert found is not None  # noqa: S101 - each begins with its keyword
    return found[1] + at.logical


def _bodies(view: Run) -> tuple[tuple[str, str], ...]:
    return tuple((h.name, h.content) for h in view.heredocs)
