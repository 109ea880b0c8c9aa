"""symfony/flex, a plugin of composer that configures packages by recipes.

By its source (src/Flex.php): it acts behind an install or an update, at the events of scripts, so
not at all under `--no-scripts`. Recipes are for updates alone since 1.15.3; behind an install from
a lock it makes a missing `.env` of an `.env.dist`, and nothing else.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any

from optimizer.effects.model import Effects
from optimizer.effects.tool import Kind, Machine
from optimizer.effects.tools.looking import look

NAME = "symfony/flex"
# From this on, an install from a lock brings no recipes.
_INSTALLS_ALONE = (1, 15, 3)
_NOT_READ = (3,)


def flex(
    machine: Machine, folder: str, lock: Mapping[str, Any] | None, extra: Mapping[str, Any], *, silent: bool
) -> Effects | None:  # fmt: skip
    """What it does in an install; None if that is not known.

    Args:
        machine: The image.
        folder: That of the project.
        lock: composer.lock, if there is one.
        extra: The section of composer.json that is for plugins.
        silent: Whether it is told of nothing that is over.
    """
    read = look(machine, posixpath.join(folder, "symfony.lock"))
    if silent:
        return read
    runtime, symfony = extra.get("runtime"), extra.get("symfony")
    moved = (isinstance(runtime, dict) and "dotenv_path" in runtime) or (
        isinstance(symfony, dict) and "root-dir" in symfony
    )
    if lock is None or moved or not _INSTALLS_ALONE <= _version(lock) < _NOT_READ:
        return None
    env = posixpath.join(folder, ".env")
    there = machine.kind(env) is Kind.FILE or machine.kind(f"{env}.dist") is Kind.ABSENT
    made = Effects(writes=frozenset() if there else frozenset({env}))
    return read | look(machine, env, f"{env}.local", f"{env}.dist") | made


def _version(lock: Mapping[str, Any]) -> tuple[int, ...]:
    """The version that is locked; () for one that is no release."""
    for section in ("packages", "packages-dev"):
        for package in lock.get(section) or ():
            if isinstance(package, dict) and package.get("name") == NAME:
                found = re.fullmatch(r"v?(\d+)\.(\d+)\.(\d+)", str(package.get("version")))
                return tuple(map(int, found.groups())) if found else ()
    return ()
