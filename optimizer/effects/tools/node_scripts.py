"""Scripts of package.json: run as their installer runs them, in the image as it then is."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from optimizer.effects.model import NONE, Effects, Paths, covers, overlaps, tree, unknown
from optimizer.effects.tool import ANY, Command, Kind, Machine
from optimizer.effects.tools.ci_variables import CI_VARIABLES
from optimizer.effects.tools.git_variables import GIT_VARIABLES
from optimizer.effects.tools.node_package import Package, Project, look

# npm 7 to 12, measured: for the root of a bare `npm install`, `npm ci` and `npm rebuild`.
# `dependencies` (npm 8 and later) runs whenever node_modules has changed.
ROOT_SCRIPTS = (
    *("preinstall", "dependencies", "install", "postinstall", "prepublish"),
    *("preprepare", "prepare", "postprepare"),
)
# For workspaces and linked folders, in this order, before the root's own (npm 7 to 12).
LINK_SCRIPTS = ("preinstall", "prepare", "install", "postinstall")

# What an installer looks at; PREFIX and DESTDIR are where npm's global packages are.
NODE_VARIABLES = frozenset(
    [
        "npm_*",
        "NPM_*",
        "NODE_*",
        "YARN_*",
        "yarn_*",
        "PNPM_*",
        "pnpm_*",
        "COREPACK_*",
        "HOME",
        "PATH",
        "USER",
        "XDG_*",
        "TMPDIR",
        "http_proxy",
        "https_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "no_proxy",
        "NO_PROXY",
        "all_proxy",
        "ALL_PROXY",
        "proxy",
        "PROXY",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "SSH_AUTH_SOCK",
        "PREFIX",
        "DESTDIR",
        *CI_VARIABLES,
        *GIT_VARIABLES,
    ]
)


@dataclass(frozen=True)
class After:
    """A machine as it is once some effects have happened."""

    before: Machine
    effects: Effects

    def _touched(self, path: str) -> bool:
        below = tree(path)
        written = self.effects.writes | self.effects.metadata
        return any(covers(w, path) or covers(below, w.removesuffix("/**")) for w in written)

    def kind(self, path: str) -> Kind:
        """See `tool.Machine`."""
        if any(covers(d, path) for d in self.effects.deletes):
            return Kind.ABSENT
        was = self.before.kind(path)
        if any(covers(w, path) for w in self.effects.writes):
            return Kind.UNKNOWN
        return Kind.UNKNOWN if was is Kind.ABSENT and self._touched(path) else was

    def text(self, path: str) -> str | None:
        """See `tool.Machine`."""
        if any(covers(w, path) for w in self.effects.writes):
            return None
        return self.before.text(path)

    def mark(self, path: str) -> str | None:
        """See `tool.Machine`."""
        if any(covers(w, path) for w in self.effects.writes):
            return None
        return self.before.mark(path)

    def mode(self, path: str) -> int | None:
        """See `tool.Machine`."""
        changed = self.effects.writes | self.effects.metadata
        return None if any(covers(c, path) for c in changed) else self.before.mode(path)

    def names(self, path: str) -> tuple[str, ...]:
        """See `tool.Machine`."""
        return self.before.names(path)

    def walk(self, path: str) -> tuple[str, ...]:
        """See `tool.Machine`."""
        return self.before.walk(path)

    def complete(self, path: str) -> bool:
        """See `tool.Machine`."""
        below = tree(path)
        changed = any(overlaps(w, below) for w in self.effects.writes)
        return not changed and self.before.complete(path)

    def named(self, path: str) -> Paths:
        """See `tool.Machine`."""
        return self.before.named(path) | self.effects.written.below(path)

    def run(self, script: str, command: Command) -> Effects:
        """See `tool.Machine`."""
        return self.before.run(script, command)

    def call(self, command: Command) -> Effects:
        """See `tool.Machine`."""
        return self.before.call(command)


def after(command: Command, effects: Effects) -> Command:
    """The command as it meets the image once the effects have happened."""
    return replace(command, machine=After(command.machine, effects)) if effects.writes else command


def run_script(
    command: Command, package: Package, name: str, arguments: Iterable[str] = ()
) -> Effects:
    """One script of a package, with the environment that an installer makes for it."""
    script = package.scripts.get(name)
    if script is None:
        return NONE
    words = [script, *(_quoted(a) for a in arguments)]
    here = replace(
        command,
        program="",
        arguments=(),
        cwd=package.folder,
        env=_environment(command, package, name),
    )
    return command.machine.run(" ".join(words), here)


def run_scripts(command: Command, package: Package, names: Iterable[str]) -> Effects:
    """Those of the scripts that the package has, one after another."""
    done = NONE
    for name in names:
        done |= run_script(after(command, done), package, name)
    return done


def install_scripts(
    command: Command,
    project: Project,
    others: tuple[str, ...] = LINK_SCRIPTS,
    saved: Effects = NONE,
) -> Effects:
    """The lifecycle of an install: workspaces and linked folders, then the root.

    package.json and the lock are written (`saved`) in between (npm 8, 10, 12, measured).
    """
    done = implied_install(command.machine, project.root)
    for name in others:
        for package in (*project.members, *project.locals):
            done |= run_script(after(command, done), package, name)
    return done | run_scripts(after(command, done | saved), project.root, ROOT_SCRIPTS)


def implied_install(machine: Machine, package: Package) -> Effects:
    """A `binding.gyp` without an install script of its own means `node-gyp rebuild`.

    Measured for the root (npm 6, 8, 11); `gypfile: false` rules it out.
    """
    if package.scripts.keys() & {"install", "preinstall"} or package.data.get("gypfile") is False:
        return NONE
    seen = look(machine, posixpath.join(package.folder, "binding.gyp"))
    if not seen.reads:
        return seen
    return seen.in_doubt(
        f"{package.folder}/binding.gyp makes the install compile the project's own sources"
    )


def shadowed(project: Project, script: str) -> str | None:
    """A program of the project's own packages that a script calls by its name.

    Its name may be that of a tool which dfopt knows, so it must be asked about first. The
    root's own programs are not linked into its node_modules.
    """
    own = {name for p in (*project.members, *project.locals) for name in p.bins()}
    words = set(re.split(r"[\s;&|()'\"]+", script))
    return min(own & words, default=None)


def calls_own_program(project: Project, names: Iterable[str]) -> Effects | None:
    """A doubt if one of these scripts, of any package, calls such a program."""
    wanted = tuple(names)
    for package in project.packages:
        for name in wanted:
            if own := shadowed(project, package.scripts.get(name, "")):
                why = f"the script {name} runs {own}, a program of the project's own packages"
                return unknown(why)
    return None


def _environment(command: Command, package: Package, name: str) -> Mapping[str, str]:
    version = package.data.get("version")
    added = {
        "INIT_CWD": command.env.get("INIT_CWD", command.cwd),
        "npm_lifecycle_event": name,
        "npm_package_name": package.name,
        "npm_package_json": package.file,
        "npm_package_version": version if isinstance(version, str) else "",
        **dict.fromkeys(("npm_config_user_agent", "npm_execpath", "npm_node_execpath"), ANY),
    }
    # A script's PATH begins with the .bin folder of the package and of all folders above it.
    if path := command.env.get("PATH"):
        added["PATH"] = ":".join([*(f"{f}/node_modules/.bin" for f in _up(package.folder)), path])
    return {**command.env, **added}


def _up(folder: str) -> list[str]:
    """The folder and those above it, without the root."""
    found = []
    while folder != "/":
        found.append(folder)
        folder = posixpath.dirname(folder)
    return found


def _quoted(word: str) -> str:
    """A word as npm passes it on to a script: in single quotes."""
    return "'" + word.replace("'", "'\\''") + "'"
