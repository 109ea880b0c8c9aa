"""Instructions by their meaning: `Run`, `Copy`, `From` ...; values are not expanded."""

from __future__ import annotations

from collections.abc import Callable

from optimizer.dockerfile.characters import SPACE, LexError
from optimizer.dockerfile.heredocs import Heredoc, announcement
from optimizer.dockerfile.mounts import Mount, mount
from optimizer.dockerfile.source import Instruction, below_onbuild
from optimizer.dockerfile.views import (
    Arg,
    Cmd,
    Copy,
    Entrypoint,
    Env,
    Expose,
    From,
    Healthcheck,
    Label,
    Maintainer,
    Onbuild,
    Run,
    Shell,
    Stopsignal,
    Typed,
    User,
    Volume,
    Workdir,
)
from optimizer.dockerfile.words import BLANKS, WordError, defaults, fields, first, pairs
from optimizer.errors import UserError

__all__ = [
    "Arg",
    "Cmd",
    "Copy",
    "Entrypoint",
    "Env",
    "Expose",
    "From",
    "Healthcheck",
    "Label",
    "Maintainer",
    "Mount",
    "Onbuild",
    "Run",
    "Shell",
    "Stopsignal",
    "Typed",
    "User",
    "Volume",
    "Workdir",
    "mount",
    "typed",
]


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

    It is asked for no more, since it is exact where it is given one logical line that is
    already known to be `image` or `image AS name`; but for odd blanks, where Docker's own
    words win. Imported late: the import takes longer than reading a Dockerfile.
    """
    from dockerfile_parse.parser import image_from  # noqa: PLC0415

    image, name = image_from(BLANKS.sub(" ", arguments))
    first_word, *rest = fields(arguments)
    return (image, name) if image == first_word else (first_word, rest[1] if rest else None)


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
    *sources, dest = _words(instruction) or ("",)
    if not sources:  # only below ONBUILD, which is not checked before it is triggered
        raise WordError(f"{instruction.keyword} requires at least two arguments")
    found = [(source, _heredoc(source, instruction)) for source in sources]
    return Copy(
        kind=instruction.keyword,
        sources=tuple(source for source, heredoc in found if heredoc is None),
        dest=dest,
        from_=instruction.flag("from"),
        chown=instruction.flag("chown"),
        chmod=instruction.flag("chmod"),
        link=_on(instruction, "link"),
        parents=_on(instruction, "parents"),
        exclude=_values(instruction, "exclude"),
        checksum=instruction.flag("checksum"),
        heredocs=tuple(heredoc for _, heredoc in found if heredoc),
        others=tuple(pair for pair in instruction.flags if pair[0] not in _NAMED),
    )


def _on(instruction: Instruction, name: str) -> bool:
    value = instruction.flag(name)
    return instruction.has_flag(name) and (value is None or value.lower() == "true")


def _heredoc(source: str, instruction: Instruction) -> Heredoc | None:
    """The heredoc that this word of COPY stands for, found by its name as Docker does."""
    if not instruction.heredocs:
        return None
    try:
        mark = announcement(source)
    except LexError:
        return None
    named = {each.name: each for each in instruction.heredocs}
    return named.get(mark.name) if mark else None


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
