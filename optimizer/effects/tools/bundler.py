"""bundle, gem: install what a Gemfile and its lock name; bootsnap.

Measured with bundler 2.3 (gemfile.py; `local.NAME` under strace); settings after `bundle config` and `bundle install` of
bundler 1.17 to 2.7 (bundler.io/man), bootsnap after its documentation.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from optimizer.effects.model import (
    NONE,
    CacheDir,
    Conditional,
    Effects,
    Link,
    Paths,
    tree,
    unknown,
)
from optimizer.effects.tool import Command, Kind, Tool, clean, known
from optimizer.effects.tools import gemfile
from optimizer.effects.tools.looking import look, whole_tree, words
from optimizer.effects.tools.options import Options, counted, split
from optimizer.effects.tools.prior import scaled

_FLAGS = words(
    "--deployment --no-deployment --frozen --no-cache --no-prune --system --clean --full-index --local --prefer-local "
    "--quiet --redownload --force --standalone --verbose -V --version --no-color --all --global --no-document "
    "-N --no-rdoc --no-ri --rdoc --ri --user-install --no-user-install --conservative --minimal-deps -f -q --silent --both "
    "-r --remote -l --prerelease --pre --development --strict --backtrace --no-lock -a -x -I "
    "--no-minimal-deps --env-shebang --no-update-sources --parseable --all-platforms --no-install --gemfile-only"
)
_VALUED = words(
    "--path --binstubs --gemfile --jobs -j --retry --without --with --shebang --trust-policy --target-rbconfig "
    "-v --install-dir -i --bindir -n --source -s --platform --local --delete --add-platform --remove-platform "
    "--build-root --lockfile -P --cache-path --http-proxy -p --document --add-checksums"
) - {"--local"}
# Where gems may go by the settings that are let pass (`_setting`).
_SYSTEM: Paths = frozenset(
    tree(p)
    for p in "/usr/local/bundle /usr/local/lib/ruby /usr/local/bin /usr/lib/ruby /usr/bin /usr/share /var/lib/gems /bundle /gems /bundler /var/bundle".split()
)
_MOVED = words("vendor/bundle .bundle /usr/local/bundle /bundle /gems /bundler /var/bundle")
_ELSEWHERE = words(
    "path bin cache_path gemfile system_bindir shebang user_cache_path path.system lockfile"
)
# Stands for the folders that `local.NAME` names, wherever the setting is kept: a link leads to each.
_LOCALS = "/.bundle/locals"
_LOCAL_SETTING = re.compile(r"^BUNDLE_LOCAL__\w+:\s*(.+)$", re.MULTILINE)
_PLATFORM = re.compile(r"^PLATFORMS\n((?:  \S+\n?)+)", re.MULTILINE)
_DEPENDENCIES = re.compile(r"^DEPENDENCIES\n((?:  .+\n?)+)", re.MULTILINE)


@dataclass(frozen=True)
class Run:
    """One run of bundler."""

    command: Command
    options: Options
    gemfile: str

    @property
    def folder(self) -> str:
        """The project's folder."""
        return posixpath.dirname(self.gemfile)

    @property
    def lock(self) -> str:
        """The lock file's path."""
        name = posixpath.basename(self.gemfile)
        return (
            posixpath.join(self.folder, "gems.locked")
            if name == "gems.rb"
            else f"{self.gemfile}.lock"
        )


def effects(command: Command) -> Effects:
    """What a bundle command does."""
    arguments = counted(command.arguments)
    if not known(command.cwd):
        return unknown("the directory that bundler runs in is not known")
    if arguments and re.fullmatch(r"_[\d.]+_", arguments[0]):
        arguments = arguments[1:]
    verb = next((a for a in arguments if not a.startswith("-")), "install")
    if verb == "exec":
        return _exec(command, arguments[arguments.index("exec") + 1 :])
    options = split(arguments, _FLAGS, _VALUED)
    if options.unknown and verb != "config":
        return unknown(f"bundler's option {options.unknown} is not known")
    answer = _VERBS.get(verb)
    if answer is None or not known(*arguments):
        return unknown(
            f"bundle {verb} is not a command that dfopt knows"
            if known(verb)
            else "an argument of bundle is not known"
        )
    return answer(_run(command, options))


def _run(command: Command, options: Options) -> Run:
    named = options.last("--gemfile") or command.env.get("BUNDLE_GEMFILE")
    if named:
        return Run(command, options, command.path(named))
    for folder in _up(command.cwd):
        for name in ("Gemfile", "gems.rb"):
            if command.machine.kind(posixpath.join(folder, name)) is Kind.FILE:
                return Run(command, options, posixpath.join(folder, name))
    return Run(command, options, command.path("Gemfile"))


def _up(folder: str) -> list[str]:
    found = [folder]
    while found[-1] != "/":
        found.append(posixpath.dirname(found[-1]))
    return found


def _configs(command: Command, folder: str) -> tuple[str, ...]:
    """Bundler's configuration files: of the project (or BUNDLE_APP_CONFIG), and of the user."""
    home = command.home()
    own = command.env.get("BUNDLE_APP_CONFIG") or posixpath.join(folder, ".bundle")
    user = (
        command.env.get("BUNDLE_USER_CONFIG")
        or f"{command.env.get('BUNDLE_USER_HOME') or home + '/.bundle'}/config"
    )
    return tuple(clean(posixpath.join(folder, p)) for p in (f"{own}/config", user))


def _context(run: Run) -> Effects:
    """What every bundler command looks at."""
    folders = _up(run.command.cwd)
    tried = (
        [
            posixpath.join(f, n)
            for f in folders[: folders.index(run.folder) + 1]
            for n in ("Gemfile", "gems.rb")
        ]
        if run.folder in folders
        else []
    )
    return look(
        run.command.machine, *tried, run.gemfile, run.lock, *_configs(run.command, run.folder)
    ) | Effects(variables=frozenset({"*"}))


def _places(run: Run) -> Effects:
    """Where gems go, what bundler keeps for itself, the temporary folders of native builds."""
    command, env = run.command, run.command.env
    named = [
        env.get("BUNDLE_PATH"),
        env.get("GEM_HOME"),
        env.get("BUNDLE_BIN"),
        run.options.last("--path"),
        run.options.last("--binstubs"),
    ]
    if not known(*(n for n in named if n)):
        return unknown("where bundler installs to is not known")
    for config in _configs(command, run.folder):
        text = command.machine.text(config)
        named += [
            m.group(1).strip("\"' ")
            for m in re.finditer(
                r"^BUNDLE_(?:PATH|BIN|CACHE_PATH|INSTALL_PATH):\s*(.+)$", text or "", re.MULTILINE
            )
        ]
    inner = [command.path(n, run.folder) for n in named if n]
    # `deployment`, and settings that are left by `bundle config`.
    inner += [command.path(n, run.folder) for n in ("vendor/bundle", ".bundle")]
    if any(command.machine.kind(c) is Kind.UNKNOWN for c in _configs(command, run.folder)):
        inner += [command.path(n, run.folder) for n in _MOVED]
    home = command.home()
    own = (
        _SYSTEM
        | frozenset(map(tree, inner))
        | {f"{home}/{n}/**" for n in (".bundle", ".gem", ".local/share/gem", ".cache/gem")}
    )
    temporary = {f"/tmp/{n}**" for n in ("bundler", "gem", "cc", "d2", "mkmf")}
    cache = CacheDir(f"{home}/.bundle/cache", ("HOME", "BUNDLE_USER_HOME", "BUNDLE_USER_CACHE"))
    return Effects(
        reads=own,
        writes=own | temporary,
        caches=(cache,),
        generated=frozenset({command.path("vendor/bundle", run.folder)}),
    )


def _frozen(run: Run) -> bool:
    env = run.command.env
    by_env = any(
        env.get(n, "").lower() in {"1", "true", "on"}
        for n in ("BUNDLE_FROZEN", "BUNDLE_DEPLOYMENT")
    )
    texts = [run.command.machine.text(c) or "" for c in _configs(run.command, run.folder)]
    return (
        by_env
        or run.options.has("--deployment", "--frozen")
        or any(re.search(r'BUNDLE_(FROZEN|DEPLOYMENT): "?(true|1)', t) for t in texts)
    )


def _lock(run: Run, found: gemfile.Gemfile) -> Effects:
    """Gemfile.lock is written if it lacks a gem or this platform."""
    if _frozen(run):
        return NONE
    text = run.command.machine.text(run.lock)
    if text is None:
        why = f"there is no {run.lock}"
        return Effects(
            conditional=frozenset({Conditional(run.lock, "lock-in-sync", why)}), unpinned=True
        )
    platforms, locked = _PLATFORM.search(text), _DEPENDENCIES.search(text)
    names = {
        line.split()[0].rstrip("!")
        for line in (locked.group(1) if locked else "").splitlines()
        if line.strip()
    }
    missing, why = sorted(found.gems - names), ""
    if missing:
        why = f"it lacks {missing[0]}"
    elif platforms and not re.search(r"\bruby\b|linux", platforms.group(1)):
        why = "it names no Linux platform, which bundler adds"
    return Effects(
        conditional=frozenset({Conditional(run.lock, "lock-in-sync", why)}), unpinned=bool(missing)
    )


def _locals(run: Run, found: gemfile.Gemfile) -> Effects:
    """The folders that `local.NAME` puts in place of gems from git; for other gems it is not asked."""
    if not found.git:
        return NONE
    configs = _configs(run.command, run.folder)
    texts = [run.command.machine.text(c) or "" for c in configs]
    named = [m.strip("\"' ") for text in texts for m in _LOCAL_SETTING.findall(text)]
    named += [v for n, v in run.command.env.items() if n.startswith("BUNDLE_LOCAL__")]
    if not known(*named):
        return unknown("a folder in place of a gem from git is not known")
    return Effects(reads=frozenset({_LOCALS})) | whole_tree(
        *(run.command.path(n, run.folder) for n in named)
    )


def _install(run: Run) -> Effects:
    found = gemfile.read(run.command, run.gemfile)
    cache = run.command.env.get("BUNDLE_CACHE_PATH") or "vendor/cache"
    kept = run.command.path(cache, run.folder)
    seen = look(run.command.machine, kept)
    # Older versions keep these options in the project's configuration.
    kept_options = run.options.has(
        "--path",
        "--without",
        "--with",
        "--deployment",
        "--frozen",
        "--binstubs",
        "--system",
        "--clean",
        "--shebang",
        "--no-prune",
    )
    settings = frozenset(_configs(run.command, run.folder)[:1] if kept_options else ())
    return (
        _context(run) | found.effects | _locals(run, found) | seen | whole_tree(*seen.reads) | _places(run) | _lock(run, found)
        | scaled(run.command.machine, run.lock, Effects(writes=settings, network=not run.options.has("--local"), seconds=40.0))
    )  # fmt: skip


def _update(run: Run) -> Effects:
    """`bundle update`, `add`, `lock`: the lock is made anew."""
    files = frozenset(
        {run.lock, run.gemfile} if run.options.operands[0] in {"add", "remove"} else {run.lock}
    )
    return _install(run) | Effects(reads=files, writes=files, unpinned=True)


def _config(run: Run) -> Effects:
    """`bundle config [set] [--local] NAME VALUE`: one line of a configuration file."""
    given = [w for w in run.command.arguments[1:] if w not in {"set", "--local", "--global"}]
    files = frozenset(_configs(run.command, run.folder))
    seen = look(run.command.machine, *files)
    if len(given) == 2 and given[0].startswith("local."):
        folder = run.command.path(given[1])
        # A relative path is made absolute here if it is a folder, else it is kept as it is written.
        if not posixpath.isabs(given[1]):
            return seen.in_doubt(f"bundle config names {given[1]}, which is not an absolute path")
        seen |= Effects(
            probes=frozenset({folder}), links=frozenset({Link(_LOCALS + "/", tree(folder), absolute=True)})
        )
    if len(given) < 2 and "--delete" not in given and "unset" not in given:
        return seen
    name, *value = [w for w in given if w != "--delete"]
    if name.partition(".")[0] in _ELSEWHERE and not (
        name == "path" and (not value or value[0] in _MOVED)
    ):
        return seen.in_doubt(f"bundle config moves bundler's {name}")
    homes = frozenset(
        f"{posixpath.dirname(f)}" for f in files if posixpath.dirname(f) != run.folder
    )
    return seen | Effects(
        writes=files | homes, variables=words("BUNDLE* HOME GEM_HOME"), seconds=0.3
    )


def _check(run: Run) -> Effects:
    found = gemfile.read(run.command, run.gemfile)
    return (
        _context(run)
        | found.effects
        | _locals(run, found)
        | replace(_places(run), caches=(), generated=frozenset(), seconds=1.0)
    )


def _clean(run: Run) -> Effects:
    return _check(run)


def _quiet(_run: Run) -> Effects:
    return Effects(variables=words("BUNDLE* GEM* RUBY* HOME PATH"), seconds=0.3)


_VERBS: Mapping[str, Callable[[Run], Effects]] = {
    "install": _install,
    "i": _install,
    **dict.fromkeys(("update", "lock", "add", "remove"), _update),
    "config": _config,
    **dict.fromkeys(("check", "list", "show", "info", "clean", "pristine", "outdated"), _check),
    **dict.fromkeys(("version", "help", "env"), _quiet),
}


def _exec(command: Command, words_: tuple[str, ...]) -> Effects:
    """`bundle exec`: the bundle is set up, then a program runs in it."""
    run = _run(command, Options())
    if not words_ or words_[0] not in {"bootsnap", "gem", "bundle"}:
        return unknown(
            f"bundle exec {words_[0] if words_ else ''} runs a program of the project or of a gem".replace(
                "\0", "?"
            )
        )
    return _check(run) | command.machine.call(command.with_words(*words_))


def _bootsnap(command: Command) -> Effects:
    """`bootsnap precompile`: compiles the named folders, with `--gemfile` the gems, into tmp/cache."""
    options = split(
        command.arguments,
        words("--gemfile --yaml --no-yaml"),
        words("--cache-dir -j --jobs --exclude"),
    )
    if (
        options.unknown
        or not known(command.cwd, *command.arguments)
        or options.operands[:1] != ("precompile",)
    ):
        return unknown("this call of bootsnap is not known")
    cache = command.path(
        options.last("--cache-dir") or command.env.get("BOOTSNAP_CACHE_DIR") or "tmp/cache"
    )
    folders = (command.path(o) for o in options.operands[1:])
    made = frozenset({posixpath.dirname(cache)} - {command.cwd})
    return whole_tree(*folders, cache) | Effects(
        reads=_SYSTEM,
        writes=frozenset({tree(cache)}) | made,
        variables=frozenset({"*"}),
        seconds=5.0,
    )


_GEM_VERBS = words(
    "list env environment search info query which sources help outdated cleanup uninstall install update i"
)


def _gem(command: Command) -> Effects:
    """`gem install`: gems from the index, or from files; `gem update --system`."""
    options = split(
        command.arguments, _FLAGS | words("--system --default"), _VALUED | {"--version"}
    )
    if options.unknown or not known(command.cwd, *command.arguments) or not options.operands:
        why = options.unknown or "its arguments"
        return unknown(f"this call of gem is not known ({why})".replace("\0", "?"))
    verb, *names = options.operands
    if verb not in _GEM_VERBS:
        return unknown(f"gem {verb} is not modelled")
    installs = verb in {"install", "i"}
    fetches = (installs or verb in {"update", "search", "outdated"}) and not options.has(
        "--local", "-l"
    )
    pinned = installs and (
        options.has("-v", "--version") or all(re.search(r":\d", n) for n in names)
    )
    files = _nearby(command, names) if installs else NONE
    own = options.values("--install-dir", "-i", "--bindir", "-n", "--build-root")
    named = frozenset(tree(command.path(o)) for o in own)
    settings = look(command.machine, f"{command.home()}/.gemrc", "/etc/gemrc")
    return files | settings | _gem_places(command, options) | Effects(
        reads=named, writes=named, variables=frozenset({"*"}), network=fetches,
        unpinned=fetches and not pinned, seconds=10.0,
    )  # fmt: skip


def _gem_places(command: Command, options: Options) -> Effects:
    """Where gem itself installs: not into the project, as bundler may."""
    done = _places(Run(command, options, command.path("Gemfile")))
    inner = {tree(command.path(n)) for n in ("vendor/bundle", ".bundle")}
    return replace(
        done, reads=done.reads - inner, writes=done.writes - inner, generated=frozenset()
    )


def _nearby(command: Command, names: list[str]) -> Effects:
    """Files of the folder that are preferred to the index: `gem install x` takes x-1.0.gem."""
    there = [n for n in command.machine.names(command.cwd) if n.endswith(".gem")]
    chosen = [n for n in there if any(n.startswith(name.partition(":")[0]) for name in names)]
    named = [n for n in names if n.endswith(".gem")]
    return look(command.machine, *map(command.path, (*chosen, *named)))


BUNDLER_TOOLS: tuple[Tool, ...] = (
    Tool(
        "bundle",
        ("bundle", "bundler"),
        effects,
        "install, config, check: Gemfile, lock, gemspecs, gems by path, settings",
    ),
    Tool("gem", ("gem",), _gem, "install, update, uninstall"),
    Tool("bootsnap", ("bootsnap",), _bootsnap, "precompile"),
)
