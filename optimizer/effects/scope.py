"""What a shell knows at one point: variables, functions, directory, and what it has done."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace

from optimizer.effects.heredocs import Heredoc
from optimizer.effects.model import NONE, Effects, covers, tree
from optimizer.effects.overlay import Overlay
from optimizer.effects.shell import Node
from optimizer.effects.tool import ANY, GLOB, SOMEWHERE, Command, clean, either, excerpted, origin

# What a shell sets by itself, so that "not in the environment" does not mean empty.
_OWN_VARIABLES = frozenset(
    "RANDOM UID EUID HOSTNAME OLDPWD LINENO SECONDS PPID IFS OSTYPE HOSTTYPE MACHTYPE BASH SHELL "
    "PATH PS4 OPTIND OPTARG REPLY EPOCHSECONDS FUNCNAME PIPESTATUS GROUPS SHLVL DIRSTACK".split()
)
# One component of a path, whole or up to what is not known of it.
_NAME = re.compile(rf"[A-Za-z0-9_][\w.+-]*{GLOB}?")
_LONGEST_OUTPUT = 100_000


@dataclass
class Scope:
    """The state of one shell; changed in place by its interpreter.

    Attributes:
        command: Where the shell was started: machine, user, environment.
        variables: Names -> values; a value with ANY is not known.
        exported: The names that commands get.
        cwd: The directory; ANY if it is not known.
        positional: `$1`, `$2` ...; None if they are not known.
        zero: `$0`.
        functions: Names -> bodies, each with the heredocs of its script.
        effects: What has been done so far.
        contents: Files that were written with known content.
        own: Names that the script itself has set, whichever way it went.
        options: `e`, `pipefail`, `a`; `bash` if the shell surely is bash; `globs` if `shopt` or
            `set -f` have changed what a pattern means; `file` if `$0` is a script that has
            sourced no other.
        strict: Whether the end of the RUN, or what follows here, is reached only if the
            statement at hand succeeds.
        tested: Whether `set -e` is not in force here: left of `&&`, in a condition.
        ended: How this shell has ended: `exit`, `fail` (an exit that is an error), `return`,
            `break`, `continue`; "" if it goes on.
        escaped: The ways it may have ended with success: what follows may not happen.
        stdin: What is piped into the next command; None: nothing; with ANY: not known.
        output: What has been printed; ANY stands for what is not known.
        traps: Texts that run at the end.
        pushed: The stack of `pushd`.
        shadowed: In a function: the values that its local variables hide.
        looping: Whether a loop of this shell is open: `break` ends it.
        around: Whether a loop is open around this subshell.
        called: Whether a function or a sourced file is open: `return` ends it.
    """

    command: Command
    variables: dict[str, str]
    exported: set[str]
    cwd: str
    positional: tuple[str, ...] | None = ()
    zero: str = ANY
    functions: dict[str, tuple[Node, tuple[Heredoc, ...]]] = field(default_factory=dict)
    effects: Effects = NONE
    contents: dict[str, str] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)
    options: frozenset[str] = frozenset()
    strict: bool = True
    tested: bool = False
    ended: str = ""
    escaped: frozenset[str] = frozenset()
    stdin: str | None = None
    output: str = ""
    traps: tuple[str, ...] = ()
    pushed: tuple[str, ...] = ()
    shadowed: dict[str, str | None] = field(default_factory=dict)
    looping: bool = False
    around: bool = False
    called: bool = False

    @property
    def machine(self) -> Overlay:
        """The image as the next command meets it."""
        return Overlay(self.command.machine, self.effects, self.contents)

    def add(self, effects: Effects) -> None:
        """One more thing was done."""
        if self.escaped:
            effects = effects.maybe()
        fresh = {path: text for path, text in effects.contents if not self.may_be_link(path)}
        self.effects = self.effects | effects
        if effects.writes and self.contents:
            changed = {c for c in self.contents if any(covers(w, c) for w in effects.writes)}
            self.contents = {c: t for c, t in self.contents.items() if c not in changed}
        self.contents.update(fresh)

    def may_be_link(self, path: str) -> bool:
        """Whether this RUN may have put a link there: what is written to it is no file of its own."""
        written = {path, tree(path)} & self.effects.writes
        return bool(written) and path not in self.contents

    def fork(self) -> Scope:
        """A shell that starts from here (a subshell, a branch); effects are counted on."""
        return replace(
            self, variables=dict(self.variables), exported=set(self.exported), own=set(self.own),
            functions=dict(self.functions), contents=dict(self.contents),
            shadowed=dict(self.shadowed),
        )  # fmt: skip

    def subshell(self) -> Scope:
        """Another shell that starts from here; the loops around it are not its own."""
        child = self.fork()
        child.around, child.looping = self.around or self.looping, False
        return child

    def become(self, other: Scope) -> None:
        """Go on with another state."""
        for each in fields(other):
            setattr(self, each.name, getattr(other, each.name))

    def done_by(self, child: Scope) -> None:
        """What a child shell has done to the image; its variables end with it."""
        self.effects, self.contents = child.effects, child.contents

    def knows_as_much_as(self, other: Scope) -> bool:
        """Whether nothing has changed in what the shell knows, effects aside."""
        names = ("variables", "cwd", "options", "positional", "contents", "own")
        return all(getattr(self, name) == getattr(other, name) for name in names)

    def value(self, name: str) -> str:
        """The value of a variable; ANY if it is not known."""
        if name.isascii() and name.isdigit():
            return self._argument(int(name))
        if not re.fullmatch(r"[A-Za-z_]\w*", name):
            words = self.positional
            known = words is not None and name == "#" and _sure(words)
            return str(len(words or ())) if known else ANY
        if name == "PWD" and name not in self.own:
            return self.cwd
        if name not in self.own:
            self.effects = replace(self.effects, variables=self.effects.variables | {name})
        if name in self.variables:
            return self.variables[name]
        if name in self.own:
            return ""
        if name == "HOME":
            return self.command.home()
        special = name in _OWN_VARIABLES or name.startswith("BASH_")
        return ANY if special or not self.command.env_complete else ""

    def _argument(self, number: int) -> str:
        if number == 0:
            return self.zero
        words = self.positional
        if words is None or not _sure(words[: number - 1]):
            return ANY
        return words[number - 1] if number <= len(words) else ""

    def is_set(self, name: str) -> bool:
        """Whether a variable is known to be set."""
        if name.isdigit() and self.positional is not None:
            return int(name) <= len(self.positional) and _sure(self.positional)
        return name in self.variables

    def assign(self, name: str, value: str, *, export: bool = False) -> None:
        """`name=value`."""
        self.variables[name] = value
        self.own.add(name)
        if export or "a" in self.options:
            self.exported.add(name)

    def unset(self, name: str) -> None:
        """`unset name`."""
        self.variables.pop(name, None)
        self.exported.discard(name)
        self.own.add(name)

    def prints(self, text: str | None) -> None:
        """A command has printed something; None: that is not known."""
        longer = self.output + (ANY if text is None else text)
        self.output = longer if len(longer) <= _LONGEST_OUTPUT else ANY

    def home(self) -> str:
        """The home directory."""
        return self.value("HOME")

    def path(self, word: str) -> str:
        """A word as an absolute path; ANY if it is not known."""
        if ANY in word or (ANY in self.cwd and not word.startswith("/")):
            return ANY
        return clean(posixpath.join(self.cwd, word))

    def started(
        self, program: str, arguments: tuple[str, ...], extra: Mapping[str, str]
    ) -> Command:
        """A command as this shell starts it."""
        env = {n: v for n, v in self.variables.items() if n in self.exported}
        stdin = self.stdin if self.stdin is not None and ANY not in self.stdin else None
        return replace(
            self.command, program=program, arguments=arguments, cwd=self.cwd,
            env={**env, **extra}, machine=self.machine, stdin=stdin, origin=origin(self.stdin or ""),
            source=excerpted(self.stdin or ""),
        )  # fmt: skip


def _sure(words: tuple[str, ...]) -> bool:
    """Whether each is one word: text that is not known may have been split, or be nothing."""
    return not any(ANY in w or GLOB in w for w in words)


def joined(ends: Iterable[Scope]) -> Scope:
    """What is so whichever of these ways the shell went."""
    scopes = list(ends)
    alive = [s for s in scopes if not s.ended]
    reached = alive or [s for s in scopes if s.ended != "fail"] or scopes
    result = reached[0].fork()
    for other in reached[1:]:
        _meet(result, other)
    if alive:
        ways = {s.ended for s in scopes if s.ended not in {"", "fail"}}
        result.escaped = frozenset(ways).union(*(s.escaped for s in scopes))
    result.effects = unsure(result.effects, _union(scopes), reached)
    return result


def _meet(one: Scope, other: Scope) -> None:
    for name in one.variables.keys() | other.variables.keys():
        mine, theirs = one.variables.get(name), other.variables.get(name)
        if mine != theirs:
            one.variables[name] = _either(mine, theirs)
    one.own &= other.own
    one.exported |= other.exported
    one.cwd = one.cwd if one.cwd == other.cwd else SOMEWHERE
    one.positional = one.positional if one.positional == other.positional else None
    one.options = (one.options & other.options) | ((one.options | other.options) & {"globs", "a"})
    both = (
        (p, either(t, other.contents[p])) for p, t in one.contents.items() if p in other.contents
    )
    one.contents = {path: text for path, text in both if text is not None}
    for name, function in other.functions.items():
        if one.functions.get(name, function) is not function:
            one.effects = one.effects.in_doubt(f"which `{name}` is called is not known")
        one.functions[name] = function
    one.output = one.output if one.output == other.output else ANY
    one.traps += tuple(t for t in other.traps if t not in one.traps)
    one.stdin = one.stdin if one.stdin == other.stdin else ANY


def _either(one: str | None, other: str | None) -> str:
    """What two names of files have in common; any other two values are not known."""
    names = (one or "", other or "")
    if not all(_NAME.fullmatch(name) for name in names):
        return ANY
    common = posixpath.commonprefix([name.partition(GLOB)[0] for name in names])
    return common + GLOB if common else ANY


def _union(scopes: list[Scope]) -> Effects:
    total = scopes[0].effects.maybe()
    seconds = max(s.effects.seconds for s in scopes)
    for other in scopes[1:]:
        if other.effects is not scopes[0].effects:
            total = total | other.effects.maybe()
    return replace(total, seconds=seconds)


def unsure(first: Effects, total: Effects, ways: Iterable[Scope]) -> Effects:
    """`total`, with that sure which is sure on each of the ways."""
    surely, deletes, makes = first.surely_writes, first.deletes, first.makes
    for way in ways:
        surely &= way.effects.surely_writes
        deletes &= way.effects.deletes
        makes &= way.effects.makes
    return replace(
        total, surely_writes=surely, deletes=deletes, makes=makes,
        doubt=total.doubt or first.doubt,
    )  # fmt: skip
