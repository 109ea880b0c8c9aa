"""What `simulate` answers: as JSON (DESIGN.md 4.2), and as a table for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from optimizer.cache.simulate import Printed
from optimizer.report.json import VERSION

if TYPE_CHECKING:
    from rich.console import RenderableType

# Where an instruction begins, behind `rebuilt` and its line.
_INDENT = 12


def answer(
    changes: Sequence[str], before: Sequence[Printed], after: Sequence[Printed]
) -> dict[str, Any]:
    """The answer as plain dictionaries."""
    return {
        "version": VERSION,
        "changes": list(changes),
        "before": [asdict(step) for step in before],
        "after": [asdict(step) for step in after],
    }


def table(
    changes: Sequence[str], before: Sequence[Printed], after: Sequence[Printed]
) -> RenderableType:
    """Both builds side by side; one alone if the rewrite changes nothing."""
    from rich import box  # noqa: PLC0415 - takes longer to import than to use
    from rich.table import Table  # noqa: PLC0415

    same = list(before) == list(after)
    made = Table(
        title=f"a rebuild after: {', '.join(changes)}", title_justify="left", box=box.SIMPLE,
        show_footer=True, title_style="bold",
    )  # fmt: skip
    made.add_column("as it stands" + (" (and as rewritten)" if same else ""), _footer(before))
    if same:
        for step in before:
            made.add_row(_cell(step))
        return made
    made.add_column("as rewritten", _footer(after))
    for old, new in zip_longest(before, after):
        made.add_row(_cell(old), _cell(new))
    return made


def _footer(steps: Sequence[Printed]) -> str:
    rebuilt = sum(not step.cached and step.sure for step in steps)
    unsure = sum(not step.sure for step in steps)
    more = f", {unsure} not known" if unsure else ""
    return f"{rebuilt} of {len(steps)} steps rebuilt{more}"


def _cell(step: Printed | None) -> RenderableType:
    from rich.console import Group  # noqa: PLC0415
    from rich.padding import Padding  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    if step is None:
        return ""
    first, *more = step.text.encode("utf-8", "backslashreplace").decode().split("\n")
    what = ("CACHED  ", "green") if step.cached else ("rebuilt ", "yellow")
    what = what if step.sure else ("unknown ", "cyan")
    cell = Text.assemble(what, f"{step.line:3} {first.strip()}{' ...' if more else ''}")
    if step.because is None:
        return cell
    return Group(cell, Padding(Text(step.because, style="dim"), (0, 0, 0, _INDENT)))
