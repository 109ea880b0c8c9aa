"""What setuptools takes from a project and what it leaves there, where that can be told.

Measured with setuptools 58 to 84 under pip 21.3 to 26.3 and uv (tests/measure/python.py), plainly
and as editable:
- it reads setup.py, setup.cfg, pyproject.toml, MANIFEST.in, what these name, the license files by
  their usual names, and the packages;
- it leaves `build` and `<name>.egg-info`. Its SOURCES.txt lists the packages' files, the readme,
  what MANIFEST.in names, and `tests/test*.py` and `test/test*.py` (since 58 and 68): whether these
  are there matters, and a COPY of their names is one of the files.
"""

from __future__ import annotations

import fnmatch
import posixpath
import re

from optimizer.effects.model import Effects, tree
from optimizer.effects.tool import Kind
from optimizer.effects.tools.looking import look, upwards
from optimizer.effects.tools.python_asked import Asked, asked, texts
from optimizer.effects.tools.python_backend import Project, bare, descriptions
from optimizer.effects.tools.python_discovery import UnclearError
from optimizer.effects.tools.python_manifest import matching
from optimizer.effects.tools.python_values import UNKNOWN, Found

_NAMES = 4
_VERSION_CONTROL = (".git", ".hg", ".svn", ".bzr")


def setuptools(project: Project, *, isolated: bool) -> Effects | None:
    """What a build reads and writes; None if it may be anything of the folder.

    Args:
        project: The project.
        isolated: setuptools runs alone: no plugin that was installed before is asked.
    """
    system = project.table("build-system")
    backend = str(system.get("build-backend", "setuptools.build_meta:__legacy__"))
    requires = {bare(str(r)) for r in system.get("requires", ())}
    standard = backend in {"setuptools.build_meta", "setuptools.build_meta:__legacy__"}
    if not standard or "backend-path" in system or not requires <= {"setuptools", "wheel"}:
        return None
    if not project.machine.complete(project.folder) or not (isolated or not project.data):
        return None
    try:
        return _taken(project, isolated=isolated)
    except UnclearError:
        return None


def _taken(project: Project, *, isolated: bool) -> Effects:
    said = asked(project, isolated=isolated)
    done = said.effects | _packages(said) | _sources(project) | _left(project, said)
    described = descriptions(project)
    if described is None:
        raise UnclearError
    if not isolated:
        # A plugin (setuptools_scm) lists the files of a repository.
        marks = [posixpath.join(f, n) for f in upwards(project.folder) for n in _VERSION_CONTROL]
        done |= Effects(reads=frozenset(map(tree, marks)))
    names = ("pyproject.toml", "setup.py", "setup.cfg", "MANIFEST.in")
    return done | described | look(project.machine, *map(project.path, names))


def _packages(said: Asked) -> Effects:
    """The packages and modules."""
    packages, layout = said.packages, said.layout
    if packages is None and said.modules is None:
        said.layout, done = layout.automatic()
        return done
    done = layout.modules(texts(said.modules or []))
    for search in packages if isinstance(packages, list) else [packages]:
        if search is UNKNOWN:
            raise UnclearError
        if isinstance(search, Found):
            done |= layout.found(search)
        elif search is not None:
            done |= layout.taken(texts([search]))
    return done


def _sources(project: Project) -> Effects:
    """What else SOURCES.txt lists: whether it is there matters."""
    machine = project.machine
    found = {project.path(n) for n in ("README", "README.rst", "README.txt", "README.md")}
    for folder in ("test", "tests"):
        place = project.path(folder)
        names = fnmatch.filter(machine.names(place), "test*.py")
        # Nobody wants to read a COPY of many names.
        found |= (
            {posixpath.join(place, n) for n in names} if len(names) <= _NAMES else {tree(place)}
        )
    text = machine.text(project.path("MANIFEST.in"))
    if text is not None:
        every = machine.walk(project.folder)
        if any(machine.kind(f) is Kind.LINK for f in every):
            raise UnclearError
        cut = len(project.folder.rstrip("/")) + 1
        listed = matching(text, (f[cut:] for f in every))
        if listed is None:
            raise UnclearError
        found |= set(map(project.path, listed))
    elif machine.kind(project.path("MANIFEST.in")) is not Kind.ABSENT:
        raise UnclearError
    return Effects(probes=frozenset(found))


def _base(said: Asked) -> str:
    """Where `<name>.egg-info` goes: to the root of the packages.

    One place that is searched is their root, if a file of settings names it (`find_packages` in
    `setuptools/config/expand.py`, 61 to 84).
    """
    root = said.layout.roots.get("", ".")
    searches = said.packages if isinstance(said.packages, list) else [said.packages]
    if root == "." and said.searched and len(searches) == 1 and isinstance(searches[0], Found):
        return searches[0].where
    return root


def _left(project: Project, said: Asked) -> Effects:
    """`build` and `<name>.egg-info`, which are not there before."""
    if not isinstance(said.name, str) or not re.fullmatch(r"[\w.-]+", said.name):
        raise UnclearError
    # `pkg_resources.safe_name`, `to_filename`: the same from setuptools 58 to 84 (measured).
    info = re.sub(r"[^A-Za-z0-9.]+", "_", said.name) + ".egg-info"
    described, built = said.layout.path(_base(said), info), project.path("build")
    if any(project.machine.kind(p) is not Kind.ABSENT for p in (described, built)):
        raise UnclearError
    places = frozenset(map(tree, (described, built)))
    # An editable install builds nothing in place (measured).
    made = frozenset({described} if project.editable else {described, built})
    return Effects(reads=places, writes=places, generated=made)
