"""What `trace` answers, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from optimizer.report.json import VERSION
from optimizer.settings import Taught
from optimizer.verify.teaching import Suggestion
from optimizer.verify.tracing import Traced

_SHOWN = 8


def as_json(
    builder: str, traced: Sequence[Traced], suggested: Sequence[Suggestion]
) -> dict[str, Any]:
    """The whole of it; paths are those of the context, but for `listed`."""
    return {
        "version": VERSION,
        "builder": builder,
        "steps": [
            {
                "line": each.step.line,
                "text": each.step.instruction.text.rstrip("\r\n"),
                "doubt": each.step.effects.why,
                "read": sorted(each.read),
                "inferred": sorted(each.inferred),
                "missed": sorted(each.missed),
                "extra": sorted(each.extra),
                "looked_at": sorted(each.looked - each.inferred),
                "listed": sorted(each.lists),
                "looked_for": sorted(each.absent),
            }
            for each in traced
        ],
        "suggestions": [
            {"line": s.line, **_taught(s.taught), "listed": list(s.listed)} for s in suggested
        ],
    }


def _taught(taught: Taught) -> dict[str, Any]:
    return {
        "command": " ".join(taught.words),
        "reads": list(taught.reads),
        "writes": list(taught.writes),
        "probes": list(taught.probes),
        "network": taught.network,
        "seconds": taught.seconds,
    }


def as_text(path: str, traced: Sequence[Traced]) -> Iterator[str]:
    """A paragraph a RUN."""
    if not traced:
        yield f"{path}: no RUN to trace"
    for each in traced:
        first = each.step.instruction.text.split("\n")[0]
        yield f"{path}:{each.step.line}: {first.rstrip()}"
        if each.step.effects.doubt is not None:
            yield f"  not understood: {each.step.effects.why}"
            yield f"  taken to read all of the {_files(each.inferred)}; read {_list(each.read)}"
            continue
        yield f"  read {_list(each.read)}{'' if each.missed or each.extra else ', as inferred'}"
        yield from _rest("missed: read, and not inferred", each.missed)
        yield from _rest("extra: inferred, and not read", each.extra)
        yield from _rest("asked for, and not inferred", each.looked - each.inferred)
        yield from _rest("names read in, and not inferred", each.lists)
        yield from _rest("looked for, not there, and not inferred", each.absent)


def _rest(what: str, paths: Collection[str]) -> Iterator[str]:
    if paths:
        yield f"  {what}: {_list(paths)}"


def _files(paths: Collection[str]) -> str:
    return f"{len(paths)} file{'' if len(paths) == 1 else 's'} of the context"


def _list(paths: Collection[str]) -> str:
    if not paths:
        return "nothing of the context"
    shown = ", ".join(sorted(paths)[:_SHOWN])
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return f"{shown}{more}"


def settings(suggested: Sequence[Suggestion]) -> Iterator[str]:
    """The settings that teach what was seen; to be read before they are trusted."""
    if not suggested:
        yield "# nothing to teach: no command was found that holds a RUN back"
    for each in suggested:
        taught = _taught(each.taught)
        yield f"# line {each.line}: as it ran once; what it reads in other cases is yours to know"
        if each.listed:
            yield f"# it read the names in {', '.join(each.listed)}: add what may come there"
        yield f"[tool.dfopt.commands.{json.dumps(taught.pop('command'))}]"
        for key, value in taught.items():
            if value or key in {"reads", "writes", "seconds"}:
                yield f"{key} = {json.dumps(value)}"
        yield ""
