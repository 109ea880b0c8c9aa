"""ls, du, tree, stat, readlink: programs that print names and properties of files."""

from __future__ import annotations

from optimizer.effects.model import Effects, is_tree
from optimizer.effects.tool import GLOB, Command, Kind, Tool, known
from optimizer.effects.tools.looking import words
from optimizer.effects.tools.options import Options
from optimizer.effects.tools.paths import below, places, read_below
from optimizer.effects.tools.syntax import by_options, syntax

_LS = syntax(
    "-a -A -b -B -c -C -d -f -F -g -G -h -H -i -k -l -L -m -n -N -o -p -q -Q -r -R -s -S -t -u "
    "-U -v -x -X -Z -1 --all "
    "--almost-all --directory --recursive --human-readable --reverse --size --full-time "
    "--group-directories-first --inode "
    "--numeric-uid-gid --color --classify --no-group --si --author --show-control-chars",
    "-I -w -T --ignore --sort --time --time-style --format --width --indicator-style --hide",
)
_DETAILED = words(
    "-l -g -n -o -s -S -t -i -F -p -R --size --inode --recursive --full-time "
    "--classify --color --sort --numeric-uid-gid"
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
    named = [w for w in command.arguments if w != "-1"]
    locale = {command.env.get(n, "C") for n in ("LC_ALL", "LC_COLLATE", "LANG")} - {""}
    plain = known(*named) and not any(GLOB in w or w.startswith("-") for w in named)
    sorted_so = len(named) == 1 or (command.env_complete and locale <= {"C", "POSIX", "C.UTF-8"})
    if not named or not plain or not sorted_so:
        return None
    there = all(command.machine.kind(command.path(w)) is Kind.FILE for w in named)
    return "".join(f"{w}\n" for w in sorted(named)) if there else None


def _entries(command: Command, options: Options) -> Effects:
    """du, tree: what is below."""
    return read_below(command, options.operands or (".",))


def _links(command: Command, options: Options) -> Effects:
    """readlink, realpath: each component may be a link."""
    return Effects(reads=places(command, options.operands))


LISTING_TOOLS: tuple[Tool, ...] = (
    Tool("scanelf", ("scanelf",), by_options(_SCANELF, _entries), "what programs are linked to"),
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
)
