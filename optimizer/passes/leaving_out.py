"""A COPY without the files that a RUN changes: copied before the RUN, they stay as it leaves them.

    COPY . .                     COPY package.json package-lock.json ./
    RUN npm install          ->  RUN npm install
                                 COPY --exclude=package-lock.json . .

The whole COPY would undo the change, and so may not pass the RUN. `--exclude` is known from
Dockerfile 1.19 on (BUILDKIT.md 1.5).
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from optimizer.dockerfile.instructions import Copy
from optimizer.dockerfile.source import Source
from optimizer.effects.model import NOTHING, Paths
from optimizer.effects.step import Step
from optimizer.graph.plan import Plan

_KNOWN_FROM = (1, 19)
# What means itself in a pattern, in a shell word and in a Dockerfile.
_PLAIN = re.compile(r"[\w.@+/-]+", re.ASCII)
# Whose names anybody would want to read.
_FILES = 3
_IMAGE = re.compile(
    r"(?:docker\.io/)?docker/dockerfile(?::(?P<major>\d+)(?:\.(?P<minor>\d+))?(?:\.\d+)?)?"
)


def allowed(plan: Plan) -> bool:
    """Whether the builder surely knows `--exclude`: by `# syntax=`, or by the setting `frontend`."""
    here = max(_frontend(plan.source), plan.given.frontend)
    return plan.given.builder == "buildkit" and here >= _KNOWN_FROM


def _frontend(source: Source) -> tuple[int, int]:
    """The version of Dockerfiles that a `# syntax=` brings; `docker/dockerfile:1` is the newest."""
    found = _IMAGE.fullmatch(dict(source.directives).get("syntax", ""))
    if found is None:
        return (0, 0)
    newest = _KNOWN_FROM if int(found["major"] or 1) == 1 else (0, 0)
    return newest if found["minor"] is None else (int(found["major"]), int(found["minor"]))


def changed(copy: Step, run: Step) -> Paths:
    """The image paths of the few files that the COPY brings and the RUN surely names and may change."""
    typed, copying, effects = copy.typed, copy.copying, run.effects
    if copying is None or not isinstance(typed, Copy) or effects.doubt is not None:
        return NOTHING
    one = len(copying.placements) == 1 and copying.placements[0].directory
    if not one or typed.exclude or typed.parents or typed.kind != "COPY":
        return NOTHING
    met = effects.changed.among(copying.atoms.keys(), copying.destination)
    met |= {c.path for c in effects.conditional if c.violated and c.path in copying.atoms}
    named = effects.changed.exact | {c.path for c in effects.conditional}
    links = {link.at for link in copying.links}
    # What is written all over a folder is more than the files that are in it today.
    plain = all(p in named and p not in links and _PLAIN.fullmatch(p) for p in met)
    # Of a repository that was copied more may change than is known by name.
    fine = plain and len(met) <= _FILES and not any("/.git/" in p for p in met)
    return frozenset(met) if fine else NOTHING


def without(copy: Step, files: Paths) -> Step:
    """The COPY as it is with `--exclude` for these files."""
    if not files:
        return copy
    copying = copy.copying
    assert copying is not None  # noqa: S101 - `changed` names files of a copy of the context only
    rules = "\n".join((copying.files.rules or "", *(f"/{copying.atoms[f]}" for f in sorted(files))))
    lighter = replace(copying, files=copying.files.with_rules(rules))
    brought = frozenset(lighter.atoms)
    effects = replace(copy.effects, writes=brought, surely_writes=brought)
    return replace(copy, copying=lighter, effects=effects)


def excluding(copy: Step, files: Paths, text: str) -> str:
    """The text of the COPY with `--exclude` for these files."""
    copying = copy.copying
    if not files or copying is None:
        return text
    (placed,) = copying.placements
    flags = [
        f"--exclude={posixpath.relpath(copying.atoms[f], placed.source or '.')}" for f in sorted(files)
    ]
    return re.sub(r"^(\s*\w+)", lambda found: " ".join([found[1], *flags]), text, count=1)
