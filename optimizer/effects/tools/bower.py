"""bower: fetches what bower.json names.

Measured with bower 1.8.14 (tests/measure/node.py --path): `install` reads bower.json, package.json
and each .bowerrc upwards, and the folders that are dependencies by their path; it writes the
directory that .bowerrc names, and below HOME. Scripts in a .bowerrc are hooks (its documentation).
"""

from __future__ import annotations

import json
import posixpath
import re

from optimizer.effects.model import NONE, Effects, tree, unknown
from optimizer.effects.tool import Command, Kind, Tool, known
from optimizer.effects.tools.looking import look, table, upwards, words
from optimizer.effects.tools.options import split

_FLAGS = words(
    "--allow-root --production -p --quiet -q --silent -s --verbose -V --offline -o --force -f "
    "--force-latest -F --json -j --loglevel --no-color --interactive --config.interactive -v --version -h --help"
)
_PATH = re.compile(r"^(?:[\w.-]+=)?(\.{0,2}/[^#]*|file:.*)")


def effects(command: Command) -> Effects:
    """What a bower command does."""
    given = split(command.arguments, _FLAGS)
    if not known(command.cwd, *command.arguments):
        return unknown("what bower is asked for is not known")
    if given.unknown or given.operands not in {("install",), ("i",), ()}:
        word = given.unknown or " ".join(given.operands)
        return unknown(f"bower {word} is not a command that dfopt knows")
    if not given.operands:
        return Effects(seconds=0.3)
    files = [
        command.path("bower.json"),
        command.path("package.json"),
        command.path("component.json"),
    ]
    settings = [posixpath.join(f, ".bowerrc") for f in (*upwards(command.cwd), command.home())]
    seen = look(command.machine, *files, *settings)
    directory = "bower_components"
    for path in reversed(settings):
        told = _read(command, path)
        if told is None or told.keys() - {
            "directory",
            "timeout",
            "analytics",
            "interactive",
            "registry",
            "color",
        }:
            return unknown(f"{path} says something to bower that is not read")
        directory = str(told.get("directory", directory))
    data = _read(command, files[0])
    if data is None:
        return unknown(f"the content of {files[0]} is not known")
    place = command.path(directory)
    kept = {
        tree(f"{command.home()}/{name}")
        for name in (".cache/bower", ".config", ".local/share/bower")
    }
    done = seen | Effects(
        reads=frozenset({tree(place), *kept}),
        writes=frozenset({tree(place), *kept, "/tmp/**"}),
        generated=frozenset({place}),
        variables=frozenset({"*"}),
        network=True,
        unpinned=True,
        seconds=10.0,
    )
    return done | _local(command, data)


def _read(command: Command, path: str) -> dict[str, object] | None:
    """A file of settings; empty if there is none, None if it is not known."""
    if (
        command.machine.kind(path) in {Kind.ABSENT, Kind.UNKNOWN}
        and command.machine.text(path) is None
    ):
        own = posixpath.dirname(path) in {"/", command.home()}
        return {} if command.machine.kind(path) is Kind.ABSENT or own else None
    try:
        found = json.loads(command.machine.text(path) or "")
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _local(command: Command, data: dict[str, object]) -> Effects:
    """Dependencies that are folders of the project."""
    done = NONE
    for name in ("dependencies", "devDependencies", "resolutions"):
        for wanted in table(data, name).values():
            if found := _PATH.match(str(wanted)):
                if found[1].startswith("file:"):
                    return unknown("bower.json names something by a file address")
                done |= Effects(reads=frozenset({tree(command.path(found[1]))}))
    return done


BOWER = Tool("bower", ("bower",), effects, "install: bower.json, .bowerrc, dependencies by a path")
