"""A run of bundler: its options (and gem's), its Gemfile, its settings, and where gems go."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from optimizer.effects.model import CacheDir, Effects, Paths, tree, unknown
from optimizer.effects.tool import Command, Kind, clean, known
from optimizer.effects.tools.looking import look, upwards, words
from optimizer.effects.tools.options import Options

FLAGS = words(
    "--deployment --no-deployment --frozen --no-cache --no-prune --system --clean --full-index --local --prefer-local "
    "--quiet --redownload --force --standalone --verbose -V --version --no-color --all --global --no-document "
    "-N --no-rdoc --no-ri --rdoc --ri --user-install --no-user-install --conservative --minimal-deps -f -q --silent --both "
    "-r --remote -l --prerelease --pre --development --strict --backtrace --no-lock -a -x -I "
    "--no-minimal-deps --env-shebang --no-update-sources --parseable --all-platforms --no-install --gemfile-only"
)
VALUED = words(
    "--path --binstubs --gemfile --jobs -j --retry --without --with --shebang --trust-policy --target-rbconfig "
    "-v --install-dir -i --bindir -n --source -s --platform --local --delete --add-platform --remove-platform "
    "--build-root --lockfile -P --cache-path --http-proxy -p --document --add-checksums"
) - {"--local"}
_NAMES = ("Gemfile", "gems.rb")
# RubyGems takes the version of bundler from the lock of the first of these
# (lib/rubygems/bundler_version_finder.rb), whatever bundler is then told of another Gemfile.
_VERSIONED = ("gem.deps.rb", "gems.rb", "Gemfile", "Isolate")
# Programs that bundler 2.3 takes from the working directory before PATH (lib/bundler.rb, `which`).
_PROGRAMS = ("sudo", "git")
_GEMFILE = re.compile(r"^BUNDLE_GEMFILE:\s*(.+)$", re.MULTILINE)
# Where gems may go by the settings that are let pass (`bundler_config`).
SYSTEM: Paths = frozenset(map(tree, words(
    "/usr/local/bundle /usr/local/lib/ruby /usr/local/bin /usr/lib/ruby /usr/bin /usr/share /var/lib/gems "
    "/bundle /gems /bundler /var/bundle"
)))  # fmt: skip
MOVED = words("vendor/bundle .bundle /usr/local/bundle /bundle /gems /bundler /var/bundle")
# Stands for the folders that `local.NAME` names, wherever the setting is kept: a link leads to each.
LOCALS = "/.bundle/locals"


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
        if posixpath.basename(self.gemfile) == "gems.rb":
            return posixpath.join(self.folder, "gems.locked")
        return f"{self.gemfile}.lock"


def run(command: Command, options: Options) -> Run:
    """A run with the Gemfile that it finds."""
    named = options.last("--gemfile") or command.env.get("BUNDLE_GEMFILE")
    if named:
        return Run(command, options, command.path(named))
    found = nearest(command)
    for config in configs(command, posixpath.dirname(found)):
        if moved := _GEMFILE.search(command.machine.text(config) or ""):
            return Run(command, options, command.path(moved.group(1).strip("\"' ")))
    return Run(command, options, found)


def nearest(command: Command) -> str:
    """The Gemfile of the working directory, or of the nearest folder above it that has one."""
    for folder in upwards(command.cwd):
        for name in _NAMES:
            if command.machine.kind(posixpath.join(folder, name)) is Kind.FILE:
                return posixpath.join(folder, name)
    return command.path("Gemfile")


def configs(command: Command, folder: str) -> tuple[str, ...]:
    """Bundler's configuration files: of the project (or BUNDLE_APP_CONFIG), and of the user."""
    home = command.home()
    own = command.env.get("BUNDLE_APP_CONFIG") or posixpath.join(folder, ".bundle")
    user = (
        command.env.get("BUNDLE_USER_CONFIG")
        or f"{command.env.get('BUNDLE_USER_HOME') or home + '/.bundle'}/config"
    )
    return tuple(clean(posixpath.join(folder, p)) for p in (f"{own}/config", user))


def context(run: Run) -> Effects:
    """What every bundler command looks at."""
    machine, done = run.command.machine, Effects(variables=frozenset({"*"}))
    for folder in upwards(run.command.cwd):
        tried = [posixpath.join(folder, n) for n in _VERSIONED]
        done |= look(machine, *tried)
        if there := [t for t in tried if machine.kind(t) is not Kind.ABSENT]:
            locks = [f"{t}.lock" for t in there]
            done |= look(machine, *locks, *configs(run.command, folder))
        if any(machine.kind(t) is Kind.FILE for t in tried):
            break
    else:
        # Without a Gemfile the settings come from the nearest of these folders.
        own = [posixpath.join(f, ".bundle") for f in upwards(run.command.cwd)]
        done |= look(machine, *own, *(f"{folder}/config" for folder in own))
    programs = map(run.command.path, _PROGRAMS)
    return done | look(
        machine, run.gemfile, run.lock, *configs(run.command, run.folder), *programs
    )


def places(run: Run) -> Effects:
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
    for config in configs(command, run.folder):
        text = command.machine.text(config)
        named += [
            m.group(1).strip("\"' ")
            for m in re.finditer(
                r"^BUNDLE_(?:PATH|BIN|CACHE_PATH|INSTALL_PATH):\s*(.+)$", text or "", re.MULTILINE
            )
        ]
    if run.options.has("--standalone"):
        named.append("bundle")
    inner = [command.path(n, run.folder) for n in named if n]
    # `deployment`, and settings that are left by `bundle config`.
    inner += [command.path(n, run.folder) for n in ("vendor/bundle", ".bundle")]
    if any(command.machine.kind(c) is Kind.UNKNOWN for c in configs(command, run.folder)):
        inner += [command.path(n, run.folder) for n in MOVED]
    home = command.home()
    own = (
        SYSTEM
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
