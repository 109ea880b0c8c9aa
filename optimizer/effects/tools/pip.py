"""pip: installs what requirement files, names and local projects ask for.

Measured with pip 23.0 (Python 3.8, 3.9), 23.2 (3.11, 3.12) and 26.3 (tests/measure/python.py): an
install of `-r requirements.txt` reads that file and what it names, no pyproject.toml or
setup.py of the working directory, and leaves nothing there.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from optimizer.effects.model import NONE, Effects, tree, unknown
from optimizer.effects.tool import Command, Kind, Tool, known
from optimizer.effects.tools import pip_options
from optimizer.effects.tools.looking import look, words
from optimizer.effects.tools.options import Options
from optimizer.effects.tools.pip_ahead import offered, packages, provided
from optimizer.effects.tools.pip_places import (
    VARIABLES,
    cache,
    configured,
    environments,
    site,
    temporary,
)
from optimizer.effects.tools.pip_requirements import Asked, Reader
from optimizer.effects.tools.python_path import first_on_path
from optimizer.effects.tools.python_project import build

# Options that say where archives are.
_FOUND_IN = ("--find-links", "--index-url", "--extra-index-url")
# Options that name a file which is read.
_READ = ("--cert", "--client-cert", "--requirements-from-script")
# Settings that make a later pip read or write other places.
_FAR = words("requirement constraint find-links editable target prefix root src python group")
# Stands for a working directory that is not known; no image has it.
_SOMEWHERE = "/.a-directory-that-is-not-known"
_WRITTEN = ("--log", "--report", "--output")


@dataclass(frozen=True)
class Run:
    """One run of pip.

    Attributes:
        command: As it was called.
        options: Its command line, behind what configuration files and variables say.
        seen: The configuration files.
    """

    command: Command
    options: Options
    seen: Effects

    @property
    def words(self) -> tuple[str, ...]:
        """What stands behind the subcommand."""
        return self.options.operands[1:]


def effects(command: Command) -> Effects:
    """What a pip command does."""
    if not known(command.cwd):
        return _anywhere(command)
    options = pip_options.parse(command.arguments)
    verb = options.operands[0] if options.operands else "help"
    if options.unknown:
        return unknown(f"pip's option {options.unknown} is not known")
    answer = _VERBS.get(verb)
    if answer is None:
        return unknown(
            f"pip {verb} is not a command that dfopt knows"
            if known(verb)
            else "a pip command that is not known"
        )
    isolated = options.has("--isolated")
    seen, more = (NONE, ()) if isolated else configured(command)
    if any(name in _FOUND_IN and not known(value) for name, value in more):
        # An address, or a folder anywhere. On a command line it might be options, too.
        seen |= Effects(reads=frozenset({tree("/")}), network=True)
        more = tuple(each for each in more if each[0] not in _FOUND_IN or known(each[1]))
    options = replace(options, given=(*more, *options.given))
    return seen | first_on_path(command) | answer(Run(command, options, seen))


def _anywhere(command: Command) -> Effects:
    """In a directory that is not known: what is looked for there may be any file."""
    done = effects(replace(command, cwd=_SOMEWHERE))
    asked = done.reads | done.probes | done.lists
    changed = done.writes | done.metadata | done.deletes | done.makes | done.generated
    if any(p.startswith(_SOMEWHERE) for p in changed) or any(tree("/") == p for p in changed):
        return unknown("the directory that pip runs in is not known")
    if not any(p.startswith(_SOMEWHERE) for p in asked):
        return done
    elsewhere = [
        frozenset(p for p in part if not p.startswith(_SOMEWHERE))
        for part in (done.reads, done.probes, done.lists)
    ]
    return replace(done, reads=elsewhere[0] | {tree("/")}, probes=elsewhere[1], lists=elsewhere[2])


def _base(run: Run) -> Effects:
    """What every pip that fetches does: its cache, temporary folders, certificates."""
    command, options = run.command, run.options
    caches = cache(command, options)
    files = [f for f in options.values(*_READ) if f and known(f)]
    written = frozenset(
        command.path(f) for f in options.values(*_WRITTEN) if f not in {"", "-"} and known(f)
    )
    # pip says which Rust there is; rustup's `rustc` looks for the project's choice. Pythons
    # before 3.10 read the working directory's setup.cfg to know where packages go (measured).
    own = ("setup.cfg", "rust-toolchain", "rust-toolchain.toml")
    seen = look(command.machine, *map(command.path, (*own, *files)))
    wheels_only = ":all:" in options.values("--only-binary")
    return seen | Effects(
        writes=frozenset(tree(c.path) for c in caches) | temporary(command) | written,
        variables=VARIABLES if wheels_only else frozenset({"*"}),
        network=not options.has("--no-index"),
        caches=caches,
        seconds=20.0,
    )


def _asked(run: Run) -> Asked:
    """All that the command line asks for."""
    reader, options = Reader(run.command), run.options
    asked = Asked(hashed=options.has("--require-hashes"))
    for word in run.words:
        asked |= reader.requirement(word)
    for name, value in options.given:
        if name == "--editable":
            asked |= reader.requirement(value, editable=True)
        elif name == "--requirement":
            asked |= reader.file(value)
        elif name in {"--constraint", "--build-constraint"}:
            asked |= reader.file(value, constraint=True)
        elif name in {"--find-links", "--index-url", "--extra-index-url"}:
            asked |= Asked(reader.links(value))
        elif name == "--group":
            asked |= _group(run, value)
    return asked


def _group(run: Run, value: str) -> Asked:
    """`--group dev`, `--group path/pyproject.toml:dev`: names from a pyproject.toml."""
    file = value.rpartition(":")[0] or "pyproject.toml"
    if not known(file):
        return Asked(Effects(doubt="the file of pip's --group is not known"))
    return Asked(look(run.command.machine, run.command.path(file)), loose=frozenset({file}))


def _built(run: Run, asked: Asked) -> Effects:
    """The local projects, built."""
    done = NONE
    for folder, editable in asked.projects:
        # Without a pyproject.toml pips before 25.3 may build with what is installed.
        settings = run.command.machine.kind(posixpath.join(folder, "pyproject.toml"))
        alone = settings is Kind.FILE and not run.options.has("--no-build-isolation")
        done |= build(run.command, folder, editable=editable, isolated=alone)
    return done


def _install(run: Run) -> Effects:
    asked = _asked(run)
    places = site(run.command, run.options)
    if places is None:
        return unknown("where pip installs to is not known")
    if run.options.has("--dry-run"):
        places = frozenset()
    if asked.checkouts:
        places |= _sources(run)
    done = (
        _base(run) | asked.effects | Effects(reads=places, writes=places, unpinned=asked.unpinned)
    )
    done |= _targets(run) | _built(run, asked)
    goods = packages(asked.names) | provided(run.command, run.options.given)
    done = replace(done, provides=done.provides | goods)
    alone = len(asked.projects) == 1
    return offered(run.command, done, run.options.given, run.words) if alone else done


def _sources(run: Run) -> frozenset[str]:
    """Where editable checkouts go: `src` of the environment, else of the working directory."""
    named = run.options.last("--src")
    folders = (
        [named]
        if named
        else ["src", *(posixpath.join(e, "src") for e in environments(run.command))]
    )
    return frozenset(tree(run.command.path(f)) for f in folders)


def _targets(run: Run) -> Effects:
    """`--target`: what stands there is looked at, and replaced with `--upgrade`."""
    folders = [run.command.path(t) for t in run.options.values("--target", "--prefix") if known(t)]
    return Effects(
        reads=frozenset(map(tree, folders)),
        generated=frozenset(
            f for f in folders if run.command.machine.kind(f) is not Kind.DIRECTORY
        ),
    )


def _fetching(option: str, default: str) -> Callable[[Run], Effects]:
    """`pip download` and `pip wheel`: archives go into a folder."""

    def fetch(run: Run) -> Effects:
        asked = _asked(run)
        place = run.options.last(option) or default
        if not known(place):
            return unknown(f"the folder of pip's {option} is not known")
        written = frozenset({tree(run.command.path(place))})
        done = Effects(reads=written, writes=written, unpinned=asked.unpinned)
        return _base(run) | asked.effects | done | _built(run, asked)

    return fetch


def _uninstall(run: Run) -> Effects:
    asked = _asked(run)
    places = site(run.command, run.options) or frozenset()
    return (
        replace(_base(run), network=False, caches=(), seconds=2.0)
        | asked.effects
        | Effects(writes=places)
    )


def _reading(run: Run) -> Effects:
    """Commands that print what is installed, or what an index has."""
    files = _asked(replace(run, options=replace(run.options, operands=()))).effects
    return replace(_base(run), writes=temporary(run.command), caches=(), seconds=1.0) | files


def _config(run: Run) -> Effects:
    """`pip config set`: one value in one of the configuration files."""
    command, action = run.command, run.words[:1]
    if action not in {("set",), ("unset",)}:
        return NONE if action != ("edit",) else unknown("pip config edit opens an editor")
    key = (*run.words[1:2], "")[0].rpartition(".")[2].replace("_", "-")
    if key in _FAR:
        return unknown(f"pip config sets {key}, which every later pip reads")
    home = command.home()
    config = command.env.get("XDG_CONFIG_HOME") or posixpath.join(home, ".config")
    files = {
        "--global": ["/etc/pip.conf", "/etc/xdg/pip/pip.conf"],
        "--site": [
            f"{e}/pip.conf" for e in (*environments(command), "/usr/local", "/usr", "/opt/conda")
        ],
    }.get(next((n for n, _ in run.options.given if n in {"--global", "--site"}), ""))
    chosen = frozenset(files or [f"{config}/pip/pip.conf", f"{home}/.pip/pip.conf"])
    return Effects(reads=chosen, writes=chosen, variables=VARIABLES, seconds=0.5)


def _cache(run: Run) -> Effects:
    """`pip cache purge` and its kin work in the cache alone."""
    places = frozenset(tree(c.path) for c in cache(run.command, run.options))
    return Effects(writes=places, variables=VARIABLES, seconds=0.5)


def _hash(run: Run) -> Effects:
    if not known(*run.words):
        return unknown("the files of pip hash are not known")
    return Effects(reads=frozenset(map(run.command.path, run.words)))


def _quiet(_run: Run) -> Effects:
    return Effects(variables=VARIABLES, seconds=0.5)


# `pip help` of pip 26, and what older ones had.
_VERBS: Mapping[str, Callable[[Run], Effects]] = {
    "install": _install,
    "download": _fetching("--dest", "."),
    "wheel": _fetching("--wheel-dir", "."),
    "lock": _fetching("--dest", "."),
    "uninstall": _uninstall,
    **dict.fromkeys(("freeze", "list", "show", "check", "inspect", "search", "index"), _reading),
    "config": _config,
    "cache": _cache,
    "hash": _hash,
    **dict.fromkeys(("help", "completion", "debug"), _quiet),
}

PIP = Tool(
    "pip",
    ("pip", "pip2", "pip3", *(f"pip3.{minor}" for minor in range(4, 16))),
    effects,
    "install, wheel, download ...: requirement and constraint files, projects, archives, settings",
)
