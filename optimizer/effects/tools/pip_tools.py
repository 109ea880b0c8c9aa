"""pip-sync: makes what is installed the same as what requirement files name (pip-tools 6 and 7)."""

from __future__ import annotations

from optimizer.effects.model import Effects, unknown
from optimizer.effects.tool import Command, Tool, known
from optimizer.effects.tools.looking import look, upwards, words
from optimizer.effects.tools.options import Options, split
from optimizer.effects.tools.pip import PIP
from optimizer.effects.tools.pip_places import site

_FLAGS = words("-n --dry-run --force -q --quiet -v --verbose --no-index --ask -a --user --no-config")
_VALUED = words("-i --index-url --extra-index-url --trusted-host -f --find-links --cert")
# Its settings, looked for upwards (`pip-sync --help`).
_SETTINGS = (".pip-tools.toml", "pyproject.toml")


def effects(command: Command) -> Effects:
    """What pip-sync does: `pip install -r`, and what else is installed goes."""
    given = split(command.arguments, _FLAGS, _VALUED)
    places = site(command, Options())
    if given.unknown or places is None or not known(command.cwd, *command.arguments):
        return unknown("pip-sync of these words is not known")
    files = given.operands or ("requirements.txt",)
    words_ = [w for f in files for w in ("-r", f)]
    words_ += [w for f in given.values("-f", "--find-links") for w in ("-f", f)]
    settings = [command.path(n, f) for f in upwards(command.cwd) for n in _SETTINGS]
    if any("pip-tools" in (command.machine.text(f) or "") for f in settings):
        return unknown("the settings of pip-tools are not read")
    return (
        PIP.effects(command.with_words("pip", "install", *words_))
        | look(command.machine, *settings)
        | Effects(reads=places, writes=places)
    )


PIP_SYNC = Tool("pip-sync", ("pip-sync",), effects, "requirement files, as pip install -r")
