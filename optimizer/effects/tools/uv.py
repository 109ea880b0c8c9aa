"""uv: sync from a lock file, the pip interface, environments.

Measured with uv 0.13, options by 0.4 to 0.13: `sync --frozen --no-install-project` reads
pyproject.toml, uv.lock, uv.toml and .python-version, and pyproject.toml of the folders above.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from optimizer.effects.model import NONE, CacheDir, Conditional, Effects, tree, unknown
from optimizer.effects.tool import ANY, Command, Kind, Tool, known
from optimizer.effects.tools import python_exports as exports
from optimizer.effects.tools.ahead import offer
from optimizer.effects.tools.looking import look
from optimizer.effects.tools.options import Options, split
from optimizer.effects.tools.pip_ahead import RESOLVED, one_project, packages, shown, wanted
from optimizer.effects.tools.pip_requirements import Asked, Reader
from optimizer.effects.tools.python_lock import (
    Document,
    cache_folder,
    document,
    find_above,
    paths,
    placed,
)
from optimizer.effects.tools.python_project import archives, build

_FLAGS = frozenset(
    "-h --help -V --version -q --quiet -v --verbose -n --no-cache --no-cache-dir --offline "
    "--no-config --no-progress --native-tls --no-native-tls --no-python-downloads "
    "--managed-python --no-managed-python --no-color --isolated "
    "--frozen --locked --no-dev --dev --only-dev --all-extras --all-groups --no-default-groups "
    "--no-install-project --no-install-workspace --no-editable --inexact --exact --all-packages "
    "--active --no-active --dry-run --no-sources --compile-bytecode --compile "
    "--no-compile-bytecode --no-build --no-binary --no-build-isolation --reinstall -U --upgrade "
    "--refresh --no-index --require-hashes --verify-hashes --no-verify-hashes --no-deps --system "
    "--no-system --break-system-packages --strict --pre --user --no-header --no-annotate "
    "--generate-hashes --no-emit-project --no-hashes --no-emit-workspace --seed --clear "
    "--allow-existing --relocatable --system-site-packages --force --script --universal -y "
    "--no-install-local --check --only-emit-project --sdist --wheel --no-group-all --no-strip-extras".split()
)
_VALUED = frozenset(
    "-r --requirement --requirements -c --constraint --constraints --override --overrides -b "
    "--build-constraint --build-constraints -e --editable -i --index-url --extra-index-url "
    "--index --default-index -f --find-links -p --python --extra --group --no-group --only-group "
    "--directory --project --config-file --cache-dir --link-mode --index-strategy "
    "--keyring-provider --resolution --prerelease --exclude-newer -C --config-setting "
    "--config-settings --no-build-package --no-binary-package --only-binary --package "
    "--no-install-package -P --upgrade-package --reinstall-package --refresh-package -o "
    "--output-file --format --color --python-preference --allow-insecure-host --target -t "
    "--prefix --prompt --with -w --from --trusted-host --torch-backend --python-platform "
    "--python-version --out-dir --fork-strategy --env-file --no-build-isolation-package "
    "--install-dir -d --no-emit-package --prune --extra-build-dependencies".split()
)
# Options of `sync` that mean the same for the packages alone, as for all.
_AHEAD = frozenset(
    "--frozen --locked --no-dev --dev --all-extras --all-groups --no-default-groups --no-editable "
    "--compile-bytecode --compile -n --no-cache --no-cache-dir -q --quiet -v --verbose --no-progress "
    "--no-python-downloads --extra --group --no-group -p --python --link-mode".split()
)
# The same of `pip install`.
_PIP_AHEAD = frozenset(
    "--system -n --no-cache --no-cache-dir -q --quiet -v --verbose --no-progress -i --index-url "
    "--extra-index-url --index --default-index --index-strategy --prerelease --pre -e --editable "
    "--compile-bytecode --compile --break-system-packages -p --python --link-mode -c --constraint "
    "--constraints -f --find-links --no-python-downloads --native-tls --torch-backend".split()
)
_REQUIRING = frozenset({"dependencies", "optional-dependencies"})
# Settings of a project by which what is installed first matters to what is built then, or is done anew.
_NOT_AHEAD = frozenset(
    "no-build-isolation no-build-isolation-package extra-build-dependencies match-runtime "
    "reinstall reinstall-package upgrade upgrade-package".split()
)
# Of the seconds of a sync (see `placed`), those that the packages take.
_PACKAGES = 18.0
_UNCLEAR = ("--directory", "--project", "--config-file", "--cache-dir", "--target", "--prefix", "-o", "--output-file")  # fmt: skip


def effects(command: Command) -> Effects:
    """What a uv command does."""
    if ANY in command.cwd:
        return unknown("the directory that uv runs in is not known")
    if command.arguments[:1] == ("run",):
        return _run(command)
    env = list(_from_env(command))
    found = split(command.arguments, _FLAGS, _VALUED)
    found = replace(found, given=(*env, *found.given))
    if found.unknown or not known(*found.values(*_UNCLEAR)):
        return unknown(f"uv's option {found.unknown or 'for a folder'} is not known")
    if place := found.last("--directory"):
        command = replace(command, cwd=command.path(place))
    verb, rest = (*found.operands[:1], "")[0], found.operands[1:]
    if verb == "pip":
        verb, rest = f"pip {(*rest[:1], '')[0]}", rest[1:]
    if verb not in _VERBS:
        return NONE if not verb else unknown(f"uv {verb} is not a command that dfopt knows")
    return _VERBS[verb](command, replace(found, operands=rest))


def _run(command: Command) -> Effects:
    """`uv run X`: the project is synced, then X runs in its environment."""
    words, given = list(command.arguments[1:]), []
    while words and words[0].startswith("-"):
        word = words.pop(0)
        given.append(word)
        if word in _VALUED and words:
            given.append(words.pop(0))
    found = split(tuple(given), _FLAGS | {"--no-sync", "--no-project"}, _VALUED)
    outer = found.has("--with", "--with-requirements", "--script", "-m", "--module")
    if found.unknown or outer or not words:
        return unknown("uv run with these words is not known")
    found = replace(found, given=(*_from_env(command), *found.given))
    synced = NONE if found.has("--no-project") else _sync(command, found)
    if words[0].endswith(".py"):
        words.insert(0, "python")
    return synced | command.machine.call(command.with_words(words[0], *words[1:]))


# Variables that stand for an option with a path, or for a flag that matters here.
_NAMED = {
    "UV_CONSTRAINT": "-c", "UV_OVERRIDE": "--override", "UV_BUILD_CONSTRAINT": "-b",
    "UV_FIND_LINKS": "-f", "UV_CONFIG_FILE": "--config-file",
    "UV_FROZEN": "--frozen", "UV_LOCKED": "--locked", "UV_SYSTEM_PYTHON": "--system",
}  # fmt: skip


_FROM_ENV = frozenset(_NAMED.values())


def _from_env(command: Command) -> Iterator[tuple[str, str]]:
    """Options by variables."""
    for variable, option in _NAMED.items():
        value = command.env.get(variable, "")
        if option in _FLAGS:
            if value not in {"", "0", "false"}:
                yield option, ""
        else:
            for each in value.split():
                yield option, each


def _settings(command: Command, settings: Document) -> Effects:
    """`[tool.uv]` (or uv.toml) may name local folders of archives and indexes."""
    own = settings.table("tool", "uv") or (
        settings.data if settings.path.endswith("uv.toml") else {}
    )
    named = [*own.get("find-links", ()), *paths(own.get("index", ()), frozenset({"url"}))]
    done = NONE
    for value in named:
        if isinstance(value, str) and not value.startswith(("http:", "https:")):
            if value.startswith("file:"):
                return unknown(f"{settings.path} names something by a file address")
            place = tree(command.path(value, posixpath.dirname(settings.path)))
            done |= Effects(reads=frozenset({place}))
    return done


def _base(command: Command, given: Options) -> Effects:
    """Settings, caches, the places of Pythons and environments."""
    machine, home = command.machine, command.home()
    settings = ["/etc/uv/uv.toml", f"{home}/.config/uv/uv.toml", f"{home}/.netrc"]
    settings += [command.path(v) for v in given.values("--config-file")]
    done, folder = look(machine, *settings), command.cwd
    while True:
        names = ("uv.toml", "pyproject.toml", ".python-version", ".python-versions")
        above = look(machine, *(posixpath.join(folder, name) for name in names))
        done |= above
        for name in ("uv.toml", "pyproject.toml"):
            done |= _settings(command, document(command, posixpath.join(folder, name)))
        if folder == "/":
            break
        folder = posixpath.dirname(folder)
    named = given.last("--cache-dir") or cache_folder(command, "uv", "UV_CACHE_DIR")
    variable = command.env.get("UV_NO_CACHE", "")
    off = given.has("-n", "--no-cache", "--no-cache-dir") or (
        known(variable) and variable.lower() not in {"", "0", "false", "f", "no", "n", "off"}
    )
    kept = command.path(named)
    cache = () if off else (CacheDir(kept, ("HOME", "UV_CACHE_DIR", "XDG_CACHE_HOME")),)
    own = Effects(writes=frozenset(tree(c.path) for c in cache), caches=cache)
    return done | placed(command, "uv") | own


def _environment(command: Command, folder: str) -> Effects:
    """The virtual environment of a project."""
    named = command.env.get("UV_PROJECT_ENVIRONMENT", "") or ".venv"
    if not known(named):
        return unknown("UV_PROJECT_ENVIRONMENT is not known")
    place = command.path(named, folder)
    return Effects(
        reads=frozenset({tree(place)}),
        writes=frozenset({tree(place)}),
        generated=frozenset({place}),
    )


def _is_package(settings: Document) -> bool:
    """Whether uv builds the project itself: if it says how."""
    told = settings.table("tool", "uv").get("package")
    return bool(told) if isinstance(told, bool) else "build-system" in settings.data


def _sync(command: Command, given: Options) -> Effects:
    folder, seen = _root(command, given)
    settings = document(command, posixpath.join(folder, "pyproject.toml"))
    lock = document(command, posixpath.join(folder, "uv.lock"))
    done = seen | settings.effects | lock.effects | _base(command, given)
    done |= _environment(command, folder) | _members(command, given, settings, folder)
    alone = given.has("--no-install-project", "--no-install-workspace", "--no-install-local")
    dynamic = bool(settings.table("project").get("dynamic")) and not given.has("--frozen")
    if dynamic or (not alone and _is_package(settings)):
        done |= build(command, folder, editable=_editable(command, given))
    for place, editable in _locals(command, settings, lock, folder):
        done |= build(command, place, editable=editable and _editable(command, given))
    return done | _locking_of(given, lock)


def _locking_of(given: Options, lock: Document) -> Effects:
    """What becomes of the lock: it is written where it is missing or out of date, unless told not to."""
    if given.has("--frozen", "--locked"):
        return NONE
    if not lock.there or given.has("-U", "--upgrade", "-P", "--upgrade-package"):
        return Effects(writes=frozenset({lock.path}), unpinned=True)
    return Effects(conditional=frozenset({Conditional(lock.path, "lock-in-sync")}))


def _sync_command(command: Command, given: Options) -> Effects:
    """`uv sync`, of which `--no-install-project` does the most part ahead (uv 0.3.3 and later).

    Measured with uv 0.13 over `--frozen`, `--locked`, neither, `--no-dev`, `--all-extras`,
    `--no-editable` and `--compile-bytecode`: the trees after a sync, and after the two, differ in
    what differs between two syncs; only the cache holds one more description of an interpreter.
    """
    done = _sync(command, given)
    folder, _ = _root(command, given)
    settings = document(command, posixpath.join(folder, "pyproject.toml"))
    lock = document(command, posixpath.join(folder, "uv.lock"))
    own = settings.table("tool", "uv").keys() | document(command, posixpath.join(folder, "uv.toml")).data.keys()
    goods = f"packages of {lock.path}"
    named = {name for name, _ in given.given} - _FROM_ENV
    apart = own & _NOT_AHEAD or any("BUILD_ISOLATION" in name for name in command.env)
    plain = named <= _AHEAD and not given.operands and not apart
    if not plain or not lock.data or not (_is_package(settings) or "workspace" in own):
        return replace(done, provides=done.provides | {goods})
    kept = frozenset(tree(cache.path) for cache in done.caches)
    return offer(
        done, command, ("--no-install-workspace" if "workspace" in own else "--no-install-project",),
        goods, carried=command.arguments, into=frozenset(map(tree, done.generated)),
        leaves=kept,
        more="one more description of an interpreter in uv's cache", seconds=_PACKAGES, variables=("*",),
    )  # fmt: skip


def _editable(command: Command, given: Options) -> bool:
    """Whether projects are installed as editable: so it is, unless somebody says otherwise."""
    return not given.has("--no-editable") and not command.env.get("UV_NO_EDITABLE")


def _root(command: Command, given: Options) -> tuple[str, Effects]:
    """The root of the workspace: the topmost project upwards that has one, else the nearest."""
    named = given.last("--project")
    nearest, seen = find_above(command, "pyproject.toml", command.path(named or "."))
    folder = nearest
    while folder != "/":
        folder = posixpath.dirname(folder)
        above = document(command, posixpath.join(folder, "pyproject.toml"))
        if above.table("tool", "uv", "workspace"):
            return folder, seen | above.effects
    return nearest, seen


def _members(command: Command, given: Options, settings: Document, folder: str) -> Effects:
    """The members of a workspace: all of them are read, unless nothing of it is installed."""
    if not settings.table("tool", "uv", "workspace"):
        return NONE
    whole = Effects(reads=frozenset({tree(folder)}), writes=frozenset({tree(folder)}))
    if not given.has("--no-install-workspace", "--no-install-local"):
        return whole | build(command, folder, editable=True)
    files = [f for f in command.machine.walk(folder) if f.endswith("/pyproject.toml")]
    done = Effects(reads=frozenset(files))
    if not given.has("--frozen") and any(
        document(command, f).table("project").get("dynamic") for f in files
    ):
        return whole | build(command, folder, editable=True)
    return done


def _locals(
    command: Command, settings: Document, lock: Document, folder: str
) -> Iterator[tuple[str, bool]]:
    """Local folders that are dependencies: by the lock, or by `tool.uv.sources`."""
    named: dict[str, bool] = dict.fromkeys(
        paths(settings.table("tool", "uv", "sources"), frozenset({"path"})), True
    )
    for package in lock.data.get("package", ()):
        source = package.get("source") if isinstance(package, dict) else None
        if not isinstance(source, dict):
            continue
        for kind in ("directory", "editable", "path"):
            if isinstance(source.get(kind), str):
                named.setdefault(source[kind], kind == "editable")
    root = command.path(folder)
    workspace = bool(settings.table("tool", "uv", "workspace"))
    for name, editable in named.items():
        place = command.path(name, folder)
        inside = workspace and place.startswith(root + "/")
        if place != root and not inside:
            yield place, editable


def _asked(command: Command, given: Options) -> Asked:
    """What the pip interface asks for; it takes a pyproject.toml as requirements too."""
    reader, asked = Reader(command), Asked()
    for name, value in given.given:
        if name in {"-e", "--editable"}:
            asked |= reader.requirement(value, editable=True)
        elif name in {"-r", "--requirement", "--requirements"}:
            asked |= _file(command, reader, value)
        elif name in {"-c", "--constraint", "--constraints", "--override", "--overrides", "-b", "--build-constraint", "--build-constraints"}:  # fmt: skip
            asked |= reader.file(value, constraint=name in {"-c", "--constraint", "--constraints"})
        elif name in {"-f", "--find-links"}:
            asked |= Asked(reader.links(value))
    for word in given.operands:
        asked |= reader.requirement(word)
    if not given.has("--system"):
        # A `.venv` in the directory or above is installed into.
        folder = command.cwd
        while folder != "/":
            asked |= Asked(_venv(command, posixpath.join(folder, ".venv")))
            folder = posixpath.dirname(folder)
    return asked


def _venv(command: Command, place: str) -> Effects:
    if command.machine.kind(place) is Kind.ABSENT:
        return Effects(probes=frozenset({place}))
    return Effects(reads=frozenset({tree(place)}), writes=frozenset({tree(place)}))


def _file(command: Command, reader: Reader, value: str) -> Asked:
    """A requirement file; of a pyproject.toml that spells them out nothing else is read (uv 0.2 to 0.13 measured)."""
    if posixpath.basename(value) in {"pyproject.toml", "setup.py", "setup.cfg"} and known(value):
        path = command.path(value)
        settings = document(command, path) if path.endswith(".toml") else None
        dynamic = settings.table("project").get("dynamic", ()) if settings else ()
        plain = settings and settings.data and not _REQUIRING & set(dynamic)
        if settings and plain and not settings.table("tool", "uv", "sources"):
            return Asked(settings.effects, loose=frozenset({value}))
        return Asked(projects=((posixpath.dirname(path), False),))
    return reader.file(value)


def _pip_install(command: Command, given: Options) -> Effects:
    asked = _asked(command, given)
    done = _base(command, given) | asked.effects
    done |= Effects(unpinned=asked.unpinned, provides=packages(asked.names))
    for place in given.values("--target", "-t", "--prefix"):
        done |= Effects(
            reads=frozenset({tree(command.path(place))}),
            writes=frozenset({tree(command.path(place))}),
        )
    for place in given.values("-o", "--output-file"):
        done |= Effects(
            reads=frozenset({command.path(place)}), writes=frozenset({command.path(place)})
        )
    for folder, editable in asked.projects:
        done |= build(command, folder, editable=editable)
    return done


def _pip_install_command(command: Command, given: Options) -> Effects:
    """`uv pip install .`, of which `-r pyproject.toml` does the most part ahead (uv 0.4 and 0.13 measured)."""
    done = _pip_install(command, given)
    named = [v for v in given.values("-r", "--requirement", "--requirements") if known(v)]
    if len(named) == 1 and posixpath.basename(named[0]) == "pyproject.toml":
        folder = posixpath.dirname(command.path(named[0]))
        found = wanted(command, folder, given.values("--extra"))
        return done if found is None else replace(done, provides=done.provides | {found.goods})
    whole = one_project(command, done, given.given, given.operands)
    if whole is None or not {name for name, _ in given.given} <= _PIP_AHEAD:
        return done
    found = wanted(command, whole.folder, whole.extras)
    settings = document(command, posixpath.join(whole.folder, "pyproject.toml")).table("tool", "uv")
    own = settings.keys() | document(command, posixpath.join(whole.folder, "uv.toml")).data.keys()
    apart = any("BUILD_ISOLATION" in name for name in command.env)
    if found is None or found.files or apart or own & (_NOT_AHEAD | {"sources", "workspace"}):
        return done
    words = ("-r", shown(command, posixpath.join(whole.folder, "pyproject.toml")))
    extras = (word for extra in whole.extras for word in ("--extra", extra))
    return whole.offer(found.lines, (*words, *extras), RESOLVED)


def _pip_files(command: Command, given: Options) -> Effects:
    """`uv pip sync requirements.txt`, `uv pip compile requirements.in`: operands are files."""
    files = tuple(("-r", word) for word in given.operands)
    return _pip_install(command, replace(given, operands=(), given=(*given.given, *files)))


def _venv_command(command: Command, given: Options) -> Effects:
    word = (*given.operands, ".venv")[0]
    if not known(word):
        return unknown("the folder of a virtual environment is not known")
    place = command.path(word)
    return (
        _base(command, given)
        | _venv(command, place)
        | Effects(writes=frozenset({tree(place)}), generated=frozenset({place}))
    )


def _locking(command: Command, given: Options) -> Effects:
    """lock, add, remove: the lock and pyproject.toml are written, projects are built."""
    folder, seen = _root(command, given)
    files = frozenset(posixpath.join(folder, name) for name in ("uv.lock", "pyproject.toml"))
    return (
        _sync(command, given) | seen | build(command, folder)
        | Effects(writes=files, unpinned=True)
    )  # fmt: skip


def _export(command: Command, given: Options) -> Effects:
    """`uv export`: manifests and lock; unless it is frozen, also what local dependencies say of themselves."""
    folder, seen = _root(command, given)
    settings = document(command, posixpath.join(folder, "pyproject.toml"))
    lock = document(command, posixpath.join(folder, "uv.lock"))
    alone = replace(given, given=(*given.given, ("--no-install-workspace", "")))
    done = seen | settings.effects | lock.effects | _base(command, given)
    done |= _members(command, alone, settings, folder)
    if not given.has("--frozen"):
        places = [folder, *(place for place, _ in _locals(command, settings, lock, folder))]
        for place in places:
            told = document(command, posixpath.join(place, "pyproject.toml"))
            done |= told.effects
            if not told.table("project") or told.table("project").get("dynamic"):
                done |= build(command, place)
        done |= _locking_of(given, lock)
    return done | exports.product(command, *_product(command, given))


def _product(command: Command, given: Options) -> tuple[str | None, str | None, str | None]:
    """The file of an export, what it asks for at most, and its format."""
    folder, _ = _root(command, given)
    lock = document(command, posixpath.join(folder, "uv.lock"))
    own = not given.has("--no-emit-project", "--no-emit-workspace", "--no-emit-local")
    known_lock = lock.data if lock.there and not lock.effects.doubt else None
    lines = exports.uv(known_lock, own=own, editable=_editable(command, given))
    return given.last("-o", "--output-file"), lines, given.last("--format")


def _prints(command: Command) -> str | None:
    """What `uv export` prints."""
    found = split(command.arguments, _FLAGS, _VALUED)
    if (
        found.operands[:1] != ("export",)
        or found.unknown
        or not known(command.cwd, *command.arguments)
    ):
        return None
    if place := found.last("--directory"):
        command = replace(command, cwd=command.path(place))
    return exports.printed(*_product(command, found))


def _build(command: Command, given: Options) -> Effects:
    folder = command.path((*given.operands, ".")[0])
    out = given.last("-o", "--out-dir")
    sdist = given.has("--sdist") or not given.has("--wheel")
    done = build(command, folder, sdist=sdist) | archives(command, folder, out)
    return _base(command, given) | done


def _own(command: Command, given: Options) -> Effects:
    """`uv tool install`, `uv python install`: below HOME, or where variables say."""
    if given.operands[:1] not in {("install",), ("update-shell",), ("upgrade",), ("pin",)}:
        return unknown("this command of uv is not one that dfopt knows")
    if given.operands[0] == "pin" or not known(*given.operands):
        return unknown("uv pins a version in the project")
    reader, asked = Reader(command), Asked()
    for word in given.operands[1:]:
        asked |= reader.requirement(word)
    places = {f"{command.home()}/.local/**"}
    for name in ("UV_TOOL_DIR", "UV_TOOL_BIN_DIR", "UV_PYTHON_INSTALL_DIR", "UV_PYTHON_BIN_DIR"):
        value = command.env.get(name, "")
        places |= {tree(command.path(value))} if value and known(value) else set()
    done = _base(command, given) | asked.effects | Effects(writes=frozenset(places), unpinned=True)
    for folder, editable in asked.projects:
        done |= build(command, folder, editable=editable)
    return done


def _cached(command: Command, given: Options) -> Effects:
    return Effects(writes=_base(command, given).writes)


def _reading(command: Command, given: Options) -> Effects:
    base = _base(command, given)
    return Effects(reads=base.reads, probes=base.probes, variables=base.variables)


_VERBS: Mapping[str, Callable[[Command, Options], Effects]] = {
    "sync": _sync_command,
    **dict.fromkeys(("lock", "add", "remove"), _locking),
    "export": _export,
    "venv": _venv_command,
    "build": _build,
    **dict.fromkeys(("tool", "python"), _own),
    "cache": _cached,
    "pip install": _pip_install_command,
    "pip uninstall": _pip_install,
    **dict.fromkeys(("pip sync", "pip compile"), _pip_files),
    **dict.fromkeys(("pip list", "pip freeze", "pip show", "pip check", "pip tree"), _reading),
    **dict.fromkeys(("version", "help"), _reading),
}

UV = Tool(
    "uv",
    ("uv",),
    effects,
    "sync, lock, export, pip install, venv, tool install; the workspace",
    prints=_prints,
)
