"""yarn install: what it takes from a project and what it leaves in it.

Measured with yarn 1.22, 2.4, 3.8 and 4.x (tests/measure/node.py).
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import replace

from optimizer.effects.model import NONE, CacheDir, Conditional, Effects, is_tree, tree, unknown
from optimizer.effects.tool import Kind, known
from optimizer.effects.tools.node_installed import dependency_scripts
from optimizer.effects.tools.node_package import (
    Project,
    in_folder,
    linked_bins,
    look,
    package_links,
)
from optimizer.effects.tools.node_scripts import (
    NODE_VARIABLES,
    after,
    calls_own_program,
    run_scripts,
)
from optimizer.effects.tools.prior import scaled
from optimizer.effects.tools.yarn_lock import classic_out_of_sync, modern_out_of_sync
from optimizer.effects.tools.yarn_project import Yarn, project

_CLASSIC_FILES = ("yarn.lock", ".yarnclean", ".pnp.js", "npm-shrinkwrap.json", "package-lock.json")
_MODERN_FILES = ("yarn.lock", ".env.yarn", "package-lock.json", "npm-shrinkwrap.json")
_MODERN_STATE = (
    *(".pnp.cjs", ".pnp.js", ".pnp.loader.mjs", ".pnp.data.json"),
    *(".yarn/install-state.gz", ".yarn/build-state.yml"),
)
# Settings of yarn 2 and later that put its own files elsewhere, or load more of the project.
_ELSEWHERE = frozenset(
    [
        "lockfileFilename",
        "pnpDataPath",
        "pnpUnpluggedFolder",
        "virtualFolder",
        "installStatePath",
        "deferredVersionFolder",
        "patchFolder",
        "enableConstraintsChecks",
        "injectEnvironmentFiles",
    ]
)
_TEMPORARY = tuple(
    f"/tmp/{name}"
    for name in ("yarn-**", "v8-compile-cache-**", "node-compile-cache/**", "xfs-**")
)
_INSTALL_SCRIPTS = ("preinstall", "install", "postinstall")


def install_effects(yarn: Yarn) -> Effects:
    """A local install, add or remove."""
    if not known(*yarn.words.words):
        return unknown("the words of a yarn command are not known")
    found, seen = project(yarn)
    modern = yarn.rc.modern
    files = in_folder(yarn.root, _MODERN_FILES if modern else _CLASSIC_FILES)
    fetched = scaled(yarn.command.machine, posixpath.join(yarn.root, "yarn.lock"), base(yarn))
    effects = fetched | yarn.rc.effects | seen | look(yarn.command.machine, *files)
    effects |= Effects(provides=frozenset({goods(yarn)}))
    if found is None:
        return effects
    effects |= _linked(yarn, found) | _lock(yarn, found)
    effects |= _modern_state(yarn) if modern else _classic_settings(yarn)
    if yarn.scripts:
        effects |= dependency_scripts(after(yarn.command, effects), found, None)
        effects |= _scripts(yarn, found, effects)
    return effects


def goods(yarn: Yarn) -> str:
    """What an install brings, by the lock and what is left out."""
    return f"packages of {yarn.root}/yarn.lock{' --production' if yarn.production else ''}"


def base(yarn: Yarn) -> Effects:
    """What every yarn that fetches does: its cache, its temporary files."""
    cache = cache_dir(yarn)
    home = yarn.command.home()
    own = (".yarn/**", ".yarnrc", ".yarnrc.yml", ".config/yarn/**", ".cache/node/**")
    return Effects(
        writes=frozenset({tree(cache.path), *in_folder(home, own), *_TEMPORARY}),
        variables=NODE_VARIABLES | {"*"},
        network=True,
        caches=(cache,),
        seconds=25.0,
    )


def cache_dir(yarn: Yarn) -> CacheDir:
    """The download cache: of root's yarn 1 below /usr/local/share (measured), else in the home."""
    home = yarn.command.home()
    if yarn.rc.modern:
        folder = yarn.rc.values.get("globalFolder")
        own = posixpath.join(home, ".yarn/berry")
        place = posixpath.join(yarn.root, folder) if isinstance(folder, str) else own
        return CacheDir(
            posixpath.normpath(place), ("HOME", "YARN_GLOBAL_FOLDER", "YARN_CACHE_FOLDER")
        )
    named = (
        yarn.words.last("cache-folder")
        or yarn.command.env.get("YARN_CACHE_FOLDER")
        or yarn.rc.classic.get("cache-folder")
    )
    if named and known(named):
        return CacheDir(yarn.command.path(named), ("YARN_CACHE_FOLDER",))
    root = yarn.command.user.split(":")[0] in {"", "root", "0"}
    place = "/usr/local/share/.cache/yarn" if root else posixpath.join(home, ".cache/yarn")
    return CacheDir(place, ("HOME", "YARN_CACHE_FOLDER", "XDG_CACHE_HOME"))


def _linked(yarn: Yarn, found: Project) -> Effects:
    """node_modules of every package, and the programs of linked ones, made executable."""
    machine = yarn.command.machine
    folders = [posixpath.join(p.folder, "node_modules") for p in found.packages]
    old = frozenset(tree(f) for f in folders if machine.kind(f) is not Kind.ABSENT)
    linked = (*found.members, *found.locals)
    bins = linked_bins(machine, linked)
    written = frozenset(map(tree, folders))
    # A link in node_modules leads to files that the install does not write.
    fresh = machine.kind(folders[0]) is Kind.ABSENT and not linked and not yarn.rc.modern
    return bins | Effects(
        reads=old,
        probes=frozenset(folders),
        writes=written,
        surely_writes=frozenset({tree(folders[0])}) if fresh else frozenset(),
        links=package_links(found),
        generated=frozenset(folders),
    )


def _lock(yarn: Yarn, found: Project) -> Effects:
    """What happens to yarn.lock and to package.json."""
    lock = posixpath.join(yarn.root, "yarn.lock")
    text, absent = yarn.command.machine.text(lock), yarn.command.machine.kind(lock) is Kind.ABSENT
    changes = yarn.words.words[:1] not in {(), ("install",), ("workspaces",)}
    files = frozenset(p.file for p in (found.root, *found.members))
    if changes:
        return Effects(writes=files | {lock}, unpinned=True)
    if absent:
        # Without a lock yarn 3 writes every package.json anew as well (measured).
        if yarn.frozen and not yarn.rc.modern:
            return Effects(unpinned=True)
        made = frozenset({lock})
        also = files if yarn.rc.modern else frozenset()
        return Effects(writes=made | also, generated=made, unpinned=True)
    if yarn.frozen:
        return NONE
    if text is None:
        why = f"the content of {lock} is not known"
    else:
        why = (modern_out_of_sync if yarn.rc.modern else classic_out_of_sync)(text, found)
    return Effects(conditional=frozenset({Conditional(lock, "lock-in-sync", why)}))


def _classic_settings(yarn: Yarn) -> Effects:
    """Settings of yarn 1 that reach into the project."""
    done = NONE
    mirror = yarn.rc.classic.get("yarn-offline-mirror")
    if mirror:
        place = tree(posixpath.normpath(posixpath.join(yarn.root, mirror)))
        done |= Effects(reads=frozenset({place}), writes=frozenset({place}))
    strange = [k for k in yarn.rc.classic if k.startswith("--") and not k.endswith(_HARMLESS)]
    if strange or yarn.words.last("modules-folder"):
        done = done.in_doubt(f"yarn is told {strange[0] if strange else '--modules-folder'}")
    return done


_HARMLESS = ("frozen-lockfile", "network-timeout", "ignore-engines", "silent", "no-progress", "ignore-optional", "install.production", "no-lockfile", "pure-lockfile", "ignore-scripts", "non-interactive", "prefer-offline")  # fmt: skip


def _modern_state(yarn: Yarn) -> Effects:
    """What yarn 2 and later keep in the project: cache, plugins, state, Plug'n'Play."""
    machine, values = yarn.command.machine, yarn.rc.values
    done = look(machine, *in_folder(yarn.root, _MODERN_STATE)) | _plugins(yarn, values)
    held, made = [".yarn/cache", ".yarn/unplugged", ".yarn/patches"], list(_MODERN_STATE)
    if isinstance(values.get("cacheFolder"), str):
        held.append(str(values["cacheFolder"]))
    for folder in held:
        place = posixpath.normpath(posixpath.join(yarn.root, folder))
        present = machine.kind(place) is not Kind.ABSENT
        done |= (
            Effects(reads=frozenset({tree(place)}))
            if present
            else Effects(probes=frozenset({place}))
        )
        if folder != ".yarn/patches":
            made.append(f"{folder}/**")
    done |= _kept(yarn, made)
    strange = sorted(_ELSEWHERE & values.keys())
    return done.in_doubt(f"yarn is told {strange[0]} in .yarnrc.yml") if strange else done


def _kept(yarn: Yarn, made: list[str]) -> Effects:
    """State that is committed stays as it is while the lock is in sync; the rest is written.

    A developer's own says what is installed and built where it is not.
    """
    writes, conditional = set(), set()
    for name in made:
        place = posixpath.normpath(posixpath.join(yarn.root, name))
        if yarn.command.machine.kind(place.removesuffix("/**")) is Kind.ABSENT:
            writes.add(place)
        else:
            conditional.add(Conditional(place, "lock-in-sync"))
    files = frozenset(w for w in writes if not is_tree(w))
    return Effects(writes=frozenset(writes), conditional=frozenset(conditional), generated=files)


def _plugins(yarn: Yarn, values: Mapping[str, object]) -> Effects:
    """Plugins are programs that yarn loads; the official ones do not read more than yarn itself."""
    done, listed = NONE, values.get("plugins")
    for each in listed if isinstance(listed, list) else ():
        path = each.get("path") if isinstance(each, dict) else each
        if not isinstance(path, str):
            continue
        done |= look(yarn.command.machine, posixpath.normpath(posixpath.join(yarn.root, path)))
        if "@yarnpkg/plugin-" not in path:
            done = done.in_doubt(
                f"the yarn plugin {posixpath.basename(path)} is not one that dfopt knows"
            )
    return done


def _scripts(yarn: Yarn, found: Project, before: Effects) -> Effects:
    """Lifecycle scripts: of the workspaces and local packages too (1.22 to 4, measured)."""
    # `yarn add` runs them as well (1.22, measured).
    last = () if yarn.rc.modern or yarn.production else ("prepublish", "prepare")
    if doubt := calls_own_program(found, (*_INSTALL_SCRIPTS, *last)):
        return doubt
    done, binding = NONE, NONE
    for package in found.packages:
        places = in_folder(package.folder, ("binding.gyp",))
        seen = look(yarn.command.machine, *places)
        binding |= (
            seen.in_doubt(f"{places[0]} makes the install compile native sources")
            if seen.reads
            else seen
        )
    command = after(yarn.command, before)
    for package in (*found.members, *found.locals):
        done |= run_scripts(after(command, done), package, _INSTALL_SCRIPTS)
    tops = {found.root.folder: found.root}
    tops |= {p.folder: p for p in found.packages if p.folder == yarn.here}
    for package in tops.values():
        done |= run_scripts(after(command, done), package, (*_INSTALL_SCRIPTS, *last))
    return binding | done


def with_install_words(yarn: Yarn) -> Yarn:
    """The same as a plain install."""
    return replace(yarn, words=replace(yarn.words, words=("install",)))
