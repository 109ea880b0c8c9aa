"""The image as a later command of the same RUN meets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from optimizer.effects.model import NONE, Effects, Paths, covers, overlaps, tree
from optimizer.effects.tool import Command, Kind, Machine, clean, marked


@dataclass(frozen=True)
class Overlay:
    """A machine under what this RUN has written so far.

    Attributes:
        machine: The image that the RUN met.
        effects: What it has done since.
        contents: Files that it has written with known content.
    """

    machine: Machine
    effects: Effects = NONE
    contents: Mapping[str, str] = field(default_factory=dict)

    def _kind(self, path: str) -> Kind | None:
        """What this RUN has made of a path; None if it has not touched it."""
        if path in self.contents:
            return Kind.FILE
        if path in self.effects.makes:
            return Kind.DIRECTORY
        if path in self.effects.deleted:
            return Kind.ABSENT
        if path in self.effects.written:
            return Kind.UNKNOWN
        return None

    def kind(self, path: str) -> Kind:
        """See `tool.Machine`."""
        path = clean(path)
        made = self._kind(path)
        if made is not None:
            return made
        found = self.machine.kind(path)
        if found is Kind.ABSENT and self.effects.written.reach_into(path):
            return Kind.UNKNOWN
        return found

    def text(self, path: str) -> str | None:
        """See `tool.Machine`."""
        path = clean(path)
        if path in self.contents:
            text = self.contents[path]
            return None if marked(text) else text
        return None if self._kind(path) is not None else self.machine.text(path)

    def mark(self, path: str) -> str | None:
        """See `tool.Machine`."""
        path = clean(path)
        if path in self.contents:
            return self.contents[path] if marked(self.contents[path]) else None
        return None if self._kind(path) is not None else self.machine.mark(path)

    def mode(self, path: str) -> int | None:
        """See `tool.Machine`."""
        path = clean(path)
        changed = any(covers(m, path) for m in self.effects.metadata)
        return None if changed or self._kind(path) is not None else self.machine.mode(path)

    def names(self, path: str) -> tuple[str, ...]:
        """See `tool.Machine`."""
        path = clean(path)
        prefix = path.rstrip("/") + "/"
        own = {c[len(prefix) :].split("/")[0] for c in self.contents if c.startswith(prefix)}
        own |= {m[len(prefix) :].split("/")[0] for m in self.effects.makes if m.startswith(prefix)}
        kept = {n for n in self.machine.names(path) if self._kind(prefix + n) is not Kind.ABSENT}
        return tuple(sorted(own | kept))

    def walk(self, path: str) -> tuple[str, ...]:
        """See `tool.Machine`."""
        below = tree(clean(path))
        own = {c for c in self.contents if covers(below, c)}
        kept = {p for p in self.machine.walk(path) if self._kind(p) is not Kind.ABSENT}
        return tuple(sorted(own | kept))

    def complete(self, path: str) -> bool:
        """See `tool.Machine`."""
        below = tree(clean(path))
        known = self.contents.keys() | self.effects.deletes | self.effects.makes
        unknown = (w for w in self.effects.writes if w not in known)
        return self.machine.complete(path) and not any(overlaps(w, below) for w in unknown)

    def named(self, path: str) -> Paths:
        """See `tool.Machine`."""
        return self.machine.named(path) | self.effects.written.below(clean(path))

    def run(self, script: str, command: Command) -> Effects:
        """See `tool.Machine`."""
        return self.machine.run(script, command)

    def call(self, command: Command) -> Effects:
        """See `tool.Machine`."""
        return self.machine.call(command)
