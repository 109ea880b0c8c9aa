"""flit: installs or packs a project of pure Python.

Measured with flit 4.2 (tests/measure/fronts.py), options by its `--help` and that of 3.12: it takes
pyproject.toml, the readme, license files and the module; `install` hands all to pip but what `-s` and
`--pth-file` lay into the site; `--only-deps` takes no more of the module than that it is there.
"""

from __future__ import annotations

import posixpath
from dataclasses import replace

from optimizer.effects.model import Effects, tree, unknown
from optimizer.effects.tool import Command, Kind, Tool, known
from optimizer.effects.tools.looking import look, upwards, words
from optimizer.effects.tools.options import Options, split
from optimizer.effects.tools.pip import PIP
from optimizer.effects.tools.pip_places import site
from optimizer.effects.tools.python_project import archives, build

_FLAGS = words("-h --help -V --version --debug --logo --user --env --only-deps -s --symlink --pth-file --no-setup-py --setup-py --use-vcs --no-use-vcs")  # fmt: skip
_VALUED = words("-f --ini-file --python --deps --extras --format")


def effects(command: Command) -> Effects:
    """What a flit command does."""
    given = split(command.arguments, _FLAGS, _VALUED)
    if not known(command.cwd, *command.arguments):
        return unknown("what flit is asked for is not known")
    verb = (*given.operands, "help")[0]
    if given.unknown or given.has("--use-vcs", "--python"):
        return unknown(f"flit's option {given.unknown or '--use-vcs or --python'} is not known")
    manifest = command.path(given.last("-f", "--ini-file") or "pyproject.toml")
    if posixpath.basename(manifest) != "pyproject.toml":
        return unknown(f"the settings in {manifest} are not read")
    if verb == "install":
        return _install(command, given, posixpath.dirname(manifest))
    if verb == "build":
        return _build(command, given, posixpath.dirname(manifest))
    if verb == "help":
        return Effects(seconds=0.5)
    return unknown(f"flit {verb} is not a command that dfopt knows")


def _build(command: Command, given: Options, folder: str) -> Effects:
    """`flit build`: below 4, an archive of sources holds all that git or hg knows, if there is one."""
    formats = given.values("--format")
    sdist = not formats or "sdist" in formats
    done = build(command, folder, backend="flit", sdist=sdist) | archives(command, folder, None)
    done = replace(done, network=False, unpinned=False, seconds=2.0)
    if not sdist or given.has("--no-use-vcs"):
        return done
    marks = [posixpath.join(f, name) for f in upwards(folder) for name in (".git", ".hg")]
    if any(command.machine.kind(mark) is not Kind.ABSENT for mark in marks):
        done |= Effects(reads=frozenset({tree(folder), *map(tree, marks)}))
    return done | Effects(probes=frozenset(marks))


def _install(command: Command, given: Options, folder: str) -> Effects:
    """`flit install`: pip's install of the project, or of what it depends on."""
    places = site(command, Options())
    if places is None:
        return unknown("where flit installs to is not known")
    linked = given.has("-s", "--symlink", "--pth-file", "--only-deps")
    done = PIP.effects(command.with_words("pip", "install", *["-e"][: int(linked)], folder))
    seen = look(command.machine, posixpath.join(folder, "pyproject.toml"))
    return done | seen | Effects(reads=places, writes=places, unpinned=True)


FLIT = Tool("flit", ("flit",), effects, "install, build: the module, the readme, license files")
