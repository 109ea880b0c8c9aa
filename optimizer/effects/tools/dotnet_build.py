"""`dotnet restore`, `build`, `publish` and `pack`."""

from __future__ import annotations

import posixpath
from dataclasses import replace

from optimizer.effects.model import CacheDir, Effects, tree, unknown
from optimizer.effects.tool import known
from optimizer.effects.tools.dotnet_ahead import SECONDS, Restored, offered
from optimizer.effects.tools.dotnet_project import PROJECTS, SOLUTIONS
from optimizer.effects.tools.dotnet_run import Run, named
from optimizer.effects.tools.looking import look, upwards, whole_tree, words

_TEMPORARY = words(
    "NuGetScratch MSBuildTemp dotnet clr-debug-pipe .dotnet tmp VBCSCompiler CoreFxPipe .NETCore "
    "system-commandline Razor-Server"
)


def restore(run: Run) -> Effects:
    """`dotnet restore`: project files only; obj of each project is filled."""
    projects = run.projects
    doubt = projects.props and f"{projects.props} moves the folders that a restore writes"
    obj = frozenset(posixpath.join(f, "obj") for f in projects.folders)
    locked = run.options.has("--use-lock-file", "--force-evaluate")
    locks = frozenset(p for p in projects.effects.reads if p.endswith("packages.lock.json"))
    every = frozenset(posixpath.join(f, "packages.lock.json") for f in projects.folders)
    made = every if locked else locks
    kept = frozenset[str]() if run.options.has("--locked-mode") else made
    done = projects.effects | base(run) | Effects(
        reads=frozenset(map(tree, obj)), writes=frozenset(map(tree, obj)) | kept, generated=obj,
        network=True, unpinned=not locks, seconds=SECONDS, provides=_restored(run).goods,
    )  # fmt: skip
    if projects.early:
        done = done.in_doubt(f"{projects.early} has a target that a restore may run")
    return done.in_doubt(doubt) if doubt else done


def build(run: Run) -> Effects:
    """`dotnet build`, `publish`, `pack`: the folders of the projects are read."""
    projects = run.projects
    if projects.props:
        return unknown(f"{projects.props} moves the folders that a build writes")
    folders = projects.folders
    bins = frozenset(posixpath.join(f, n) for f in folders for n in ("bin", "obj"))
    out = frozenset({run.command.path(run.output)} if run.output else ())
    written = frozenset(map(tree, bins | out))
    apart = run.options.has("--no-restore", "--no-build")
    done = projects.effects | base(run) if apart else restore(run)
    # Source Link and the compiler look for the repository and .editorconfig above the projects.
    above = {p for f in folders for p in upwards(f)}
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


def base(run: Run) -> Effects:
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


def _packages(run: Run) -> str:
    """Where NuGet keeps packages."""
    command = run.command
    named = run.options.last("--packages") or command.env.get("NUGET_PACKAGES")
    return command.path(named or f"{command.home()}/.nuget/packages")


def _restored(run: Run) -> Restored:
    """What a restore, or a build, has in place when it is done."""
    home, machine = run.command.home(), run.command.machine
    mine = named(run.command, run.options.operands)
    reads = run.projects.effects.reads
    texts = (machine.text(p) for p in reads if p.endswith((*PROJECTS, ".props", ".targets")))
    found = sorted(p for p in reads if p.endswith(PROJECTS + SOLUTIONS) and p not in mine)
    obj = {posixpath.join(f, "obj") for f in run.projects.folders}
    return Restored(
        frozenset(map(tree, {_packages(run), f"{home}/.local/share/NuGet", *obj})),
        (*mine, *found) if len(mine) == 1 else (),
        tuple(text for text in texts if text is not None),
        implicit=not run.options.has("--no-restore", "--no-build"),
    )
