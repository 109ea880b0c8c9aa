"""Programs that work on files: cp, mv, rm, mkdir, ln, chmod, sed, find ... (GNU coreutils 9.1, busybox)."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable

from optimizer.effects.model import NONE, Effects, Paths, tree, unknown
from optimizer.effects.tool import ANY, GLOB, Command, Kind, Tool, region
from optimizer.effects.tools.options import Options, split


def _set(*words: str) -> frozenset[str]:
    return frozenset(" ".join(words).split())


_COMMON = _set("-v --verbose -f --force -i -n --no-clobber")
# program -> (options without a value, options with one)
_OPTIONS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "cp": (_COMMON | _set("-r -R -a -p -d -u -L -P -H -T -l -s -x --recursive --archive --update --preserve --dereference --no-dereference --parents --no-target-directory --remove-destination"), _set("-t --target-directory")),
    "mv": (_COMMON | _set("-u -T --update --no-target-directory"), _set("-t --target-directory")),
    "rm": (_COMMON | _set("-r -R -d -I --recursive --dir --one-file-system --no-preserve-root"), frozenset()),
    "rmdir": (_set("-p -v --parents --verbose --ignore-fail-on-non-empty"), frozenset()),
    "mkdir": (_set("-p -v --parents --verbose -Z"), _set("-m --mode")),
    "ln": (_COMMON | _set("-s -r -T -n -L -P --symbolic --relative --no-dereference --no-target-directory"), _set("-t --target-directory")),
    "chmod": (_set("-R -v -c -f --recursive --verbose --changes --quiet --silent"), _set("--reference")),
    "chown": (_set("-R -v -c -f -h -H -L -P --recursive --verbose --changes --quiet --silent --no-dereference"), _set("--reference --from")),
    "touch": (_set("-a -c -m -h --no-create"), _set("-d -t -r --date --reference")),
    "install": (_set("-d -D -v -p -s -c -T --directory --verbose --compare --strip"), _set("-m -o -g -t --mode --owner --group --target-directory")),
    "cat": (_set("-n -A -b -e -E -s -t -T -u -v"), frozenset()),
    "head": (_set("-q -v"), _set("-n -c --lines --bytes")),
    "tail": (_set("-q -v -f"), _set("-n -c --lines --bytes")),
    "grep": (_set("-q -i -v -E -F -P -o -n -s -w -x -c -l -L -h -H -a -z --quiet --only-matching --ignore-case --invert-match --extended-regexp --fixed-strings --perl-regexp --count --no-messages --text"), _set("-m -A -B -C -e -f --max-count --color --colour --regexp --file")),
    "sort": (_set("-u -n -r -V -h -f -b --unique --reverse --numeric-sort --version-sort"), _set("-k -t -o --key --field-separator --output")),
    "tee": (_set("-a -i --append"), frozenset()),
    "sed": (_set("-n -E -r -s -u -z --quiet --silent --regexp-extended --null-data"), _set("-e -f --expression --file")),
    "ls": (_set("-l -a -A -h -1 -R -t -r -d -F -S -i -s -n -p --color --all --recursive --directory"), frozenset()),
    "wc": (_set("-l -w -c -m --lines --words --bytes"), frozenset()),
    "du": (_set("-s -h -a -c -k -m -x --summarize --human-readable"), _set("-d --max-depth")),
    "readlink": (_set("-f -e -m -n"), frozenset()),
    "stat": (_set("-L -f"), _set("-c --format --printf")),
    "cut": (_set("-s"), _set("-d -f -c -b --delimiter --fields --characters")),
    "truncate": (_set("-c"), _set("-s --size -r")),
    "sha256sum": (_set("-b -t -w --quiet --status --strict --ignore-missing --warn"), frozenset()),
    "diff": (_set("-u -r -N -q -w -B -a"), frozenset()),
    "dos2unix": (_set("-k -n -o -q -f"), frozenset()),
}  # fmt: skip


def _read(command: Command) -> Options | str:
    flags, valued = _OPTIONS[_FAMILY.get(command.name, command.name)]
    found = split(command.arguments, flags, valued)
    if found.unknown:
        return f"{command.name} {found.unknown} is not modelled"
    if any(ANY in w for w in found.operands):
        return f"an argument of {command.name} is not known"
    return found


_FAMILY = {"chgrp": "chown", "egrep": "grep", "fgrep": "grep", "md5sum": "sha256sum", "sha1sum": "sha256sum", "sha512sum": "sha256sum", "cmp": "diff", "tac": "cat", "uniq": "sort", "realpath": "readlink", "nl": "cat", "unix2dos": "dos2unix", "od": "cat", "xxd": "cat", "base64": "cat", "file": "cat", "strings": "cat", "more": "cat", "less": "cat"}  # fmt: skip


def _with(body: Callable[[Command, Options], Effects]) -> Callable[[Command], Effects]:
    def effects(command: Command) -> Effects:
        found = _read(command)
        return unknown(found) if isinstance(found, str) else body(command, found)

    return effects


def _regions(command: Command, words: Iterable[str]) -> Paths:
    return frozenset(region(command.path(w)) for w in words)


def _reads(command: Command, options: Options) -> Effects:
    """Files are read; a directory is read as a whole."""
    found: set[str] = set()
    for word in options.operands:
        path = region(command.path(word))
        found.add(path)
        if command.machine.kind(path) is not Kind.FILE and not path.endswith("**"):
            found.add(tree(path))
    return Effects(reads=frozenset(found))


def _grep(command: Command, options: Options) -> Effects:
    if any(a.startswith("-") and not a.startswith("--") and ("r" in a or "R" in a) for a in command.arguments):
        return unknown("grep -r is not modelled")
    words = options.operands if options.has("-e", "-f", "--regexp", "--file") else options.operands[1:]
    files = (*words, *options.values("-f", "--file"))
    return Effects(reads=_regions(command, files))


def _sed(command: Command) -> Effects:
    """`sed -i` changes its files in place; a suffix keeps the old ones."""
    words = [a for a in command.arguments if not (a.startswith("-i") or a.startswith("--in-place"))]
    in_place = len(words) < len(command.arguments)
    suffix = next((a[2:] for a in command.arguments if a.startswith("-i") and len(a) > 2 and a[2:] not in {"e", "E", "r", "n"}), "")
    found = split(tuple(words), *_OPTIONS["sed"])
    if found.unknown:
        return unknown(f"sed {found.unknown} is not modelled")
    files = found.operands if found.has("-e", "-f", "--expression", "--file") else found.operands[1:]
    if any(ANY in f for f in files):
        return unknown("an argument of sed is not known")
    paths = _regions(command, files)
    reads = paths | _regions(command, found.values("-f", "--file"))
    kept = frozenset(p + suffix for p in paths) if suffix else frozenset()
    return Effects(reads=reads, writes=(paths | kept) if in_place else frozenset())


def _target(command: Command, options: Options) -> tuple[tuple[str, ...], str, bool]:
    """(sources, destination, whether it is surely a directory) of cp, mv, ln, install."""
    directory = options.last("-t", "--target-directory")
    if directory is not None:
        return options.operands, command.path(directory), True
    *sources, last = options.operands
    path = command.path(last)
    sure = last.endswith("/") or len(sources) > 1 or command.machine.kind(region(path)) is Kind.DIRECTORY
    return tuple(sources), path, sure


def _written(command: Command, options: Options) -> tuple[Paths, Paths]:
    """What cp, mv, ln or install may write, and what of it surely is written."""
    sources, target, into = _target(command, options)
    if GLOB in target:
        return frozenset({region(target)}), frozenset()
    recursive = options.has("-r", "-R", "-a", "--recursive", "--archive") or command.name == "mv"
    writes: set[str] = set()
    surely: set[str] = set()
    for word in sources:
        name = posixpath.basename(word.rstrip("/"))
        inside = posixpath.join(target, name) if name not in {"", ".", ".."} else target
        if GLOB in inside:
            writes.add(tree(target))
            continue
        unclear = not into and command.machine.kind(target) is Kind.UNKNOWN
        places = [inside] if into else [target, inside] if unclear else [target]
        for place in places:
            writes.add(tree(place) if recursive else place)
        if not recursive and len(places) == 1:
            surely.add(places[0])
    return frozenset(writes), frozenset(surely)


def _cp(command: Command, options: Options) -> Effects:
    if len(options.operands) < 2 and not options.has("-t", "--target-directory"):
        return NONE
    if options.has("--parents"):
        return unknown("cp --parents is not modelled")
    sources = _target(command, options)[0]
    recursive = options.has("-r", "-R", "-a", "--recursive", "--archive")
    reads = {region(command.path(w)) for w in sources}
    if recursive:
        reads |= {tree(command.path(w)) for w in sources if GLOB not in w}
    writes, surely = _written(command, options)
    if options.has("-n", "-u", "--no-clobber", "--update"):
        return Effects(reads=frozenset(reads), probes=writes, writes=writes)
    return Effects(reads=frozenset(reads), probes=frozenset({_target(command, options)[1]}) if GLOB not in _target(command, options)[1] else frozenset(), writes=writes, surely_writes=surely)


def _mv(command: Command, options: Options) -> Effects:
    if len(options.operands) < 2 and not options.has("-t", "--target-directory"):
        return NONE
    sources = _target(command, options)[0]
    gone = frozenset(region(command.path(w)) for w in sources)
    trees = frozenset(tree(g) for g in gone if not g.endswith("**"))
    writes, surely = _written(command, options)
    target = _target(command, options)[1]
    probes = frozenset({target}) if GLOB not in target else frozenset()
    return Effects(reads=gone | trees, probes=probes, writes=writes | gone | trees, surely_writes=surely)


def _rm(command: Command, options: Options) -> Effects:
    """What is removed is gone for sure; without -f it had to be there."""
    paths = _regions(command, options.operands)
    recursive = options.has("-r", "-R", "--recursive")
    plain = frozenset(p for p in paths if not p.endswith("**"))
    gone = plain | (frozenset(tree(p) for p in plain) if recursive else frozenset())
    forced = options.has("-f", "--force")
    return Effects(probes=frozenset() if forced else plain, writes=paths | gone, surely_writes=gone, deletes=gone)


def _mkdir(command: Command, options: Options) -> Effects:
    paths = _regions(command, options.operands)
    parents = options.has("-p", "--parents")
    writes, probes = set(paths), set()
    for path in paths:
        if not parents:
            probes.add(path)
        while parents and posixpath.dirname(path) != "/" and GLOB not in path:
            path = posixpath.dirname(path)
            if command.machine.kind(path) is Kind.DIRECTORY:
                break
            writes.add(path)
    made = frozenset(w for w in writes if command.machine.kind(w) is not Kind.DIRECTORY or not parents)
    return Effects(probes=frozenset(probes), writes=made, seconds=0.1)


def _ln(command: Command, options: Options) -> Effects:
    if len(options.operands) == 1:
        name = posixpath.basename(options.operands[0])
        path = command.path(name)
        return Effects(probes=frozenset({path}), writes=frozenset({path}))
    if not options.operands:
        return NONE
    sources, target, _ = _target(command, options)
    hard = not options.has("-s", "--symbolic")
    writes = _written(command, options)[0]
    reads = _regions(command, sources) if hard else frozenset()
    forced = options.has("-f", "--force")
    probes = frozenset({region(target)}) | (frozenset() if forced else writes)
    return Effects(reads=reads, probes=probes, writes=writes)


def _modes(command: Command, options: Options) -> Effects:
    """chmod, chown: what is named changes its mode or owner; with -R all below it."""
    words = options.operands if options.has("--reference") else options.operands[1:]
    if command.name == "chmod" and not words and options.unknown:
        return unknown("chmod is not understood")
    paths = _regions(command, words)
    if options.has("-R", "--recursive"):
        paths |= frozenset(tree(p) for p in paths if not p.endswith("**"))
    # Names are looked up in the image's accounts, which every RUN is taken to read.
    return Effects(probes=paths, metadata=paths, seconds=0.2)


def _chmod(command: Command) -> Effects:
    """`chmod -x file` has a mode that looks like an option."""
    words = tuple("u" + a if a[:1] == "-" and a[1:] and set(a[1:]) <= set("rwxXst") and "R" not in a else a for a in command.arguments)
    return _with(_modes)(command.with_words("chmod", *words))


def _touch(command: Command, options: Options) -> Effects:
    paths = _regions(command, options.operands)
    return Effects(probes=paths, writes=paths, reads=_regions(command, options.values("-r", "--reference")))


def _tee(command: Command, options: Options) -> Effects:
    paths = _regions(command, [w for w in options.operands if not w.startswith("/dev/")])
    appended = options.has("-a", "--append")
    return Effects(reads=paths if appended else frozenset(), writes=paths, surely_writes=frozenset() if appended else paths)


def _install(command: Command, options: Options) -> Effects:
    if options.has("-d", "--directory"):
        return Effects(writes=_regions(command, options.operands), metadata=_regions(command, options.operands))
    if len(options.operands) < 2 and not options.has("-t", "--target-directory"):
        return NONE
    writes, surely = _written(command, options)
    return Effects(reads=_regions(command, _target(command, options)[0]), probes=frozenset({_target(command, options)[1]}), writes=writes, surely_writes=surely)


def _ls(command: Command, options: Options) -> Effects:
    paths = _regions(command, options.operands or (".",))
    if options.has("-R", "--recursive", "-l", "-s", "-S", "-t"):
        return Effects(reads=paths | frozenset(tree(p) for p in paths if not p.endswith("**")))
    return Effects(probes=paths, lists=paths)


def _sort(command: Command, options: Options) -> Effects:
    outputs = _regions(command, options.values("-o", "--output"))
    return Effects(reads=_regions(command, options.operands), writes=outputs)


def _awk(command: Command) -> Effects:
    """awk may write files and start programs from its text: `print > "file"`, `system(...)`."""
    found = split(command.arguments, frozenset(), frozenset({"-F", "-v", "-f"}))
    if found.unknown or any(ANY in w for w in found.operands):
        return unknown("this awk is not understood")
    program = "" if found.has("-f") else (found.operands[0] if found.operands else "")
    if any(mark in program for mark in (">", "system", "|", "getline")):
        return unknown("an awk program that may write files or start programs")
    files = found.operands if found.has("-f") else found.operands[1:]
    return Effects(reads=_regions(command, (*files, *found.values("-f"))))


_FIND_TESTS_WITH_VALUE = _set(
    "-name -iname -type -path -ipath -wholename -regex -mtime -mmin -newer -size -maxdepth -mindepth -user -group -perm -regextype -printf"
)
_FIND_TESTS = _set("-empty -print -print0 -depth -prune -not -a -o -and -or ! ( ) , -xdev -mount -follow -true -false -readable -executable -L -H -P")


def _find(command: Command) -> Effects:
    words = list(command.arguments)
    if any(ANY in w for w in words):
        return unknown("an argument of find is not known")
    while words and words[0] in {"-L", "-H", "-P"}:
        words.pop(0)
    roots = []
    while words and not words[0].startswith(("-", "(", "!")):
        roots.append(words.pop(0))
    below = frozenset(tree(region(command.path(r)).removesuffix("/**")) for r in roots or ["."])
    found = Effects(reads=below)
    while words:
        word = words.pop(0)
        if word in _FIND_TESTS_WITH_VALUE:
            del words[:1]
        elif word in {"-exec", "-execdir", "-ok"}:
            end = next((i for i, w in enumerate(words) if w in {";", "+", "\\;"}), len(words))
            inner, words = words[:end], words[end + 1 :]
            found |= _find_exec(command, inner, below)
        elif word == "-delete":
            found |= Effects(writes=below)
        elif word not in _FIND_TESTS:
            return unknown(f"find {word} is not modelled")
    return found


_FIND_EXEC = {"chmod": "metadata", "chown": "metadata", "chgrp": "metadata", "rm": "writes", "rmdir": "writes", "touch": "writes", "sed": "writes", "dos2unix": "writes", "strip": "writes", "gzip": "writes"}  # fmt: skip
_FIND_HARMLESS = frozenset({"grep", "cat", "echo", "ls", "test", "sha256sum", "md5sum", "head", "wc", "file"})


def _find_exec(command: Command, inner: list[str], below: Paths) -> Effects:
    """A command for each file that is found: it works on what is below the roots."""
    name = inner[0] if inner else ""
    if name in _FIND_HARMLESS:
        return NONE
    kind = _FIND_EXEC.get(name)
    others = [w for w in inner[1:] if "/" in w and "{}" not in w and not w.startswith("-")]
    if kind is None or (others and name != "sed"):
        return unknown(f"find -exec {name or '?'} is not modelled")
    return Effects(metadata=below) if kind == "metadata" else Effects(writes=below)


def _nothing(_: Command) -> Effects:
    return NONE


def _tool(program: str, body: Callable[[Command], Effects], *others: str, summary: str = "") -> Tool:
    return Tool(program, (program, *others), body, summary)


FILE_TOOLS: tuple[Tool, ...] = (
    _tool("cat", _with(_reads), "head", "tail", "wc", "du", "stat", "readlink", "realpath", "cut", "tac", "nl", "od", "xxd", "base64", "file", "strings", "diff", "cmp", summary="read their files"),
    _tool("sha256sum", _with(_reads), "sha1sum", "sha512sum", "md5sum", summary="read their files and the list given with -c"),
    _tool("grep", _with(_grep), "egrep", "fgrep", summary="reads its files"),
    _tool("sort", _with(_sort), "uniq", summary="reads its files"),
    _tool("awk", _awk, "gawk", "mawk", summary="reads its files"),
    _tool("sed", _sed, summary="reads its files; -i writes them"),
    _tool("tr", _nothing, "rev", "seq", "yes", "sleep", "date", "uname", "id", "whoami", "which", "arch", "nproc", "hostname", "tty", "sync", "expr", "getconf", "groups", "dpkg-architecture", "lsb_release", "kill", "clear", "free", "df", "ps", "mktemp", "locale", summary="no files of the image but their own"),
    _tool("cp", _with(_cp), summary="sources, destination, what is there already"),
    _tool("mv", _with(_mv)), _tool("rm", _with(_rm)), _tool("rmdir", _with(_rm)),
    _tool("mkdir", _with(_mkdir)), _tool("ln", _with(_ln), summary="links"), _tool("chmod", _chmod, summary="modes"),
    _tool("chown", _with(_modes), "chgrp", summary="owners"), _tool("touch", _with(_touch)), _tool("tee", _with(_tee)),
    _tool("install", _with(_install)), _tool("ls", _with(_ls)), _tool("find", _find, summary="its roots as a whole; -delete, -exec of simple commands"),
    _tool("truncate", _with(_touch)), _tool("dos2unix", _with(_touch), "unix2dos"),
)  # fmt: skip
