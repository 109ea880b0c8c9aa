"""What the well-known build backends take from a project, where that is less than all of it.

Measured by removing and changing each file (tests/measure/python.py) with hatchling 1.33, flit_core
4.2, poetry-core 2.5, uv_build 0.13, setuptools 65 and 84, each plainly and as editable:
- all read pyproject.toml, the named readme, and license files by their usual names;
- plainly they read all of the packages, and nothing of the project's other folders;
- as editable they only ask whether the packages are there, and flit reads the module's head;
- hatchling reads the nearest .gitignore and .hgignore, up to a .git;
- archives of sources (`python -m build --sdist`) of flit, poetry and uv take no more; hatchling's
  take all that is not ignored, setuptools' also tests and what MANIFEST.in names;
- setuptools leaves `build` and `<name>.egg-info`, the others leave nothing.
What setuptools takes is told in `python_setuptools`; where it cannot be, all of the folder counts.
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from optimizer.effects.model import Effects, Paths, tree
from optimizer.effects.tool import Kind
from optimizer.effects.tools.looking import look, table, upwards, words
from optimizer.effects.tools.python_backend import Project, bare, descriptions

_IGNORES = (".gitignore", ".hgignore")
_VERSION_FILES = ("version.py", "_version.py", "__version__.py")
# A setup.py that has one of these may write anywhere in its folder.
_WRITING = re.compile(
    r"ext_modules|cmdclass|cffi_modules|rust_extensions|cythonize|versioneer|use_scm_version|"
    r"setup_requires|pbr|write|mkdir|makedirs|shutil|subprocess|os\.system|Popen|copy|rename|"
    r"exec\(|eval\(|import_module|__import__|['\"][wax]b?\+?['\"]"
)
_SETUP_NAME = re.compile(r"""\bname\s*=\s*["']([\w.-]+)["']""")


def taken(project: Project) -> Effects | None:
    """What a build reads; None if it may be anything of the folder."""
    system = project.table("build-system")
    name = project.backend or _BACKENDS.get(str(system.get("build-backend")), "")
    requires = {bare(str(r)) for r in system.get("requires", ())}
    answer, allowed = _KNOWN.get(name, (None, frozenset[str]()))
    if project.sdist and name not in _SAME_SDIST:
        return None
    if answer is None or "backend-path" in system or not (project.backend or requires <= allowed):
        return None
    found = answer(project)
    described = descriptions(project)
    marks = frozenset(_marks(project, name))
    if (
        found is None
        or described is None
        or any(project.machine.kind(mark) is not Kind.ABSENT for mark in marks)
    ):
        return None
    return (
        found
        | described
        | Effects(probes=marks)
        | look(project.machine, project.path("pyproject.toml"), project.path("setup.py"))
    )


def written(project: Project) -> Paths:
    """What a build that may read all of the folder leaves in it."""
    everywhere = frozenset({tree(project.folder)})
    name = _setuptools_name(project)
    if name is None:
        return everywhere
    names = {re.sub(r"[^\w.]+", "_", name), re.sub(r"[-_.]+", "_", name), name}
    names |= {n.lower() for n in names}
    roots = (project.folder, project.path("src"))
    info = {f"{root.rstrip('/')}/{n}.egg-info/**" for root in roots for n in names}
    return frozenset(info | {tree(project.path(n)) for n in ("build", "dist", ".eggs")})


def _setuptools_name(project: Project) -> str | None:
    """The name of a project of setuptools whose build is known to write but its usual folders."""
    system = project.table("build-system")
    backend = str(system.get("build-backend", "setuptools.build_meta"))
    requires = {bare(str(r)) for r in system.get("requires", ())}
    if not backend.startswith("setuptools.") or not requires <= {"setuptools", "wheel"}:
        return None
    setup = project.machine.text(project.path("setup.py")) or ""
    config = project.machine.text(project.path("setup.cfg")) or ""
    if (
        _WRITING.search(setup)
        or "attr:" in config
        or project.table("tool", "setuptools", "dynamic")
    ):
        return None
    name = project.table("project").get("name")
    found = re.search(r"^name\s*=\s*([\w.-]+)\s*$", config, re.MULTILINE) or _SETUP_NAME.search(
        setup
    )
    if "package_dir" in setup + config or "package-dir" in project.table("tool", "setuptools"):
        known = re.search(
            r"""package_dir\s*=\s*(\{\s*["']{2}\s*:\s*["'](src|\.)["']\s*\}|\s*=\s*src)""",
            setup + config,
        )
        if not known:
            return None
    return name if isinstance(name, str) else found[1] if found else None


def _marks(project: Project, name: str) -> Iterator[str]:
    """The repositories that a backend looks for: it asks them what is ignored.

    hatchling goes up to the nearest .gitignore or .git, whichever is nearer, and needs no more of a
    .git than that it is there; flit and uv ask no repository (measured).
    """
    wanted: tuple[str, ...] = _REPOSITORIES.get(name, ())
    if name == "hatch" and project.is_file(".gitignore"):
        wanted = (".hg",)
    yield from (posixpath.join(f, n) for f in upwards(project.folder) for n in wanted)


def _packages(project: Project, candidates: Iterable[str]) -> Effects:
    """Packages by their folders: their contents, or that they are there."""
    folders = tuple(candidates)
    marks = frozenset(project.path(f, "__init__.py") for f in folders)
    if project.editable:
        return Effects(probes=marks)
    return Effects(reads=frozenset(tree(project.path(f)) for f in folders), probes=marks)


def _first(project: Project, names: Iterable[str]) -> tuple[str, Effects] | None:
    """The only package of these names, flat or below src, and what else was looked for."""
    places = [f for name in dict.fromkeys(names) for f in (name, f"src/{name}")]
    alone = [f"{folder}.py" for folder in places]
    there = [
        p for p in (*places, *alone) if project.machine.kind(project.path(p)) is not Kind.ABSENT
    ]
    if len(there) != 1 or not project.is_file(there[0], "__init__.py"):
        return None
    others = {project.path(p) for p in (*places, *alone)} - {project.path(there[0])}
    return there[0], Effects(probes=frozenset(map(tree, others)) | others)


def _listed(project: Project, folders: list[str]) -> Effects | None:
    """Packages that are named by their folders."""
    plain = all(
        f and not re.search(r"[*?\[]|\.\.|^/", f) and project.is_file(f, "__init__.py")
        for f in folders
    )
    return _packages(project, folders) if folders and plain else None


def _hatch(project: Project) -> Effects | None:
    options, core = project.table("tool", "hatch"), project.table("project")
    built, version = table(options, "build"), table(options, "version")
    wheel = table(built, "targets", "wheel")
    strange = (
        built.keys() - {"targets"} or wheel.keys() - {"packages"} or version.keys() - {"path", "pattern"}
        or table(options, "metadata").keys() - {"allow-direct-references"}
        or set(core.get("dynamic", ())) - {"version"} or "hooks" in table(built, "targets", "wheel")
    )  # fmt: skip
    if strange or project.machine.kind(project.path("hatch.toml")) is not Kind.ABSENT:
        return None
    ignores = [posixpath.join(f, n) for f in upwards(project.folder) for n in _IGNORES]
    own = [str(version["path"])] if "path" in version else []
    seen = look(project.machine, *ignores, *map(project.path, (*own, "hatch.toml", "PKG-INFO")))
    if named := wheel.get("packages"):
        found = _listed(project, [str(n) for n in named])
        return None if found is None else seen | found
    raw = str(core.get("name", ""))
    first = _first(project, (re.sub(r"[-.]", "_", raw), re.sub(r"[-_.]+", "_", raw).lower()))
    return None if first is None else seen | first[1] | _packages(project, (first[0],))


def _flit(project: Project) -> Effects | None:
    options = project.table("tool", "flit")
    if options.keys() - {"module"}:
        return None
    name = options.get("module", {}).get("name") or project.table("project").get("name", "")
    first = _first(project, (str(name).replace("-", "_").replace(".", "/"),))
    if first is None:
        return None
    folder, seen = first
    head = project.path(folder, "__init__.py")
    versions = [project.path(folder, n) for n in _VERSION_FILES]
    if any(project.machine.kind(v) is not Kind.ABSENT for v in versions):
        return None
    if project.table("project").get("dynamic") and not _static(project.machine.text(head)):
        return None  # the module is imported to learn its version
    return seen | _packages(project, (folder,)) | look(project.machine, head, *versions)


def _static(text: str | None) -> bool:
    """Whether a module tells its version without being run (flit_core, `get_docstring_and_version`)."""
    try:
        body = ast.parse(text or "").body
    except (SyntaxError, ValueError, RecursionError):
        return False
    return any(
        isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        and any(isinstance(t, ast.Name) and t.id == "__version__" for t in node.targets)
        for node in body
    )  # fmt: skip


def _poetry(project: Project) -> Effects | None:
    options, core = project.table("tool", "poetry"), project.table("project")
    scripts = [*table(options, "scripts").values(), *table(core, "scripts").values()]
    if options.keys() & {"build", "include", "generate-setup-file"} or any(
        isinstance(s, dict) for s in scripts
    ):
        return None
    if named := options.get("packages"):
        folders = [
            posixpath.join(str(p.get("from", "")), str(p.get("include", "")))
            for p in named
            if isinstance(p, dict)
        ]
        return _listed(project, folders)
    raw = str(core.get("name") or options.get("name", ""))
    first = _first(project, (re.sub(r"[-_.]+", "_", raw).lower(), re.sub(r"[-.]", "_", raw)))
    return None if first is None else first[1] | _packages(project, (first[0],))


def _uv(project: Project) -> Effects | None:
    options, core = project.table("tool", "uv", "build-backend"), project.table("project")
    raw = re.sub(r"[-_.]+", "_", str(core.get("name", ""))).lower()
    name, root = options.get("module-name", raw), options.get("module-root", "src")
    plain = isinstance(name, str) and isinstance(root, str) and not re.search(r"\.\.|^/", root)
    if options.keys() - {"module-name", "module-root"} or not plain or core.get("dynamic"):
        return None
    top, _, inner = name.partition(".")
    # The folder's name is looked for whatever its case.
    alike = [n for n in project.machine.names(project.path(root)) if n.lower() == top.lower()]
    if alike != [top]:
        return None
    return _listed(project, [posixpath.join(root, top, *inner.split("."))])


# The repositories whose ignore rules a backend asks for.
_REPOSITORIES = {"hatch": (".git", ".hg"), "poetry": (".git", ".hg")}
# Backends whose archives of sources hold what a wheel is made of, and no other file (measured).
_SAME_SDIST = frozenset({"flit", "poetry", "uv"})
_BACKENDS = {
    "hatchling.build": "hatch",
    "flit_core.buildapi": "flit",
    "poetry.core.masonry.api": "poetry",
    "poetry.masonry.api": "poetry",
    "uv_build": "uv",
}
_KNOWN: Mapping[str, tuple[Callable[[Project], Effects | None], frozenset[str]]] = {
    "hatch": (_hatch, words("hatchling editables")),
    "flit": (_flit, words("flit-core flit")),
    "uv": (_uv, words("uv-build")),
    "poetry": (_poetry, words("poetry-core poetry setuptools wheel")),
}
