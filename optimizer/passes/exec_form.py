"""Mend an exec form that Docker cannot read as JSON and so runs as a shell string.

    CMD ["node", "index.js", ]  ->  CMD ["node", "index.js"]

The image changes: Docker runs what stands there as `/bin/sh -c '["node", "index.js", ]'`,
which fails when the container starts. So it is reported, and changed only when asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from optimizer.dockerfile.edits import Edit
from optimizer.dockerfile.source import Instruction
from optimizer.graph.plan import Plan
from optimizer.passes.base import Answer, Pass, Promise, Refusal, Rewrite

_KEYWORDS = frozenset({"CMD", "ENTRYPOINT", "RUN"})
# A word in double or single quotes, as people write them into a list.
_WORD = re.compile(r"\s*(\"(?:[^\"\\]|\\.)*\"|'[^']*')\s*(,|$)")


def propose(plan: Plan) -> Iterator[Answer]:
    """Write the list as it was meant."""
    for instruction in plan.source.instructions:
        if instruction.keyword not in _KEYWORDS or not instruction.malformed_json:
            continue
        line = abs(plan.given.origins.get(instruction.line, instruction.line))
        meant = _meant(instruction.arguments)
        told = f"Docker runs this {instruction.keyword} as a shell string: it is not valid JSON"
        if meant is None or instruction.end - instruction.start != 1:
            yield Refusal(line, told)
            continue
        text = _mended(instruction, meant)
        yield Rewrite(
            line=line,
            because=f"{told}; write {instruction.keyword} {json.dumps(meant, ensure_ascii=False)}",
            edits=(Edit(instruction.start, instruction.end, text),),
        )


def _meant(arguments: str) -> list[str] | None:
    """The words of a list with a trailing comma, single quotes or no closing bracket."""
    inner = arguments.strip().removeprefix("[").removesuffix("]").strip().removesuffix(",")
    words, position = [], 0
    while position < len(inner):
        found = _WORD.match(inner, position)
        if found is None:
            return None
        word = found.group(1)
        try:
            words.append(json.loads(word) if word.startswith('"') else word[1:-1])
        except ValueError:
            return None
        position = found.end()
    return words or None


def _mended(instruction: Instruction, meant: list[str]) -> str:
    text = instruction.text
    start = text.index("[")
    end = text[len(text.rstrip("\r\n")) :]
    return text[:start] + json.dumps(meant, ensure_ascii=False) + end


EXEC_FORM = Pass("DF301", "exec-form", Promise.SAME_BEHAVIOUR, propose, default=False, mends=True)
