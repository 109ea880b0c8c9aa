"""How often the context changes: by its git history, or by a prior per kind of file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from optimizer.dockerfile.instructions import Arg, Env
from optimizer.effects.step import Step

# A prior for projects without history: the share of commits that touch such a file. Manifests
# and locks change in a few commits of a hundred, settings less, sources in most.
_PRIOR: tuple[tuple[re.Pattern[str], float], ...] = (
    (
        re.compile(
            r"(^|/)(package(-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|npm-shrinkwrap\.json)$"
        ),
        0.06,
    ),
    (
        re.compile(
            r"(^|/)(requirements[^/]*\.(txt|in)|Pipfile(\.lock)?|poetry\.lock|pyproject\.toml|uv\.lock|setup\.(py|cfg))$"
        ),
        0.05,
    ),
    (
        re.compile(
            r"(^|/)(go\.(mod|sum)|Cargo\.(toml|lock)|Gemfile(\.lock)?|composer\.(json|lock)|pom\.xml|mix\.(exs|lock)|[^/]*\.csproj)$"
        ),
        0.05,
    ),
    (re.compile(r"(^|/)\.[^/]+$"), 0.01),
    (re.compile(r"(^|/)prisma/"), 0.03),
    (re.compile(r"(^|/)\.git/"), 1.0),
    (re.compile(r"\.(md|txt|rst)$"), 0.02),
)
# Marks a build argument among the paths of the context.
VOLATILE = "\0"
# Names whose values differ from build to build.
_VOLATILE = re.compile(
    r"^(.*_)?(SHA|SHA1|COMMIT|COMMIT_?(SHA|ID|HASH|REF)|GIT_?(SHA|REV|REF|COMMIT|HASH|BRANCH|TAG|DESCRIBE|VERSION)"
    r"|REVISION|VCS_?(REF|URL|BRANCH)|BUILD_?(DATE|TIME|TIMESTAMP|NUMBER|NUM|ID|NO|REF|REV|VERSION|SHA)|CREATED"
    r"|RELEASE_?(DATE|VERSION)?|(APP|IMAGE|SERVICE|PACKAGE|PROJECT)_?VERSION|VERSION|SOURCE_?(COMMIT|BRANCH|DATE_EPOCH)|CI_.*|GITHUB_.*)$",
    re.IGNORECASE,
)
_PLACEHOLDERS = frozenset(
    {"", "dev", "unknown", "latest", "none", "local", "0.0.0", "master", "main", "HEAD"}
)
# So many commits a history needs to say more of the future than a prior does.
ENOUGH = 20
_SOURCE = 0.05
_FOLDER = 0.5
_SOURCES_AT_MOST = 0.9


@dataclass(frozen=True)
class Weights:
    """How often context paths change.

    Attributes:
        commits: For each commit that touches the context, the paths that it changed; empty
            if there is no history.
    """

    commits: Sequence[frozenset[str]] = ()

    @property
    def source(self) -> str:
        """`history` or `prior`."""
        return "history" if self.commits else "prior"

    def probability(self, selected: Iterable[str]) -> float:
        """The share of changes of the context that touch one of these.

        Args:
            selected: Paths of the context; one that ends in `/` (or is empty) stands for all
                below it. One that begins with VOLATILE changes with every build.
        """
        names = frozenset(selected)
        if not names:
            return 0.0
        if any(n.startswith(VOLATILE) for n in names):
            return 1.0
        if "" in names:
            return 1.0 if self.commits else _SOURCES_AT_MOST
        exact = frozenset(n for n in names if not n.endswith("/"))
        prefixes = tuple(n for n in names if n.endswith("/"))
        if not self.commits:
            return _prior(exact, prefixes)
        hits = sum(
            1
            for changed in self.commits
            if not exact.isdisjoint(changed)
            or (prefixes and any(c.startswith(prefixes) for c in changed))
        )
        return hits / len(self.commits)


def _prior(exact: frozenset[str], prefixes: tuple[str, ...]) -> float:
    kept = 1.0
    for path in exact:
        kept *= 1 - _of_kind(path)
    for prefix in prefixes:
        kept *= 1 - (_of_kind(prefix) if _of_kind(prefix) != _SOURCE else _FOLDER)
    return min(1 - kept, _SOURCES_AT_MOST)


def _of_kind(path: str) -> float:
    for pattern, share in _PRIOR:
        if pattern.search(path):
            return share
    return _SOURCE


def selectors(step: Step) -> Iterator[str]:
    """The context paths that a copy is keyed by, as `Weights.probability` takes them."""
    if step.copying is None:
        return
    for placed in step.copying.placements:
        yield f"{placed.source}/" if placed.directory and placed.source else placed.source


def volatile_steps(steps: Sequence[Step]) -> set[int]:
    """The ARG, ENV and LABEL instructions whose values differ from build to build."""
    names: set[str] = set()
    found: set[int] = set()
    for index, step in enumerate(steps):
        mine = {n for n, _ in step.typed.pairs} if isinstance(step.typed, (Arg, Env)) else set()
        behind = steps[index + 1].state.variables if index + 1 < len(steps) else {}
        named = isinstance(step.typed, Arg) and any(
            volatile(n, d if d is not None else behind.get(n)) for n, d in step.typed.pairs
        )
        fed = step.keyword in {"ARG", "ENV", "LABEL"} and bool(step.uses & names)
        if named or fed:
            found.add(index)
            names |= mine
    return found


def volatile(name: str, default: str | None) -> bool:
    """Whether an argument is given anew with every build, by its name and default."""
    if not _VOLATILE.match(name):
        return False
    return (
        default is None or "VERSION" not in name.upper() or default.strip("\"'") in _PLACEHOLDERS
    )
