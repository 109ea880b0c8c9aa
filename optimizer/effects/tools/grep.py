"""grep and its kin: what they read, and of a plain pattern what they print."""

from __future__ import annotations

import re

from optimizer.effects.model import Effects
from optimizer.effects.tool import Command, Tool, known
from optimizer.effects.tools.options import Options
from optimizer.effects.tools.paths import read, read_below
from optimizer.effects.tools.syntax import by_options, parse, syntax

_GREP = syntax(
    "-a -b -c -E -F -G -h -H -i -I -L -l -n -o -P -q -r -R -s -U -v -w -x -y -z -Z --text "
    "--count --extended-regexp "
    "--fixed-strings --basic-regexp --no-filename --with-filename --ignore-case "
    "--files-without-match --files-with-matches "
    "--line-number --only-matching --perl-regexp --quiet --silent --recursive "
    "--dereference-recursive --no-messages "
    "--invert-match --word-regexp --line-regexp --null-data --null --line-buffered --color "
    "--colour",
    "-A -B -C -d -D -e -f -m --after-context --before-context --context --directories --regexp "
    "--file --max-count --include "
    "--exclude --exclude-dir --exclude-from --label --binary-files",
)
# Patterns that basic and extended expressions read alike, and Python too.
_PLAIN_PATTERN = re.compile(r"\^?(?:[\w /#@:,=<>~!%-]|\.|\\\.)*\$?", re.ASCII)
_PLAIN_TEXT = re.compile(r"[\t\n\r -~]*")
_PLAIN_GREP = syntax(
    "-E -F -h -i -v -x --extended-regexp --fixed-strings --no-filename --ignore-case "
    "--invert-match --line-regexp",
    "-e --regexp",
)


def _grep(command: Command, options: Options) -> Effects:
    patterns = ("-e", "-f", "--regexp", "--file")
    words = options.operands if options.has(*patterns) else options.operands[1:]
    seen = read(command, options.values("-f", "--file", "--exclude-from"))
    recursive = options.has("-r", "-R", "--recursive", "--dereference-recursive")
    if recursive:
        return seen | read_below(command, words or (".",))
    return seen | read(command, words)


def _grepped(command: Command) -> str | None:
    """The lines that grep prints, where file and pattern are plain (tried: GNU 3.8, busybox 1.35)."""
    options = parse(command, _PLAIN_GREP)
    if isinstance(options, Effects) or not known(command.cwd, *command.arguments):
        return None
    patterns, files = list(options.values("-e", "--regexp")), options.operands
    if not patterns:
        patterns, files = list(files[:1]), files[1:]
    fixed = options.has("-F", "--fixed-strings") or command.name == "fgrep"
    plain = all((fixed or _PLAIN_PATTERN.fullmatch(p)) and "\n" not in p for p in patterns)
    # Both: GNU grep refuses it, busybox takes one of the two.
    both = fixed and options.has("-E", "--extended-regexp")
    if both or len(files) > 1 or files == ("-",) or not patterns or not plain:
        return None
    text = command.machine.text(command.path(files[0])) if files else command.stdin
    if text is None or not _PLAIN_TEXT.fullmatch(text):
        return None
    each = [re.escape(p) if fixed else p for p in patterns]
    flags = re.IGNORECASE if options.has("-i", "--ignore-case") else re.NOFLAG
    wanted = re.compile("|".join(f"(?:{p})" for p in each), flags | re.ASCII)
    match = wanted.fullmatch if options.has("-x", "--line-regexp") else wanted.search
    inverted = options.has("-v", "--invert-match")
    lines = text.removesuffix("\n").split("\n") if text else []
    return "".join(f"{line}\n" for line in lines if bool(match(line)) != inverted)


GREP = Tool(
    "grep",
    ("grep", "egrep", "fgrep", "zgrep", "rg"),
    by_options(_GREP, _grep),
    "reads its files",
    prints=lambda command: None if command.name in {"zgrep", "rg"} else _grepped(command),
)
