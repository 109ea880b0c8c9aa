"""Dependencies that run a script when they are installed, and what it takes of the project.

An installed dependency runs its script in its own folder, below node_modules. dfopt assumes
that it stays there (`dependency-scripts-stay-home`): it is a published package, and cannot know
the project. Those that do look at the project are in the table here, as they were measured.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping

from optimizer.effects.model import NONE, Effects, tree
from optimizer.effects.tool import Command, Kind
from optimizer.effects.tools import node_lock
from optimizer.effects.tools.node_package import Project, in_folder, look
from optimizer.effects.tools.prisma import client_postinstall

Answer = Callable[[Command, Project], Effects]


def dependency_scripts(
    command: Command, project: Project, lock: Mapping[str, object] | None
) -> Effects:
    """What the install scripts of dependencies take of the project."""
    told = node_lock.with_install_scripts(lock) if lock is not None else None
    names = told
    if names is None:
        direct = {d for p in project.packages for d in p.dependencies()}
        names = frozenset(direct | (node_lock.all_names(lock) if lock is not None else set()))
    done = NONE
    for name in sorted(names & _LOOK_AT_PROJECT.keys()):
        done |= _LOOK_AT_PROJECT[name](command, project)
    # A native build sees CC, CFLAGS, and whatever else its makefiles name.
    builds = told is None or told
    return done | Effects(variables=frozenset({"*"} if builds else ()))


def _files(*names: str) -> Answer:
    """It reads these files of the root, or looks for them."""
    return lambda command, project: look(command.machine, *in_folder(project.root.folder, names))


def git_hooks(*names: str) -> Answer:
    """It installs git hooks as these files say, where there is a repository."""

    def answer(command: Command, project: Project) -> Effects:
        root = project.root.folder
        seen = look(command.machine, *in_folder(root, names))
        return seen | repository(command, root)

    return answer


def repository(command: Command, folder: str) -> Effects:
    """What a hook installer does to the repository around a folder: nothing where there is none."""
    done = NONE
    while True:
        place = posixpath.join(folder, ".git")
        if command.machine.kind(place) is not Kind.ABSENT:
            held = frozenset({tree(place)})
            return done | Effects(reads=held, writes=held)
        done |= Effects(probes=frozenset({place}))
        if folder == "/":
            return done
        folder = posixpath.dirname(folder)


def _nx(command: Command, project: Project) -> Effects:
    place = posixpath.join(project.root.folder, "nx.json")
    seen = look(command.machine, place)
    return (
        seen.in_doubt("nx's postinstall reads the workspace that nx.json describes")
        if seen.reads
        else seen
    )


def _msw(command: Command, project: Project) -> Effects:
    """It puts its worker into the folders that package.json names."""
    value = project.root.data.get("msw")
    named = value.get("workerDirectory") if isinstance(value, dict) else None
    folders = [named] if isinstance(named, str) else named if isinstance(named, list) else []
    paths = [
        posixpath.join(project.root.folder, f, "mockServiceWorker.js")
        for f in folders
        if isinstance(f, str)
    ]
    return look(command.machine, *paths) | Effects(writes=frozenset(paths))


_COSMICONFIG = ("json", "yaml", "yml", "js", "ts", "mjs", "cjs", "mts", "cts")

_LOOK_AT_PROJECT: dict[str, Answer] = {
    "@prisma/client": client_postinstall,
    "nx": _nx,
    "msw": _msw,
    "husky": git_hooks(".huskyrc", ".huskyrc.json", ".huskyrc.js", ".huskyrc.yaml", ".huskyrc.yml", "husky.config.js"),
    "yorkie": git_hooks(),
    "pre-commit": git_hooks(),
    "pre-push": git_hooks(),
    "ghooks": git_hooks(),
    "git-hooks": git_hooks(),
    "simple-git-hooks": git_hooks(
        *(f"{stem}.{end}" for stem in (".simple-git-hooks", "simple-git-hooks") for end in ("cjs", "js", "mjs", "json"))
    ),
    "lefthook": git_hooks(*(f"{dot}lefthook{local}.{end}" for dot in ("", ".") for local in ("", "-local") for end in ("yml", "yaml", "json", "toml"))),
    "puppeteer": _files(
        ".puppeteerrc", *(f".puppeteerrc.{e}" for e in _COSMICONFIG), *(f"puppeteer.config.{e}" for e in _COSMICONFIG),
        *(f".config/puppeteerrc{e}" for e in ("", *(f".{e}" for e in _COSMICONFIG))),
    ),
    "@angular/cli": _files("angular.json", ".angular.json"),
}  # fmt: skip
