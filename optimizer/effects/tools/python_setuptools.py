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

import configparser
import fnmatch
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from optimizer.effects.model import NONE, Effects, tree
from optimizer.effects.tool import Kind
from optimizer.effects.tools.looking import look, table, upwards, words
from optimizer.effects.tools.python_backend import Project, bare, descriptions
from optimizer.effects.tools.python_discovery import Layout, UnclearError
from optimizer.effects.tools.python_manifest import matching
from optimizer.effects.tools.python_setup import Setup, read
from optimizer.effects.tools.python_static import assigned
from optimizer.effects.tools.python_values import UNKNOWN, Found

# Arguments of `setup()` that only describe, and those that say what is taken.
_TELLING = words(
    "name version description long_description long_description_content_type author author_email "
    "maintainer maintainer_email url download_url project_urls classifiers keywords license "
    "platforms python_requires install_requires extras_require tests_require test_suite zip_safe "
    "entry_points provides requires obsoletes include_package_data namespace_packages"
)
_TAKING = words(
    "packages py_modules package_dir package_data exclude_package_data scripts data_files "
    "license_files license_file"
)
# Sections of setup.cfg for other tools: commands of setuptools are not among them.
_FOREIGN = re.compile(
    r"flake8|mypy|tool:|isort|coverage|pycodestyle|pydocstyle|pep8|pylint|tox|bumpversion|yapf|"
    r"pyright|semantic_release|codespell|aliases$|bdist_wheel$|sdist$|wheel$|black|nosetests$|"
    r"check-manifest|zest|options|metadata$|darglint|doc8|interrogate|mutmut|devpi"
)
_OPTIONS = words(
    "zip_safe include_package_data install_requires packages package_dir py_modules scripts "
    "python_requires entry_points test_suite tests_require namespace_packages extras_require "
    "package_data data_files exclude_package_data platforms"
)
_PYPROJECT = words(
    "packages py-modules package-dir package-data exclude-package-data include-package-data zip-safe "
    "license-files dynamic script-files data-files platforms namespace-packages"
)
# A requirement that is a folder or an archive of this machine: `x @ file:///x`.
_LOCAL = re.compile(r"""(@|^|["'+])\s*file:""", re.MULTILINE)
_NAMES = 4
_VERSION_CONTROL = (".git", ".hg", ".svn", ".bzr")


@dataclass
class _Asked:
    """What the three files say together; the later ones win.

    Attributes:
        layout: Where packages stand.
        effects: What was looked at to know it.
        isolated: Whether setuptools runs alone, in a version of today.
        name: The project's name.
        packages: Names of packages, or how they are found.
        modules: Names of modules.
        searched: A file of settings has packages found.
    """

    layout: Layout
    effects: Effects = NONE
    isolated: bool = True
    name: str = ""
    packages: Any = None
    modules: Any = None
    searched: bool = False


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
    asked = _Asked(Layout(project.machine, project.folder, {}), isolated=isolated)
    _script(project, asked)
    _configuration(project, asked)
    _standard(project, asked)
    done = asked.effects | _packages(asked) | _sources(project) | _left(project, asked)
    described = descriptions(project)
    if described is None:
        raise UnclearError
    if not isolated:
        # A plugin (setuptools_scm) lists the files of a repository.
        marks = [posixpath.join(f, n) for f in upwards(project.folder) for n in _VERSION_CONTROL]
        done |= Effects(reads=frozenset(map(tree, marks)))
    names = ("pyproject.toml", "setup.py", "setup.cfg", "MANIFEST.in")
    return done | described | look(project.machine, *map(project.path, names))


def _texts(value: Any) -> list[str]:
    """A list of texts."""
    if isinstance(value, str):
        return value.replace(",", " ").split()
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise UnclearError
    return value


def _script(project: Project, asked: _Asked) -> None:
    """setup.py."""
    path = project.path("setup.py")
    if project.machine.kind(path) is Kind.ABSENT:
        return
    setup = read(project.machine, project.folder)
    if setup is None or _LOCAL.search(project.machine.text(path) or ""):
        raise UnclearError
    given = {
        k: v for k, v in setup.given.items() if k in _TELLING | _TAKING or v not in ([], {}, None)
    }
    if given.keys() - _TELLING - _TAKING:
        raise UnclearError
    asked.effects |= setup.effects
    _requirements(project, setup)
    _arguments(project, asked, given)


def _requirements(project: Project, setup: Setup) -> None:
    """A file that a script reads may name requirements: none may be a local one."""
    for path in setup.effects.reads:
        text = project.machine.text(path)
        if path.endswith((".txt", ".in")) and (text is None or _LOCAL.search(text)):
            raise UnclearError


def _arguments(project: Project, asked: _Asked, given: dict[str, Any]) -> None:
    """What `setup()` is given."""
    if "name" in given:
        asked.name = given["name"]
    roots = given.get("package_dir") or {}
    if not isinstance(roots, dict) or not all(isinstance(r, str) for r in roots.values()):
        raise UnclearError
    asked.layout = replace(asked.layout, roots={**asked.layout.roots, **roots})
    asked.packages = given.get("packages", asked.packages)
    asked.modules = given.get("py_modules", asked.modules)
    _patterns(given.get("package_data") or {})
    files = _texts(given.get("scripts") or [])
    for entry in given.get("data_files") or []:
        if not isinstance(entry, list) or len(entry) != 2:
            raise UnclearError
        files += _texts(entry[1])
    asked.effects |= _named(project, files)
    licenses = given.get("license_files") or given.get("license_file") or []
    asked.effects |= _globs(project, _texts(licenses))


def _patterns(data: Any) -> None:
    """`package_data`: patterns that stay in their package, whose whole folder counts."""
    if not isinstance(data, dict):
        raise UnclearError
    for patterns in data.values():
        if any(".." in p or p.startswith("/") for p in _texts(patterns)):
            raise UnclearError


def _named(project: Project, files: Iterable[str]) -> Effects:
    """Files that are named; each has to be in the project."""
    return look(project.machine, *(_inside(project, f) for f in files))


def _inside(project: Project, name: str) -> str:
    if name.startswith("/") or ".." in name or re.search(r"[*?\[]", name):
        raise UnclearError
    return project.path(name)


def _globs(project: Project, patterns: Iterable[str]) -> Effects:
    """Files of the project that match: those that are there."""
    places = {
        project.path(re.split(r"[*?\[]", p, maxsplit=1)[0]) for p in patterns if ".." not in p
    }
    if any(p == project.folder for p in places):
        raise UnclearError
    return Effects(reads=frozenset(f"{p}**" for p in places))


def _configuration(project: Project, asked: _Asked) -> None:
    """setup.cfg."""
    path = project.path("setup.cfg")
    if project.machine.kind(path) is Kind.ABSENT:
        return
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(project.machine.text(path) or "")
    except configparser.Error as error:
        raise UnclearError from error
    found = {s: dict(parser.items(s)) for s in parser.sections()}
    if not all(_FOREIGN.match(s) for s in found if s != "egg_info"):
        raise UnclearError
    if found.get("egg_info", {}).keys() - {"tag_build", "tag_date", "tag_svn_revision"}:
        raise UnclearError
    metadata, options = found.get("metadata", {}), found.get("options", {})
    asked.name = metadata.get("name", asked.name)
    values = {**metadata, **options, **found.get("options.extras_require", {})}
    for value in values.values():
        _directive(project, asked, value)
    if options.keys() - _OPTIONS:
        raise UnclearError
    given: dict[str, Any] = {}
    if "package_dir" in options:
        pairs = [p.split("=") for p in re.split(r"[\n,]", options["package_dir"]) if p.strip()]
        if any(len(p) != 2 for p in pairs):
            raise UnclearError
        given["package_dir"] = {a.strip(): b.strip() for a, b in pairs}
    if "packages" in options:
        given["packages"] = _searched(options["packages"], found.get("options.packages.find", {}))
        asked.searched = True
    for name in ("py_modules", "scripts"):
        if name in options:
            given[name] = _texts(options[name])
    if files := found.get("options.data_files"):
        given["data_files"] = [["", _texts(f)] for f in files.values()]
    given["package_data"] = {
        k: _texts(v) for k, v in found.get("options.package_data", {}).items()
    }
    given["license_files"] = _texts(
        metadata.get("license_files", metadata.get("license_file", ""))
    )
    _arguments(project, asked, given)


def _searched(packages: str, search: dict[str, str]) -> Any:
    """`packages = find:` with its section, or a list."""
    kind = packages.strip()
    if not kind.startswith(("find:", "find_namespace:")):
        return _texts(packages)
    lists = {k: tuple(_texts(search[k])) for k in ("exclude", "include") if k in search}
    return Found(search.get("where", "."), **lists, namespaces=kind.startswith("find_namespace"))


def _directive(project: Project, asked: _Asked, value: Any) -> None:
    """`file: README.rst, CHANGES.rst` and `attr: pkg.__version__`."""
    if not isinstance(value, str):
        return
    kind, colon, rest = value.strip().partition(":")
    if colon and kind == "file":
        names = [n.strip() for n in re.split(r"[,\n]", rest) if n.strip()]
        asked.effects |= _named(project, names)
        if any(_LOCAL.search(project.machine.text(project.path(n)) or "") for n in names):
            raise UnclearError
    elif colon and kind == "attr":
        asked.effects |= _told(project, asked, rest.strip())
    elif _LOCAL.search(value):
        raise UnclearError


def _told(project: Project, asked: _Asked, attribute: str) -> Effects:
    """A value that a module spells out; else the module is run (before 46.4, it is anyway)."""
    if not asked.isolated:
        raise UnclearError
    module, _, name = attribute.rpartition(".")
    place = asked.layout.place(module) if module else ""
    for path in (f"{place}.py", f"{place}/__init__.py"):
        if place and assigned(project.machine.text(path) or "", name):
            return look(project.machine, f"{place}.py", path)
    raise UnclearError


def _standard(project: Project, asked: _Asked) -> None:
    """pyproject.toml."""
    own = project.table("tool", "setuptools")
    distutils = project.table("tool", "distutils")
    if own.keys() - _PYPROJECT or distutils.keys() - {"bdist_wheel", "sdist"}:
        raise UnclearError
    if "name" in project.table("project"):
        asked.name = project.table("project")["name"]
    packages = own.get("packages")
    if isinstance(packages, dict):
        packages, asked.searched = _tabled(packages), True
    given = {
        "package_dir": own.get("package-dir"),
        "package_data": own.get("package-data"),
        "scripts": own.get("script-files"),
        "data_files": [["", f] for f in table(own, "data-files").values()],
        "license_files": own.get("license-files"),
        **({} if packages is None else {"packages": packages}),
        **({"py_modules": own["py-modules"]} if "py-modules" in own else {}),
    }
    _arguments(project, asked, given)
    for value in _dynamic(table(own, "dynamic")):
        _directive(project, asked, value)


def _tabled(packages: dict[str, Any]) -> Any:
    """`[tool.setuptools.packages.find]`: several places may be searched."""
    search = packages.get("find", packages.get("find-namespace"))
    if not isinstance(search, dict):
        raise UnclearError
    lists = {k: tuple(_texts(search[k])) for k in ("exclude", "include") if k in search}
    every = bool(search.get("namespaces", True))
    return [
        Found(where, **lists, namespaces=every) for where in _texts(search.get("where", ["."]))
    ]


def _dynamic(fields: Any) -> Iterator[str]:
    """Each of pyproject's `dynamic` fields in the words of setup.cfg."""
    for value in fields.values():
        if isinstance(value, dict) and "attr" in value:
            yield f"attr: {value['attr']}"
        elif isinstance(value, dict) and "file" in value:
            yield "file: " + ", ".join(_texts(value["file"]))
        elif isinstance(value, dict):
            yield from _dynamic(value)


def _packages(asked: _Asked) -> Effects:
    """The packages and modules."""
    packages, layout = asked.packages, asked.layout
    if packages is None and asked.modules is None:
        asked.layout, done = layout.automatic()
        return done
    done = layout.modules(_texts(asked.modules or []))
    for search in packages if isinstance(packages, list) else [packages]:
        if search is UNKNOWN:
            raise UnclearError
        if isinstance(search, Found):
            done |= layout.found(search)
        elif search is not None:
            done |= layout.taken(_texts([search]))
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


def _base(asked: _Asked) -> str:
    """Where `<name>.egg-info` goes: to the root of the packages.

    One place that is searched is their root, if a file of settings names it (`find_packages` in
    `setuptools/config/expand.py`, 61 to 84).
    """
    root = asked.layout.roots.get("", ".")
    searches = asked.packages if isinstance(asked.packages, list) else [asked.packages]
    if root == "." and asked.searched and len(searches) == 1 and isinstance(searches[0], Found):
        return searches[0].where
    return root


def _left(project: Project, asked: _Asked) -> Effects:
    """`build` and `<name>.egg-info`, which are not there before."""
    if not isinstance(asked.name, str) or not re.fullmatch(r"[\w.-]+", asked.name):
        raise UnclearError
    # `pkg_resources.safe_name`, `to_filename`: the same from setuptools 58 to 84 (measured).
    info = re.sub(r"[^A-Za-z0-9.]+", "_", asked.name) + ".egg-info"
    described, built = asked.layout.path(_base(asked), info), project.path("build")
    if any(project.machine.kind(p) is not Kind.ABSENT for p in (described, built)):
        raise UnclearError
    places = frozenset(map(tree, (described, built)))
    # An editable install builds nothing in place (measured).
    made = frozenset({described} if project.editable else {described, built})
    return Effects(reads=places, writes=places, generated=made)
