"""git: clone makes a directory; everything else works on the repository around it.

Traced, git 2.39: the settings are /etc/gitconfig, ~/.gitconfig and ~/.config/git/config; a
repository is looked for from the working directory upwards, but not by `git clone`.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace

from optimizer.effects.model import Effects, tree, unknown
from optimizer.effects.tool import ANY, GLOB, Command, Kind, Tool
from optimizer.effects.tools.git_variables import GIT_VARIABLES
from optimizer.effects.tools.options import split
from optimizer.effects.tools.paths import homes, place, places, read, write_words
from optimizer.effects.tools.syntax import not_known, shown, syntax

_CLONE = syntax(
    "-q --quiet -v --verbose --bare --mirror --recurse-submodules --recursive "
    "--shallow-submodules --no-shallow-submodules "
    "--single-branch --no-single-branch --no-tags --no-checkout -n --progress -l --local -s "
    "--remote-submodules --sparse "
    "--no-hardlinks --no-local --dissociate --also-filter-submodules --no-recurse-submodules "
    "--reject-shallow",
    "-b --branch --depth -c --config -o --origin --jobs -j --filter --shallow-since "
    "--shallow-exclude --bundle-uri --revision",
)
_OBSERVED = frozenset(
    "HOME XDG_CONFIG_HOME http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY "
    "ALL_PROXY NO_PROXY no_proxy SSH_* SSL_* "
    "CURL_* EMAIL EDITOR VISUAL PAGER LANG LC_* TZ".split()
) | GIT_VARIABLES
# What is done, by subcommand: only the repository is read, the work tree too, or both are changed.
_ASK = frozenset(
    "rev-parse log show rev-list tag branch remote symbolic-ref ls-tree cat-file "
    "for-each-ref name-rev merge-base shortlog reflog count-objects show-ref var "
    "blame rev-list config ls-remote".split()
)
_LOOK = frozenset("describe status diff ls-files diff-index grep archive check-ignore".split())
_CHANGE = frozenset(
    "checkout switch restore reset clean stash merge pull submodule lfs apply am "
    "cherry-pick rebase rm mv add commit fetch gc prune sparse-checkout notes "
    "update-index worktree bundle read-tree checkout-index update-ref fsck "
    "repack revert".split()
)
_NETWORK = frozenset("fetch pull submodule lfs ls-remote".split())
_HOOKED = frozenset(
    "checkout switch merge pull am cherry-pick rebase commit worktree revert stash reset".split()
)
_HARMLESS = frozenset({"--no-pager", "--bare", "-P", "--no-optional-locks", "--literal-pathspecs"})
_VERSION = re.compile(r"v?\d+\.\d+[\w.+-]*$|[0-9a-f]{40}$")


@dataclass(frozen=True)
class _Call:
    """A git command: its place (after -C), its subcommand and the words behind it."""

    command: Command
    verb: str
    words: tuple[str, ...]


def _effects(command: Command) -> Effects:
    call = _call(command)
    if isinstance(call, Effects):
        return call
    if call.verb == "clone":
        return _settings(command) | _clone(call)
    if call.verb == "config":
        return _settings(command) | _config(call)
    if call.verb == "init":
        return _settings(command) | _init(call)
    if call.verb in {"ls-remote", "version", "help", ""}:
        network = call.verb == "ls-remote"
        return _settings(command) | Effects(
            network=network, unpinned=network, seconds=1 if network else 0
        )
    if call.verb not in _ASK | _LOOK | _CHANGE:
        return unknown(f"git {shown(call.verb)} is not a command that dfopt knows")
    return _settings(command) | _inside(call)


def _call(command: Command) -> _Call | Effects:
    words = list(command.arguments)
    while words and words[0].startswith("-"):
        flag = words.pop(0)
        if flag == "-C" and words:
            command = replace(command, cwd=place(command, words.pop(0)))
        elif flag == "-c" and words:
            if re.match(
                r"(core\.(worktree|hookspath|fsmonitor|editor|sshcommand)|alias|filter"
                r"|include)",
                words.pop(0),
                re.IGNORECASE,
            ):
                return unknown("git -c with a setting that may run programs")
        elif flag in {"--version", "--help"}:
            return Effects()
        elif flag not in _HARMLESS:
            return not_known(command, flag)
    if any(mark in command.cwd for mark in (ANY, GLOB)) or command.cwd.endswith("**"):
        return unknown("the directory of git is not known")
    return _Call(command, words[0] if words else "", tuple(words[1:]))


def _settings(command: Command) -> Effects:
    names = (
        ".gitconfig",
        ".config/git/config",
        ".config/git/ignore",
        ".config/git/attributes",
        ".netrc",
        ".git-credentials",
        ".ssh/config",
        ".ssh/known_hosts",
    )
    files = frozenset(posixpath.join(command.home(), name) for name in names)
    return Effects(reads=files | {"/etc/gitconfig"}, variables=_OBSERVED)


def _clone(call: _Call) -> Effects:
    options = split(call.words, _CLONE.flags, _CLONE.valued)
    if options.unknown or not options.operands:
        return not_known(call.command, options.unknown or "clone")
    source = options.operands[0]
    name = posixpath.basename(source.rstrip("/")).removesuffix(".git") + (
        ".git" if options.has("--bare", "--mirror") else ""
    )
    folder = options.operands[1] if len(options.operands) > 1 else name
    path = place(call.command, folder)
    if path == "/**" or path.endswith("**") or ANY in source[:1]:
        return unknown("the directory that git clone makes is not known")
    made = Effects(
        probes=frozenset({path}) | homes(call.command, {path}), writes=frozenset({tree(path)})
    )
    if not re.search(r"://|^[\w.-]+@[\w.-]+:|^[\w.-]+:", source):
        return made | Effects(reads=frozenset({tree(place(call.command, source))}), seconds=1)
    fixed = _VERSION.match(options.last("-b", "--branch", "--revision") or "")
    return made | Effects(network=True, unpinned=not fixed, seconds=5)


def _config(call: _Call) -> Effects:
    """Settings of the user, the system, a file, or the repository around."""
    for flag, path in (
        ("--global", posixpath.join(call.command.home(), ".gitconfig")),
        ("--system", "/etc/gitconfig"),
    ):
        if flag in call.words:
            other = (
                {posixpath.join(call.command.home(), ".config/git/config")}
                if flag == "--global"
                else set()
            )
            return Effects(reads=frozenset({path}), writes=frozenset({path, *other}))
    if "-f" in call.words or "--file" in call.words:
        files = [
            w for f, w in zip(call.words, call.words[1:], strict=False) if f in {"-f", "--file"}
        ]
        return read(call.command, files) | write_words(call.command, files, sure=False)
    return _inside(call)


def _init(call: _Call) -> Effects:
    words = [w for w in call.words if not w.startswith("-")]
    valued = {"-b", "--initial-branch"} & set(call.words)
    if any(w.startswith(("--template", "--separate-git-dir")) for w in call.words) or any(
        ANY in w for w in words
    ):
        return unknown("this use of git init is not known")
    folder = place(call.command, next(iter(words[1:] if valued else words), "."))
    inside = tree(posixpath.join(folder, ".git"))
    return Effects(
        reads=frozenset({inside}), writes=frozenset({inside, folder} - {call.command.cwd})
    )


def _roots(command: Command) -> tuple[list[str], bool]:
    """The directories that may be the repository's top, and whether one of them surely is."""
    found, folder = [], command.cwd
    while True:
        kind = command.machine.kind(posixpath.join(folder, ".git"))
        if kind is not Kind.ABSENT:
            found.append(folder)
        if kind in {Kind.DIRECTORY, Kind.FILE}:
            return found, True
        if folder == "/":
            return found, False
        folder = posixpath.dirname(folder)


def _inside(call: _Call) -> Effects:
    """A command in a repository: it is looked for upwards from the working directory."""
    command, verb = call.command, call.verb
    roots, sure = _roots(command)
    above = [command.cwd]
    while above[-1] != "/":
        above.append(posixpath.dirname(above[-1]))
    probes = frozenset(
        posixpath.join(folder, ".git")
        for folder in above
        if not sure or folder.startswith(roots[-1])
    )
    if sure and command.machine.kind(posixpath.join(roots[-1], ".git")) is Kind.FILE:
        return unknown("the repository of git is not where it is looked for (.git is a file)")
    if sure and verb in _HOOKED:
        return unknown(f"git {verb} may run the hooks of the project's own repository")
    stores = frozenset(tree(posixpath.join(root, ".git")) for root in roots)
    if not roots:
        stores |= {posixpath.join(command.cwd, ".git")}  # asked for in vain: it fails
    network = verb in _NETWORK or call.words[:2] == ("remote", "update")
    seen = Effects(
        probes=probes,
        reads=stores,
        network=network,
        unpinned=network,
        seconds=3 if network else 0.3,
    )
    given = read(
        command, (w for w in call.words if verb in {"apply", "am"} and not w.startswith("-"))
    )
    return seen | given | _touched(call, roots)


def _touched(call: _Call, roots: list[str]) -> Effects:
    """What a subcommand does to the work tree and the repository."""
    trees = frozenset(tree(root) for root in roots)
    stores = frozenset(tree(posixpath.join(root, ".git")) for root in roots)
    if call.verb in _ASK:
        asks = call.verb not in {
            "config",
            "tag",
            "branch",
            "remote",
            "symbolic-ref",
        } or _only_asks(call)
        return Effects() if asks else Effects(writes=stores)
    if call.verb in _LOOK:
        outputs = [w.partition("=")[2] for w in call.words if w.startswith("--output=")]
        outputs += [w for f, w in zip(call.words, call.words[1:], strict=False) if f == "-o"]
        plain = call.verb == "describe" and not any(
            w.startswith(("--dirty", "--broken")) for w in call.words
        )
        looked = (
            Effects()
            if plain
            else Effects(
                reads=trees, writes=frozenset(f"{root.rstrip('/')}/.git/index" for root in roots)
            )
        )
        return looked | write_words(call.command, outputs, sure=False)
    if "/**" in trees:
        return unknown(f"git {call.verb} may change any file")
    # `lfs install` writes the user's settings, `apply` and `rm` any file below the top.
    own = places(call.command, ["."]) if call.verb == "apply" else frozenset[str]()
    user = (
        frozenset({posixpath.join(call.command.home(), ".gitconfig")})
        if call.verb == "lfs"
        else frozenset[str]()
    )
    below = frozenset(tree(path) for path in own)
    return Effects(reads=trees | below, writes=trees | below | user)


def _only_asks(call: _Call) -> bool:
    words = [w for w in call.words if not w.startswith("-")]
    listing = {
        "--get",
        "--get-all",
        "--list",
        "-l",
        "--get-regexp",
        "--show-current",
        "-v",
        "-a",
        "-r",
        "--points-at",
        "--contains",
        "--sort",
        "--short",
        "get-url",
    }
    return not words or bool(listing & {w.partition("=")[0] for w in call.words})


GIT: Tool = Tool("git", ("git",), _effects, "clone; what a command does to the repository around")
