"""sha256sum and its kin: with `-c LIST` they read the files that the list names."""

from __future__ import annotations

import re

from optimizer.effects.model import Effects
from optimizer.effects.tool import ANY, Command, Tool
from optimizer.effects.tools.paths import read
from optimizer.effects.tools.syntax import parse, syntax

_SUMS = syntax(
    "-b -t -w -z --binary --text --tag --zero --quiet --status --strict "
    "--ignore-missing --warn -s",
    "-a --algorithm -l",
)


def _sums(command: Command) -> Effects:
    """`sha256sum -c LIST` reads the files that the list names."""
    options = parse(command, _SUMS | syntax("-c --check"))
    if isinstance(options, Effects):
        return options
    seen = read(command, options.operands)
    if not options.has("-c", "--check"):
        return seen
    lists = [command.machine.text(command.path(w)) for w in options.operands if w != "-"]
    texts = lists or [command.stdin]
    return seen | _listed(command, texts)


def _listed(command: Command, texts: list[str | None]) -> Effects:
    """The files in lists of checksums; what is not known may name any file."""
    found: list[str] = []
    for text in texts:
        if text is None:
            return Effects(reads=frozenset({"/**"}))
        for line in text.splitlines():
            name = re.sub(r"^\s*\S+\s+[ *]?", "", line).strip() or ANY
            tagged = re.fullmatch(r"\w+ ?\((.*)\) = \S+", line.strip())
            found.append(tagged.group(1) if tagged else name)
    return read(command, found)


CHECKSUMS = Tool(
    "sha256sum",
    (
        "sha1sum",
        "sha224sum",
        "sha256sum",
        "sha384sum",
        "sha512sum",
        "md5sum",
        "b2sum",
        "shasum",
    ),
    _sums,
    "reads its files and those that its lists name",
)
