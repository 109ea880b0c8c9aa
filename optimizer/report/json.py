"""The JSON of DESIGN.md 4.2, as plain dictionaries."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from optimizer.effects.model import Patterns, is_tree
from optimizer.effects.step import Step
from optimizer.errors import UserError
from optimizer.graph.edges import edges, needed
from optimizer.graph.plan import Plan, StagePlan
from optimizer.pipeline import Decision, Result

VERSION = 1
_LAYERS = frozenset({"RUN", "COPY", "ADD", "WORKDIR"})
# A shorter list of names than this is easier read as names than as `dir/**`.
_NAMES_AT_MOST = 200


def rewritten(path: str, result: Result, diff: str) -> dict[str, Any]:
    """One entry of `files` in the answer of `rewrite`."""
    return {
        "path": path,
        "changed": result.changed,
        "before": result.before,
        "after": result.after,
        "diff": diff,
        "also": [asdict(a) for a in result.also],
        "rewrites": [
            {
                "pass": d.name,
                "line": d.line,
                "because": d.because,
                "promise": d.promise.value if d.promise else None,
                "assumption": d.assumption,
            }
            for d in result.rewrites
        ],
        "refusals": [_refusal(d) for d in result.refusals],
        "estimate": asdict(result.estimate),
        "error": None,
    }


def _refusal(decision: Decision) -> dict[str, Any]:
    return {"pass": decision.name, "line": decision.line, "because": decision.because}


def failed(path: str, error: UserError) -> dict[str, Any]:
    """One entry of `files` for a file that could not be used."""
    return {
        "path": path, "changed": False, "before": None, "after": None, "diff": "", "also": [],
        "rewrites": [], "refusals": [], "estimate": None,
        "error": {"line": error.line, "message": error.message},
    }  # fmt: skip


def explained(path: str, context: str, reason: str, plan: Plan) -> dict[str, Any]:
    """The answer of `explain`."""
    return {
        "version": VERSION,
        "dockerfile": path,
        "context": context,
        "context_reason": reason,
        "stages": [_stage(stage) for stage in plan.stages],
    }


def _stage(stage: StagePlan) -> dict[str, Any]:
    waits: dict[int, list[dict[str, Any]]] = {}
    for i, j, because in edges(stage):
        waits.setdefault(j, []).append({"line": stage.steps[i].line, "because": because})
    return {
        "index": stage.stage.index,
        "name": stage.stage.name,
        "base": stage.stage.base,
        "steps": [_step(stage, n, waits.get(n, [])) for n in range(len(stage.steps))],
    }


def _step(stage: StagePlan, index: int, after: list[dict[str, Any]]) -> dict[str, Any]:
    step = stage.steps[index]
    copies = [s for s in stage.steps[:index] if s.copying is not None]
    return {
        "line": step.line,
        "end_line": step.line + step.instruction.end - step.instruction.start - 1,
        "instruction": step.keyword,
        "text": step.instruction.text.rstrip("\r\n"),
        "layer": "filesystem" if step.keyword in _LAYERS else "metadata",
        "reads": reads(step, copies),
        "probes": _probes(step, copies),
        "writes": sorted(step.effects.writes),
        "network": step.effects.network,
        "doubt": step.effects.why,
        "after": after,
    }


def reads(step: Step, copies: list[Step]) -> list[str]:
    """The context paths that a step depends on."""
    if step.copying is not None:
        found = {
            p.source if not p.directory else _below(p.source) for p in step.copying.placements
        }
        return sorted(found)
    if step.keyword != "RUN":
        return []
    found = set()
    for copy in copies:
        assert copy.copying is not None  # noqa: S101 - the caller chose copies of the context
        wanted = needed(copy, step)
        if wanted == copy.copying.atoms.keys() and len(wanted) > _NAMES_AT_MOST:
            found |= {
                _below(p.source) if p.directory else p.source for p in copy.copying.placements
            }
        else:
            found |= {copy.copying.atoms[t] for t in wanted}
    return sorted(found)


def _below(folder: str) -> str:
    return f"{folder}/**" if folder else "**"


def _probes(step: Step, copies: list[Step]) -> list[str]:
    """The context paths whose absence or presence matters, under the places that copies fill."""
    found = set()
    places = [
        (c, Patterns({c.copying.destination + "/**"})) for c in copies if c.copying is not None
    ]
    for probe in step.effects.probes:
        for copy, below in places:
            assert copy.copying is not None  # noqa: S101 - see above
            if is_tree(probe) or probe not in below:
                continue
            for placed in copy.copying.placements:
                path = placed.context_path(probe) if placed.directory else None
                if path:
                    found.add(path)
    return sorted(found)
