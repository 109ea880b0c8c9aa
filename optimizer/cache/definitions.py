"""What of an instruction goes into its key, besides its inputs (BUILDKIT.md 3)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from optimizer.cache.here import UNKNOWN, Here
from optimizer.cache.selection import Selection
from optimizer.dockerfile.instructions import Copy, Run
from optimizer.dockerfile.mounts import Mount

# A field of an instruction's key and its value, which is a text or made of texts.
Field = tuple[str, object]
Definition = tuple[Field, ...]

_REMOTE = ("http://", "https://", "git://", "git@", "ssh://")
# Of a mount, what current versions of BuildKit leave out of the key.
_NOT_KEYED = frozenset({"id", "sharing", "required"})


def run(view: Run, here: Here) -> Definition:
    """Of a RUN: what it runs, and all that it can see but files."""
    script: object = view.argv
    if view.argv is None:
        alone = view.heredoc_script
        bodies = tuple((h.name, h.content) for h in view.heredocs)
        script = (*here.shell, alone.content) if alone else (*here.shell, view.script)
        script = script if alone or not bodies else (script, bodies)
    return (
        ("instruction", "RUN"),
        ("command", script),
        ("environment", tuple(here.env.items())),
        ("directory", here.cwd),
        ("user", here.user),
        ("mounts", tuple(sorted(_mount(each, here) for each in view.mounts))),
        ("network", view.network or "default"),
        ("security", (view.security or "sandbox", view.devices)),
    )


def copy(view: Copy, here: Here, line: int) -> Definition:
    """Of a COPY or ADD: names of the sources, destination, and flags."""
    names = tuple(_name(here.value(s, line), view) for s in view.sources)
    bodies = tuple(
        (h.name, here.heredoc(h.content, line) if h.expand else h.content) for h in view.heredocs
    )
    return (
        ("instruction", view.kind),
        ("sources", names + bodies),
        ("destination", here.path(here.value(view.dest, line))),
        ("owner", here.value(view.chown or "", line)),
        ("mode", here.value(view.chmod or "", line)),
        ("flags", (view.parents, view.exclude, view.checksum or "", view.others)),
    )


def selections(
    view: Copy, here: Here, line: int, origin: tuple[str, int | None, str]
) -> Iterator[Selection]:
    """The sources of a COPY or ADD."""
    kind, stage, image = origin
    for written in view.sources:
        source = here.value(written, line)
        if view.kind == "ADD" and source.startswith(_REMOTE):
            yield Selection("url", source)
        else:
            path = "" if UNKNOWN in source else relative(source)
            yield Selection(kind, path, stage, image, view.exclude, view.parents)


def bound(mounts: Sequence[Mount], here: Here) -> Iterator[tuple[Mount, str]]:
    """The bind mounts of a RUN, each with its source as a relative path."""
    for each in sorted(mounts, key=lambda m: here.value(m.target or "")):
        if each.type == "bind":
            source = here.value(each.source or "")
            yield each, "" if UNKNOWN in source else relative(source)


def relative(source: str) -> str:
    """A source as a path without a leading slash: `..` is clamped at the root."""
    return posixpath.normpath("/" + source).lstrip("/")


def _name(source: str, view: Copy) -> str:
    if view.kind == "ADD" and source.startswith(_REMOTE):
        return source
    path = relative(source)
    return path if view.parents else posixpath.basename(path)


def _mount(each: Mount, here: Here) -> tuple[object, ...]:
    kind = here.value(each.type)
    options = {k: here.value(v) for k, v in each.options}
    explicit = bool(options.get("id")) if kind == "cache" else options.get("id", "")
    target = here.value(each.target or "") or options.get("id", "")
    if kind == "bind":
        kept: list[tuple[str, str]] = [("readwrite", "")] if _writable(options) else []
    else:
        kept = sorted((k, v) for k, v in options.items() if here.old or k not in _NOT_KEYED)
    return here.path(target), kind, str(explicit), tuple(kept)


def _writable(options: dict[str, str]) -> bool:
    if "readonly" in options:
        return options["readonly"] == "false"
    return options.get("readwrite", "false") in {"", "true"}
