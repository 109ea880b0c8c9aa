"""apt, dpkg and what changes Debian's settings (apt 2.6 and dpkg 1.21, traced)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from optimizer.effects.model import CacheDir, Effects, covers, tree, unknown
from optimizer.effects.tool import ANY, Command, Tool, excerpted, known
from optimizer.effects.tools.managers import (
    Manager,
    local,
    managed,
    quiet,
    system,
    web_roots,
)
from optimizer.effects.tools.options import Options
from optimizer.effects.tools.paths import asked, full, places, write_words
from optimizer.effects.tools.syntax import not_known, syntax

_APT = syntax(
    "-y --yes --assume-yes --assume-no -q -qq --quiet -f --fix-broken -m --fix-missing "
    "--ignore-missing -d --download-only "
    "-s --simulate --dry-run --just-print --recon --no-act -V --verbose-versions -u "
    "--show-upgraded -b --compile --build "
    "--no-install-recommends --install-recommends --install-suggests --no-install-suggests "
    "--no-upgrade --only-upgrade "
    "--reinstall --purge --auto-remove --autoremove --no-auto-remove --print-uris "
    "--allow-unauthenticated --force-yes "
    "--allow-downgrades --allow-remove-essential --allow-change-held-packages "
    "--allow-releaseinfo-change "
    "--allow-releaseinfo-change-suite --allow-insecure-repositories --show-progress "
    "--no-show-progress --trivial-only "
    "--no-remove --ignore-hold --fix-policy --no-download --list-cleanup --no-list-cleanup "
    "--error-on=any --arch-only "
    "--indep-only --diff-only --dsc-only --tar-only --only-source --with-new-pkgs --no-cache "
    "--installed --upgradable "
    "--all-versions -a --names-only -n --full --color",
    "-o --option -t --target-release --default-release -c --config-file --host-architecture -P "
    "--build-profiles --error-on",
)
# Settings that move files, or run what is given.
_MOVING = re.compile(
    r"dir|root|invoke|run-|chroot|instdir|admindir|path|log|proxy-auto|::bin", re.IGNORECASE
)


# What in a text may be a package in a file, or an option that matters (`-o` is one with `=` alone).
_NO_NAME = re.compile(
    r"\.[ud]?deb\b|\.dsc\b|\.changes\b"
    r"|(?<![\w-])(?:-o(?:\S*=|[\"']?\s*$)|-c|--option|--config)",
    re.MULTILINE,
)


def _names(command: Command, word: str) -> bool:
    """Whether a word that is not known is surely names of packages.

    It comes from a text that holds neither a package's file nor an option.
    """
    pattern = excerpted(word)
    if not pattern:
        return False
    folder = posixpath.dirname(pattern.rstrip("*"))
    paths = [p for p in command.machine.walk(folder) if covers(pattern, p)]
    texts = [command.machine.text(p) for p in paths]
    return bool(texts) and all(t is not None and not _NO_NAME.search(t) for t in texts)


def _guarded(command: Command) -> Effects:
    """`-o` may move any of apt's files or add programs to run."""
    command = replace(command, arguments=tuple(a for a in command.arguments if not _names(command, a)))
    for before, word in zip(("", *command.arguments), command.arguments, strict=False):
        value = word if before in {"-o", "--option"} else word[2:] if word.startswith("-o") else ""
        if word.startswith("--option="):
            value = word.partition("=")[2]
        if value and (not known(value) or _MOVING.search(value)):
            return unknown(
                f"the setting {value.replace(ANY, '?')} of {command.name} is not known to be harmless"
            )
    return managed(_MANAGER)(command)


def _here(command: Command, _: Options) -> Effects:
    """`apt-get source`, `download`: into the working directory."""
    here = tree(command.path("."))
    return system(network=True, unpinned=True, seconds=5) | Effects(
        reads=frozenset({here}), writes=frozenset({here})
    )


def _build_dependencies(command: Command, options: Options) -> Effects:
    """`apt-get build-dep .` reads the source package in a directory."""
    words = options.operands[1:]
    given = frozenset(full(command, p) for p in local(command, words, ".dsc"))
    return system(network=True, unpinned=True, seconds=30) | Effects(
        reads=given, writes=web_roots(words)
    )


_MANAGER = Manager(
    syntax=_APT,
    seconds={
        "update": 5,
        "install": 15,
        "upgrade": 15,
        "dist-upgrade": 20,
        "full-upgrade": 20,
        "remove": 3,
        "purge": 3,
        "autoremove": 3,
        "auto-remove": 3,
        "autopurge": 3,
        "clean": 0.3,
        "autoclean": 0.3,
        "auto-clean": 0.3,
        "distclean": 0.3,
        "reinstall": 10,
        "dselect-upgrade": 10,
        "satisfy": 10,
        "check": 1,
    },
    offline=frozenset(
        "remove purge autoremove auto-remove autopurge clean autoclean auto-clean distclean "
        "check".split()
    ),
    quiet=frozenset(
        "list show search policy showpkg showsrc depends rdepends madison pkgnames stats help "
        "moo".split()
    ),
    files=("-c", "--config-file"),
    caches=(
        CacheDir("/var/lib/apt/lists", sharing="locked"),
        CacheDir("/var/cache/apt", sharing="locked"),
    ),
    own={"source": _here, "download": _here, "changelog": _here, "build-dep": _build_dependencies},
)

_DPKG_OPTIONS = re.compile(
    r"--(force-[\w,-]+|no-force-[\w,-]+|add-architecture|remove-architecture|configure|pending"
    r"|install|unpack|remove|purge|skip-same-version|no-triggers|triggers-only|recursive|path-(in"
    r"|ex)clude=\S+|no-debsig|refuse-[\w,-]+|force-all)"
)
_DPKG_QUIET = re.compile(
    r"--(print-(foreign-)?architecture|list|status|listfiles|search|get-selections"
    r"|compare-versions|print-avail|info|contents|version|help|audit|verify|field"
    r"|show(format)?=?.*|assert-[\w-]+|print-foreign-architectures)|-[lsLSIcfpCVW]|-f=.*"
    r"|--showformat=.*"
)
_UNPACKING = frozenset(
    {"-x", "-X", "--extract", "--vextract", "-R", "--raw-extract", "-e", "--control"}
)


def _dpkg(command: Command) -> Effects:
    """Packages given by path are read; the system's trees are written."""
    words = [w for w in command.arguments if not w.startswith("-")]
    flags = [w for w in command.arguments if w.startswith("-")]
    if any(ANY in w for w in command.arguments if w.startswith(ANY) or "/" in w):
        return unknown(f"an argument of {command.name} is not known")
    if any(flag in _UNPACKING for flag in flags):
        archives = Effects(reads=places(command, words[:1]))
        return archives | write_words(
            command, [f"{w.rstrip('/')}/\1" for w in words[1:2]], sure=False
        )
    if any(_DPKG_QUIET.fullmatch(flag) for flag in flags):
        return quiet() | Effects(reads=local(command, words, ".deb"))
    for flag in flags:
        if not (_DPKG_OPTIONS.fullmatch(flag) or re.fullmatch(r"-[iErPaGOBR]+", flag)):
            return not_known(command, flag)
    files = frozenset(asked(command, path) for path in local(command, words, ".deb"))
    return system(seconds=3) | Effects(
        reads=files, writes=web_roots(("-",)) if files else frozenset()
    )


def _keys(command: Command) -> Effects:
    """apt-key: keys from a file, the input or a server, into /etc/apt."""
    words = list(command.arguments)
    if any(w.startswith(ANY) for w in words):
        return unknown(f"an argument of {command.name} is not known")
    remote = any(
        w
        in {
            "--recv-keys",
            "--recv",
            "--keyserver",
            "--fetch-keys",
            "--refresh-keys",
            "update",
            "net-update",
        }
        for w in words
    )
    files = words[words.index("add") + 1 :] if "add" in words else []
    rings = [v for f, v in pairwise(words) if f == "--keyring"]
    return (
        system(network=remote, unpinned=remote, seconds=1)
        | Effects(reads=places(command, [*files, *rings]))
        | write_words(command, rings, sure=False)
    )


def _repository(_: Command) -> Effects:
    """add-apt-repository writes below /etc/apt, fetches a key, and may update the lists."""
    return system(network=True, unpinned=True, seconds=5)


def _settings(command: Command) -> Effects:
    """Programs of the distribution that work on its own trees; files given by path are read."""
    given = [w for w in command.arguments if "/" in w and not w.startswith("-")]
    if any(w.startswith(ANY) for w in given):
        return unknown(f"an argument of {command.name} is not known")
    return system(seconds=1) | Effects(reads=places(command, given))


def _alternatives(command: Command) -> Effects:
    """update-alternatives puts a link where it is told to: `--install LINK NAME PATH PRIORITY`."""
    words = list(command.arguments)
    links = [words[n + 1] for n, w in enumerate(words[:-1]) if w in {"--install", "--slave"}]
    if any(ANY in link for link in links):
        return unknown("an argument of update-alternatives is not known")
    targets = [w for w in words if w.startswith("/") and w not in links and ANY not in w]
    made = write_words(command, links, sure=False)
    return system(seconds=0.3) | Effects(probes=places(command, targets)) | made


def _units(command: Command) -> Effects:
    """Units are links below /etc/systemd; a service that is started may do anything."""
    words = [w for w in command.arguments if not w.startswith("-")]
    if words[:1] and words[0] in {
        "enable",
        "disable",
        "mask",
        "unmask",
        "set-default",
        "preset",
        "preset-all",
        "daemon-reload",
        "is-enabled",
    }:
        return system(seconds=0.3)
    return unknown(f"{command.name} may start a service, which may do anything")


_SETTINGS = (
    "apt-mark apt-config dpkg-reconfigure dpkg-divert dpkg-statoverride dpkg-trigger "
    "update-ca-certificates "
    "update-ca-trust ldconfig locale-gen localedef update-locale update-rc.d a2enmod a2dismod "
    "a2ensite a2dissite a2enconf "
    "a2disconf phpenmod phpdismod debconf-set-selections debconf needrestart depmod rc-update "
    "mandb update-mime-database "
    "update-desktop-database update-initramfs update-grub glib-compile-schemas "
    "gtk-update-icon-cache texhash mktexlsr "
    "update-java-alternatives debconf-communicate sysctl hwclock py3compile"
).split()


def _installed(command: Command) -> Effects:
    """`install_packages` of minideb: update, install, clean."""
    words = [w for w in command.arguments if not w.startswith("-")]
    if any(ANY in w for w in words):
        return unknown("an argument of install_packages is not known")
    return system(network=True, unpinned=True, seconds=20) | Effects(
        reads=local(command, words, ".deb"), writes=web_roots(words)
    )


def _asked(_: Command) -> Effects:
    return quiet()


def _listed(names: str, effects: Callable[[Command], Effects], summary: str) -> Tool:
    programs = tuple(names.split())
    return Tool(programs[0], programs, effects, summary)


APT_TOOLS: tuple[Tool, ...] = (
    _listed(
        "apt apt-get aptitude",
        _guarded,
        "install, update, remove, clean, build-dep; local .deb files",
    ),
    _listed("dpkg dpkg-deb", _dpkg, "packages by path; -x unpacks where it is told to"),
    _listed(
        "dpkg-query apt-cache apt-file debconf-show debconf-get-selections",
        _asked,
        "print what is installed or known",
    ),
    _listed("apt-key", _keys, "keys from files and servers"),
    _listed("add-apt-repository apt-add-repository", _repository, "sources and their keys"),
    _listed("install_packages", _installed, "minideb's update, install and clean"),
    _listed("update-alternatives alternatives", _alternatives, "links that it is told to make"),
    _listed(
        "systemctl service invoke-rc.d rc-service", _units, "units; not services that are started"
    ),
    Tool("system settings", tuple(_SETTINGS), _settings, "change the system's own trees"),
)
