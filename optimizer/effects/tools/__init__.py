"""The table of tools: program -> Tool. One file a program or a family of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib import import_module

from optimizer.effects.tool import Tool

# Group -> the programs that most often lead to it. A group is imported when one of its programs
# is asked for; one that is not named here is looked for in all of them.
_GROUPS = {
    "shell_tools": "",
    "system_tools": "apt apt-get apk curl wget git tar cp mv rm mkdir ln chmod chown cat sed",
    "node_tools": "node npm npx yarn pnpm bun corepack tsc prisma vite next",
    "python_tools": "python python3 pip pip3 poetry uv pipenv pdm hatch flit conda",
    "build_tools": "go cargo composer bundle gem dotnet make mvn mvnw gradle gradlew jar mix",
}


TITLES = {
    "shell_tools": "the shell", "system_tools": "packages, files, users", "node_tools": "Node",
    "python_tools": "Python", "build_tools": "builds",
}  # fmt: skip


class _Table(Mapping[str, Tool]):
    """All tools by program; no program is in two groups."""

    def __init__(self) -> None:
        self._loaded: dict[str, Mapping[str, Tool]] = {}
        self._likely = {name: group for group, names in _GROUPS.items() for name in names.split()}

    def _group(self, name: str) -> Mapping[str, Tool]:
        if name not in self._loaded:
            tools = import_module(f"{__name__}.{name}").TOOLS
            self._loaded[name] = {program: tool for tool in tools for program in tool.programs}
        return self._loaded[name]

    def __getitem__(self, program: str) -> Tool:
        likely = self._likely.get(program)
        for group in (*([likely] if likely else []), *_GROUPS):
            if program in self._group(group):
                return self._group(group)[program]
        raise KeyError(program)

    def group(self, name: str) -> tuple[Tool, ...]:
        """The tools of a group of `TITLES`, each once, by name."""
        found = {tool.name: tool for tool in self._group(name).values()}
        return tuple(found[name] for name in sorted(found))

    @cached_property
    def _programs(self) -> tuple[str, ...]:
        return tuple(program for group in _GROUPS for program in self._group(group))

    def __iter__(self) -> Iterator[str]:
        return iter(self._programs)

    def __len__(self) -> int:
        return len(self._programs)


TOOLS = _Table()
