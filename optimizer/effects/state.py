"""What holds at a step: variables, working directory, user and shell, by BuildKit's scoping."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from optimizer.dockerfile.variables import Expansion, expand
from optimizer.effects.bases import Base
from optimizer.effects.tool import ANY, clean

DEFAULT_SHELL = ("/bin/sh", "-c")


@dataclass(frozen=True)
class State:
    """The state in front of an instruction.

    Attributes:
        variables: ENV and ARG values that a RUN sees, in the order of their last assignment;
            None is set, but not known.
        complete: Whether no other variable is set.
        env: The image's own Env, in order (ENV and the base's, no ARG).
        cwd: The working directory; None if it is not known.
        user: The user as written, "" for the base's root, None if not known.
        shell: The SHELL in force.
    """

    variables: Mapping[str, str | None] = field(default_factory=dict)
    complete: bool = False
    env: Mapping[str, str | None] = field(default_factory=dict)
    cwd: str | None = None
    user: str | None = None
    shell: tuple[str, ...] = DEFAULT_SHELL

    def expand(self, text: str, escape: str) -> Expansion:
        """Expand a word as the builder does at this step."""
        return expand(text, self.variables, escape, complete=self.complete)

    def with_env(self, pairs: Mapping[str, str | None]) -> State:
        """After ENV."""
        return replace(
            self,
            variables=_assign(self.variables, pairs),
            env={**self.env, **pairs},
        )

    def with_arg(self, name: str, value: str | None) -> State:
        """After an ARG that has a value."""
        return replace(self, variables=_assign(self.variables, {name: value}))

    def with_workdir(self, path: str | None) -> State:
        """After WORKDIR; a relative one is joined to the one before."""
        if path is None or (self.cwd is None and not path.startswith("/")):
            return replace(self, cwd=None)
        return replace(self, cwd=clean(posixpath.join(self.cwd or "/", path)))

    @property
    def root(self) -> bool:
        """Whether steps surely run as root."""
        return self.user is not None and self.user.split(":")[0] in {"", "root", "0"}

    @property
    def words(self) -> dict[str, str]:
        """The variables as a shell sees them; what is not known is marked with ANY."""
        return {k: ANY if v is None else v for k, v in self.variables.items()}


def start(base: Base) -> State:
    """The state behind FROM of an image."""
    return State(
        variables=dict(base.env),
        complete=base.complete,
        env=dict(base.env),
        cwd=base.workdir,
        user=base.user,
    )


def _assign(
    old: Mapping[str, str | None], pairs: Mapping[str, str | None]
) -> dict[str, str | None]:
    kept = {k: v for k, v in old.items() if k not in pairs}
    return {**kept, **pairs}
