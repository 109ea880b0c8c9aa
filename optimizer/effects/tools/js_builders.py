"""webpack, rollup and vite: they do what a config of the project tells them, and that is a program.

It is a doubt that names the config, by the option or by where it is looked for (webpack-cli 7.3,
rollup 4.68, vite 5.4 and 8.4).
"""

from __future__ import annotations

from itertools import pairwise

from optimizer.effects.model import Effects, unknown
from optimizer.effects.tool import Command, Kind, Tool, known

_ENDS = ("js", "mjs", "cjs", "ts", "mts", "cts")
_WEBPACK = ("webpack.config", ".webpack/webpack.config", ".webpack/webpackfile")
_LOOKED_FOR = {
    "webpack": _WEBPACK,
    "webpack-cli": _WEBPACK,
    "rollup": ("rollup.config",),
    "vite": ("vite.config",),
}
_OPTIONS = ("--config", "-c")


def effects(command: Command) -> Effects:
    """A doubt, and which program it is about."""
    names = (f"{stem}.{end}" for stem in _LOOKED_FOR[command.name] for end in _ENDS)
    there = (n for n in names if command.machine.kind(command.path(n)) is not Kind.ABSENT)
    file = next(filter(known, _named(command.arguments)), None) or next(there, None)
    reads = f"{command.name} reads the project's sources"
    return unknown(f"{reads}, as the program {file} says" if file else reads)


def _named(words: tuple[str, ...]) -> list[str]:
    """The configs that the command line names; `rollup -c` names none."""
    found = [after for word, after in pairwise(words) if word in _OPTIONS]
    found += [w.partition("=")[2] for w in words if w.startswith("--config=")]
    return [word for word in found if not word.startswith("-")]


JS_BUILDERS: tuple[Tool, ...] = tuple(
    Tool(name, (name,), effects, "reads the project's sources: its config is a program")
    for name in _LOOKED_FOR
)
