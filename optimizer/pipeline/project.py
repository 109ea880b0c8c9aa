"""What is optimized, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from optimizer.cache.estimate import Estimate
from optimizer.cache.history import History
from optimizer.cache.timings import Timings
from optimizer.context.files import Files
from optimizer.effects.tool import Tool
from optimizer.effects.tools import TOOLS
from optimizer.graph.plan import Given
from optimizer.graph.weights import Weights
from optimizer.passes.base import Promise
from optimizer.settings import Settings


@dataclass(frozen=True)
class Decision:
    """A rewrite that was made, or a refusal.

    Attributes:
        code: The pass's code, such as `DF101`.
        name: The pass's name.
        line: The line of the original text, from 1.
        because: The reason.
        promise: What the rewrite promises; None for a refusal.
        assumption: What has to hold for `same-if`, else None.
    """

    code: str
    name: str
    line: int
    because: str
    promise: Promise | None = None
    assumption: str | None = None


@dataclass(frozen=True)
class Also:
    """Another file that the rewrite changes, relative to the context.

    Attributes:
        path: Its path in the context.
        before: Its text; None if it does not exist yet.
        after: Its new text.
    """

    path: str
    before: str | None
    after: str


@dataclass(frozen=True)
class Result:
    """What became of a Dockerfile.

    Attributes:
        before: The text as it was.
        after: The text as it is to be.
        also: Other files that go with it.
        rewrites: What was changed and why.
        refusals: What was not changed and why.
        estimate: What rebuilds cost before, after and at best.
    """

    before: str
    after: str
    also: tuple[Also, ...]
    rewrites: tuple[Decision, ...]
    refusals: tuple[Decision, ...]
    estimate: Estimate

    @property
    def changed(self) -> bool:
        """Whether anything is to be written."""
        return self.before != self.after


@dataclass(frozen=True)
class Project:
    """What surrounds a Dockerfile.

    Attributes:
        files: The build context.
        weights: How often what changes.
        history: The commits themselves, None if there are none; asked for only if needed.
        untracked: Context paths that git ignores, among those asked for.
        git_ignores: Whether git ignores a path of the context that is not there today.
        dockerfile: The Dockerfile's path in the context; None if it stands outside.
        others: Path -> text of other Dockerfiles in the context; asked for only if needed.
        ignore_allowed: Whether the ignore file may be changed with it.
        problem: Why it may not; for the report.
        tools: The table of tools, by program.
        timings: What the steps took in real builds.
    """

    files: Files
    weights: Weights = field(default_factory=Weights)
    untracked: frozenset[str] = frozenset()
    git_ignores: Callable[[str], bool] = lambda _path: False
    dockerfile: str | None = "Dockerfile"
    others: Callable[[], Mapping[str, str]] = dict
    ignore_allowed: bool = True
    timings: Timings = field(default_factory=Timings)
    tools: Mapping[str, Tool] = field(default_factory=lambda: TOOLS)
    history: Callable[[], History | None] = lambda: None
    problem: str = "only the Dockerfile's text goes out; use --diff or --write"

    def given(self, settings: Settings) -> Given:
        """What a plan is made with."""
        return Given(
            self.files, self.weights, settings.build_args, settings.builder,
            settings.network_moves, untracked=self.untracked.__contains__, others=self.others,
            seconds=self.timings.seconds, size=self.timings.size, tools=self.tools,
            git_ignores=self.git_ignores, dockerfile=self.dockerfile, frontend=settings.dockerfiles,
        )  # fmt: skip
