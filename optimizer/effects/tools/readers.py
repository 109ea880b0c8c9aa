"""cat, head, grep, ls, sha256sum ...: programs that read files and print."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from optimizer.effects.model import Effects, is_tree
from optimizer.effects.tool import ANY, GLOB, Command, Kind, Tool, excerpt, known, region
from optimizer.effects.tools.options import Options
from optimizer.effects.tools.paths import below, places, read, read_below, write_words
from optimizer.effects.tools.syntax import Syntax, by_options, parse, syntax


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


_SUMS = syntax(
    "-b -t -w -z --binary --text --tag --zero --quiet --status --strict "
    "--ignore-missing --warn -s",
    "-a --algorithm -l",
)
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
    "md5sum": "sha256sum",
    "zcat": "cat",
    "bzcat": "cat",
    "xzcat": "cat",
    "zstdcat": "cat",
    "more": "cat",
    "less": "cat",
}
_NUMBER = re.compile(r"-\d+$")


def _reader(given: _Reader) -> Callable[[Command], Effects]:
    def body(command: Command, options: Options) -> Effects:
        named = [v for o in given.files for v in options.values(o)]
        return read(command, (*options.operands[given.skipped :], *named))

    def effects(command: Command) -> Effects:
        # `head -20`: a number of lines.
        words = tuple(word for word in command.arguments if not _NUMBER.fullmatch(word))
        return by_options(given.syntax, body)(command.with_words(command.program, *words))

    return effects


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


def _grep(command: Command, options: Options) -> Effects:
    patterns = ("-e", "-f", "--regexp", "--file")
    words = options.operands if options.has(*patterns) else options.operands[1:]
    seen = read(command, options.values("-f", "--file", "--exclude-from"))
    recursive = options.has("-r", "-R", "--recursive", "--dereference-recursive")
    if recursive:
        return seen | read_below(command, words or (".",))
    return seen | read(command, words)


# Patterns that basic and extended expressions read alike, and Python too.
_PLAIN_PATTERN = re.compile(r"\^?(?:[\w /#@:,=<>~!%-]|\.|\\\.)*\$?", re.ASCII)
_PLAIN_TEXT = re.compile(r"[\t\n\r -~]*")
_PLAIN_GREP = syntax(
    "-E -F -h -i -v -x --extended-regexp --fixed-strings --no-filename --ignore-case "
    "--invert-match --line-regexp",
    "-e --regexp",
)


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


def _sort(command: Command, options: Options) -> Effects:
    seen = read(command, (*options.operands, *options.values("--files0-from", "--random-source")))
    return seen | write_words(command, options.values("-o", "--output"))


def _uniq(command: Command, options: Options) -> Effects:
    return read(command, options.operands[:1]) | write_words(command, options.operands[1:2])


def _diff(command: Command, options: Options) -> Effects:
    """Two directories are compared entry by entry."""
    return read_below(command, options.operands)


_LS = syntax(
    "-a -A -b -B -c -C -d -f -F -g -G -h -H -i -k -l -L -m -n -N -o -p -q -Q -r -R -s -S -t -u "
    "-U -v -x -X -Z -1 --all "
    "--almost-all --directory --recursive --human-readable --reverse --size --full-time "
    "--group-directories-first --inode "
    "--numeric-uid-gid --color --classify --no-group --si --author --show-control-chars",
    "-I -w -T --ignore --sort --time --time-style --format --width --indicator-style --hide",
)
_DETAILED = tuple(
    "-l -g -n -o -s -S -t -i -F -p -R --size --inode --recursive --full-time "
    "--classify --color --sort --numeric-uid-gid".split()
)


def _ls(command: Command, options: Options) -> Effects:
    """Names; with sizes, times or types what stands behind the names as well."""
    named = places(command, options.operands or (".",))
    if options.has("-d", "--directory"):
        return Effects(reads=named)
    if options.has(*_DETAILED) or any(is_tree(path) for path in named):
        return Effects(reads=frozenset(below(path) for path in named))
    return Effects(probes=named, lists=named)


def _ls_prints(command: Command) -> str | None:
    """The names of files that are there; of several in the order of the C locale, which is the default."""
    words = [w for w in command.arguments if w != "-1"]
    locale = {command.env.get(n, "C") for n in ("LC_ALL", "LC_COLLATE", "LANG")} - {""}
    plain = known(*words) and not any(GLOB in w or w.startswith("-") for w in words)
    sorted_so = len(words) == 1 or (command.env_complete and locale <= {"C", "POSIX", "C.UTF-8"})
    if not words or not plain or not sorted_so:
        return None
    there = all(command.machine.kind(command.path(w)) is Kind.FILE for w in words)
    return "".join(f"{w}\n" for w in sorted(words)) if there else None


def _entries(command: Command, options: Options) -> Effects:
    """du, tree: what is below."""
    return read_below(command, options.operands or (".",))


def _links(command: Command, options: Options) -> Effects:
    """readlink, realpath: each component may be a link."""
    return Effects(reads=places(command, options.operands))


def _expanded(command: Command, options: Options) -> Effects:
    """The variables of its words, or of its input, are put into a text."""
    return (
        replace(read(command, ()), variables=frozenset({"*"}))
        if not options.operands
        else Effects(
            variables=frozenset(
                {w.strip("${}") for w in re.findall(r"\$\{?\w+\}?", " ".join(options.operands))}
            )
        )
    )


_DIFF = syntax(
    "-a -b -B -c -d -E -i -N -p -q -r -s -t -T -u -w -y -Z --brief --recursive "
    "--unified --new-file --ignore-all-space "
    "--strip-trailing-cr",
    "-C -U -x -I -L -W --exclude --label",
)
_SORT = syntax(
    "-b -d -f -g -h -i -M -n -R -r -V -c -C -m -s -u -z --unique --reverse "
    "--numeric-sort --version-sort --human-numeric-sort --stable --merge --check "
    "--zero-terminated",
    "-k -o -S -t -T --key --output --field-separator --files0-from --random-source --parallel",
)
_STAT = syntax("-L -f -t --dereference --file-system --terse", "-c -f --format --printf")
_DU = syntax(
    "-0 -a -b -c -h -H -k -L -l -m -P -S -s -x --all --bytes --total --human-readable "
    "--summarize --one-file-system --apparent-size",
    "-d -t -B --max-depth --exclude --threshold --block-size",
)
_LINKS = syntax(
    "-f -e -m -n -q -s -v -z -L -P --canonicalize --canonicalize-existing "
    "--canonicalize-missing --no-newline --zero --no-symlinks "
    "--strip",
    "--relative-to --relative-base",
)

_SCANELF = syntax(
    "-p -l -R -m -y -A -C -B -L -X -z -x -e -t -r -n -i -b -u -s -k -N -T -q -v -g --recursive "
    "--needed --nobanner --nosym --quiet --verbose --rpath --soname --all --path --ldpath",
    "-F -E -M -D -f -o -O --format --etype --symbol -a",
)

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
    Tool("scanelf", ("scanelf",), by_options(_SCANELF, _entries), "what programs are linked to"),
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
    Tool(
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
    ),
    Tool(
        "grep",
        ("grep", "egrep", "fgrep", "zgrep", "rg"),
        by_options(_GREP, _grep),
        "reads its files",
        prints=lambda command: None if command.name in {"zgrep", "rg"} else _grepped(command),
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
    Tool(
        "ls",
        ("ls", "dir", "vdir"),
        by_options(_LS, _ls),
        "the names in a directory, with -l their kinds too",
        prints=_ls_prints,
    ),
    Tool("du", ("du",), by_options(_DU, _entries), "the sizes of all below"),
    Tool(
        "tree",
        ("tree",),
        by_options(syntax("-a -d -f -i -s -h -p -D -F", "-L -I -P"), _entries),
        "the names of all below",
    ),
    Tool("stat", ("stat",), by_options(_STAT, _links), "the properties of files"),
    Tool("readlink", ("readlink", "realpath"), by_options(_LINKS, _links), "where links lead"),
    Tool("envsubst", ("envsubst",), by_options(syntax(), _expanded), "puts variables into a text"),
)
