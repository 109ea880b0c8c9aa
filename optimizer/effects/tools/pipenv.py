"""pipenv: installs what Pipfile.lock names.

Measured with pipenv 2026.10 (tests/measure/node.py --path): `install` and `sync` read Pipfile,
Pipfile.lock and `.env`, look for pylock.toml and `.venv`, and run the pip of
the environment in the project's folder.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from optimizer.effects.model import NONE, CacheDir, Conditional, Effects, tree, unknown
from optimizer.effects.tool import Command, Kind, Tool, known
from optimizer.effects.tools import python_exports as exports
from optimizer.effects.tools.looking import look, table, toml, upwards, words
from optimizer.effects.tools.options import Options, split
from optimizer.effects.tools.pip_places import configured, site, temporary
from optimizer.effects.tools.pip_requirements import Asked, Reader
from optimizer.effects.tools.python_path import first_on_path
from optimizer.effects.tools.python_project import build

_FLAGS = words(
    "-h --help --version --where --venv --py --envs --rm --bare --man --support --system --deploy "
    "--site-packages --no-site-packages -v --verbose -q --quiet --clear --pre -d --dev --all "
    "--ignore-pipfile --skip-lock --keep-outdated --three --two --selective-upgrade --hash "
    "--dev-only --exclude-markers --lock-only --json --json-tree --reverse --dry-run --sequential "
    "--no-check --from-pipfile --exclude-index"
)
_VALUED = words(
    "--pypi-mirror --python --extra-pip-args --resolver --categories --extras --config-settings "
    "-i --index -r --requirements -e --editable"
)
# What a Pipfile without sources has (plette, `Pipfile.load`).
_SOURCE = [{"name": "pypi", "url": "https://pypi.org/simple", "verify_ssl": True}]
# Folders above the project that are searched for a Pipfile (PIPENV_MAX_DEPTH).
_DEPTH = 3


@dataclass(frozen=True)
class Run:
    """One run of pipenv: its command, options, and the folder of the Pipfile."""

    command: Command
    options: Options
    root: str

    def file(self, name: str) -> str:
        """A file of the project."""
        return posixpath.join(self.root, name)


def effects(command: Command) -> Effects:
    """What a pipenv command does."""
    arguments = command.arguments
    rest: tuple[str, ...] = ()
    if "run" in arguments:
        at = arguments.index("run")
        arguments, rest = arguments[: at + 1], arguments[at + 1 :]
    options = split(arguments, _FLAGS, _VALUED)
    verb = options.operands[0] if options.operands else "graph"
    if options.unknown:
        return unknown(f"pipenv's option {options.unknown} is not known")
    answer = _VERBS.get(verb)
    if not known(command.cwd):
        return unknown("the folder that pipenv works in is not known")
    if answer is None:
        return unknown(f"pipenv {verb} is not a command that dfopt knows")
    if moved := _moved(command):
        return unknown(moved)
    root, seen = _root(command)
    run = Run(replace(command, arguments=rest), options, root)
    files = ("Pipfile", "Pipfile.lock", ".env", ".venv", "pylock.toml", "setup.cfg")
    settings, _ = configured(command)
    seen |= (
        settings
        | look(command.machine, *map(run.file, files))
        | first_on_path(command, command.cwd)
    )
    return seen | Effects(variables=frozenset({"*"}), seconds=1.0) | answer(run)


def _moved(command: Command) -> str:
    """Why the files of the project are not where dfopt takes them to be (`environments.py`)."""
    named = command.env.get("PIPENV_PIPFILE", "")
    if named and (not known(named) or posixpath.basename(named) != "Pipfile"):
        return "PIPENV_PIPFILE names another file than a Pipfile"
    others = ("PIPENV_DOTENV_LOCATION", "PIPENV_MAX_DEPTH")
    return next((f"{name} moves files of pipenv" for name in others if command.env.get(name)), "")


def _root(command: Command) -> tuple[str, Effects]:
    """The nearest folder with a Pipfile, or that of PIPENV_PIPFILE, and what was looked at for it."""
    if named := command.env.get("PIPENV_PIPFILE"):
        file = command.path(named)
        return posixpath.dirname(file), Effects(probes=frozenset({file}))
    folders = upwards(command.cwd)[: _DEPTH + 1]
    files = [posixpath.join(f, "Pipfile") for f in folders]
    for number, file in enumerate(files):
        if command.machine.kind(file) is Kind.FILE:
            return folders[number], Effects(probes=frozenset(files[: number + 1]))
    return command.cwd, Effects(probes=frozenset(files))


def _fetching(run: Run) -> Effects:
    """Its caches and environments, and the site."""
    command, venv = run.command, run.file(".venv")
    home = command.home()
    base = command.env.get("XDG_CACHE_HOME") or f"{home}/.cache"
    cache = command.env.get("PIPENV_CACHE_DIR") or f"{base}/pipenv"
    elsewhere = command.env.get("WORKON_HOME") or f"{home}/.local/share/virtualenvs"
    if not known(cache, elsewhere):
        return unknown("the folders of pipenv are not known")
    places = (site(command, Options()) or frozenset()) | {
        tree(venv),
        tree(elsewhere),
        tree(f"{home}/.local/share/virtualenv"),
    }
    return Effects(
        reads=places,
        writes=places | temporary(command) | {tree(cache), tree(f"{base}/pip")},
        generated=frozenset({venv}),
        network=True,
        caches=(CacheDir(cache, ("HOME", "PIPENV_CACHE_DIR", "XDG_CACHE_HOME")), CacheDir(f"{base}/pip", ("HOME", "PIP_CACHE_DIR", "XDG_CACHE_HOME"))),
        seconds=25.0,
    )  # fmt: skip


def _install(run: Run) -> Effects:
    """`pipenv install` writes the lock only if it does not belong to the Pipfile."""
    machine, lock = run.command.machine, run.file("Pipfile.lock")
    data = toml(machine, run.file("Pipfile"))
    asked = _asked(run)
    done = _fetching(run) | asked.effects
    deployed = run.options.has("--deploy", "--ignore-pipfile")
    if run.options.operands[0] != "sync" and not deployed:
        done |= Effects(unpinned=True)
    if asked.names or asked.projects or data is None or run.options.values("-r", "--requirements"):
        if data is None and machine.kind(run.file("Pipfile")) is not Kind.ABSENT:
            return unknown(f"the content of {run.file('Pipfile')} is not known")
        done |= Effects(writes=frozenset({run.file("Pipfile"), lock}), unpinned=True)
        more = (
            Reader(run.command).file(run.file("requirements.txt"))
            if data is None and not asked.names
            else Asked()
        )
        asked |= more
        done |= more.effects
    elif run.options.operands[0] == "install" and not run.options.has(
        "--deploy", "--ignore-pipfile", "--skip-lock"
    ):
        done |= _lock(run, data)
    for folder in (*(p for p, _ in asked.projects), *_paths(run, data or {})):
        done |= build(run.command, folder)
    return done


def _lock(run: Run, data: Mapping[str, Any]) -> Effects:
    lock = run.file("Pipfile.lock")
    if run.command.machine.kind(lock) is Kind.ABSENT:
        return Effects(writes=frozenset({lock}), unpinned=True)
    held = table(run.command.json(lock), "_meta", "hash").get("sha256")
    violated = "" if held == pipfile_hash(data) else "Pipfile.lock was not made from this Pipfile"
    return Effects(conditional=frozenset({Conditional(lock, "lock-in-sync", violated)}))


def pipfile_hash(data: Mapping[str, Any]) -> str:
    """The checksum that a Pipfile.lock keeps of its Pipfile (plette, `Pipfile.get_hash`)."""
    wanted: dict[str, Any] = {
        "_meta": {"sources": data.get("source", _SOURCE), "requires": data.get("requires", {})},
        "default": data.get("packages", {}),
        "develop": data.get("dev-packages", {}),
    }
    own = {"source", "requires", "packages", "dev-packages", "pipenv", "scripts"}
    wanted |= {name: value for name, value in data.items() if name not in own}
    text = json.dumps(wanted, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _asked(run: Run) -> Asked:
    reader, asked = Reader(run.command), Asked()
    for word in run.options.operands[1:]:
        asked |= reader.requirement(word)
    for value in run.options.values("-e", "--editable"):
        asked |= reader.requirement(value, editable=True)
    for value in run.options.values("-r", "--requirements"):
        asked |= reader.file(value)
    return asked


def _paths(run: Run, data: Mapping[str, Any]) -> Iterator[str]:
    """Local projects and archives of a Pipfile or its lock."""
    lock = run.command.json(run.file("Pipfile.lock")) or {}
    for group in (*data.values(), *lock.values()):
        for wanted in table(group).values():
            place = table(wanted).get("path") or table(wanted).get("file")
            if isinstance(place, str) and "://" not in place:
                yield run.command.path(place, run.root)


def _relock(run: Run) -> Effects:
    files = {run.file("Pipfile.lock")} | (
        {run.file("Pipfile")} if run.options.operands[0] != "lock" else set()
    )
    return _install(run) | Effects(writes=frozenset(files), unpinned=True)


def _started(run: Run) -> Effects:
    """`pipenv run X`: another command, with the project's `.env`."""
    if not run.command.arguments:
        return unknown("pipenv run without a command")
    name, *rest = run.command.arguments
    scripts = table(toml(run.command.machine, run.file("Pipfile")), "scripts")
    if name in scripts:
        return unknown(f"pipenv run {name} is a script of the Pipfile")
    inner = run.command.machine.call(run.command.with_words(name, *rest))
    return replace(_fetching(run), network=False, caches=(), seconds=1.0) | inner


def _prints(command: Command) -> str | None:
    """What `pipenv requirements` prints: what the lock says, no more."""
    options = split(command.arguments, _FLAGS, _VALUED)
    if options.operands != ("requirements",) or options.unknown or not known(command.cwd) or _moved(command):
        return None
    root, _ = _root(command)
    return exports.printed(
        None, exports.pipenv(command.json(posixpath.join(root, "Pipfile.lock"))), None
    )


def _reading(_run: Run) -> Effects:
    return NONE


_VERBS: Mapping[str, Callable[[Run], Effects]] = {
    **dict.fromkeys(("install", "sync"), _install),
    **dict.fromkeys(("lock", "update", "upgrade", "uninstall"), _relock),
    "clean": lambda run: replace(_fetching(run), network=False, caches=()),
    "run": _started,
    **dict.fromkeys(("requirements", "graph", "verify", "scripts"), _reading),
}

PIPENV = Tool(
    "pipenv",
    ("pipenv",),
    effects,
    "install, sync, lock, requirements, run: Pipfile and lock, local projects",
    prints=_prints,
)
