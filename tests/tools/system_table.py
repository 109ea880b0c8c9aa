"""What the tables of system programs are written in: one line for each kind of effect."""

from __future__ import annotations

from optimizer.effects.model import Effects
from tests.effects.machine import command

FILES = {
    "/app/a.txt": "one\n",
    "/app/b.txt": "two\n",
    "/app/conf/x.conf": "x\n",
    "/app/conf/y.conf": "y\n",
    "/app/run.sh": "#!/bin/sh\n",
    "/app/sums": "0123  a.txt\n4567 *conf/x.conf\n",
    "/app/known.sed": "s/a/b/\n",
}
_KINDS = {
    "r": "reads", "p": "probes", "l": "lists", "w": "writes", "d": "deletes", "m": "metadata",
}  # fmt: skip


def effects(line: str, **given) -> Effects:
    """The effects of one command over FILES."""
    started = command(line, FILES, **given)
    return started.machine.call(started)


def short(found: Effects) -> str:
    """`r:/app/a.txt w:/b` for the effects; `doubt` for a doubt."""
    if found.doubt is not None:
        return "doubt"
    return " ".join(
        f"{letter}:{path}"
        for letter, name in _KINDS.items()
        for path in sorted(getattr(found, name))
    )
