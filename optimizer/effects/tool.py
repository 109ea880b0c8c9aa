"""The contract beneath `tools/`: what a tool is given and what it answers.

A tool is a function from a `Command` to `Effects`. It looks into the image, as it is when
the command runs, through the command's `Machine`; it never touches the disk itself.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Protocol

from optimizer.effects.model import Effects, Paths

# Marks inside a word. A word with ANY in it holds text that is not known (an unset build
# argument, a command's output); GLOB stands for an unknown part of one path component
# (a pattern that could not be resolved): `/var/lib/apt/lists/*` is "/var/lib/apt/lists/\1".
ANY = "\0"
GLOB = "\1"
# A directory that is not known: one component below the root, so that all searches upwards end.
SOMEWHERE = "/" + ANY


class Kind(Enum):
    """What stands at a path of the image."""

    FILE = "file"
    DIRECTORY = "directory"
    LINK = "link"
    ABSENT = "absent"
    # Something may be there that the context does not tell: the base's, or written by a RUN.
    UNKNOWN = "unknown"


class Machine(Protocol):
    """The image as a command meets it: what was copied is known, the rest is not."""

    def kind(self, path: str) -> Kind:
        """What stands at this path; links in the parents are followed."""

    def text(self, path: str) -> str | None:
        """The content of a file that came from the context (or was written with known content).

        None if there is none, or if its content is not known. Links are followed inside the
        image. Bytes that are not UTF-8 survive as surrogates.
        """

    def mark(self, path: str) -> str | None:
        """What is known of a file whose text is not: `exported`, `fetched`, `shipped`; None: nothing."""

    def mode(self, path: str) -> int | None:
        """The permission bits of a file that came from the context; None if they are not known."""

    def names(self, path: str) -> tuple[str, ...]:
        """The entries of a directory that came from the context, sorted."""

    def walk(self, path: str) -> tuple[str, ...]:
        """All files and links below a directory that came from the context, sorted paths."""

    def complete(self, path: str) -> bool:
        """Whether `names`/`walk` tell all that is below: no RUN or base may have added to it."""

    def named(self, path: str) -> Paths:
        """What RUNs may have written below a directory by its name, not by that of a folder above."""

    def run(self, script: str, command: Command) -> Effects:
        """The effects of a shell text (`sh -c script`) in `command`'s cwd, environment and user."""

    def call(self, command: Command) -> Effects:
        """The effects of another command (for `sudo`, `env`, `npx`, `python -m pip` ...)."""


@dataclass(frozen=True)
class Command:
    """One command that a shell starts.

    Attributes:
        program: Its name as written: `npm`, `/usr/bin/python3`, `./setup.sh`.
        arguments: Its words after expansion; see ANY and GLOB for what is not known.
        cwd: The directory it runs in, absolute; holds ANY if not known.
        env: The variables whose values are known; a value with ANY is set but not known.
        env_complete: Whether `env` holds all that is set (else the base may set others).
        user: The user, "" if it is the base's own (root for the official images).
        machine: The image it meets.
        stdin: What is piped or redirected into it if that is known text, else None.
        origin: The address that its standard input was fetched from; "" if there is none.
        source: The files that its standard input is a part of (see `excerpt`); "" if there are none.
    """

    program: str
    arguments: tuple[str, ...]
    cwd: str
    machine: Machine
    env: Mapping[str, str] = field(default_factory=dict)
    env_complete: bool = False
    user: str = ""
    stdin: str | None = None
    origin: str = ""
    source: str = ""

    @property
    def name(self) -> str:
        """The program without its folder."""
        return posixpath.basename(self.program)

    def path(self, word: str, base: str | None = None) -> str:
        """A word of the command as an absolute, cleaned path of the image."""
        return clean(posixpath.join(base or self.cwd, word))

    def home(self) -> str:
        """The home directory."""
        root = self.user.split(":")[0] in {"", "root", "0"}
        return self.env.get("HOME", "/root" if root else f"/home/{self.user.split(':')[0]}")

    def has(self, *flags: str) -> bool:
        """Whether one of the flags was given, as `--flag` or `--flag=value`."""
        return any(a == f or a.startswith(f + "=") for a in self.arguments for f in flags)

    def json(self, path: str) -> dict[str, Any] | None:
        """A JSON object of the image; None if it is absent, not known or malformed."""
        text = self.machine.text(path)
        if text is None:
            return None
        try:
            value = json.loads(text.removeprefix("\ufeff"))
        except (ValueError, RecursionError):
            return None
        return value if isinstance(value, dict) else None

    def with_words(self, program: str, *arguments: str) -> Command:
        """Another command in the same place."""
        return replace(self, program=program, arguments=arguments)


def fetched(address: str) -> str:
    """What a download prints: text that is not known, but where it comes from."""
    return f"{ANY}<{address}>{ANY}"


def origin(text: str) -> str:
    """The address that a text was fetched from, whole and alone; "" if that is not so."""
    found = re.fullmatch(f"{ANY}<([^{ANY}>]+)>{ANY}\\s*", text)
    return found.group(1) if found else ""


def excerpt(path: str) -> str:
    """What a filter prints: text that is not known, but is part of the files at a path or pattern."""
    return f"{ANY}={path}={ANY}"


def excerpted(text: str) -> str:
    """The files that a text is a part of, and nothing else; "" if that is not so."""
    found = re.fullmatch(f"{ANY}=(/[^{ANY}=]+)={ANY}\\s*", text)
    return found.group(1) if found else ""


def exported(lines: str) -> str:
    """What a tool makes of a lock file: text that is not known, but asks for no more than these lines."""
    return f"{ANY}!{lines}!{ANY}"


def exported_lines(text: str) -> str | None:
    """The most that such a text asks for; None if it is another text."""
    found = re.fullmatch(f"{ANY}!([^{ANY}]*)!{ANY}\\s*", text)
    return found.group(1) if found else None


def shipped(version: int) -> str:
    """A program that a base image brings: which major version it is of."""
    return f"{ANY}#{version}#{ANY}"


def shipped_version(text: str | None) -> int | None:
    """The major version of such a program; None if it is not known."""
    found = re.fullmatch(f"{ANY}#(\\d+)#{ANY}", text or "")
    return int(found.group(1)) if found else None


def marked(text: str) -> bool:
    """Whether a text only says what is known of another one."""
    return exported_lines(text) is not None or bool(origin(text))


def either(one: str, other: str) -> str | None:
    """What is known of a file that is one of two, of which at least one was exported."""
    if one == other:
        return one
    asked = [exported_lines(text) for text in (one, other)]
    odd = any(a is None and ANY in text for text, a in zip((one, other), asked, strict=True))
    if odd or asked == [None, None]:
        return None
    lines = [text if a is None else a for text, a in zip((one, other), asked, strict=True)]
    return exported("\n".join(lines))


def located(program: str) -> str:
    """What `command -v` prints: a path that is not known, but which program stands there."""
    return f"{ANY}|{program}|{ANY}"


def program_of(text: str) -> str:
    """The program that a path is known to lead to, by `command -v`; "" if there is none."""
    found = re.fullmatch(f"{ANY}\\|([\\w.+-]+)\\|{ANY}\\s*", text)
    return found.group(1) if found else ""


def clean(path: str) -> str:
    """An absolute path without `.`, `..`, doubled or trailing slashes."""
    return "/" + posixpath.normpath("/" + path).lstrip("/")


def known(*words: str) -> bool:
    """Whether the words hold nothing unknown."""
    return not any(ANY in w or GLOB in w for w in words)


def region(path: str) -> str:
    """Where a path with unknown parts may lead: the tree above its first unknown part.

    An unknown *component part* (GLOB) stays below its folder; wholly unknown text (ANY) may
    hold `..` and lead anywhere.
    """
    if ANY in path:
        return "/**"
    if GLOB not in path:
        return path
    prefix = path[: path.index(GLOB)]
    return prefix + "**"


@dataclass(frozen=True)
class Tool:
    """A program that dfopt knows.

    Attributes:
        name: The name in reports and in `dfopt tools`.
        programs: The names it is called by.
        effects: From a command to what it does.
        summary: One line for the README's table: what is known of it.
        taught: What the user's settings say of a command; None for one that they do not speak of.
        prints: What a command prints; None if that is not known.
        wrapped: Whether a script of the project that has one of the names, by its text, is the one
            that the tool itself makes for projects: it then does what `effects` says.
    """

    name: str
    programs: tuple[str, ...]
    effects: Callable[[Command], Effects]
    summary: str = ""
    taught: Callable[[Command], Effects | None] | None = None
    prints: Callable[[Command], str | None] | None = None
    wrapped: Callable[[str], bool] | None = None
