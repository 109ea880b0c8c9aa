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

# Settings in HOME that shells, loaders, compilers and fetching tools look for by themselves; what
# a tool reads beyond these, its own file says.
_SETTINGS = tuple(
    ".bash_profile .bashrc .profile .inputrc .netrc .terminfo/** .ssh/** .gnupg/** .config/** "
    ".local/** .cache/** .gitconfig .git-credentials .curlrc .wgetrc .npmrc .yarnrc .yarnrc.yml "
    ".pip/** .pypirc .pydistutils.cfg .condarc .cargo/** .rustup/** .gemrc .gem/** .bundle/** "
    ".m2/** .gradle/** .nuget/** .dotnet/** .composer/** .hex/** .mix/** .docker/config.json "
    ".aws/** .azure/** .java/** .perl5/** .cpan/** .Rprofile .Renviron .hgrc".split()
)


def ambient(state: State) -> Effects:
    """The reads that any RUN may do in this state."""
    path = state.variables.get("PATH") or ""
    places = {tree(clean(folder)) for folder in path.split(":") if folder.startswith("/")}
    home = state.variables.get("HOME") or ("/root" if state.root or state.user is None else None)
    if home is None:
        home = f"/home/{(state.user or '').split(':')[0]}"
    prefix = clean(home).rstrip("/") + "/"
    return Effects(reads=_PLACES | places | {prefix + name for name in _SETTINGS})
