"""A CMake project that is being read: its variables, and what the words of its files lead to."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field

from optimizer.effects.model import NONE, Effects, covers, tree
from optimizer.effects.tool import ANY, Command, clean, known

_REFERENCE = re.compile(r"\$\{([^${}]*)\}")
# Flags of a compiler that a path may follow without a space.
_FLAG = re.compile(r"^-(?:I|L|B|F|T|isystem|iquote|idirafter|include|imacros)(?=[./])")
_PATTERN = re.compile(r"[*?\[]")
_ENVIRONMENT = re.compile(r"\$ENV\{([^${}]*)\}")


@dataclass
class Reading:
    """A project that is being read.

    Attributes:
        command: The cmake or make.
        source: Its source folder.
        build: Its build folder.
        variables: What is known of the variables; ANY where a value is not.
        installs: Whether it is to be installed as well.
        effects: What was found so far.
        compiles: Whether sources of its own are compiled.
        single: Whether there is but one CMakeLists.txt.
        base: Where relative paths of the file at hand start; None if that is not known.
        reached: What outside of the source folder is named: its own files are followed as well.
        projects: The folders whose CMakeLists.txt calls project().
    """

    command: Command
    source: str
    build: str
    variables: dict[str, str]
    installs: bool = False
    effects: Effects = NONE
    compiles: bool = False
    single: bool = True
    base: str | None = ""
    reached: set[str] = field(default_factory=set)
    projects: set[str] = field(default_factory=set)


def doubt(reading: Reading, path: str, why: str) -> None:
    """What a file says is not followed, and why."""
    reading.effects = reading.effects.in_doubt(f"{path} reaches further than dfopt reads ({why})".replace(ANY, "?"))


def expand(reading: Reading, text: str) -> str:
    """The text with its variables; one that nobody has set is not known."""
    for _ in range(20):
        if "$ENV{" in text:
            text = _ENVIRONMENT.sub(lambda m: _variable(reading.command, m[1]), text)
        expanded = _REFERENCE.sub(lambda m: reading.variables.get(m[1], ANY), text)
        if expanded == text:
            return expanded
        text = expanded
    return ANY


def _variable(command: Command, name: str) -> str:
    return command.env.get(name, "" if command.env_complete else ANY)


def parts(value: str) -> list[str]:
    """The paths in an argument: of a list, of `-DNAME:PATH=value`, of `-Ifolder`."""
    return [p for word in re.split(r"[;,=\s]|:(?=[/A-Z])", value) if (p := _FLAG.sub("", word))]


def leads(reading: Reading, raw: str, value: str, path: str, *, root: bool = True) -> None:
    """What an argument names outside of the source folder is read.

    Args:
        reading: The project.
        raw: The argument as it is written, and
        value: with its variables.
        path: The file at hand.
        root: Whether the root is meant where the argument leads there.
    """
    for part in parts(value):
        climbs = ".." in part.split("/")
        if not climbs and not part.startswith("/"):
            continue
        if ANY in part or (not part.startswith("/") and reading.base is None):
            if climbs:
                doubt(reading, path, raw)
            continue
        # Flags of a compiler start from where it runs, in the build folder.
        bases = {reading.base or "/"} | ({reading.build} if value.lstrip().startswith("-") else set())
        for base in bases:
            where = clean(posixpath.join(base, part))
            if where != "/" or (climbs and root):
                reach(reading, where)


def reach(reading: Reading, where: str) -> None:
    """A file or folder that is read, and whose own files are followed; of a pattern, its folder."""
    folder = where
    while _PATTERN.search(folder):
        folder = posixpath.dirname(folder)
    if not any(covers(tree(own), folder) for own in (reading.source, reading.build)):
        reading.effects |= Effects(reads=frozenset({tree(folder)}))
        reading.reached.add(folder)


def fills(reading: Reading, value: str, path: str, what: str) -> None:
    """A folder that configuring or building fills."""
    if not value:
        return
    if not known(value):
        doubt(reading, path, what)
        return
    where = clean(posixpath.join(reading.build, value))
    if reading.command.machine.walk(where):
        doubt(reading, path, f"{where} is of the project, and filled")
    reading.effects |= Effects(writes=frozenset({tree(where)}), reads=frozenset({tree(where)}))
