"""Which earlier step a doubt is due to: a path is not known because something may have written it."""

from __future__ import annotations

import re
from dataclasses import replace

from optimizer.effects.image import Tree
from optimizer.effects.model import Effects
from optimizer.effects.tool import Kind, clean

_NOT_KNOWN = re.compile(r"(?P<before>.*?)(?P<path>/[^\s:`]*) is not known")
_CONTENT = "the content of "


def blamed(effects: Effects, image: Tree) -> Effects:
    """The same; a doubt about a path names the line that may have written it, or says that nothing is there."""
    found = _NOT_KNOWN.fullmatch(effects.doubt or "")
    if found is None or clean(found["path"]) in effects.written:
        return effects
    if found["before"] == _CONTENT and image.kind(found["path"]) is Kind.ABSENT:
        return replace(effects, doubt=f"there is no {found['path']}")
    return replace(effects, hidden_by=image.hidden_by(found["path"]))
