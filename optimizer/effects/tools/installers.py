"""Scripts of well-known addresses that are piped into a shell: `curl ... | bash`.

Their text is not the context's, but it is public, and none of them reads the project beyond what
stands here. Read in the repositories of their makers (2025 and 2026: nodesource/distributions
`scripts/deb`, rust-lang/rustup `rustup-init.sh`, nvm-sh/nvm `install.sh` and `nvm.sh`,
python-poetry/install.python-poetry.org, docker/docker-install, pnpm/get.pnpm.io, denoland/deno_install,
oven-sh/bun `src/cli/install.sh`); what uv's and composer's do is from their documentation, unread.
That the address goes on giving such a script is the assumption
`installers-keep-to-themselves`. A script of any other address is a doubt.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from optimizer.effects.model import Conditional, Effects, tree, unknown
from optimizer.effects.tool import Command, Tool, known
from optimizer.effects.tools.looking import look, upwards, words
from optimizer.effects.tools.python_path import first_on_path

ASSUMPTION = "installers-keep-to-themselves"
# Startup files of shells that get a line for the PATH.
_PROFILES = words(".profile .bashrc .bash_profile .bash_login .zshrc .zshenv .zprofile")
_FOLDERS = words(".config .local .cache")
# What the shells, curl and the programs that are fetched look at.
_OBSERVED = words("HOME SHELL PATH XDG_* ZDOTDIR PROFILE GITHUB_PATH CI OS TMPDIR LANG SSL_* CURL_*")

Answer = Callable[[Command], Effects]


def piped(command: Command, address: str) -> Effects:
    """What the script of an address does, with the arguments that the shell gives it."""
    plain = re.sub(r"^https?://(www\.)?", "", address).partition("?")[0].rstrip("/")
    for pattern, answer in _INSTALLERS.items():
        if re.fullmatch(pattern, plain):
            if not known(command.cwd, *command.arguments):
                return unknown(f"the arguments of the script of {address} are not known")
            quiet = replace(command, stdin=None, origin="")
            return answer(quiet) | Effects(
                variables=_OBSERVED, network=True, unpinned=True, seconds=10.0,
                conditional=frozenset({Conditional("/**", ASSUMPTION)}),
            )  # fmt: skip
    return unknown(f"a shell that reads a script of {address}, which is not known")


def _above(command: Command, *names: str) -> Effects:
    """Files that are looked for in the working directory and above it."""
    places = (posixpath.join(folder, name) for folder in upwards(command.cwd) for name in names)
    return look(command.machine, *places)


def _homes(command: Command, variables: Mapping[str, str]) -> Effects:
    """Folders of its own: where the variable says, else below HOME; and the shells' profiles."""
    home = command.home()
    folders = {command.env.get(name) or posixpath.join(home, at) for name, at in variables.items()}
    folders |= {posixpath.join(home, name) for name in _FOLDERS}
    if not known(home, *folders):
        return unknown("the folder that an installer fills is not known")
    profiles = {posixpath.join(home, name) for name in _PROFILES}
    own = frozenset(map(tree, map(command.path, folders))) | profiles
    return Effects(reads=own, writes=own, variables=frozenset(variables))


def _nodesource(command: Command) -> Effects:
    """A source of packages for apt, with its key."""
    packages = "apt-transport-https ca-certificates curl gnupg"
    places = frozenset({"/etc/apt/**", "/usr/share/keyrings/**"})
    return command.machine.run(
        f"apt-get update && apt-get install -y {packages}", command
    ) | Effects(reads=places, writes=places)


def _docker(command: Command) -> Effects:
    """The packages of Docker, by the distribution's own manager."""
    found = command.machine.run("apt-get update && apt-get install -y docker.io", command)
    places = frozenset(map(tree, words("/etc /usr /var /opt /run /lib /sbin /bin")))
    return found | Effects(reads=places, writes=places, seconds=20.0)


def _rustup(command: Command) -> Effects:
    """rustup, and a toolchain; a pin of the project is looked for."""
    return _above(command, "rust-toolchain", "rust-toolchain.toml") | _homes(
        command, {"CARGO_HOME": ".cargo", "RUSTUP_HOME": ".rustup"}
    ) | Effects(variables=words("RUSTUP_* CARGO_*"), seconds=30.0)  # fmt: skip


def _nvm(command: Command) -> Effects:
    """nvm; it looks for the project's version as it is loaded, and installs NODE_VERSION."""
    at = "nvm" if command.env.get("XDG_CONFIG_HOME") else ".nvm"
    variables = words("NODE_VERSION METHOD NVM_* npm_config_* NPM_CONFIG_*")
    return versions(command) | _homes(command, {"NVM_DIR": at}) | Effects(variables=variables)


def versions(command: Command) -> Effects:
    """What nvm looks for in the project and above it: the wanted version, and npm's prefix."""
    return _above(command, ".nvmrc", ".npmrc", "package.json", "node_modules")


def _poetry(command: Command) -> Effects:
    """An environment of its own, filled by pip; `python -` searches the working directory first."""
    homes = _homes(command, {"POETRY_HOME": ".local/share/pypoetry", "XDG_DATA_HOME": ".local"})
    return first_on_path(command, command.cwd) | homes | command.machine.call(
        command.with_words("pip", "install", "poetry")
    ) | Effects(variables=words("POETRY_*"))  # fmt: skip


def _uv(command: Command) -> Effects:
    homes = {"UV_INSTALL_DIR": ".local", "CARGO_HOME": ".cargo", "XDG_BIN_HOME": ".local"}
    return _homes(command, homes) | Effects(variables=words("UV_* INSTALLER_*"))


def _bun(command: Command) -> Effects:
    """bun; it writes completions for the shell by itself, and reads its settings for that."""
    return _above(command, "bunfig.toml", "package.json", ".npmrc") | _homes(
        command, {"BUN_INSTALL": ".bun"}
    )


def _pnpm(command: Command) -> Effects:
    """pnpm, which sets itself up: as any pnpm it reads the project's settings first."""
    return _above(command, "package.json", ".npmrc", "pnpm-workspace.yaml") | _homes(
        command, {"PNPM_HOME": ".local/share/pnpm"}
    ) | Effects(variables=words("PNPM_* npm_config_*"))  # fmt: skip


def _deno(command: Command) -> Effects:
    """deno; with `-y` it runs a program of its own, which looks for the project's settings."""
    names = ("deno.json", "deno.jsonc", "deno.lock", "package.json", ".npmrc")
    return _above(command, *names) | _homes(
        command, {"DENO_INSTALL": ".deno", "DENO_DIR": ".cache"}
    ) | Effects(variables=words("DENO_*"))  # fmt: skip


def _composer(command: Command) -> Effects:
    """composer.phar, in the working directory or where it is told."""
    given: dict[str, str] = {}
    for word in command.arguments:
        name, _, value = word.partition("=")
        if name not in {"--install-dir", "--filename", "--version", "--quiet", "--1", "--2", "--2.2", "--"}:  # fmt: skip
            return unknown(f"composer's installer with {word} is not modelled")
        given[name] = value
    folder = command.path(given.get("--install-dir") or ".")
    path = posixpath.join(folder, given.get("--filename") or "composer.phar")
    homes = _homes(command, {"COMPOSER_HOME": ".composer"})
    here = Effects(probes=frozenset({folder, path}), writes=frozenset({path}))
    return homes | here | Effects(variables=words("COMPOSER_* PHP* PHPRC"))


_GITHUB = r"raw\.githubusercontent\.com/"
_INSTALLERS: Mapping[str, Answer] = {
    r"deb\.nodesource\.com/setup(_[\w.]+)?": _nodesource,
    _GITHUB + r"nodesource/distributions/[\w./-]+/deb/setup_[\w.]+": _nodesource,
    r"sh\.rustup\.rs|static\.rust-lang\.org/rustup/rustup-init\.sh": _rustup,
    _GITHUB + r"(nvm-sh|creationix)/nvm/[\w.-]+/install\.sh": _nvm,
    r"install\.python-poetry\.org": _poetry,
    r"get\.docker\.com": _docker,
    r"astral\.sh/uv/([\w.]+/)?install\.sh": _uv,
    r"github\.com/astral-sh/uv/releases/(latest/)?download/([\w.]+/)?uv-installer\.sh": _uv,
    r"bun\.sh/install|bun\.com/install": _bun,
    r"get\.pnpm\.io/(v\d+\.js|install\.sh)": _pnpm,
    r"deno\.land/(x/install/)?install\.sh": _deno,
    r"getcomposer\.org/installer": _composer,
}


def _nvm_command(command: Command) -> Effects:
    """`nvm install 20`, `nvm use`, `nvm alias default 20`: Node.js below NVM_DIR."""
    verb = command.arguments[0] if command.arguments else "help"
    if not known(command.cwd, *(w for w in command.arguments if w.startswith("-")), verb):
        return unknown("an argument of nvm is not known")
    if verb not in _VERBS or command.has("--save", "-w", "--reinstall-packages-from"):
        return unknown(f"nvm {' '.join(command.arguments)} is not modelled")
    place = command.env.get("NVM_DIR") or posixpath.join(command.home(), ".nvm")
    if not known(place):
        return unknown("the folder of nvm is not known")
    own = frozenset({tree(command.path(place))})
    fetches = verb in {"install", "i"}
    return versions(command) | Effects(
        reads=own, writes=own if verb in _CHANGING else frozenset(), network=fetches, unpinned=fetches,
        variables=words("NVM_* NODE_* npm_config_* NPM_CONFIG_* HOME PATH PREFIX"), seconds=10.0 if fetches else 0.5,
    )  # fmt: skip


_CHANGING = words("install i alias unalias use cache uninstall")
_VERBS = _CHANGING | words("current version which ls list help --version ls-remote")


NVM = Tool(
    "nvm",
    ("nvm",),
    _nvm_command,
    "install, use, alias: fills NVM_DIR; .nvmrc and npm's settings are looked for",
)
