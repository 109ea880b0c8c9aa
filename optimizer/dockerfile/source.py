r"""A Dockerfile as lines and instructions; `str(parse(text)) == text`.

Why not `dockerfile-parse` here: it drops blank lines, ends a RUN at a blank continuation
line, knows no heredocs and takes `\\` at the end of a line for a continuation. Lines,
keywords and heredocs are read as BuildKit's `frontend/dockerfile/parser` does, and tests
compare every position with the official parser. (`instructions.py` has the door to
`dockerfile-parse`.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from optimizer.dockerfile import lines as physical
from optimizer.dockerfile.checks import KEYWORDS, refusal
from optimizer.dockerfile.heredocs import Heredoc, bodies
from optimizer.dockerfile.words import (
    NotJson,
    WordError,
    command,
    first,
    flags,
    json_array,
    split_pairs,
)
from optimizer.errors import UserError

__all__ = ["Heredoc", "Instruction", "Source", "below_onbuild", "parse"]

_JSON = frozenset({"ADD", "CMD", "COPY", "ENTRYPOINT", "HEALTHCHECK", "RUN", "SHELL", "VOLUME"})
_HEREDOCS = frozenset({"ADD", "COPY", "RUN"})


@dataclass(frozen=True)
class Instruction:
    """One instruction and where it stands.

    Attributes:
        keyword: In capitals, however it is written.
        start: 0-based index of its first line.
        end: The index after its last line, heredoc bodies included.
        head: Index of the first comment line right above it, `start` if there is none.
        text: The lines start to end as they stand in the file.
        logical: What follows the keyword, as Docker joins it; no heredoc bodies.
        flags: Names without dashes and their values; None if there is no `=`.
        arguments: What follows the flags.
        heredocs: Its heredocs, in order.
        json: The words of the exec form, None if it is in shell form.
        malformed_json: It begins with `[` and is no JSON, so Docker takes it as shell form.
        unfinished: Its last line asks for a continuation, and only the end of the file ends
            it: whatever is put after it would become a part of it.
    """

    keyword: str
    start: int
    end: int
    head: int
    text: str
    logical: str
    flags: tuple[tuple[str, str | None], ...]
    arguments: str
    heredocs: tuple[Heredoc, ...] = ()
    json: tuple[str, ...] | None = None
    malformed_json: bool = False
    unfinished: bool = False

    @property
    def line(self) -> int:
        """1-based number of the first line."""
        return self.start + 1

    def flag(self, name: str) -> str | None:
        """The value of a flag (of the last one with this name); "" counts as none."""
        return next((value for key, value in reversed(self.flags) if key == name), None) or None

    def has_flag(self, name: str) -> bool:
        """Whether the flag stands there, whatever its value."""
        return any(key == name for key, _ in self.flags)


@dataclass(frozen=True)
class Source:
    """A whole Dockerfile.

    Attributes:
        lines: The lines with their ends; joined, they are the text.
        instructions: In order.
        directives: The parser directives at the top, names in lower case.
        escape: The escape character, a backslash or a backtick.
        newline: The line end of most lines.
        directive_lines: How many lines at the top belong to directives (and to `#!`).
    """

    lines: tuple[str, ...]
    instructions: tuple[Instruction, ...]
    directives: tuple[tuple[str, str], ...] = ()
    escape: str = "\\"
    newline: str = "\n"
    directive_lines: int = 0

    def __str__(self) -> str:
        return "".join(self.lines)


def parse(text: str) -> Source:
    """Read a Dockerfile; `str(parse(text)) == text` for every text that it takes.

    Raises:
        UserError: Where Docker's parser refuses the text.
    """
    physical.check_size(text)
    lines = physical.split(text)
    physical.check_lines(lines)
    directives, top = physical.directives(lines)
    escape = dict(directives).get("escape", "\\")
    source = Source(lines, (), directives, escape, physical.newline(lines), top)
    instructions = tuple(_instructions(source))
    _check_order(instructions)
    return replace(source, instructions=instructions)


def below_onbuild(instruction: Instruction, escape: str) -> Instruction:
    """The instruction that ONBUILD keeps for later, at the same place.

    Docker does not look at it before it is triggered, so its keyword may be unknown.
    """
    inner = _read(instruction.arguments, escape, instruction.line)
    return replace(
        instruction,
        keyword=inner.keyword,
        logical=inner.logical,
        flags=inner.flags,
        arguments=inner.arguments,
        json=inner.json,
        malformed_json=inner.malformed_json,
    )


def _instructions(source: Source) -> Iterator[Instruction]:
    at = source.directive_lines
    while found := physical.logical(source.lines, at, source.escape):
        head = physical.head(source.lines, found.start, at)
        read = _read(found.text, source.escape, found.start + 1)
        if read.keyword not in KEYWORDS:
            raise UserError(f"unknown instruction: {read.keyword}", read.line)
        if wrong := refusal(read, source.escape):
            raise UserError(wrong, found.start + 1)
        heredocs, at = _heredocs(read, found, source)
        text = "".join(source.lines[found.start : at])
        yield replace(
            read,
            start=found.start,
            end=at,
            head=head,
            text=text,
            heredocs=heredocs,
            unfinished=found.unfinished,
        )


def _heredocs(
    read: Instruction, found: physical.Logical, source: Source
) -> tuple[tuple[Heredoc, ...], int]:
    doing = _trigger(read, source.escape) if read.keyword == "ONBUILD" else read
    if doing.keyword not in _HEREDOCS or doing.json is not None:
        return (), found.end
    return bodies(found.text, source.lines, found.end, found.start + 1)


def _trigger(onbuild: Instruction, escape: str) -> Instruction:
    """What stands below an ONBUILD; Docker parses its words, and checks it when triggered."""
    trigger = below_onbuild(onbuild, escape)
    if trigger.keyword in {"ENV", "LABEL"}:
        try:
            split_pairs(trigger.arguments, trigger.keyword, escape)
        except WordError as error:
            raise UserError(str(error), onbuild.line) from None
    return trigger


def _read(logical: str, escape: str, number: int) -> Instruction:
    """Keyword, flags and arguments of a logical line; the place is not known here."""
    word, rest = command(logical)
    keyword = word.lower().upper()
    given, arguments = flags(rest, escape)
    exec_form = first(arguments)[1] if keyword == "HEALTHCHECK" else arguments
    json, malformed = None, False
    if keyword in _JSON:
        try:
            json = json_array(exec_form)
        except NotJson:
            malformed = exec_form.startswith("[")
        except WordError as error:
            raise UserError(str(error), number) from None
    pairs = tuple(_flag(each) for each in given)
    return Instruction(
        keyword, number - 1, number, number - 1, "", rest, pairs, arguments, (), json, malformed
    )


def _flag(word: str) -> tuple[str, str | None]:
    name, equals, value = word[2:].partition("=")
    return name, value if equals else None


def _check_order(instructions: tuple[Instruction, ...]) -> None:
    for instruction in instructions:
        if instruction.keyword == "FROM":
            return
        if instruction.keyword != "ARG":
            raise UserError(
                f"{instruction.keyword} stands before the first FROM, where only ARG may",
                instruction.line,
            )
    raise UserError("there is no FROM, so there is no stage to build")
