"""`poetry config`: a setting of the user's, or with `--local` of the project's."""

from __future__ import annotations

from optimizer.effects.model import NONE, Effects, unknown
from optimizer.effects.tool import Kind, known
from optimizer.effects.tools.looking import toml, words
from optimizer.effects.tools.poetry_run import Run, config_folder, usual_cache

# Settings that say where things are.
_MOVING = words("cache-dir data-dir virtualenvs.path python.installation-dir")


def config(run: Run) -> Effects:
    """The file that may be changed; a setting that moves things is a doubt."""
    if run.options.has("--list") or len(run.words) < (1 if run.options.has("--unset") else 2):
        return NONE
    if run.words[0] in _MOVING:
        return unknown(f"poetry config moves poetry's {run.words[0]}")
    home = config_folder(run.command, run.command.home())
    users = {f"{home}/config.toml", f"{home}/auth.toml"}
    files = frozenset({run.file("poetry.toml")} if run.options.has("--local") else users)
    return Effects(reads=files, writes=files)


def printed(run: Run) -> str | None:
    """What `poetry config cache-dir` prints."""
    folder = _cache_told(run)
    return folder + "\n" if folder and known(folder) and "{" not in folder else None


def _cache_told(run: Run) -> str | None:
    """The folder of the cache: the variable's, the project's, the user's, or the usual one.

    So with poetry 2.3; a relative XDG_CACHE_HOME counts in some versions. The settings that a
    base may have brought are taken to leave it alone.
    """
    command, machine = run.command, run.command.machine
    if (told := command.env.get("POETRY_CACHE_DIR")) is not None:
        return told
    config = config_folder(command, command.home())
    for path in (run.file("poetry.toml"), f"{config}/config.toml"):
        kind, data = machine.kind(path), toml(machine, path)
        bases = kind is Kind.UNKNOWN and path.startswith(config)
        if kind is not Kind.ABSENT and not bases and data is None:
            return None
        if data and "cache-dir" in data:
            return str(data["cache-dir"])
    usual = usual_cache(command)
    return usual if command.env_complete and usual.startswith("/") else None
