"""find: a tree is searched; -exec and -delete work on what is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from optimizer.effects.model import NONE, NOTHING, Effects, Paths, is_tree, unknown
from optimizer.effects.tool import ANY, GLOB, Command, Tool
from optimizer.effects.tools.paths import asked, below, place, read, write_words
from optimizer.effects.tools.syntax import not_known

# findutils 4.9 and busybox: tests and options, with and without a value.
_VALUED = frozenset(
    "-amin -anewer -atime -cmin -cnewer -context -ctime -fstype -gid -group -ilname -iname -inum "
    "-ipath -iregex -iwholename "
    "-links -lname -maxdepth -mindepth -mmin -mtime -name -newer -newermt -path -perm -printf "
    "-regex -regextype -samefile "
    "-size -type -uid -used -user -wholename -xtype".split()
)
_PLAIN = frozenset(
    "-a -and -d -daystart -depth -empty -executable -false -follow -ignore_readdir_race -ls "
    "-mount -nogroup "
    "-noignore_readdir_race -noleaf -not -nouser -nowarn -o -or -print -print0 -prune -quit "
    "-readable -true -warn -writable "
    "-xdev ! ( ) , \\( \\)".split()
)
_EXEC = frozenset("-exec -execdir -ok -okdir".split())
_OUTPUT = frozenset("-fprint -fprint0 -fls".split())
_SHALLOW = ("0", "1")


@dataclass(frozen=True)
class _Search:
    """Where is searched, and the words of the expression."""

    command: Command
    roots: tuple[str, ...]
    words: tuple[str, ...]


def _search(command: Command) -> _Search:
    words = list(command.arguments)
    while words and (words[0] in {"-L", "-H", "-P"} or words[0].startswith("-O")):
        words.pop(0)
    count = next(
        (n for n, w in enumerate(words) if w.startswith("-") or w in {"(", "!", "\\(", "\\!"}),
        len(words),
    )
    return _Search(command, tuple(words[:count]) or (".",), tuple(words[count:]))


def _effects(command: Command) -> Effects:
    if any(word in {"-L", "-follow"} for word in command.arguments):
        return unknown("find -L follows links, which may lead anywhere")
    search = _search(command)
    if any(word.startswith(ANY) for word in (*search.roots, *search.words)):
        return unknown("an argument of find is not known")
    done = _seen(search)
    for each in _actions(search):
        done |= each.maybe()
    return done


def _seen(search: _Search) -> Effects:
    """What the search looks at: all below, or one level of names."""
    roots = frozenset(place(search.command, root) for root in search.roots)
    words = search.words
    depth = words[words.index("-maxdepth") + 1 :][:1] if "-maxdepth" in words else ()
    only_names = not any(
        w in {"-type", "-perm", "-size", "-empty", "-newer", "-user", "-exec", "-delete"}
        for w in words
    )
    if depth and depth[0] in _SHALLOW and only_names and not any(is_tree(r) for r in roots):
        return Effects(probes=roots, lists=roots if depth[0] == "1" else NOTHING)
    return Effects(reads=frozenset(asked(search.command, root) for root in roots))


def _actions(search: _Search) -> Iterator[Effects]:
    """What is done with what is found."""
    words = list(search.words)
    while words:
        word = words.pop(0)
        if word in _EXEC:
            end = next((n for n, w in enumerate(words) if w in {";", "+", "\\;"}), len(words))
            inner, words = words[:end], words[end + 1 :]
            yield _executed(search, inner)
        elif word == "-delete":
            yield _deleted(search)
        elif word in _OUTPUT:
            yield write_words(search.command, words[:1])
            words = words[1:]
        elif word in _VALUED:
            yield (
                read(search.command, words[:1])
                if word in {"-newer", "-samefile", "-anewer", "-cnewer"}
                else NONE
            )
            words = words[1:]
        elif word not in _PLAIN:
            yield not_known(search.command, word)


def _trees(search: _Search) -> Paths:
    return frozenset(below(place(search.command, root)) for root in search.roots)


def _deleted(search: _Search) -> Effects:
    trees = _trees(search)
    return (
        unknown("find -delete over the whole image") if "/**" in trees else Effects(writes=trees)
    )


def _executed(search: _Search, inner: list[str]) -> Effects:
    """The command with, for `{}`, any path below the roots."""
    if not inner:
        return NONE
    done = NONE
    for root in search.roots:
        found = f"{root.rstrip('/')}/{GLOB}"
        words = [word.replace("{}", found) for word in inner]
        done |= search.command.machine.call(
            search.command.with_words(words[0], *words[1:])
        ).maybe()
    if "/**" in done.writes | done.metadata:
        return unknown("find -exec may change any file")
    return done


FIND: Tool = Tool(
    "find", ("find",), _effects, "the tree below its roots; -delete and -exec work on it"
)
