"""npm ci, install and their kin: what they take from a project and what they leave in it.

Measured with npm 6.14, 7.24, 8.19, 9.9, 10.9, 11.21 and 12.2 (tests/measure/node.py).
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, replace

from optimizer.effects.bases import replacing_npm
from optimizer.effects.model import NONE, NOTHING, CacheDir, Conditional, Effects, tree, unknown
from optimizer.effects.tool import ANY, Command, Kind, known
from optimizer.effects.tools import node_lock, npm6
from optimizer.effects.tools.node_fetched import of_hex
from optimizer.effects.tools.node_installed import dependency_scripts
from optimizer.effects.tools.node_package import (
    Package,
    Project,
    StandIn,
    find_members,
    in_folder,
    linked_bins,
    local_path,
    look,
    package_links,
    read_package,
    with_locals,
    workspace_globs,
)
from optimizer.effects.tools.node_scripts import (
    LINK_SCRIPTS,
    NODE_VARIABLES,
    ROOT_SCRIPTS,
    after,
    calls_own_program,
    install_scripts,
)
from optimizer.effects.tools.node_words import Words
from optimizer.effects.tools.npm_named import saves_nothing
from optimizer.effects.tools.npm_settings import Settings
from optimizer.effects.tools.prior import scaled

CACHE_MOVED_BY = ("HOME", "npm_config_cache", "NPM_CONFIG_CACHE")

# Read or looked for in the root of a project. npm takes versions from a yarn.lock where there
# is no lock of its own (7 to 12); npm 12 loads an extension.
ROOT_FILES = (
    "npm-shrinkwrap.json",
    "package-lock.json",
    "yarn.lock",
    ".npm-extension.cjs",
    ".npm-extension.mjs",
)

_OLDEST = "dfopt does not know whether npm 5 and earlier"

# Node's own compile cache, kept by npm 11 and later under node 22 and later.
TEMPORARY = ("/tmp/node-compile-cache/**",)


@dataclass(frozen=True)
class Install:
    """One run of an installer.

    Attributes:
        command: As it was called.
        words: Its command line.
        settings: What npm was told.
        root: The folder of the project.
        here: The folder of the package that it was called in: a workspace, or the root.
        clean: Whether it is `npm ci`.
        partial: Whether the root's own scripts do not run: `npm prune`, `npm install NAME`.
    """

    command: Command
    words: Words
    settings: Settings
    root: str
    here: str = ""
    clean: bool = False
    partial: bool = False

    @property
    def major(self) -> int | None:
        """Which npm it is (see `npm6.major`)."""
        return npm6.major(self.command)

    @property
    def names(self) -> tuple[str, ...]:
        """The packages that were asked for by name."""
        return self.words.words[1:]

    @property
    def scripts(self) -> bool:
        """Whether lifecycle scripts may run."""
        return self.settings.on("ignore-scripts") is not True

    @property
    def production(self) -> bool:
        """Whether development dependencies are left out, so that scripts see NODE_ENV=production."""
        omitted = self.words.flags.get("omit", ())
        return "dev" in omitted or self.words.on("production") is True


def cache(command: Command, settings: Settings) -> CacheDir:
    """Where npm keeps its downloads."""
    moved = settings.get("cache")
    place = command.path(moved) if moved else posixpath.join(command.home(), ".npm")
    return CacheDir(place, CACHE_MOVED_BY)


def base(command: Command, settings: Settings) -> Effects:
    """What every npm that fetches does: its settings, its cache, its log."""
    kept = cache(command, settings)
    return settings.effects | Effects(
        writes=frozenset({tree(kept.path), *TEMPORARY}),
        variables=NODE_VARIABLES,
        network=True,
        caches=(kept,),
        seconds=20.0,
    )


def project(install: Install) -> tuple[Project | None, Effects]:
    """The packages of the install."""
    root, seen = read_package(install.command.machine, install.root)
    if root is None:
        why = f"there is no package.json in {install.root}"
        return None, seen if seen.doubt else seen.in_doubt(why)
    globs = () if install.major in npm6.EARLIER else workspace_globs(root)
    members = find_members(install.command.machine, install.root, globs)
    found = Project(root, members.members, (), seen | members.effects)
    extra = [s if local_path(root, s) else f"./{s}" for s in install.names if _is_path(install, s)]
    whole = with_locals(install.command.machine, found, extra, _stand_in(install))
    return whole, whole.effects


def _stand_in(install: Install) -> StandIn:
    """What is known of a folder that is yet to be fetched (see `node_fetched.py`)."""
    _, lock = read_lock(install)
    earlier = not install.clean or install.major in npm6.EARLIER
    return of_hex(install.command, install.root, {} if lock is None or earlier else lock)


def _is_path(install: Install, word: str) -> bool:
    """Whether npm takes a word for a folder or tarball of the image."""
    return local_path(Package(install.command.cwd, {}), word) is not None


def install_effects(install: Install) -> Effects:
    """A local install: with package names or without, clean or not."""
    command, machine = install.command, install.command.machine
    if not known(*install.names):
        return unknown("the package names of an npm install are not known")
    found, seen = project(install)
    lock_path, lock = read_lock(install)
    effects = scaled(machine, lock_path, base(command, install.settings)) | seen
    effects |= look(machine, *in_folder(install.root, ROOT_FILES))
    effects |= Effects(provides=frozenset({goods(install)}))
    if found is None:
        return effects
    saved = _locks(install, found, lock_path, lock)
    unsaved = effects | _modules(install, found) | _bins(install, found)
    effects = unsaved | saved
    if machine.kind(posixpath.join(install.root, ".npm-extension.cjs")) is Kind.FILE:
        effects = effects.in_doubt("npm runs the project's .npm-extension.cjs")
    if not install.scripts:
        return effects
    dependencies = _dependencies(replace(install, command=after(command, unsaved)), found, lock)
    effects, unsaved = effects | dependencies, unsaved | dependencies
    return effects | _own_scripts(install, found, unsaved, saved)


def _dependencies(
    install: Install, found: Project, lock: Mapping[str, object] | None
) -> Effects:
    """The scripts of what is installed: those that the lock tells, if it has all of it."""
    if lock is None:
        return dependency_scripts(install.command, found, None)
    new = frozenset(_name(word) for word in install.names)
    if not node_lock.holds(lock, found) or (new and not _asked_for_again(install, found.root, lock)):
        return dependency_scripts(install.command, found, None, new | node_lock.all_names(lock))
    anywhere = any(not layer.keys().isdisjoint({"force", "os"}) for layer in install.settings.layers)
    told = node_lock.with_install_scripts(lock, anywhere=anywhere)
    return dependency_scripts(install.command, found, told, node_lock.all_names(lock))


def _name(word: str) -> str:
    """The package that a word of the command line asks for."""
    return word[0] + word[1:].partition("@")[0]


def _own_scripts(install: Install, found: Project, before: Effects, saved: Effects) -> Effects:
    """The lifecycle scripts of the root, its workspaces and linked folders."""
    if not found.locals and _left_out(install):
        return NONE
    if install.major in npm6.EARLIER and (
        saving := found.root.scripts.keys() & npm6.SHRINKWRAP_SCRIPTS
    ):
        return unknown(f"npm 6 runs the script {min(saving)} as it saves the lock")
    shell = install.settings.get("script-shell")
    if shell and posixpath.basename(shell) not in {"sh", "bash"}:
        return unknown(f"npm runs scripts with {shell}")
    command = after(install.command, before)
    if install.production:
        command = replace(command, env={**command.env, "NODE_ENV": "production"})
    project_ = found
    if install.names or install.partial:
        # The root's own scripts do not run, except `dependencies` (npm 8 to 12).
        kept = {k: v for k, v in found.root.scripts.items() if k == "dependencies"}
        project_ = replace(
            found,
            root=replace(found.root, data={**found.root.data, "scripts": kept, "gypfile": False}),
        )
    if doubt := calls_own_program(project_, (*ROOT_SCRIPTS, *LINK_SCRIPTS)):
        return doubt
    return install_scripts(command, project_, saved=saved)


def _left_out(install: Install) -> bool:
    """Whether no scripts of the project run: npm 6 is root, and nothing says `unsafe-perm`."""
    settings, machine = install.settings, install.command.machine
    looked = (p for p in settings.effects.reads | settings.effects.probes if p.endswith("npmrc"))
    told = all(machine.kind(p) is Kind.ABSENT or machine.text(p) is not None for p in looked)
    root = install.command.user.split(":")[0] in {"", "root", "0"}
    unset = not any("unsafe-perm" in layer for layer in settings.layers)
    return install.major == npm6.MAJOR and root and told and unset


def read_lock(install: Install) -> tuple[str, Mapping[str, object] | None]:
    """The lock file that counts (the shrinkwrap wins), and its content."""
    machine = install.command.machine
    lock, shrinkwrap = in_folder(install.root, node_lock.NAMES)
    path = shrinkwrap if machine.kind(shrinkwrap) is not Kind.ABSENT else lock
    return path, node_lock.read_lock(machine, path)


def goods(install: Install) -> str:
    """What an install fetches, by its lock and what is left out; one of some packages finds the rest there."""
    flags = install.words.flags
    told = [f"{n}={v}" for n in ("omit", "only", "include", "production") for v in flags.get(n, ())]
    some = install.names or install.partial
    return " ".join(["packages of", read_lock(install)[0], *(() if some else sorted(told))])


def _modules(install: Install, found: Project) -> Effects:
    """The node_modules folders: all new after `npm ci`, else mixed with what was there."""
    folders = [posixpath.join(p.folder, "node_modules") for p in found.packages]
    top = folders[0]
    written = frozenset(tree(f) for f in folders)
    kind = install.command.machine.kind(top)
    fresh = install.clean or kind is Kind.ABSENT
    # What a link in node_modules leads to is not written by the install.
    linked = bool(found.members or found.locals)
    old = [f for f in folders if install.command.machine.kind(f) is not Kind.ABSENT]
    old = [f for f in old if not (install.clean and f == top)]
    return Effects(
        reads=frozenset(tree(f) for f in old),
        probes=frozenset(folders),
        writes=written,
        surely_writes=frozenset({tree(top)}) if fresh and not linked else frozenset(),
        links=package_links(found),
        generated=frozenset(folders),
    )


def _bins(install: Install, found: Project) -> Effects:
    """The programs of linked packages; a umask of npm's own gives them another mode."""
    done = linked_bins(install.command.machine, (*found.members, *found.locals))
    if done.reads and install.settings.get("umask") is not None:
        return done.in_doubt("npm is told a umask")
    return done


def _locks(
    install: Install, found: Project, path: str, lock: Mapping[str, object] | None
) -> Effects:
    """What happens to the lock files, and whether they fix what is fetched."""
    machine, yarn = install.command.machine, posixpath.join(install.root, "yarn.lock")
    # Measured (npm 8, 11, 12; not 6): a yarn.lock is rewritten in npm's own style, even by `npm ci`.
    left = install.major in npm6.EARLIER or machine.kind(yarn) is Kind.ABSENT
    rewritten = frozenset() if left else frozenset({yarn})
    effects = Effects(writes=rewritten)
    absent = machine.kind(path) is Kind.ABSENT
    kept = install.settings.on("package-lock") is not False
    if install.clean:
        # npm ci without a lock fails, and so does the build; it never writes one.
        return (
            effects.in_doubt(f"npm ci needs a lock file, and {install.root} has none")
            if absent
            else effects
        )
    saved = install.settings.on("save") is not False
    again = lock is not None and kept and _asked_for_again(install, found.root, lock)
    if again:
        effects |= Effects(conditional=frozenset({Conditional(found.root.file, "lock-in-sync")}))
    elif install.names and saved:
        effects |= Effects(writes=frozenset({found.root.file}), unpinned=True)
    elif saved and (manifest := _manifest(install, found.root)):
        effects |= Effects(conditional=frozenset({manifest}))
    if absent or not kept:
        effects |= Effects(unpinned=True)
    if not kept or (install.names and not saved):
        return effects | Effects(unpinned=True)
    if absent or (install.names and not again):
        made = frozenset({path})
        return effects | Effects(writes=made, generated=made if absent else NOTHING)
    text = machine.text(path) or ""
    if lock is None:
        why = f"the content of {path} is not known"
    elif install.major == npm6.MAJOR:
        why = npm6.out_of_sync(lock, text, found.root)
    elif install.major in npm6.EARLIER:
        why = f"{_OLDEST} keep the lock"
    else:
        why = node_lock.out_of_sync(lock, found)
        why = why or node_lock.restyled(text, machine.text(found.root.file) or "")
    return effects | Effects(conditional=frozenset({Conditional(path, "lock-in-sync", why)}))


def _asked_for_again(install: Install, root: Package, lock: Mapping[str, object]) -> bool:
    """Whether all that is named is asked for by package.json, just as npm would save it."""
    text = install.command.machine.text(root.file) or ""
    words, layers = install.words, install.settings.layers
    return (
        bool(install.names)
        and install.major == npm6.LATER
        and saves_nothing(install.names, words.flags, layers, root, text, lock)
    )


def _manifest(install: Install, root: Package) -> Conditional | None:
    """package.json, which npm 6 writes anew in its own style; later ones do not."""
    odd = npm6.restyled(install.command.machine.text(root.file) or "")
    match install.major:
        case npm6.MAJOR:
            why = "npm 6 would write package.json in another style" if odd else ""
        case None if odd:
            why = "npm 6 would write package.json in another style, and which npm runs is not known"
        case major if major in npm6.EARLIER:
            why = f"{_OLDEST} keep package.json"
        case _:
            return None
    return Conditional(root.file, "lock-in-sync", why)


def global_install(install: Install) -> Effects:
    """`npm install -g`: nothing of the project, unless a path is named (measured: npm 8, 11)."""
    command = install.command
    effects = base(command, install.settings)
    if not known(*install.names):
        return unknown("the package names of an npm install -g are not known")
    prefix = install.settings.get("prefix")
    places = [command.path(prefix)] if prefix else ["/usr/local", "/usr"]
    writes = frozenset(
        f"{p}/{d}/**" for p in places for d in ("lib/node_modules", "bin", "share/man", "etc")
    )
    writes |= replacing_npm(install.names)
    effects |= Effects(writes=writes, unpinned=True, variables=frozenset({"*"}))
    paths = [n for n in install.names if _is_path(install, n)]
    if paths or not install.names:
        return effects.in_doubt(
            "npm install -g of a folder of the image runs and links the project's own files"
        )
    return effects


def unknown_word(command: Command, words: Words) -> Effects | None:
    """A doubt if the command line was not understood."""
    if words.unknown:
        return unknown(f"{command.name} {words.unknown} is not a flag that dfopt knows")
    if ANY in "".join(words.words[:1]):
        return unknown(f"the subcommand of {command.name} is not known")
    return None
