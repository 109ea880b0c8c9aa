"""dfopt: rewrites Dockerfiles so that rebuilds hit the cache and the image stays the same.

    from optimizer import optimize, simulate

Nothing here prints, exits or keeps global state; all of it may be called from many threads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optimizer.cache.simulate import Printed, Situation, simulate
    from optimizer.errors import UserError
    from optimizer.pipeline import Also, Decision, Project, Result, optimize
    from optimizer.settings import Settings

__version__ = "0.1.0"
__all__ = [
    "Also", "Decision", "Printed", "Project", "Result", "Settings", "Situation", "UserError",
    "optimize", "simulate",
]  # fmt: skip

_HOMES = {
    "UserError": "optimizer.errors",
    "Settings": "optimizer.settings",
    **dict.fromkeys(("Also", "Decision", "Project", "Result", "optimize"), "optimizer.pipeline"),
    **dict.fromkeys(("Printed", "Situation", "simulate"), "optimizer.cache.simulate"),
}


def __getattr__(name: str) -> Any:
    """Import on first use: `dfopt --version` needs none of it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'optimizer' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - likewise

    return getattr(import_module(_HOMES[name]), name)
