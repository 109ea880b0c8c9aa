"""Dependencies that run a script when they are installed, and what it takes of the project.

An installed dependency runs its script in its own folder, below node_modules. dfopt assumes
that it stays there (`dependency-scripts-stay-home`): it is a published package, and cannot know
the project. Those that do look at the project are in the table here, as they were measured.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from optimizer.effects.model import NONE, NOTHING, Effects, Paths, tree
from optimizer.effects.tool import Command, Kind, clean, known
from optimizer.effects.tools.looking import upwards, words
from optimizer.effects.tools.node_installed_variables import PREBUILD_INSTALL, looked_at
from optimizer.effects.tools.node_package import Project, in_folder, look
from optimizer.effects.tools.node_puppeteer import puppeteer_install
from optimizer.effects.tools.prisma import client_postinstall

# Places in the home: Cypress, esbuild (to 0.8), puppeteer, playwright, electron, mongodb-memory-server,
# prisma, node-gyp, sharp (to 0.32) and others keep downloads there; nodemon 1 what it has said.
_KEPT = (".cache/**", ".node-gyp/**", ".electron-gyp/**", ".electron/**", ".config/configstore/**")
# What core-js has said.
_TEMPORARY = ("/tmp/core-js-banners",)
# Variables that name such a place.
_PLACES = words("""
    CACHE_DIR CYPRESS_CACHE_FOLDER ELECTRON_CACHE FFMPEG_BIN MONGOMS_DOWNLOAD_DIR PLAYWRIGHT_BROWSERS_PATH PUPPETEER_CACHE_DIR
    PUPPETEER_DOWNLOAD_PATH XDG_CACHE_HOME XDG_CONFIG_HOME electron_config_cache npm_config_devdir
""")

Answer = Callable[[Command, Project], Effects]


def dependency_scripts(
    command: Command, project: Project, told: Paths | None, locked: Paths = NOTHING
) -> Effects:
    """What the install scripts of dependencies take of the project, and what they leave elsewhere.

    Args:
        command: The installer.
        project: What it installs for.
        told: The names of all packages that run a script; None if they are not known.
        locked: The names of the packages that are installed, as far as they are known.
    """
    names = told
    if names is None:
        names = locked | {d for p in project.packages for d in p.dependencies()}
    done = NONE
    for name in sorted(names & _LOOK_AT_PROJECT.keys()):
        done |= _LOOK_AT_PROJECT[name](command, project)
    if told is None or told:
        done |= kept_elsewhere(command)
    return done | Effects(variables=looked_at(told))


def kept_elsewhere(command: Command) -> Effects:
    """Where scripts leave what they fetch, or remember: caches of the home, or what a variable names."""
    done = Effects(writes=frozenset({*in_folder(command.home(), _KEPT), *_TEMPORARY}))
    for name in sorted(_PLACES & command.env.keys()):
        value = command.env[name]
        if not known(value) or ".." in value.split("/"):
            return done.in_doubt(f"a script of a dependency may write where {name} says")
        # What is relative is so to the package's own folder.
        done |= Effects(writes=frozenset({tree(command.path(value))} if value[:1] == "/" else ()))
    return done


def _files(*names: str) -> Answer:
    """It reads these files of the root, or looks for them."""
    return lambda command, project: look(command.machine, *in_folder(project.root.folder, names))


def _above(*names: str) -> Answer:
    """It looks for these files in the root and above it."""

    def answer(command: Command, project: Project) -> Effects:
        folders = upwards(project.root.folder)
        return look(command.machine, *(p for f in folders for p in in_folder(f, names)))

    return answer


def git_hooks(*names: str) -> Answer:
    """It installs git hooks as these files say, here or above, where there is a repository."""

    def answer(command: Command, project: Project) -> Effects:
        return _above(*names)(command, project) | repository(command, project.root.folder)

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
    """It looks for its workspace, and reads all of it if there is one (15 to 22).

    22 also asks whether there is a `.git`, and does the same with one as without.
    """
    place = posixpath.join(project.root.folder, "nx.json")
    seen = look(command.machine, *in_folder(project.root.folder, ("lerna.json", "nx-cloud.env")))
    seen |= _above("nx.json", "nx", "nx.bat")(command, project)
    return (
        seen.in_doubt("nx's postinstall reads the workspace that nx.json describes")
        if place in seen.reads
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


def _mongodb(command: Command, project: Project) -> Effects:
    """The first package.json upwards that speaks of it may say where its programs go (6 to 10)."""
    seen = _above("package.json")(command, project)
    for package in project.packages:
        table = package.data.get("config")
        own = table.get("mongodbMemoryServer") if isinstance(table, dict) else None
        place = own.get("downloadDir") if isinstance(own, dict) else None
        if isinstance(place, str):
            seen |= Effects(writes=frozenset({tree(clean(posixpath.join(package.folder, place)))}))
    return seen


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
    **dict.fromkeys(words("puppeteer puppeteer-chromium puppeteer-firefox"), puppeteer_install),
    **dict.fromkeys(words("mongodb-memory-server mongodb-memory-server-core mongodb-memory-server-global"), _mongodb),
    **dict.fromkeys(PREBUILD_INSTALL, _above(".prebuild-installrc")),
    # sentry-cli itself is run for its version, and looks for its settings before that.
    "@sentry/cli": _above(".sentryclirc", ".env"),
    "@angular/cli": _files("angular.json", ".angular.json"),
}  # fmt: skip
