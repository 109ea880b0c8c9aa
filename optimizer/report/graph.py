"""The step graph as DOT or Mermaid."""

from __future__ import annotations

import json
from collections.abc import Iterator

from optimizer.graph.order import needed_edges
from optimizer.graph.plan import Plan, StagePlan

_WIDTH = 60


def dot(plan: Plan) -> Iterator[str]:
    """DOT, for Graphviz: one cluster a stage."""
    yield "digraph dockerfile {"
    yield '  node [shape=box, fontname="monospace"];'
    for stage in plan.stages:
        yield f"  subgraph cluster_{stage.stage.index} {{"
        yield f"    label={json.dumps(_title(stage))};"
        for number, step in enumerate(stage.steps):
            yield f"    {_node(stage, number)} [label={json.dumps(_label(step.line, step.instruction.text))}];"
        for i, j, because in needed_edges(stage):
            yield f"    {_node(stage, i)} -> {_node(stage, j)} [tooltip={json.dumps(because)}];"
        yield "  }"
    yield "}"


def mermaid(plan: Plan) -> Iterator[str]:
    """Mermaid, for Markdown pages."""
    yield "flowchart TD"
    for stage in plan.stages:
        yield f'  subgraph stage{stage.stage.index}["{_quoted(_title(stage))}"]'
        for number, step in enumerate(stage.steps):
            yield f'    {_node(stage, number)}["{_quoted(_label(step.line, step.instruction.text))}"]'
        for i, j, because in needed_edges(stage):
            yield f'    {_node(stage, i)} -->|"{_quoted(because)}"| {_node(stage, j)}'
        yield "  end"


def _title(stage: StagePlan) -> str:
    name = f" AS {stage.stage.name}" if stage.stage.name else ""
    return f"FROM {stage.stage.base or '?'}{name}"


def _node(stage: StagePlan, number: int) -> str:
    return f"s{stage.stage.index}_{number}"


def _label(line: int, text: str) -> str:
    first = " ".join(text.split())
    return f"{line}: {first if len(first) <= _WIDTH else first[: _WIDTH - 3] + '...'}"


def _quoted(text: str) -> str:
    return (
        text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
    )
