"""Package managers of distributions: apt, apk, dnf/yum/microdnf, zypper, dpkg, rpm.

They read their settings and lists below /etc and /var, fetch, and write the system's trees;
maintainer scripts do likewise. Nothing of a project's folder is read but packages named by a
path. (apt 2.6 and apk-tools 2.12, traced; dnf after its documentation.)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from optimizer.effects.model import CacheDir, Effects, unknown
from optimizer.effects.tool import ANY, Command, Tool
from optimizer.effects.tools.options import split
from optimizer.effects.tools.regions import SYSTEM_WRITES

# What maintainer scripts and the managers themselves are known to look at.
_OBSERVED = frozenset(
    "DEBIAN_FRONTEND DEBIAN_PRIORITY DEBCONF_* APT_* DPKG_* LANG LANGUAGE LC_* TZ HOME PATH http_proxy https_proxy "
    "ftp_proxy no_proxy all_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY NO_PROXY ALL_PROXY ACCEPT_EULA JAVA_HOME "
    "APK_* YUM* DNF* RPM* SYSTEMD_* TMPDIR NEEDRESTART_* UCF_* INITRD SOURCE_DATE_EPOCH PERL* PYTHON* RUNLEVEL".split()
)
_READS = frozenset({"/etc/**", "/var/lib/**", "/var/cache/**", "/usr/**"})


@dataclass(frozen=True)
class _Manager:
    """One manager's words.

    Attributes:
        seconds: A prior by subcommand.
        flags: Options without a value.
        valued: Options with one.
        quiet: Subcommands that only print.
        caches: What it refills by itself.
    """

    seconds: dict[str, float]
    flags: frozenset[str]
    valued: frozenset[str]
    quiet: frozenset[str] = frozenset()
    caches: tuple[CacheDir, ...] = ()


_LISTS = CacheDir("/var/lib/apt/lists", sharing="locked")
_ARCHIVES = CacheDir("/var/cache/apt", sharing="locked")


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_APT = _Manager(
    {"update": 5, "install": 15, "upgrade": 15, "dist-upgrade": 20, "full-upgrade": 20, "build-dep": 30, "remove": 3, "purge": 3, "autoremove": 3, "auto-remove": 3, "autopurge": 3, "clean": 0.3, "autoclean": 0.3, "reinstall": 10, "source": 5, "download": 3, "dselect-upgrade": 10, "satisfy": 10},
    _set("-y --yes --assume-yes -q -qq -qqq --quiet --no-install-recommends --install-recommends --install-suggests --no-install-suggests -f --fix-broken -m --fix-missing --ignore-missing --allow-unauthenticated --force-yes --allow-downgrades --allow-remove-essential --allow-change-held-packages --allow-releaseinfo-change --allow-insecure-repositories --no-upgrade --only-upgrade --reinstall --purge --auto-remove --autoremove --print-uris -d --download-only -s --simulate -V --verbose-versions --show-progress --no-show-progress --trivial-only --only-source --arch-only --allow-releaseinfo-change-suite --no-remove -u --show-upgraded --ignore-hold --fix-policy --no-download --list-cleanup --error-on=any -b --compile --no-cache"),
    _set("-o --option -t --target-release --default-release -c --config-file -a --host-architecture -P --build-profiles"),
    _set("list show search policy showpkg depends rdepends madison pkgnames stats check changelog"),
    (_LISTS, _ARCHIVES),
)  # fmt: skip
_APK = _Manager(
    {"add": 5, "update": 1, "upgrade": 5, "del": 1, "fix": 3, "cache": 1, "fetch": 2},
    _set("--no-cache -U --update-cache -u --upgrade -q --quiet -v --verbose -f --force --allow-untrusted --purge --no-progress --initdb --latest -l --available -a --no-interactive --force-broken-world --force-overwrite --force-refresh --no-scripts --clean-protected --simulate -s --rdepends -r --update --network --no-network --wait"),
    _set("-t --virtual -X --repository --repositories-file -p --root --keys-dir --cache-dir --arch --cache-max-age"),
    _set("info search list policy version stats dot audit"),
    (CacheDir("/var/cache/apk"),),
)  # fmt: skip
_DNF = _Manager(
    {"install": 20, "update": 20, "upgrade": 20, "remove": 4, "erase": 4, "autoremove": 4, "clean": 0.5, "makecache": 5, "groupinstall": 40, "group": 40, "localinstall": 5, "reinstall": 10, "module": 3, "swap": 10, "upgrade-minimal": 20, "distro-sync": 20, "config-manager": 1, "builddep": 20, "downgrade": 10, "update-minimal": 20},
    _set("-y --assumeyes -q --quiet -v --verbose --nodocs --nogpgcheck --nogpg --allowerasing --best --nobest --skip-broken --security --refresh --cacheonly -C --noplugins --noscripts --save --add-repo --enable --disable --set-enabled --set-disabled --setopt --enablerepo --disablerepo --exclude --tsflags --releasever --installroot --allow-downgrade --auto-agree-with-licenses --no-recommends --recommends -n --non-interactive -l --gpg-auto-import-keys"),
    _set("-x -d -e -c --config --forcearch"),
    _set("list info search repolist provides check-update history repoquery deplist"),
    (CacheDir("/var/cache/dnf", sharing="locked"), CacheDir("/var/cache/yum", sharing="locked")),
)  # fmt: skip
_ZYPPER = replace(_DNF, seconds={**_DNF.seconds, "refresh": 5, "in": 20, "ref": 5, "rm": 3, "addrepo": 1, "ar": 1, "dup": 20})
_MANAGERS = {
    "apt": _APT, "apt-get": _APT, "apk": _APK, "dnf": _DNF, "yum": _DNF, "microdnf": _DNF, "tdnf": _DNF, "zypper": _ZYPPER,
}  # fmt: skip
_PINNED = re.compile(r"[=~<>].*\d|-\d[\w.]*-")
_QUIET = Effects(reads=_READS)


def _effects(command: Command) -> Effects:
    manager = _MANAGERS[command.name]
    found = split(command.arguments, manager.flags, manager.valued)
    if found.unknown:
        return unknown(f"{command.name} {found.unknown} is not modelled")
    if not found.operands:
        return _QUIET
    if found.last("--root", "-p", "--installroot") is not None:
        return unknown(f"{command.name} into another root is not modelled")
    verb, *words = found.operands
    if verb in manager.quiet:
        return replace(_QUIET, variables=_OBSERVED)
    seconds = manager.seconds.get(verb)
    if seconds is None:
        return unknown(f"{command.name} {verb} is not modelled".replace(ANY, "?"))
    if verb in {"source", "download", "fetch"}:
        return unknown(f"{command.name} {verb} writes to the working directory")
    local = frozenset(command.path(w) for w in words if w.endswith((".deb", ".rpm", ".apk")) and "/" in w and "://" not in w)
    if any(ANY in w and "/" in w for w in words):
        return unknown(f"a package of {command.name} is not known")
    settings = found.values("-c", "--config-file", "--config", "--repositories-file")
    fetches = verb not in {"clean", "autoclean", "remove", "purge", "autoremove", "del", "erase"}
    return Effects(
        reads=_READS | local | frozenset(command.path(s) for s in settings),
        writes=SYSTEM_WRITES,
        variables=_OBSERVED,
        network=fetches,
        unpinned=fetches and not (words and all(_PINNED.search(w) for w in words)),
        caches=manager.caches,
        seconds=seconds,
    )


_SYSTEM = Effects(reads=_READS, writes=SYSTEM_WRITES, variables=_OBSERVED, seconds=1)


def _dpkg(command: Command) -> Effects:
    """dpkg and rpm: packages given by path are read; the system's trees are written."""
    if any(ANY in w for w in command.arguments):
        return unknown(f"an argument of {command.name} is not known")
    files = frozenset(command.path(w) for w in command.arguments if w.endswith((".deb", ".rpm")) and "://" not in w)
    if any("*" in w or "\1" in w for w in command.arguments):
        files |= frozenset(command.path(w.split("\1")[0].rpartition("/")[0]) + "/**" for w in command.arguments if "\1" in w)
    remote = any("://" in w for w in command.arguments)
    return _SYSTEM | Effects(reads=files, network=remote)


def _system(_: Command) -> Effects:
    return _SYSTEM


def _keys(command: Command) -> Effects:
    """apt-key, rpm --import, add-apt-repository: keys and sources below /etc, perhaps fetched."""
    files = frozenset(command.path(w) for w in command.arguments if "/" in w and "://" not in w and ANY not in w and not w.startswith("-"))
    return _SYSTEM | Effects(reads=files, network=True, unpinned=True)


PACKAGE_TOOLS: tuple[Tool, ...] = (
    Tool("apt", ("apt-get", "apt"), _effects, "install, update, remove, clean; local .deb files"),
    Tool("apk", ("apk",), _effects, "add, del, update, upgrade; virtual packages"),
    Tool("dnf", ("dnf", "yum", "microdnf", "tdnf"), _effects, "install, update, remove, clean; local .rpm files"),
    Tool("zypper", ("zypper",), _effects, "install, refresh, remove"),
    Tool("dpkg", ("dpkg", "rpm"), _dpkg, "packages by path"),
    Tool("apt-key", ("apt-key", "add-apt-repository", "rpmkeys"), _keys, "keys and sources"),
    Tool(
        "system settings",
        ("apt-mark", "apt-cache", "dpkg-reconfigure", "dpkg-query", "dpkg-divert", "dpkg-statoverride", "update-alternatives", "update-ca-certificates", "update-ca-trust", "ldconfig", "locale-gen", "localedef", "update-locale", "update-rc.d", "a2enmod", "a2dismod", "a2ensite", "a2dissite", "a2enconf", "a2disconf", "docker-php-ext-install", "docker-php-ext-enable", "docker-php-ext-configure", "pecl", "phpenmod", "setcap", "systemctl", "invoke-rc.d", "service", "debconf-set-selections", "install_packages", "fc-cache", "depmod", "crontab", "rc-update", "setup-timezone", "needrestart"),
        _system,
        "change the system's trees only",
    ),
)  # fmt: skip
