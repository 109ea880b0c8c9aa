"""pnpm: install, fetch, run, exec, -r and --filter, deploy."""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Callable
from dataclasses import replace

from optimizer.effects.model import Effects, tree, unknown
from optimizer.effects.tool import Command, Tool, known
from optimizer.effects.tools.node_package import Package, Project, in_folder, look, read_package
from optimizer.effects.tools.node_run import is_running, own_program, run_named
from optimizer.effects.tools.node_scripts import after
from optimizer.effects.tools.node_words import Grammar, parse
from optimizer.effects.tools.npm_exec import program_of
from optimizer.effects.tools.pnpm_ahead import installing
from optimizer.effects.tools.pnpm_install import (
    base,
    fetch_effects,
    install_effects,
)
from optimizer.effects.tools.pnpm_project import Pnpm, begin, project, workspace_patterns

_GRAMMAR = Grammar(
    values=frozenset(
        ["filter", "filter-prod", "dir", "store-dir", "virtual-store-dir", "modules-dir", "lockfile-dir", "reporter", "loglevel", "registry", "network-concurrency", "child-concurrency", "workspace-concurrency", "package-import-method", "node-linker", "pnpmfile", "hoist-pattern", "public-hoist-pattern", "changed-files-ignore-pattern", "test-pattern", "resume-from", "location", "global-dir", "global-bin-dir", "fetch-retries", "fetch-timeout", "package", "tag", "save-prefix", "cpu", "os", "libc", "use-node-version", "depth", "side-effects-cache-max-age", "resolution-mode", "allow-build", "save-catalog-name", "shell-mode", "cache-dir", "state-dir", "https-proxy", "proxy"]
    ),
    switches=frozenset(
        ["frozen-lockfile", "prefer-frozen-lockfile", "lockfile-only", "fix-lockfile", "merge-git-branch-lockfiles", "prod", "production", "dev", "optional", "no-optional", "offline", "prefer-offline", "ignore-scripts", "recursive", "global", "workspace-root", "workspace", "silent", "force", "shamefully-hoist", "strict-peer-dependencies", "ignore-pnpmfile", "ignore-workspace", "ignore-workspace-root-check", "verify-store-integrity", "color", "no-color", "stream", "aggregate-output", "parallel", "if-present", "no-bail", "bail", "sort", "reverse", "include-workspace-root", "fail-if-no-match", "save-dev", "save-prod", "save-optional", "save-exact", "save-peer", "save", "unsafe-perm", "use-stderr", "legacy", "ignore-engines", "engine-strict", "no-verify-store-integrity", "side-effects-cache", "report-summary", "shell-mode", "hoist", "resolve-peers-from-workspace-root", "dangerously-allow-all-builds", "latest", "interactive", "json", "long", "parseable", "version", "help", "no-save", "lockfile", "unpack", "yes", "trust-lockfile", "config.confirmModulesPurge", "save-catalog", "update-notifier", "strict-dep-builds", "inject-workspace-packages"]
    ) - {"no-optional", "no-color", "no-bail", "no-verify-store-integrity", "no-save"},
    short={
        "F": "filter", "C": "dir", "r": "recursive", "g": "global", "w": "workspace-root",
        "P": "prod", "D": "save-dev", "O": "save-optional", "E": "save-exact", "s": "silent",
        "c": "shell-mode", "h": "help", "v": "version", "L": "latest", "i": "interactive",
    },
    stop_at=frozenset({"run", "run-script", "exec", "dlx"}),
)  # fmt: skip


def effects(command: Command) -> Effects:
    """What a pnpm command does."""
    if not known(command.cwd, *command.arguments[:1]):
        return unknown("the words of a pnpm command are not known")
    words = parse(_own_part(command.arguments), _GRAMMAR)
    strange = words.unknown if not words.unknown.startswith("--config.") else ""
    if folder := words.last("dir"):
        command = replace(command, cwd=command.path(folder))
    run = begin(command, words)
    if run.effects.doubt:
        return run.effects
    verb = words.words[0] if words.words else ""
    if words.on("version") or words.on("help") or not verb:
        return _quiet(run)
    if strange:
        return unknown(f"pnpm {strange} is not a flag that dfopt knows")
    answer = _VERBS.get(verb)
    if answer:
        return answer(run)
    behind = command.arguments[command.arguments.index(verb) + 1 :]
    return _scripts(run, verb, behind, fall_back=True)


def _own_part(arguments: tuple[str, ...]) -> tuple[str, ...]:
    """Without the words behind a script's name: they are the script's."""
    at, skip = 0, {f"--{v}" for v in _GRAMMAR.values} | {"-F", "-C"}
    while at < len(arguments):
        word = arguments[at]
        if word in skip:
            at += 1
        elif not word.startswith("-"):
            return arguments if word in _VERBS else arguments[: at + 1]
        at += 1
    return arguments


def _quiet(run: Pnpm) -> Effects:
    """It reads settings and writes what it keeps of its own."""
    return replace(base(run), network=False, caches=(), seconds=0.5)


def _reading(run: Pnpm) -> Effects:
    seen = look(run.command.machine, *in_folder(run.root, ("package.json", "pnpm-lock.yaml")))
    modules = Effects(reads=frozenset({posixpath.join(run.root, "node_modules/**")}), network=True)
    return _quiet(run) | seen | modules


def _install(run: Pnpm) -> Effects:
    if run.words.on("global") is True:
        return _global(run)
    if run.words.on("lockfile-only") is True:
        lock = frozenset(in_folder(run.root, ("pnpm-lock.yaml",)))
        return install_effects(run) | Effects(writes=lock)
    return installing(run)


def _global(run: Pnpm) -> Effects:
    """`pnpm add -g`: into PNPM_HOME; nothing of the project but its settings."""
    names = run.words.words[1:]
    if not known(*names) or any(n.startswith((".", "/", "file:", "link:")) for n in names):
        return unknown("pnpm add -g of a folder of the image runs the project's own files")
    home = run.command.env.get("PNPM_HOME") or posixpath.join(
        run.command.home(), ".local/share/pnpm"
    )
    places = frozenset(
        {tree(home), "/usr/local/bin/**", "/usr/local/lib/node_modules/**", "/usr/bin/**"}
    )
    return base(run) | Effects(writes=places, unpinned=True)


def _chosen(run: Pnpm) -> tuple[Project | None, tuple[Package, ...], Effects]:
    """The packages that a command is for, and the whole project."""
    filters = (*run.words.flags.get("filter", ()), *run.words.flags.get("filter-prod", ()))
    if not filters and run.words.on("recursive") is not True:
        folder = run.root if run.words.on("workspace-root") is True else run.here
        package, seen = read_package(run.command.machine, folder)
        return (Project(package), (package,), seen) if package else (None, (), seen)
    whole, seen = project(run)
    if whole is None:
        return None, (), seen
    # -r leaves the root out, unless it is asked for, or is all there is.
    with_root = filters or run.words.on("include-workspace-root") is True or not whole.members
    everyone = (whole.root, *whole.members) if with_root else whole.members
    picked = tuple(p for p in everyone if any(_matches(p, f, run) for f in filters))
    plain = picked and not any("..." in f or "[" in f or f.startswith("!") for f in filters)
    return whole, picked if plain else everyone, seen


def _matches(package: Package, word: str, run: Pnpm) -> bool:
    """A filter by name, by pattern, or by folder."""
    if word.startswith((".", "{")):
        place = run.command.path(word.strip("{}"))
        return package.folder == place or package.folder.startswith(place.rstrip("/") + "/")
    return fnmatch.fnmatchcase(package.name, word) or package.name.rpartition("/")[2] == word


def _run(run: Pnpm) -> Effects:
    words = (*run.words.words[1:], *run.words.rest)
    return _scripts(run, words[0], words[1:]) if words else _reading(run)


def _scripts(
    run: Pnpm, name: str, arguments: tuple[str, ...], *, fall_back: bool = False
) -> Effects:
    """`pnpm run NAME`: in the package, or in all that are chosen and have it."""
    whole, picked, seen = _chosen(run)
    done = _quiet(run) | seen
    if whole is None or not known(name, *arguments):
        return done if done.doubt else done.in_doubt(f"which script pnpm {name} runs is not known")
    several = len(picked) > 1
    having = [p for p in picked if name in p.scripts and not is_running(run.command, p, name)]
    if not having and fall_back:
        return done | _programs(run, picked, (name, *arguments), done)
    for package in having if several else picked:
        command = after(run.command, done)
        # Since 7, pre and post scripts run only where the settings say so.
        done |= run_named(command, whole, package, name, arguments, optional=several).maybe()
    return done


def _named(name: str) -> Callable[[Pnpm], Effects]:
    return lambda run: _scripts(run, name, (*run.words.words[1:], *run.words.rest))


def _programs(
    run: Pnpm, picked: tuple[Package, ...], words: tuple[str, ...], before: Effects
) -> Effects:
    """A program in the folder of each package that is chosen."""
    done, globs = before, workspace_patterns(run)
    if doubt := own_program(run.command.machine, run.root, globs, words[0]):
        return doubt
    for package in picked:
        command = replace(
            after(run.command, done), cwd=package.folder if len(picked) > 1 else run.command.cwd
        )
        each = command.machine.call(command.with_words(words[0], *words[1:]))
        done |= each.maybe() if len(picked) > 1 else each
    return done


def _exec(run: Pnpm) -> Effects:
    """`pnpm exec`: a program of node_modules or of the PATH."""
    whole, picked, seen = _chosen(run)
    words = (*run.words.words[1:], *run.words.rest)
    done = _quiet(run) | seen
    if whole is None or not words or not known(*words):
        return done if done.doubt else done.in_doubt("what pnpm exec runs is not known")
    if run.words.on("shell-mode") is True:
        return done | run.command.machine.run(" ".join(words), after(run.command, done))
    return _programs(run, picked, words, done)


def _dlx(run: Pnpm) -> Effects:
    """`pnpm dlx`: a program of a package that is fetched."""
    words = (*run.words.words[1:], *run.words.rest)
    program = program_of(words[0]) if words and known(*words) else None
    if program is None:
        return unknown("what pnpm dlx runs is not known")
    start = base(run) | Effects(unpinned=True)
    return start | run.command.machine.call(run.command.with_words(program, *words[1:]))


def _deploy(run: Pnpm) -> Effects:
    """`pnpm --filter X deploy DIR`: copies a package and what it needs of the workspace."""
    words = run.words.words[1:]
    whole, seen = project(run)
    if whole is None or len(words) != 1 or not known(words[0]):
        return seen | unknown("where pnpm deploy writes is not known")
    done = install_effects(replace(run, words=replace(run.words, words=("install",))))
    copied = frozenset(tree(p.folder) for p in (*whole.members, *whole.locals))
    target = frozenset({tree(run.command.path(words[0]))})
    return done | Effects(reads=copied, writes=target, seconds=10.0)


def _store(run: Pnpm) -> Effects:
    return _quiet(run)


def _config(run: Pnpm) -> Effects:
    """`pnpm config set`: the user's settings, or the project's with --location=project."""
    if run.words.words[1:2] not in {("set",), ("delete",)} and run.words.words[0] != "set":
        return _quiet(run)
    places = set(
        in_folder(run.command.home(), (".npmrc", ".config/pnpm/rc", ".config/pnpm/config.yaml"))
    )
    if run.words.last("location") == "project":
        places |= set(in_folder(run.root, (".npmrc", "pnpm-workspace.yaml")))
    return _quiet(run) | Effects(reads=frozenset(places), writes=frozenset(places))


def _setup(run: Pnpm) -> Effects:
    """`pnpm setup` writes PNPM_HOME into the shell's start-up files; `env` fetches a node."""
    home = run.command.home()
    places = frozenset(
        in_folder(
            home,
            (".bashrc", ".zshrc", ".profile", ".kshrc", ".config/fish/**", ".local/share/pnpm/**"),
        )
    )
    named = run.command.env.get("PNPM_HOME")
    more = frozenset({tree(named)}) if named else frozenset()
    return base(run) | Effects(reads=places, writes=places | more, unpinned=True)


def _doubt(run: Pnpm) -> Effects:
    return unknown(f"pnpm {' '.join(run.words.words)} is not modelled")


_VERBS: dict[str, Callable[[Pnpm], Effects]] = {
    **dict.fromkeys(["install", "i", "ci", "add", "remove", "rm", "uninstall", "un", "update", "up", "upgrade", "prune", "rebuild", "rb", "dedupe"], _install),
    "fetch": fetch_effects,
    **dict.fromkeys(("run", "run-script"), _run),
    **{name: _named(name) for name in ("test", "start", "stop", "restart")},
    "t": _named("test"),
    "exec": _exec,
    "dlx": _dlx,
    "deploy": _deploy,
    "store": _store,
    "cache": _store,
    **dict.fromkeys(("config", "c", "set", "get"), _config),
    **dict.fromkeys(("setup", "env", "self-update"), _setup),
    **dict.fromkeys(["list", "ls", "ll", "la", "why", "outdated", "audit", "licenses", "root", "bin", "doctor", "cat-file", "cat-index", "find-hash", "help", "info", "view", "whoami", "ping"], _reading),
    **dict.fromkeys(["link", "unlink", "import", "init", "create", "pack", "publish", "patch", "patch-commit", "patch-remove", "approve-builds", "ignored-builds", "server", "install-test", "it", "clean"], _doubt),
}  # fmt: skip


def pnpx(command: Command) -> Effects:
    """`pnpx NAME` is `pnpm dlx NAME`."""
    return effects(command.with_words("pnpm", "dlx", *command.arguments))


PNPM = Tool(
    "pnpm",
    ("pnpm",),
    effects,
    "install, fetch, run, exec, -r, --filter, deploy: workspace, lock, pnpmfile, patches, lifecycle scripts",
)
PNPX = Tool("pnpx", ("pnpx",), pnpx, "follows the program that it fetches")
