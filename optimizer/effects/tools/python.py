"""python: the modules that install (pip, venv, setup.py); anything else runs the project's code.

Options by CPython 3.6 to 3.13 (`python --help`, `Python/initconfig.c`).
"""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from optimizer.effects.model import NONE, Ahead, Effects, tree, unknown
from optimizer.effects.tool import ANY, Command, Kind, Tool, known, origin
from optimizer.effects.tools import pip
from optimizer.effects.tools.flit import FLIT
from optimizer.effects.tools.hatch import HATCH
from optimizer.effects.tools.installers import piped
from optimizer.effects.tools.looking import look, words
from optimizer.effects.tools.options import Options, split
from optimizer.effects.tools.pdm import PDM
from optimizer.effects.tools.pip_places import VARIABLES, site
from optimizer.effects.tools.pipenv import PIPENV
from optimizer.effects.tools.pipx import PIPX
from optimizer.effects.tools.poetry import POETRY
from optimizer.effects.tools.python_path import first_on_path
from optimizer.effects.tools.python_printing import has_tomllib, printing
from optimizer.effects.tools.python_project import archives, build
from optimizer.effects.tools.uv import UV
from optimizer.effects.tools.virtualenv import virtual

_VALUED = "WX"
_LETTERS = "bBdEhiIJOPqRsStuvVx?"
# Modules whose names in a `-c` text tell that no file of the project is touched.
_HARMLESS = words(
    "sys platform sysconfig site ssl struct secrets random string uuid hashlib math time datetime "
    "distutils distutils.sysconfig"
)
_REACHING = words("open exec eval compile __import__ input breakpoint getattr globals vars")


@dataclass(frozen=True)
class Start:
    """How an interpreter is started.

    Attributes:
        kind: `c`, `m`, `script`, `-` (standard input), `version`; "" if it was not understood.
        word: The text, module or script.
        arguments: What it is given.
        isolated: The working directory (or the script's) is not searched for modules.
    """

    kind: str
    word: str = ""
    arguments: tuple[str, ...] = ()
    isolated: bool = False


def effects(command: Command) -> Effects:
    """What a python command does."""
    if not known(command.cwd):
        return unknown("the directory that python runs in is not known")
    start = started(command.arguments)
    if not start.kind:
        return unknown(f"python's option {start.word} is not known")
    quiet = Effects(variables=VARIABLES, seconds=0.1)
    if start.kind == "version":
        return quiet
    if not known(start.word):
        return unknown("what python runs is not known")
    return quiet | _KINDS[start.kind](command, start)


def started(arguments: tuple[str, ...]) -> Start:
    """Take python's command line apart, as its own getopt does."""
    isolated, left = False, list(arguments)
    while left:
        word = left.pop(0)
        if word in {"--version", "--help", "--help-all", "--help-env", "--help-xoptions"}:
            return Start("version")
        if word == "--check-hash-based-pycs":
            left = left[1:]
            continue
        if word == "-":
            return Start("-", "", tuple(left), isolated)
        if not word.startswith("-"):
            return Start("script", word, tuple(left), isolated)
        for position, letter in enumerate(word[1:], 2):
            if letter in "cm":
                text = word[position:] or (left.pop(0) if left else "")
                return Start(letter, text, tuple(left), isolated)
            if letter in "Vh?":
                return Start("version")
            if letter in _VALUED:
                left = left if word[position:] else left[1:]
                break
            if letter not in _LETTERS:
                return Start("", word)
            isolated = isolated or letter in "IP"
    return Start("-", "", (), isolated)


def _module(command: Command, start: Start) -> Effects:
    """`python -m X`: the working directory is searched first."""
    before = NONE if start.isolated else first_on_path(command, command.cwd)
    answer = _MODULES.get(start.word)
    if answer is None:
        return unknown(f"python -m {start.word} is a program that dfopt does not know")
    name = start.word.split(".", maxsplit=1)[0]
    program = name
    if "/" in command.program:
        # `/opt/venv/bin/python -m pip` installs where `/opt/venv/bin/pip` does.
        program = posixpath.join(posixpath.dirname(command.program), name)
    done = before | answer(replace(command, program=program, arguments=start.arguments))
    own = (command.program, *command.arguments[: len(command.arguments) - len(start.arguments)])
    return replace(done, ahead=tuple(_started_by(own, part) for part in done.ahead))


def _started_by(own: tuple[str, ...], part: Ahead) -> Ahead:
    """What `pip` does ahead, done by `python -m pip`."""
    return replace(part, words=(*own, *part.words[1:]), carried=(*own, *part.carried[1:]))


def _text(command: Command, start: Start) -> Effects:
    """`python -c text`."""
    told = printing(command, start.word)
    if told is None and not _harmless(start.word):
        return unknown("python -c runs a program of its own")
    read = NONE if told is None else look(command.machine, *told.reads)
    return read if start.isolated else read | first_on_path(command, command.cwd)


def _prints(command: Command) -> str | None:
    """What `python -c` prints of a TOML file."""
    start = started(command.arguments)
    told = printing(command, start.word) if start.kind == "c" and known(command.cwd, start.word) else None
    return None if told is None or not has_tomllib(command) else told.output


def _harmless(text: str) -> bool:
    """Whether a text uses nothing but modules that look at no file of the project."""
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    for node in nodes:
        if isinstance(node, ast.Import) and not {a.name for a in node.names} <= _HARMLESS:
            return False
        if isinstance(node, ast.ImportFrom) and node.module not in _HARMLESS:
            return False
        if isinstance(node, ast.Name) and node.id in _REACHING:
            return False
        if isinstance(node, ast.Attribute) and (
            node.attr.startswith("_") or node.attr == "modules"
        ):
            return False
    return True


def _script(command: Command, start: Start) -> Effects:
    """`python setup.py install` and the programs of the project."""
    path = command.path(start.word)
    address = origin(command.machine.mark(path) or "")
    if address and not command.env.get("PYTHONPATH"):
        own = Effects(reads=frozenset({path})) | first_on_path(command, posixpath.dirname(path))
        return own | piped(replace(command, arguments=start.arguments), address)
    if posixpath.basename(path) != "setup.py":
        return unknown(f"{start.word} is a program of the project")
    folder = posixpath.dirname(path)
    places = site(command, Options())
    if places is None:
        return unknown("where setup.py installs to is not known")
    before = NONE if start.isolated else first_on_path(command, folder)
    # What its commands (`sdist`, `test`, those of its own) read is another matter.
    done = build(command, folder, backend="setup.py") | Effects(reads=places, writes=places)
    if folder != command.cwd:
        done |= Effects(
            reads=frozenset({tree(command.cwd)}), writes=frozenset({tree(command.cwd)})
        )
    if command.machine.kind(path) is Kind.ABSENT:
        done = done.in_doubt(f"{path} is not there when this runs")
    outer = [a for a in start.arguments if a.startswith(("/", "--prefix", "--root", "-d", "-b"))]
    if outer or ANY in "".join(start.arguments):
        return unknown(
            f"setup.py {' '.join(start.arguments).replace(ANY, '?')} writes outside of its folder"
        )
    return before | done


def _input(command: Command, start: Start) -> Effects:
    """A program from standard input; nothing if that is empty."""
    if command.stdin is None and not start.arguments and not command.arguments:
        return NONE
    text = command.stdin
    if text is None and command.origin and not command.env.get("PYTHONPATH"):
        return piped(replace(command, arguments=start.arguments), command.origin)
    if text is not None and known(text) and _harmless(text):
        return NONE if start.isolated else first_on_path(command, command.cwd)
    return unknown("python runs a program from its standard input")


def _compile(command: Command) -> Effects:
    """`python -m compileall src`: byte code beside every source."""
    valued = frozenset("-r -d -x -i -j -s -p -e -o --invalidation-mode -b".split()) - {"-b"}
    flags = frozenset("-l -f -q -qq -b --hardlink-dupes".split())
    found = split(command.arguments, flags, valued)
    if found.unknown or not found.operands or not known(*found.operands):
        return unknown("python -m compileall of these words is not known")
    places = frozenset(tree(command.path(p)) for p in found.operands)
    listed = look(command.machine, *(command.path(f) for f in found.values("-i") if known(f)))
    return listed | Effects(reads=places, writes=places, seconds=2.0)


def _ensurepip(command: Command) -> Effects:
    places = site(command, split(command.arguments, frozenset({"--user"}), frozenset({"--root"})))
    if places is None:
        return unknown("where ensurepip installs to is not known")
    return Effects(reads=places, writes=places, variables=VARIABLES, seconds=3.0)


def _build(command: Command) -> Effects:
    """`python -m build`: archives of the project into `dist`."""
    valued = words("-o --outdir -C --config-setting --installer")
    flags = words(
        "-s --sdist -w --wheel -n --no-isolation -x --skip-dependency-check -v --verbose"
    )
    found = split(command.arguments, flags, valued)
    folder, out = (*found.operands, ".")[0], found.last("-o", "--outdir")
    if found.unknown or not known(folder, out or ""):
        return unknown("python -m build of these words is not known")
    place, alone = command.path(folder), not found.has("-n", "--no-isolation")
    sdist = found.has("-s", "--sdist") or not found.has("-w", "--wheel")
    return build(command, place, isolated=alone, sdist=sdist) | archives(command, place, out)


def _fetching(*verbs: str) -> Callable[[Command], Effects]:
    """Modules of other packages that fetch something: they import whatever the folder has."""

    def fetch(command: Command) -> Effects:
        if verbs and command.arguments[:1] not in {(v,) for v in verbs}:
            return unknown(
                f"python -m {command.name} {' '.join(command.arguments[:1])} is not known"
            )
        places = site(command, Options()) or frozenset()
        kept = frozenset(tree(f"{command.home()}/{n}") for n in (".cache", "nltk_data"))
        return Effects(
            reads=frozenset({tree(command.cwd)}) | places, writes=places | kept | {"/tmp/**"},
            variables=frozenset({"*"}), network=True, unpinned=True, seconds=20.0,
        )  # fmt: skip

    return fetch


def _quiet(_command: Command) -> Effects:
    return NONE


_MODULES: Mapping[str, Callable[[Command], Effects]] = {
    "pip": pip.effects,
    "flit": FLIT.effects,
    "hatch": HATCH.effects,
    "pdm": PDM.effects,
    "pipenv": PIPENV.effects,
    "pipx": PIPX.effects,
    "poetry": POETRY.effects,
    "uv": UV.effects,
    "venv": virtual,
    "virtualenv": virtual,
    "ensurepip": _ensurepip,
    "compileall": _compile,
    "build": _build,
    "spacy": _fetching("download"),
    "nltk.downloader": _fetching(),
    **dict.fromkeys(("site", "sysconfig", "platform", "this"), _quiet),
}
_KINDS: Mapping[str, Callable[[Command, Start], Effects]] = {
    "m": _module,
    "c": _text,
    "script": _script,
    "-": _input,
}

PYTHON = Tool(
    "python",
    (
        "python",
        "python2",
        "python3",
        *(f"python3.{minor}" for minor in range(4, 16)),
        "pypy3",
        "pypy",
    ),
    effects,
    "-m pip, venv, compileall, build; setup.py; harmless -c texts",
    prints=_prints,
)
PYPROJECT_BUILD = Tool("pyproject-build", ("pyproject-build",), _build, "as python -m build")
