"""What every uv meets: its settings, its cache, and the places of Pythons and environments."""

from __future__ import annotations

import posixpath

from optimizer.effects.model import NONE, CacheDir, Effects, tree, unknown
from optimizer.effects.tool import Command, Kind, known
from optimizer.effects.tools.looking import look, upwards
from optimizer.effects.tools.options import Options
from optimizer.effects.tools.python_lock import Document, cache_folder, document, paths, placed

# In the working directory and all above it.
_LOOKED_FOR = ("uv.toml", "pyproject.toml", ".python-version", ".python-versions")


def base(command: Command, given: Options) -> Effects:
    """Settings, caches, the places of Pythons and environments."""
    machine, home = command.machine, command.home()
    settings = ["/etc/uv/uv.toml", f"{home}/.config/uv/uv.toml", f"{home}/.netrc"]
    settings += [command.path(v) for v in given.values("--config-file")]
    done = look(machine, *settings)
    for folder in upwards(command.cwd):
        done |= look(machine, *(posixpath.join(folder, name) for name in _LOOKED_FOR))
        for name in ("uv.toml", "pyproject.toml"):
            done |= _settings(command, document(command, posixpath.join(folder, name)))
    named = given.last("--cache-dir") or cache_folder(command, "uv", "UV_CACHE_DIR")
    variable = command.env.get("UV_NO_CACHE", "")
    off = given.has("-n", "--no-cache", "--no-cache-dir") or (
        known(variable) and variable.lower() not in {"", "0", "false", "f", "no", "n", "off"}
    )
    kept = command.path(named)
    cache = () if off else (CacheDir(kept, ("HOME", "UV_CACHE_DIR", "XDG_CACHE_HOME")),)
    own = Effects(writes=frozenset(tree(c.path) for c in cache), caches=cache)
    return done | placed(command, "uv") | own


def _settings(command: Command, settings: Document) -> Effects:
    """`[tool.uv]` (or uv.toml) may name local folders of archives and indexes."""
    own = settings.table("tool", "uv") or (
        settings.data if settings.path.endswith("uv.toml") else {}
    )
    named = [*own.get("find-links", ()), *paths(own.get("index", ()), frozenset({"url"}))]
    done = NONE
    for value in named:
        if isinstance(value, str) and not value.startswith(("http:", "https:")):
            if value.startswith("file:"):
                return unknown(f"{settings.path} names something by a file address")
            place = tree(command.path(value, posixpath.dirname(settings.path)))
            done |= Effects(reads=frozenset({place}))
    return done


def environment(command: Command, place: str) -> Effects:
    """A virtual environment that is installed into if it is there."""
    if command.machine.kind(place) is Kind.ABSENT:
        return Effects(probes=frozenset({place}))
    return Effects(reads=frozenset({tree(place)}), writes=frozenset({tree(place)}))
