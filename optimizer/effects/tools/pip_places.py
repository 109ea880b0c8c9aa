"""Where pip looks for its settings, and where what it installs goes."""

from __future__ import annotations

import configparser
import posixpath
import re
from collections.abc import Iterator

from optimizer.effects.local import DATA, LOCAL
from optimizer.effects.model import CacheDir, Effects, Paths, tree
from optimizer.effects.tool import ANY, Command, Kind, clean, known
from optimizer.effects.tools.git_variables import GIT_VARIABLES
from optimizer.effects.tools.looking import look, words
from optimizer.effects.tools.options import Options
from optimizer.effects.tools.pip_options import from_environment, setting

CACHE_MOVED_BY = ("HOME", "PIP_CACHE_DIR", "XDG_CACHE_HOME")

# An installed package puts files at any place below its Python's prefix (the `data` of a
# wheel). The prefix of a distribution's own Python is /usr, where the project folders
# /usr/src and /usr/app are no place of Python's (sysconfig, Debian 12 and Alpine 3); nor is
# /usr/local/app below the prefix of the official images.
PREFIXES: Paths = LOCAL | DATA | frozenset(
    tree(path)
    for path in words(
        "/usr/bin /usr/lib /usr/lib64 /usr/share /usr/include /usr/etc /opt/conda "
        "/opt/venv /venv"
    )
)
# Folders that pip makes in the temporary folder and removes (`tempfile.mkdtemp(prefix="pip-...")`
# of pip 10 to 26), and those of the compilers that it starts.
_TEMPORARY = (
    "pip-build-", "pip-install-", "pip-ephem-wheel-cache-", "pip-req-build-", "pip-req-tracker-",
    "pip-build-env-", "pip-build-tracker-", "pip-unpack-", "pip-wheel-", "pip-modern-metadata-",
    "pip-metadata-", "pip-target-", "pip-uninstall-", "pip-standalone-pip-", "pip-download-",
    "pip-egg-info-", "pip-pip-egg-info-", "pip-record-", "pip-editable-", "pip-archive-",
    "pip-selfcheck-", "tmp", "cc", "node-compile-cache",
)  # fmt: skip
# Names that point at certificates, proxies and homes; an sdist's build may observe any.
VARIABLES = words(
    "PIP_* PYTHON* VIRTUAL_ENV HOME PATH XDG_* TMPDIR TEMP TMP NETRC http_proxy https_proxy "
    "no_proxy all_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY REQUESTS_CA_BUNDLE "
    "CURL_CA_BUNDLE SSL_CERT_FILE SSL_CERT_DIR CONDA_PREFIX LANG LC_* "
) | GIT_VARIABLES
_SYSTEM_BINS = words("/usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin")


def temporary(command: Command) -> Paths:
    """The temporary folders of pip and of builds."""
    folders = {command.env.get(name, "") for name in ("TMPDIR", "TEMP", "TMP")} | {"/tmp"}
    known_ones = {clean(f) for f in folders if f.startswith("/") and known(f)}
    return frozenset(f"{folder}/{name}**" for folder in known_ones for name in _TEMPORARY)


def environments(command: Command) -> Iterator[str]:
    """Prefixes of virtual environments that the command may belong to, nearest first."""
    folder = posixpath.dirname(command.program)
    if folder.endswith("/bin") and folder not in _SYSTEM_BINS:
        yield clean(posixpath.join(command.cwd, folder, ".."))
    active = command.env.get("VIRTUAL_ENV", "")
    if active.startswith("/") and known(active):
        yield clean(active)
    for folder in command.env.get("PATH", "").split(":"):
        place = clean(folder)
        if not folder.startswith("/") or not known(folder) or place in _SYSTEM_BINS:
            continue
        # Where nobody can have put a Python, there is no environment.
        absent = command.machine.kind(posixpath.join(place, "python")) is Kind.ABSENT
        if place.endswith("/bin") and not (absent and command.env_complete):
            yield posixpath.dirname(place)


def homes(command: Command) -> tuple[str, ...]:
    """The home directories that may be the user's."""
    found = [command.home()]
    if "HOME" not in command.env and not command.user and not command.env_complete:
        # The base may have set a user of its own, whose home the project may stand in.
        found += re.findall(r"^/home/[^/]+", command.cwd)
    return tuple(clean(h) for h in dict.fromkeys(found) if ANY not in h)


def site(command: Command, options: Options) -> Paths | None:
    """Where packages are installed; None if that is not known."""
    named = [*options.values("--target", "--prefix", "--root")]
    if python := options.last("--python"):
        place = clean(posixpath.join(command.cwd, python))
        named.append(posixpath.dirname(posixpath.dirname(place)) if "/bin/" in place else place)
    if not known(command.cwd, *named):
        return None
    if named:
        return frozenset(tree(command.path(place)) for place in named)
    places = {tree(place) for place in environments(command) if place != "/"}
    root = command.user.split(":")[0] in {"", "root", "0"}
    if options.has("--user") or not root or not command.env_complete:
        # Where the site is not writable, pip installs for the user (pip 20 to 26).
        places |= {tree(f"{home}/.local") for home in homes(command)}
    if base := command.env.get("PYTHONUSERBASE"):
        if not known(base):
            return None
        places.add(tree(command.path(base)))
    return PREFIXES | places


def configured(command: Command) -> tuple[Effects, tuple[tuple[str, str], ...]]:
    """Pip's configuration files, and the options that they and the environment give."""
    home = command.home()
    given = command.env.get("PIP_CONFIG_FILE", "")
    config = command.env.get("XDG_CONFIG_HOME") or posixpath.join(home, ".config")
    files = [
        "/etc/xdg/pip/pip.conf",
        "/etc/pip.conf",
        f"{home}/.pip/pip.conf",
        f"{config}/pip/pip.conf",
    ]
    files += [f"{prefix}/pip.conf" for prefix in (*environments(command), "/usr/local", "/usr")]
    files += [command.path(given)] if given and known(given) else []
    files = [clean(f) for f in files if ANY not in f]
    options: list[tuple[str, str]] = []
    for file in files:
        options += _read(command.machine.text(file))
    seen = look(
        command.machine, *files, *(f"{home}/{n}" for n in (".netrc", "_netrc", ".pydistutils.cfg"))
    )
    doubt = None if known(given) else "the file that PIP_CONFIG_FILE names is not known"
    return seen | Effects(doubt=doubt), (*options, *from_environment(command))


def _read(text: str | None) -> Iterator[tuple[str, str]]:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text or "")
    except configparser.Error:
        return
    for section in parser.sections():
        for name, value in parser.items(section):
            yield from setting(name, value)


def cache(command: Command, options: Options) -> tuple[CacheDir, ...]:
    """Pip's own cache; none if it is turned off."""
    if options.has("--no-cache-dir"):
        return ()
    base = command.env.get("XDG_CACHE_HOME") or posixpath.join(command.home(), ".cache")
    place = options.last("--cache-dir") or posixpath.join(base, "pip")
    return (CacheDir(command.path(place), CACHE_MOVED_BY),) if known(place) else ()
