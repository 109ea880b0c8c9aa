"""The pip interface of uv: what it is asked for, and what a project requires installed ahead of it."""

from __future__ import annotations

import posixpath
from dataclasses import replace

from optimizer.effects.model import Effects, tree
from optimizer.effects.tool import Command, known
from optimizer.effects.tools.looking import upwards, words
from optimizer.effects.tools.options import Options
from optimizer.effects.tools.pip_ahead import RESOLVED, one_project, packages, shown, wanted
from optimizer.effects.tools.pip_requirements import Asked, Reader
from optimizer.effects.tools.python_lock import document
from optimizer.effects.tools.python_project import build
from optimizer.effects.tools.uv_places import base, environment
from optimizer.effects.tools.uv_project import is_one_piece, settings

# Options of `pip install` that mean the same for the requirements alone, as for all.
_AHEAD = words(
    "--system -n --no-cache --no-cache-dir -q --quiet -v --verbose --no-progress -i --index-url "
    "--extra-index-url --index --default-index --index-strategy --prerelease --pre -e --editable "
    "--compile-bytecode --compile --break-system-packages -p --python --link-mode -c --constraint "
    "--constraints -f --find-links --no-python-downloads --native-tls --torch-backend"
)
_REQUIRING = frozenset({"dependencies", "optional-dependencies"})
# Settings that say where a requirement comes from.
_ELSEWHERE = frozenset({"sources", "workspace"})


def install(command: Command, given: Options) -> Effects:
    """`uv pip install .`, of which `-r pyproject.toml` does the most part ahead (uv 0.4 and 0.13 measured)."""
    done = installed(command, given)
    named = [v for v in given.values("-r", "--requirement", "--requirements") if known(v)]
    if len(named) == 1 and posixpath.basename(named[0]) == "pyproject.toml":
        folder = posixpath.dirname(command.path(named[0]))
        found = wanted(command, folder, given.values("--extra"))
        return done if found is None else replace(done, provides=done.provides | {found.goods})
    whole = one_project(command, done, given.given, given.operands)
    if whole is None or not {name for name, _ in given.given} <= _AHEAD:
        return done
    found = wanted(command, whole.folder, whole.extras)
    own = settings(command, whole.folder)
    if found is None or found.files or is_one_piece(command, own) or own & _ELSEWHERE:
        return done
    manifest = shown(command, posixpath.join(whole.folder, "pyproject.toml"))
    extras = (word for extra in whole.extras for word in ("--extra", extra))
    return whole.offer(found.lines, ("-r", manifest, *extras), RESOLVED)


def installed(command: Command, given: Options) -> Effects:
    """The same as a whole."""
    asked = _asked(command, given)
    done = base(command, given) | asked.effects
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


def from_files(command: Command, given: Options) -> Effects:
    """`uv pip sync requirements.txt`, `uv pip compile requirements.in`: operands are files."""
    files = tuple(("-r", word) for word in given.operands)
    return installed(command, replace(given, operands=(), given=(*given.given, *files)))


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
        for folder in upwards(command.cwd)[:-1]:
            asked |= Asked(environment(command, posixpath.join(folder, ".venv")))
    return asked


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
