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
from optimizer.cache.records import Build, Records
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
    sums = {p.given.files.rules: Sums(p.given.files.rules) for p in (before, after)}
    players: list[_Player] = [_Chain(before, target, sums[before.given.files.rules])]
    if str(after.source) != str(before.source):
        players.append(_Chain(after, target, sums[after.given.files.rules]))
    players.append(_Ideal(after, target, sums[after.given.files.rules]))
    for each in sums.values():
        each.start(history.start())
    if not history.skipped:
        _warm(players)
    count = 0
    walk = _branching if history.branching else _touched
    for number, touched in enumerate(walk(history, tuple(sums.values())), -history.skipped):
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


def _touched(history: History, sums: Sequence[Sums]) -> Iterator[Mapping[int, Collection[int]]]:
    """For each commit the digests that differ from the one before it, by whose they are."""
    last: str | None = None
    for revision in history.commits():
        yield {id(each): each.apply(_changes(history, revision, last)) for each in sums}
        last = revision.id


def _branching(history: History, sums: Sequence[Sums]) -> Iterator[Mapping[int, Collection[int]]]:
    """The same off a line: each commit takes up its parent's state, so all states are kept."""
    built = [each.values.copy() for each in sums]
    states = {"": built}
    for revision in history.commits():
        for each, values in zip(sums, states[revision.parent or ""], strict=True):
            each.values[:] = values
            each.apply(_changes(history, revision, revision.parent or None))
        now = states[revision.id] = [each.values.copy() for each in sums]
        if revision.changes:
            yield {
                id(each): [n for n, (a, b) in enumerate(zip(old, new, strict=True)) if a != b]
                for each, old, new in zip(sums, built, now, strict=True)
            }
            built = now


def _changes(history: History, revision: Revision, parent: str | None) -> Sequence[Change]:
    if not history.whole:
        return revision.changes
    return *revision.changes, Change(GIT_FOLDER, parent, revision.id)


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

    def __init__(self, plan: Plan, target: str | None, sums: Sums) -> None:
        given, text = plan.given, str(plan.source)
        names = tuple(volatile_names(plan))
        self._vertices, other = (
            vertices(
                text, {**given.build_args, **dict.fromkeys(names, mark)}, target, given.builder,
                known_effects(plan),
            )
            for mark in ("1", "2")
        )  # fmt: skip
        # What differs when such an argument does, differs at every commit.
        self._restless = frozenset(
            i for i, (a, b) in enumerate(zip(self._vertices, other, strict=True)) if a != b
        )
        self.restless = bool(self._restless)
        self.sums = sums
        self._selected = Selected(self._vertices, given.files, sums)
        self.watched = self._selected.watched
        self._records = Records(doubts=False)
        self._last: Build | None = None
        rows = {s.instruction.line: _row(s, size) for s, _, size in own_inputs(plan, target)}
        self._rows = {
            i: rows[v.line] for i, v in enumerate(self._vertices)
            if v.line in rows and v.keyword in COUNTED
        }  # fmt: skip
        self.rows = list(self._rows.values())

    def build(self, number: int, touched: Collection[int]) -> None:
        """See _Player."""
        dirty = self._selected.users(touched)
        self._last = self._records.build(
            self._vertices, self._selected, self._last, dirty, self._restless
        )
        for index, outcome in enumerate(self._last.outcomes):
            if not outcome.hit and number >= 0 and index in self._rows:
                self._rows[index].built.append(number)


class _Ideal:
    """A build that runs a step again only if the step's own inputs are new."""

    def __init__(self, plan: Plan, target: str | None, sums: Sums) -> None:
        owned = list(own_inputs(plan, target))
        self._restless = [any(n.startswith(VOLATILE) for n in own) for _, own, _ in owned]
        self.restless = any(self._restless)
        self.sums = sums
        self._numbers = [sums.watch(own, _namer(own)) for _, own, _ in owned]
        self.watched = frozenset(self._numbers)
        self.rows = [_row(step, size) for step, _, size in owned]
        self._seen: list[set[int]] = [set() for _ in owned]

    def build(self, number: int, touched: Collection[int]) -> None:  # noqa: ARG002 - see _Player
        """See _Player."""
        for row, seen, which, restless in zip(
            self.rows, self._seen, self._numbers, self._restless, strict=True
        ):
            value = self.sums.values[which]
            if (restless or value not in seen) and number >= 0:
                row.built.append(number)
            seen.add(value)


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
