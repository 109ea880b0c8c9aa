"""The commits of a history built for real, one after another, beside what the model says.

The original and the rewritten file meet the same trees, each with a cache of its own that is
cold at the start and warm from then on (`salting`). Nothing is compared but which steps were
found in it, and the seconds.
"""

from __future__ import annotations

import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from optimizer.cache.estimate import COUNTED
from optimizer.cache.replay import Replayed, Row
from optimizer.cache.timings import Timed, medians
from optimizer.context.checkout import Checkout
from optimizer.context.revisions import Revision
from optimizer.errors import UserError
from optimizer.verify.builder import Builder, Recipe
from optimizer.verify.order import Order, Version, failure, put_away, written
from optimizer.verify.running import FailedError
from optimizer.verify.said import Said
from optimizer.verify.salting import SALT, salted
from optimizer.verify.steps import matched, timed

# The classic client puts a name of its own into `.dockerignore` where the Dockerfile is not in the
# context, so each `COPY . .` is new to it.
KINDS = ("docker", "buildx", "podman", "buildah")


@dataclass(frozen=True)
class Course:
    """What is to be built.

    Attributes:
        repository: Its root.
        start: The commit that the caches are filled by, and its tree.
        commits: What follows, oldest first.
        keep_git: Whether `.git` is part of the context.
        volatile: The build arguments that differ at each build; they get the commit's name.
    """

    repository: Path
    start: tuple[str, tuple[tuple[str, str], ...]]
    commits: tuple[Revision, ...]
    keep_git: bool = False
    volatile: tuple[str, ...] = ()


@dataclass(frozen=True)
class Built:
    """One build.

    Attributes:
        seconds: How long it took.
        hits: For each RUN, COPY and ADD, by its line, whether it was cached.
        failure: What the builder said last, if it failed; then nothing is known of hits.
    """

    seconds: float
    hits: Mapping[int, bool] = field(default_factory=dict)
    failure: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pair:
    """A commit, built with both files."""

    commit: str
    before: Built
    after: Built

    @property
    def built(self) -> bool:
        """Whether both could be built."""
        return not self.before.failure and not self.after.failure


@dataclass(frozen=True)
class Surprise:
    """A step that the model was wrong about.

    Attributes:
        commit: At which it was.
        file: `before` or `after`.
        row: The step.
        predicted: Whether the model says that it is cached.
        cached: Whether it was; None if the builder did not print it.
    """

    commit: str
    file: str
    row: Row
    predicted: bool
    cached: bool | None


@dataclass(frozen=True)
class Rebuilds:
    """What came of it.

    Attributes:
        start: The builds that filled the caches.
        commits: Those that followed.
        predicted: What the model says of the same commits.
        steps: What the steps have taken in the first builds.
    """

    start: Pair
    commits: tuple[Pair, ...]
    predicted: Replayed
    steps: tuple[Timed, ...]

    def surprises(self) -> Iterator[Surprise]:
        """Every step of a build that did not end as the model said."""
        for number, pair in enumerate(self.commits):
            for file, built in (("before", pair.before), ("after", pair.after)):
                for row in () if built.failure else getattr(self.predicted, file):
                    predicted = number not in row.built
                    cached = built.hits.get(row.line)
                    if cached != predicted:
                        yield Surprise(pair.commit, file, row, predicted, cached)


def rebuild(
    builder: Builder, versions: tuple[Version, Version], order: Order, course: Course,
    predicted: Replayed, tell: Callable[[str], None],
) -> Rebuilds:  # fmt: skip
    """Build each commit with both files; nothing is left but the builder's own cache.

    Raises:
        UserError: The original does not build at the start.
    """
    name = f"dfopt-verify-{uuid.uuid4().hex[:12]}"
    tags: list[str] = []
    with (
        put_away(builder, tags, name),
        tempfile.TemporaryDirectory(prefix="dfopt-verify-") as folder,
    ):
        work = _Work(builder, order, course, Path(folder), name, tags, tell)
        files = [
            work.prepared(kind, version)
            for kind, version in zip(("original", "rewritten"), versions, strict=True)
        ]
        return work.run(files, predicted)


@dataclass(frozen=True)
class _File:
    """A file that is ready to be built."""

    kind: str
    recipe: Recipe
    lines: Mapping[int, int]


@dataclass
class _Work:
    """The builds while they go on."""

    builder: Builder
    order: Order
    course: Course
    folder: Path
    name: str
    tags: list[str]
    tell: Callable[[str], None]
    steps: list[tuple[Timed, ...]] = field(default_factory=list)

    def prepared(self, kind: str, version: Version) -> _File:
        """A version with a salt of its own."""
        image = f"{self.name}:salt-{kind}"
        place = self.folder / f"salt-{kind}"
        place.mkdir()
        (place / "salt").write_text(uuid.uuid4().hex)
        grain = Version(SALT, None)
        try:
            self._build(written(place / "recipe", grain, Order(place)), image)
        except FailedError as error:
            raise UserError(f"no cache of one's own: {failure(error)}") from None
        found = salted(version.text, image, self.order.build_args)
        order = replace(self.order, context=self.folder / "context")
        recipe = written(self.folder / kind, replace(version, text=found.text), order)
        recipe = replace(recipe, cached=True, mounts=f"{self.name}-{kind}")
        return _File(kind, recipe, found.lines)

    def run(self, files: Sequence[_File], predicted: Replayed) -> Rebuilds:
        """Build the start, then the commits."""
        context = self.folder / "context"
        context.mkdir()
        checkout = Checkout(self.course.repository, context)
        commit, entries = self.course.start
        checkout.start(entries)
        if self.course.keep_git:
            checkout.keep_git()
        start = self._pair(checkout, files, commit, "the start", first=True)
        if start.before.failure:
            why = failure(FailedError(start.before.failure[0], [*start.before.failure[1:]]))
            raise UserError(f"the original does not build at commit {commit}: {why}")
        pairs = []
        for number, revision in enumerate(self.course.commits, 1):
            checkout.apply(revision.changes)
            where = f"commit {number} of {len(self.course.commits)}"
            pairs.append(self._pair(checkout, files, revision.id, where))
        return Rebuilds(start, tuple(pairs), predicted, medians(self.steps))

    def _pair(
        self, checkout: Checkout, files: Sequence[_File], commit: str, where: str,
        *, first: bool = False,
    ) -> Pair:  # fmt: skip
        if self.course.keep_git:
            checkout.head(commit)
        both = []
        for file in files:
            self.tell(f"{where} ({commit[:10]}): the {file.kind} file")
            both.append(self._built(file, commit, first=first))
        return Pair(commit, *both)

    def _built(self, file: _File, commit: str, *, first: bool) -> Built:
        volatile = dict.fromkeys(self.course.volatile, commit)
        recipe = replace(file.recipe, build_args={**file.recipe.build_args, **volatile})
        begun = time.monotonic()
        try:
            said = self._build(recipe, f"{self.name}:{file.kind}-{len(self.tags)}")
        except FailedError as error:
            return Built(time.monotonic() - begun, {}, (str(error), *error.lines))
        seconds = time.monotonic() - begun
        if first:
            self.steps.append(timed(self.builder, recipe, said))
        hits = {}
        for vertex, step in matched(self.builder, recipe, said):
            line = file.lines.get(vertex.line)
            if line is not None and vertex.keyword in COUNTED:
                hits[line] = step.cached
        return Built(seconds, hits)

    def _build(self, recipe: Recipe, tag: str) -> list[Said]:
        self.tags.append(tag)
        return self.builder.build(recipe, tag, self.order.timeout, lambda s: self.tell(f"  {s}"))
