"""Which packages setuptools finds in a project, and what it has to look at for that.

By setuptools 61 to 84 (`setuptools/discovery.py`): `find_packages` goes down folders that have an
`__init__.py`, `find_namespace_packages` down all of them; excluded names are gone through as well.
Where nobody names packages, `src` is searched, else the one folder (or module) at the top that
does not have a reserved name.
"""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from optimizer.effects.model import NONE, Effects, tree
from optimizer.effects.tool import Kind, Machine, clean
from optimizer.effects.tools.looking import look, words
from optimizer.effects.tools.python_values import Found

# `FlatLayoutPackageFinder.DEFAULT_EXCLUDE` and `FlatLayoutModuleFinder.DEFAULT_EXCLUDE`.
_FOLDERS = words(
    "ci bin debian doc docs documentation manpages news newsfragments changelog test tests unit_test "
    "integration_test unit_tests integration_tests example examples scripts tools util utils python "
    "build benchmark benchmarks exercise exercises htmlcov tasks fabfile site_scons"
)
_MODULES = words(
    "setup conftest test tests example examples build toxfile noxfile pavement dodo tasks fabfile "
    "Sconstruct SConstruct sconstruct sConstruct conanfile manage benchmark benchmarks exercise "
    "exercises"
)


class UnclearError(Exception):
    """What setuptools takes is not known."""


@dataclass(frozen=True)
class Layout:
    """Where packages stand.

    Attributes:
        machine: The image.
        folder: The project's folder.
        roots: `package_dir`: a package's name, or "" for all others -> its folder.
    """

    machine: Machine
    folder: str
    roots: dict[str, str]

    def path(self, *names: str) -> str:
        """A path of the project."""
        path = clean(posixpath.join(self.folder, *names))
        if not (path + "/").startswith(self.folder.rstrip("/") + "/"):
            raise UnclearError
        return path

    def place(self, name: str) -> str:
        """Where a package or module of this name belongs (`distutils`, `get_package_dir`)."""
        parts = name.split(".")
        for count in range(len(parts), 0, -1):
            if (root := self.roots.get(".".join(parts[:count]))) is not None:
                return self.path(root, *parts[count:])
        return self.path(self.roots.get("", "."), *parts)

    def taken(self, packages: Iterable[str]) -> Effects:
        """Named packages: all that is below their folders."""
        done = NONE
        for name in packages:
            place = self.place(name)
            if self.machine.kind(place) is not Kind.DIRECTORY:
                raise UnclearError
            done |= Effects(reads=frozenset({tree(place)}))
        return done

    def modules(self, names: Iterable[str]) -> Effects:
        """Named modules."""
        return look(self.machine, *(f"{self.place(name)}.py" for name in names))

    def found(self, search: Found) -> Effects:
        """What `find_packages` finds."""
        done = NONE
        for name, path, marks in self._walk(self.path(search.where), "", search, ()):
            if _matches(name, search.include) and not _matches(name, search.exclude):
                done |= Effects(reads=frozenset({tree(path)}), probes=frozenset(marks))
        return done

    def _walk(
        self, folder: str, above: str, search: Found, marks: tuple[str, ...]
    ) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Candidates: name, folder, and the files that make the folders above it packages."""
        for entry in self.machine.names(folder):
            path = posixpath.join(folder, entry)
            if "." in entry:
                continue
            kind = self.machine.kind(path)
            if kind in {Kind.LINK, Kind.UNKNOWN}:
                raise UnclearError
            if kind is not Kind.DIRECTORY:
                continue
            own = marks
            if not search.namespaces:
                mark = posixpath.join(path, "__init__.py")
                if self.machine.kind(mark) is Kind.ABSENT:
                    continue
                own = (*marks, mark)
            name = f"{above}{entry}"
            yield name, path, own
            yield from self._walk(path, f"{name}.", search, own)

    def automatic(self) -> tuple[Layout, Effects]:
        """What is found where nobody names packages or modules."""
        if self.roots:
            raise UnclearError
        if self.machine.kind(self.path("src")) is Kind.DIRECTORY:
            return self._source()
        candidates = [e for e in self.machine.names(self.folder) if e.isidentifier()]
        folders = [
            e for e in candidates
            if e not in _FOLDERS and not e.startswith("_")
            and self.machine.kind(self.path(e)) is not Kind.FILE
        ]  # fmt: skip
        stubs = [e for e in self.machine.names(self.folder) if e.endswith("-stubs")]
        if stubs or len(folders) > 1:
            raise UnclearError
        if folders:
            return self, self.taken(folders)
        modules = [
            name
            for name, ending in map(posixpath.splitext, self.machine.names(self.folder))
            if ending == ".py" and name not in _MODULES and name.isidentifier() and name[0] != "_"
        ]
        if len(modules) > 1:
            raise UnclearError
        return self, self.modules(modules)

    def _source(self) -> tuple[Layout, Effects]:
        """The layout with a `src`: every package and module in it."""
        layout = Layout(self.machine, self.folder, {"": "src"})
        done = layout.found(Found("src", namespaces=True))
        entries = self.machine.names(self.path("src"))
        return layout, done | look(
            self.machine, *(self.path("src", e) for e in entries if e.endswith(".py"))
        )


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, p) for p in patterns)
