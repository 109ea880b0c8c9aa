"""The source maps that sources name: esbuild reads them where it makes maps itself.

Measured (0.21, 0.28): what such a map does not hold the text of is read by its name beside the map.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from optimizer.effects.model import NONE, Effects
from optimizer.effects.tool import Kind, Machine, clean
from optimizer.effects.tools import tsconfig
from optimizer.effects.tools.looking import look

_NAMED = re.compile(r"sourceMappingURL=\s*([^\s*'\"`]*)")
# By these a name is more than a path.
_ODD = re.compile(r"[%:?#\\]|^/")


def maps(machine: Machine, path: str, text: str) -> Effects:
    """The maps that a source names, and what is read for them; else a doubt."""
    done = NONE
    for found in _NAMED.finditer(text):
        place = clean(posixpath.join(posixpath.dirname(path), found[1]))
        if _ODD.search(found[1]) or machine.kind(place) not in {Kind.FILE, Kind.ABSENT}:
            return done.in_doubt(f"{path} has a source map that is not followed")
        done |= look(machine, place)
        data = tsconfig.parse(machine.text(place))
        if data is None:
            if machine.kind(place) is Kind.FILE:
                return done.in_doubt(f"the content of {place} is not known")
            continue
        names = list(_without_text(data))
        if None in names or "sections" in data:
            return done.in_doubt(f"{place} names sources that are not followed")
        done |= look(machine, *(clean(posixpath.join(posixpath.dirname(place), str(n))) for n in names))
    return done


def _without_text(data: dict[str, object]) -> Iterator[str | None]:
    """The sources whose text a map does not hold; None for one that is not understood."""
    sources, texts = data.get("sources") or [], data.get("sourcesContent") or []
    if not isinstance(sources, list) or not isinstance(texts, list):
        yield None
        return
    for place, name in enumerate(sources):
        if place < len(texts) and isinstance(texts[place], str):
            continue
        plain = isinstance(name, str) and not _ODD.search(name) and not data.get("sourceRoot")
        yield name if plain else None
