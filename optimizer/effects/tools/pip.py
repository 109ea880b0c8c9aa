"""pip: what it takes from requirements files and local projects, and where it installs."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping

from optimizer.effects.model import NONE, CacheDir, Effects, tree, unknown
from optimizer.effects.tool import ANY, Command, Kind, Tool, known
from optimizer.effects.tools import pip_requirements as requirements
from optimizer.effects.tools.options import Options
from optimizer.effects.tools.pip_requirements import Requirements
from optimizer.effects.tools.pip_words import (
    ALIASES,
    known_subcommand,
    options,
    subcommand,
    valued,
)
from optimizer.effects.tools.python_place import homes, look, prefixes, site
from optimizer.effects.tools.python_project import build

# Options whose value is a folder that is written.
_PLACES = ("-t", "--prefix", "--root", "--src", "-d", "-w", "--cache-dir", "-b")
_SETTINGS = ("requirement", "constraint", "find-links", "editable", "target", "prefix", "root", "src", "python", "group")  # fmt: skip
_OFF = frozenset({"", "0", "false", "no", "off", "n", "f"})


def effects(command: Command) -> Effects:
    """What a pip command line does."""
    before, name, words = subcommand(command.arguments)
    if not name:
        return (
            _settings(command) if before.given or not command.arguments else unknown("no command")
        )
    if not known_subcommand(name):
        return unknown(f"pip {name} is not a command that dfopt knows")
    given = options(name, words)
    given = Options(
        given.operands,
        (*_from_env(command, name), *before.given, *given.given),
        given.unknown or before.unknown,
    )
    if given.unknown:
        return unknown(f"pip {name} {given.unknown} is not an option that dfopt knows")
    if given.has("--python"):
        return unknown("pip --python runs another interpreter")
    places = [v for o, v in given.given if o in _PLACES]
    if not known(*places):
        return unknown("a folder that pip writes is not known")
    done = _settings(command) | _COMMANDS.get(name, _reading)(command, given)
    for log in given.values("--log", "--report"):
        done |= Effects(
            writes=frozenset({command.path(log)}) if known(log) else frozenset({"/**"})
        )
    return done


def _from_env(command: Command, name: str) -> tuple[tuple[str, str], ...]:
    """Options that are set by PIP_* variables; those of several values split at blanks."""
    found: list[tuple[str, str]] = []
    for variable, value in command.env.items():
        option = "--" + variable.removeprefix("PIP_").lower().replace("_", "-")
        if not variable.startswith("PIP_") or not value:
            continue
        first = ALIASES.get(option, option)
        if valued(name, option) or first in {"-d", "-w", "-t"}:
            several = first in {"-r", "-c", "-e", "-f", "--extra-index-url", "--trusted-host"}
            found += [(first, v) for v in (value.split() if several else [value])]
        elif value.lower() not in _OFF:
            found.append((first, ""))
    return tuple(found)


def _settings(command: Command) -> Effects:
    """pip's own settings, and the files of what it is built on (netrc, certificates)."""
    places = [
        "/etc/pip.conf",
        "/etc/xdg/pip/pip.conf",
        *(f"{p}/pip.conf" for p in prefixes(command)),
    ]
    for home in homes(command):
        places += [f"{home}/{n}" for n in (".pip/pip.conf", ".config/pip/pip.conf", ".netrc")]
    named = command.env.get("PIP_CONFIG_FILE")
    if named and not known(named):
        return unknown("PIP_CONFIG_FILE is not known")
    if named and named != "/dev/null":
        places.append(command.path(named))
    done = look(command.machine, *places)
    for place in places:
        done |= _setting(command, place)
    return done


def _setting(command: Command, place: str) -> Effects:
    """A settings file of the context that names further files is in doubt."""
    text = command.machine.text(place)
    if text is None or not place.endswith("pip.conf") and "PIP_CONFIG_FILE" not in command.env:
        return NONE
    names = {
        line.split("=")[0].strip().replace("_", "-") for line in text.splitlines() if "=" in line
    }
    if bad := sorted(names & set(_SETTINGS)):
        return unknown(f"{place} sets {', '.join(bad)}")
    return NONE


def _asked(command: Command, given: Options) -> Requirements:
    """All that a command line asks for."""
    found = Requirements(wheels_only=":all:" in given.values("--only-binary"))
    for option, value in given.given:
        if option in {"-r", "-c"}:
            if not known(value):
                return requirements.doubt("the name of a requirements file is not known")
            path = value if "://" in value else command.path(value.removeprefix("file:"))
            found |= requirements.read(command, path, constraint=option == "-c")
        elif option == "-e":
            found |= requirements.requirement(command, value, editable=True)
        elif option == "-f":
            found |= requirements.links(command, value)
        elif option in {"--group", "--requirements-from-script", "--build-constraint"}:
            found |= requirements.doubt(f"pip {option} is not modelled")
    for word in given.operands:
        found |= requirements.requirement(command, word)
    return found


def _install(command: Command, given: Options) -> Effects:
    return (
        _collect(command, given)
        | site(command)
        | _into(command, given, "-t", "--prefix", "--root")
    )


def _collect(command: Command, given: Options) -> Effects:
    """What is read, built and fetched for an install, a download or a wheel."""
    asked = _asked(command, given)
    done = asked.effects
    for folder, _ in dict.fromkeys(asked.projects):
        done |= build(command, folder)
    for path in asked.archives:
        done |= _archive(command, path)
    if asked.sources:
        place = given.last("--src") or _source_folder(command)
        done |= Effects(
            writes=frozenset({tree(command.path(place))}),
            reads=frozenset({tree(command.path(place))}),
        )
    if not asked.wheels_only or asked.projects:
        done |= Effects(variables=frozenset({"*"}))  # a source archive runs its own build
    fetched = asked.names or bool(asked.projects) or bool(given.values("-r"))
    network = fetched and not given.has("--no-index")
    return (
        done
        | _cache(command, given)
        | Effects(
            writes=frozenset({"/tmp/**"}),  # noqa: S108
            network=network,
            unpinned=network and not asked.pinned,
            seconds=20.0 if fetched else 3.0,
        )
    )


def _archive(command: Command, path: str) -> Effects:
    if command.machine.kind(path) in {Kind.DIRECTORY, Kind.UNKNOWN}:
        return Effects(reads=frozenset({path, tree(path)}))
    return Effects(reads=frozenset({path}))


def _source_folder(command: Command) -> str:
    """Where `-e git+...` is checked out: VIRTUAL_ENV/src, or src in the directory."""
    return posixpath.join(command.cwd, "src")


def _cache(command: Command, given: Options) -> Effects:
    if given.has("--no-cache-dir"):
        return NONE
    place = given.last("--cache-dir")
    if place:
        kept = (command.path(place),)
    elif home := command.env.get("XDG_CACHE_HOME"):
        kept = (posixpath.join(home, "pip"),) if ANY not in home else ()
    else:
        kept = tuple(f"{home}/.cache/pip" for home in homes(command))
    return Effects(
        writes=frozenset(map(tree, kept)),
        caches=tuple(CacheDir(p, ("HOME", "XDG_CACHE_HOME", "PIP_CACHE_DIR")) for p in kept),
    )


def _into(command: Command, given: Options, *names: str) -> Effects:
    """The folders that options name for what is installed."""
    places = frozenset(tree(command.path(v)) for v in given.values(*names))
    return Effects(writes=places, reads=places)


def _download(command: Command, given: Options) -> Effects:
    place = given.last("-d") or "."
    return _gather(command, given, place)


def _wheel(command: Command, given: Options) -> Effects:
    return _gather(command, given, given.last("-w") or ".")


def _gather(command: Command, given: Options, place: str) -> Effects:
    """Archives are put into a folder; which names they get is not known."""
    done = _collect(command, given) | Effects(reads=site(command).reads)
    return done | Effects(writes=frozenset({tree(command.path(place))}))


def _uninstall(command: Command, given: Options) -> Effects:
    done = NONE
    for value in given.values("-r"):
        done |= (
            requirements.read(command, command.path(value)).effects
            if known(value)
            else unknown("the name of a requirements file is not known")
        )
    return done | site(command) | Effects(seconds=1.0)


def _reading(command: Command, given: Options) -> Effects:
    """list, freeze, show, check ...: what is installed is read."""
    done = NONE
    for value in (*given.values("-r"), *given.values("--path")):
        if not known(value):
            return unknown("a path of pip is not known")
        done |= Effects(reads=frozenset({command.path(value), tree(command.path(value))}))
    place = site(command)
    online = given.has("-o", "-u")
    return done | Effects(
        reads=place.reads, variables=place.variables, network=online, unpinned=online, seconds=1.0
    )


def _config(command: Command, given: Options) -> Effects:
    if given.operands[:1] in {("list",), ("get",), ("debug",)}:
        return NONE
    if given.operands[:1] not in {("set",), ("unset",)}:
        return unknown("pip config with an editor")
    name = (given.operands[1:2] or ("",))[0].rpartition(".")[2]
    if name.replace("_", "-") in _SETTINGS:
        return unknown(f"pip config sets {name}")
    places = {
        "/etc/pip.conf",
        *(f"{p}/pip.conf" for p in prefixes(command)),
        "/usr/pip.conf",
        "/usr/local/pip.conf",
    }
    for home in homes(command):
        places |= {f"{home}/.pip/**", f"{home}/.config/pip/**"}
    return Effects(reads=frozenset(places), writes=frozenset(places))


def _cached(command: Command, given: Options) -> Effects:
    places = _cache(command, given).writes
    writes = places if given.operands[:1] in {("purge",), ("remove",)} else frozenset()
    return Effects(reads=places, writes=writes)


_COMMANDS: Mapping[str, Callable[[Command, Options], Effects]] = {
    "install": _install,
    "download": _download,
    "wheel": _wheel,
    "uninstall": _uninstall,
    "config": _config,
    "cache": _cached,
}

PIP = Tool(
    "pip",
    ("pip", "pip3", *(f"pip3.{n}" for n in range(6, 16)), "pip2", "pip2.7"),
    effects,
    "requirements files with all they name, local projects and archives, settings; where it installs",
)
