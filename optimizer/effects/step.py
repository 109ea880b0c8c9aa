"""One instruction in one stage, with its resolved state and its effects."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field

from optimizer.context.files import Files
from optimizer.dockerfile.instructions import Typed
from optimizer.dockerfile.source import Instruction
from optimizer.effects.copying import Copying
from optimizer.effects.image import Tree
from optimizer.effects.model import NONE, NOTHING, Ahead, Effects, Paths
from optimizer.effects.state import State
from optimizer.effects.tool import Kind, Tool


@dataclass(frozen=True)
class Position:
    """What holds in front of an instruction: the state and the image."""

    state: State
    tree: Tree

    def missing(self, path: str) -> Paths:
        """The directory and its parents, as far as they are not surely there."""
        found = set()
        while path != "/" and self.tree.kind(path) is not Kind.DIRECTORY:
            found.add(path)
            path = posixpath.dirname(path)
        return frozenset(found)


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
