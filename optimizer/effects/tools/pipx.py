"""pipx: programs of Python, each in an environment of its own below HOME or PIPX_HOME.

Measured with pipx 1.16 (strace): nothing of the working directory is read, unless a project is
named; options by its `--help` and those of 1.0 and 1.7.
"""

from __future__ import annotations

from optimizer.effects.model import NONE, Effects, tree, unknown
from optimizer.effects.tool import Command, Tool, known
from optimizer.effects.tools.looking import look, words
from optimizer.effects.tools.options import Options, split
from optimizer.effects.tools.pip_places import cache, configured, temporary
from optimizer.effects.tools.pip_requirements import Reader
from optimizer.effects.tools.python_path import first_on_path
from optimizer.effects.tools.python_project import build

_FLAGS = words(
    "-q --quiet -v --verbose --skip-maintenance --global --include-deps --include-apps -f --force -U --upgrade "
    "--fetch-missing-python --system-site-packages -h --help --version --all-users --with-suffix "
    "--prepend --append --skip --all-shells"
)
_VALUED = words(
    "--suffix --python --fetch-python --preinstall --app -i --index-url --pip-args --cooldown "
    "--backend --output --upgrade-strategy --include-resources-from --spec"
)
# Where a shell is told of the folder of programs (`pipx ensurepath`, by the package userpath).
_PROFILES = (".bashrc", ".bash_profile", ".bash_login", ".profile", ".zshrc", ".zprofile")
_FETCHING = words("install install-all inject upgrade upgrade-all upgrade-shared reinstall reinstall-all")


def effects(command: Command) -> Effects:
    """What a pipx command does."""
    if not known(command.cwd, *command.arguments):
        return unknown("what pipx is asked for is not known")
    given = split(command.arguments, _FLAGS | {"-e", "--editable"}, _VALUED)
    verb, *names = given.operands or ("help",)
    if given.unknown:
        return unknown(f"pipx's option {given.unknown} is not known")
    if verb in _FETCHING and not given.has("--pip-args"):
        return _install(command, given, names[1:] if verb == "inject" else names)
    home = command.home()
    if verb == "ensurepath":
        files = {f"{home}/{name}" for name in _PROFILES} | {f"{home}/.config/fish/**"}
        return Effects(reads=frozenset(files), writes=frozenset(files) | _places(command))
    if verb in {"list", "environment", "completions", "help", "uninstall", "uninstall-all"}:
        return Effects(reads=_places(command), writes=_places(command), variables=frozenset({"*"}))
    return unknown(f"pipx {verb} is not a command that dfopt knows")


def _places(command: Command) -> frozenset[str]:
    """Environments, links to their programs, logs: root's `--global` ones too."""
    named = (command.env.get(n, "") for n in ("PIPX_HOME", "PIPX_BIN_DIR", "PIPX_MAN_DIR"))
    home = command.home()
    own = {f"{home}/.local", f"{home}/.cache/uv", f"{home}/.cache/pipx", "/opt/pipx", "/usr/local/bin"}
    own |= {"/usr/local/share/man", *(command.path(p) for p in named if p and known(p))}
    return frozenset(map(tree, own))


def _install(command: Command, given: Options, names: list[str]) -> Effects:
    seen, _ = configured(command)
    asked, reader = NONE, Reader(command)
    for name in (*names, *given.values("--spec", "--preinstall")):
        wanted = reader.requirement(name, editable=False)
        asked |= wanted.effects
        for folder, _ in wanted.projects:
            asked |= build(command, folder, editable=given.has("-e", "--editable"), isolated=False)
    kept = cache(command, Options())
    places = _places(command)
    # `python -m pip` of the new environment runs in the working directory.
    return seen | asked | first_on_path(command, command.cwd) | _older(command) | Effects(
        reads=places,
        writes=places | temporary(command) | frozenset(tree(c.path) for c in kept),
        variables=frozenset({"*"}),
        network=True,
        unpinned=True,
        caches=kept,
        seconds=15.0,
    )  # fmt: skip


def _older(command: Command) -> Effects:
    """What pip looks for in the working directory (see `pip`)."""
    names = ("setup.cfg", "rust-toolchain", "rust-toolchain.toml")
    return look(command.machine, *map(command.path, names))


PIPX = Tool("pipx", ("pipx",), effects, "install, inject, ensurepath: environments below HOME")
