"""What a builder with a warm cache would have rebuilt, commit after commit (DESIGN.md 3.8).

One fixed Dockerfile and its fixed ignore rules meet the project's own history: the builder has
built the tree of the start, then builds each commit behind it, and forgets nothing. *Ideal* is
a build that runs a step again only if what the step itself depends on has a state that was
never built before. A build argument whose value differs from build to build (`GIT_SHA`) has
another one at each commit. What a stage holds is known where it follows from the files that
are copied into it; what a RUN leaves there counts as new whenever the RUN is built.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from optimizer.cache.cost import seconds as seconds_of
from optimizer.cache.estimate import COUNTED, Cost, Estimate, own_inputs
from optimizer.cache.held import known_effects
from optimizer.cache.history import History
from optimizer.cache.repeated import Repeated
from optimizer.cache.sums import Namer, Selected, Sums
from optimizer.cache.vertices import vertices
from optimizer.context.revisions import GIT_FOLDER, Change, Revision
from optimizer.dockerfile.instructions import Arg
from optimizer.effects.step import Step
from optimizer.graph.plan import Plan
from optimizer.graph.weights import VOLATILE, volatile_steps


@dataclass(frozen=True)
class Row:
    """One step over the history.

    Attributes:
        line: Its first line.
        text: As it stands in the file.
        seconds: What it costs to run it.
        size: The bytes that it puts into a layer.
        built: The numbers of the commits at which it runs, from 0.
    """

    line: int
    text: str
    seconds: float
    size: float
    built: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Replayed:
    """A replay.

    Attributes:
        commits: How many builds there were.
        before, after, ideal: A row for each RUN, COPY and ADD.
    """

    commits: int
    before: Sequence[Row]
    after: Sequence[Row]
    ideal: Sequence[Row]

    @property
    def estimate(self) -> Estimate:
        """The figures."""
        before, after, ideal = (
            _cost(rows, self.commits) for rows in (self.before, self.after, self.ideal)
        )
        return Estimate("history", self.commits, before=before, after=after, ideal=ideal)


def replay(
    before: Plan, after: Plan, history: History, target: str | None = None,
    tell: Callable[[int], object] = lambda _: None,
) -> Replayed:  # fmt: skip
    """Go through the history once, with the file as it stands and as rewritten.

    Args:
        before: The file over its context.
        after: The rewritten file, over the context with the rules that go with it.
        history: The commits.
        target: The stage that is built, None for the last.
        tell: Called with 1 for each commit, to show how far it is.
    """
    commits = history.commits()
    sums = {p.given.files.rules: Sums(p.given.files.rules) for p in (before, after)}
    plans = (before,) if str(after.source) == str(before.source) else (before, after)
    players: list[_Player] = [
        _Chain(plan, target, sums[plan.given.files.rules], whole=history.whole) for plan in plans
    ]
    players.append(_Ideal(after, target, sums[after.given.files.rules]))
    for each in sums.values():
        each.apply((path, None, what) for path, what in history.start())
    if not history.skipped:
        _warm(players)
    count = 0
    walk = _branching if history.branching else _touched
    all_touched = walk(commits, tuple(sums.values()), whole=history.whole)
    for number, touched in enumerate(all_touched, -history.skipped):
        tell(1)
        if number == -1:
            _warm(players)
        if number < 0:
            continue
        for player in players:
            if player.restless or not player.watched.isdisjoint(touched[id(player.sums)]):
                player.build(number, touched[id(player.sums)])
        count = number + 1
    changed = players[-2].rows
    return Replayed(count, players[0].rows, changed, list(_no_worse(players[-1].rows, changed)))


def _warm(players: Iterable[_Player]) -> None:
    for player in players:
        player.build(-1, player.watched)


def _no_worse(ideal: Iterable[Row], found: Iterable[Row]) -> Iterator[Row]:
    """What is found in the cache is found at best, too: a stage that holds what it held before."""
    built = {row.line: frozenset(row.built) for row in found}
    for row in ideal:
        known = built.get(row.line, frozenset(row.built))
        yield replace(row, built=[number for number in row.built if number in known])


def _touched(
    commits: Iterable[Revision], sums: Sequence[Sums], *, whole: bool
) -> Iterator[Mapping[int, Collection[int]]]:
    """For each commit the digests that differ from the one before it, by whose they are."""
    last: str | None = None
    for revision in commits:
        changes = _changes(revision, last, whole=whole)
        yield {id(each): each.apply(changes) for each in sums}
        last = revision.id


def _branching(
    commits: Iterable[Revision], sums: Sequence[Sums], *, whole: bool
) -> Iterator[Mapping[int, Collection[int]]]:
    """The same off a line: each commit takes up its parent's state, so all states are kept."""
    built = [each.values.copy() for each in sums]
    states = {"": built}
    for revision in commits:
        changes = _changes(revision, revision.parent or None, whole=whole)
        for each, values in zip(sums, states[revision.parent or ""], strict=True):
            each.values[:] = values
            each.apply(changes)
        now = states[revision.id] = [each.values.copy() for each in sums]
        if revision.changes:
            yield {
                id(each): [n for n, (a, b) in enumerate(zip(old, new, strict=True)) if a != b]
                for each, old, new in zip(sums, built, now, strict=True)
            }
            built = now


def _changes(revision: Revision, parent: str | None, *, whole: bool) -> Sequence[Change]:
    return (*revision.changes, Change(GIT_FOLDER, parent, revision.id)) if whole else revision.changes


class _Player(Protocol):
    """Something that is built commit after commit.

    Attributes:
        sums: What its digests are kept in, and
        watched: their numbers there.
        restless: Whether it differs at every commit, whatever changed.
        rows: Its steps, with the commits at which they run.
    """

    sums: Sums
    watched: frozenset[int]
    restless: bool
    rows: list[Row]

    def build(self, number: int, touched: Collection[int]) -> None:
        """Build the state of now; what runs is noted under the commit's number, if not below 0.

        `touched` are the digests that may have changed since the last call.
        """


class _Chain:
    """The builder's own cache: a step runs again if its key, with all before it, is new."""

    def __init__(self, plan: Plan, target: str | None, sums: Sums, *, whole: bool) -> None:
        given, text = plan.given, str(plan.source)
        names = tuple(volatile_names(plan))
        graph, *others = [
            vertices(
                text, {**given.build_args, **dict.fromkeys(names, mark)}, target, given.builder,
                known_effects(plan),
            )
            for mark in ("12" if names else "1")
        ]  # fmt: skip
        # What differs when such an argument does, differs at every commit; so does `.git`.
        fresh = {i for other in others for i, v in enumerate(graph) if v != other[i]}
        self.sums = sums
        selected = Selected(graph, given.files, sums)
        unique = set[int]().union(*sums.wanted(GIT_FOLDER).values()) if whole else set[int]()
        self._builds = Repeated(graph, selected, fresh, unique)
        self.watched, self.restless = selected.watched, self._builds.restless
        rows = {s.instruction.line: _row(s, size) for s, _, size in own_inputs(plan, target)}
        self._rows = {
            i: rows[v.line] for i, v in enumerate(graph) if v.line in rows and v.keyword in COUNTED
        }  # fmt: skip
        self.rows = list(self._rows.values())

    def build(self, number: int, touched: Collection[int]) -> None:
        """See _Player."""
        for index in self._builds.build(touched):
            if number >= 0 and index in self._rows:
                self._rows[index].built.append(number)


class _Ideal:
    """A build that runs a step again only if the step's own inputs are new."""

    def __init__(self, plan: Plan, target: str | None, sums: Sums) -> None:
        self.sums = sums
        self.rows: list[Row] = []
        self._restless: list[Row] = []
        self._users: dict[int, list[Row]] = {}
        for step, own, size in own_inputs(plan, target):
            row = _row(step, size)
            self.rows.append(row)
            if any(name.startswith(VOLATILE) for name in own):
                self._restless.append(row)
            else:
                self._users.setdefault(sums.watch(own, _namer(own)), []).append(row)
        self.restless = bool(self._restless)
        self.watched = frozenset(self._users)
        self._seen: dict[int, set[int]] = {which: set() for which in self._users}

    def build(self, number: int, touched: Collection[int]) -> None:
        """See _Player."""
        rows = self._restless.copy()
        for which in self.watched.intersection(touched):
            value = self.sums.values[which]
            if value not in self._seen[which]:
                self._seen[which].add(value)
                rows += self._users[which]
        for row in rows if number >= 0 else ():
            row.built.append(number)


def _namer(own: frozenset[str]) -> Namer:
    exact = frozenset(n for n in own if not n.endswith("/"))
    prefixes = tuple(n for n in own if n.endswith("/"))
    whole = "" in own

    def name(path: str) -> str | None:
        return path if whole or path in exact or path.startswith(prefixes) else None

    return name


def volatile_names(plan: Plan) -> Iterator[str]:
    """The build arguments that differ from build to build."""
    for stage in plan.stages:
        for index in volatile_steps(stage.steps):
            step = stage.steps[index]
            if isinstance(step.typed, Arg):
                yield from (name for name, _ in step.typed.pairs)


def _row(step: Step, size: float) -> Row:
    text = step.instruction.text.rstrip("\r\n")
    return Row(step.instruction.line, text, seconds_of(step), size)


def _cost(rows: Sequence[Row], commits: int) -> Cost:
    if not rows or not commits:
        return Cost(1.0, 0.0, 0.0)
    missed = sum(len(r.built) for r in rows)
    seconds = sum(len(r.built) * r.seconds for r in rows) / commits
    size = sum(len(r.built) * r.size for r in rows) / commits
    return Cost(round(1 - missed / (len(rows) * commits), 4), round(seconds, 3), round(size, 1))
