"""What every RUN reads without naming it: its programs, libraries and settings.

A command is found on PATH, linked against libraries, and looks into `/etc` (users, hosts,
certificates, `ld.so.cache`); a shell and most tools look for hidden files in HOME. So an
install into `/usr` stands before every later RUN, and a COPY into such a place before those
that may see it (DESIGN.md 3.4).
"""

from __future__ import annotations

from optimizer.effects.model import Effects, tree
from optimizer.effects.state import State
from optimizer.effects.tool import clean

# Filesystem Hierarchy Standard 3.0: programs, libraries and settings of the system.
_PLACES = frozenset(
    tree(f"/{name}")
    for name in [
        "bin",
        "etc",
        "lib",
        "lib32",
        "lib64",
        "sbin",
        "usr/bin",
        "usr/include",
        "usr/lib",
        "usr/lib32",
        "usr/lib64",
        "usr/libexec",
        "usr/local",
        "usr/sbin",
        "usr/share",
    ]
)


def ambient(state: State) -> Effects:
    """The reads that any RUN may do in this state."""
    path = state.variables.get("PATH") or ""
    places = {tree(clean(folder)) for folder in path.split(":") if folder.startswith("/")}
    home = state.variables.get("HOME") or ("/root" if state.root or state.user is None else None)
    if home is None:
        home = f"/home/{(state.user or '').split(':')[0]}"
    return Effects(reads=_PLACES | places | {clean(home).rstrip("/") + "/.**"})
