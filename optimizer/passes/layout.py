"""Where moved and new lines go, so that the file looks as if it had been written so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from optimizer.dockerfile.edits import Edit
from optimizer.dockerfile.source import Instruction, Source


def move(
    source: Source,
    moves: Iterable[tuple[Instruction, Instruction]],
    *,
    texts: Mapping[int, str] | None = None,
    inserts: Iterable[tuple[Instruction, list[str]]] = (),
) -> tuple[Edit, ...]:
    """Move instructions with their comments below others, and put new lines above some.

    Args:
        source: The text.
        moves: (what moves, the instruction that it goes below), in the order of the text.
        texts: New texts of moved instructions, by their line.
        inserts: (instruction, lines that go above it); above a moved one, they take its place.
    """
    pairs = list(moves)
    taken = {place.line for place, _ in inserts} & {moved.line for moved, _ in pairs}
    edits = [_insert(source, place, lines, whole=place.line in taken) for place, lines in inserts]
    for last in {last.line: last for _, last in pairs}.values():
        group = [moved for moved, below in pairs if below.line == last.line]
        blocks = "".join(
            _between(source, above, each) + _block(source, each, texts or {})
            for above, each in zip([None, *group], group, strict=False)
        )
        edits.append(Edit(last.end, last.end, _gap(source, group, last) + blocks))
    edits += _removed(source, [moved for moved, _ in pairs if moved.line not in taken])
    return tuple(edits)


def _insert(source: Source, place: Instruction, lines: list[str], *, whole: bool) -> Edit:
    text = "".join(line + source.newline for line in lines)
    return Edit(place.head, place.end if whole else place.head, text)


def _block(source: Source, moved: Instruction, texts: Mapping[int, str]) -> str:
    head = "".join(source.lines[moved.head : moved.start])
    text = head + texts.get(moved.line, moved.text)
    return text if text.endswith("\n") else text + source.newline


def _between(source: Source, above: Instruction | None, each: Instruction) -> str:
    """The blank lines between two that move together, if nothing else stands there."""
    between = source.lines[above.end : each.head] if above is not None else ()
    return "" if any(line.strip() for line in between) else "".join(between)


def _gap(source: Source, group: list[Instruction], last: Instruction) -> str:
    """A blank line between, where the file has one around what is moved."""
    behind = _blank(source, group[-1].end)
    around = _blank(source, group[0].head - 1) and _blank(source, last.end)
    return source.newline if behind or around else ""


def _removed(source: Source, moved: list[Instruction]) -> Iterator[Edit]:
    """The moved lines go; of the blank lines around them, one side goes with them."""
    ranges: list[list[int]] = []
    for each in moved:
        if ranges and not any(line.strip() for line in source.lines[ranges[-1][1] : each.head]):
            ranges[-1][1] = each.end
        else:
            ranges.append([each.head, each.end])
    for start, end in ranges:
        following = end
        while _blank(source, start - 1) and _blank(source, following):
            following += 1
        yield Edit(start, following, "")


def _blank(source: Source, line: int) -> bool:
    return 0 <= line < len(source.lines) and not source.lines[line].strip()
