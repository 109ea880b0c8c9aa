"""A run of pnpm, and the packages of its workspace."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from optimizer.effects.model import NONE, Effects, tree
from optimizer.effects.tool import Command, Kind
from optimizer.effects.tools.corepack import manager_file
from optimizer.effects.tools.node_package import (
    OTHER_MANIFESTS,
    Project,
    find_members,
    in_folder,
    local_path,
    look,
    read_package,
    with_locals,
)
from optimizer.effects.tools.node_words import Words
from optimizer.effects.tools.npm_settings import Settings, settings
from optimizer.effects.tools.yarn_rc import folders_up, yaml_object


@dataclass(frozen=True)
class Pnpm:
    """One run of pnpm.

    Attributes:
        command: As it was called.
        words: Its command line.
        settings: What .npmrc files, flags and the environment say.
        root: The folder of the workspace, or of the package.
        here: The folder of the package that it was called in.
        workspace: What pnpm-workspace.yaml says.
        effects: What was read to learn this.
    """

    command: Command
    words: Words
    settings: Settings
    root: str
    here: str
    workspace: Mapping[str, Any] = field(default_factory=dict)
    effects: Effects = NONE

    def option(self, name: str) -> object:
        """A setting of either file: `inject-workspace-packages` is `injectWorkspacePackages`."""
        camel = re.sub(r"-(\w)", lambda m: m[1].upper(), name)
        return self.settings.get(name) or self.workspace.get(camel)


def begin(command: Command, words: Words) -> Pnpm:
    """The folder that pnpm works in: the nearest pnpm-workspace.yaml upwards, else the package's."""
    machine, seen = command.machine, manager_file(command)
    here = _nearest(command)
    root = here
    workspace: Mapping[str, Any] = {}
    for folder in folders_up(here):
        seen |= Effects(
            probes=frozenset(in_folder(folder, ("package.json", "pnpm-workspace.yaml")))
        )
        if machine.kind(posixpath.join(folder, "pnpm-workspace.yaml")) is not Kind.ABSENT:
            workspace, read = yaml_object(command, posixpath.join(folder, "pnpm-workspace.yaml"))
            root, seen = folder, seen | read
            break
    home = command.home()
    rc = look(machine, *in_folder(home, (".config/pnpm/rc", ".config/pnpm/config.yaml", ".npmrc")))
    read_settings = settings(command, words, root)
    return Pnpm(
        command, words, read_settings, root, here, workspace, seen | rc | read_settings.effects
    )


def _nearest(command: Command) -> str:
    for folder in folders_up(command.cwd):
        if command.machine.kind(posixpath.join(folder, "package.json")) is not Kind.ABSENT:
            return folder
    return command.cwd


def project(run: Pnpm) -> tuple[Project | None, Effects]:
    """The packages of the workspace."""
    machine = run.command.machine
    root, seen = read_package(machine, run.root)
    seen |= look(machine, *in_folder(run.root, OTHER_MANIFESTS))
    if any(machine.kind(p) is not Kind.ABSENT for p in in_folder(run.root, OTHER_MANIFESTS)):
        seen = seen.in_doubt(f"dfopt does not read {' and '.join(OTHER_MANIFESTS)}")
    if root is None:
        return None, seen if seen.doubt else seen.in_doubt(
            f"there is no package.json in {run.root}"
        )
    members = find_members(machine, run.root, workspace_patterns(run))
    extra = [
        *texts(run.workspace.get("overrides")),
        *texts(run.workspace.get("catalog")),
        *texts(run.workspace.get("catalogs")),
    ]
    extra += [w for w in run.words.words[1:] if local_path(root, w)]
    whole = with_locals(machine, Project(root, members.members, (), seen | members.effects), extra)
    rcs = look(machine, *(posixpath.join(m.folder, ".npmrc") for m in members.members))
    return whole, whole.effects | rcs | patches(run, whole) | _injected(run, whole)


def workspace_patterns(run: Pnpm) -> tuple[str, ...]:
    """The `packages` of pnpm-workspace.yaml."""
    globs = run.workspace.get("packages")
    return tuple(g for g in globs if isinstance(g, str)) if isinstance(globs, list) else ()


def texts(value: object) -> list[str]:
    """All texts in a nested value."""
    if isinstance(value, str):
        return [value]
    return [s for v in value.values() for s in texts(v)] if isinstance(value, dict) else []


def patches(run: Pnpm, found: Project) -> Effects:
    """`patchedDependencies`, of package.json or pnpm-workspace.yaml, names patch files."""
    table = found.root.data.get("pnpm")
    both = (table if isinstance(table, dict) else {}, run.workspace)
    named = [s for each in both for s in texts(each.get("patchedDependencies"))]
    paths = [posixpath.normpath(posixpath.join(run.root, n)) for n in named]
    return look(run.command.machine, *paths)


def _injected(run: Pnpm, found: Project) -> Effects:
    """An injected workspace is copied with all it holds."""
    every = run.option("inject-workspace-packages") in {True, "true"}
    some = any(
        '"injected"' in str(p.data.get("dependenciesMeta", "")).replace("'", '"')
        for p in found.packages
    )
    return (
        Effects(reads=frozenset(tree(m.folder) for m in found.members)) if every or some else NONE
    )
