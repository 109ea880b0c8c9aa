"""poetry: installs what a lock file fixes, and the project itself unless it is told not to.

Measured with poetry 2.5, options by 1.1 to 2.1: `install` reads pyproject.toml, poetry.lock and poetry.toml; with
`--no-root` nothing else of the project, but for dependencies that are local folders or files.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from optimizer.effects.model import NONE, CacheDir, Effects, tree, unknown
from optimizer.effects.tool import ANY, Command, Tool, known
from optimizer.effects.tools.looking import look
from optimizer.effects.tools.options import Options, split
from optimizer.effects.tools.pip_places import configured
from optimizer.effects.tools.python_lock import (
    Document,
    cache_folder,
    document,
    find_above,
    paths,
    placed,
)
from optimizer.effects.tools.python_path import first_on_path
from optimizer.effects.tools.python_project import build

# `poetry help install`, `lock`, `export`, `config` ... of 1.1 to 2.1.
_FLAGS = frozenset(
    "-h --help -q --quiet -V --version --ansi --no-ansi -n --no-interaction --no-plugins "
    "--no-cache -v -vv -vvv --verbose --no-dev --sync --no-root --no-directory --dry-run "
    "--all-extras --all-groups --only-root --compile --remove-untracked --no-update --check "
    "--regenerate --lock --without-hashes --without-urls --with-credentials --dev --unset --list "
    "--local --migrate --tree --latest --outdated --all --short --strict --default -D -E "
    "--allow-prereleases --full-path --no-truncate --top-level -a -l -o -T".split()
)
_VALUED = frozenset(
    "-C --directory -P --project --without --with --only --extras --format --output --python "
    "--source --group -G --platform --markers --optional".split()
)
_WRITES_LOCK = frozenset({"lock", "update", "add", "remove"})


@dataclass(frozen=True)
class Project:
    """A project of poetry.

    Attributes:
        folder: Where its pyproject.toml stands.
        settings: pyproject.toml.
        lock: poetry.lock.
        effects: What was looked at to know this.
    """

    folder: str
    settings: Document
    lock: Document
    effects: Effects


def effects(command: Command) -> Effects:
    """What a poetry command does."""
    if ANY in command.cwd:
        return unknown("the directory that poetry runs in is not known")
    words = list(command.arguments)
    at = next((i for i, w in enumerate(words) if not w.startswith("-")), len(words))
    if words[at : at + 1] == ["run"]:
        return _run(command, tuple(words[at + 1 :]))
    # `-f FORMAT -o FILE` of export and `-E EXTRA` of install take a value.
    short = frozenset({"-o", "-f"} if "export" in words else {"-E"})
    found = split(tuple(words), _FLAGS - short, _VALUED | short)
    if found.unknown or not known(*found.values("-C", "--directory", "-P", "--project")):
        return unknown(f"poetry's option {found.unknown or '--directory'} is not known")
    verb, rest = (*found.operands[:1], "")[0], found.operands[1:]
    if verb not in _VERBS:
        return NONE if not verb else unknown(f"poetry {verb} is not a command that dfopt knows")
    return _VERBS[verb](command, replace(found, operands=rest))


def _project(command: Command, given: Options) -> Project:
    named = given.last("-C", "--directory", "-P", "--project")
    folder, seen = find_above(command, "pyproject.toml", command.path(named or "."))
    settings = document(command, posixpath.join(folder, "pyproject.toml"))
    lock = document(command, posixpath.join(folder, "poetry.lock"))
    own = document(command, posixpath.join(folder, "poetry.toml"))
    moved = own.table("virtualenvs").get("path") or own.data.get("cache-dir")
    files = (posixpath.join(folder, ".venv"),)
    return Project(
        folder,
        settings,
        lock,
        seen
        | settings.effects
        | lock.effects
        | own.effects
        | look(command.machine, *files)
        | Effects(doubt=f"{own.path} moves poetry's environments" if moved else None),
    )


def _fetching(command: Command, project: Project) -> Effects:
    """What every poetry that resolves or installs does."""
    kept = cache_folder(command, "pypoetry", "POETRY_CACHE_DIR")
    inside = frozenset(tree(posixpath.join(project.folder, name)) for name in (".venv", ".poetry"))
    seen, _ = configured(command)
    in_project = command.env.get("POETRY_VIRTUALENVS_IN_PROJECT", "").lower() in {"1", "true"}
    return (
        seen
        | first_on_path(command)
        | placed(command, "pypoetry")
        | Effects(
            reads=inside,
            writes=inside,
            generated=frozenset({posixpath.join(project.folder, ".venv")} if in_project else ()),
            caches=(CacheDir(kept, ("HOME", "POETRY_CACHE_DIR", "XDG_CACHE_HOME")),),
            unpinned=not project.lock.there,
        )
    )


def _locals(command: Command, project: Project) -> Effects:
    """Dependencies that are folders or files, by pyproject.toml and by the lock."""
    done = NONE
    named = list(paths(project.settings.table("tool", "poetry"), frozenset({"path"})))
    for package in project.lock.data.get("package", ()):
        source = package.get("source") if isinstance(package, dict) else None
        if isinstance(source, dict) and source.get("type") in {"directory", "file"}:
            named.append(str(source.get("url", "")))
    for name in dict.fromkeys(n.removeprefix("file://") for n in named):
        place = command.path(name, project.folder)
        if place.endswith((".whl", ".tar.gz", ".zip")):
            done |= Effects(reads=frozenset({place}))
        elif not place.endswith((".py", ".toml", ".txt", ".md")):
            done |= build(command, place, editable=True)
    return done


def _install(command: Command, given: Options) -> Effects:
    project = _project(command, given)
    done = project.effects | _fetching(command, project) | _locals(command, project)
    if not project.lock.there:
        lock = frozenset({project.lock.path})
        done |= Effects(writes=lock)
    if "file:" in str(project.settings.data):
        done = done.in_doubt(f"{project.settings.path} names something by a file address")
    mode = project.settings.table("tool", "poetry").get("package-mode", True)
    if given.has("--no-root") or mode is False:
        return done
    return done | build(command, project.folder, editable=True)


def _locking(command: Command, given: Options) -> Effects:
    """lock, update, add, remove: the lock is written, local dependencies are built."""
    project = _project(command, given)
    files = frozenset({project.lock.path, project.settings.path})
    done = project.effects | _fetching(command, project) | _locals(command, project)
    return (
        done | build(command, project.folder, editable=True) | Effects(writes=files, unpinned=True)
    )


def _export(command: Command, given: Options) -> Effects:
    """`poetry export`: reads the lock; its answer goes to a file or to the output."""
    project = _project(command, given)
    place = given.last("--output", "-o")
    if place is not None and not known(place):
        return unknown("the file that poetry exports to is not known")
    written = frozenset({command.path(place)} if place else ())
    if project.lock.there:
        return project.effects | Effects(writes=written, variables=frozenset({"*"}), seconds=2.0)
    lock = Effects(writes=written | {project.lock.path}, unpinned=True)
    return project.effects | _fetching(command, project) | _locals(command, project) | lock


def _config(command: Command, given: Options) -> Effects:
    """Settings go below HOME; with --local beside pyproject.toml."""
    if given.has("--local"):
        project = _project(command, given)
        place = frozenset({posixpath.join(project.folder, "poetry.toml")})
        return project.effects | Effects(reads=place, writes=place)
    project = _project(command, given)
    base = command.env.get("XDG_CONFIG_HOME") or posixpath.join(command.home(), ".config")
    base = command.env.get("POETRY_CONFIG_DIR") or posixpath.join(base, "pypoetry")
    places = frozenset({tree(base)} if ANY not in base else {"/**"})
    done = Effects(reads=places, writes=places, variables=frozenset({"POETRY_*", "HOME", "XDG_*"}))
    return replace(project.effects, doubt=None) | done


def _build(command: Command, given: Options) -> Effects:
    project = _project(command, given)
    return project.effects | _fetching(command, project) | build(command, project.folder)


def _own(command: Command, given: Options) -> Effects:
    """`poetry self add PLUGIN`: into poetry's own environment."""
    if not known(*given.operands):
        return unknown("what poetry is to add to itself is not known")
    homes = [command.env.get("POETRY_HOME", ""), f"{command.home()}/.local/share/pypoetry"]
    places = frozenset(tree(h) for h in homes if h.startswith("/") and ANY not in h)
    settings = tree(f"{command.home()}/.config/pypoetry")
    return placed(command, "pypoetry") | Effects(
        reads=places | {settings}, writes=places | {settings}, unpinned=True
    )


def _reading(command: Command, given: Options) -> Effects:
    project = _project(command, given)
    return project.effects | Effects(
        reads=placed(command, "pypoetry").reads, variables=frozenset({"*"}), seconds=1.0
    )


def _environment(command: Command, given: Options) -> Effects:
    project = _project(command, given)
    return project.effects | _fetching(command, project)


def _cached(command: Command, given: Options) -> Effects:
    del given
    places = placed(command, "pypoetry").reads
    return Effects(reads=places, writes=places)


def _run(command: Command, words: tuple[str, ...]) -> Effects:
    """`poetry run X`: X, with the environment's own programs first on the PATH."""
    project = _project(command, Options())
    seen = project.effects | _environment(command, Options())
    if not words:
        return seen
    inner = posixpath.basename(words[0]) if "/" not in words[0] else words[0]
    return seen | command.machine.call(command.with_words(inner, *words[1:]))


_VERBS: Mapping[str, Callable[[Command, Options], Effects]] = {
    "install": _install,
    "sync": _install,
    **dict.fromkeys(_WRITES_LOCK, _locking),
    "export": _export,
    "config": _config,
    "build": _build,
    "self": _own,
    "env": _environment,
    "cache": _cached,
    **dict.fromkeys(("show", "check", "version"), _reading),
    **dict.fromkeys(("about", "help", "list"), lambda _command, _given: NONE),
}

POETRY = Tool(
    "poetry",
    ("poetry",),
    effects,
    "install with and without the project, local dependencies, export, lock, config, run",
)
