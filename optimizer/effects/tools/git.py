"""git: clone writes a folder; everything else works on the repository around it."""

from __future__ import annotations

import posixpath
import re

from optimizer.effects.model import Effects, tree, unknown
from optimizer.effects.tool import ANY, GLOB, Command, Tool
from optimizer.effects.tools.options import split


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FLAGS = _set("-q --quiet -v --verbose --bare --mirror --recurse-submodules --recursive --shallow-submodules --single-branch --no-single-branch --no-tags --no-checkout -n --progress -l --local -s --remote-submodules --sparse --no-hardlinks")
_VALUED = _set("-b --branch --depth -c --config -o --origin --jobs -j --filter --reference --shallow-since --template --separate-git-dir")
_OBSERVED = _set("GIT_* HOME XDG_CONFIG_HOME http_proxy https_proxy HTTPS_PROXY HTTP_PROXY NO_PROXY no_proxy ALL_PROXY SSH_* EMAIL EDITOR LANG LC_*")
_COMMIT = re.compile(r"[0-9a-f]{40}")
# Read the repository (and, some, the work tree), write nothing that is not below it.
_IN_REPOSITORY = _set("checkout fetch pull reset submodule init add commit apply am remote describe rev-parse log show status rev-list tag branch clean diff ls-files lfs switch restore merge cherry-pick stash gc sparse-checkout rm mv archive symbolic-ref")


def _settings(command: Command) -> Effects:
    home = command.home()
    files = frozenset(posixpath.join(home, n) for n in (".gitconfig", ".config/git/config", ".netrc", ".git-credentials"))
    return Effects(probes=files, variables=_OBSERVED)


def _effects(command: Command) -> Effects:
    words = list(command.arguments)
    cwd = command.cwd
    while words and words[0].startswith("-"):
        flag = words.pop(0)
        if flag == "-C" and words:
            cwd = command.path(words.pop(0))
        elif flag == "-c" and words:
            words.pop(0)
        elif flag not in {"--no-pager", "--version", "--bare", "-P"}:
            return unknown(f"git {flag} is not modelled")
    if not words:
        return _settings(command)
    verb, rest = words[0], tuple(words[1:])
    if verb == "clone":
        return _clone(command, rest, cwd)
    if verb == "config":
        return _config(command, rest, cwd)
    if verb == "ls-remote":
        return _settings(command) | Effects(network=True, unpinned=True, seconds=1)
    if verb not in _IN_REPOSITORY or ANY in cwd:
        return unknown(f"git {verb} is not modelled".replace(ANY, "?"))
    return _inside(command, verb, cwd)


def _clone(command: Command, rest: tuple[str, ...], cwd: str) -> Effects:
    found = split(rest, _FLAGS, _VALUED)
    if found.unknown or not found.operands:
        return unknown(f"git clone {found.unknown} is not modelled")
    source = found.operands[0]
    name = posixpath.basename(source.rstrip("/")).removesuffix(".git")
    folder = found.operands[1] if len(found.operands) > 1 else name
    if ANY in folder or GLOB in folder:
        return unknown("the folder that git clone writes is not known")
    path = command.path(folder, cwd)
    if not re.search(r"://|^[\w.-]+@|:", source) and ANY not in source:
        return unknown("git clone of a local repository is not modelled")
    cloned = Effects(probes=frozenset({path}), writes=frozenset({tree(path)}), network=True, unpinned=True, seconds=5)
    return _settings(command) | cloned


def _config(command: Command, rest: tuple[str, ...], cwd: str) -> Effects:
    if "--global" in rest:
        home = posixpath.join(command.home(), ".gitconfig")
        return _settings(command) | Effects(reads=frozenset({home}), writes=frozenset({home}))
    if "--system" in rest:
        return _settings(command) | Effects(reads=frozenset({"/etc/gitconfig"}), writes=frozenset({"/etc/gitconfig"}))
    return _inside(command, "config", cwd)


def _inside(command: Command, verb: str, cwd: str) -> Effects:
    """A command in a repository: it is searched for upwards, and belongs to it as a whole."""
    roots = [cwd]
    while roots[-1] != "/":
        roots.append(posixpath.dirname(roots[-1]))
    probes = frozenset(posixpath.join(r, ".git") for r in roots)
    known = next((r for r in roots if command.machine.names(posixpath.join(r, ".git"))), cwd)
    network = verb in {"fetch", "pull", "submodule", "lfs"}
    whole = frozenset({tree(known)})
    return _settings(command) | Effects(
        reads=whole, probes=probes, writes=whole, network=network, unpinned=network, seconds=3 if network else 0.3
    )


GIT: Tool = Tool("git", ("git",), _effects, "clone; in a repository the whole of it")
