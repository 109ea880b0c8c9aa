"""Instructions by their meaning: `Run`, `Copy`, `From` ...; values are not expanded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from optimizer.dockerfile.heredocs import Heredoc, announcement
from optimizer.dockerfile.lexer import SPACE, LexError
from optimizer.dockerfile.mounts import Mount, mount
from optimizer.dockerfile.source import Instruction, below_onbuild
from optimizer.dockerfile.words import BLANKS, WordError, defaults, fields, first, pairs
from optimizer.errors import UserError


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


def typed(instruction: Instruction, escape: str = "\\") -> Typed:
    """The instruction by its meaning.

    Raises:
        UserError: If a `--mount` is malformed, or the keyword below an ONBUILD is unknown.
    """
    make = _MAKERS.get(instruction.keyword)
    if make is None:
        raise UserError(f"unknown instruction: {instruction.keyword}", instruction.line)
    try:
        return make(instruction, escape)
    except WordError as error:
        raise UserError(str(error), instruction.line) from None


def _from(instruction: Instruction, _: str) -> From:
    image, name = _image_and_name(instruction.arguments)
    return From(image, instruction.flag("platform"), name and name.lower())


def _image_and_name(arguments: str) -> tuple[str, str | None]:
    """The one door to `dockerfile-parse`: it says what is image and what is name.

    It is asked for no more, because this is where it is exact: one logical line, already
    found to be `image` or `image AS name`, with plain blanks. Imported late, since an import
    of it costs more than reading a Dockerfile.
    """
    from dockerfile_parse.parser import image_from  # noqa: PLC0415

    image, name = image_from(BLANKS.sub(" ", arguments))
    return image, name


def _run(instruction: Instruction, _: str) -> Run:
    return Run(
        script="" if instruction.json is not None else instruction.arguments,
        argv=instruction.json,
        mounts=tuple(mount(value) for value in _values(instruction, "mount")),
        network=instruction.flag("network"),
        heredocs=instruction.heredocs,
        security=instruction.flag("security"),
        devices=_values(instruction, "device"),
    )


def _values(instruction: Instruction, name: str) -> tuple[str, ...]:
    return tuple(value or "" for key, value in instruction.flags if key == name)


_NAMED = frozenset({"from", "chown", "chmod", "link", "parents", "exclude", "checksum"})


def _copy(instruction: Instruction, _: str) -> Copy:
    *sources, dest = _words(instruction)
    plain = tuple(source for source in sources if not _is_heredoc(source, instruction))
    return Copy(
        kind=instruction.keyword,
        sources=plain,
        dest=dest,
        from_=instruction.flag("from"),
        chown=instruction.flag("chown"),
        chmod=instruction.flag("chmod"),
        link=_on(instruction, "link"),
        parents=_on(instruction, "parents"),
        exclude=_values(instruction, "exclude"),
        checksum=instruction.flag("checksum"),
        heredocs=instruction.heredocs,
        others=tuple(pair for pair in instruction.flags if pair[0] not in _NAMED),
    )


def _on(instruction: Instruction, name: str) -> bool:
    value = instruction.flag(name)
    return instruction.has_flag(name) and (value is None or value.lower() == "true")


def _is_heredoc(source: str, instruction: Instruction) -> bool:
    if not instruction.heredocs:
        return False
    try:
        return announcement(source) is not None
    except LexError:
        return False


def _words(instruction: Instruction) -> tuple[str, ...]:
    return fields(instruction.arguments) if instruction.json is None else instruction.json


def _health(instruction: Instruction, _: str) -> Healthcheck:
    kind, script = first(instruction.arguments)
    if kind.upper() == "NONE":
        return Healthcheck(none=True)
    script = "" if instruction.json is not None else script
    return Healthcheck(script, instruction.json, options=instruction.flags)


def _command(make: Callable[[str, tuple[str, ...] | None], Typed]) -> _Maker:
    return lambda i, _: make("" if i.json is not None else i.arguments, i.json)


_Maker = Callable[[Instruction, str], Typed]
_MAKERS: dict[str, _Maker] = {
    "ADD": _copy,
    "ARG": lambda i, escape: Arg(defaults(i.arguments, escape)),
    "CMD": _command(Cmd),
    "COPY": _copy,
    "ENTRYPOINT": _command(Entrypoint),
    "ENV": lambda i, escape: Env(pairs(i.arguments, i.keyword, escape)),
    "EXPOSE": lambda i, _: Expose(fields(i.arguments)),
    "FROM": _from,
    "HEALTHCHECK": _health,
    "LABEL": lambda i, escape: Label(pairs(i.arguments, i.keyword, escape)),
    "MAINTAINER": lambda i, _: Maintainer(i.arguments),
    "ONBUILD": lambda i, escape: Onbuild(below_onbuild(i, escape)),
    "RUN": _run,
    "SHELL": lambda i, _: Shell(i.json or ()),
    "STOPSIGNAL": lambda i, _: Stopsignal(i.arguments),
    "USER": lambda i, _: User(i.arguments),
    "VOLUME": lambda i, _: Volume(tuple(path.strip(SPACE) for path in _words(i))),
    "WORKDIR": lambda i, _: Workdir(i.arguments),
}
