"""What setup.py, setup.cfg and pyproject.toml tell setuptools to take (see `python_setuptools`)."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from optimizer.effects.model import NONE, Effects
from optimizer.effects.tool import Kind
from optimizer.effects.tools.looking import look, table, words
from optimizer.effects.tools.python_backend import Project
from optimizer.effects.tools.python_discovery import Layout, UnclearError
from optimizer.effects.tools.python_setup import Setup, read
from optimizer.effects.tools.python_static import assigned
from optimizer.effects.tools.python_values import Found

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


@dataclass
class Asked:
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


def texts(value: Any) -> list[str]:
    """A list of texts."""
    if isinstance(value, str):
        return value.replace(",", " ").split()
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise UnclearError
    return value


def asked(project: Project, *, isolated: bool) -> Asked:
    """What setup.py, setup.cfg and pyproject.toml say together; UnclearError if that is not known."""
    found = Asked(Layout(project.machine, project.folder, {}), isolated=isolated)
    _script(project, found)
    _configuration(project, found)
    _standard(project, found)
    return found


def _script(project: Project, asked: Asked) -> None:
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


def _arguments(project: Project, asked: Asked, given: dict[str, Any]) -> None:
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
    files = texts(given.get("scripts") or [])
    for entry in given.get("data_files") or []:
        if not isinstance(entry, list) or len(entry) != 2:
            raise UnclearError
        files += texts(entry[1])
    asked.effects |= _named(project, files)
    licenses = given.get("license_files") or given.get("license_file") or []
    asked.effects |= _globs(project, texts(licenses))


def _patterns(data: Any) -> None:
    """`package_data`: patterns that stay in their package, whose whole folder counts."""
    if not isinstance(data, dict):
        raise UnclearError
    for patterns in data.values():
        if any(".." in p or p.startswith("/") for p in texts(patterns)):
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


def _configuration(project: Project, asked: Asked) -> None:
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
            given[name] = texts(options[name])
    if files := found.get("options.data_files"):
        given["data_files"] = [["", texts(f)] for f in files.values()]
    given["package_data"] = {k: texts(v) for k, v in found.get("options.package_data", {}).items()}
    given["license_files"] = texts(metadata.get("license_files", metadata.get("license_file", "")))
    _arguments(project, asked, given)


def _searched(packages: str, search: dict[str, str]) -> Any:
    """`packages = find:` with its section, or a list."""
    kind = packages.strip()
    if not kind.startswith(("find:", "find_namespace:")):
        return texts(packages)
    lists = {k: tuple(texts(search[k])) for k in ("exclude", "include") if k in search}
    return Found(search.get("where", "."), **lists, namespaces=kind.startswith("find_namespace"))


def _directive(project: Project, asked: Asked, value: Any) -> None:
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


def _told(project: Project, asked: Asked, attribute: str) -> Effects:
    """A value that a module spells out; else the module is run (before 46.4, it is anyway)."""
    if not asked.isolated:
        raise UnclearError
    module, _, name = attribute.rpartition(".")
    place = asked.layout.place(module) if module else ""
    for path in (f"{place}.py", f"{place}/__init__.py"):
        if place and assigned(project.machine.text(path) or "", name):
            return look(project.machine, f"{place}.py", path)
    raise UnclearError


def _standard(project: Project, asked: Asked) -> None:
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
    lists = {k: tuple(texts(search[k])) for k in ("exclude", "include") if k in search}
    every = bool(search.get("namespaces", True))
    return [Found(where, **lists, namespaces=every) for where in texts(search.get("where", ["."]))]


def _dynamic(fields: Any) -> Iterator[str]:
    """Each of pyproject's `dynamic` fields in the words of setup.cfg."""
    for value in fields.values():
        if isinstance(value, dict) and "attr" in value:
            yield f"attr: {value['attr']}"
        elif isinstance(value, dict) and "file" in value:
            yield "file: " + ", ".join(texts(value["file"]))
        elif isinstance(value, dict):
            yield from _dynamic(value)
