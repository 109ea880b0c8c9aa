"""A run of poetry: its command line, its project, its settings, and where it keeps what it fetches."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, replace

from optimizer.effects.model import CacheDir, Effects, tree, unknown
from optimizer.effects.tool import ANY, Command, Kind, known
from optimizer.effects.tools.looking import look, upwards, words
from optimizer.effects.tools.options import Options, split
from optimizer.effects.tools.pip_places import homes, site, temporary
from optimizer.effects.tools.python_path import first_on_path

_MOVED_BY = ("HOME", "POETRY_CACHE_DIR", "XDG_CACHE_HOME")
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
    def verb(self) -> str:
        """The subcommand."""
        return (*self.options.operands, "about")[0]

    @property
    def words(self) -> tuple[str, ...]:
        """What stands behind the subcommand."""
        return self.options.operands[1:]


def started_as(command: Command) -> Run | Effects:
    """A command line of poetry, or why it is not known."""
    arguments = command.arguments
    run_at = next((i for i, a in enumerate(arguments) if not a.startswith("-")), len(arguments))
    if arguments[run_at : run_at + 1] == ("run",):
        arguments, rest = arguments[: run_at + 1], arguments[run_at + 1 :]
    else:
        rest = ()
    # Short options that mean another thing elsewhere.
    options = split(arguments, _FLAGS - {"-o"}, _VALUED | {"-o", "-f"})
    if options.unknown:
        return unknown(f"poetry's option {options.unknown} is not known")
    place = options.last("-C", "--directory", "-P", "--project") or "."
    if not known(command.cwd, place, *options.operands[:1]):
        return unknown("the folder or command of poetry is not known")
    moved = replace(command, cwd=command.path(place), arguments=rest)
    return Run(moved, options, _root(moved), arguments)


def _root(command: Command) -> str:
    """The nearest folder with a pyproject.toml."""
    for folder in upwards(command.cwd):
        if command.machine.kind(posixpath.join(folder, "pyproject.toml")) is Kind.FILE:
            return folder
    return command.cwd


def settings(command: Command) -> Effects:
    """Poetry's own settings, and the project's files that every command opens."""
    files = []
    for home in homes(command):
        config = config_folder(command, home)
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


def config_folder(command: Command, home: str) -> str:
    """Where poetry's own settings are (2.3 measured)."""
    base = command.env.get("XDG_CONFIG_HOME") or f"{home}/.config"
    return command.env.get("POETRY_CONFIG_DIR") or f"{base}/pypoetry"


def usual_cache(command: Command) -> str:
    """Where the cache is, if no setting moves it."""
    base = command.env.get("XDG_CACHE_HOME") or posixpath.join(command.home(), ".cache")
    return posixpath.join(base, "pypoetry")


def fetching(run: Run) -> Effects:
    """What every poetry that installs does: its cache, environments, site."""
    command = run.command
    cache = command.env.get("POETRY_CACHE_DIR") or usual_cache(command)
    venv = run.file(".venv")
    places = (site(command, Options()) or frozenset()) | {tree(venv)}
    if elsewhere := command.env.get("POETRY_VIRTUALENVS_PATH"):
        if not known(elsewhere) or "{" in elsewhere:
            return unknown("the folder of poetry's environments is not known")
        places |= {tree(command.path(elsewhere))}
    if not known(cache):
        return unknown("the folder of poetry's cache is not known")
    return Effects(
        reads=places,
        probes=frozenset({venv}),
        writes=places | temporary(command) | {tree(cache)},
        generated=frozenset({venv}),
        network=True,
        caches=tuple(CacheDir(f"{cache}/{n}", _MOVED_BY) for n in ("cache", "artifacts")),
        seconds=25.0,
    )


def local(run: Run, seconds: float) -> Effects:
    """What looks for the environment and fetches nothing."""
    return replace(fetching(run), network=False, caches=(), seconds=seconds)
