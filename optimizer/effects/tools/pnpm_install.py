"""pnpm install: what it takes from a project and what it leaves in it.

Measured with pnpm 6.35, 8.15, 9.15, 10.34 and 12.x (tests/measure/node.py).
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from optimizer.effects.model import NONE, CacheDir, Conditional, Effects, tree, unknown
from optimizer.effects.tool import Kind, known
from optimizer.effects.tools.node import pure_code
from optimizer.effects.tools.node_installed import dependency_scripts
from optimizer.effects.tools.node_package import (
    Package,
    Project,
    in_folder,
    linked_bins,
    look,
    package_links,
    read_package,
    with_locals,
)
from optimizer.effects.tools.node_scripts import (
    NODE_VARIABLES,
    after,
    calls_own_program,
    implied_install,
    run_scripts,
)
from optimizer.effects.tools.pnpm_lock import out_of_sync
from optimizer.effects.tools.pnpm_project import Pnpm, patches, project, texts
from optimizer.effects.tools.prior import scaled
from optimizer.effects.tools.yarn_rc import yaml_object

# Of the root and of every workspace (8 to 12; `prepare` with --prod too).
_SCRIPTS = ("preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare")
_ROOT_FILES = ("pnpm-lock.yaml", ".pnpmfile.cjs", ".pnpmfile.mjs", ".modules.yaml")

# Settings that put node_modules or the lock elsewhere than dfopt takes them to be.
_ELSEWHERE = ("modules-dir", "virtual-store-dir", "lockfile-dir", "shared-workspace-lockfile")


def install_effects(run: Pnpm) -> Effects:
    """A local install, add, remove, update or prune."""
    if not known(*run.words.words):
        return unknown("the words of a pnpm command are not known")
    found, seen = project(run)
    effects = (
        scaled(run.command.machine, posixpath.join(run.root, "pnpm-lock.yaml"), base(run))
        | seen
        | look(run.command.machine, *in_folder(run.root, _ROOT_FILES))
        | _pnpmfile(run)
        | Effects(provides=frozenset({goods(run)}))
    )
    if found is None:
        return effects
    for name in _ELSEWHERE:
        if run.option(name) is not None:
            effects = effects.in_doubt(f"pnpm is told {name}")
    effects |= _linked(run, found) | _lock(run, found)
    if run.settings.on("ignore-scripts") is True:
        return effects
    effects |= dependency_scripts(after(run.command, effects), found, None)
    return effects | _scripts(run, found, effects)


def goods(run: Pnpm) -> str:
    """What an install or a fetch brings, by the lock and what is left out."""
    left_out = any(run.words.on(name) for name in ("prod", "production"))
    return f"packages of {run.root}/pnpm-lock.yaml{' --prod' if left_out else ''}"


def without_scripts(run: Pnpm) -> Pnpm:
    """The same with --ignore-scripts."""
    layers = ({"ignore-scripts": "true"}, *run.settings.layers)
    return replace(run, settings=replace(run.settings, layers=layers))


def base(run: Pnpm) -> Effects:
    """What every pnpm that fetches does: its store, its caches."""
    store = store_dir(run)
    home = run.command.home()
    own = (".local/share/pnpm/**", ".cache/pnpm/**", ".local/state/pnpm/**", ".cache/node/**")
    more = (
        f"{run.root}/.pnpm-store/**",
        "/.pnpm-store/**",
        "/tmp/node-compile-cache/**",
    )
    return run.effects | Effects(
        writes=frozenset({tree(store.path), *in_folder(home, own), *more}),
        variables=NODE_VARIABLES | {"*"},
        network=True,
        caches=(store,),
        seconds=15.0,
    )


def store_dir(run: Pnpm) -> CacheDir:
    """The store that node_modules is linked from (docs: store-dir; measured: ~/.local/share/pnpm/store)."""
    moved = ("HOME", "PNPM_HOME", "XDG_DATA_HOME", "npm_config_store_dir", "NPM_CONFIG_STORE_DIR")
    named = run.option("store-dir")
    if isinstance(named, str) and known(named):
        return CacheDir(
            posixpath.normpath(
                posixpath.join(run.root, named.replace("~", run.command.home(), 1))
            ),
            moved,
        )
    if home := run.command.env.get("PNPM_HOME"):
        return CacheDir(posixpath.join(home, "store"), moved)
    return CacheDir(posixpath.join(run.command.home(), ".local/share/pnpm/store"), moved)


def _pnpmfile(run: Pnpm) -> Effects:
    """A .pnpmfile.cjs is a program that pnpm loads."""
    named = run.option("pnpmfile")
    names = (named,) if isinstance(named, str) else (".pnpmfile.cjs", ".pnpmfile.mjs")
    if run.settings.on("ignore-pnpmfile") is True:
        return NONE
    done = NONE
    for place in in_folder(run.root, names):
        if run.command.machine.kind(place) is Kind.ABSENT:
            continue
        text = run.command.machine.text(place)
        done |= Effects(reads=frozenset({place}))
        if text is None or not pure_code(text):
            done = done.in_doubt(f"{place} is a program that reads more than dfopt can tell")
    return done


def _linked(run: Pnpm, found: Project) -> Effects:
    """node_modules of every package, and the programs of linked ones, made executable."""
    machine = run.command.machine
    folders = [posixpath.join(p.folder, "node_modules") for p in found.packages]
    old = frozenset(tree(f) for f in folders if machine.kind(f) is not Kind.ABSENT)
    return linked_bins(machine, (*found.members, *found.locals)) | Effects(
        reads=old,
        probes=frozenset(folders),
        writes=frozenset(map(tree, folders)),
        links=package_links(found),
        generated=frozenset(folders),
    )


def _lock(run: Pnpm, found: Project) -> Effects:
    place = posixpath.join(run.root, "pnpm-lock.yaml")
    absent = run.command.machine.kind(place) is Kind.ABSENT
    verb = run.words.words[:1]
    if verb not in {(), ("install",), ("i",), ("prune",), ("rebuild",), ("rb",), ("ci",)} or (
        verb in {("install",), ("i",)} and len(run.words.words) > 1
    ):
        files = frozenset(p.file for p in (found.root, *found.members))
        return Effects(
            writes=files | {place, posixpath.join(run.root, "pnpm-workspace.yaml")}, unpinned=True
        )
    if run.words.on("frozen-lockfile") is True or verb == ("ci",):
        return NONE
    if absent:
        return Effects(writes=frozenset({place}), generated=frozenset({place}), unpinned=True)
    lock, seen = yaml_object(run.command, place)
    why = f"the content of {place} is not known" if seen.doubt else out_of_sync(lock, found)
    return Effects(conditional=frozenset({Conditional(place, "lock-in-sync", why)}))


def _scripts(run: Pnpm, found: Project, before: Effects) -> Effects:
    """Lifecycle scripts of the root, its workspaces and copied folders."""
    if doubt := calls_own_program(found, (*_SCRIPTS, "pnpm:devPreinstall")):
        return doubt
    command = after(run.command, before)
    done = run_scripts(command, found.root, ("pnpm:devPreinstall",))
    for package in found.packages:
        done |= implied_install(run.command.machine, package)
        done |= run_scripts(after(command, done), package, _SCRIPTS).maybe()
    return done


def fetch_effects(run: Pnpm) -> Effects:
    """`pnpm fetch`: the lock alone decides; manifests are read for settings (10, measured)."""
    root, seen = read_package(run.command.machine, run.root)
    seen = (
        replace(seen, doubt=None)
        if root is None
        and run.command.machine.kind(posixpath.join(run.root, "package.json")) is Kind.ABSENT
        else seen
    )
    files = look(run.command.machine, *in_folder(run.root, _ROOT_FILES))
    patched = patches(run, Project(root)) if root else look(run.command.machine, *_paths(run))
    lock = posixpath.join(run.root, "pnpm-lock.yaml")
    made = (
        Effects(writes=frozenset({lock}), unpinned=True)
        if run.command.machine.kind(lock) is Kind.ABSENT
        else NONE
    )
    modules = posixpath.join(run.root, "node_modules")
    held = (
        Effects(reads=frozenset({tree(modules)}))
        if run.command.machine.kind(modules) is not Kind.ABSENT
        else NONE
    )
    written = Effects(
        probes=frozenset({modules}),
        writes=frozenset({tree(modules)}),
        generated=frozenset({modules}),
    )
    local = _locked_folders(run, lock)
    brought = Effects(provides=frozenset({goods(run)}))
    done = scaled(run.command.machine, lock, base(run)) | brought
    return done | seen | files | patched | _pnpmfile(run) | made | held | written | local


def _locked_folders(run: Pnpm, lock: str) -> Effects:
    """Folders and tarballs of the project that the lock names (9.15 fetches them as well)."""
    found = re.findall(r"""\bfile:([^\s'"(),]+)""", run.command.machine.text(lock) or "")
    root = Package(run.root, {"dependencies": {f: f"file:{f.rstrip(':')}" for f in found}})
    return with_locals(run.command.machine, Project(root)).effects


def _paths(run: Pnpm) -> list[str]:
    return [posixpath.join(run.root, p) for p in texts(run.workspace.get("patchedDependencies"))]
