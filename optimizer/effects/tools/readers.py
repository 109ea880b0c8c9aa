"""cat, head, jq, diff, sort ...: programs that read files and print."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from optimizer.effects.model import Effects
from optimizer.effects.tool import ANY, Command, Tool, excerpt, region
from optimizer.effects.tools.options import Options
from optimizer.effects.tools.paths import read, read_below, write_words
from optimizer.effects.tools.syntax import Syntax, by_options, syntax


@dataclass(frozen=True)
class _Reader:
    """A program whose operands are files that it reads.

    Attributes:
        syntax: Its options.
        files: Options whose values are files that are read.
        skipped: How many operands come first that are no files.
    """

    syntax: Syntax
    files: tuple[str, ...] = ()
    skipped: int = 0


# Options by the programs' manual pages (coreutils 9.1, diffutils 3.8, file 5.44, jq 1.6).
_READERS: dict[str, _Reader] = {
    "cat": _Reader(syntax("-A -b -e -E -n -s -t -T -u -v")),
    "tac": _Reader(syntax("-b -r --before --regex", "-s --separator")),
    "head": _Reader(syntax("-q -v -z --quiet --silent --verbose", "-n -c --lines --bytes")),
    "tail": _Reader(
        syntax(
            "-q -v -z -f -F -r --quiet --silent --verbose --follow --retry",
            "-n -c -s --lines --bytes --pid",
        )
    ),
    "wc": _Reader(syntax("-l -w -c -m -L --lines --words --bytes --chars")),
    "cut": _Reader(
        syntax(
            "-s -n -z --only-delimited --complement",
            "-d -f -c -b --delimiter --fields --characters --bytes --output-delimiter",
        )
    ),
    "nl": _Reader(syntax("-p", "-b -d -f -h -i -l -n -s -v -w")),
    "fold": _Reader(syntax("-b -s", "-w")),
    "od": _Reader(syntax("-a -b -c -d -f -i -l -o -s -x -v", "-A -j -N -S -t -w")),
    "base64": _Reader(syntax("-d -i -D --decode --ignore-garbage", "-w --wrap")),
    "strings": _Reader(syntax("-a -f -w", "-n -t -e")),
    "file": _Reader(
        syntax(
            "-b -i -L -h -k -s -z --brief --mime --mime-type --mime-encoding --dereference",
            "-F -m",
        )
    ),
    "cmp": _Reader(syntax("-s -l -b --silent --quiet --verbose", "-i -n")),
    "column": _Reader(syntax("-t -x", "-s -o -c -N")),
    "paste": _Reader(syntax("-s -z", "-d")),
    "comm": _Reader(syntax("-1 -2 -3 -i -z")),
    "join": _Reader(syntax("-i", "-1 -2 -a -e -j -o -t -v")),
    "cksum": _Reader(syntax()),
    # Console script of PyPI's shyaml (0.6): it reads YAML from its standard input.
    "shyaml": _Reader(syntax("-y --yaml -q --quiet -L --line-buffer", ""), skipped=9),
    "jq": _Reader(
        syntax(
            "-r -c -e -n -s -S -M -C -a -j --raw-output --compact-output "
            "--exit-status --null-input --slurp --sort-keys --tab -R "
            "--raw-input",
            "--indent",
        ),
        skipped=1,
    ),
    "nm": _Reader(syntax("-a -C -D -g -u")),
    "ldd": _Reader(syntax("-v -u -d -r")),
    "readelf": _Reader(syntax("-a -h -l -S -s -d -W")),
    "getcap": _Reader(syntax("-r -v -n")),
}
_SAME = {
    "zcat": "cat",
    "bzcat": "cat",
    "xzcat": "cat",
    "zstdcat": "cat",
    "more": "cat",
    "less": "cat",
}
_NUMBER = re.compile(r"-\d+$")
_SORT = syntax(
    "-b -d -f -g -h -i -M -n -R -r -V -c -C -m -s -u -z --unique --reverse "
    "--numeric-sort --version-sort --human-numeric-sort --stable --merge --check "
    "--zero-terminated",
    "-k -o -S -t -T --key --output --field-separator --files0-from --random-source --parallel",
)
_DIFF = syntax(
    "-a -b -B -c -d -E -i -N -p -q -r -s -t -T -u -w -y -Z --brief --recursive "
    "--unified --new-file --ignore-all-space "
    "--strip-trailing-cr",
    "-C -U -x -I -L -W --exclude --label",
)


def _reader(given: _Reader) -> Callable[[Command], Effects]:
    def body(command: Command, options: Options) -> Effects:
        named = [v for o in given.files for v in options.values(o)]
        return read(command, (*options.operands[given.skipped :], *named))

    def effects(command: Command) -> Effects:
        # `head -20`: a number of lines.
        words = tuple(word for word in command.arguments if not _NUMBER.fullmatch(word))
        return by_options(given.syntax, body)(command.with_words(command.program, *words))

    return effects


def _sort(command: Command, options: Options) -> Effects:
    seen = read(command, (*options.operands, *options.values("--files0-from", "--random-source")))
    return seen | write_words(command, options.values("-o", "--output"))


def _uniq(command: Command, options: Options) -> Effects:
    return read(command, options.operands[:1]) | write_words(command, options.operands[1:2])


def _diff(command: Command, options: Options) -> Effects:
    """Two directories are compared entry by entry."""
    return read_below(command, options.operands)


def _expanded(command: Command, options: Options) -> Effects:
    """The variables of its words, or of its input, are put into a text."""
    if not options.operands:
        return replace(read(command, ()), variables=frozenset({"*"}))
    named = re.findall(r"\$\{?\w+\}?", " ".join(options.operands))
    return Effects(variables=frozenset(name.strip("${}") for name in named))


def _parts_of(command: Command) -> str | None:
    """`cat FILE` and filters of it print text of the files, and no other."""
    if command.name != "cat":
        return excerpt(command.source) if command.source else None
    words = command.arguments
    if len(words) != 1 or words[0].startswith("-") or ANY in command.cwd + words[0]:
        return None
    return excerpt(region(command.path(words[0])))


_FILTERS = {"cat": _parts_of, "shyaml": _parts_of}

READER_TOOLS: tuple[Tool, ...] = (
    *(
        Tool(
            name,
            (name, *(n for n, s in _SAME.items() if s == name)),
            _reader(given),
            "reads its files",
            prints=_FILTERS.get(name),
        )
        for name, given in _READERS.items()
    ),
    Tool("sort", ("sort",), by_options(_SORT, _sort), "reads its files"),
    Tool(
        "uniq",
        ("uniq",),
        by_options(
            syntax("-c -d -D -i -u -z --count --repeated --ignore-case --unique", "-f -s -w"),
            _uniq,
        ),
        "reads its file",
    ),
    Tool("diff", ("diff",), by_options(_DIFF, _diff), "reads two files or trees"),
    Tool("envsubst", ("envsubst",), by_options(syntax(), _expanded), "puts variables into a text"),
)
