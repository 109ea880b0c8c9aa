"""npm: installs what package.json and its lock file name, and runs the project's scripts."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import replace

from optimizer.effects.model import Effects, tree, unknown
from optimizer.effects.tool import Command, Tool, known
from optimizer.effects.tools import npm6
from optimizer.effects.tools.node_package import in_folder, look, read_package, workspace_globs
from optimizer.effects.tools.node_root import find_root
from optimizer.effects.tools.node_run import run_effects
from optimizer.effects.tools.node_scripts import NODE_VARIABLES
from optimizer.effects.tools.node_words import Words, parse
from optimizer.effects.tools.npm_ahead import installing
from optimizer.effects.tools.npm_exec import exec_effects
from optimizer.effects.tools.npm_install import (
    TEMPORARY,
    Install,
    base,
    global_install,
    install_effects,
    unknown_word,
)
from optimizer.effects.tools.npm_settings import GRAMMAR, settings


def effects(command: Command) -> Effects:
    """What an npm command does."""
    words = parse(command.arguments, GRAMMAR)
    if doubt := unknown_word(command, words):
        return doubt
    verb = words.words[0] if words.words else ""
    if not verb or words.on("version") or words.on("help"):
        return _quiet(command)
    answer = _VERBS.get(verb)
    if answer is None:
        return unknown(f"npm {verb} is not a command that dfopt knows")
    if not known(*words.flags.get("prefix", ()), command.cwd):
        return unknown("the folder that npm works in is not known")
    return answer(_begin(command, words))


def _begin(command: Command, words: Words) -> Install:
    """The run of npm: its folder and settings."""
    prefix = words.last("prefix") if words.on("global") is not True else None
    if prefix:
        root = command.path(prefix)
        return Install(
            replace(command, cwd=root), words, settings(command, words, root), root, root
        )
    root, here, seen = find_root(command)
    if npm6.major(command) in npm6.EARLIER:
        root = here
    read = settings(command, words, root)
    return Install(command, words, replace(read, effects=read.effects | seen), root, here)


def _quiet(command: Command) -> Effects:
    """`npm --version` and the like: settings are read, a log is kept."""
    logs = posixpath.join(command.home(), ".npm/_logs")
    seen = look(command.machine, *in_folder(command.cwd, (".npmrc", "package.json")))
    return seen | Effects(
        writes=frozenset({tree(logs), *TEMPORARY}),
        variables=NODE_VARIABLES,
        seconds=0.5,
    )


def _install(install: Install) -> Effects:
    if install.settings.on("global") or install.settings.get("location") == "global":
        return global_install(_outside(install))
    return installing(install)


def _outside(install: Install) -> Install:
    """Without the settings of the project, which a global npm does not read (npm 8, 11)."""
    return replace(install, settings=settings(install.command, install.words, "/"), root="/")


def _ci(install: Install) -> Effects:
    return installing(replace(install, clean=True))


def _then_test(first: Callable[[Install], Effects]) -> Callable[[Install], Effects]:
    def both(install: Install) -> Effects:
        done = replace(first(install), ahead=())
        return done | _script(install, "test", ())

    return both


def _run(install: Install) -> Effects:
    names = install.words.words[1:]
    if not names:
        return _reading(install)
    return _script(install, names[0], (*names[1:], *install.words.rest))


def _script(install: Install, name: str, arguments: tuple[str, ...]) -> Effects:
    return run_effects(install, name, arguments)


def _named(name: str) -> Callable[[Install], Effects]:
    """`npm test`, `npm start`: the script of that name."""
    return lambda install: _script(install, name, (*install.words.words[1:], *install.words.rest))


def _restart(install: Install) -> Effects:
    package, seen = read_package(install.command.machine, install.root)
    if package and "restart" in package.scripts:
        return _script(install, "restart", ())
    return seen | _script(install, "stop", ()) | _script(install, "start", ())


def _prune(install: Install) -> Effects:
    """Removes what is not asked for, and saves the lock; workspaces' scripts may run (npm 8, 11)."""
    words = replace(install.words, words=("install",))
    return install_effects(replace(install, words=words, partial=True))


def _rebuild(install: Install) -> Effects:
    """Builds what is installed again, and runs the project's install scripts (npm 8, 11)."""
    if install.settings.on("global"):
        return unknown("npm rebuild -g is not modelled")
    rebuilt = replace(install.words, words=("install",))
    return install_effects(replace(install, words=rebuilt))


def _changes_packages(install: Install) -> Effects:
    """`npm uninstall`, `update`, `dedupe`: they rewrite package.json, the lock and node_modules."""
    if install.settings.on("global"):
        return global_install(_outside(install))
    done = install_effects(replace(install, words=replace(install.words, words=("install",))))
    changed = in_folder(install.root, ("package.json", "package-lock.json", "npm-shrinkwrap.json"))
    return done | Effects(writes=frozenset(changed), unpinned=True)


def _cache(install: Install) -> Effects:
    kept = base(install.command, install.settings)
    return replace(kept, network=False, caches=(), seconds=1.0)


def _config(install: Install) -> Effects:
    """`npm config set`, `npm set`: one line of an .npmrc."""
    verb = install.words.words[1:2]
    quiet = _quiet(install.command) | install.settings.effects
    setting = install.words.words[0] == "set" or verb in {("set",), ("delete",), ("rm",), ("fix",)}
    if not setting:
        return quiet.in_doubt("npm config edit opens an editor") if verb == ("edit",) else quiet
    home = posixpath.join(install.command.home(), ".npmrc")
    location = install.words.last("location") or (
        "global" if install.words.on("global") else "user"
    )
    places = {
        "user": {install.settings.get("userconfig") or home},
        "project": {posixpath.join(install.root, ".npmrc")},
        "global": {"/usr/local/etc/npmrc", "/usr/etc/npmrc"},
    }
    if location not in places:
        return unknown(f"npm config at {location} is not known")
    changed = frozenset(map(install.command.path, places[location]))
    return quiet | Effects(reads=changed, writes=changed)


def _pkg(install: Install) -> Effects:
    """`npm pkg`: get reads package.json, the others rewrite it."""
    file = posixpath.join(install.root, "package.json")
    seen = _reading(install)
    if install.words.last("workspace") or install.words.on("workspaces"):
        return unknown("npm pkg in workspaces is not modelled")
    return (
        seen if install.words.words[1:2] == ("get",) else seen | Effects(writes=frozenset({file}))
    )


def _version(install: Install) -> Effects:
    if len(install.words.words) == 1:
        return _reading(install)
    if install.words.on("git-tag-version") is not False:
        return unknown("npm version makes a git commit")
    package, seen = read_package(install.command.machine, install.root)
    if (
        package is None
        or workspace_globs(package)
        or package.scripts.keys() & {"preversion", "version", "postversion"}
    ):
        return seen | unknown("npm version runs scripts of the project")
    changed = in_folder(install.root, ("package.json", "package-lock.json", "npm-shrinkwrap.json"))
    return seen | look(install.command.machine, *changed) | Effects(writes=frozenset(changed))


def _reading(install: Install) -> Effects:
    """Commands that print something about the project."""
    files = (
        "package.json",
        "package-lock.json",
        "npm-shrinkwrap.json",
        "yarn.lock",
        "node_modules",
    )
    seen = look(install.command.machine, *in_folder(install.root, files))
    modules = Effects(reads=frozenset({posixpath.join(install.root, "node_modules/**")}))
    return _quiet(install.command) | install.settings.effects | seen | modules


def _asking(install: Install) -> Effects:
    """Commands that print what a registry answers."""
    return _reading(install) | Effects(network=True, unpinned=True)


def _audit(install: Install) -> Effects:
    fixing = install.words.words[1:2] == ("fix",)
    return _changes_packages(install) if fixing else _asking(install)


def _doubt(why: str) -> Callable[[Install], Effects]:
    return lambda _install: unknown(why)


def _table(
    rows: tuple[tuple[str, Callable[[Install], Effects]], ...],
) -> dict[str, Callable[[Install], Effects]]:
    return {verb: answer for verbs, answer in rows for verb in verbs.split()}


# All names of each command: `npm help`, lib/utils/cmd-list.js of npm 11.
_VERBS = _table((
    ("install i add in ins inst insta instal isnt isnta isntal isntall", _install),
    ("ci clean-install ic install-clean isntall-clean", _ci),
    ("install-test it", _then_test(_install)),
    ("install-ci-test cit clean-install-test sit", _then_test(_ci)),
    ("run run-script rum urn", _run),
    ("test t tst", _named("test")),
    ("start", _named("start")),
    ("stop", _named("stop")),
    ("restart", _restart),
    ("exec x", exec_effects),
    ("prune", _prune),
    ("rebuild rb", _rebuild),
    ("uninstall un unlink remove rm r update up upgrade udpate dedupe ddp", _changes_packages),
    ("cache", _cache),
    ("config c set get", _config),
    ("pkg", _pkg),
    ("version verison", _version),
    ("ls list la ll root prefix bin explain why fund query help whoami completion", _reading),
    ("view v info show outdated ping search doctor", _asking),
    ("audit", _audit),
    ("link ln", _doubt("npm link binds folders of the image together")),
    ("pack publish", _doubt("npm pack reads the files that the project publishes")),
    ("init create innit", _doubt("npm init runs a program that it fetches")),
    ("shrinkwrap", _changes_packages),
))  # fmt: skip

NPM = Tool(
    "npm",
    ("npm",),
    effects,
    "ci, install, run, exec, prune, config ...: manifests, locks, workspaces, local dependencies, lifecycle scripts",
)
