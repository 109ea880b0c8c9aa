"""A run of dotnet: its options and properties, and the projects that it works on."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass, replace

from optimizer.effects.model import Effects
from optimizer.effects.tool import Command, Kind, known
from optimizer.effects.tools.dotnet_project import PROJECTS, SOLUTIONS, Projects, gather
from optimizer.effects.tools.looking import words
from optimizer.effects.tools.options import Options, split

FLAGS = words(
    "--disable-parallel --force --force-evaluate --ignore-failed-sources --no-cache --no-http-cache --no-dependencies "
    "--packages-lock --use-lock-file --locked-mode --interactive --no-restore --no-build --no-incremental --nologo "
    "--no-logo --self-contained --sc --no-self-contained --use-current-runtime --ucr --disable-build-servers --debug "
    "--include-symbols --include-source --serviceable --tl -nologo -nodeReuse:false -m --help -h --version --info "
    "--list-sdks --list-runtimes -g --global --local --create-manifest-if-needed --allow-downgrade /nologo -detailed-summary "
    "--skip-manifest-update"
)
VALUED = words(
    "--configfile --lock-file-path --packages -r --runtime -s --source -v --verbosity -c --configuration -f --framework "
    "-o --output -a --arch --os --artifacts-path --version-suffix --manifest --tool-path --add-source --ucr --tl --prop "
    "--property -p --graphBuild -maxcpucount --version"
) - {"--ucr", "--tl", "--version"}
_PERHAPS_VALUED = words("--self-contained --sc --use-current-runtime --ucr")
# Properties that change what a build reads or where it writes.
_MOVING = tuple(words(
    "outputpath outdir intermediate artifacts publishdir extensionspath custom import directorybuild packages restore "
    "solutiondir publishurl packageoutput"
))  # fmt: skip
# Options of MSBuild that change neither.
_MSBUILD = words("m maxcpucount v verbosity nologo nodereuse nr clp consoleloggerparameters tl graph")


@dataclass(frozen=True)
class Run:
    """One run of dotnet."""

    command: Command
    options: Options
    projects: Projects

    @property
    def output(self) -> str | None:
        """The folder that `-o` names."""
        return self.options.last("-o", "--output")


def run(command: Command, arguments: list[str]) -> Run | str:
    """A run with these arguments behind its command, or why it is not known."""
    properties, plain = _properties(arguments)
    options = split(plain, FLAGS, VALUED)
    properties += [v for n in ("-p", "--property", "--prop") for v in options.values(n)]
    if options.unknown:
        return f"dotnet's option {options.unknown} is not known".replace("\0", "?")
    for each in properties:
        if each.partition("=")[0].lower().startswith(_MOVING) or "$(" in each:
            return f"the property {each} may change what dotnet reads or writes".replace("\0", "?")
    if options.has("--artifacts-path", "--lock-file-path"):
        return "--artifacts-path and --lock-file-path are not modelled"
    places = options.values("-o", "--output", "--packages", "--configfile", "-s", "--source")
    if not known(*options.operands, *places):
        return "an argument of dotnet is not known"
    return Run(command, options, _projects(command, options.operands))


def joined(arguments: Iterable[str]) -> list[str]:
    """The arguments with the value of an option that need not have one in the same word."""
    found: list[str] = []
    for word in arguments:
        if word.lower() in {"true", "false"} and found and found[-1] in _PERHAPS_VALUED:
            found[-1] += f"={word}"
        else:
            found.append(word)
    return found


def _properties(arguments: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """MSBuild's own options, which stand in one word: `/p:A=b`, `-m:1`."""
    found, plain = [], []
    for word in arguments:
        name, separator, value = word.lstrip("-/").partition(":")
        name = name.lower() if word[:1] in {"/", "-"} and separator else ""
        if name in {"p", "property"}:
            found += value.split(";")
        elif name not in _MSBUILD:
            plain.append(word)
    return found, tuple(plain)


def _projects(command: Command, operands: tuple[str, ...]) -> Projects:
    """The project or solution that is named, or stands in the folder."""
    place = command.path(operands[0] if operands else ".")
    if place.endswith(PROJECTS + SOLUTIONS):
        return gather(command, place)
    found = named(command, operands)
    if not found:
        return Projects(Effects(doubt=f"there is no project in {place} that dotnet would find"))
    # Other entries of the folder do not count.
    done = Projects()
    for path in found:
        inner = gather(command, path)
        done = Projects(
            done.effects | inner.effects, done.folders | inner.folders, done.executes or inner.executes,
            done.early or inner.early, done.linked | inner.linked, done.props or inner.props,
        )  # fmt: skip
    one = posixpath.join(place, "any.sln")
    if not command.machine.complete(place) and command.machine.kind(one) is Kind.UNKNOWN:
        unsure = done.effects.in_doubt(f"which projects stand in {place} is not known")
        return replace(done, effects=unsure)
    return done


def named(command: Command, operands: tuple[str, ...]) -> list[str]:
    """The projects and solutions that are named, or stand in the folder."""
    place = command.path(operands[0] if operands else ".")
    if place.endswith(PROJECTS + SOLUTIONS):
        return [place]
    names = command.machine.names(place)
    return [posixpath.join(place, n) for n in names if n.endswith(PROJECTS + SOLUTIONS)]
