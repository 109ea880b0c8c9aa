"""yarn: 1.22 ("classic") and 2 to 4, as the project says which one it is."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import replace

from optimizer.effects.bases import replacing_npm
from optimizer.effects.model import NONE, Effects, tree, unknown
from optimizer.effects.tool import Command, Kind, Tool, known
from optimizer.effects.tools.corepack import manager_file
from optimizer.effects.tools.node_package import in_folder, look, read_package, workspace_globs
from optimizer.effects.tools.node_root import find_root
from optimizer.effects.tools.node_run import is_running, own_program, run_named
from optimizer.effects.tools.node_scripts import after
from optimizer.effects.tools.node_words import Grammar, parse
from optimizer.effects.tools.yarn_ahead import installing
from optimizer.effects.tools.yarn_install import (
    base,
    cache_dir,
    install_effects,
    with_install_words,
)
from optimizer.effects.tools.yarn_project import Yarn, project
from optimizer.effects.tools.yarn_rc import read_rc

_GRAMMAR = Grammar(
    values=frozenset(
        ["cwd", "cache-folder", "modules-folder", "network-timeout", "network-concurrency", "registry", "mutex", "use-yarnrc", "mode", "from", "include", "exclude", "jobs", "since", "prefix", "proxy", "https-proxy", "preferred-cache-folder", "global-folder", "link-folder", "otp", "pattern", "version", "child-concurrency", "emoji-format"]
    ),
    switches=frozenset(
        ["frozen-lockfile", "immutable", "immutable-cache", "check-cache", "production", "pure-lockfile", "lockfile", "ignore-scripts", "ignore-engines", "ignore-optional", "ignore-platform", "silent", "verbose", "json", "non-interactive", "no-progress", "progress", "no-lockfile", "offline", "prefer-offline", "force", "flat", "no-bin-links", "bin-links", "check-files", "skip-integrity-check", "inline-builds", "skip-builds", "refresh-lockfile", "check-resolutions", "dev", "peer", "optional", "exact", "tilde", "caret", "interactive", "emoji", "no-emoji", "all", "worktree", "recursive", "parallel", "interlaced", "topological", "topological-dev", "no-private", "update-checksums", "no-default-rc", "ignore-workspace-root-check", "audit", "focus", "link-duplicates", "har", "strict-semver", "update-notifier", "no-default-rc", "no-cache-clean", "mirror", "top-level", "binaries-only", "enable-pnp", "disable-pnp", "latest", "scripts-prepend-node-path", "no-node-version-check", "node-version-check", "no-audit", "fund", "cached", "version", "help", "verbose-network"]
    ),
    short={
        "s": "silent", "D": "dev", "P": "peer", "O": "optional", "E": "exact", "T": "top-level",
        "W": "ignore-workspace-root-check", "A": "all", "p": "parallel", "t": "topological",
        "v": "verbose", "i": "interlaced", "j": "jobs", "R": "recursive", "B": "binaries-only",
        "h": "help", "V": "version",
    },
    stop_at=frozenset({"run", "exec", "dlx", "node", "workspace"}),
)  # fmt: skip

# A word that is none of these is a script or a program of node_modules.
_CHANGES = frozenset(
    {"add", "remove", "upgrade", "up", "upgrade-interactive", "dedupe", "import", "link", "unlink"}
)
_PRINTS = frozenset(
    {
        "list",
        "info",
        "why",
        "outdated",
        "versions",
        "bin",
        "help",
        "licenses",
        "audit",
        "check",
        "--version",
        "whoami",
        "owner",
        "tag",
    }
)


def effects(command: Command) -> Effects:
    """What a yarn command does."""
    arguments = command.arguments
    if not known(command.cwd) or any(not known(a) for a in arguments[:1]):
        return unknown("the words of a yarn command are not known")
    words = parse(_own_part(arguments), _GRAMMAR)
    if folder := words.last("cwd") or words.last("prefix"):
        command = replace(command, cwd=command.path(folder))
    root, here, seen = find_root(command)
    rc = read_rc(command, root)
    rc = replace(rc, effects=rc.effects | seen | manager_file(command))
    if rc.effects.doubt:
        return rc.effects
    yarn = Yarn(command, words, rc, root, here)
    verb = words.words[0] if words.words else ""
    if words.on("version") or words.on("help"):
        return _quiet(yarn)
    answer = _VERBS.get(verb)
    if answer is None:
        return _script(yarn, verb, arguments[arguments.index(verb) + 1 :])
    if words.unknown:
        return unknown(f"yarn {words.unknown} is not a flag that dfopt knows")
    return answer(yarn)


def _own_part(arguments: tuple[str, ...]) -> tuple[str, ...]:
    """Without the words behind a script's name: they are the script's."""
    for at, word in enumerate(arguments):
        if not word.startswith("-") and (
            at == 0 or arguments[at - 1] not in {"--cwd", "--prefix"}
        ):
            return arguments if word in _VERBS else arguments[: at + 1]
    return arguments


def _quiet(yarn: Yarn) -> Effects:
    """It prints something, and may write what it wrote before: its state."""
    written = replace(base(yarn), network=False, caches=(), seconds=0.5)
    return yarn.rc.effects | written


def _reading(yarn: Yarn) -> Effects:
    files = in_folder(yarn.root, ("package.json", "yarn.lock"))
    modules = Effects(reads=frozenset({posixpath.join(yarn.root, "node_modules/**")}))
    return _quiet(yarn) | look(yarn.command.machine, *files) | modules | Effects(network=True)


def _ran(yarn: Yarn) -> Effects:
    """What `yarn run` itself takes: settings; yarn 2 and later the whole project's manifests."""
    quiet = _quiet(yarn)
    if not yarn.rc.modern:
        # Of its cache it makes the folders, and leaves what is in them (1.22, measured).
        cache = cache_dir(yarn).path
        folders = frozenset({cache, *in_folder(cache, ("v6", "v6/.tmp"))})
        return replace(quiet, writes=quiet.writes - {tree(cache)} | folders)
    _, seen = project(yarn)
    state = (".pnp.cjs", ".pnp.js", ".pnp.loader.mjs", ".yarn/install-state.gz", "yarn.lock")
    written = frozenset(in_folder(yarn.root, (".yarn/install-state.gz",)))
    return (
        quiet
        | seen
        | look(yarn.command.machine, *in_folder(yarn.root, state))
        | Effects(writes=written)
    )


def _script(yarn: Yarn, name: str, arguments: tuple[str, ...]) -> Effects:
    """`yarn NAME`, `yarn run NAME`: a script of the package, else a program of node_modules."""
    if name == "":
        return installing(with_install_words(yarn))
    if not known(name, *arguments):
        return unknown(f"the words of yarn {name} are not known")
    start, machine = _ran(yarn), yarn.command.machine
    package, seen = read_package(machine, yarn.here)
    start |= seen
    if package is None:
        return start if start.doubt else start.in_doubt(f"there is no package.json in {yarn.here}")
    command = replace(yarn.command, cwd=yarn.here)
    if name in package.scripts:
        whole, more = project(yarn)
        hooks = not yarn.rc.modern
        if whole is None:
            return start | more
        # Which programs the workspaces bring is asked of them, but nothing of it is read.
        return start | run_named(
            after(command, start), whole, package, name, arguments, hooks=hooks
        )
    root, _ = read_package(machine, yarn.root)
    globs = workspace_globs(root) if root else ()
    return own_program(machine, yarn.root, globs, name) or (
        start | machine.call(after(command, start).with_words(name, *arguments))
    )


def _run(yarn: Yarn) -> Effects:
    words = (*yarn.words.words[1:], *yarn.words.rest)
    return _script(yarn, words[0], words[1:]) if words else _ran(yarn)


def _exec(yarn: Yarn) -> Effects:
    """`yarn exec`, `yarn node`, `yarn dlx`: another program."""
    verb, words = yarn.words.words[0], (*yarn.words.words[1:], *yarn.words.rest)
    start = _ran(yarn)
    if verb == "node":
        words = ("node", *words)
    if not words or not known(*words):
        return unknown(f"what yarn {verb} runs is not known")
    if verb == "dlx":
        start |= base(yarn) | Effects(unpinned=True)
        words = (words[0].rpartition("/")[2].partition("@")[0] or words[0], *words[1:])
    return start | yarn.command.machine.call(yarn.command.with_words(words[0], *words[1:]))


def _workspace(yarn: Yarn) -> Effects:
    """`yarn workspace NAME ...`: yarn, in that package's folder."""
    words = (*yarn.words.words[1:], *yarn.words.rest)
    found, seen = project(yarn)
    start = yarn.rc.effects | seen
    if found is None or not words:
        return (
            start if start.doubt else start.in_doubt("which workspace yarn works in is not known")
        )
    for member in (found.root, *found.members):
        if member.name == words[0]:
            inner = replace(yarn.command, cwd=member.folder).with_words("yarn", *words[1:])
            return start | effects(inner)
    return start.in_doubt(f"there is no workspace named {words[0]}")


def _workspaces(yarn: Yarn) -> Effects:
    """`yarn workspaces focus` installs; `run` and `foreach` run a command in each package."""
    words = (*yarn.words.words[1:], *yarn.words.rest)
    if words[:1] == ("focus",):
        return install_effects(yarn)
    if words[:1] in {("list",), ("info",)}:
        return _ran(yarn) | project(yarn)[1]
    found, seen = project(yarn)
    if found is None or len(words) < 2 or words[0] not in {"run", "foreach"}:
        return seen | unknown(f"yarn workspaces {' '.join(words)} is not modelled")
    inner = words if words[0] == "run" else words[1:]
    done = yarn.rc.effects | seen
    for member in (found.root, *found.members) if words[0] == "foreach" else found.members:
        script = inner[1] if inner[:1] == ("run",) and len(inner) > 1 else ""
        if script and (script not in member.scripts or is_running(yarn.command, member, script)):
            continue
        command = replace(after(yarn.command, done), cwd=member.folder)
        done |= effects(command.with_words("yarn", *inner)).maybe()
    return done


def _global(yarn: Yarn) -> Effects:
    """`yarn global add` (yarn 1): nothing of the project but its settings."""
    names = yarn.words.words[2:]
    if yarn.words.words[1:2] != ("add",) or any(
        n.startswith((".", "/", "file:", "link:")) for n in names
    ):
        return unknown(f"yarn {' '.join(yarn.words.words)} is not modelled")
    home = yarn.command.home()
    places = (
        "/usr/local/share/.config/**",
        "/usr/local/bin/**",
        "/usr/bin/**",
        *in_folder(home, (".config/**", ".yarn/**", ".npm-packages/**")),
        *replacing_npm(names),
    )
    named = yarn.words.last("prefix") or yarn.words.last("global-folder")
    more = (tree(yarn.command.path(named)),) if named else ()
    return (
        yarn.rc.effects | base(yarn) | Effects(writes=frozenset((*places, *more)), unpinned=True)
    )


def _cache(yarn: Yarn) -> Effects:
    """`yarn cache clean` empties the caches, the project's own too (yarn 2 and later)."""
    done = _quiet(yarn)
    if not yarn.rc.modern:
        return done
    held = frozenset({posixpath.join(yarn.root, ".yarn/cache/**")})
    there = yarn.command.machine.kind(posixpath.join(yarn.root, ".yarn/cache")) is not Kind.ABSENT
    return done | (Effects(reads=held, writes=held) if there else NONE)


def _config(yarn: Yarn) -> Effects:
    """`yarn config set`: ~/.yarnrc for yarn 1, the project's .yarnrc.yml later (-H: the home's)."""
    if yarn.words.words[1:2] not in {("set",), ("delete",), ("unset",)}:
        return _quiet(yarn)
    places = {posixpath.join(yarn.command.home(), n) for n in (".yarnrc", ".yarnrc.yml", ".npmrc")}
    if yarn.rc.modern:
        places.add(posixpath.join(yarn.root, ".yarnrc.yml"))
    return _quiet(yarn) | Effects(reads=frozenset(places), writes=frozenset(places))


def _version(yarn: Yarn) -> Effects:
    """`yarn set version`, `yarn plugin import`: they change the project's yarn."""
    names = (
        ".yarnrc.yml",
        ".yarnrc",
        "package.json",
        "yarn.lock",
        ".yarn/releases/**",
        ".yarn/plugins/**",
    )
    changed = frozenset(in_folder(yarn.root, names))
    seen = look(yarn.command.machine, *in_folder(yarn.root, names[:4]))
    return _quiet(yarn) | seen | Effects(writes=changed, network=True, unpinned=True)


def _doubt(yarn: Yarn) -> Effects:
    return unknown(f"yarn {' '.join(yarn.words.words)} is not modelled")


_VERBS: dict[str, Callable[[Yarn], Effects]] = {
    "": installing,
    "install": installing,
    **dict.fromkeys(_CHANGES - {"link", "unlink", "import"}, install_effects),
    **dict.fromkeys(_PRINTS, _reading),
    "run": _run,
    **dict.fromkeys(("exec", "node", "dlx"), _exec),
    "workspace": _workspace,
    "workspaces": _workspaces,
    "global": _global,
    "cache": _cache,
    "config": _config,
    "set": _version,
    "plugin": _version,
    **dict.fromkeys(("policies", "link", "unlink", "import", "init", "create", "pack", "publish", "npm", "rebuild", "constraints", "stage", "patch", "patch-commit", "version", "login", "logout", "autoclean", "unplug", "generate-lock-entry", "self-update"), _doubt),
}  # fmt: skip

YARN = Tool(
    "yarn",
    ("yarn", "yarnpkg"),
    effects,
    "install, run, workspaces, global ... of yarn 1 to 4: locks, Plug'n'Play, patches, plugins, lifecycle scripts",
)
