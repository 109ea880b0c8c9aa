"""The values of a setup.py that is followed (see `python_setup`), and the calls that are known."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from optimizer.effects.tools.looking import words


class Unknown:
    """A value that is not followed."""


@dataclass(frozen=True)
class Ref:
    """Something imported or built in, by its full name."""

    name: str


@dataclass(frozen=True)
class Text:
    """The content of a file of the project."""

    path: str


@dataclass(frozen=True)
class Found:
    """`find_packages(where, exclude, include)`."""

    where: str = "."
    exclude: tuple[str, ...] = ()
    include: tuple[str, ...] = ("*",)
    namespaces: bool = False


UNKNOWN = Unknown()
MODULES = words(
    "os sys re io pathlib glob codecs ast json platform datetime textwrap typing itertools functools "
    "collections contextlib warnings string setuptools distutils __future__ time locale tomllib"
)
OPENERS = words("open io.open codecs.open")
LISTERS = words("os.walk os.listdir os.scandir glob.glob glob.iglob")
ASKERS = words("os.path.exists os.path.isfile os.path.isdir os.path.lexists")
SAME = words("os.path.abspath os.path.realpath os.path.normpath os.fspath str os.fsdecode")
PATHS = words("pathlib.Path pathlib.PurePath pathlib.PosixPath os.path.join")
SETUPS = words("setuptools.setup distutils.core.setup")
FINDERS = {
    "setuptools.find_packages": False,
    "setuptools.PackageFinder.find": False,
    "setuptools.find_namespace_packages": True,
    "setuptools.PEP420PackageFinder.find": True,
}
# Calls that touch no file, change nothing that is followed, and call nothing back.
PLAIN = words(
    "int float bool len print repr any all zip enumerate range isinstance hasattr min max sum next "
    "iter reversed bytes type dict set frozenset sorted list tuple re.compile re.search re.match "
    "re.findall re.sub re.split re.finditer re.escape json.loads json.load ast.literal_eval "
    "ast.parse ast.walk textwrap.dedent textwrap.indent sys.exit exit warnings.warn os.getenv "
    "os.environ.get os.path.basename os.path.splitext os.path.split os.path.relpath os.getcwd "
    "platform.system platform.machine platform.python_implementation platform.python_version "
    "datetime.datetime.now datetime.date.today datetime.datetime.utcnow time.time time.strftime "
    "typing.cast sys.stdout.write sys.stderr.write compile RuntimeError ValueError Exception "
    "SystemExit KeyError OSError IOError ImportError AssertionError "
    "itertools.chain itertools.chain.from_iterable contextlib.suppress tomllib.loads tomllib.load "
    "collections.OrderedDict collections.defaultdict sys.version.split locale.setlocale"
)  # fmt: skip
METHODS = words(
    "read readline readlines close strip rstrip lstrip split rsplit splitlines partition rpartition "
    "replace format format_map join lower upper title capitalize startswith endswith find rfind index "
    "count encode decode isdigit isidentifier removeprefix removesuffix expandtabs group groups "
    "groupdict search match findall finditer sub keys values items get copy seek isspace isoformat "
    "as_posix casefold zfill translate union year is_absolute relative_to with_suffix with_name "
    "strftime"
)
CHANGING = words("append extend insert update remove pop setdefault sort reverse clear add")
READING, ASKING = words("read_text read_bytes open"), words("exists is_file is_dir")
LISTING, STAYING = words("glob rglob iterdir walk"), words("resolve absolute")
EASY = words("lower upper strip replace")


def stored(nodes: Iterable[ast.stmt]) -> set[str]:
    """The names that statements give a value."""
    return {
        inner.id
        for node in nodes
        for inner in ast.walk(node)
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
    }


def merged(ends: list[dict[str, Any]]) -> dict[str, Any]:
    """The names after one of several ways."""
    return {
        name: one(end[name] for end in ends if name in end) for names in ends for name in names
    }


def attribute(base: Any, name: str) -> Any:
    """An attribute: of a module, or the folder of a path."""
    if isinstance(base, Ref):
        return Ref(f"{base.name}.{name}")
    if isinstance(base, str) and name == "parent":
        return posixpath.dirname(base) or "."
    return UNKNOWN


def joined(operator: ast.operator, left: Any, right: Any) -> Any:
    """Two paths, texts or lists put together."""
    if isinstance(left, str) and isinstance(right, str):
        if isinstance(operator, ast.Div):
            return posixpath.join(left, right)
        return left + right if isinstance(operator, ast.Add) else UNKNOWN
    both_lists = isinstance(left, list) and isinstance(right, list)
    return [*left, *right] if both_lists and isinstance(operator, ast.Add) else UNKNOWN


def part(base: Any, key: Any) -> Any:
    """The value of a table under a key."""
    if isinstance(base, dict) and isinstance(key, str) and not _spoiled(base):
        return base.get(key, UNKNOWN)
    return UNKNOWN


def found(given: list[Any], named: dict[str, Any], *, namespaces: bool) -> Any:
    """What `find_packages` is asked for."""
    every = dict(zip(("where", "exclude", "include"), given, strict=False)) | named
    where = every.get("where", ".")
    lists = [every.get("exclude", []), every.get("include", ["*"])]
    texts = [each for patterns in lists if isinstance(patterns, list) for each in patterns]
    known = all(isinstance(p, list) for p in lists) and all(isinstance(t, str) for t in texts)
    if not isinstance(where, str) or not known or every.keys() - {"where", "exclude", "include"}:
        return UNKNOWN
    return Found(where, tuple(lists[0]), tuple(lists[1]), namespaces)


def spoil(value: Any) -> None:
    """A list or table is changed in a way that is not followed, wherever it is held."""
    if isinstance(value, list):
        value.append(UNKNOWN)
    elif isinstance(value, dict):
        value[""] = UNKNOWN


def _spoiled(value: dict[str, Any]) -> bool:
    return value.get("") is UNKNOWN


def same(one: Any, other: Any) -> bool:
    """Whether two values are surely the same."""
    return one is other or (type(one) is type(other) and one is not UNKNOWN and one == other)


def one(values: Iterable[Any]) -> Any:
    """The value that all of them are; else it is not known."""
    every = list(values)
    return every[0] if all(same(v, every[0]) for v in every) else UNKNOWN
