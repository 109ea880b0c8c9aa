"""gpg: keys go to a keyring, files are verified, --output writes what is named (gpg 2.2, traced)."""

from __future__ import annotations

import posixpath

from optimizer.effects.model import Effects, Paths, tree, unknown
from optimizer.effects.tool import ANY, Command, Tool
from optimizer.effects.tools.options import Options
from optimizer.effects.tools.paths import places, read, write_words
from optimizer.effects.tools.syntax import by_options, syntax

_FETCHING = (
    "--recv-keys",
    "--receive-keys",
    "--recv-key",
    "--recv",
    "--refresh-keys",
    "--search-keys",
    "--fetch-keys",
    "--locate-keys",
    "--auto-key-locate",
)
_READING = (
    "--import",
    "--verify",
    "--dearmor",
    "--enarmor",
    "-d",
    "--decrypt",
    "--show-keys",
    "--import-ownertrust",
    "--list-packets",
)
_GPG = syntax(
    "--batch --yes --no --no-tty --quiet -q -v --verbose --no-default-keyring --armor -a "
    "--export --export-secret-keys "
    "--list-keys -k --list-secret-keys -K --fingerprint --with-colons --with-fingerprint "
    "--no-options "
    "--always-trust --no-auto-check-trustdb --no-use-agent --check-sigs --delete-keys "
    "--no-verbose "
    "--no-autostart --no-permission-warning --lock-never --no-emit-version --ignore-time-conflict "
    "--no-greeting --dry-run -n --kill --no-keyring "
    "--no-symkey-cache " + " ".join((*_FETCHING, *_READING)),
    "-o --output --keyring --primary-keyring --homedir --keyserver --keyserver-options "
    "--trust-model --import-options "
    "--export-options --options --passphrase --passphrase-file --pinentry-mode -u --local-user "
    "-r --recipient --status-fd "
    "--passphrase-fd --logger-fd --display-charset --default-key --cipher-algo --digest-algo "
    "--trusted-key --verify-options "
    "--list-options --secret-keyring",
)


def _home(command: Command, options: Options) -> Paths:
    """Where the keyring is. `GNUPGHOME="$(mktemp -d)"` is a new directory below /tmp."""
    given = (
        options.last("--homedir")
        or command.env.get("GNUPGHOME")
        or posixpath.join(command.home(), ".gnupg")
    )
    if ANY in given:
        return frozenset({"/tmp/**", tree(posixpath.join(command.home(), ".gnupg"))})
    return frozenset({tree(command.path(given))})


def _gpg(command: Command, options: Options) -> Effects:
    home = _home(command, options)
    if "/**" in home:
        return unknown("the home of gpg is not known")
    fetches = options.has(*_FETCHING)
    files = options.operands if options.has(*_READING) or not options.given else ()
    rings = [
        r for r in options.values("--keyring", "--primary-keyring", "--secret-keyring") if "/" in r
    ]
    named = [*options.values("--options", "--passphrase-file"), *rings]
    # `--verify file.asc` reads the signed file beside it; `--dearmor file` writes file.gpg.
    beside = [
        f.rpartition(".")[0]
        for f in files
        if options.has("--verify") and f.endswith((".asc", ".sig", ".sign", ".gpg"))
    ]
    outputs = [*options.values("-o", "--output"), *rings]
    if options.has("--dearmor", "--enarmor") and not options.has("-o", "--output"):
        outputs += [f"{file}{end}" for file in files for end in (".gpg", ".asc")]
    kept = Effects(
        reads=home, writes=home, variables=frozenset({"GNUPGHOME", "HOME", "GPG_*", "LANG"})
    )
    fetched = Effects(network=fetches, seconds=2 if fetches else 0.5)
    seen = read(command, (*files, *beside, *named))
    # gpg keeps the old keyring as `name~`.
    made = write_words(command, [*outputs, *(f"{r}~" for r in rings)], sure=False)
    return seen | kept | fetched | made


def _gpgv(command: Command, options: Options) -> Effects:
    return Effects(
        reads=places(command, (*options.operands, *options.values("--keyring")))
    ) | Effects(reads=_home(command, options))


def _gpgconf(command: Command, options: Options) -> Effects:
    """`gpgconf --kill all` ends the agents, whose sockets go."""
    return Effects(writes=_home(command, options))


_GPGCONF = syntax("--kill --launch --reload --list-dirs", "--homedir")


def _any(command: Command) -> Effects:
    by_name = {"gpgv": by_options(_GPG, _gpgv), "gpgconf": by_options(_GPGCONF, _gpgconf)}
    return by_name.get(command.name, by_options(_GPG, _gpg))(command)


GPG: Tool = Tool(
    "gpg", ("gpg", "gpg2", "gpgv", "gpgv2", "gpgconf"), _any, "keys, signatures, --output"
)
