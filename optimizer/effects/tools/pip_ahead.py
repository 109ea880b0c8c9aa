"""The requirements of a project, installed ahead of it: a part of `pip install .`.

Measured with pip 23.2 and 26.3, plain and editable, with extras (tests/measure/ahead.py): the trees
after an install, and after the two, differ in the empty file REQUESTED of each requirement, which
marks what was asked for by name, and in the line for it in RECORD; `uv pip install` (0.4, 0.13)
leaves the same tree. What no lock pins is resolved before the project is there. `pip wheel` has no
such part: where an index has a newer archive, the whole would fetch it beside the one that is there.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from optimizer.effects.model import NOTHING, Effects, is_tree, tree
from optimizer.effects.tool import Command, Machine, known
from optimizer.effects.tools.ahead import offer
from optimizer.effects.tools.looking import table, toml, words
from optimizer.effects.tools.pip_places import PREFIXES
from optimizer.effects.tools.pip_requirements import STDIN, Reader, decoded, lines
from optimizer.effects.tools.python_printing import has_tomllib

# Options of `pip install` that mean the same for the requirements alone, as for all.
_AHEAD = words(
    "-q --quiet -v --verbose --no-cache-dir --cache-dir --disable-pip-version-check --no-input "
    "--no-color --progress-bar --root-user-action --index-url --extra-index-url --trusted-host "
    "--find-links --no-index --constraint --prefer-binary --only-binary --no-binary --pre --user "
    "--break-system-packages --no-warn-script-location --no-python-version-warning --timeout "
    "--default-timeout --retries --proxy --cert --client-cert --compile --no-compile --editable "
    "--no-proxy-env --use-pep517 --isolated"
)
_PROJECT = re.compile(r"(?P<folder>\.|\.{0,2}/[^\[\]]*)(\[(?P<extras>[^\[\]]*)\])?")
# Of the seconds of an install, those that the packages take.
_SECONDS = 18.0
# Where packages go, of the places that an install may write.
_PACKAGES_IN = frozenset({"/usr/local/lib/**"})
RESOLVED = "what no lock file pins is resolved before the project itself"
_MARKED = f"{RESOLVED}, and pip marks it as asked for by name"


@dataclass(frozen=True)
class Wanted:
    """What a project requires.

    Attributes:
        folder: Its folder.
        extras: The extras that are asked for.
        lines: Its requirements.
        lists: Where in pyproject.toml they stand, as Python's subscripts, or
        files: the requirement files that they stand in.
        requires: What it requires of Python.
    """

    folder: str
    extras: tuple[str, ...]
    lines: tuple[str, ...]
    lists: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    requires: object = None

    @property
    def goods(self) -> str:
        """What an install of them provides."""
        return _goods(self.lines)


def _goods(required: Iterable[str]) -> str:
    return "installed: " + ", ".join(sorted(required))


def packages(names: Iterable[str]) -> frozenset[str]:
    """What an install of packages of these names provides."""
    return frozenset(f"package {name}" for name in names)


def provided(command: Command, given: Iterable[tuple[str, str]]) -> frozenset[str]:
    """What an install of the requirement files among these options provides."""
    required = _listed(command, given)
    return frozenset({_goods(required)} if required else ())


def _listed(command: Command, given: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The lines of the requirement files among these options; none if one is not known."""
    names = [value for name, value in given if name == "--requirement"]
    texts = [command.stdin if n == STDIN else command.machine.text(command.path(n)) for n in names]
    return tuple(line for text in texts for line in lines(decoded(text or ""))) if None not in texts else ()


def wanted(command: Command, folder: str, extras: tuple[str, ...]) -> Wanted | None:
    """What the project of a folder requires; None if that is not spelled out."""
    data = toml(command.machine, posixpath.join(folder, "pyproject.toml"))
    project, name = table(data, "project"), table(data, "project").get("name")
    if not isinstance(name, str) or "poetry" in table(data, "tool"):
        return None
    files: tuple[str, ...] = ()
    lists: list[tuple[tuple[str, ...], list[Any]]] = []
    if "dependencies" in project.get("dynamic", ()):
        files = _files(folder, data) if not extras else ()
        required = list(_in_files(command.machine, files))
    else:
        lists = list(_lists(project, extras))
        required = [r for each in lists for r in each[1]]
    if not required or not all(isinstance(r, str) and _plain(r, name) for r in required):
        return None
    told = tuple("".join(f'["{key}"]' for key in keys) for keys, _ in lists)
    least = None if "requires-python" in project.get("dynamic", ()) else project.get("requires-python")
    return Wanted(folder, extras, tuple(r.strip() for r in required), told, files, least)


def _files(folder: str, data: Any) -> tuple[str, ...]:
    """The requirement files that setuptools is told of."""
    named = table(data, "tool", "setuptools", "dynamic", "dependencies").get("file", ())
    names = [named] if isinstance(named, str) else named
    inside = all(isinstance(n, str) and ".." not in n and not n.startswith("/") for n in names)
    return tuple(posixpath.join(folder, n) for n in names) if inside else ()


def _in_files(machine: Machine, files: tuple[str, ...]) -> Iterator[Any]:
    for file in files:
        text = machine.text(file)
        yield from [None] if text is None else lines(decoded(text))


def _lists(project: dict[str, Any], extras: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """The lists of requirements in pyproject.toml, each with the way to it; with None what is not there."""
    if project.get("dependencies"):
        yield ("dependencies",), _list(project["dependencies"])
    dynamic = "optional-dependencies" in project.get("dynamic", ())
    more = {} if dynamic else table(project, "optional-dependencies")
    for extra in extras:
        yield ("optional-dependencies", extra), _list(more.get(extra))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [None]


def _plain(requirement: str, name: str) -> bool:
    """Whether a requirement is fetched by its name, and is not the project itself."""
    own = Reader.name(requirement)
    odd = any(sign in requirement for sign in ("://", "file:", "$", "\n"))
    return not odd and bool(own) and own != Reader.name(name)


@dataclass(frozen=True)
class Whole:
    """An install of one local project.

    Attributes:
        command: The command.
        done: What it does.
        word: The project as it is named: `.`, `./lib[web]`.
        folder: Its folder, and
        extras: the extras that are asked for.
    """

    command: Command
    done: Effects
    word: str
    folder: str
    extras: tuple[str, ...]

    def offer(
        self, required: tuple[str, ...], words: tuple[str, ...], differs: str, *, fed: tuple[str, ...] = ()
    ) -> Effects:
        """What it does, with the install of these requirements as a part (see `ahead.offer`)."""
        rest = _without(self.command.arguments, self.word)
        if rest is None:
            return self.done
        kept = frozenset(tree(cache.path) for cache in self.done.caches)
        others = self.done.writes - PREFIXES - kept - {tree(self.folder)}
        into = _PACKAGES_IN | {p for p in others if is_tree(p) and not p.startswith("/tmp/")}
        done = offer(
            self.done, self.command, words, _goods(required), carried=rest, into=into, leaves=NOTHING,
            more="", seconds=_SECONDS, variables=("*",), fed=fed, differs=differs,
        )  # fmt: skip
        names = packages(frozenset().union(*map(Reader.name, required)))
        return replace(done, ahead=tuple(replace(part, made_of=names) for part in done.ahead))


def one_project(command: Command, done: Effects, given: Iterable[tuple[str, str]], operands: Iterable[str]) -> Whole | None:
    """The local project that a command line asks for; None if it is not one."""
    words_ = [v for n, v in given if n in {"-e", "--editable"}]
    words_ += [w for w in operands if "/" in w or w.startswith(".")]
    match = _PROJECT.fullmatch(words_[0]) if len(words_) == 1 and known(*words_) else None
    if match is None:
        return None
    extras = tuple(e.strip() for e in (match["extras"] or "").split(",") if e.strip())
    return Whole(command, done, words_[0], command.path(match["folder"]), extras)


def _without(arguments: tuple[str, ...], word: str) -> tuple[str, ...] | None:
    """A command line without a project and the option before it; None if it is not a word of its own."""
    if arguments.count(word) != 1:
        return None
    at = arguments.index(word)
    before = at - (arguments[at - 1] in {"-e", "--editable"})
    return (*arguments[:before], *arguments[at + 1 :])


def offered(command: Command, done: Effects, given: tuple[tuple[str, str], ...], operands: tuple[str, ...]) -> Effects:
    """`pip install` with these options and operands, and the install of what a project requires as a part."""
    whole = one_project(command, done, given, operands)
    named = {name for name, _ in given}
    if whole is None or not named <= _AHEAD | {"--requirement"}:
        return done
    if "--requirement" in named:
        required = _listed(command, given)
        return whole.offer(required, (), RESOLVED) if required else done
    found = wanted(command, whole.folder, whole.extras)
    if found is None:
        return done
    if found.files:
        words_ = (word for file in found.files for word in ("-r", shown(command, file)))
        return whole.offer(found.lines, tuple(words_), _MARKED)
    first = command.env.get("PATH", "").split(":")[0] == "/usr/local/bin"
    if not has_tomllib(command, found.requires if first else ""):
        return done
    return whole.offer(found.lines, ("-r", STDIN), _MARKED, fed=_printed(command, found))


def shown(command: Command, path: str) -> str:
    """A path as one writes it where the command runs."""
    here = posixpath.relpath(path, command.cwd)
    return path if here.startswith("..") else here


def _printed(command: Command, found: Wanted) -> tuple[str, ...]:
    """The command that prints the requirements in pyproject.toml."""
    file = shown(command, posixpath.join(found.folder, "pyproject.toml"))
    load = f'tomllib.load(open("{file}", "rb"))["project"]'
    if len(found.lists) == 1:
        text = f'import tomllib; print(*{load}{found.lists[0]}, sep="\\n")'
    else:
        lists = ", ".join(f"*p{each}" for each in found.lists)
        text = f'import tomllib; p = {load}; print({lists}, sep="\\n")'
    first = command.env.get("PATH", "").split(":")[0] == "/usr/local/bin"
    return ("python3" if first else "/usr/local/bin/python3", "-c", text)
