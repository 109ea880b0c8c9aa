"""lerna bootstrap: installs what the packages of lerna.json ask for, and links them to one another.

Measured with lerna 2.11, 3.22, 4.0, 5.6 and 6.6 (strace), and read in their sources:
- all of them read lerna.json, package.json, .npmrc, the package.json of every package, and 6 nx.json,
  whatever `--scope` says; none asks git for anything, unless `--since` is given;
- with `useWorkspaces` a bootstrap is `npm install` (or `yarn install`) at the root and nothing
  else; `npm ci` where `CI` is set, which writes less; `--no-save`, which does so too, where a filter
  leaves packages out (3 and later do this also where the root asks for a package by its folder);
- else every package is installed for itself, by a package.json that stands there for the time of the
  install: without scripts, and without what other packages of the project bring; it comes back with
  the mode that it had and the owner that lerna has. Lerna 3 and earlier indent it with tabs, and npm
  the lock with it;
- then `preinstall`, and behind the install `install` (not 2), `postinstall`, `prepublish`, `prepare`
  of the packages run; those of the root do not;
- within an install that a bootstrap began a bootstrap does nothing.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from optimizer.effects.model import NONE, Effects, tree, unknown
from optimizer.effects.overlay import Overlay
from optimizer.effects.tool import Command, Tool, known
from optimizer.effects.tools.node_bins import modules
from optimizer.effects.tools.node_package import (
    Package,
    Project,
    find_members,
    in_folder,
    linked_bins,
    local_path,
    look,
    package_links,
    read_package,
    workspace_globs,
)
from optimizer.effects.tools.node_scripts import (
    NODE_VARIABLES,
    after,
    calls_own_program,
    run_script,
)
from optimizer.effects.tools.node_words import Grammar, Words, parse

_GRAMMAR = Grammar(
    values=frozenset("scope ignore npm-client concurrency loglevel max-buffer registry mutex".split()),
    switches=frozenset(
        "force-local use-workspaces ignore-scripts ignore-prepublish ci no-ci private no-private sort no-sort progress"
        " no-progress strict reject-cycles include-dependencies include-dependents exclude-dependents"
        " include-filtered-dependencies include-filtered-dependents continue-if-no-match verbose".split()
    ),
)  # fmt: skip
_FIRST, _LAST = ("preinstall",), ("install", "postinstall", "prepublish", "prepare")
# What lerna 2 runs around them, by `npm run`: two of these names are stages themselves.
_AROUND = frozenset(
    f"{when}{stage}" for when in ("pre", "post") for stage in (*_FIRST, *_LAST)
) - {*_FIRST, *_LAST}  # fmt: skip
_ASKED = ("dependencies", "devDependencies", "optionalDependencies")
# What lerna asks for beside what npm does (2.11 to 6.6, by a watched process.env): its own, and whether
# this is a terminal or a CI, which shows in what it prints.
_VARIABLES = NODE_VARIABLES | {"LERNA_*", "NX_*", "YARGS_*", "DEBUG*", "COLOR", "NO_COLOR", "FORCE_COLOR", "LANG", "LC_*"}
_WITHIN = ("LERNA_EXEC_PATH", "LERNA_ROOT_PATH")


@dataclass(frozen=True)
class Bootstrap:
    """A run of `lerna bootstrap`.

    Attributes:
        command: As it was called.
        words: Its command line.
        config: What lerna.json says, with what is said there for bootstrap alone.
        project: The root and the packages, with what was read to find them.
    """

    command: Command
    words: Words
    config: Mapping[str, Any]
    project: Project

    def on(self, flag: str, key: str) -> bool:
        """Whether something is asked for, by a flag or by lerna.json."""
        told = self.words.on(flag)
        return self.config.get(key) is True if told is None else told

    @property
    def client(self) -> str:
        """The installer."""
        return self.words.last("npm-client") or str(self.config.get("npmClient") or "npm")

    @property
    def arguments(self) -> tuple[str, ...]:
        """What the installer is told."""
        told = self.config.get("npmClientArgs") or ()
        own = self.words.rest or tuple(told)
        return ("--ignore-scripts", *own) if self.on("ignore-scripts", "ignoreScripts") else own


def effects(command: Command) -> Effects:
    """What a lerna command does; those that run the packages' scripts are not followed."""
    if command.arguments[:1] != ("bootstrap",):
        verb = " ".join(("lerna", *command.arguments[:1]))
        return unknown(f"{verb} works on all packages of the workspace")
    words = parse(command.arguments, _GRAMMAR)
    if words.unknown or len(words.words) > 1 or not known(command.cwd, *command.arguments):
        return unknown(f"lerna bootstrap {words.unknown or ''} is not understood")
    files = in_folder(command.cwd, ("lerna.json", "package.json", ".npmrc", "nx.json"))
    # Where nx, which lerna 5 and 6 bring, keeps what it computes.
    kept = Effects(writes=frozenset({command.path("node_modules/.cache/**")}))
    seen = modules(command) | look(command.machine, *files) | kept
    seen |= Effects(variables=_VARIABLES)
    places = [command.env.get(name) for name in _WITHIN]
    if places[0] is not None and places[0] == places[1]:
        return seen
    found = _bootstrap(command, words)
    return seen | (found if isinstance(found, Effects) else _all(found))


def _bootstrap(command: Command, words: Words) -> Bootstrap | Effects:
    """The settings and the packages."""
    file = posixpath.join(command.cwd, "lerna.json")
    told = command.json(file)
    if told is None:
        return unknown(f"{file} is not known")
    own = told.get("command")
    own = own.get("bootstrap") if isinstance(own, dict) else None
    config = {**told, **(own if isinstance(own, dict) else {})}
    for key in ("extends", "hoist", "commands", "bootstrapConfig", "bootstrap", "contents", "since"):
        if config.get(key):
            return unknown(f"lerna is told {key} in {file}")
    arguments = config.get("npmClientArgs") or []
    if not isinstance(arguments, list) or not all(isinstance(a, str) for a in arguments):
        return unknown(f"the npmClientArgs of {file} are not understood")
    root, seen = read_package(command.machine, command.cwd)
    if root is None:
        return seen.in_doubt(f"there is no package.json in {command.cwd}")
    start = Bootstrap(command, words, config, Project(root))
    globs = workspace_globs(root)
    if not start.on("use-workspaces", "useWorkspaces"):
        named = config.get("packages") or ["packages/*"]
        if not isinstance(named, list) or not all(isinstance(g, str) for g in named):
            return unknown(f"the packages of {file} are not understood")
        globs = tuple(named)
    found = find_members(command.machine, command.cwd, globs)
    return replace(start, project=replace(found, root=root, effects=seen | found.effects))


def _all(run: Bootstrap) -> Effects:
    project = run.project
    done = project.effects
    if done.doubt:
        return done
    if run.on("use-workspaces", "useWorkspaces"):
        return done | _at_root(run)
    if _by_folder(project):
        return done.in_doubt("what lerna installs depends on its version: the root names a package")
    if run.client != "npm":
        return done.in_doubt(f"lerna installs every package with {run.client}")
    return done | _each(run)


def _by_folder(project: Project) -> bool:
    """Whether the root asks for one of the packages by its folder."""
    asked = project.root.table("dependencies")
    return any(p.name in asked and local_path(project.root, asked[p.name]) for p in project.members)


def _at_root(run: Bootstrap) -> Effects:
    """One install for all."""
    if run.client not in {"npm", "yarn"}:
        return unknown(f"lerna installs with {run.client}")
    told = ("--non-interactive",) if run.client == "yarn" else ()
    env = {**run.command.env, **dict.fromkeys(_WITHIN, run.command.cwd)}
    install = run.command.with_words(run.client, "install", *told, *run.arguments)
    return run.command.machine.call(replace(install, env=env))


def _each(run: Bootstrap) -> Effects:
    """An install for each package, links between them, and their scripts."""
    project, command = run.project, run.command
    if doubt := _odd_scripts(project):
        return doubt
    scripts = not run.on("ignore-scripts", "ignoreScripts")
    done = _stages(command, project.members, _FIRST if scripts else ())
    for package in project.members:
        done |= _install(replace(run, command=after(command, done)), package)
    done |= linked_bins(command.machine, project.members)
    done |= Effects(links=package_links(project))
    return done | _stages(after(command, done), project.members, _LAST if scripts else ())


def _odd_scripts(project: Project) -> Effects | None:
    """A doubt about scripts that not every lerna runs, or that run a program of the project."""
    for package in project.members:
        if odd := sorted(package.scripts.keys() & _AROUND):
            return unknown(f"whether lerna runs the script {odd[0]} of {package.file} is not known")
    return calls_own_program(project, (*_FIRST, *_LAST))


def _stages(command: Command, packages: Iterable[Package], names: Iterable[str]) -> Effects:
    """Scripts of the packages; a filter may leave any of them out."""
    done = NONE
    for name in names:
        for package in packages:
            if name in package.scripts:
                seen = look(command.machine, *in_folder(package.folder, ("AUTHORS", "server.js")))
                done |= seen | run_script(after(command, done), package, name).maybe()
    return done


def _install(run: Bootstrap, package: Package) -> Effects:
    """The install of one package; its lock may be written in another style."""
    machine = Overlay(run.command.machine, contents={package.file: _transient(run, package)})
    words = ("npm", "install", *run.arguments)
    command = replace(run.command.with_words(*words), cwd=package.folder, machine=machine)
    lock = posixpath.join(package.folder, "package-lock.json")
    made = frozenset({lock}) if run.command.machine.text(lock) is None else frozenset()
    return machine.call(command).maybe() | Effects(
        writes=frozenset({lock, tree(posixpath.join(package.folder, "node_modules"))}),
        generated=made,
        metadata=frozenset({package.file}),
    )


def _transient(run: Bootstrap, package: Package) -> str:
    """The package.json that lerna puts there for the time of an install."""
    own = {p.name for p in run.project.members}
    data = {k: v for k, v in package.data.items() if k != "scripts"}
    for key in _ASKED:
        data |= {key: {k: v for k, v in package.table(key).items() if k not in own}}
    return json.dumps({k: v for k, v in data.items() if v}, indent=2)


LERNA = Tool("lerna", ("lerna",), effects, "bootstrap: the packages of lerna.json, as npm or yarn install them; their lifecycle scripts")
