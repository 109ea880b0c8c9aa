"""`dotnet restore`, which does a part of `dotnet build`, `publish` and `pack` ahead of them.

    COPY . .                                  COPY Web.csproj nuget.config ./
    RUN dotnet publish -c Release -o /out ->  RUN dotnet restore
                                              COPY . .
                                              RUN dotnet publish -c Release -o /out

A build restores by itself, with the same properties (the SDK's RestoringCommand.cs puts
`-restore` before the build's own arguments), and does so again behind this one: what was missing
then is fetched then. Not measured, so the packages and obj count as what may differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from optimizer.effects.model import Effects, Paths
from optimizer.effects.tool import ANY, Command
from optimizer.effects.tools.ahead import offer
from optimizer.effects.tools.looking import words
from optimizer.effects.tools.options import Options

# Both take these, and mean the same by them (RestoreCommandParser.cs).
_SHARED = words(
    "-s --source --configfile --packages --disable-parallel --ignore-failed-sources --no-cache --no-http-cache "
    "--locked-mode --use-lock-file --use-current-runtime --ucr -p --property"
)
# To a build these are properties. `dotnet restore -r` sets another one, RuntimeIdentifiers.
_PROPERTIES = {
    "-r": "RuntimeIdentifier", "--runtime": "RuntimeIdentifier",
    "--self-contained": "SelfContained", "--sc": "SelfContained", "--no-self-contained": "SelfContained",
}  # fmt: skip
# These do not matter to a restore. The framework is kept from it: one restore serves all that a
# project has (RestoringCommand.cs).
_NOT_FOR_A_RESTORE = words(
    "-c --configuration -o --output -f --framework -v --verbosity --nologo --no-logo --no-incremental --tl "
    "-nologo -nodeReuse:false -m -maxcpucount --graphBuild -detailed-summary --disable-build-servers --debug "
    "--include-symbols --include-source --serviceable"
)
_PROPERTY = re.compile(r"(?:--?|/)(?:p|property):", re.IGNORECASE)
# A profile names a file that is imported.
_IMPORTING = re.compile(r"(?:^|[:;])(?:PublishProfile\w*|VersionSuffix)=", re.IGNORECASE)
_CONFIGURED = re.compile(r"\$\(Configuration\)", re.IGNORECASE)
# What a restore costs.
SECONDS = 20.0


@dataclass(frozen=True)
class Restored:
    """What a build restores.

    Attributes:
        places: Where it puts that.
        projects: The projects and solutions that this is for, the one that is named first.
        texts: The texts of all files that an evaluation reads.
        implicit: Whether the build restores, or leaves that to others.
    """

    places: Paths
    projects: tuple[str, ...]
    texts: tuple[str, ...]
    implicit: bool

    @property
    def first(self) -> str:
        """The packages of what the command names."""
        return f"packages of {self.projects[0]}"

    @property
    def goods(self) -> frozenset[str]:
        """What others need not fetch again."""
        return frozenset(f"packages of {path}" for path in self.projects)


def offered(done: Effects, command: Command, options: Options, restored: Restored) -> Effects:
    """A build, with its restore as a part of it, where both would be told the same."""
    verb, *arguments = command.arguments
    given = {name for name, _ in options.given}
    strange = (
        given - _SHARED - _NOT_FOR_A_RESTORE - _PROPERTIES.keys()
        or len(options.operands) > 1
        or any(_IMPORTING.search(word) for word in arguments)
    )
    configured = any(map(_CONFIGURED.search, restored.texts))
    configuration = options.last("-c", "--configuration")
    # Without a word of it `dotnet publish` takes another one since .NET 8 than a restore does; and
    # for which runtime a project is to be self-contained depends on the SDK.
    unsure = (configured and not configuration and verb != "build") or (
        given & _PROPERTIES.keys() and not options.last("-r", "--runtime")
    )
    if not restored.implicit or strange or unsure or not restored.projects:
        return done
    properties = [(n, _PROPERTIES[n], v) for n, v in options.given if n in _PROPERTIES]
    if configured and configuration:
        properties.append(("-c", "Configuration", configuration))
    own = tuple(f"-p:{name}={_value(option, value)}" for option, name, value in properties)
    return offer(
        done, command, own, restored.first, verb=("restore",),
        carried=_carried(arguments, options), told=tuple(_word(arguments, v) for _, _, v in properties if v),
        into=restored.places, leaves=restored.places,
        more="packages that the build does not need, and what a restore of its own notes in obj",
        seconds=SECONDS, variables=("*",),
    )  # fmt: skip


def _value(option: str, value: str) -> str:
    """The value of a property that an option sets."""
    return value or ("false" if option == "--no-self-contained" else "true")


def _word(arguments: Iterable[str], value: str) -> str:
    """The word of the build that a value stands in."""
    return next((w for w in arguments if w == value or w.endswith(f"={value}")), ANY)


def _carried(arguments: Iterable[str], options: Options) -> tuple[str, ...]:
    """The words of a build that its restore is told as well, as they were written."""
    rest = list(arguments)
    found = list(options.operands)
    for name, value in options.given:
        if name in _SHARED:
            joined = f"{name}={value}"
            found += [joined] if joined in rest else [name, value] if value else [name]
    return (*found, *(word for word in rest if _PROPERTY.match(word)))
