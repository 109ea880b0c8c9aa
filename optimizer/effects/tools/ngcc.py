"""ngcc, which Angular 9 to 15 run after an install: it compiles the Angular packages of node_modules.

Measured with 10.2, 12.2 and 15.2: without `--use-program-dependencies` the result is the same with
and without the project's sources and tsconfig.json. It reads tsconfig.json and what that extends,
takes a hash of yarn.lock or package-lock.json, and looks for ngcc.config.js; `paths` lead it to
other packages.
"""

from __future__ import annotations

from optimizer.effects.model import Effects, tree, unknown
from optimizer.effects.tool import Command, Kind, Tool, known
from optimizer.effects.tools import tsconfig
from optimizer.effects.tools.node_bins import modules
from optimizer.effects.tools.node_package import in_folder, look

_SWITCHES = frozenset(
    "--first-only --create-ivy-entry-points --legacy-message-ids --async --no-async -e "
    "--error-on-failed-entry-point --invalidate-entry-point-manifest".split()
)
_VALUES = frozenset("--loglevel -l --target -t --tsconfig".split())
_MANY = frozenset({"--properties", "-p"})


def effects(command: Command) -> Effects:
    """What an ngcc command does."""
    file = _config(command)
    if isinstance(file, Effects):
        return file
    place = command.path(file or "tsconfig.json")
    own = command.path("ngcc.config.js")
    locks = in_folder(command.cwd, ("package.json", "yarn.lock", "package-lock.json"))
    seen = look(command.machine, place, own, *locks)
    if own in seen.reads:
        return seen.in_doubt("ngcc runs the project's ngcc.config.js")
    if command.machine.kind(place) is not Kind.ABSENT:
        found = tsconfig.settings(command, place)
        if isinstance(found, Effects):
            return seen | found
        values, read = found
        seen |= read
        if "paths" in values:
            return seen.in_doubt(f"{place} sets paths, which lead ngcc to other packages")
    made = frozenset({tree(command.path("node_modules"))})
    return modules(command) | seen | Effects(writes=made, variables=frozenset({"*"}), seconds=30.0)


def _config(command: Command) -> str | Effects:
    """The configuration that is named; a doubt where the words are not understood."""
    words, file = list(command.arguments), ""
    if not known(command.cwd, *words):
        return unknown("the words of ngcc are not known")
    while words:
        name, equals, value = words.pop(0).partition("=")
        if name in _MANY:
            while words and not words[0].startswith("-"):
                words.pop(0)
        elif name in _VALUES and (equals or words):
            value = value if equals else words.pop(0)
            file = value if name == "--tsconfig" else file
        elif name not in _SWITCHES:
            return unknown(f"ngcc {name} is not modelled")
    return file


NGCC = Tool(
    "ngcc", ("ngcc",), effects, "compiles the Angular packages of node_modules, by tsconfig.json"
)
