"""Where package managers write: the trees of a distribution, and not a project's folders.

Evidence: the file lists of all 63,666 packages of Debian bookworm (Contents-amd64 and -all).
No package owns a file below /app, /code, /home, /media, /mnt, /opt, /root, /srv, /tmp,
/var/www or /workspace; below /usr/src they own sources (`linux-*`, `gcc-*`, `googletest` ...),
never `app`. Maintainer scripts make /var/www/html (web servers alone: apache2, nginx, lighttpd)
and /srv/ftp (proftpd). An apt-get install that was traced opened nothing relative to its
working directory.
"""

from __future__ import annotations

from optimizer.effects.local import LOCAL
from optimizer.effects.model import Paths, tree


def _trees(*names: str) -> Paths:
    return frozenset(tree(f"/{name}") for text in names for name in text.split())


_OWNED = _trees(
    "bin boot dev etc lib lib32 lib64 libx32 proc run sbin sys",
    "usr/bin usr/games usr/include usr/lib usr/lib32 usr/lib64 usr/libexec usr/libx32",
    "usr/sbin usr/share var/backups var/cache var/games var/lib var/local",
    "var/log var/mail var/opt var/run var/spool var/tmp srv/ftp srv/tftp",
)
# Toolchains for other machines have a tree of their own each: /usr/aarch64-linux-gnu.
_FOREIGN: Paths = frozenset(
    f"/usr/{machine}**"
    for machine in ("aarch64- arm- i686- mips powerpc riscv s390x- x86_64-").split()
)
_SOURCES: Paths = frozenset(
    f"/usr/src/{name}**"
    for name in "linux gcc- binutils glibc googletest gtest kernels php python3".split()
)
# Temporary names that are taken only where they are free; a Java leaves its own behind.
_TEMPORARY: Paths = frozenset(
    f"/tmp/{name}**"
    for name in "apt dpkg file debconf tmp. hsperfdata ca-certificates pear".split()
)
# Vendors' packages install below /opt, each in the vendor's own folder (FHS 3.13).
_VENDORS: Paths = frozenset(
    f"/opt/{name}**"
    for name in "google microsoft mssql oracle yarn datadog intel nvidia rh rocm".split()
)
_OF_ROOT: Paths = frozenset(
    f"/root/{name}**" for name in ".cache .config .dotnet .gnupg .local".split()
)
SYSTEM_WRITES: Paths = (
    _OWNED | LOCAL | _FOREIGN | _SOURCES | _TEMPORARY | _VENDORS | _OF_ROOT | {"/vmlinuz**", "/initrd**"}
)
# What a web server's package adds: a first page, if there is none.
WEB_ROOTS: Paths = frozenset({"/var/www/**"})
# Where a language's package manager writes when it installs for the whole system.
LANGUAGE_WRITES: Paths = LOCAL | _trees(
    "usr/bin usr/lib usr/lib64 usr/share usr/include tmp"
)
