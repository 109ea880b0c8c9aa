"""venv and virtualenv: they make a folder with a Python of its own.

Options of `python -m venv` 3.6 to 3.13 and of virtualenv 20.
"""

from __future__ import annotations

import posixpath

from optimizer.effects.model import Effects, tree, unknown
from optimizer.effects.tool import Command, Tool, known
from optimizer.effects.tools.looking import look, words
from optimizer.effects.tools.options import split
from optimizer.effects.tools.pip_places import VARIABLES, configured, temporary

_FLAGS = words(
    "--system-site-packages --symlinks --copies --clear --upgrade --without-pip --upgrade-deps "
    "--without-scm-ignore-files -h --help --version --with-traceback --read-only-app-data "
    "--reset-app-data --upgrade-embed-wheels --always-copy --symlink-app-data --no-download "
    "--never-download --download --no-periodic-update --no-vcs-ignore --no-setuptools --no-wheel "
    "--no-pip --no-site-packages -v --verbose -q --quiet --copies --relocatable --unzip-setuptools"
)
_VALUED = words(
    "--prompt -p --python --try-first-with --app-data --discovery --creator --seeder --pip "
    "--setuptools --wheel --activators --extra-search-dir"
)


def virtual(command: Command) -> Effects:
    """What `python -m venv DIR` and `virtualenv DIR` do."""
    found = split(command.arguments, _FLAGS, _VALUED)
    if found.unknown:
        return unknown(f"{command.name}'s option {found.unknown} is not known")
    if found.has("-h", "--help", "--version"):
        return Effects(variables=VARIABLES)
    if not found.operands or not known(*found.operands, *found.values("--extra-search-dir")):
        return unknown(f"the folder that {command.name} makes is not known")
    places = frozenset(command.path(p) for p in found.operands)
    trees = frozenset(map(tree, places))
    # What stands in the folder stays, and what is asked of pip is looked up in its settings.
    seen, _ = configured(command)
    return seen | _own(command) | Effects(
        reads=trees | frozenset(tree(command.path(p)) for p in found.values("--extra-search-dir")),
        writes=trees | temporary(command) | {tree(posixpath.join(command.home(), ".local/share"))},
        generated=places,
        variables=VARIABLES | {"VIRTUALENV_*"},
        network=command.name == "virtualenv" or found.has("--upgrade-deps"),
        unpinned=found.has("--upgrade-deps", "--download"),
        seconds=4.0,
    )  # fmt: skip


def _own(command: Command) -> Effects:
    """Its own settings (`virtualenv --help`: config file)."""
    config = command.env.get("XDG_CONFIG_HOME") or posixpath.join(command.home(), ".config")
    named = command.env.get("VIRTUALENV_CONFIG_FILE", "")
    files = [f"{config}/virtualenv/virtualenv.ini", *([command.path(named)] if named else [])]
    return look(command.machine, *(f for f in files if known(f)))


VIRTUALENV = Tool("virtualenv", ("virtualenv", "pyvenv"), virtual, "makes an environment")
