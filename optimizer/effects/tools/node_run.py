"""Running scripts of package.json by name: `npm run build`, `yarn build`, `pnpm -r test`."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from optimizer.effects.model import NONE, Effects, unknown
from optimizer.effects.tool import Command, Kind
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

_COMPILE_CACHE = "/tmp/node-compile-cache/**"  # noqa: S108 - a place in the image


def run_effects(install: Install, name: str, arguments: tuple[str, ...]) -> Effects:
    """`npm run NAME`: the script with its pre and post (unless --ignore-scripts)."""
    machine, chosen = install.command.machine, _chosen(install)
    start = install.settings.effects | Effects(
        writes=frozenset(
            {posixpath.join(install.command.home(), ".npm/_logs/**"), _COMPILE_CACHE}
        ),
        variables=NODE_VARIABLES,
        seconds=1.0,
    )
    if isinstance(chosen, Effects):
        return start | chosen
    done = start | chosen.effects
    optional = install.words.on("if-present") is True or len(chosen.members) > 1
    hooks = install.settings.on("ignore-scripts") is not True
    shell = install.settings.get("script-shell")
    if shell and posixpath.basename(shell) not in {"sh", "bash"}:
        return unknown(f"npm runs scripts with {shell}")
    for package in chosen.members:
        command = replace(
            after(install.command, done), machine=after(install.command, done).machine
        )
        if name == "start" and "start" not in package.scripts:
            server = posixpath.join(package.folder, "server.js")
            if machine.kind(server) is not Kind.ABSENT:
                return done | unknown("npm start runs the project's server.js")
        done |= run_named(
            command, chosen, package, name, arguments, hooks=hooks, optional=optional
        )
    return done


def _chosen(install: Install) -> Project | Effects:
    """The packages whose script is run (as `members`), and what was read to find them."""
    machine, words = install.command.machine, install.words
    root, seen = read_package(machine, install.root)
    if root is None:
        return seen if seen.doubt else seen.in_doubt(f"there is no package.json in {install.root}")
    wanted, all_of_them = words.flags.get("workspace", ()), words.on("workspaces") is True
    if not wanted and not all_of_them and install.here == install.root:
        return Project(root, (root,), (), seen)
    found = find_members(machine, install.root, workspace_globs(root))
    seen |= found.effects
    if not wanted and not all_of_them:
        wanted = (install.here,)
    members = tuple(m for m in found.members if all_of_them or _is_wanted(m, wanted, install))
    if not members:
        return seen.in_doubt(f"the workspace {' '.join(wanted)} is not known")
    return Project(root, members, (), seen)


def _is_wanted(member: Package, wanted: Iterable[str], install: Install) -> bool:
    """A workspace is chosen by its name, its folder, or a folder above it."""
    for each in wanted:
        path = install.command.path(each)
        if member.name == each or member.folder == path or member.folder.startswith(path + "/"):
            return True
    return False


def run_named(  # noqa: PLR0913 - two switches, by name alone
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
