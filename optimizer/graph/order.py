"""The step graph as a whole: the only user of networkx, which is slow to import."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.graph.edges import edges
from optimizer.graph.plan import StagePlan


def needed_edges(stage: StagePlan) -> Iterator[tuple[int, int, str]]:
    """The edges that do not follow from others, with their reasons."""
    import networkx  # noqa: PLC0415 - its import costs 0.2 s, and most commands do without

    graph = networkx.DiGraph()
    graph.add_nodes_from(range(len(stage.steps)))
    for i, j, because in edges(stage):
        graph.add_edge(i, j, because=because)
    reduced = networkx.transitive_reduction(graph)
    for i, j in sorted(reduced.edges):
        yield i, j, graph.edges[i, j]["because"]
