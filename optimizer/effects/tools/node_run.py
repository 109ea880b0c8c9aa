"""Running scripts of package.json by name: `npm run build`, `yarn build`, `pnpm -r test`."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.effects.model import NONE, Effects, unknown
from optimizer.effects.tool import Command, Kind, Machine
from optimizer.effects.tools.node_package import (
    Package,
    Project,
    find_members,
    look,
    read_package,
    workspace_globs,
)
from optimizer.effects.tools.node_scripts import NODE_VARIABLES, after, run_script, shadowed

if TYPE_CHECKING:
    from optimizer.effects.tools.npm_install import Install

_COMPILE_CACHE = "/tmp/node-compile-cache/**"


def run_effects(install: Install, name: str, arguments: tuple[str, ...]) -> Effects:
    """`npm run NAME`: the script with its pre and post (unless --ignore-scripts)."""
    chosen = _chosen(install)
    done = install.settings.effects | Effects(
        writes=frozenset(
            {posixpath.join(install.command.home(), ".npm/_logs/**"), _COMPILE_CACHE}
        ),
        variables=NODE_VARIABLES,
        seconds=1.0,
    )
    if isinstance(chosen, Effects):
        return done | chosen
    done |= chosen.project.effects
    shell = install.settings.get("script-shell")
    if shell and posixpath.basename(shell) not in {"sh", "bash"}:
        return unknown(f"npm runs scripts with {shell}")
    hooks = install.settings.on("ignore-scripts") is not True
    optional = install.words.on("if-present") is True or len(chosen.packages) > 1
    for package in chosen.packages:
        command = after(install.command, done)
        if name == "start" and _starts_server(command, package):
            return done | unknown("npm start runs the project's server.js")
        done |= run_named(
            command, chosen.project, package, name, arguments, hooks=hooks, optional=optional
        )
    return done


def _starts_server(command: Command, package: Package) -> bool:
    """Without a start script, `npm start` is `node server.js` where there is one."""
    server = posixpath.join(package.folder, "server.js")
    return "start" not in package.scripts and command.machine.kind(server) is not Kind.ABSENT


@dataclass(frozen=True)
class _Chosen:
    """The packages whose script is run, and the project that they are of."""

    project: Project
    packages: tuple[Package, ...]


def _chosen(install: Install) -> _Chosen | Effects:
    machine, words = install.command.machine, install.words
    root, seen = read_package(machine, install.root)
    if root is None:
        return seen if seen.doubt else seen.in_doubt(f"there is no package.json in {install.root}")
    found = find_members(machine, install.root, workspace_globs(root))
    wanted, everyone = words.flags.get("workspace", ()), words.on("workspaces") is True
    if not wanted and not everyone and install.here == install.root:
        # The workspaces are asked for the programs they bring; npm itself does not read them.
        return _Chosen(Project(root, found.members, (), seen), (root,))
    seen |= found.effects
    wanted = wanted or (install.here,)
    members = tuple(m for m in found.members if everyone or _is_wanted(m, wanted, install))
    if not members:
        return seen.in_doubt(f"the workspace {' '.join(wanted)} is not known")
    return _Chosen(Project(root, found.members, (), seen), members)


def _is_wanted(member: Package, wanted: Iterable[str], install: Install) -> bool:
    """A workspace is chosen by its name, its folder, or a folder above it."""
    for each in wanted:
        path = install.command.path(each)
        if member.name == each or member.folder == path or member.folder.startswith(path + "/"):
            return True
    return False


def run_named(
    command: Command,
    project: Project,
    package: Package,
    name: str,
    arguments: tuple[str, ...] = (),
    *,
    hooks: bool = True,
    optional: bool = False,
) -> Effects:
    """A script of a package with its `pre` and `post`."""
    if name not in package.scripts:
        if optional:
            return NONE
        return unknown(f"{package.file} has no script {name}")
    names = [f"pre{name}", name, f"post{name}"] if hooks else [name]
    done = NONE
    for each in names:
        script = package.scripts.get(each, "")
        if own := shadowed(project, script):
            return unknown(
                f"the script {each} runs {own}, a program of the project's own packages"
            )
        done |= run_script(after(command, done), package, each, arguments if each == name else ())
    return done


def is_running(command: Command, package: Package, name: str) -> bool:
    """Whether this very script calls the command: a recursive run leaves it out (pnpm, yarn 2)."""
    env = command.env
    return env.get("npm_lifecycle_event") == name and env.get("npm_package_json") == package.file


def nearest(command: Command) -> tuple[Package | None, Effects]:
    """The package that a folder belongs to: the first package.json upwards."""
    folder, seen = command.cwd, NONE
    while True:
        path = posixpath.join(folder, "package.json")
        if command.machine.kind(path) is not Kind.ABSENT:
            package, read = read_package(command.machine, folder)
            return package, seen | read
        seen |= look(command.machine, path)
        if folder == "/":
            return None, seen
        folder = posixpath.dirname(folder)


def own_program(machine: Machine, root: str, globs: tuple[str, ...], name: str) -> Effects | None:
    """A doubt if a workspace brings the program: it is not the one that dfopt knows by this name."""
    for member in find_members(machine, root, globs).members:
        if name in member.bins():
            return unknown(f"{name} is a program of the project's own package {member.name}")
    return None
