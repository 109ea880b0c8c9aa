"""A run of yarn, and the packages of its project."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from optimizer.effects.model import NONE, Effects
from optimizer.effects.tool import Command
from optimizer.effects.tools.node_package import (
    Project,
    find_members,
    local_path,
    look,
    read_package,
    specifiers,
    with_locals,
    workspace_globs,
)
from optimizer.effects.tools.node_words import Words
from optimizer.effects.tools.yarn_rc import Rc


@dataclass(frozen=True)
class Yarn:
    """One run of yarn.

    Attributes:
        command: As it was called.
        words: Its command line.
        rc: Its settings.
        root: The folder of the project (of the workspace root).
        here: The folder of the package that it was called in.
    """

    command: Command
    words: Words
    rc: Rc
    root: str
    here: str

    @property
    def production(self) -> bool:
        """Whether development dependencies, and with them prepare (yarn 1), are left out."""
        given = self.words.on("production")
        return self.command.env.get("NODE_ENV") == "production" if given is None else given

    @property
    def frozen(self) -> bool:
        """Whether the lock is surely left as it is."""
        flags: tuple[str, ...] = ("frozen-lockfile", "pure-lockfile", "immutable", "no-lockfile")
        if self.rc.modern:
            flags = ("frozen-lockfile", "immutable")
        elif self.rc.classic.get("--install.frozen-lockfile") == "true":
            return True
        return any(self.words.on(f) is True for f in flags) or self.words.on("lockfile") is False

    @property
    def scripts(self) -> bool:
        """Whether lifecycle scripts may run."""
        off = self.words.on("ignore-scripts") is True or self.words.last("mode") in {
            "skip-build",
            "update-lockfile",
        }
        return not (
            off
            or self.words.on("skip-builds") is True
            or self.rc.values.get("enableScripts") is False
        )


def project(yarn: Yarn) -> tuple[Project | None, Effects]:
    """The packages of the project: root, workspaces, local dependencies."""
    machine = yarn.command.machine
    root, seen = read_package(machine, yarn.root)
    if root is None:
        return None, seen if seen.doubt else seen.in_doubt(
            f"there is no package.json in {yarn.root}"
        )
    members = find_members(machine, yarn.root, workspace_globs(root))
    named = [w for w in yarn.words.words[1:] if local_path(root, w)]
    whole = with_locals(machine, Project(root, members.members, (), seen | members.effects), named)
    return whole, whole.effects | _patches(machine_of=yarn, found=whole)


def _patches(machine_of: Yarn, found: Project) -> Effects:
    """`patch:left-pad@1.3.0#./x.patch`: a path of the project, `~/` being its root (yarn 2 to 4)."""
    done = NONE
    for package in found.packages:
        for spec in specifiers(package):
            if spec.startswith("exec:"):
                done = done.in_doubt(
                    f"{package.file} has a dependency that a program of the project makes"
                )
            if not spec.startswith("patch:"):
                continue
            for part in spec.partition("#")[2].split("&"):
                path = part.split("::")[0].removeprefix("optional!")
                if path and not path.startswith("builtin<"):
                    base = found.root.folder if path.startswith("~/") else package.folder
                    place = posixpath.normpath(posixpath.join(base, path.removeprefix("~/")))
                    done |= look(machine_of.command.machine, place)
    return done
