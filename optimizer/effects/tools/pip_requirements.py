"""Requirements files, as pip reads them (pip 20.3 to 25.3: `pip._internal.req.req_file`).

`-r` and `-c` in a file are relative to that file; local paths and `-e` to the directory that
pip runs in; `--find-links` to the file if it exists there, else to that directory.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from optimizer.effects.model import NONE, Effects, unknown
from optimizer.effects.tool import Command, Kind, known
from optimizer.effects.tools.pip_words import options

_URL = re.compile(
    r"^(?:[a-z][a-z0-9+.-]*\+)?(?:https?|ftp|ssh|git|svn|hg|bzr)(?:://|@)", re.IGNORECASE
)
_COMMENT = re.compile(r"(^|\s+)#.*$")
_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")
_EXTRAS = re.compile(r"^(.+?)(\[[^\]]*\])$")
ARCHIVES = (".whl", ".zip", ".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tbz", ".tar.xz", ".tlz", ".tar.lz", ".tar.lzma", ".txz")  # fmt: skip
_DEEPEST = 20


@dataclass(frozen=True)
class Requirements:
    """What was asked for.

    Attributes:
        effects: The files that were read, and doubts about them.
        projects: Local directories to be built, with whether each is editable.
        archives: Local wheels and source archives, and folders of them.
        sources: Whether something is checked out from a repository to stay (`-e git+...`).
        pinned: Whether all is fixed by versions, hashes or commits.
        names: Whether anything at all was asked for by name or address.
        wheels_only: Whether nothing that is fetched may be built (`--only-binary :all:`).
    """

    effects: Effects = NONE
    projects: tuple[tuple[str, bool], ...] = ()
    archives: tuple[str, ...] = ()
    sources: bool = False
    pinned: bool = True
    names: bool = False
    wheels_only: bool = False

    def __or__(self, other: Requirements) -> Requirements:
        """Both."""
        return Requirements(
            self.effects | other.effects,
            self.projects + other.projects,
            self.archives + other.archives,
            self.sources or other.sources,
            self.pinned and other.pinned,
            self.names or other.names,
            self.wheels_only or other.wheels_only,
        )


def doubt(why: str) -> Requirements:
    """Requirements of which something is not known."""
    return Requirements(effects=unknown(why))


def requirement(command: Command, word: str, *, editable: bool = False) -> Requirements:
    """One requirement: a name with versions, an address, or a local path."""
    word = word.strip()
    if not known(word):
        return doubt("a requirement of pip is not known")
    name, at, address = word.partition("@")
    if (
        at
        and re.fullmatch(r"[\w.\-\[\], ]+\s*", name)
        and re.match(r"\s*(\w[\w+.-]*:|[./])", address)
    ):
        return _address(command, address.split(";")[0].strip(), editable=editable)
    if _URL.match(word) or word.startswith("file:"):
        return _address(command, word, editable=editable)
    path = re.split(r"\s*;", word)[0].strip()
    if extras := _EXTRAS.match(path):
        path = extras[1]
    path = path.split("#")[0]
    if editable or "/" in path or path.startswith(".") or path.endswith(ARCHIVES):
        return _local(command.path(path), editable=editable)
    pinned = "===" in word or bool(re.search(r"==\s*[^*\s;]+\s*(;|$)", word))
    return Requirements(names=True, pinned=pinned)


def _address(command: Command, address: str, *, editable: bool) -> Requirements:
    if _URL.match(address):
        fixed = bool(re.search(r"#.*\b(sha256|sha384|sha512)=|@[0-9a-f]{40}\b", address))
        return Requirements(names=True, sources=editable, pinned=fixed)
    path = unquote(re.sub(r"^file:(//(localhost)?(?=/))?", "", address).split("#")[0])
    path = re.sub(r"\[[^\]]*\]$", "", path)
    if "://" in path or "+" in path.split(":")[0] and ":" in path:
        return doubt(f"the address {address} is not one that dfopt reads")
    return _local(command.path(path), editable=editable)


def _local(path: str, *, editable: bool) -> Requirements:
    if path.endswith(ARCHIVES):
        return Requirements(effects=Effects(reads=frozenset({path})), archives=(path,))
    return Requirements(projects=((path, editable),))


def read(command: Command, path: str, *, constraint: bool = False, depth: int = 0) -> Requirements:
    """A requirements (or constraints) file with all that it names."""
    if depth > _DEEPEST:
        return doubt("requirements files that name each other")
    if _URL.match(path):
        if constraint:
            return Requirements(pinned=False)
        return doubt(f"the content of {path} is not known")
    seen = Effects(reads=frozenset({path}))
    text = command.machine.text(path)
    if text is None:
        absent = command.machine.kind(path) is Kind.ABSENT
        why = (
            f"{path} is not there when this runs"
            if absent
            else f"the content of {path} is not known"
        )
        return Requirements(effects=seen.in_doubt(why))
    found = Requirements(effects=seen)
    hashed = _lines_have_hashes(text)
    for line in lines(text):
        found |= _line(command, line, path, constraint=constraint, depth=depth)
    return Requirements(**{**found.__dict__, "pinned": found.pinned or hashed})


def _lines_have_hashes(text: str) -> bool:
    return "--hash" in text or "--require-hashes" in text  # one hash makes pip ask for all


def lines(text: str) -> Iterator[str]:
    """The logical lines of a requirements file: continued ones joined, comments taken out."""
    pending = ""
    for line in text.removeprefix("\ufeff").splitlines():
        joined = pending + (" " + line if re.match(r"\s*#", line) else line)
        if joined.endswith("\\") and not re.match(r"\s*#", line):
            pending = joined[:-1]
            continue
        pending = ""
        if stripped := _COMMENT.sub("", joined).strip():
            yield stripped
    if stripped := _COMMENT.sub("", pending).strip():
        yield stripped


def _expanded(command: Command, line: str) -> str | None:
    """The line with `${NAME}` replaced; None if a value is not known."""
    for name in _VARIABLE.findall(line):
        value = command.env.get(name, None if not command.env_complete else "${" + name + "}")
        if value is None or not known(value):
            return None
        line = line.replace("${" + name + "}", value)
    return line


def _line(command: Command, raw: str, path: str, *, constraint: bool, depth: int) -> Requirements:
    line = _expanded(command, raw)
    if line is None:
        return doubt(f"a variable in {path} is not known")
    if not line.startswith("-"):
        # Options of the line (--hash, --config-settings) begin at the first word with dashes.
        words = re.split(r"\s+(?=--?[a-zA-Z])", line, maxsplit=1)
        return (
            Requirements()
            if constraint and not _names_a_path(words[0])
            else requirement(command, words[0])
        )
    try:
        given = options("install", tuple(shlex.split(line)))
    except ValueError:
        return doubt(f"a line of {path} cannot be read: {line}")
    if given.unknown or given.operands:
        return doubt(f"a line of {path} cannot be read: {line}")
    found = Requirements()
    for option, value in given.given:
        found |= _option(command, (option, value), path, depth)
    return found


def _names_a_path(word: str) -> bool:
    return "/" in word and "://" not in word or "file:" in word


def _option(command: Command, option: tuple[str, str], path: str, depth: int) -> Requirements:
    name, value = option
    folder = posixpath.dirname(path)
    if name in {"-r", "-c"}:
        inner = value if _URL.match(value) else command.path(value, folder)
        return read(command, inner, constraint=name == "-c", depth=depth + 1)
    if name == "-e":
        return requirement(command, value, editable=True)
    if name == "-f":
        return links(command, value, folder)
    return Requirements(wheels_only=name == "--only-binary" and value == ":all:")


def links(command: Command, value: str, folder: str = "") -> Requirements:
    """`--find-links`: a folder (or a page) of archives."""
    if not known(value):
        return doubt("the value of --find-links is not known")
    if _URL.match(value):
        return Requirements(pinned=False)
    value = re.sub(r"^file:(//(localhost)?(?=/))?", "", value)
    place = command.path(value, folder or None)
    if folder and command.machine.kind(place) is Kind.ABSENT:
        place = command.path(value)
    return Requirements(archives=(place,))
