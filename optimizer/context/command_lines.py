"""`docker build` command lines, wherever they stand: scripts, Makefiles, CI files.

    docker build -f docker/web.Dockerfile --target prod -t web .

Only what is plainly written counts: a line whose context or file is a variable is left out.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_BUILD = re.compile(
    r"\b(?:(?:docker|podman|nerdctl)\s+(?:buildx\s+|image\s+|builder\s+)?build|buildah\s+(?:bud|build))(?=\s)"
)
_CD = re.compile(r"""\bcd\s+["']?([\w./-]+)["']?\s*(?:&&|;)[^&;|]*$""")
# The folder the line runs in, as a shell and as make write it.
_HERE = re.compile(r"\$\(pwd\)|`pwd`|\$\{PWD\}|\$PWD|\$\(CURDIR\)|\$\$PWD|\$\$\(pwd\)")
_SUBSTITUTED = re.compile(r"\$\([^()]*\)")
_CONTINUED = re.compile(r"\\\r?\n[ \t]*")
_UNKNOWN = re.compile(r"[$`*?]|\{\{")
_REMOTE = re.compile(r"^(?:\w+://|git@|github\.com/)")
# The flags of `docker build` and `docker buildx build` that take no value; all others do.
_BARE = frozenset(
    [
        "--check",
        "--compress",
        "--debug",
        "--disable-content-trust",
        "--force-rm",
        "--load",
        "--no-cache",
        "--pull",
        "--push",
        "--quiet",
        "--rm",
        "--squash",
        "-D",
        "-q",
    ]
)


@dataclass(frozen=True)
class Build:
    """One place that builds an image.

    Attributes:
        file: Where it says so, and on which line.
        context: The context's folder.
        dockerfile: The Dockerfile.
        target: The stage that is asked for.
        args: The build arguments whose values are plainly written.
    """

    file: Path
    line: int
    context: Path
    dockerfile: Path
    target: str | None = None
    args: dict[str, str] = field(default_factory=dict)


def plain(word: str) -> bool:
    """Whether a word is a path as it stands: no variable, no address."""
    return not _UNKNOWN.search(word) and not _REMOTE.match(word)


def pairs(lines: list[str]) -> dict[str, str]:
    """`NAME=value` lines; those without a value, or with a variable in it, are left out."""
    split = [line.strip().partition("=") for line in lines]
    return {name: value for name, mark, value in split if mark and not _UNKNOWN.search(value)}


def builds(text: str, file: Path, folder: Path) -> Iterator[Build]:
    """The command lines of a text that run in a folder."""
    for found in _BUILD.finditer(text):
        start = text.rfind("\n", 0, found.start()) + 1
        if text[start : found.start()].lstrip().startswith("#"):
            continue
        moved = _CD.search(text[start : found.start()])
        here = folder / moved[1] if moved else folder
        line = text.count("\n", 0, found.start()) + 1
        build = _build(_words(text[found.end() :]), here)
        if build:
            context, dockerfile, target, args = build
            yield Build(file, line, context, dockerfile, target, args)


def _words(rest: str) -> list[str]:
    """The words of a command line up to its end; [] if it cannot be split."""
    line = _SUBSTITUTED.sub("$X", _HERE.sub(".", _line(rest)))
    try:
        return list(_split(line))
    except ValueError:  # the last quote belongs to the text around: `run: "docker build ."`
        pass
    try:
        return list(_split(line.rstrip().rstrip("\"',")))
    except ValueError:
        return []


def _split(line: str) -> Iterator[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=";&|<>()")
    lexer.whitespace_split = True
    lexer.commenters = "#"
    for word in lexer:
        if word and word[0] in ";&|<>)":
            return
        yield word


def _line(rest: str) -> str:
    """The rest of the line, continuation lines joined."""
    return _CONTINUED.sub(" ", rest[: _end(rest)])


def _end(rest: str) -> int:
    end = rest.find("\n")
    while end > 0 and rest[:end].rstrip("\r").endswith("\\"):
        end = rest.find("\n", end + 1)
    return len(rest) if end < 0 else end


def _build(words: list[str], folder: Path) -> tuple[Path, Path, str | None, dict[str, str]] | None:
    flags, rest = _flags(words)
    files = flags.get("--file", []) + flags.get("-f", [])
    if len(rest) != 1 or len(files) > 1 or not all(plain(w) and w != "-" for w in rest + files):
        return None
    context = folder / rest[0]
    targets = [t for t in flags.get("--target", []) if plain(t)]
    dockerfile = folder / files[0] if files else context / "Dockerfile"
    args = pairs(flags.get("--build-arg", []))
    return context, dockerfile, targets[-1] if targets else None, args


def _flags(words: list[str]) -> tuple[dict[str, list[str]], list[str]]:
    """The flags with their values, and the other words."""
    flags: dict[str, list[str]] = {}
    rest = []
    queue = iter(words)
    for word in queue:
        if not word.startswith("-") or word == "-":
            rest.append(word.rstrip("\"'"))
        elif word.split("=")[0] in _BARE:
            continue
        elif "=" in word and word.startswith("--"):
            name, _, value = word.partition("=")
            flags.setdefault(name, []).append(value)
        elif len(word) > 2 and not word.startswith("--"):
            flags.setdefault(word[:2], []).append(word[2:].removeprefix("="))
        else:
            flags.setdefault(word, []).append(next(queue, ""))
    return flags, rest
