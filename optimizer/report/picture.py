"""A replay as a picture: a row a step, a column a commit, hits and misses, before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from optimizer.cache.replay import Replayed, Row

_LABELS, _CELLS, _ROW, _GAP, _HEAD = 330, 900, 18, 34, 46
_LETTERS = 46
_HIT, _MISS, _INK, _PAPER = "#cfe8d5", "#c0392b", "#222222", "#ffffff"


def svg(found: Replayed) -> str:
    """The picture, as SVG: before above after above ideal; a long history is drawn in bins."""
    parts: list[str] = []
    top = _HEAD
    for title, rows in (
        ("before", found.before), ("after", found.after), ("ideal", found.ideal),
    ):  # fmt: skip
        parts += _block(title, rows, found.commits, top)
        top += _GAP + _ROW * len(rows)
    width = _LABELS + _CELLS + 20
    return "\n".join(
        [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{top}" '
                f'viewBox="0 0 {width} {top}" font-family="monospace" font-size="11">'
            ),
            f'<rect width="{width}" height="{top}" fill="{_PAPER}"/>',
            *_legend(found.commits),
            *parts,
            "</svg>",
            "",
        ]
    )


def _legend(commits: int) -> Iterator[str]:
    yield _text(10, 20, f"{commits} commits, the oldest on the left")
    for at, colour, word in ((_LABELS, _HIT, "cached"), (_LABELS + 90, _MISS, "rebuilt")):
        yield f'<rect x="{at}" y="11" width="12" height="12" fill="{colour}"/>'
        yield _text(at + 18, 21, word)


def _block(title: str, rows: Sequence[Row], commits: int, top: int) -> Iterator[str]:
    missed = sum(len(r.built) for r in rows)
    share = 1 - missed / (len(rows) * commits) if rows and commits else 1.0
    yield _text(10, top - 4, f"{title}: {share:.0%} cached", bold=True)
    for number, row in enumerate(rows):
        y = top + number * _ROW
        first = row.text.split("\n")[0]
        label = first if len(first) <= _LETTERS else first[: _LETTERS - 1] + "…"
        yield _text(10, y + 13, label)
        yield (
            f'<rect x="{_LABELS}" y="{y + 2}" width="{_CELLS}" height="{_ROW - 4}" fill="{_HIT}"/>'
        )
        yield from _misses(row, commits, y)


def _misses(row: Row, commits: int, y: int) -> Iterator[str]:
    """The rebuilt commits; neighbours are one mark, and what shares a pixel is as red as it is full."""
    bins = min(commits, _CELLS)
    full: dict[int, int] = {}
    for commit in row.built:
        at = commit * bins // commits
        full[at] = full.get(at, 0) + 1
    width = _CELLS / bins if bins else 0.0
    size = commits / bins if bins else 1.0
    for (begin, count), much in _runs(full):
        opacity = min(1.0, 0.35 + 0.65 * much / size)
        yield (
            f'<rect x="{_LABELS + begin * width:.2f}" y="{y + 2}" width="{count * width:.2f}" '
            f'height="{_ROW - 4}" fill="{_MISS}" fill-opacity="{opacity:.2f}"/>'
        )


def _runs(full: dict[int, int]) -> Iterator[tuple[tuple[int, int], int]]:
    """Neighbouring bins that are equally full, as (first, how many) and how full."""
    begin = last = -2
    for at in sorted(full):
        if at == last + 1 and full[at] == full[last]:
            last = at
            continue
        if last >= 0:
            yield (begin, last - begin + 1), full[last]
        begin = last = at
    if last >= 0:
        yield (begin, last - begin + 1), full[last]


def _text(x: int, y: int, words: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    clean = "".join(c if c.isprintable() else " " for c in words)
    clean = clean.encode("utf-8", "replace").decode()
    return f'<text x="{x}" y="{y}" fill="{_INK}"{weight} xml:space="preserve">{escape(clean)}</text>'
