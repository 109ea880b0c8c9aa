"""Requirement files as pip reads them, and the words that name a requirement.

By pip 26's `req/req_file.py` and `req/constructors.py`; tried with pip 20.3, 23.0, 23.2 and 26.3
(tests/measure/python.py): `-r` and `-c` in a file are relative to that file's folder, local
projects and archives in it to the working directory, `--find-links` to the file's folder if
that exists.
"""

from __future__ import annotations

import codecs
import posixpath
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urlsplit

from optimizer.effects.model import NONE, Effects, tree
from optimizer.effects.tool import ANY, Command, Kind, exported_lines, known, region
from optimizer.effects.tools.looking import look
from optimizer.effects.tools.pip_options import parse

_REMOTE = re.compile(r"^(https?|ftps?|git|hg|svn|bzr|ssh)(\+\w+)?:", re.IGNORECASE)
_FILE = re.compile(r"^(\w+\+)?file:", re.IGNORECASE)
_ARCHIVE = re.compile(r"\.(whl|zip|tar|tgz|tbz|txz|tlz|tar\.(gz|bz2|xz|lzma|Z))$", re.IGNORECASE)
_NAME = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?\s*(.*)$", re.DOTALL)
_VERSIONED = re.compile(r"^([A-Za-z0-9][\w.-]*)(\[[^\]]*\])?\s*(===?|>=|~=|<=|!=|<|>)")
_EXTRAS = re.compile(r"^(.+)(\[[^\]]+\])$")
_COMMENT = re.compile(r"(^|\s+)#.*$")
_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")
# What is piped into pip.
STDIN = "/dev/stdin"
_COMMIT = re.compile(r"@[0-9a-f]{40}\b")
_DEEPEST = 20
# Byte order marks, as in pip's `utils/encoding.py`: a PowerShell `>` writes UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True)
class Asked:
    """What an install was asked for.

    Attributes:
        effects: Files that were read to know it, and what is not known.
        names: Packages that a registry is asked for.
        loose: Some of them are not fixed to one version.
        pinned: Packages that a file fixes to one version.
        hashed: Every one must match a checksum.
        projects: Local projects: folder, and whether it is editable.
        checkouts: Editable checkouts of a repository are asked for; they go to `src`.
    """

    effects: Effects = NONE
    names: frozenset[str] = frozenset()
    loose: frozenset[str] = frozenset()
    pinned: frozenset[str] = frozenset()
    hashed: bool = False
    projects: tuple[tuple[str, bool], ...] = ()
    checkouts: bool = False

    def __or__(self, other: Asked) -> Asked:
        """Both."""
        return Asked(
            self.effects | other.effects,
            self.names | other.names,
            self.loose | other.loose,
            self.pinned | other.pinned,
            self.hashed or other.hashed,
            (*self.projects, *(p for p in other.projects if p not in self.projects)),
            self.checkouts or other.checkouts,
        )

    @property
    def unpinned(self) -> bool:
        """Whether what is fetched may differ from one day to the next."""
        return bool(self.loose - self.pinned) and not self.hashed


@dataclass(frozen=True)
class Reader:
    """Reads requirement files for one command.

    Attributes:
        command: Whose working directory, variables and image count.
        chain: The files that led here, against loops.
    """

    command: Command
    chain: tuple[str, ...] = field(default=())

    def file(self, word: str, base: str | None = None, *, constraint: bool = False) -> Asked:
        """A requirement or constraint file."""
        if not known(word):
            return Asked(Effects(doubt="the name of a requirements file is not known"))
        if _REMOTE.match(word):
            return Asked(
                Effects(network=True), loose=frozenset() if constraint else frozenset({word})
            )
        path = _file_path(word) if _FILE.match(word) else self.command.path(word, base)
        if path in self.chain or len(self.chain) > _DEEPEST:
            return Asked()
        seen = look(self.command.machine, path)
        text = self._content(path)
        if text is None:
            missing = self.command.machine.kind(path) is Kind.ABSENT
            why = (
                f"{path} is not there when this runs"
                if missing
                else f"the content of {path} is not known"
            )
            return Asked(seen.in_doubt(why))
        inner = replace(self, chain=(*self.chain, path))
        asked = Asked(seen)
        for line in lines(decoded(text)):
            asked |= inner._line(line, posixpath.dirname(path), constraint=constraint)  # noqa: SLF001 - itself
        return asked

    def _content(self, path: str) -> str | None:
        """The text of a file, or the most that it asks for if it was exported from a lock."""
        text = self.command.stdin if path == STDIN else self.command.machine.text(path)
        return exported_lines(self.command.machine.mark(path) or "") if text is None else text

    def _line(self, line: str, folder: str, *, constraint: bool) -> Asked:
        names = frozenset(_VARIABLE.findall(line))
        line = _VARIABLE.sub(lambda m: self.command.env.get(m[1], m[0]), line)
        words, options = _parted(line)
        asked = Asked(Effects(variables=names))
        if words:
            hashed = "--hash" in options
            asked |= self.requirement(words, constraint=constraint)
            return replace(asked, loose=frozenset()) if hashed else asked
        return asked | self._options(options, folder, constraint=constraint)

    def _options(self, text: str, folder: str, *, constraint: bool) -> Asked:
        """A line of options alone."""
        try:
            found = parse(tuple(shlex.split(text)))
        except ValueError:
            return Asked(Effects(doubt=f"the requirements line `{text}` is not understood"))
        if found.unknown:
            return Asked(
                Effects(doubt=f"pip's option {found.unknown} in a requirements file is not known")
            )
        asked = Asked(hashed=found.has("--require-hashes"))
        for name, value in found.given:
            if name == "--editable":
                asked |= self.requirement(value, editable=True, constraint=constraint)
            elif name in {"--requirement", "--constraint"}:
                nested = constraint or name == "--constraint"
                asked |= self.file(value, folder, constraint=nested)
            elif name in {"--find-links", "--index-url", "--extra-index-url"}:
                asked |= Asked(self.links(value, folder))
        return asked

    def links(self, value: str, folder: str | None = None) -> Effects:
        """A place to find archives in: a folder, a page, or an address."""
        if not known(value):
            return Effects(doubt="a place that pip finds archives in is not known")
        if _REMOTE.match(value):
            return Effects(network=True)
        if _FILE.match(value):
            return Effects(reads=frozenset({tree(_file_path(value))}))
        places = {self.command.path(value)} | (
            {self.command.path(value, folder)} if folder else set()
        )
        return Effects(reads=frozenset(map(tree, places)), probes=frozenset(places))

    @staticmethod
    def name(text: str) -> frozenset[str]:
        """The normalized name of a requirement (PEP 503)."""
        m = _NAME.match(text)
        return frozenset({_normalized(m[1])}) if m else frozenset()

    def requirement(self, text: str, *, editable: bool = False, constraint: bool = False) -> Asked:
        """One requirement: a name, an address, a folder or an archive."""
        if not known(text):
            return self._half_known(text)
        word = text.split("; " if "://" in text else ";", 1)[0].strip()
        if (
            m := re.match(r"^([A-Za-z0-9][\w.-]*\s*(?:\[[^\]]*\])?)\s*@\s*(.+)$", word)
        ) and "/" not in m[1]:
            word = m[2].strip()
        if _REMOTE.match(word):
            loose = not (word.startswith(("http", "ftp")) or _COMMIT.search(word))
            found = frozenset({word})
            return Asked(
                Effects(network=True), found, found if loose else frozenset(), checkouts=editable
            )
        path = _local_path(word, editable=editable)
        if path is not None:
            return self._local(path, editable=editable)
        return self._named(text, constraint=constraint)

    def _half_known(self, text: str) -> Asked:
        """`poetry==$VERSION`, `/wheels/*`: enough is known to say what it may read."""
        if m := _VERSIONED.match(text):
            name = frozenset({_normalized(m[1])})
            return Asked(names=name, loose=frozenset() if m[3] == "==" else name)
        if ANY in text or ("/" not in text and not _ARCHIVE.search(text)):
            return Asked(Effects(doubt="a requirement of pip is not known"))
        path = region(self.command.path(text))
        writes = frozenset[str]() if _ARCHIVE.search(text) else frozenset({path})
        return Asked(Effects(reads=frozenset({path}), writes=writes), names=frozenset({path}))

    def _local(self, word: str, *, editable: bool) -> Asked:
        path = self.command.path(word)
        kind = self.command.machine.kind(path)
        seen = Effects(probes=frozenset({path}))
        if kind is Kind.FILE or (kind is Kind.UNKNOWN and _ARCHIVE.search(path) and not editable):
            return Asked(Effects(reads=frozenset({path})), names=frozenset({path}))
        if kind is Kind.ABSENT:
            if "/" not in word and not word.startswith("."):
                return Asked(seen.in_doubt(f"{path} is not there when this runs"))
            return Asked(seen.in_doubt(f"the project {path} is not there when this runs"))
        return Asked(seen, projects=((path, editable),))

    def _named(self, text: str, *, constraint: bool) -> Asked:
        m = _NAME.match(text)
        if m is None:
            return Asked(Effects(doubt=f"the requirement `{text.strip()}` is not understood"))
        name = _normalized(m[1])
        version = m[3].split(";", 1)[0]
        fixed = "==" in version and "*" not in version
        found = frozenset({name})
        pinned = found if fixed else frozenset[str]()
        if constraint:
            return Asked(pinned=pinned)
        return Asked(names=found, loose=found - pinned, pinned=pinned)


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def decoded(text: str) -> str:
    """The text of a file that may have a byte order mark."""
    raw = text.encode("utf-8", "surrogateescape")
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, "replace")
    return text


def lines(text: str) -> Iterator[str]:
    """The lines of a requirements file: continued ones joined, comments and blanks left out."""
    held: list[str] = []
    for line in (*text.splitlines(), ""):
        comment = re.match(r"(^|\s)#", line)
        if line.endswith("\\") and not comment:
            held.append(line.removesuffix("\\"))
            continue
        whole = "".join([*held, " " + line if comment else line])
        held = []
        stripped = _COMMENT.sub("", whole).strip()
        if stripped:
            yield stripped


def _parted(line: str) -> tuple[str, str]:
    """The requirement, and the options behind it."""
    tokens = line.split(" ")
    count = next((i for i, t in enumerate(tokens) if t.startswith("-")), len(tokens))
    return " ".join(tokens[:count]).strip(), " ".join(tokens[count:])


def _file_path(url: str) -> str:
    """The path in a `file:` address."""
    rest = url.partition(":")[2]
    path = urlsplit("file:" + rest).path if rest.startswith("//") else rest
    return posixpath.normpath(unquote(path.split("#", 1)[0]))


def _local_path(word: str, *, editable: bool) -> str | None:
    """The folder or archive that a word names; None if it names a package."""
    if _FILE.match(word):
        # `git+file:///repo@main`: a revision may follow.
        path = _file_path(word)
        return path.split("@", 1)[0] if "+" in word.partition(":")[0] else path
    m = _EXTRAS.match(word)
    path = m[1] if m else word
    if editable or "/" in path or path.startswith(".") or _ARCHIVE.search(path):
        return path
    return None
