"""A run of pdm: its command line, its project, its settings, and what each that installs needs."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, replace

from optimizer.effects.model import NONE, CacheDir, Effects, tree, unknown
from optimizer.effects.tool import Command, Kind, known
from optimizer.effects.tools.looking import look, upwards, words
from optimizer.effects.tools.options import Options, split
from optimizer.effects.tools.python_lock import (
    Document,
    cache_folder,
    document,
    find_above,
    placed,
)
from optimizer.effects.tools.python_path import first_on_path

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
HOOKS = words(
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
    def verb(self) -> str:
        """The command."""
        return (*self.options.operands, "help")[0]

    @property
    def lock(self) -> Document:
        """The lock file."""
        named = self.options.last("-L", "--lockfile") or self.command.env.get("PDM_LOCKFILE")
        return document(self.command, self.file(named or "pdm.lock"))


def started_as(command: Command) -> Run | Effects:
    """A command line of pdm, or why it is not known."""
    arguments, rest = command.arguments, command.arguments[:0]
    if arguments[:1] == ("run",):
        at = next((i for i, a in enumerate(arguments[1:], 1) if not a.startswith("-")), 1)
        arguments, rest = arguments[:at], arguments[at:]
    # Short options that mean another thing elsewhere.
    other = {o for o, verb in (("-d", "build"), ("-f", "export")) if verb not in arguments}
    valued = _VALUED - other
    options = split(arguments, _FLAGS - valued, valued)
    place = options.last("-p", "--project") or command.env.get("PDM_PROJECT") or ""
    if not known(command.cwd, *command.arguments, place):
        return unknown("what pdm is asked for is not known")
    if options.unknown or options.has("-g", "--global", "-c", "--config", "--venv"):
        return unknown(f"pdm's option {options.unknown or 'for another project'} is not known")
    nearest, _ = find_above(command, "pyproject.toml", command.cwd)
    root = command.path(place) if place else nearest
    manifest = document(command, posixpath.join(root, "pyproject.toml"))
    return Run(replace(command, arguments=rest), options, root, manifest)


def always(run: Run) -> Effects:
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


def hooked(run: Run) -> Effects:
    """The project's own scripts that are run unasked."""
    skipped = (*run.options.values("-k", "--skip"), run.command.env.get("PDM_SKIPHOOKS", ""))
    own = sorted(HOOKS & run.manifest.table("tool", "pdm", "scripts").keys())
    if own and ":all" not in ",".join(skipped).split(","):
        return unknown(f"pyproject.toml runs {own[0]}")
    return NONE


def fetching(run: Run) -> Effects:
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


def local(run: Run) -> Effects:
    """What looks for the environment, makes it if it is missing, and fetches nothing."""
    return replace(fetching(run), network=False, caches=(), seconds=1.0)
