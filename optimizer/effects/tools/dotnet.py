"""dotnet: restores, builds and publishes projects and solutions; `dotnet tool`.

After the documentation of the .NET SDK 6 to 10 (learn.microsoft.com/dotnet/core/tools); not
measured. A build reads the folders of its projects; a target that runs programs is a doubt.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping

from optimizer.effects.model import Effects, tree, unknown
from optimizer.effects.tool import Command, Tool, known
from optimizer.effects.tools.dotnet_build import base, build, restore
from optimizer.effects.tools.dotnet_project import Projects
from optimizer.effects.tools.dotnet_run import FLAGS, VALUED, Run, joined, run
from optimizer.effects.tools.looking import look, upwards, words
from optimizer.effects.tools.options import Options, split

_QUIET = words("--version --info --list-sdks --list-runtimes help --help -h")
_TOOL_VERBS = words("install restore update uninstall list")
# What `dotnet tool` looks for in the folder and all above it.
_LOOKED_FOR = (
    ".config/dotnet-tools.json",
    "dotnet-tools.json",
    "NuGet.Config",
    "nuget.config",
    "NuGet.config",
    "global.json",
)


def effects(command: Command) -> Effects:
    """What a dotnet command does."""
    if not known(command.cwd):
        return unknown("the directory that dotnet runs in is not known")
    verb, *rest = joined(command.arguments) or ("help",)
    if verb in _QUIET:
        return _quiet(command)
    if verb == "tool":
        return _tool(command, tuple(rest))
    answer = _VERBS.get(verb)
    if answer is None:
        return unknown(
            _WHY.get(verb, f"dotnet {verb} is not a command that dfopt knows")
            if known(verb)
            else "a dotnet command that is not known"
        )
    found = run(command, rest)
    return unknown(found) if isinstance(found, str) else answer(found)


def _tool(command: Command, arguments: tuple[str, ...]) -> Effects:
    """`dotnet tool install --global`, `dotnet tool restore`."""
    options = split(arguments, FLAGS, VALUED | {"--version"})
    if options.unknown or not known(*arguments) or not options.operands:
        return unknown("this call of dotnet tool is not known")
    manifests = [posixpath.join(p, n) for p in upwards(command.cwd) for n in _LOOKED_FOR]
    target = options.last("--tool-path")
    place = command.path(target) if target else f"{command.home()}/.dotnet/tools"
    verb = options.operands[0]
    if verb not in _TOOL_VERBS:
        return unknown(f"dotnet tool {verb} runs a program")
    local = verb not in {"restore", "list"} and not target and not options.has("-g", "--global")
    done = look(command.machine, *manifests) | base(Run(command, Options(), Projects()))
    edited = frozenset(m for m in manifests if local and m.endswith("tools.json"))
    pinned = verb in {"restore", "list"} or options.has("--version")
    return done | Effects(
        reads=frozenset({tree(place)}),
        writes=frozenset({tree(place)}) | edited,
        network=True,
        unpinned=not pinned,
        seconds=10.0,
    )


def _quiet(command: Command) -> Effects:
    """What only prints: the SDK is chosen by global.json."""
    seen = look(command.machine, *(posixpath.join(p, "global.json") for p in upwards(command.cwd)))
    return seen | Effects(
        writes=frozenset({f"{command.home()}/.dotnet/**"}),
        variables=words("DOTNET_* HOME PATH"),
        seconds=0.5,
    )


_VERBS: Mapping[str, Callable[[Run], Effects]] = {
    "restore": restore,
    **dict.fromkeys(("build", "publish", "pack"), build),
}
_WHY = {
    "test": "dotnet test runs the project's own tests",
    "run": "dotnet run starts the project's own program",
    "ef": "dotnet ef runs the project's own code",
    "msbuild": "dotnet msbuild runs any target",
}

DOTNET = Tool(
    "dotnet",
    ("dotnet",),
    effects,
    "restore, build, publish, tool: projects, solutions, references, settings above them; targets that run programs are doubts",
)
