"""Where package managers write: the trees of a distribution, and not a project's folders.

By the file lists of Debian bookworm's packages (Contents-amd64) and the Filesystem Hierarchy
Standard 3.0: packages own files below these; below /usr/src only kernel and module sources
(`linux-*`, `*-dkms` trees), below /opt and /srv none, below /var/www only `html`.
"""

from __future__ import annotations

from optimizer.effects.model import Paths, tree

SYSTEM_WRITES: Paths = frozenset({"/usr/src/linux**", "/vmlinuz**", "/initrd**"}) | frozenset(
    tree(f"/{name}")
    for name in "bin boot dev etc lib lib32 lib64 libx32 media mnt proc run sbin sys tmp "
    "usr/bin usr/games usr/include usr/lib usr/lib32 usr/lib64 usr/libexec usr/libx32 usr/local "
    "usr/sbin usr/share var/backups var/cache var/lib var/local var/log var/mail var/opt var/run "
    "var/spool var/tmp var/www/html root/.cache root/.gnupg root/.config root/.dotnet".split()
)
# Where a language's package manager writes when it installs for the whole system.
LANGUAGE_WRITES: Paths = frozenset(
    tree(path) for path in ("/usr/bin", "/usr/lib", "/usr/lib64", "/usr/local", "/usr/share", "/usr/include", "/tmp")  # noqa: S108
)
