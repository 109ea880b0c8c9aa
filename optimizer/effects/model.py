"""What a step does to the image and takes from it, and how two such answers add up.

All paths are absolute paths in the image, cleaned, with `/` separators. A path that ends
in `**` stands for everything that begins with what is before the stars: `/app/**` is
`/app` and all below it, `/root/.**` every hidden entry of `/root` and all below.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterable, Iterator, KeysView, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import NamedTuple

Paths = frozenset[str]


class Link(NamedTuple):
    """A symbolic link.

    Attributes:
        at: Where it stands. A path with `/` at its end is a package among installed ones: programs
            that load what they need of all of them are not led there, who names it is.
        to: Where it leads; where that is not known, a tree.
        absolute: Whether its text surely begins with `/`: it leads there from wherever it stands.
    """

    at: str
    to: str
    absolute: bool = False


Links = frozenset[Link]

NOTHING: Paths = frozenset()
NO_LINKS: Links = frozenset()
# Links to links are followed so far: nobody lays more.
_LINKS_IN_A_ROW = 5
# Who may carry links to more places than this may carry them anywhere: every copy of a link with
# a relative text leads to another place, and a copy of the copy to one more. In the same way who is
# led to more places than this may be led anywhere.
_LINKS_TOLD_APART = 16
_WAYS_TOLD_APART = 1000
EVERYTHING: Paths = frozenset({"/**"})


@dataclass(frozen=True)
class CacheDir:
    """A directory that a tool refills by itself when it is empty."""

    path: str
    moved_by: tuple[str, ...] = ()
    sharing: str = "shared"


@dataclass(frozen=True)
class Conditional:
    """A write that does not happen as long as a named assumption holds.

    `npm install` rewrites a committed `package-lock.json` only if it is out of date:
    `Conditional("/app/package-lock.json", "lock-in-sync", "")`. `violated` says why the
    assumption is known not to hold; it is empty where the check found nothing against it.
    """

    path: str
    assumption: str
    violated: str = ""


@dataclass(frozen=True)
class Ahead:
    """A part of a command that a RUN of its own may do ahead of it: `go mod download` of `go build`.

    Attributes:
        words: The command that does this part, and nothing that the whole would not do.
        carried: Those of its words, or of what these are made of, that are the whole's own.
        then: A command behind it that removes what would only be in the way of the whole.
        inner: Whether the layers of an image that is made of the stage would hold much twice.
        cwd: Where it runs.
        user: Who runs it.
        env: The variables that matter to it, with their values.
        goods: What it provides: who finds it there has this part behind it.
        into: Where it puts that.
        leaves: Where files may stay that the whole command alone would not leave, and
        more: what these are, in words.
        kept: Its downloads: the whole would leave them as well, and a RUN may remove them again.
        made_of: What makes it needless as well, if all of that is provided.
        fed: The command whose output it reads, if there is one.
        differs: How what it provides differs from what the whole alone would, "" if it does not.
        seconds: What this part costs; the whole costs so much less where it was done ahead.
        behind: What earlier commands of the same RUN change.
        refused: Why it may not be done ahead after all, "" if it may.
    """

    words: tuple[str, ...]
    carried: tuple[str, ...]
    cwd: str
    user: str
    env: tuple[tuple[str, str], ...]
    goods: str
    into: Paths
    leaves: Paths = NOTHING
    more: str = ""
    kept: Paths = NOTHING
    made_of: frozenset[str] = frozenset()
    fed: tuple[str, ...] = ()
    differs: str = ""
    seconds: float = 0.0
    then: tuple[str, ...] = ()
    inner: bool = False
    behind: Paths = NOTHING
    refused: str = ""

    @property
    def shown(self) -> str:
        """The command as one writes it."""
        piped = " | ".join(map(shlex.join, filter(None, (self.fed, self.words))))
        return f"{piped} && {shlex.join(self.then)}" if self.then else piped

    def spared_by(self, provided: frozenset[str]) -> bool:
        """Whether nothing of it is left to do where this is provided."""
        return self.goods in provided or (bool(self.made_of) and self.made_of <= provided)

    def preceded_by(self, earlier: Effects) -> Ahead:
        """The same, if other commands of the RUN come before it."""
        why = f"what comes before it in the RUN is not understood: {earlier.doubt}"
        return replace(
            self,
            behind=self.behind | earlier.writes | earlier.metadata | earlier.deletes,
            refused=self.refused or (why if earlier.doubt is not None else ""),
        )

    def followed_by(self, later: Effects) -> Ahead:
        """The same, if other commands of the RUN come behind it."""
        if self.goods in later.provides:
            return self
        changes = later.writes | later.metadata | later.deletes
        cleaned = meeting(self.into | self.leaves | self.kept, changes)
        looked = meeting(self.leaves, later.reads | later.probes | later.lists)
        why = ""
        if cleaned:
            why = f"the same RUN changes {cleaned[0][1]}, and a layer would keep what it removes"
        elif looked:
            why = f"the same RUN looks into {looked[0][1]}"
        return replace(self, refused=self.refused or why)


# How a name begins of which it counts only that it is there.
THERE = "\1"


@dataclass(frozen=True)
class Derived:
    """A file that a command makes of some of the files of a folder, and of no others.

    Attributes:
        path: The file.
        folder: The folder.
        contents: A regular expression for the paths below it whose content counts, and
        names: one for those of which it counts only whether they are there.
    """

    path: str
    folder: str
    contents: str
    names: str

    def counted(self, name: str) -> str | None:
        """A path below the folder as it counts; None if it does not."""
        if re.fullmatch(self.contents, name):
            return name
        return THERE + name if re.fullmatch(self.names, name) else None


@dataclass(frozen=True)
class Effects:
    """What a command or a step reads, probes and writes, and how sure that is.

    Attributes:
        reads: Files whose content (and mode) matters.
        probes: Paths whose existence matters, present or absent: `npm ci` looks for `.npmrc`.
            What is read need not be named here again.
        lists: Directories whose entries (names, not contents) matter, one level.
        writes: What may be created, changed or deleted.
        surely_writes: The part of `writes` that surely is written, whatever was there before;
            only these hide an earlier read.
        deletes: The part of `writes` that is surely absent afterwards.
        makes: Directories that are surely there afterwards (`mkdir -p`), also in `writes`.
        metadata: Paths whose mode or owner is changed.
        links: The symbolic links that it makes.
        conditional: Writes that a named assumption rules out.
        generated: Directories that the command fills and that a developer's machine may hold as
            well (`node_modules`, `.venv`): a later broad COPY would bring the host's. And files
            that it makes where they are missing (a lock), which are among the writes, too.
        variables: Environment variables that are observed; `npm_config_*` is a prefix.
        network: Something is fetched.
        unpinned: What is fetched is not fixed by a version, a lock or a checksum.
        caches: Directories that the tool refills by itself.
        seconds: A prior for what the command costs.
        contents: (path, text) of files that are written with known content.
        ahead: Parts of it that RUNs of their own may do ahead of it.
        provides: What it leaves that others need not fetch again (`Ahead.goods`).
        derived: Files among the writes whose content is known to follow from others.
        doubt: Why the rest is not known. A step in doubt reads and writes everything.
        hidden_by: The line of the step that may have written what the doubt is about.
        forgiven: What it goes on without where that is not there: `cat .env || true`.
    """

    reads: Paths = NOTHING
    probes: Paths = NOTHING
    lists: Paths = NOTHING
    writes: Paths = NOTHING
    surely_writes: Paths = NOTHING
    deletes: Paths = NOTHING
    makes: Paths = NOTHING
    metadata: Paths = NOTHING
    links: Links = NO_LINKS
    conditional: frozenset[Conditional] = frozenset()
    generated: Paths = NOTHING
    variables: frozenset[str] = frozenset()
    network: bool = False
    unpinned: bool = False
    caches: tuple[CacheDir, ...] = ()
    seconds: float = 0.0
    contents: tuple[tuple[str, str], ...] = ()
    ahead: tuple[Ahead, ...] = ()
    provides: frozenset[str] = frozenset()
    derived: tuple[Derived, ...] = ()
    doubt: str | None = None
    hidden_by: int | None = field(default=None, compare=False)
    forgiven: Paths = NOTHING

    @property
    def expected(self) -> Paths:
        """What it reads, lists, or changes the mode of, and does not do without."""
        return (self.reads | self.lists | self.metadata) - self.forgiven

    @property
    def why(self) -> str | None:
        """The doubt in the words of a report."""
        if self.doubt is None or self.hidden_by is None:
            return self.doubt
        return f"{self.doubt}: line {self.hidden_by} may have written it"

    @cached_property
    def asked(self) -> Patterns:
        """What it reads or probes."""
        return Patterns(self.reads | self.probes)

    @cached_property
    def changed(self) -> Patterns:
        """What it writes, deletes, or gives another mode or owner."""
        return Patterns(self.writes | self.metadata | self.deletes)

    @property
    def changes(self) -> Paths:
        """The same as a set."""
        return self.writes | self.metadata | self.deletes

    @cached_property
    def written(self) -> Patterns:
        """What it writes."""
        return Patterns(self.writes)

    @cached_property
    def deleted(self) -> Patterns:
        """What is surely absent behind it."""
        return Patterns(self.deletes)

    def __or__(self, other: Effects) -> Effects:
        """This, then `other`, which need not be given what this has surely written."""
        other = carrying(through(other, self.links), self.links).where(self.provides)
        hidden = self.surely_writes
        forgiven = self.forgiven | other.forgiven
        return Effects(
            reads=self.reads | without(other.reads, hidden),
            probes=self.probes | without(other.probes, hidden),
            lists=self.lists | without(other.lists, hidden),
            writes=self.writes | other.writes,
            surely_writes=(self.surely_writes - other.deletes) | other.surely_writes,
            deletes=frozenset(d for d in self.deletes if not _met(d, other.writes))
            | other.deletes,
            makes=without(self.makes, other.deletes) | other.makes,
            metadata=self.metadata | other.metadata,
            links=frozenset(k for k in self.links if k.at not in other.deletes) | other.links,
            conditional=self.conditional | other.conditional,
            generated=self.generated | other.generated,
            variables=self.variables | other.variables,
            network=self.network or other.network,
            unpinned=self.unpinned or other.unpinned,
            caches=self.caches + tuple(c for c in other.caches if c not in self.caches),
            seconds=self.seconds + other.seconds,
            contents=(*(c for c in self.contents if not _met(c[0], other.writes)), *other.contents),
            ahead=(
                *(a.followed_by(other) for a in self.ahead),
                *(a.preceded_by(self) for a in other.ahead),
            ),
            provides=self.provides | other.provides,
            derived=(
                *(d for d in self.derived if not _met(d.path, other.changes)),
                *(d for d in other.derived if not self.changes),
            ),
            doubt=self.doubt or other.doubt,
            forgiven=forgiven - self.expected - other.expected if forgiven else NOTHING,
        )

    def where(self, provided: frozenset[str]) -> Effects:
        """The same, where parts of it were done ahead."""
        done = [a for a in self.ahead if a.spared_by(provided)]
        if not done:
            return self
        return replace(
            self,
            ahead=tuple(a for a in self.ahead if a not in done),
            seconds=max(self.seconds - sum(a.seconds for a in done), 0.0),
        )

    def maybe(self) -> Effects:
        """The same, where it is not sure that it happens at all (`a || b`, `if`)."""
        return replace(self, surely_writes=NOTHING, deletes=NOTHING, makes=NOTHING, contents=(), ahead=(), provides=NOTHING, derived=())  # fmt: skip

    def forgiving(self, paths: Paths) -> Effects:
        """The same, where it goes on without these if they are not there."""
        return replace(self, forgiven=self.forgiven | paths)

    def in_doubt(self, why: str) -> Effects:
        """The same, with something about it not known."""
        return replace(self, doubt=self.doubt or why)


NONE = Effects()


def unknown(why: str) -> Effects:
    """Nothing is known, and why."""
    return Effects(doubt=why)


def is_tree(path: str) -> bool:
    """Whether the path stands for more than itself."""
    return path.endswith("**")


def tree(path: str) -> str:
    """The path and all below it."""
    return "/**" if path == "/" else f"{path}/**"


def covers(pattern: str, path: str) -> bool:
    """Whether everything that `path` stands for is in `pattern`."""
    if not is_tree(pattern):
        return pattern == path
    prefix = pattern[:-2]
    return path.startswith(prefix) or path == prefix.rstrip("/")


def overlaps(one: str, other: str) -> bool:
    """Whether the two have a path in common."""
    return covers(one, other) or covers(other, one)


def without(paths: Paths, hidden: Paths) -> Paths:
    """The paths that are not wholly covered by `hidden`."""
    if not hidden:
        return paths
    return frozenset(p for p in paths if not any(covers(h, p) for h in hidden))


def through(effects: Effects, links: Links) -> Effects:
    """The effects with what they meet behind symbolic links: who reads a link reads the file."""
    if not links:
        return effects
    removed = effects.deletes - {link.at for link in links}
    lists = _followed(effects.lists, links)
    trees = frozenset(filter(is_tree, lists))
    return replace(
        effects,
        # Who lists a folder somewhere in a tree is taken to read all of it.
        reads=_followed(effects.reads, links) | trees,
        probes=_followed(effects.probes, links),
        lists=lists - trees,
        # Who removes a link leaves what is behind it; who removes below a link does not.
        writes=_followed(effects.writes, links) | _followed(removed, links),
        metadata=_followed(effects.metadata, links),
    )


def carrying(effects: Effects, links: Links) -> Effects:
    """The effects with the links that they may lay by moving, copying or packing one of these."""
    carried = [
        Link(at, *led)
        for at, places in _ways(links).items()
        if any(_behind(p, at) is not None for p in effects.reads)
        for led in places
    ]
    if not carried:
        return effects
    if len({link.to for link in carried}) > _LINKS_TOLD_APART:
        laid = {Link(w, "/**", absolute=True) for w in effects.writes}
    else:
        laid = {led for w in effects.writes for link in carried for led in elsewhere(link, w)}
    return replace(effects, links=effects.links | laid)


def elsewhere(link: Link, new: str) -> Iterator[Link]:
    """Where a link leads once it stands at `new`: where it did, or, by a relative text, as far from it."""
    yield link._replace(at=new)
    if not link.absolute:
        old, there, base = (p.removesuffix("**").rstrip("/") or "/" for p in (link.at, link.to, new))
        moved = posixpath.normpath(posixpath.join(base, posixpath.relpath(there, old)))
        yield Link(new, tree(moved) if is_tree(link.to) else moved)


def _followed(paths: Paths, links: Links) -> Paths:
    """The paths and where links on the way to them, or below them, lead; links to links as well."""
    found, fresh = paths, paths
    for _ in range(_LINKS_IN_A_ROW):
        met = Patterns(found)
        fresh = frozenset(t for p in fresh for t in _led(p, links) if t not in met)
        if not fresh:
            break
        if len(fresh) > _WAYS_TOLD_APART:
            return found | EVERYTHING
        found |= fresh
    return found


def _led(path: str, links: Links) -> Iterator[str]:
    """Where links on the way to a path, or below it, lead."""
    for at, places in _ways(links).items():
        rest = _behind(path, at)
        if rest is not None:
            for to, _ in places:
                yield to if is_tree(to) else tree(to) if rest == "**" else to.rstrip("/") + rest


def _behind(path: str, at: str) -> str | None:
    """What of a path is left behind a link: `**` where it may be all; None if it does not pass."""
    if at.endswith("/"):
        return path[len(at) - 1 :] if f"{path}/".startswith(at) else None
    if not is_tree(at) and (path == at or path.startswith(at + "/")):
        return path[len(at) :]
    return "**" if (is_tree(path) or is_tree(at)) and overlaps(path, at) else None


@lru_cache(maxsize=64)
def _ways(links: Links) -> Mapping[str, list[tuple[str, bool]]]:
    """By where links stand: where they lead, and whether by an absolute text."""
    ways: dict[str, list[tuple[str, bool]]] = {}
    for at, to, absolute in links:
        ways.setdefault(at, []).append((to, absolute))
    return ways


def _met(path: str, others: Iterable[str]) -> bool:
    return any(overlaps(path, other) for other in others)


def meeting(ones: Iterable[str], others: Iterable[str]) -> list[tuple[str, str]]:
    """The pairs of the two that have a path in common, in order."""
    right = sorted(others)
    return [(one, other) for one in sorted(ones) for other in right if overlaps(one, other)]


class Patterns:
    """A set of paths and patterns, made quick to ask."""

    def __init__(self, paths: Iterable[str]) -> None:
        every = frozenset(paths)
        trees = frozenset(p for p in every if is_tree(p))
        self.exact = every - trees
        self.trees = tuple(p[:-2] for p in trees)
        self.roots = frozenset(p[:-3] for p in trees if p.endswith("/**"))

    def __contains__(self, path: str) -> bool:
        return path in self.exact or path in self.roots or path.startswith(self.trees)

    @cached_property
    def _starts(self) -> tuple[str, ...]:
        return (*self.exact, *self.trees)

    def below(self, path: str) -> Paths:
        """Those that lie below the path; of a tree what is before its stars."""
        inside = path.rstrip("/") + "/"
        return frozenset(start for start in self._starts if start.startswith(inside))

    def reach_into(self, path: str) -> bool:
        """Whether the path, or something below it, is in the set."""
        inside = path.rstrip("/") + "/"
        return path in self or any(start.startswith(inside) for start in self._starts)

    def among(self, paths: KeysView[str], top: str) -> set[str]:
        """Those of the paths, all of them `top` or below it, that are in the set."""
        here = top.rstrip("/") + "/"
        trees = tuple(t for t in self.trees if t.startswith(top) or here.startswith(t))
        found = paths & (self.exact | self.roots)
        return found | {p for p in paths if p.startswith(trees)} if trees else found
