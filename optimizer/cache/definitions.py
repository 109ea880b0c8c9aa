"""What of an instruction goes into its key, besides its inputs (BUILDKIT.md 3)."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Sequence

from optimizer.cache.here import UNKNOWN, Here
from optimizer.cache.selection import Selection
from optimizer.dockerfile.instructions import Copy, Run
from optimizer.dockerfile.mounts import Mount

# A field of an instruction's key and its value, which is a text or made of texts.
Field = tuple[str, object]
Definition = tuple[Field, ...]

_REMOTE = ("http://", "https://", "git://", "git@", "ssh://")


def run(view: Run, here: Here) -> Definition:
    """Of a RUN: what it runs, and all that it can see but files."""
    script: object = view.argv
    if here.old and view.argv is None:
        script = _array(view.script)
    if script is None:
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
        ("host", "" if here.old else here.given.get("BUILDKIT_SANDBOX_HOSTNAME", "")),
    )


def workdir(here: Here) -> Definition:
    """Of a WORKDIR, by what holds behind it."""
    return (
        ("instruction", "WORKDIR"),
        ("directory", here.path(here.cwd).rstrip("/") or "/"),
        ("user", here.user),
        ("epoch", "" if here.old else here.given.get("SOURCE_DATE_EPOCH", "")),
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
        ("mode", _mode(here.value(view.chmod or "", line), here)),
        ("flags", (view.parents, view.exclude, view.checksum or "", view.others)),
    )


def selections(
    view: Copy, here: Here, line: int, origin: tuple[str, int | None, str]
) -> Iterator[Selection]:
    """The sources of a COPY or ADD."""
    kind, stage, image = origin
    for written in view.sources:
        source = here.value(written, line)
        if is_remote(view, source):
            yield Selection("url", source)
        else:
            path = "" if UNKNOWN in source else relative(source)
            yield Selection(kind, path, stage, image, view.exclude, view.parents)


def bound(mounts: Sequence[Mount], here: Here) -> Iterator[tuple[Mount, str]]:
    """The bind mounts of a RUN that count, each with its source as a relative path."""
    binds = [
        (each, relative(source))
        for each in sorted(mounts, key=lambda m: _in_mount(m.target or "", here))
        if each.type == "bind"
        for source in [_in_mount(each.source or "", here)]
    ]
    # Up to version 0.11, beside a part of the context the whole of it did not count.
    parts = here.old and any(path and not each.from_ for each, path in binds)
    for each, path in binds:
        if path or each.from_ or not parts:
            yield each, "" if UNKNOWN in path else path


def relative(source: str) -> str:
    """A source as a path without a leading slash: `..` is clamped at the root."""
    return posixpath.normpath("/" + source).lstrip("/")


def is_remote(view: Copy, source: str) -> bool:
    """Whether a source is fetched."""
    return view.kind == "ADD" and source.startswith(_REMOTE)


def _name(source: str, view: Copy) -> str:
    if is_remote(view, source):
        return source
    path = relative(source)
    return path if view.parents else posixpath.basename(path)


def _mode(written: str, here: Here) -> str:
    """An octal mode as a number; another one was once passed over without a word."""
    if re.fullmatch(r"[0-7]+", written):
        return f"{int(written, 8):o}"
    return "" if here.old and UNKNOWN not in written else written


def _mount(each: Mount, here: Here) -> tuple[object, ...]:
    kind = _in_mount(each.type, here)
    options = {k: _in_mount(v, here) for k, v in each.options}
    target = _in_mount(each.target or "", here) or options.get("id", "")
    place = here.path(target)
    if kind == "bind":
        return place, kind, "readwrite" if _writable(options) else ""
    if kind == "cache":
        options = _cache_options(options, target, place, here)
    return place, kind, tuple(sorted((k, v) for k, v in options.items() if k != "required"))


def _cache_options(
    options: dict[str, str], target: str, place: str, here: Here
) -> dict[str, str]:
    """The options of a cache mount: which cache it is counts less than it did."""
    name = options.pop("id", "") or posixpath.normpath(target)
    sharing = options.pop("sharing", "") or "shared"
    if here.old:
        return {**options, "id": name, "sharing": sharing}
    # All are one but the usual (`checkShouldClearCacheOpts` in BuildKit's ops/exec.go).
    usual = name == place and sharing == "shared"
    return {**options, "id": "usual" if usual else ""}


def _in_mount(text: str, here: Here) -> str:
    return text if here.old else here.value(text)


def _array(script: str) -> tuple[str, ...] | None:
    """The JSON array that a script begins with: what is behind it was once passed over."""
    try:
        found, _ = json.JSONDecoder().raw_decode(script)
    except ValueError:
        return None
    words = found if isinstance(found, list) else []
    return tuple(words) if words and all(isinstance(word, str) for word in words) else None


def _writable(options: dict[str, str]) -> bool:
    if "readonly" in options:
        return options["readonly"] == "false"
    return options.get("readwrite", "false") in {"", "true"}
