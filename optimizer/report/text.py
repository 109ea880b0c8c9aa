"""What a person reads: the summary on standard error, and `explain`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from optimizer.pipeline import Decision, Result


def summary(path: str, result: Result, context: str, *, verbose: bool = False) -> Iterator[str]:
    """What was changed, why, and what it promises; then what was not."""
    if not result.changed:
        yield click.style(f"{path}: nothing to change", bold=True)
    else:
        yield (
            click.style(f"{path}: {_count(len(result.rewrites), 'change')}", bold=True)
            + f" (context: {context})"
        )
    for each in result.rewrites:
        yield f"  {click.style(each.name, fg='green')} line {each.line}: {each.because} [{_promise(each)}]"
    for also in result.also:
        added = also.after[len(also.before or "") :].split()
        yield f"  {click.style(also.path, fg='green')}: {'new, ' if also.before is None else ''}ignores {', '.join(added)}"
    shown = [r for r in result.refusals if verbose or not result.changed or r.name == "exec-form"]
    for refusal in shown:
        yield f"  {click.style(refusal.name, fg='yellow')} line {refusal.line}: not changed: {refusal.because}"
    if len(shown) < len(result.refusals):
        yield f"  {_count(len(result.refusals) - len(shown), 'refusal')} more with --verbose"
    if result.changed:
        yield "  " + estimate(result)


def _promise(decision: Decision) -> str:
    if decision.promise is None:
        return ""
    return decision.promise.value + (f" {decision.assumption}" if decision.assumption else "")


_SECONDS = {
    "log": "the build log",
    "timings": "the timings file",
    "table": "a table of tools",
}


def estimate(result: Result) -> str:
    """One line: hits and seconds per commit, before -> after, ideal."""
    found = result.estimate
    source = (
        f"last {found.commits} commits" if found.source == "history" else "a prior, for want of history"
    )
    source += f", seconds from {_SECONDS[found.seconds_from]}"
    costs = (found.before, found.after, found.ideal)
    hits = [f"{c.hit_rate:.0%}" for c in costs]
    seconds = [f"{c.seconds_per_commit:.1f} s" for c in costs]
    return (
        f"estimate ({source}): cache hits {hits[0]} -> {hits[1]} (ideal {hits[2]}), "
        f"{seconds[0]} -> {seconds[1]} a commit (ideal {seconds[2]})"
    )


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def explained(answer: dict[str, Any]) -> Iterator[str]:
    """`explain` for a person."""
    yield f"{answer['dockerfile']}, context {answer['context']} ({answer['context_reason']})"
    for stage in answer["stages"]:
        yield ""
        name = f" AS {stage['name']}" if stage["name"] else ""
        yield click.style(f"stage {stage['index']}: FROM {stage['base'] or '?'}{name}", bold=True)
        for step in stage["steps"]:
            yield from _step(step)


def _step(step: dict[str, Any]) -> Iterator[str]:
    first = step["text"].strip().split("\n")[0]
    yield f"{step['line']:4} {first}"
    if step["layer"] == "filesystem":
        for name in ("reads", "probes", "writes"):
            if step[name]:
                yield f"       {name}: {_some(step[name])}"
    if step["doubt"]:
        yield f"       {click.style('not understood', fg='yellow')}: {step['doubt']}"
    for after in step["after"]:
        yield f"       after line {after['line']}: {after['because']}"


def _some(paths: list[str], most: int = 8) -> str:
    more = f" and {len(paths) - most} more" if len(paths) > most else ""
    return ", ".join(paths[:most]) + more
