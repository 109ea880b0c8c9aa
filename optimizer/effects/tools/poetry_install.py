"""`poetry install`, of which `--no-root` does the most part ahead; `lock`, `add`, `update` and `remove`.

Measured with poetry 2.5 (tests/measure/node.py --path): `install --no-root` reads pyproject.toml,
poetry.lock and poetry.toml and looks for `.venv` and `.poetry/plugins`; without `--no-root` it
builds the project as editable. An existing lock file is never written by `install`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from optimizer.effects.model import NONE, Effects, tree, unknown
from optimizer.effects.tool import Kind, known
from optimizer.effects.tools.ahead import offer
from optimizer.effects.tools.looking import table, toml, words
from optimizer.effects.tools.options import Options
from optimizer.effects.tools.pip_places import site
from optimizer.effects.tools.poetry_run import Run, fetching
from optimizer.effects.tools.python_project import build

# Options of `install` that mean the same for the packages alone, as for all.
_AHEAD = words(
    "-n --no-interaction -q --quiet -v -vv -vvv --verbose --ansi --no-ansi --no-cache --no-dev --all-extras "
    "--all-groups --sync --without --with --only -E --extras"
)
# Of the seconds of an install, those that the packages take.
_PACKAGES = 22.0


def install(run: Run) -> Effects:
    """`poetry install`, of which `--no-root` does the most part ahead.

    Measured with poetry 2.5, with environments of its own: the trees after an install, and after
    the two, are the same. A poetry that installs into its own Python may import, the second time,
    what it has just installed, and leave compiled modules there.
    """
    done = _install(run)
    data = toml(run.command.machine, run.file("pyproject.toml")) or {}
    lock = run.file("poetry.lock")
    goods = f"packages of {lock}"
    given = {name for name, _ in run.options.given}
    own = table(data, "tool", "poetry")
    # A plugin runs at every command, and may ask for more than manifests: this one fails without
    # a checkout (dunamai).
    plugins = table(data, "tool", "poetry-dynamic-versioning") or own.get("requires-plugins")
    rootless = own.get("package-mode") is False
    locked = bool(toml(run.command.machine, lock))
    if rootless or plugins or not locked or run.words or not given <= _AHEAD:
        return replace(done, provides=done.provides | {goods})
    installed = site(run.command, Options()) or frozenset()
    into = frozenset({tree(run.file(".venv")), *installed})
    if not _set(run, "POETRY_VIRTUALENVS_IN_PROJECT"):
        into |= {f"{c.path.removesuffix('/cache')}/virtualenvs/**" for c in done.caches[:1]}
    apart = _set(run, "POETRY_VIRTUALENVS_CREATE") or _set(run, "PYTHONDONTWRITEBYTECODE")
    return offer(
        done, run.command, ("--no-root",), goods, carried=run.line, into=into,
        leaves=frozenset() if apart else installed,
        more="compiled modules that poetry itself imports", seconds=_PACKAGES, variables=("*",),
    )  # fmt: skip


def _set(run: Run, name: str) -> bool:
    """Whether a variable is surely set to something that means yes."""
    value = run.command.env.get(name, "")
    return known(value) and value.lower() not in {"", "0", "false"}


def _install(run: Run) -> Effects:
    data = toml(run.command.machine, run.file("pyproject.toml"))
    if data is None:
        return unknown(f"{run.file('pyproject.toml')} is not there, or its content is not known")
    if not known(*run.words):
        return unknown("what poetry is asked for is not known")
    done = fetching(run) | _unclear(run, data)
    lock = run.file("poetry.lock")
    if run.command.machine.kind(lock) is Kind.ABSENT:
        done |= Effects(writes=frozenset({lock}), unpinned=True)
    for folder in path_dependencies(run, data):
        done |= build(run.command, folder)
    if run.options.has("--no-root") or table(data, "tool", "poetry").get("package-mode") is False:
        return done
    return done | build(run.command, run.root, editable=True, backend="poetry")


def _unclear(run: Run, data: Mapping[str, Any]) -> Effects:
    """What may name places that are not seen here."""
    machine = run.command.machine
    for name in ("poetry.lock", "poetry.toml"):
        path = run.file(name)
        if machine.kind(path) is not Kind.ABSENT and toml(machine, path) is None:
            return unknown(f"the content of {path} is not known")
    own = toml(machine, run.file("poetry.toml")) or {}
    if table(own, "virtualenvs").get("path") or own.get("cache-dir"):
        return unknown(f"{run.file('poetry.toml')} moves poetry's environments")
    if "file:" in str(data):
        return unknown(f"{run.file('pyproject.toml')} names something by a file address")
    return NONE


def path_dependencies(run: Run, data: Mapping[str, Any]) -> Iterator[str]:
    """Folders and archives that pyproject.toml or poetry.lock name as dependencies."""
    lock = toml(run.command.machine, run.file("poetry.lock")) or {}
    named = [
        str(table(package, "source").get("url"))
        for package in lock.get("package", ())
        if table(package, "source").get("type") in {"directory", "file"}
    ]
    poetry = table(data, "tool", "poetry")
    groups = [table(group, "dependencies") for group in table(poetry, "group").values()]
    for group in (table(poetry, "dependencies"), table(poetry, "dev-dependencies"), *groups):
        for wanted in group.values():
            each = wanted if isinstance(wanted, list) else [wanted]
            named += [str(path) for one in each if (path := table(one).get("path"))]
    yield from dict.fromkeys(run.command.path(n, run.root) for n in named)


def change(run: Run) -> Effects:
    """`poetry lock`, `add`, `update`: pyproject.toml and the lock are written."""
    files = frozenset({run.file("pyproject.toml"), run.file("poetry.lock")})
    written = files - {run.file("pyproject.toml")} if run.verb == "lock" else files
    return _install(run) | Effects(writes=written, unpinned=True)
