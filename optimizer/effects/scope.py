"""What a shell knows at one point: variables, functions, directory, and what it has done."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from optimizer.effects.model import NONE, Effects
from optimizer.effects.overlay import Overlay
from optimizer.effects.shell import Node
from optimizer.effects.tool import ANY, Command, clean


@dataclass
class Scope:
    """The state of one shell; changed in place by its interpreter.

    Attributes:
        command: Where the shell was started: machine, user, environment.
        variables: Names -> values; a value with ANY is not known.
        exported: The names that commands get.
        functions: Names -> bodies.
        cwd: The directory; ANY if it is not known.
        effects: What has been done so far.
        contents: Files that were written with known content.
        own: Names that the script itself has set.
        options: `e`, `pipefail`.
        ended: Whether `exit` or `return` was met.
    """

    command: Command
    variables: dict[str, str]
    exported: set[str]
    cwd: str
    functions: dict[str, Node] = field(default_factory=dict)
    effects: Effects = NONE
    contents: dict[str, str] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)
    options: frozenset[str] = frozenset()
    ended: bool = False

    @property
    def machine(self) -> Overlay:
        """The image as the next command meets it."""
        return Overlay(self.command.machine, self.effects, self.contents)

    def add(self, effects: Effects) -> None:
        """One more thing was done."""
        self.effects = self.effects | effects
        for path in [c for c in self.contents if c in effects.writes]:
            del self.contents[path]

    def fork(self) -> Scope:
        """A shell that starts from here (a subshell, a branch); effects are counted on."""
        return replace(
            self, variables=dict(self.variables), exported=set(self.exported),
            functions=dict(self.functions), contents=dict(self.contents), own=set(self.own),
        )  # fmt: skip

    def value(self, name: str) -> str:
        """The value of a variable; ANY if it is not known."""
        if name not in self.own and not name.isdigit() and re.fullmatch(r"\w+", name):
            self.effects = self.effects | Effects(variables=frozenset({name}))
        if name in self.variables:
            return self.variables[name]
        if name == "PWD":
            return self.cwd
        if name == "HOME":
            return self.home()
        special = not re.fullmatch(r"[A-Za-z_]\w*", name) or name in {"RANDOM", "UID", "EUID", "HOSTNAME", "OLDPWD", "LINENO", "SECONDS", "PPID", "IFS", "OSTYPE", "BASH_VERSION", "SHELL", "PATH"}
        if special or not self.command.env_complete:
            return ANY
        return ""

    def is_set(self, name: str) -> bool:
        """Whether a variable is known to be set."""
        return name in self.variables

    def assign(self, name: str, value: str, *, export: bool = False) -> None:
        """`name=value`"""
        self.variables[name] = value
        self.own.add(name)
        if export:
            self.exported.add(name)

    def home(self) -> str:
        """The home directory."""
        return self.variables.get("HOME", self.command.home())

    def path(self, word: str) -> str:
        """A word as an absolute path; ANY if it is not known."""
        if ANY in word or (ANY in self.cwd and not word.startswith("/")):
            return ANY
        return clean(posixpath.join(self.cwd, word))

    def started(self, program: str, arguments: tuple[str, ...], extra: Mapping[str, str]) -> Command:
        """A command as this shell starts it."""
        env = {n: v for n, v in self.variables.items() if n in self.exported}
        return replace(
            self.command, program=program, arguments=arguments, cwd=self.cwd,
            env={**env, **extra}, machine=self.machine, stdin=None,
        )  # fmt: skip
