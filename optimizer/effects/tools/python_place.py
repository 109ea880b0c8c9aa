"""Where a Python installs: the prefixes it may have, what it reads of them and writes in them."""

from __future__ import annotations

import posixpath
import re

from optimizer.effects.model import Effects, tree
from optimizer.effects.tool import ANY, Command, Kind, Machine
from optimizer.effects.tools.regions import LANGUAGE_WRITES

# What pip and its kin observe by themselves; what they build may observe anything.
VARIABLES = frozenset(
    "PIP_* PYTHON* VIRTUAL_ENV CONDA_* HOME PATH USER XDG_* TMPDIR TEMP TMP LANG LC_* NETRC "
    "http_proxy https_proxy HTTP_PROXY HTTPS_PROXY no_proxy NO_PROXY all_proxy ALL_PROXY "
    "REQUESTS_CA_BUNDLE CURL_CA_BUNDLE SSL_CERT_FILE SSL_CERT_DIR GIT_* SSH_AUTH_SOCK "
    "SOURCE_DATE_EPOCH _PYTHON_HOST_PLATFORM".split()
)
# The places of a Python that no PATH tells of: conda and virtual environments by custom.
_USUAL = frozenset(
    tree(f"/opt/{name}")
    for name in "conda miniconda miniconda3 miniforge3 mambaforge venv .venv env virtualenv python pyenv bitnami".split()
)


def look(machine: Machine, *paths: str) -> Effects:
    """Read what may be there, probe what is not: for files that are read if they exist."""
    absent = {p for p in paths if machine.kind(p) in {Kind.ABSENT, Kind.DIRECTORY}}
    return Effects(reads=frozenset(paths) - absent, probes=frozenset(absent))


def homes(command: Command) -> tuple[str, ...]:
    """The home directories that may be the user's."""
    found = [command.home()]
    if "HOME" not in command.env and not command.user and not command.env_complete:
        # The base may have set a user of its own, whose home the project may stand in.
        found += re.findall(r"^/home/[^/]+", command.cwd)
    return tuple(h for h in dict.fromkeys(found) if ANY not in h)


def prefixes(command: Command) -> tuple[str, ...]:
    """The folders above the `bin` folders on the PATH, and that of the program itself."""
    folders = [
        f for f in command.env.get("PATH", "").split(":") if f.startswith("/") and ANY not in f
    ]
    if "/" in command.program:
        folders.insert(0, posixpath.dirname(command.path(command.program)))
    if "VIRTUAL_ENV" in command.env and ANY not in command.env["VIRTUAL_ENV"]:
        folders.insert(0, posixpath.join(command.env["VIRTUAL_ENV"], "bin"))
    tops = [posixpath.dirname(f.rstrip("/")) for f in folders if f.rstrip("/").endswith("bin")]
    return tuple(t for t in dict.fromkeys(tops) if t not in {"/", "/usr", "/usr/local", ""})


def site(command: Command) -> Effects:
    """What an install reads and writes of the Python that it installs into."""
    own = frozenset(tree(p) for p in prefixes(command) if p not in homes(command))
    usual = frozenset() if command.env_complete else _USUAL
    local = frozenset(tree(f"{home}/.local") for home in homes(command))
    return Effects(
        reads=own | usual | local | {tree("/usr/local/lib"), tree("/usr/lib")},
        writes=LANGUAGE_WRITES | own | usual | local,
        variables=VARIABLES,
    )
