"""MSBuild projects: which files an evaluation reads, which projects it leads to.

After MSBuild's and NuGet's documentation (learn.microsoft.com: "Customize your build by folder",
"Central package management", "nuget.config reference"); not measured.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from optimizer.effects.model import NONE, Effects
from optimizer.effects.tool import Command, Kind
from optimizer.effects.tools.looking import look, upwards, whole_tree

PROJECTS = (
    ".csproj",
    ".fsproj",
    ".vbproj",
    ".proj",
    ".sqlproj",
    ".esproj",
    ".dcproj",
    ".shproj",
    ".pyproj",
    ".njsproj",
    ".wixproj",
)
SOLUTIONS = (".sln", ".slnx", ".slnf")
# Looked for upwards from each project's folder: the nearest is taken (MSBuild), or all (NuGet).
_UPWARD = (
    "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "Directory.Build.rsp", "global.json",
    "NuGet.Config", "NuGet.config", "nuget.config", "Directory.Solution.props", "Directory.Solution.targets",
)  # fmt: skip
_BESIDE = ("packages.lock.json", "packages.config")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_REFERENCE = re.compile(
    r"""<ProjectReference\b[^>]*?\b(?:Include|Update|Remove)\s*=\s*["']([^"']+)["']""",
    re.IGNORECASE,
)
_ITEM = re.compile(
    r"""\b(?:Include|HintPath|Project)\s*=\s*["']([^"']+)["']|<HintPath>([^<]+)<""", re.IGNORECASE
)
_IMPORT = re.compile(r"""<Import\b[^>]*?\bProject\s*=\s*["']([^"']+)["']""", re.IGNORECASE)
_SLN = re.compile(r"""^Project\("[^"]*"\)\s*=\s*"[^"]*",\s*"([^"]+)\"""", re.MULTILINE)
_SLNX = re.compile(r"""<Project\b[^>]*?\bPath\s*=\s*["']([^"']+)["']""")
_SLNF = re.compile(r'"([^"]+proj|[^"]+\.sln)"')
_HERE = re.compile(
    r"\$\((?:MSBuildThisFileDirectory|MSBuildProjectDirectory|ProjectDir)\)[\\/]?", re.IGNORECASE
)
_SOLUTION_DIR = re.compile(r"\$\(SolutionDir\)[\\/]?", re.IGNORECASE)
_ABOVE = re.compile(
    r"""\$\(\[MSBuild\]::GetPathOfFileAbove\(\s*'?([^',)]+)'?\s*(?:,\s*'?\$\(MSBuildThisFileDirectory\)([^')]*)'?)?\s*\)\)""",
    re.IGNORECASE,
)
# What an evaluation may do beside reading XML: property functions on files, the environment.
_CODE = re.compile(
    r"\$\(\[(?:System\.IO|System\.Environment\]::(?!GetEnvironmentVariable))|GetDirectoryNameOfFileAbove",
    re.IGNORECASE,
)
_EXECUTES = re.compile(r"<(?:Exec|UsingTask|Code|PreBuildEvent|PostBuildEvent)\b", re.IGNORECASE)
# A restore runs targets only that hook into others than these, which belong to a build.
_TARGET = re.compile(r"<Target\b([^>]*)>", re.IGNORECASE)
_HOOK = re.compile(r"""\b(?:BeforeTargets|AfterTargets)\s*=\s*["']([^"']*)["']""", re.IGNORECASE)
_INITIAL = re.compile(r"<Project\b[^>]*\bInitialTargets\b", re.IGNORECASE)
_LATE = frozenset(
    "build beforebuild afterbuild corebuild rebuild beforerebuild prebuildevent postbuildevent beforecompile compile "
    "corecompile aftercompile publish beforepublish afterpublish prepareforpublish computefilestopublish "
    "computeresolvedfilestopublishlist clean beforeclean afterclean pack generatenuspec test vstest prepareforbuild "
    "preparefornextbuild run copyfilestooutputdirectory".split()
)
_LOCAL_SOURCE = re.compile(r"""<add\s[^>]*\bvalue\s*=\s*["']([^"']+)["']""", re.IGNORECASE)
_MOST = 500


@dataclass(frozen=True)
class Projects:
    """A closure of projects.

    Attributes:
        effects: What an evaluation reads and probes, with a doubt if it cannot be told.
        folders: The folders of the projects.
        executes: A file whose targets run programs; "" if none does.
        early: A file that has a target which a restore may run; "" if none has.
        linked: What items of projects name outside of their folders.
        props: Whether output folders are moved (`BaseOutputPath` and its kin), and where it says so.
    """

    effects: Effects = NONE
    folders: frozenset[str] = frozenset()
    executes: str = ""
    early: str = ""
    linked: frozenset[str] = frozenset()
    props: str = ""


_MOVES = re.compile(
    r"<(?:Base)?(?:Output|IntermediateOutput)Path\b|<ArtifactsPath\b|<UseArtifactsOutput\b|<PublishDir\b|<MSBuildProjectExtensionsPath\b|<RestorePackagesPath\b|<RestoreOutputPath\b",
    re.IGNORECASE,
)


def gather(command: Command, start: str) -> Projects:
    """All that a project or a solution leads to."""
    done, queue, seen = Projects(), [start], set[str]()
    while queue and len(seen) < _MOST:
        path = queue.pop()
        if path in seen:
            continue
        seen.add(path)
        text = command.machine.text(path)
        done = replace(done, effects=done.effects | look(command.machine, path))
        if text is None:
            if command.machine.kind(path) is not Kind.ABSENT or path == start:
                done = replace(done, effects=done.effects.in_doubt(f"{path} is not known"))
            continue
        text = _COMMENT.sub("", text)
        folder = posixpath.dirname(path)
        if path.endswith(SOLUTIONS):
            done = replace(done, effects=done.effects | _upward(command, folder)[0])
            queue += [_path(command, p, folder) for p in _solution(path, text)]
        else:
            done, more = _with_project(command, done, path, text, start)
            queue += more
    return done


def _solution(path: str, text: str) -> Iterator[str]:
    pattern = _SLNX if path.endswith(".slnx") else _SLNF if path.endswith(".slnf") else _SLN
    for named in pattern.findall(text):
        # Solution folders have a name in place of a path.
        if "." in posixpath.basename(named.replace("\\", "/")):
            yield named


def _path(command: Command, text: str, folder: str) -> str:
    return command.path(text.replace("\\", "/"), folder)


def _with_project(
    command: Command, done: Projects, path: str, text: str, start: str
) -> tuple[Projects, list[str]]:
    """One project, with the settings above it, and the projects that it leads to."""
    folder = posixpath.dirname(path)
    probes, settings = _upward(command, folder)
    beside = [posixpath.join(folder, n) for n in _BESIDE]
    # MSBuild imports <project>.*.props from obj; NuGet reads what an earlier restore left there.
    extra = [
        f"{path}.user",
        posixpath.join(
            folder, f"packages.{posixpath.splitext(posixpath.basename(path))[0]}.lock.json"
        ),
    ]
    done = replace(
        done,
        effects=done.effects | probes | look(command.machine, *beside, *extra),
        folders=done.folders | {folder},
    )
    base = posixpath.dirname(start)
    files = [(path, text)]
    files += [(s, _COMMENT.sub("", command.machine.text(s) or "")) for s in settings]
    queue: list[str] = []
    met = set(settings)
    while files:
        file, content = files.pop()
        done = _with_file(command, done, file, content, folder)
        imported, seen = _imports(command, file, content, folder, base)
        referred, doubts = _references(command, file, content, folder, base)
        done = replace(done, effects=done.effects | seen | doubts)
        queue += referred
        for each in imported:
            if each not in met and (more := command.machine.text(each)) is not None:
                met.add(each)
                files.append((each, _COMMENT.sub("", more)))
    return done, queue


def _imports(
    command: Command, file: str, text: str, folder: str, base: str
) -> tuple[list[str], Effects]:
    """The files that an MSBuild file imports."""
    found, done = [], NONE
    for named in _IMPORT.findall(text):
        inner, problem = _imported(command, named, file, folder, base)
        if problem:
            done = done.in_doubt(f"{file} imports {named}, which is not resolved")
        found += inner
    return found, done | look(command.machine, *found)


def _references(
    command: Command, file: str, text: str, folder: str, base: str
) -> tuple[list[str], Effects]:
    """The projects that an MSBuild file refers to."""
    found, done = [], NONE
    for named in (n.strip() for group in _REFERENCE.findall(text) for n in group.split(";")):
        resolved = _resolve(named, posixpath.dirname(file), folder, base)
        if "$(" in resolved or "*" in resolved:
            done = done.in_doubt(f"{file} refers to {named}, which is not resolved")
        elif resolved:
            found.append(_path(command, resolved, folder))
    return found, done


def _with_file(command: Command, done: Projects, file: str, text: str, folder: str) -> Projects:
    """What one MSBuild file says: programs, code, files outside of the project's folder."""
    if (found := _CODE.search(text)) is not None:
        done = replace(
            done, effects=done.effects.in_doubt(f"{file} computes with {found.group()}")
        )
    linked = set()
    for one, other in _ITEM.findall(text):
        for item in (one or other).split(";"):
            place = _HERE.sub("", item.strip()).replace("\\", "/")
            if place.startswith(("../", "/")) and "$(" not in place:
                linked.add(command.path(re.split(r"[*?%]", place, maxsplit=1)[0], folder))
            elif "$(" in place and "../" in place.replace("\\", "/"):
                done = replace(
                    done,
                    effects=done.effects.in_doubt(
                        f"{file} names {item.strip()}, which is not resolved"
                    ),
                )
    executes = done.executes or (file if _EXECUTES.search(text) else "")
    early = done.early or (file if _early(text) else "")
    props = done.props or (file if _MOVES.search(text) else "")
    return replace(done, executes=executes, early=early, linked=done.linked | linked, props=props)


def _early(text: str) -> bool:
    """Whether a target of the file may run in a restore."""
    hooks = [hook for target in _TARGET.findall(text) for hook in _HOOK.findall(target)]
    names = {name.strip().lower() for hook in hooks for name in hook.split(";")} - {""}
    return bool(names - _LATE) or bool(_INITIAL.search(text))


def _resolve(text: str, here: str, folder: str, solution: str) -> str:
    if _HERE.match(text):
        return posixpath.join(
            here if "ThisFile" in text else folder, _HERE.sub("", text).replace("\\", "/")
        )
    if _SOLUTION_DIR.match(text):
        return posixpath.join(solution, _SOLUTION_DIR.sub("", text).replace("\\", "/"))
    return text


def _imported(
    command: Command, named: str, file: str, folder: str, solution: str
) -> tuple[list[str], bool]:
    """The files that an <Import> may lead to, and whether that is not known."""
    here = posixpath.dirname(file)
    above = _ABOVE.search(named)
    if above:
        start = command.path((above.group(2) or ".").replace("\\", "/"), here)
        return [posixpath.join(p, above.group(1).strip()) for p in upwards(start)], False
    if re.match(
        r"\$\((?:MSBuildExtensionsPath\w*|MSBuildToolsPath|MSBuildBinPath|VSToolsPath|NuGetPackageRoot|MicrosoftNETSdk\w*)\)|^Sdk\.(?:props|targets)$",
        named,
        re.IGNORECASE,
    ):
        return [], False
    resolved = _resolve(named, here, folder, solution)
    if "$(" in resolved or "*" in resolved:
        return [], True
    return [_path(command, resolved, here)], False


def _upward(command: Command, folder: str) -> tuple[Effects, list[str]]:
    """The settings that apply to a folder, and those of them that are MSBuild files."""
    done, files = NONE, []
    for name in _UPWARD:
        for place in upwards(folder):
            path = posixpath.join(place, name)
            done |= look(command.machine, path)
            if command.machine.kind(path) is Kind.ABSENT:
                continue
            if name.lower() == "nuget.config":
                done |= _sources(command, path)
                continue
            if name.endswith((".props", ".targets")):
                files.append(path)
            break
    return done, files


def _sources(command: Command, path: str) -> Effects:
    """Package sources that are folders."""
    text = _COMMENT.sub("", command.machine.text(path) or "")
    folder = posixpath.dirname(path)
    values = [v.replace("\\", "/") for v in _LOCAL_SOURCE.findall(text)]
    places = [v for v in values if "/" in v and "://" not in v and "%" not in v]
    done = whole_tree(*(command.path(p, folder) for p in places))
    moved = re.search(r"globalPackagesFolder|repositoryPath", text)
    return done.in_doubt(f"{path} moves the folder of packages") if moved else done
