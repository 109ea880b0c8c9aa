"""What /usr/local holds of the system's own, and where a project below it begins.

The Filesystem Hierarchy Standard 3.0 (4.9) names `bin etc games include lib man sbin share src`;
the official images add the homes of their languages and servers. A folder of another name
(`/usr/local/app`, `/usr/local/src/app`) is a project's, as one in /opt or /srv is: no package of
Debian owns a file below /usr/local (Contents of bookworm), and npm, gem and pip install into the
standard folders.
"""

from __future__ import annotations

from optimizer.effects.model import Paths, tree

_STANDARD = "bin etc games include lib lib32 lib64 libexec libx32 man sbin share var"
# Official images: golang, rust, ruby, node, php, httpd, tomcat, openjdk, julia, and software that
# is built by hand with a prefix of its own.
_HOMES = (
    "go cargo rustup bundle node php apache2 tomcat openjdk julia python perl ruby java jdk jre "
    "cuda ssl openssl pgsql mysql nginx"
)
# Where packages of Python put files beside the standard folders (the `data` of a wheel).
_DATA = "data doc docs licenses test tests example examples"

LOCAL: Paths = frozenset(tree(f"/usr/local/{name}") for name in _STANDARD.split()) | frozenset(
    f"/usr/local/{name}**" for name in _HOMES.split()
)
DATA: Paths = frozenset(tree(f"/usr/local/{name}") for name in _DATA.split())
