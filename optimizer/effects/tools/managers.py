"""What the package managers of distributions have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from optimizer.effects.model import NOTHING, CacheDir, Effects, Paths, unknown
from optimizer.effects.tool import ANY, Command
from optimizer.effects.tools.options import Options
from optimizer.effects.tools.paths import places
from optimizer.effects.tools.regions import SYSTEM_WRITES, WEB_ROOTS
from optimizer.effects.tools.syntax import Syntax, parse, shown

# What managers and maintainer scripts look at. From the maintainer scripts of 70 packages that
# stand in Dockerfiles most (Debian bookworm): DPKG_*, DEBIAN_*, DEBCONF_*, EX4DEBUG, SLAPD_*; the
# programs that they start have settings of their own (man-db, fontconfig, java, perl, python).
OBSERVED = frozenset(
    "DEBIAN_* DEBCONF_* DPKG_* APT_* DEB_* UCF_* DBUS_* SYSTEMD_* INIT* RUNLEVEL NEEDRESTART_* "
    "SLAPD_* EX4DEBUG ACCEPT_EULA MSSQL_* MYSQL_* JAVA_* PERL* PYTHON* RUBY* GEM_* MAN* "
    "FONTCONFIG_* XDG_* GIO_* GSETTINGS_* GCONF_* TEXMF* LANG LANGUAGE LC_* TZ TZDIR HOME PATH "
    "USER LOGNAME PAGER TERM TMPDIR TMP TEMP SOURCE_DATE_EPOCH GNUPGHOME SSL_* CURL_* "
    "http_proxy https_proxy ftp_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY "
    "ALL_PROXY NO_PROXY APK_* YUM* DNF* RPM* LIBDNF* ZYPP*".split()
)
_PINNED = re.compile(r"[=~<>][^*]*\d[^*]*$|-\d[\w.+~:]*-[\w.+~]+(\.\w+)?$")
# Packages that bring no web server, by their own dependencies and recommendations, any of the
# alternatives (Debian bookworm: none of the 17,000 packages that match is among the 646 that can).
_NO_WEB_SERVER = re.compile(
    r"(?!php|libnginx|libapache|apache|nginx|gosa|pan-)[a-z0-9.+-]+-dev"
    r"|lib(?!soup|apache|nginx|ow)[a-z0-9.+-]*\d[a-z0-9.]*"
    r"|python3?(\.\d+)?(-(dev|pip|venv|minimal|setuptools|wheel|distutils|full))?"
    r"|fonts-(?!mathjax)[a-z0-9-]+"
    r"|php\d?\.?\d?-(cli|fpm|common|curl|gd|intl|mbstring|mysql|opcache|pgsql|sqlite3|xml|zip"
    r"|bcmath)"
    r"|(gcc|g\+\+|cpp|clang|llvm|postgresql-client|ruby|lua|golang)(-?[\d.]+)?(-(dev|go))?"
    r"|(default|openjdk-\d+)-(jre|jdk)(-headless)?|(default-)?(mysql|mariadb)-client"
    r"|linux-headers-[a-z0-9.-]+|tesseract-ocr(-[a-z-]+)?|gir1\.2-[a-z0-9.-]+|locales(-all)?"
)
_NAMED = frozenset(
    "acl alien apt-transport-https apt-utils aria2 attr autoconf automake autotools-dev awscli "
    "bash bash-completion bc "
    "binutils bison brotli bsdmainutils build-essential bzip2 ca-certificates ccache chromium "
    "chromium-driver cmake cron "
    "curl dbus dirmngr dnsutils dos2unix dumb-init ed expect ffmpeg file findutils flex "
    "fontconfig gawk gdal-bin gdb "
    "gettext gettext-base gfortran ghostscript gifsicle git git-core git-lfs gnupg gnupg2 gosu "
    "gpg gpg-agent graphviz grep "
    "groff gzip htop iftop imagemagick inotify-tools iproute2 iptables iputils-ping jpegoptim jq "
    "less libtool logrotate "
    "lsb-release lsof make maven memcached moreutils musl-tools nano ncurses-bin net-tools "
    "netbase netcat "
    "netcat-openbsd netcat-traditional ninja-build nodejs npm numactl openssh-client "
    "openssh-server openssl optipng "
    "p7zip p7zip-full pandoc parallel patch patchelf perl pkg-config pkgconf pngquant "
    "poppler-utils postgresql-client "
    "procps protobuf-compiler psmisc pv python-is-python3 re2c redis-server redis-tools rsync "
    "screen sed "
    "shared-mime-info socat software-properties-common sqlite sqlite3 ssh ssl-cert strace "
    "subversion sudo supervisor swig "
    "tar tcl telnet texinfo time tini tk tmux traceroute tree tzdata uuid-dev unixodbc "
    "unixodbc-dev unrar unzip "
    "uuid-runtime vim vim-tiny webp wget whois wkhtmltopdf xauth xfonts-75dpi xfonts-base xvfb "
    "xz-utils yarn yasm nasm "
    "zip zlib1g zlib1g-dev zsh zstd".split()
)


def web_roots(words: Iterable[str]) -> Paths:
    """/var/www, unless each package is known to bring no web server."""
    names = (re.split(r"[=/:~<>]", word)[0].rstrip("+-") for word in words)
    harmless = all(ANY not in n and (n in _NAMED or _NO_WEB_SERVER.fullmatch(n)) for n in names)
    return NOTHING if harmless else WEB_ROOTS


@dataclass(frozen=True)
class Manager:
    """One manager's words.

    Attributes:
        syntax: Its options.
        seconds: The subcommands that change the system, with a prior for their cost.
        offline: Those of them that fetch nothing.
        quiet: The subcommands that only print.
        files: Options whose values are files that are read.
        elsewhere: Options that name another root, which is not followed.
        suffix: How the name of a package's file ends.
        caches: What it refills by itself.
        own: Subcommands with a function of their own.
        web: What packages of these names may write below /var/www.
    """

    syntax: Syntax
    seconds: Mapping[str, float]
    offline: frozenset[str]
    quiet: frozenset[str]
    files: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    suffix: str = ".deb"
    caches: tuple[CacheDir, ...] = ()
    own: Mapping[str, Callable[[Command, Options], Effects]] = field(default_factory=dict)
    web: Callable[[Iterable[str]], Paths] = web_roots


def system(**more: object) -> Effects:
    """The trees of the distribution are read and written, and nothing of a project."""
    base = Effects(reads=SYSTEM_WRITES, writes=SYSTEM_WRITES, variables=OBSERVED)
    return base | Effects(**more)  # type: ignore[arg-type]


def quiet() -> Effects:
    """A question to the manager: its lists and settings are read."""
    return Effects(reads=SYSTEM_WRITES, variables=OBSERVED, seconds=0.5)


def managed(manager: Manager) -> Callable[[Command], Effects]:
    """The function of a manager's tool."""

    def effects(command: Command) -> Effects:
        options = parse(command, manager.syntax)
        if isinstance(options, Effects):
            return options
        if any(options.has(name) for name in manager.elsewhere):
            return unknown(f"{command.name} into another root is not modelled")
        return _verb(command, manager, options)

    return effects


def _verb(command: Command, manager: Manager, options: Options) -> Effects:
    verb, words = options.operands[0] if options.operands else "", options.operands[1:]
    if not verb or verb in manager.quiet:
        return quiet()
    if verb in manager.own:
        return manager.own[verb](command, options)
    if verb not in manager.seconds:
        return unknown(f"{command.name} {shown(verb)} is not a command that dfopt knows")
    settings = places(command, (v for name in manager.files for v in options.values(name)))
    fetches = verb not in manager.offline
    return system(
        network=fetches,
        unpinned=fetches and not pinned(words),
        caches=manager.caches,
        seconds=manager.seconds[verb],
    ) | Effects(reads=settings | local(command, words, manager.suffix), writes=manager.web(words))


def pinned(words: Iterable[str]) -> bool:
    """Whether each package is given with a version."""
    given = [word for word in words if not word.startswith(".")]
    return bool(given) and all(_PINNED.search(word) for word in given)


def local(command: Command, words: Iterable[str], suffix: str) -> Paths:
    """Packages given as files: by a path (apt wants one with a slash), or by their suffix."""
    by_path = [w for w in words if "://" not in w and _is_path(w, suffix)]
    return places(command, by_path)


def _is_path(word: str, suffix: str) -> bool:
    """Unknown text may be a path."""
    return word.startswith(("/", "./", "../", ANY)) or word.partition("=")[0].endswith(suffix)
