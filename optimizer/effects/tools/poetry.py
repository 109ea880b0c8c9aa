"""poetry: installs what poetry.lock names, and the project itself.

Measured with poetry 2.5 (tests/measure/node.py --path): `install --no-root` reads pyproject.toml,
poetry.lock and poetry.toml and looks for `.venv` and `.poetry/plugins`; without `--no-root` it
builds the project as editable. An existing lock file is never written by `install`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from optimizer.effects.model import NONE, CacheDir, Effects, tree, unknown
from optimizer.effects.tool import ANY, Command, Kind, Tool, known
from optimizer.effects.tools import python_exports as exports
from optimizer.effects.tools.ahead import offer
from optimizer.effects.tools.looking import look, table, toml, upwards, words
from optimizer.effects.tools.options import Options, split
from optimizer.effects.tools.pip_places import homes, site, temporary
from optimizer.effects.tools.python_path import first_on_path
from optimizer.effects.tools.python_project import build

CACHE_MOVED_BY = ("HOME", "POETRY_CACHE_DIR", "XDG_CACHE_HOME")
_FLAGS = words(
    "-h --help -q --quiet -V --version --ansi --no-ansi -n --no-interaction --no-plugins "
    "--no-cache -v -vv -vvv --verbose --no-root --no-directory --dry-run --all-extras "
    "--all-groups --only-root --compile --sync --no-dev --dev-only --dev --remove-untracked "
    "--without-hashes --without-urls --with-credentials --local --unset --list --migrate "
    "--no-update --regenerate --lock --check --strict --all --tree --latest --outdated --path "
    "--full-path --executable --short --next-phase --editable --allow-prereleases -e -l -o -t -D"
)
_VALUED = words(
    "-P --project -C --directory --without --with --only -E --extras -f --format -o --output "
    "--group -G --python --source --platform --optional --priority --default --secondary "
    "--config-settings --local-version"
)
# Options of `install` that mean the same for the packages alone, as for all.
_AHEAD = words(
    "-n --no-interaction -q --quiet -v -vv -vvv --verbose --ansi --no-ansi --no-cache --no-dev --all-extras "
    "--all-groups --sync --without --with --only -E --extras"
)
# Settings that say where things are.
_MOVING = words("cache-dir data-dir virtualenvs.path python.installation-dir")
# Of the seconds of an install, those that the packages take.
_PACKAGES = 22.0
# Short options that mean another thing elsewhere.
_EXPORT_VALUED = _VALUED | {"-o", "-f"}


@dataclass(frozen=True)
class Run:
    """One run of poetry.

    Attributes:
        command: As it was called, in the folder that it works in.
        options: Its command line.
        root: The folder of the pyproject.toml.
        line: Its command line as it was given.
    """

    command: Command
    options: Options
    root: str
    line: tuple[str, ...] = ()

    def file(self, name: str) -> str:
        """A file of the project."""
        return posixpath.join(self.root, name)

    @property
    def words(self) -> tuple[str, ...]:
        """What stands behind the subcommand."""
        return self.options.operands[1:]


def effects(command: Command) -> Effects:
    """What a poetry command does."""
    run = _started_as(command)
    if isinstance(run, Effects):
        return run
    verb = run.options.operands[0] if run.options.operands else "about"
    return _settings(run.command) | _VERBS[verb](run)


def _started_as(command: Command) -> Run | Effects:
    """A command line of poetry, or why it is not known."""
    arguments = command.arguments
    run_at = next((i for i, a in enumerate(arguments) if not a.startswith("-")), len(arguments))
    if arguments[run_at : run_at + 1] == ("run",):
        arguments, rest = arguments[: run_at + 1], arguments[run_at + 1 :]
    else:
        rest = ()
    options = split(arguments, _FLAGS - {"-o"}, _EXPORT_VALUED)
    verb = options.operands[0] if options.operands else "about"
    if options.unknown:
        return unknown(f"poetry's option {options.unknown} is not known")
    place = options.last("-C", "--directory", "-P", "--project") or "."
    if not known(command.cwd, place, verb):
        return unknown("the folder or command of poetry is not known")
    if verb not in _VERBS:
        return unknown(f"poetry {verb} is not a command that dfopt knows")
    moved = replace(command, cwd=command.path(place), arguments=rest)
    return Run(moved, options, _root(moved), arguments)


def _root(command: Command) -> str:
    """The nearest folder with a pyproject.toml."""
    for folder in upwards(command.cwd):
        if command.machine.kind(posixpath.join(folder, "pyproject.toml")) is Kind.FILE:
            return folder
    return command.cwd


def _settings(command: Command) -> Effects:
    """Poetry's own settings, and the project's files that every command opens."""
    files = []
    for home in homes(command):
        config = _config_folder(command, home)
        files += [f"{config}/config.toml", f"{config}/auth.toml", f"{home}/.netrc"]
    root = _root(command)
    files += [
        posixpath.join(root, n)
        for n in ("pyproject.toml", "poetry.toml", "poetry.lock", ".poetry/plugins")
    ]
    files += [
        posixpath.join(f, "pyproject.toml") for f in upwards(command.cwd) if f.startswith(root)
    ]
    seen = look(command.machine, *(f for f in files if ANY not in f))
    return seen | first_on_path(command) | Effects(variables=frozenset({"*"}), seconds=1.0)


def _config_folder(command: Command, home: str) -> str:
    """Where poetry's own settings are (2.3 measured)."""
    base = command.env.get("XDG_CONFIG_HOME") or f"{home}/.config"
    return command.env.get("POETRY_CONFIG_DIR") or f"{base}/pypoetry"


def _usual_cache(command: Command) -> str:
    """Where the cache is, if no setting moves it."""
    base = command.env.get("XDG_CACHE_HOME") or posixpath.join(command.home(), ".cache")
    return posixpath.join(base, "pypoetry")


def _fetching(run: Run) -> Effects:
    """What every poetry that installs does: its cache, environments, site."""
    command = run.command
    cache = command.env.get("POETRY_CACHE_DIR") or _usual_cache(command)
    venv = run.file(".venv")
    places = (site(command, Options()) or frozenset()) | {tree(venv)}
    if elsewhere := command.env.get("POETRY_VIRTUALENVS_PATH"):
        if not known(elsewhere) or "{" in elsewhere:
            return unknown("the folder of poetry's environments is not known")
        places |= {tree(command.path(elsewhere))}
    kept = (
        CacheDir(f"{cache}/cache", CACHE_MOVED_BY),
        CacheDir(f"{cache}/artifacts", CACHE_MOVED_BY),
    )
    if not known(cache):
        return unknown("the folder of poetry's cache is not known")
    return Effects(
        reads=places,
        probes=frozenset({venv}),
        writes=places | temporary(command) | {tree(cache)},
        generated=frozenset({venv}),
        network=True,
        caches=kept,
        seconds=25.0,
    )


def _install_command(run: Run) -> Effects:
    """`poetry install`, of which `--no-root` does the most part ahead.

    Measured with poetry 2.5, with environments of its own: the trees after an install, and after
    the two, are the same. A poetry that installs into its own Python may import, the second time,
    what it has just installed, and leave compiled modules there.
    """
    done = _install(run)
    data = toml(run.command.machine, run.file("pyproject.toml")) or {}
    lock = run.file("poetry.lock")
    goods = f"packages of {lock}"
    given = {name for name, _ in run.options.given}
    own = table(data, "tool", "poetry")
    # A plugin runs at every command, and may ask for more than manifests: this one fails without
    # a checkout (dunamai).
    plugins = table(data, "tool", "poetry-dynamic-versioning") or own.get("requires-plugins")
    rootless = own.get("package-mode") is False
    locked = bool(toml(run.command.machine, lock))
    if rootless or plugins or not locked or run.words or not given <= _AHEAD:
        return replace(done, provides=done.provides | {goods})
    installed = site(run.command, Options()) or frozenset()
    into = frozenset({tree(run.file(".venv")), *installed})
    if not _set(run, "POETRY_VIRTUALENVS_IN_PROJECT"):
        into |= {f"{c.path.removesuffix('/cache')}/virtualenvs/**" for c in done.caches[:1]}
    apart = _set(run, "POETRY_VIRTUALENVS_CREATE") or _set(run, "PYTHONDONTWRITEBYTECODE")
    return offer(
        done, run.command, ("--no-root",), goods, carried=run.line, into=into,
        leaves=frozenset() if apart else installed,
        more="compiled modules that poetry itself imports", seconds=_PACKAGES, variables=("*",),
    )  # fmt: skip


def _set(run: Run, name: str) -> bool:
    """Whether a variable is surely set to something that means yes."""
    value = run.command.env.get(name, "")
    return known(value) and value.lower() not in {"", "0", "false"}


def _install(run: Run) -> Effects:
    data = toml(run.command.machine, run.file("pyproject.toml"))
    if data is None:
        return unknown(f"{run.file('pyproject.toml')} is not there, or its content is not known")
    if not known(*run.words):
        return unknown("what poetry is asked for is not known")
    done = _fetching(run) | _unclear(run, data)
    lock = run.file("poetry.lock")
    if run.command.machine.kind(lock) is Kind.ABSENT:
        done |= Effects(writes=frozenset({lock}), unpinned=True)
    for folder in _path_dependencies(run, data):
        done |= build(run.command, folder)
    rootless = (
        run.options.has("--no-root") or table(data, "tool", "poetry").get("package-mode") is False
    )
    return (
        done if rootless else done | build(run.command, run.root, editable=True, backend="poetry")
    )


def _unclear(run: Run, data: Mapping[str, Any]) -> Effects:
    """What may name places that are not seen here."""
    machine = run.command.machine
    for name in ("poetry.lock", "poetry.toml"):
        path = run.file(name)
        if machine.kind(path) is not Kind.ABSENT and toml(machine, path) is None:
            return unknown(f"the content of {path} is not known")
    own = toml(machine, run.file("poetry.toml")) or {}
    if table(own, "virtualenvs").get("path") or own.get("cache-dir"):
        return unknown(f"{run.file('poetry.toml')} moves poetry's environments")
    if "file:" in str(data):
        return unknown(f"{run.file('pyproject.toml')} names something by a file address")
    return NONE


def _path_dependencies(run: Run, data: Mapping[str, Any]) -> Iterator[str]:
    """Folders and archives that pyproject.toml or poetry.lock name as dependencies."""
    lock = toml(run.command.machine, run.file("poetry.lock")) or {}
    named = [
        str(table(package, "source").get("url"))
        for package in lock.get("package", ())
        if table(package, "source").get("type") in {"directory", "file"}
    ]
    poetry = table(data, "tool", "poetry")
    groups = [table(group, "dependencies") for group in table(poetry, "group").values()]
    for group in (table(poetry, "dependencies"), table(poetry, "dev-dependencies"), *groups):
        for wanted in group.values():
            each = wanted if isinstance(wanted, list) else [wanted]
            named += [str(path) for one in each if (path := table(one).get("path"))]
    yield from dict.fromkeys(run.command.path(n, run.root) for n in named)


def _changing(run: Run) -> Effects:
    """`poetry lock`, `add`, `update`: pyproject.toml and the lock are written."""
    files = frozenset({run.file("pyproject.toml"), run.file("poetry.lock")})
    written = files - {run.file("pyproject.toml")} if run.options.operands[0] == "lock" else files
    return _install(run) | Effects(writes=written, unpinned=True)


def _export(run: Run) -> Effects:
    """`poetry export -o requirements.txt`: by the lock; local projects are looked for."""
    target = run.options.last("-o", "--output")
    if target is not None and not known(target):
        return unknown("the file that poetry export writes is not known")
    lock, data = run.file("poetry.lock"), toml(run.command.machine, run.file("pyproject.toml"))
    done = Effects(seconds=2.0)
    if run.command.machine.kind(lock) is Kind.ABSENT:
        done |= Effects(writes=frozenset({lock}))
    for folder in _path_dependencies(run, data or {}):
        names = ("", "pyproject.toml", "setup.py", "setup.cfg")
        done |= Effects(probes=frozenset(run.command.path(name, folder) for name in names))
    return done | exports.product(run.command, *_product(run))


def _product(run: Run) -> tuple[str | None, str | None, str | None]:
    """The file of an export, what it asks for at most, and its format."""
    data = toml(run.command.machine, run.file("pyproject.toml"))
    lock = toml(run.command.machine, run.file("poetry.lock"))
    lines = None if data is None or "file:" in str(data) else exports.poetry(lock, run.root)
    return run.options.last("-o", "--output"), lines, run.options.last("-f", "--format")


def _prints(command: Command) -> str | None:
    """What `poetry export` and `poetry config cache-dir` print."""
    run = _started_as(command)
    if isinstance(run, Effects):
        return None
    if run.options.operands[:1] == ("export",):
        return exports.printed(*_product(run))
    if run.line == ("config", "cache-dir"):
        folder = _cache_told(run)
        return folder + "\n" if folder and known(folder) and "{" not in folder else None
    return None


def _cache_told(run: Run) -> str | None:
    """The folder of the cache: the variable's, the project's, the user's, or the usual one.

    So with poetry 2.3; a relative XDG_CACHE_HOME counts in some versions. The settings that a
    base may have brought are taken to leave it alone.
    """
    command, machine = run.command, run.command.machine
    if (told := command.env.get("POETRY_CACHE_DIR")) is not None:
        return told
    config = _config_folder(command, command.home())
    for path in (run.file("poetry.toml"), f"{config}/config.toml"):
        kind, data = machine.kind(path), toml(machine, path)
        bases = kind is Kind.UNKNOWN and path.startswith(config)
        if kind is not Kind.ABSENT and not bases and data is None:
            return None
        if data and "cache-dir" in data:
            return str(data["cache-dir"])
    usual = _usual_cache(command)
    return usual if command.env_complete and usual.startswith("/") else None


def _config(run: Run) -> Effects:
    if run.options.has("--list") or len(run.words) < (1 if run.options.has("--unset") else 2):
        return NONE
    if run.words[0] in _MOVING:
        return unknown(f"poetry config moves poetry's {run.words[0]}")
    home = _config_folder(run.command, run.command.home())
    files = (
        [run.file("poetry.toml")]
        if run.options.has("--local")
        else [f"{home}/config.toml", f"{home}/auth.toml"]
    )
    return Effects(reads=frozenset(files), writes=frozenset(files))


def _started(run: Run) -> Effects:
    """`poetry run X`: another command in the environment."""
    if not run.command.arguments:
        return unknown("poetry run without a command")
    program, *rest = run.command.arguments
    inner = run.command.machine.call(run.command.with_words(program, *rest))
    return replace(_fetching(run), network=False, caches=(), seconds=1.0) | inner


def _build(run: Run) -> Effects:
    sdist = run.options.last("-f", "--format") != "wheel"
    done = build(run.command, run.root, backend="poetry", sdist=sdist)
    return done | Effects(writes=frozenset({tree(run.file("dist"))}))


def _self(run: Run) -> Effects:
    """`poetry self add PLUGIN`: into poetry's own environment."""
    home = f"{run.command.home()}/.config/pypoetry"
    return _fetching(run) | Effects(writes=frozenset({tree(home)}), unpinned=True)


def _environment(run: Run) -> Effects:
    if run.words[:1] in {("use",), ("remove",)}:
        return replace(_fetching(run), network=False, caches=(), seconds=3.0)
    return NONE


def _clear(run: Run) -> Effects:
    return replace(_fetching(run), network=False, caches=(), seconds=1.0)


def _reading(run: Run) -> Effects:
    return Effects(
        reads=frozenset({tree(run.file(".venv"))})
        | look(run.command.machine, run.file("README.md")).reads
    )


_VERBS: Mapping[str, Callable[[Run], Effects]] = {
    **dict.fromkeys(("install", "sync"), _install_command),
    **dict.fromkeys(("lock", "add", "update", "remove"), _changing),
    "export": _export,
    "config": _config,
    "run": _started,
    "build": _build,
    "self": _self,
    "env": _environment,
    "cache": _clear,
    **dict.fromkeys(("about", "show", "version", "list", "help"), _reading),
}

POETRY = Tool(
    "poetry",
    ("poetry",),
    effects,
    "install, sync, lock, export, config, run: locks, path dependencies, the project",
    prints=_prints,
)
