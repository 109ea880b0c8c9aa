"""`bundle install`, `update` and `check`: the Gemfile, its lock, and folders in place of gems from git."""

from __future__ import annotations

import re
from dataclasses import replace

from optimizer.effects.model import NONE, Conditional, Effects, unknown
from optimizer.effects.tool import known
from optimizer.effects.tools import gemfile
from optimizer.effects.tools.bundler_run import LOCALS, Run, configs, context, places
from optimizer.effects.tools.looking import look, whole_tree
from optimizer.effects.tools.prior import scaled

_LOCAL_SETTING = re.compile(r"^BUNDLE_LOCAL__\w+:\s*(.+)$", re.MULTILINE)
_PLATFORM = re.compile(r"^PLATFORMS\n((?:  \S+\n?)+)", re.MULTILINE)
_DEPENDENCIES = re.compile(r"^DEPENDENCIES\n((?:  .+\n?)+)", re.MULTILINE)
# Older versions keep these options in the project's configuration.
_KEPT = ("--path", "--without", "--with", "--deployment", "--frozen", "--binstubs", "--system", "--clean", "--shebang", "--no-prune")  # fmt: skip


def install(run: Run) -> Effects:
    """What a lock names is fetched into the places of gems."""
    found = gemfile.read(run.command, run.gemfile)
    settings = frozenset(configs(run.command, run.folder)[:1] if run.options.has(*_KEPT) else ())
    return (
        context(run) | found.effects | _locals(run, found) | _kept(run) | places(run) | _lock(run, found)
        | scaled(run.command.machine, run.lock, Effects(writes=settings, network=not run.options.has("--local"), seconds=40.0))
        | Effects(metadata=gemfile.executables(run.command, found.folders))
    )  # fmt: skip


def update(run: Run) -> Effects:
    """`bundle update`, `add`, `lock`: the lock is made anew."""
    files = frozenset(
        {run.lock, run.gemfile} if run.options.operands[0] in {"add", "remove"} else {run.lock}
    )
    return install(run) | Effects(reads=files, writes=files, unpinned=True)


def check(run: Run) -> Effects:
    """What only looks at what is installed."""
    found = gemfile.read(run.command, run.gemfile)
    return (
        context(run)
        | found.effects
        | _locals(run, found)
        | _kept(run)
        | _lock(run, found)
        | replace(places(run), caches=(), generated=frozenset(), seconds=1.0)
    )


def _kept(run: Run) -> Effects:
    """Gems that lie beside the project, by `bundle cache`: a gem by path as well."""
    cache = run.command.env.get("BUNDLE_CACHE_PATH") or "vendor/cache"
    seen = look(run.command.machine, run.command.path(cache, run.folder))
    return seen | whole_tree(*seen.reads)


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
    elif platforms and (named := platforms.group(1).split()) != sorted(named):
        why = "its platforms stand in another order than bundler writes"
    return Effects(
        conditional=frozenset({Conditional(run.lock, "lock-in-sync", why)}), unpinned=bool(missing)
    )


def _locals(run: Run, found: gemfile.Gemfile) -> Effects:
    """The folders that `local.NAME` puts in place of gems from git; for other gems it is not asked."""
    if not found.git:
        return NONE
    named = [m.strip("\"' ") for text in _settings(run) for m in _LOCAL_SETTING.findall(text)]
    named += [v for n, v in run.command.env.items() if n.startswith("BUNDLE_LOCAL__")]
    if not known(*named):
        return unknown("a folder in place of a gem from git is not known")
    return Effects(reads=frozenset({LOCALS})) | whole_tree(
        *(run.command.path(n, run.folder) for n in named)
    )


def _frozen(run: Run) -> bool:
    env = run.command.env
    by_env = any(
        env.get(n, "").lower() in {"1", "true", "on"}
        for n in ("BUNDLE_FROZEN", "BUNDLE_DEPLOYMENT")
    )
    return (
        by_env
        or run.options.has("--deployment", "--frozen")
        or any(re.search(r'BUNDLE_(FROZEN|DEPLOYMENT): "?(true|1)', t) for t in _settings(run))
    )


def _settings(run: Run) -> list[str]:
    return [run.command.machine.text(c) or "" for c in configs(run.command, run.folder)]
