"""pipenv: installs what Pipfile.lock fixes.

Measured with pipenv 2026.10: `install --deploy` and `sync` read Pipfile, Pipfile.lock, pylock.toml
and `.env`, look for `.venv`, and leave nothing in the project.
"""

from __future__ import annotations

import posixpath
from dataclasses import replace

from optimizer.effects.model import NONE, CacheDir, Conditional, Effects, tree, unknown
from optimizer.effects.tool import ANY, Command, Kind, Tool, known
from optimizer.effects.tools.looking import look
from optimizer.effects.tools.options import Options, split
from optimizer.effects.tools.pip_places import configured
from optimizer.effects.tools.pip_requirements import Asked, Reader
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

_FLAGS = frozenset(
    "-h --help --version --system --deploy -d --dev --ignore-pipfile --skip-lock --keep-outdated "
    "--pre --selective-upgrade --three --two --clear -v --verbose -q --quiet --site-packages "
    "--no-site-packages --dev-only --hash --exclude-markers --from-pipfile --bare --rm --lock-only "
    "--all-categories --from-pip".split()
)
_VALUED = frozenset(
    "-e --editable -r --requirements -i --index --pypi-mirror --python --extra-pip-args "
    "--categories --category -c --import-code --sequential".split()
)


def effects(command: Command) -> Effects:
    """What a pipenv command does."""
    if ANY in command.cwd:
        return unknown("the directory that pipenv runs in is not known")
    words = list(command.arguments)
    if words[:1] == ["run"]:
        return _base(command) | command.machine.call(
            command.with_words(words[1] if words[1:] else "true", *words[2:])
        )
    found = split(tuple(words), _FLAGS, _VALUED)
    verb = (*found.operands[:1], "")[0]
    if found.unknown or not known(*found.operands, *found.values("-r", "--requirements", "-e")):
        return unknown(f"pipenv's word {found.unknown or verb} is not known".replace(ANY, "?"))
    if verb in {"install", "sync", "lock", "update", "upgrade"}:
        return _install(command, verb, replace(found, operands=found.operands[1:]))
    if verb in {"requirements", "verify", "graph", "--version", ""}:
        return _base(command)
    if verb in {"uninstall", "clean"}:
        return _base(command) | placed(command, "pipenv")
    return unknown(f"pipenv {verb} is not a command that dfopt knows")


def _files(command: Command) -> tuple[str, Document, Effects]:
    """The folder of the Pipfile (it may be up to three folders above), and the Pipfile."""
    named = command.env.get("PIPENV_PIPFILE", "")
    if named and known(named):
        folder, seen = posixpath.dirname(command.path(named)), NONE
        pipfile = document(command, command.path(named))
    else:
        folder, seen = find_above(command, "Pipfile", command.cwd)
        pipfile = document(command, posixpath.join(folder, "Pipfile"))
    lock = f"{pipfile.path}.lock"
    return (
        folder,
        pipfile,
        seen
        | pipfile.effects
        | look(command.machine, lock, posixpath.join(folder, "pylock.toml")),
    )


def _base(command: Command) -> Effects:
    """The project's files, `.env` (its variables are loaded), the environment beside it."""
    folder, _, seen = _files(command)
    own = [posixpath.join(folder, name) for name in (".env", ".venv")]
    environment = frozenset({tree(own[1])})
    active = first_on_path(command) | configured(command)[0]
    return (
        seen
        | active
        | look(command.machine, *own)
        | Effects(reads=environment, variables=frozenset({"*"}), seconds=1.0)
    )


def _install(command: Command, verb: str, given: Options) -> Effects:
    folder, pipfile, _ = _files(command)
    done = _base(command) | placed(command, "pipenv")
    lock = f"{pipfile.path}.lock"
    locked = command.machine.kind(lock) is not Kind.ABSENT
    reader = Reader(command)
    asked = Asked()
    for word in given.operands:
        asked |= reader.requirement(word)
    for word in given.values("-e", "--editable"):
        asked |= reader.requirement(word, editable=True)
    for word in given.values("-r", "--requirements"):
        asked |= reader.file(word)
    if not pipfile.there:
        asked |= _imported(command, reader, folder)
    for place, editable in asked.projects:
        done |= build(command, place, editable=editable)
    for name in paths(pipfile.data, frozenset({"path", "file"})):
        done |= build(command, command.path(name, folder)) if "://" not in name else NONE
    kept = cache_folder(command, "pipenv", "PIPENV_CACHE_DIR")
    environment = frozenset({tree(posixpath.join(folder, ".venv"))})
    done |= asked.effects | Effects(
        writes=environment,
        caches=(CacheDir(kept, ("HOME", "PIPENV_CACHE_DIR", "XDG_CACHE_HOME")),),
        unpinned=not (locked and (verb == "sync" or given.has("--deploy", "--ignore-pipfile"))),
    )
    return done | _relocks(verb, given, pipfile, locked=locked)


def _imported(command: Command, reader: Reader, folder: str) -> Asked:
    """Without a Pipfile, pipenv takes a requirements.txt if there is one."""
    path = posixpath.join(folder, "requirements.txt")
    if command.machine.kind(path) is Kind.ABSENT:
        return Asked(Effects(probes=frozenset({path})))
    return reader.file(path)


def _relocks(verb: str, given: Options, pipfile: Document, *, locked: bool) -> Effects:
    """`pipenv install` writes the lock anew if the Pipfile has changed since; names change both."""
    lock = f"{pipfile.path}.lock"
    if (
        verb in {"lock", "update", "upgrade"}
        or given.operands
        or given.has("-e", "-r", "--requirements")
    ):
        return Effects(writes=frozenset({lock, pipfile.path}), unpinned=True)
    if verb == "sync" or given.has("--deploy", "--ignore-pipfile", "--skip-lock"):
        return NONE
    if not pipfile.there or not locked:
        return Effects(writes=frozenset({lock, pipfile.path}), unpinned=True)
    return Effects(conditional=frozenset({Conditional(lock, "lock-in-sync")}))


PIPENV = Tool(
    "pipenv", ("pipenv",), effects, "install, sync, lock: Pipfile, its lock, local projects"
)
