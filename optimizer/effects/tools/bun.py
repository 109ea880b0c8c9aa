"""bun install: what it takes from a project and what it leaves in it.

Traced with bun 1.1.45, 1.2.23 and 1.4.5. Programs that bun runs (`bun run`, `bunx`) are not
followed.
"""

from __future__ import annotations

import posixpath
from dataclasses import replace

from optimizer.effects.model import NONE, CacheDir, Conditional, Effects, tree, unknown
from optimizer.effects.tool import Command, Kind, Tool, known
from optimizer.effects.tools.bun_lock import names, out_of_sync
from optimizer.effects.tools.looking import toml, upwards
from optimizer.effects.tools.node_installed import dependency_scripts
from optimizer.effects.tools.node_package import (
    Project,
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
from optimizer.effects.tools.node_root import find_root
from optimizer.effects.tools.node_scripts import (
    NODE_VARIABLES,
    after,
    calls_own_program,
    implied_install,
    run_scripts,
)
from optimizer.effects.tools.options import Options, split
from optimizer.effects.tools.prior import scaled
from optimizer.effects.tools.tsconfig import parse

_FLAGS = frozenset(
    "-p --production --frozen-lockfile -f --force --no-cache --silent --quiet --verbose "
    "--no-progress --no-summary --no-verify --offline --prefer-offline --ignore-scripts "
    "--save-text-lockfile -D -d --dev --optional --peer -E --exact --no-save --save".split()
)
_VALUED = frozenset(
    "--cwd --backend --registry --concurrent-scripts --network-concurrency --omit --linker "
    "--minimum-release-age --cpu --os --libc --cache-dir".split()
)
_LOCKS = ("bun.lock", "bun.lockb")
# Where there is no lock of its own, it takes versions from another's.
_OTHERS = ("package-lock.json", "npm-shrinkwrap.json", "yarn.lock")
_PNPM = ("pnpm-lock.yaml", "pnpm-workspace.yaml")
_ENVIRONMENTS = ("", ".local", ".development", ".production", ".test")
_SCRIPTS = ("preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare")
# Settings of `[install]` that neither move anything nor load more of the project.
_HARMLESS = frozenset(
    "registry scopes frozenLockfile exact production optional dev peer linker saveTextLockfile "
    "minimumReleaseAge logLevel concurrentScripts".split()
)
_OF_OTHERS = frozenset({"telemetry", "test", "serve", "logLevel"})


def effects(command: Command) -> Effects:
    """What a bun command does."""
    if not known(*command.arguments, command.cwd):
        return unknown("the words of bun are not known")
    if command.arguments in {("--version",), ("-v",), ("--revision",)}:
        return Effects(variables=NODE_VARIABLES, seconds=0.1)
    options = split(command.arguments, _FLAGS, _VALUED)
    verb, *names = options.operands or ("",)
    if verb not in {"install", "i", "ci", "add", "a"}:
        return unknown(f"bun {verb} runs a program of the project")
    if options.unknown:
        return unknown(f"bun {options.unknown} is not a flag that dfopt knows")
    if folder := options.last("--cwd"):
        command = replace(command, cwd=command.path(folder))
    return _install(command, options, tuple(names))


def _install(command: Command, options: Options, names: tuple[str, ...]) -> Effects:
    root, here, seen = find_root(command)
    machine = command.machine
    fetched = scaled(machine, posixpath.join(root, "bun.lock"), _base(command, options, root))
    effects = seen | fetched | _settings(command, root, here)
    found, more = _project(command, root, names)
    effects |= more
    if found is None or effects.doubt:
        return effects
    effects |= _modules(command, found) | _lock(command, options, found, names)
    if options.has("--ignore-scripts"):
        return effects
    text = machine.text(posixpath.join(root, "bun.lock"))
    effects |= dependency_scripts(after(command, effects), found, None, _names(text))
    return effects | _scripts(command, found, effects)


def _names(text: str | None) -> frozenset[str]:
    return names(text) if text is not None else frozenset()


def _base(command: Command, options: Options, root: str) -> Effects:
    """Its cache; and the files of variables, which it loads where scripts run."""
    moved = options.last("--cache-dir") or command.env.get("BUN_INSTALL_CACHE_DIR")
    home = command.env.get("BUN_INSTALL") or posixpath.join(command.home(), ".bun")
    place = command.path(moved) if moved else posixpath.join(home, "install/cache")
    cache = CacheDir(place, ("BUN_INSTALL_CACHE_DIR", "BUN_INSTALL", "XDG_CACHE_HOME", "HOME"))
    return look(command.machine, *_variables(root)) | Effects(
        writes=frozenset({tree(cache.path), tree(home), "/tmp/bun-**", "/tmp/.**"}),
        variables=NODE_VARIABLES | {"*"},
        network=True,
        caches=(cache,),
        seconds=10.0,
    )


def _variables(root: str) -> tuple[str, ...]:
    names = [f".env{e}{local}" for e in _ENVIRONMENTS for local in ("", ".local")]
    return in_folder(root, dict.fromkeys(names))


def _settings(command: Command, root: str, here: str) -> Effects:
    """bunfig.toml and .npmrc, of the project and of the home."""
    homes = {command.home(), command.env.get("XDG_CONFIG_HOME") or command.home()}
    folders = sorted({root, here})
    own = [posixpath.join(f, "bunfig.toml") for f in folders]
    own += [posixpath.join(h, ".bunfig.toml") for h in sorted(homes)]
    rc = [posixpath.join(f, ".npmrc") for f in (*folders, *sorted(homes))]
    done = look(command.machine, *own, *rc)
    for path in own:
        if path not in done.reads or not path.startswith(root):
            continue
        data = toml(command.machine, path)
        strange = None if data is None else _strange(data)
        if data is None or strange:
            done = done.in_doubt(f"bun is told {strange or 'something'} in {path}")
    return done


def _strange(data: dict[str, object]) -> str | None:
    install = data.get("install")
    inner = set(install) - _HARMLESS if isinstance(install, dict) else set()
    return min(inner | (data.keys() - _OF_OTHERS - {"install"}), default=None)


def _project(
    command: Command, root: str, names: tuple[str, ...]
) -> tuple[Project | None, Effects]:
    machine = command.machine
    package, seen = read_package(machine, root)
    if package is None:
        return None, seen if seen.doubt else seen.in_doubt(f"there is no package.json in {root}")
    members = find_members(machine, root, workspace_globs(package))
    paths = [n for n in names if local_path(package, n)]
    whole = with_locals(
        machine, Project(package, members.members, (), seen | members.effects), paths
    )
    patches = package.table("patchedDependencies").values()
    files = [posixpath.normpath(posixpath.join(root, p)) for p in patches]
    return whole, whole.effects | look(machine, *files)


def _modules(command: Command, found: Project) -> Effects:
    """node_modules of every package; programs of linked ones become executable (777 up to 1.2)."""
    folders = [posixpath.join(p.folder, "node_modules") for p in found.packages]
    there = [f for f in folders if command.machine.kind(f) is not Kind.ABSENT]
    bins = linked_bins(command.machine, (*found.members, *found.locals)).reads
    return Effects(
        reads=frozenset(map(tree, there)) | bins,
        probes=frozenset(folders),
        writes=frozenset(map(tree, folders)) | bins,
        metadata=bins,
        links=package_links(found),
        generated=frozenset(folders),
    )


def _lock(
    command: Command, options: Options, found: Project, names: tuple[str, ...]
) -> Effects:
    """What happens to the lock, and where versions come from if there is none."""
    machine, root = command.machine, found.root.folder
    paths = in_folder(root, _LOCKS)
    seen = look(machine, *paths)
    if names or options.operands[0] in {"add", "a"}:
        return seen | Effects(writes=frozenset({*paths, found.root.file}), unpinned=True)
    if not seen.reads:
        other = look(machine, *in_folder(root, (*_OTHERS, *_PNPM)))
        if other.reads & set(in_folder(root, _PNPM)):
            other = other.in_doubt("bun takes pnpm's workspace over into package.json")
        return seen | other | Effects(writes=frozenset(paths), unpinned=True)
    if options.has("--frozen-lockfile") or options.operands[0] == "ci":
        return seen
    text = machine.text(paths[0])
    why = out_of_sync(text, found) if text is not None else f"{paths[1]} is not a text"
    place = min(seen.reads)
    return seen | Effects(conditional=frozenset({Conditional(place, "lock-in-sync", why)}))


def _scripts(command: Command, found: Project, before: Effects) -> Effects:
    """Lifecycle scripts: of the workspaces, then of the root."""
    if doubt := calls_own_program(found, _SCRIPTS):
        return doubt
    done, later = NONE, after(command, before)
    for package in (*found.members, *found.locals, found.root):
        done |= implied_install(command.machine, package)
        if not package.scripts.keys() & set(_SCRIPTS):
            continue
        done |= _resolver(command, package.folder)
        if before.reads & set(_variables(found.root.folder)):
            done = done.in_doubt(f"bun gives the variables of .env to the scripts of {package.file}")
        done |= run_scripts(after(later, done), package, _SCRIPTS)
    return done


def _resolver(command: Command, folder: str) -> Effects:
    """Where it runs scripts it looks into all folders above, and fails on a bad tsconfig.json."""
    paths = [p for f in upwards(folder) for p in in_folder(f, ("tsconfig.json", "jsconfig.json"))]
    done = look(command.machine, *paths)
    for path in sorted(done.reads):
        data = parse(command.machine.text(path))
        if data is None or "extends" in data:
            done = done.in_doubt(f"bun reads {path}, and what it extends")
    return done


BUN = Tool(
    "bun",
    ("bun",),
    effects,
    "install, ci, add: manifests, locks, workspaces, lifecycle scripts; what it runs is a doubt",
)
