"""How often the context changes: by its git history, or by a prior per kind of file."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# A prior for projects without history: the share of commits that touch such a file. Manifests
# and locks change in a few commits of a hundred, settings less, sources in most.
_PRIOR: tuple[tuple[re.Pattern[str], float], ...] = (
    (re.compile(r"(^|/)(package(-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|npm-shrinkwrap\.json)$"), 0.06),
    (re.compile(r"(^|/)(requirements[^/]*\.(txt|in)|Pipfile(\.lock)?|poetry\.lock|pyproject\.toml|uv\.lock|setup\.(py|cfg))$"), 0.05),
    (re.compile(r"(^|/)(go\.(mod|sum)|Cargo\.(toml|lock)|Gemfile(\.lock)?|composer\.(json|lock)|pom\.xml|mix\.(exs|lock)|[^/]*\.csproj)$"), 0.05),
    (re.compile(r"(^|/)\.[^/]+$"), 0.01),
    (re.compile(r"(^|/)prisma/"), 0.03),
    (re.compile(r"(^|/)\.git/"), 1.0),
    (re.compile(r"\.(md|txt|rst)$"), 0.02),
)  # fmt: skip
_SOURCE = 0.05
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
                below it.
        """
        names = frozenset(selected)
        if "" in names:
            return 1.0 if self.commits else _SOURCES_AT_MOST
        exact = frozenset(n for n in names if not n.endswith("/"))
        prefixes = tuple(n for n in names if n.endswith("/"))
        if not self.commits:
            return _prior(exact, prefixes)
        hits = sum(
            1
            for changed in self.commits
            if not exact.isdisjoint(changed) or (prefixes and any(c.startswith(prefixes) for c in changed))
        )
        return hits / len(self.commits)


def _prior(exact: frozenset[str], prefixes: tuple[str, ...]) -> float:
    kept = 1.0
    for path in exact:
        kept *= 1 - _of_kind(path)
    for prefix in prefixes:
        kept *= 1 - max(_of_kind(posixpath.join(prefix, "x")), _SOURCE)
    return min(1 - kept, _SOURCES_AT_MOST)


def _of_kind(path: str) -> float:
    for pattern, share in _PRIOR:
        if pattern.search(path):
            return share
    return _SOURCE
