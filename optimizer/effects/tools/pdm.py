"""pdm: installs what pdm.lock names, and the project itself.

Measured with pdm 2.29 (tests/measure/fronts.py), options by its `--help`: `install`, `sync`, `lock`
and `export` read pyproject.toml, the lock, pdm.toml, .pdm.toml and .pdm-python, and the project only
to build it; each makes the environment that is missing (`.venv`, or `__pypackages__`) and writes its
Python's path to .pdm-python. `build` empties `dist`; pdm-backend leaves `.pdm-build`.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from optimizer.effects.model import NONE, CacheDir, Conditional, Effects, tree, unknown
from optimizer.effects.tool import Command, Kind, Tool, known
from optimizer.effects.tools import python_exports as exports
from optimizer.effects.tools.looking import look, table, upwards, words
from optimizer.effects.tools.options import Options, split
from optimizer.effects.tools.python_lock import (
    Document,
    cache_folder,
    document,
    find_above,
    placed,
)
from optimizer.effects.tools.python_path import first_on_path
from optimizer.effects.tools.python_project import archives, build, strings

_FLAGS = words(
    "-h --help -V --version -v -vv --verbose -q --quiet -g --global -n --no-cache -I --ignore-python "
    "--non-interactive --dry-run --frozen-lockfile --no-lock --check --plugins --no-default -d --dev "
    "--prod --production --no-editable --no-self --fail-fast -x --no-isolation --clean --only-keep "
    "--clean-unselected -r --reinstall --no-sdist --no-wheel --no-clean --no-hashes --without-hashes "
    "--no-markers --no-extras --pyproject --expandvars --self --editable-self --refresh "
    "--update-reuse --update-reuse-installed --no-cross-platform --static-urls --no-static-urls "
    "--append -l --local --delete -e --edit -f --first -i --ignore-remembered --no-version-file "
    "--list --json --freeze --tree --csv --python --where --packages --env"
)
_VALUED = words(
    "-c --config -p --project -L --lockfile --override -k --skip --venv -G --group --with --without "
    "-C --config-setting -d --dest -o --output -f --format --exclude-newer -S --strategy --platform "
    "--implementation"
)
# Scripts of these names are run unasked (`cli/hooks.py`), each by the commands that call it.
_HOOKS = words(
    "pre_install post_install pre_lock post_lock pre_build post_build post_use pre_script post_script pre_run post_run"
)
_SETTINGS = (
    "pyproject.toml",
    "pdm.toml",
    ".pdm.toml",
    ".pdm-python",
    ".pdm-plugins",
    "pylock.toml",
)
_ENVIRONMENTS = (".venv", "venv", "env", "__pypackages__")
_LOCAL = re.compile(
    r"^(?:-e\s+)?(?:[\w.-]+(?:\[[^\]]*\])?\s*@\s*)?file:///\$\{PROJECT_ROOT\}/([^#;\s]+)"
)


@dataclass(frozen=True)
class Run:
    """One run of pdm: its command, options, root and manifest."""

    command: Command
    options: Options
    root: str
    manifest: Document

    def file(self, name: str) -> str:
        """A file of the project."""
        return self.command.path(name, self.root)

    @property
    def lock(self) -> Document:
        """The lock file."""
        named = self.options.last("-L", "--lockfile") or self.command.env.get("PDM_LOCKFILE")
        return document(self.command, self.file(named or "pdm.lock"))


def effects(command: Command) -> Effects:
    """What a pdm command does."""
    run = _started_as(command)
    if isinstance(run, Effects):
        return run
    verb = run.options.operands[0] if run.options.operands else "help"
    return _always(run) | _VERBS[verb](run)


def _started_as(command: Command) -> Run | Effects:
    """A command line of pdm, or why it is not known."""
    arguments, rest = command.arguments, command.arguments[:0]
    if arguments[:1] == ("run",):
        at = next((i for i, a in enumerate(arguments[1:], 1) if not a.startswith("-")), 1)
        arguments, rest = arguments[:at], arguments[at:]
    # Short options that mean another thing elsewhere.
    other = {o for o, verb in (("-d", "build"), ("-f", "export")) if verb not in arguments}
    valued = _VALUED - other
    options = split(arguments, _FLAGS - valued, valued)
    verb = options.operands[0] if options.operands else "help"
    place = options.last("-p", "--project") or command.env.get("PDM_PROJECT") or ""
    if not known(command.cwd, *command.arguments, place):
        return unknown("what pdm is asked for is not known")
    if options.unknown or options.has("-g", "--global", "-c", "--config", "--venv"):
        return unknown(f"pdm's option {options.unknown or 'for another project'} is not known")
    if verb not in _VERBS:
        return unknown(f"pdm {verb} is not a command that dfopt knows")
    root, _ = (
        (command.path(place), NONE)
        if place
        else find_above(command, "pyproject.toml", command.cwd)
    )
    manifest = document(command, posixpath.join(root, "pyproject.toml"))
    return Run(replace(command, arguments=rest), options, root, manifest)


def _always(run: Run) -> Effects:
    """Settings, hooks and plugins: what every command meets."""
    command, machine = run.command, run.command.machine
    home = command.home()
    above = [
        posixpath.join(f, n)
        for f in upwards(run.root)
        for n in ("pyproject.toml", ".python-version")
    ]
    own = [f"{home}/.config/pdm/config.toml", "/etc/xdg/pdm/config.toml", f"{home}/.netrc"]
    if (named := command.env.get("PDM_CONFIG_FILE", "")) and known(named):
        own.append(command.path(named))
    seen = look(machine, *map(run.file, _SETTINGS), *above, *own, run.file("setup.cfg"))
    seen |= run.manifest.effects | run.lock.effects | first_on_path(command)
    if machine.kind(run.file(".pdm-plugins")) is not Kind.ABSENT:
        return unknown(f"the plugins in {run.file('.pdm-plugins')} are not known")
    if "uv" in str(document(command, run.file("pdm.toml")).data) or command.env.get("PDM_USE_UV"):
        return unknown("pdm is told to work with uv")
    if any(
        document(command, p).table("tool", "pdm", "workspace")
        for p in above
        if p.endswith(".toml")
    ):
        return unknown("a workspace of pdm is not read")
    return seen | Effects(variables=frozenset({"*"}), seconds=1.0)


def _hooked(run: Run) -> Effects:
    """The project's own scripts that are run unasked."""
    skipped = (*run.options.values("-k", "--skip"), run.command.env.get("PDM_SKIP_HOOKS", ""))
    own = sorted(_HOOKS & run.manifest.table("tool", "pdm", "scripts").keys())
    if own and ":all" not in ",".join(skipped).split(","):
        return unknown(f"pyproject.toml runs {own[0]}")
    return NONE


def _fetching(run: Run) -> Effects:
    """Its environment, caches and logs; what is missing of them is made."""
    command, places = run.command, frozenset(run.file(name) for name in _ENVIRONMENTS)
    cache, home = cache_folder(command, "pdm", "PDM_CACHE_DIR"), command.home()
    python = run.file(".pdm-python")
    mine = {run.file(".venv"), run.file("__pypackages__")}
    kept = {tree(cache), tree(f"{home}/.local/state"), *map(tree, mine)}
    return placed(command, "pdm") | Effects(
        reads=frozenset(map(tree, places)) | {python},
        writes=frozenset(kept) | {python},
        generated=frozenset(mine),
        caches=(CacheDir(cache, ("HOME", "PDM_CACHE_DIR", "XDG_CACHE_HOME")),),
        network=True,
    )


def _locals(run: Run) -> Iterator[tuple[str, bool]]:
    """Local projects by the lock and by pyproject.toml, and whether they are editable."""
    for package in run.lock.data.get("package", ()):
        if isinstance(package, dict) and isinstance(package.get("path"), str):
            yield run.file(package["path"]), bool(package.get("editable"))
    for _, text in strings(run.manifest.data):
        if found := _LOCAL.match(text):
            yield run.file(found[1]), text.startswith("-e")


def _unclear(run: Run) -> Effects:
    """Addresses of files that are not understood."""
    texts = (text for _, text in strings(run.manifest.data) if "file:" in text)
    if any(not _LOCAL.match(text) or ".." in text for text in texts):
        return unknown(f"{run.file('pyproject.toml')} names something by a file address")
    return NONE


def _install(run: Run) -> Effects:
    done = _fetching(run) | _hooked(run) | _unclear(run)
    if not run.manifest.there:
        return done.in_doubt(f"{run.file('pyproject.toml')} is not there when this runs")
    if run.options.has("--plugins"):
        return unknown("pdm install --plugins is not known")
    plain = run.options.has("--no-editable") or bool(run.command.env.get("PDM_NO_EDITABLE"))
    for folder, editable in dict(_locals(run)).items():
        done |= build(run.command, folder, editable=editable and not plain)
    own = run.manifest.table("tool", "pdm")
    library = (
        own.get("package-type") == "library"
        if "package-type" in own
        else own.get("distribution", True)
    )
    alone = run.options.has("--no-self") or run.command.env.get("PDM_NO_SELF") or not library
    if not alone and "name" in run.manifest.table("project"):
        done |= build(run.command, run.root, editable=not plain)
    return done | (_locking(run) if run.options.operands[0] == "install" else NONE)


def _locking(run: Run) -> Effects:
    """The lock is written if it is missing or was made for other requirements."""
    lock = run.lock
    if run.options.has("--frozen-lockfile", "--no-lock", "--check") or run.command.env.get(
        "PDM_FROZEN_LOCKFILE"
    ):
        return Effects(unpinned=not lock.there)
    if not lock.there:
        return Effects(writes=frozenset({lock.path}), unpinned=True)
    told = lock.table("metadata")
    held = str(told.get("content_hash")).removeprefix("sha256:")
    other = "lock_inputs" not in told and held not in content_hashes(run.manifest.data)
    violated = "pdm.lock was not made from this pyproject.toml" if other else ""
    return Effects(conditional=frozenset({Conditional(lock.path, "lock-in-sync", violated)}))


def content_hashes(data: Mapping[str, Any]) -> Iterator[str]:
    """The checksums that a pdm.lock may keep of its pyproject.toml (`content_hash` of pdm 2.12 and 2.29)."""
    own, project = table(data, "tool", "pdm"), table(data, "project")
    common = {
        "sources": own.get("source", []),
        "dependencies": project.get("dependencies", []),
        "optional-dependencies": project.get("optional-dependencies", {}),
        "requires-python": project.get("requires-python", ""),
    }
    groups = {name: list(wanted) for name, wanted in table(data, "dependency-groups").items()}
    older, resolution = own.get("dev-dependencies", {}), own.get("resolution", {})
    for name, wanted in older.items():
        groups[name] = [*groups.get(name, []), *wanted]
    for rest in (
        {"dev-dependencies": groups, "resolution": resolution},
        {"dev-dependencies": older, "overrides": table(resolution, "overrides")},
    ):
        text = json.dumps({**common, **rest}, sort_keys=True)
        yield hashlib.sha256(text.encode()).hexdigest()


def _changing(run: Run) -> Effects:
    """`pdm lock`, `add`, `update`, `remove`: the lock and pyproject.toml are written."""
    files = frozenset({run.lock.path, run.file("pyproject.toml")})
    written = files - {run.file("pyproject.toml")} if run.options.operands[0] == "lock" else files
    return _install(run) | Effects(writes=written, unpinned=True)


def _build(run: Run) -> Effects:
    done = (
        _fetching(run)
        | _hooked(run)
        | build(run.command, run.root, sdist=not run.options.has("--no-sdist"))
    )
    return done | archives(run.command, run.root, run.options.last("-d", "--dest"))


def _export(run: Run) -> Effects:
    """`pdm export -o requirements.txt`: by the lock and what local projects say of themselves."""
    done = _fetching(run)
    for folder, _ in _locals(run):
        told = document(run.command, posixpath.join(folder, "pyproject.toml"))
        done |= told.effects
        if not told.table("project") or told.table("project").get("dynamic"):
            done |= build(run.command, folder)
    return done | exports.product(run.command, *_product(run))


def _product(run: Run) -> tuple[str | None, str | None, str | None]:
    """The file of an export, what it asks for at most, and its format."""
    lock, form = run.lock, run.options.last("-f", "--format")
    lines = exports.pdm(lock.data, run.root) if lock.there and not lock.effects.doubt else None
    odd = run.options.has("--pyproject", "--self", "--editable-self") or _unclear(run).doubt
    return run.options.last("-o", "--output"), None if odd else lines, form


def _prints(command: Command) -> str | None:
    """What `pdm export` prints."""
    run = _started_as(command)
    if isinstance(run, Effects) or run.options.operands[:1] != ("export",):
        return None
    return exports.printed(*_product(run))


def _started(run: Run) -> Effects:
    """`pdm run X`: another command in the environment, unless the project has a script of that name."""
    program, *rest = run.command.arguments or ("",)
    scripts = run.manifest.table("tool", "pdm", "scripts")
    if not program or program in scripts or scripts.keys() & {"_", *_HOOKS}:
        return unknown(f"pdm run {program} depends on the scripts of pyproject.toml")
    return _local(run) | run.command.machine.call(run.command.with_words(program, *rest))


def _config(run: Run) -> Effects:
    """`pdm config NAME VALUE`: a setting of the user's, or with --local of the project's."""
    named = (
        run.command.env.get("PDM_CONFIG_FILE") or f"{run.command.home()}/.config/pdm/config.toml"
    )
    file = run.file("pdm.toml") if run.options.has("-l", "--local") else run.command.path(named)
    quiet = len(run.options.operands) < 2 + (not run.options.has("-d", "--delete"))
    changed = frozenset() if quiet else frozenset({file})
    return Effects(reads=frozenset({file}), writes=changed)


def _local(run: Run) -> Effects:
    """What looks for the environment, makes it if it is missing, and fetches nothing."""
    return replace(_fetching(run), network=False, caches=(), seconds=1.0)


def _use(run: Run) -> Effects:
    """`pdm use PYTHON`: its path and version are written."""
    files = frozenset({run.file(".pdm-python"), run.file(".python-version")})
    return _local(run) | _hooked(run) | Effects(writes=files)


_VERBS: Mapping[str, Callable[[Run], Effects]] = {
    **dict.fromkeys(("install", "sync"), _install),
    **dict.fromkeys(("lock", "add", "update", "remove"), _changing),
    "build": _build,
    "export": _export,
    "run": _started,
    "config": _config,
    "use": _use,
    **dict.fromkeys(("venv", "list", "show", "info", "cache"), _local),
    **dict.fromkeys(("self", "plugin"), lambda run: _fetching(run) | Effects(unpinned=True)),
    "help": lambda _run: NONE,
}

PDM = Tool(
    "pdm",
    ("pdm",),
    effects,
    "install, sync, lock, build, export, config, run: locks, local projects, hooks",
    prints=_prints,
)
