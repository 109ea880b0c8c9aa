"""What every RUN reads without naming it: its programs, libraries and settings.

A command is found on PATH, linked against libraries, and looks into `/etc` (users, hosts,
certificates, `ld.so.cache`); a shell and most tools look for hidden files in HOME. So an
install into `/usr` stands before every later RUN, and a COPY into such a place before those
that may see it (DESIGN.md 3.4).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from optimizer.effects.local import LOCAL
from optimizer.effects.model import NONE, Effects, Paths, tree
from optimizer.effects.state import State
from optimizer.effects.tool import Kind, Machine, clean

# Filesystem Hierarchy Standard 3.0: programs, libraries and settings of the system.
_PLACES = (
    frozenset(
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
            "usr/sbin",
            "usr/share",
        ]
    )
    | LOCAL
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

# Variables that name code which a program runs unasked: startup files, preloaded libraries and
# modules, agents. (bash(1), dash(1), ld.so(8), nodejs.org/api/cli.html, perlrun(1), ruby(1), the
# JVM's launcher.)
_CODE = frozenset(
    "BASH_ENV ENV LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT NODE_OPTIONS PERL5OPT PERL5LIB PERLLIB "
    "RUBYOPT RUBYLIB JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS".split()
)
# Those that name settings and certificates. (git-config(1), openssl(1), curl(1), wget(1), GNU
# make's manual, docs.npmjs.com "config", pip's "Configuration".)
_SETTING = frozenset(
    "NODE_EXTRA_CA_CERTS GIT_CONFIG_GLOBAL GIT_CONFIG_SYSTEM OPENSSL_CONF SSL_CERT_FILE SSL_CERT_DIR CURL_HOME "
    "CURL_CA_BUNDLE GIT_SSL_CAINFO REQUESTS_CA_BUNDLE PIP_CERT PIP_CONFIG_FILE MAKEFILES "
    "WGETRC LOCPATH TERMINFO XDG_CONFIG_HOME XDG_CONFIG_DIRS "
    "NPM_CONFIG_USERCONFIG npm_config_userconfig NPM_CONFIG_GLOBALCONFIG".split()
)
# How names of libraries begin, and the folders in which the loader looks for those of a processor.
_LIBRARIES = tuple(
    "lib ld- glibc-hwcaps/ tls/ x86_64/ haswell/ avx512_1/ aarch64/ atomics/ i686/".split()
)
# The paths in such a value: `--require ./hook.js`, `-javaagent:/agent.jar`, `/a:/b`.
_PATH = re.compile(r"(?:(?<=[\s:;,=\"'@])|^)\.{0,2}/[^\s:;,=\"']*")


def _named(state: State, names: frozenset[str]) -> Iterator[tuple[str, str]]:
    """(variable, path) for the paths that variables tell every program of."""
    for name in sorted(names & state.variables.keys()):
        for found in _PATH.findall(state.variables[name] or ""):
            yield name, clean(posixpath.join(state.cwd or "/", found))


def _code(state: State, machine: Machine) -> Effects:
    """Code that variables name: of the project, it may do anything."""
    seen = NONE
    for name, path in _named(state, _CODE):
        if name == "LD_LIBRARY_PATH":
            seen |= _libraries(path, machine)
            continue
        seen |= Effects(reads=frozenset({tree(path)}))
        if machine.kind(path) in {Kind.FILE, Kind.LINK}:
            seen = seen.in_doubt(f"{name} names {path}, which dfopt does not read")
    return seen


def _libraries(folder: str, machine: Machine) -> Effects:
    """What the loader may take from a folder: libraries in it, not below it (ld.so(8))."""
    own = {f"{folder}/{name}" for name in machine.names(folder) if ".so" in name}
    usual = {f"{folder}/{name}**" for name in _LIBRARIES}
    return Effects(reads=frozenset(own | usual))


def ambient(state: State, machine: Machine) -> Effects:
    """The reads that any RUN may do in this state."""
    return _code(state, machine) | Effects(reads=usual(state))


def usual(state: State) -> Paths:
    """Where any RUN looks for programs, libraries and settings."""
    path = state.variables.get("PATH") or ""
    places = {tree(clean(folder)) for folder in path.split(":") if folder.startswith("/")}
    home = state.variables.get("HOME") or ("/root" if state.root or state.user is None else None)
    if home is None:
        home = f"/home/{(state.user or '').split(':')[0]}"
    prefix = clean(home).rstrip("/") + "/"
    settings = {prefix + name for name in _SETTINGS}
    settings |= {tree(path) for _, path in _named(state, _SETTING)}
    return _PLACES | places | settings
