"""Where moved and new lines go, so that the file looks as if it had been written so."""

from __future__ import annotations

from optimizer.dockerfile.edits import Edit
from optimizer.dockerfile.source import Instruction, Source


def move_below(
    source: Source, moved: Instruction, last: Instruction, inserts: list[tuple[Instruction, list[str]]]
) -> tuple[Edit, ...]:
    """Move an instruction with its comment below another; new lines go above the given ones.

    An insert above `moved` itself takes its place.
    """
    newline = source.newline
    block = "".join(source.lines[moved.head : moved.end])
    if not block.endswith("\n"):
        block += newline
    spaced = _blank(source, moved.end)
    edits = [Edit(last.end, last.end, (newline if spaced else "") + block)]
    stays = False
    for place, lines in inserts:
        text = "".join(line + newline for line in lines)
        if place is moved:
            edits.append(Edit(moved.head, moved.end, text))
            stays = True
        else:
            edits.append(Edit(place.head, place.head, text))
    if not stays:
        end = moved.end
        if _blank(source, moved.head - 1):
            while _blank(source, end):
                end += 1
        edits.append(Edit(moved.head, end, ""))
    return tuple(edits)


def _blank(source: Source, line: int) -> bool:
    return 0 <= line < len(source.lines) and not source.lines[line].strip()
