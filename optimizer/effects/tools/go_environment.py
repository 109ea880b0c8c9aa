"""What `go env` prints: the environment's value, that of go's own file, or the usual one.

Measured with go 1.19. GOPATH is empty where it would be GOROOT; GOMODCACHE is not among the
names, because go before 1.15 does not know it.
"""

from __future__ import annotations

import posixpath
import re

from optimizer.effects.tool import Command, Kind, known

# Settings that say where things are: `go env -w` may keep others.
MOVING = frozenset({"GOPATH", "GOMODCACHE", "GOCACHE", "GOBIN", "GOROOT", "GOTMPDIR"})


def settings(command: Command) -> str:
    """The file in which `go env -w` keeps its settings; `off` if there is none."""
    base = command.env.get("XDG_CONFIG_HOME") or f"{command.home()}/.config"
    return command.env.get("GOENV") or posixpath.join(base, "go/env")


def printed(command: Command) -> str | None:
    """What `go env NAME` prints; None if that is not certain."""
    if len(command.arguments) != 2 or command.arguments[0] != "env":
        return None
    value = _value(command, command.arguments[1])
    return value + "\n" if value is not None and known(value) else None


def _value(command: Command, name: str) -> str | None:
    usual = _usual(command)
    if name not in usual:
        return None
    if given := command.env.get(name):
        return given if given.startswith("/") else None
    file = settings(command)
    # What a base may have brought is taken to leave these alone.
    if not known(file) or not command.env_complete:
        return None
    text = None if file == "off" else command.machine.text(command.path(file))
    if text is None and file != "off" and command.machine.kind(command.path(file)) is Kind.FILE:
        return None
    kept = re.findall(rf"^{name}=(.*)$", text or "", re.MULTILINE)
    return kept[-1] if kept else usual[name]


def _usual(command: Command) -> dict[str, str | None]:
    home = command.home()
    cache = command.env.get("XDG_CACHE_HOME") or f"{home}/.cache"
    root = command.machine.kind(f"{home}/go/VERSION") is not Kind.ABSENT
    return {
        "GOPATH": None if root else f"{home}/go",
        "GOCACHE": f"{cache}/go-build" if cache.startswith("/") else None,
        "GOBIN": "",
    }
