"""dotnet: restores, builds and publishes projects and solutions.

After the documentation of the .NET SDK 6 to 10 (learn.microsoft.com/dotnet/core/tools); not
measured. A build reads the folders of its projects; a target that runs programs is a doubt.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from optimizer.effects.model import CacheDir, Effects, tree, unknown
from optimizer.effects.tool import Command, Kind, Tool, known
from optimizer.effects.tools.dotnet_ahead import SECONDS, Restored, offered
from optimizer.effects.tools.dotnet_project import PROJECTS, SOLUTIONS, Projects, gather
from optimizer.effects.tools.looking import look, whole_tree, words
from optimizer.effects.tools.options import Options, split

_FLAGS = words(
    "--disable-parallel --force --force-evaluate --ignore-failed-sources --no-cache --no-http-cache --no-dependencies "
    "--packages-lock --use-lock-file --locked-mode --interactive --no-restore --no-build --no-incremental --nologo "
    "--no-logo --self-contained --sc --no-self-contained --use-current-runtime --ucr --disable-build-servers --debug "
    "--include-symbols --include-source --serviceable --tl -nologo -nodeReuse:false -m --help -h --version --info "
    "--list-sdks --list-runtimes -g --global --local --create-manifest-if-needed --allow-downgrade /nologo -detailed-summary "
    "--skip-manifest-update"
)
_VALUED = words(
    "--configfile --lock-file-path --packages -r --runtime -s --source -v --verbosity -c --configuration -f --framework "
    "-o --output -a --arch --os --artifacts-path --version-suffix --manifest --tool-path --add-source --ucr --tl --prop "
    "--property -p --graphBuild -maxcpucount --version"
) - {"--ucr", "--tl", "--version"}
_PERHAPS_VALUED = words("--self-contained --sc --use-current-runtime --ucr")
# Properties that change what a build reads or where it writes.
_MOVING = (
    "outputpath",
    "outdir",
    "intermediate",
    "artifacts",
    "publishdir",
    "extensionspath",
    "custom",
    "import",
    "directorybuild",
    "packages",
    "restore",
    "solutiondir",
    "publishurl",
    "packageoutput",
)


_TEMPORARY = words(
    "NuGetScratch MSBuildTemp dotnet clr-debug-pipe .dotnet tmp VBCSCompiler CoreFxPipe .NETCore "
    "system-commandline Razor-Server"
)


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


def effects(command: Command) -> Effects:
    """What a dotnet command does."""
    if not known(command.cwd):
        return unknown("the directory that dotnet runs in is not known")
    if not command.arguments:
        return _quiet(command)
    verb, *rest = _joined(command.arguments)
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
    properties, plain = _properties(rest)
    options = split(plain, _FLAGS, _VALUED)
    properties += [v for n in ("-p", "--property", "--prop") for v in options.values(n)]
    if options.unknown:
        return unknown(f"dotnet's option {options.unknown} is not known".replace("\0", "?"))
    for each in properties:
        if each.partition("=")[0].lower().startswith(_MOVING) or "$(" in each:
            return unknown(
                f"the property {each} may change what dotnet reads or writes".replace("\0", "?")
            )
    if options.has("--artifacts-path", "--lock-file-path"):
        return unknown("--artifacts-path and --lock-file-path are not modelled")
    if not known(
        *options.operands,
        *(options.values("-o", "--output", "--packages", "--configfile", "-s", "--source")),
    ):
        return unknown("an argument of dotnet is not known")
    return answer(Run(command, options, _projects(command, options.operands)))


def _joined(arguments: Iterable[str]) -> list[str]:
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
        if (
            word[:1] in {"/", "-"}
            and separator
            and "/" not in name
            and name.lower() in {"p", "property"}
        ):
            found += value.split(";")
        elif not (
            word[:1] in {"/", "-"}
            and separator
            and name.lower()
            in {
                "m",
                "maxcpucount",
                "v",
                "verbosity",
                "nologo",
                "nodereuse",
                "nr",
                "clp",
                "consoleloggerparameters",
                "tl",
                "graph",
            }
        ):
            plain.append(word)
    return found, tuple(plain)


def _projects(command: Command, operands: tuple[str, ...]) -> Projects:
    """The project or solution that is named, or stands in the folder."""
    place = command.path(operands[0] if operands else ".")
    if place.endswith(PROJECTS + SOLUTIONS):
        return gather(command, place)
    found = _named(command, operands)
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
    if not command.machine.complete(place):
        unsure = command.machine.kind(posixpath.join(place, "any.sln")) is Kind.UNKNOWN
        return (
            replace(
                done,
                effects=done.effects.in_doubt(f"which projects stand in {place} is not known"),
            )
            if unsure
            else done
        )
    return done


def _named(command: Command, operands: tuple[str, ...]) -> list[str]:
    """The projects and solutions that are named, or stand in the folder."""
    place = command.path(operands[0] if operands else ".")
    if place.endswith(PROJECTS + SOLUTIONS):
        return [place]
    names = command.machine.names(place)
    return [posixpath.join(place, n) for n in names if n.endswith(PROJECTS + SOLUTIONS)]


def _packages(run: Run) -> str:
    """Where NuGet keeps packages."""
    command = run.command
    named = run.options.last("--packages") or command.env.get("NUGET_PACKAGES")
    return command.path(named or f"{command.home()}/.nuget/packages")


def _restored(run: Run) -> Restored:
    """What a restore, or a build, has in place when it is done."""
    home, machine = run.command.home(), run.command.machine
    named = _named(run.command, run.options.operands)
    reads = run.projects.effects.reads
    texts = (machine.text(p) for p in reads if p.endswith((*PROJECTS, ".props", ".targets")))
    found = sorted(p for p in reads if p.endswith(PROJECTS + SOLUTIONS) and p not in named)
    obj = {posixpath.join(f, "obj") for f in run.projects.folders}
    return Restored(
        frozenset(map(tree, {_packages(run), f"{home}/.local/share/NuGet", *obj})),
        (*named, *found) if len(named) == 1 else (),
        tuple(text for text in texts if text is not None),
        implicit=not run.options.has("--no-restore", "--no-build"),
    )


def _base(run: Run) -> Effects:
    """NuGet's folders and settings."""
    command, home = run.command, run.command.home()
    place = _packages(run)
    if not known(place):
        return unknown("where NuGet keeps its packages is not known")
    own = frozenset(
        {
            tree(place),
            f"{home}/.nuget/**",
            f"{home}/.local/share/NuGet/**",
            f"{home}/.dotnet/**",
            f"{home}/.templateengine/**",
        }
    )
    temporary = {f"/tmp/{n}**" for n in _TEMPORARY}
    named = [command.path(v) for v in run.options.values("--configfile")]
    sources = [
        command.path(v)
        for v in run.options.values("-s", "--source")
        if "://" not in v and "/" in v
    ]
    return look(command.machine, *named, f"{home}/.config/NuGet/NuGet.Config") | whole_tree(*sources) | Effects(
        reads=own, writes=own | temporary, variables=frozenset({"*"}),
        caches=(CacheDir(place, ("NUGET_PACKAGES", "HOME")), CacheDir(f"{home}/.local/share/NuGet", ("HOME", "XDG_DATA_HOME"))),
    )  # fmt: skip


def _restore(run: Run) -> Effects:
    """`dotnet restore`: project files only; obj of each project is filled."""
    projects = run.projects
    doubt = projects.props and f"{projects.props} moves the folders that a restore writes"
    obj = frozenset(posixpath.join(f, "obj") for f in projects.folders)
    locked = run.options.has("--use-lock-file", "--force-evaluate")
    locks = frozenset(p for p in projects.effects.reads if p.endswith("packages.lock.json"))
    made = (
        frozenset(posixpath.join(f, "packages.lock.json") for f in projects.folders)
        if locked
        else locks
    )
    kept = frozenset[str]() if run.options.has("--locked-mode") else made
    done = projects.effects | _base(run) | Effects(
        reads=frozenset(map(tree, obj)), writes=frozenset(map(tree, obj)) | kept, generated=obj,
        network=True, unpinned=not locks, seconds=SECONDS, provides=_restored(run).goods,
    )  # fmt: skip
    if projects.early:
        done = done.in_doubt(f"{projects.early} has a target that a restore may run")
    return done.in_doubt(doubt) if doubt else done


def _build(run: Run) -> Effects:
    """`dotnet build`, `publish`, `pack`: the folders of the projects are read."""
    projects = run.projects
    if projects.props:
        return unknown(f"{projects.props} moves the folders that a build writes")
    folders = projects.folders
    bins = frozenset(posixpath.join(f, n) for f in folders for n in ("bin", "obj"))
    out = frozenset({run.command.path(run.output)} if run.output else ())
    written = frozenset(map(tree, bins | out))
    done = (
        _restore(run)
        if not run.options.has("--no-restore", "--no-build")
        else projects.effects | _base(run)
    )
    # Source Link and the compiler look for the repository and .editorconfig above the projects.
    above = {p for f in folders for p in _up(f)}
    looked = look(
        run.command.machine,
        *(posixpath.join(p, n) for p in above for n in (".editorconfig", ".globalconfig", ".git")),
    )
    git = frozenset(tree(p) for p in looked.reads if p.endswith("/.git"))
    # Published over what is there: files of the same name are replaced, if they differ.
    done |= whole_tree(*folders, *projects.linked) | looked | Effects(
        reads=written | git, writes=written, generated=bins, seconds=40.0
    )  # fmt: skip
    if projects.executes:
        done = done.in_doubt(f"{projects.executes} has targets that run programs")
    restored = _restored(run)
    done = replace(done, provides=restored.goods)
    return offered(done, run.command, run.options, restored)


def _up(folder: str) -> list[str]:
    found = [folder]
    while found[-1] != "/":
        found.append(posixpath.dirname(found[-1]))
    return found


def _tool(command: Command, words_: tuple[str, ...]) -> Effects:
    """`dotnet tool install --global`, `dotnet tool restore`."""
    options = split(words_, _FLAGS, _VALUED | {"--version"})
    if options.unknown or not known(*words_) or not options.operands:
        return unknown("this call of dotnet tool is not known")
    manifests = [
        posixpath.join(p, n)
        for p in _up(command.cwd)
        for n in (
            ".config/dotnet-tools.json",
            "dotnet-tools.json",
            "NuGet.Config",
            "nuget.config",
            "NuGet.config",
            "global.json",
        )
    ]
    target = options.last("--tool-path")
    place = command.path(target) if target else f"{command.home()}/.dotnet/tools"
    verb = options.operands[0]
    if verb not in words("install restore update uninstall list"):
        return unknown(f"dotnet tool {verb} runs a program")
    local = verb not in {"restore", "list"} and not target and not options.has("-g", "--global")
    done = look(command.machine, *manifests) | _base(Run(command, Options(), Projects()))
    edited = (
        frozenset(m for m in manifests if m.endswith("tools.json")) if local else frozenset[str]()
    )
    pinned = verb in {"restore", "list"} or options.has("--version")
    return done | Effects(
        reads=frozenset({tree(place)}),
        writes=frozenset({tree(place)}) | edited,
        network=True,
        unpinned=not pinned,
        seconds=10.0,
    )


_QUIET = words("--version --info --list-sdks --list-runtimes help --help -h nuget dev-certs") - {
    "nuget",
    "dev-certs",
}


def _quiet(command: Command) -> Effects:
    """What only prints: the SDK is chosen by global.json."""
    seen = look(command.machine, *(posixpath.join(p, "global.json") for p in _up(command.cwd)))
    return seen | Effects(
        writes=frozenset({f"{command.home()}/.dotnet/**"}),
        variables=words("DOTNET_* HOME PATH"),
        seconds=0.5,
    )


_VERBS: Mapping[str, Callable[[Run], Effects]] = {
    "restore": _restore,
    **dict.fromkeys(("build", "publish", "pack"), _build),
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
