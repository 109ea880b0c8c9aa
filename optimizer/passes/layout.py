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
    edits = []
    stays = False
    for place, lines in inserts:
        text = "".join(line + source.newline for line in lines)
        if place is moved:
            edits.append(Edit(moved.head, moved.end, text))
            stays = True
        else:
            edits.append(Edit(place.head, place.head, text))
    found = move_all_below(source, [moved], last)
    return (*edits, *(found[:1] if stays else found))


def move_all_below(source: Source, moved: list[Instruction], last: Instruction) -> tuple[Edit, ...]:
    """Move instructions with their comments below another, in their order."""
    text = ""
    edits = []
    for each in moved:
        block = "".join(source.lines[each.head : each.end])
        text += block if block.endswith("\n") else block + source.newline
        end = each.end
        if _blank(source, each.head - 1):
            while _blank(source, end):
                end += 1
        edits.append(Edit(each.head, end, ""))
    spaced = _blank(source, moved[-1].end)
    return (Edit(last.end, last.end, (source.newline if spaced else "") + text), *edits)


def _blank(source: Source, line: int) -> bool:
    return 0 <= line < len(source.lines) and not source.lines[line].strip()
