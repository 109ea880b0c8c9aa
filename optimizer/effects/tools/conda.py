"""conda, mamba and micromamba: environments from files (conda 4.12 to 25)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from optimizer.effects.model import NONE, CacheDir, Effects, tree, unknown
from optimizer.effects.tool import ANY, Command, Tool, known
from optimizer.effects.tools.looking import look
from optimizer.effects.tools.options import Options, split
from optimizer.effects.tools.pip_options import parse
from optimizer.effects.tools.pip_places import site, temporary
from optimizer.effects.tools.pip_requirements import Asked, Reader
from optimizer.effects.tools.python_project import build

_FLAGS = frozenset(
    "-y --yes -q --quiet -v --verbose --json --all -a --force --force-reinstall --override-channels "
    "--update-all --freeze-installed --no-deps --only-deps --prune -t --tarballs --packages -p "
    "-i --index-cache --force-pkgs-dirs -f --force-remove --offline --use-local --no-pin -d "
    "--dry-run --update-deps --strict-channel-priority --no-channel-priority --copy -S "
    "--update-specs --satisfied-skip-solve --no-capture-output --live-stream --system --no-banner "
    "-h --help -V --version --no-rc --no-env --no-default-packages --insecure -k -m --mkdir "
    "--no-update-deps --download-only --show-channel-urls --always-yes -s".split()
)
_VALUED = frozenset(
    "-n --name --prefix --file -c --channel --solver --experimental-solver --repodata-fn "
    "--subdir --platform --add --set --remove --append --prepend --channel-priority -r "
    "--root-prefix --safety-checks --extra-safety-checks --cwd --relocate-prefix".split()
)
_PREFIXES = frozenset(
    tree(f"/opt/{name}")
    for name in ("conda", "miniconda", "miniconda3", "mambaforge", "miniforge3", "micromamba")
)


def effects(command: Command) -> Effects:
    """What a conda command does."""
    if ANY in command.cwd:
        return unknown("the directory that conda runs in is not known")
    words = command.arguments
    if words[:1] in {("activate",), ("deactivate",), ("info",), ("list",), ("search",)}:
        return Effects(reads=_PREFIXES, variables=frozenset({"*"}))
    if words[:1] == ("run",):
        return _run(command, words[1:])
    env = words[:2] in {("env", "create"), ("env", "update")}
    # `-f FILE` and `-p PREFIX` take a value, but for `conda clean -afp`.
    short = frozenset() if words[:1] == ("clean",) else frozenset({"-f", "-p"})
    found = split(words[2:] if env else words[1:], _FLAGS - short, _VALUED | short)
    if found.unknown or not known(*found.values("-f", "--file", "-p", "--prefix")):
        return unknown(f"conda's option {found.unknown or 'for a path'} is not known")
    verb = "env" if env else (*words[:1], "")[0]
    if verb in {"init", "config"}:
        return _configure(command)
    if verb not in {
        "env",
        "create",
        "install",
        "update",
        "remove",
        "uninstall",
        "clean",
        "upgrade",
    }:
        return NONE if not verb else unknown(f"conda {verb} is not a command that dfopt knows")
    return _files(command, found, env=env) | _install(command, found)


def _install(command: Command, given: Options) -> Effects:
    home = command.home()
    places = _PREFIXES | {f"{home}/.conda/**", f"{home}/.cache/**", f"{home}/.mamba/**"}
    named = [command.path(p) for p in given.values("-p", "--prefix", "-r", "--root-prefix")]
    root = command.env.get("MAMBA_ROOT_PREFIX", "")
    named += [root] if root.startswith("/") and known(root) else []
    places |= set(map(tree, named)) | (site(command, Options()) or frozenset())
    settings = look(
        command.machine,
        *(f"{home}/{n}" for n in (".condarc", ".mambarc", ".config/conda/.condarc")),
        *("/etc/conda/.condarc", "/opt/conda/.condarc"),
    )
    return settings | Effects(
        reads=frozenset(places),
        writes=frozenset(places) | temporary(command),
        # Packages run link scripts of their own, and pip builds source archives.
        variables=frozenset({"*"}),
        network=True,
        unpinned=True,
        caches=(CacheDir("/opt/conda/pkgs", ("CONDA_PKGS_DIRS", "MAMBA_ROOT_PREFIX")),),
        seconds=60.0,
    )


def _files(command: Command, given: Options, *, env: bool) -> Effects:
    """Environment files, or lists of packages; `env create` takes environment.yml by itself."""
    named = [
        *given.values("-f", "--file"),
        *(w for w in given.operands if w.endswith((".yml", ".yaml"))),
    ]
    if env and not named:
        places = [command.path(n) for n in ("environment.yml", "environment.yaml")]
        named = [p for p in places if command.machine.text(p) is not None][:1] or places[:1]
    done = NONE
    for word in named:
        if "://" in word:
            continue
        path = command.path(word)
        done |= Effects(reads=frozenset({path}))
        if path.endswith((".yml", ".yaml")):
            done |= _environment(command, path)
    return done


def _environment(command: Command, path: str) -> Effects:
    """What an environment file asks of pip, which runs in the file's folder."""
    text = command.machine.text(path)
    if text is None:
        return unknown(f"the content of {path} is not known")
    import yaml  # noqa: PLC0415 - slow to import, and seldom needed

    try:
        data: Any = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError):
        return unknown(f"{path} cannot be read")
    folder = posixpath.dirname(path)
    reader, asked = Reader(command.__class__(**{**command.__dict__, "cwd": folder})), Asked()
    for line in _pip_lines(data):
        asked |= _line(reader, line, folder)
    done = asked.effects
    for place, editable in asked.projects:
        done |= build(command, place, editable=editable)
    # The list for pip is put into a file beside the environment file, and removed (from its sources, by
    # its name in conda's sources: `condaenv.*.requirements.txt`).
    return done | Effects(writes=frozenset({f"{folder.rstrip('/')}/condaenv.**"}))


def _pip_lines(data: Any) -> Iterator[str]:
    needed = data.get("dependencies") if isinstance(data, dict) else None
    for entry in needed if isinstance(needed, list) else ():
        given = entry.get("pip") if isinstance(entry, dict) else None
        yield from (str(each) for each in (given if isinstance(given, list) else ()))


def _line(reader: Reader, line: str, folder: str) -> Asked:
    if not line.startswith("-"):
        return reader.requirement(line)
    given = parse(tuple(line.split()))
    asked = (
        Asked(Effects(doubt=f"the line `{line}` for pip is not known"))
        if given.unknown
        else Asked()
    )
    for name, value in given.given:
        if name in {"--requirement", "--constraint"}:
            asked |= reader.file(value, folder, constraint=name == "--constraint")
        elif name == "--editable":
            asked |= reader.requirement(value, editable=True)
        elif name == "--find-links":
            asked |= Asked(reader.links(value, folder))
    return asked


def _configure(command: Command) -> Effects:
    """`conda init` and `conda config` write settings below HOME, in /etc and in the prefix."""
    home = command.home()
    names = (
        ".bashrc",
        ".bash_profile",
        ".zshrc",
        ".condarc",
        ".mambarc",
        ".profile",
        ".tcshrc",
        ".xonshrc",
    )
    places = frozenset(
        {f"{home}/{n}" for n in names} | {f"{home}/.config/**", "/etc/profile.d/**"}
    )
    return Effects(
        reads=places | _PREFIXES,
        writes=places | _PREFIXES,
        variables=frozenset({"CONDA_*", "MAMBA_*", "HOME", "PATH"}),
    )


def _run(command: Command, words: tuple[str, ...]) -> Effects:
    """`conda run -n env X`."""
    left = list(words)
    while left and left[0].startswith("-"):
        flag = left.pop(0)
        if flag in _VALUED | {"-p"} and left:
            left.pop(0)
    if not left:
        return unknown("conda run without a program")
    seen = Effects(reads=_PREFIXES, variables=frozenset({"*"}), writes=temporary(command))
    return seen | command.machine.call(command.with_words(left[0], *left[1:]))


CONDA = Tool(
    "conda",
    ("conda", "mamba", "micromamba"),
    effects,
    "env create, install, clean: environment files with what they ask of pip",
)
