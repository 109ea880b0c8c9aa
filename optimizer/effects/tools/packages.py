"""apk, dnf, yum, microdnf, zypper, rpm and pacman, by their manual pages."""

from __future__ import annotations

import re

from optimizer.effects.model import CacheDir, Effects, unknown
from optimizer.effects.tool import ANY, Command, Tool
from optimizer.effects.tools.apt import APT_TOOLS
from optimizer.effects.tools.managers import Manager, local, managed, quiet, system, web_roots
from optimizer.effects.tools.syntax import not_known, syntax

_APK = Manager(
    syntax=syntax(
        "--no-cache -U --update-cache -u --upgrade -q --quiet -v --verbose -f --force "
        "--allow-untrusted --purge --no-progress "
        "--progress --initdb -l --latest -a --available --no-interactive -i --interactive "
        "--force-broken-world "
        "--force-overwrite --force-refresh --force-old-apk --force-non-repository "
        "--force-binary-stdout --no-scripts "
        "--no-commit-hooks --clean-protected --overlay-from-stdin -s --simulate -r --rdepends "
        "--update --no-network "
        "--no-check-certificate --no-self-upgrade --ignore --prune --print-arch --no-chown "
        "--no-logfile --no-check-certificate",
        "-t --virtual -X --repository --repositories-file -p --root --keys-dir --cache-dir "
        "--arch --cache-max-age --wait --timeout",
    ),
    seconds={"add": 5, "update": 1, "upgrade": 5, "del": 1, "fix": 3, "cache": 1},
    offline=frozenset({"del"}),
    quiet=frozenset("info search list policy version stats dot audit verify manifest".split()),
    files=("--repositories-file",),
    elsewhere=("-p", "--root", "--cache-dir"),
    suffix=".apk",
    caches=(
        CacheDir("/var/cache/apk", sharing="locked"),
        CacheDir("/etc/apk/cache", sharing="locked"),
    ),
    # Alpine's web servers share /var/www/localhost/htdocs; thttpd has /var/www/http.
    web=lambda _: frozenset({"/var/www/localhost/**", "/var/www/http/**"}),
)
_DNF = Manager(
    syntax=syntax(
        "-y --assumeyes --assumeno -q --quiet -v --verbose --nodocs --nogpgcheck --allowerasing "
        "--best --nobest --skip-broken "
        "--security --bugfix --refresh -C --cacheonly --noplugins --save --enable --disable "
        "--set-enabled --set-disabled "
        "--allow-downgrade -b --obsoletes --noautoremove --downloadonly --all --setopt "
        "--enablerepo --disablerepo --exclude "
        "--releasever --repo --repoid --advisory --color --enableplugin --disableplugin "
        "--disableexcludes --no-best "
        "--skip-unavailable --use-host-config",
        "-x -d -e -c -R --config --forcearch --installroot --downloaddir --destdir --add-repo "
        "--from-repo",
    ),
    seconds={
        "install": 20,
        "update": 20,
        "upgrade": 20,
        "remove": 4,
        "erase": 4,
        "autoremove": 4,
        "clean": 0.5,
        "makecache": 5,
        "groupinstall": 40,
        "group": 40,
        "localinstall": 5,
        "reinstall": 10,
        "module": 3,
        "swap": 10,
        "upgrade-minimal": 20,
        "update-minimal": 20,
        "distro-sync": 20,
        "builddep": 20,
        "downgrade": 10,
        "config-manager": 1,
        "mark": 1,
        "install-n": 20,
        "groups": 40,
        "copr": 2,
    },
    offline=frozenset("remove erase autoremove clean mark".split()),
    quiet=frozenset(
        "list info search repolist provides check-update history repoquery deplist help check "
        "repoinfo whatprovides".split()
    ),
    files=("-c", "--config"),
    elsewhere=("--installroot", "--downloaddir", "--destdir"),
    suffix=".rpm",
    caches=(
        CacheDir("/var/cache/dnf", sharing="locked"),
        CacheDir("/var/cache/yum", sharing="locked"),
    ),
)
_ZYPPER = Manager(
    syntax=syntax(
        "-n --non-interactive -q --quiet -v --verbose -y --no-confirm --no-recommends "
        "--recommends --gpg-auto-import-keys "
        "--no-gpg-checks --no-refresh --auto-agree-with-licenses -l -f --force "
        "--force-resolution --allow-vendor-change "
        "--allow-downgrade --allow-unsigned-rpm --no-gpgcheck -G -a --all -C -c -u --clean-deps "
        "--replacefiles --oldpackage "
        "-d --download-only --refresh",
        "-p -r --repo -t --type --root -R --installroot --from -x --priority --name",
    ),
    seconds={
        "install": 20,
        "in": 20,
        "refresh": 5,
        "ref": 5,
        "remove": 3,
        "rm": 3,
        "update": 20,
        "up": 20,
        "addrepo": 1,
        "ar": 1,
        "removerepo": 1,
        "rr": 1,
        "dup": 20,
        "dist-upgrade": 20,
        "clean": 0.5,
        "cc": 0.5,
        "modifyrepo": 1,
        "mr": 1,
        "patch": 20,
    },
    offline=frozenset("remove rm clean cc removerepo rr modifyrepo mr".split()),
    quiet=frozenset("search se info if repos lr packages pa list-updates lu".split()),
    elsewhere=("--root", "-R", "--installroot"),
    suffix=".rpm",
    caches=(CacheDir("/var/cache/zypp", sharing="locked"),),
)
_RPM_QUIET = re.compile(r"-q\w*|-V\w*|--query\w*|--verify|-E|--eval|--version|-K|--checksig")
_RPM_FLAGS = re.compile(
    r"-[ivhUFe]+|--(import|install|upgrade|freshen|erase|force|nodeps|nodigest|nosignature"
    r"|nofiledigest|noscripts|replacepkgs|oldpackage|excludedocs|allmatches|quiet|verbose|hash"
    r"|percent|rebuilddb|initdb|setperms|setugids|test|nogpgcheck)"
)


def _rpm(command: Command) -> Effects:
    """Packages and keys by path or address; the system's trees are written."""
    words = [w for w in command.arguments if not w.startswith("-")]
    if any(w.startswith(ANY) for w in words):
        return unknown("an argument of rpm is not known")
    given = local(command, words, ".rpm")
    if any(_RPM_QUIET.fullmatch(w) for w in command.arguments):
        return quiet() | Effects(reads=given)
    for flag in command.arguments:
        if flag.startswith("-") and not _RPM_FLAGS.fullmatch(flag):
            return not_known(command, flag)
    remote = any("://" in w for w in words)
    keys = local(command, words, "") if "--import" in command.arguments else given
    return system(network=remote, unpinned=remote, seconds=3) | Effects(
        reads=keys, writes=web_roots(words)
    )


_PACMAN_FLAGS = re.compile(
    r"-[SRUQyucswidnkgq]+|--(noconfirm|needed|noprogressbar|quiet|disable-download-timeout"
    r"|overwrite=.*|asdeps|refresh|sysupgrade|sync|remove|recursive|clean|cachedir=.*)"
)


def _pacman(command: Command) -> Effects:
    words = [w for w in command.arguments if not w.startswith("-")]
    if any(w.startswith(ANY) for w in words):
        return unknown("an argument of pacman is not known")
    for flag in command.arguments:
        if flag.startswith("-") and not _PACMAN_FLAGS.fullmatch(flag):
            return not_known(command, flag)
    given = local(command, words, ".zst")
    return system(network=True, unpinned=True, seconds=20) | Effects(
        reads=given, writes=web_roots(words)
    )


def _keys(_: Command) -> Effects:
    return system(network=True, unpinned=True, seconds=5)


PACKAGE_TOOLS: tuple[Tool, ...] = (
    *APT_TOOLS,
    Tool(
        "apk",
        ("apk",),
        managed(_APK),
        "add, del, update, upgrade; virtual packages; local .apk files",
    ),
    Tool(
        "dnf",
        ("dnf", "dnf5", "yum", "microdnf", "tdnf"),
        managed(_DNF),
        "install, update, remove, clean; local .rpm files",
    ),
    Tool(
        "yum-config-manager",
        ("yum-config-manager", "subscription-manager", "pacman-key"),
        _keys,
        "repositories and keys",
    ),
    Tool("zypper", ("zypper",), managed(_ZYPPER), "install, refresh, remove; local .rpm files"),
    Tool("rpm", ("rpm", "rpmkeys"), _rpm, "packages and keys by path or address"),
    Tool("pacman", ("pacman",), _pacman, "install, remove; local packages"),
)
