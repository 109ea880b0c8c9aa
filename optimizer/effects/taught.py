"""The table of tools with what plugins and the user's settings add to it.

    [tool.dfopt.commands."./tools/gen.sh"]
    reads = ["schema/**", "gen.toml"]
    writes = ["src/generated/**"]

The user's word goes first, then a plugin's, then dfopt's own. What is taught is trusted.
"""

from __future__ import annotations

from collections import ChainMap, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.metadata import entry_points

from optimizer.effects.model import Effects, tree, unknown
from optimizer.effects.tool import Command, Tool, known, region
from optimizer.effects.tools import TOOLS
from optimizer.errors import UserError
from optimizer.settings import Taught

GROUP = "dfopt.tools"


def table(commands: tuple[Taught, ...] = ()) -> Mapping[str, Tool]:
    """Program -> Tool, with plugins and what the settings teach.

    Raises:
        UserError: A plugin cannot be loaded, or is not one.
    """
    offered = {program: tool for tool in plugins() for program in tool.programs}
    found = ChainMap(offered, TOOLS)  # type: ignore[arg-type]  # only its first map is written to
    grouped: dict[str, list[Taught]] = defaultdict(list)
    for each in commands:
        grouped[each.words[0]].append(each)
    for program, taught in grouped.items():
        found[program] = _with(program, found.get(program), taught)
    return found


@cache
def plugins() -> tuple[Tool, ...]:
    """The tools that installed distributions offer.

    Raises:
        UserError: One cannot be loaded, or is not a Tool.
    """
    return tuple(
        tool for entry in entry_points(group=GROUP) for tool in _loaded(entry.name, entry.load)
    )


def _loaded(name: str, load: Callable[[], object]) -> Iterator[Tool]:
    try:
        value = load()
        tools = (value,) if isinstance(value, Tool) else tuple(value)  # type: ignore[arg-type]
    except Exception as error:  # noqa: BLE001 - whatever a plugin does, the user is told whose fault it is
        raise UserError(f"the plugin {name} of {GROUP} cannot be loaded: {error}") from None
    for tool in tools:
        if not isinstance(tool, Tool):
            raise UserError(
                f"the plugin {name} of {GROUP} offers a {type(tool).__name__}, not a Tool"
            )
        yield replace(tool, effects=_guarded(tool))


def _guarded(tool: Tool) -> Callable[[Command], Effects]:
    """The same, but a plugin that fails leaves a doubt."""

    def effects(command: Command) -> Effects:
        try:
            return tool.effects(command)
        except Exception as error:  # noqa: BLE001 - a plugin's fault is not dfopt's
            return unknown(f"the plugin for {tool.name} fails: {error!r}")

    return effects


def _with(program: str, tool: Tool | None, taught: list[Taught]) -> Tool:
    """A tool that answers what it was taught, and otherwise as it did."""

    def answer(command: Command) -> Effects | None:
        fitting = [t for t in taught if command.arguments[: len(t.words) - 1] == t.words[1:]]
        longest = max(fitting, key=lambda t: len(t.words), default=None)
        return None if longest is None else _effects(longest, command)

    def effects(command: Command) -> Effects:
        return unknown(f"{command.name} is taught in the settings, but not with these arguments")

    known_as = tool or Tool(program, (program,), effects, "taught in the settings")
    return replace(known_as, taught=answer)


def _effects(taught: Taught, command: Command) -> Effects:
    """What the user says, with the paths where the command runs.

    It may see every variable: the settings do not speak of them.
    """
    own = {command.path(command.program)} if "/" in command.program else set()
    return Effects(
        reads=_paths(taught.reads, command) | own,
        probes=_paths(taught.probes, command),
        writes=_paths(taught.writes, command),
        variables=frozenset({"*"}),
        network=taught.network,
        unpinned=taught.network,
        seconds=taught.seconds,
    )


def _paths(patterns: tuple[str, ...], command: Command) -> frozenset[str]:
    return frozenset(_path(pattern, command) for pattern in patterns)


def _path(pattern: str, command: Command) -> str:
    path = command.path(pattern.removesuffix("**"))
    whole = tree(path) if pattern.endswith("**") else path
    return whole if known(path) else region(path)
