"""What each instruction means: frozen, with its values as written."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.dockerfile.characters import LexError
from optimizer.dockerfile.heredocs import Heredoc, announcement
from optimizer.dockerfile.mounts import Mount
from optimizer.dockerfile.source import Instruction


@dataclass(frozen=True)
class From:
    """FROM: image as written, platform as written, the stage's name in lower case."""

    image: str
    platform: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class Run:
    """RUN: a script for the shell in force, or an argv (then `script` is "").

    With heredocs, `script` is the line that announces them; if it is nothing but one
    announcement, `heredoc_script` says what runs.
    """

    script: str
    argv: tuple[str, ...] | None = None
    mounts: tuple[Mount, ...] = ()
    network: str | None = None
    heredocs: tuple[Heredoc, ...] = ()
    security: str | None = None
    devices: tuple[str, ...] = ()

    @property
    def heredoc_script(self) -> Heredoc | None:
        """The heredoc that is itself the script: `RUN <<EOF`, with nothing else on the line."""
        try:
            alone = announcement(self.script)
        except LexError:
            return None
        return self.heredocs[0] if alone and len(self.heredocs) == 1 else None


@dataclass(frozen=True)
class Copy:
    """COPY or ADD.

    Attributes:
        kind: "COPY" or "ADD".
        sources: Paths, URLs or patterns as written, heredocs left out.
        dest: As written.
        from_: The value of `--from`, None for the build context.
        chown: As written, None if not given.
        chmod: As written, None if not given.
        link: Whether `--link` is on.
        parents: Whether `--parents` is on.
        exclude: The patterns of `--exclude`.
        checksum: As written, None if not given.
        heredocs: The sources that are heredocs; each makes a file with its name.
        others: Flags that are named nowhere above, as they are given.
    """

    kind: str
    sources: tuple[str, ...]
    dest: str
    from_: str | None = None
    chown: str | None = None
    chmod: str | None = None
    link: bool = False
    parents: bool = False
    exclude: tuple[str, ...] = ()
    checksum: str | None = None
    heredocs: tuple[Heredoc, ...] = ()
    others: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True)
class Env:
    """ENV: all pairs see the state before the instruction."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Arg:
    """ARG: names, each with its default or None."""

    pairs: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Workdir:
    """WORKDIR."""

    path: str


@dataclass(frozen=True)
class User:
    """USER."""

    user: str


@dataclass(frozen=True)
class Shell:
    """SHELL."""

    argv: tuple[str, ...]


@dataclass(frozen=True)
class Label:
    """LABEL."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Volume:
    """VOLUME."""

    paths: tuple[str, ...]


@dataclass(frozen=True)
class Expose:
    """EXPOSE: words as written; one may expand to several ports."""

    ports: tuple[str, ...]


@dataclass(frozen=True)
class Cmd:
    """CMD: text for the shell, or an argv (then `script` is "")."""

    script: str
    argv: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Entrypoint:
    """ENTRYPOINT: text for the shell, or an argv (then `script` is "")."""

    script: str
    argv: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Healthcheck:
    """HEALTHCHECK: `none` is true for HEALTHCHECK NONE."""

    script: str = ""
    argv: tuple[str, ...] | None = None
    none: bool = False
    options: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True)
class Stopsignal:
    """STOPSIGNAL."""

    signal: str


@dataclass(frozen=True)
class Onbuild:
    """ONBUILD: the instruction that a build from this image begins with, not yet checked."""

    inner: Instruction


@dataclass(frozen=True)
class Maintainer:
    """MAINTAINER."""

    author: str


Typed = (
    From
    | Run
    | Copy
    | Env
    | Arg
    | Workdir
    | User
    | Shell
    | Label
    | Volume
    | Expose
    | Cmd
    | Entrypoint
    | Healthcheck
    | Stopsignal
    | Onbuild
    | Maintainer
)
