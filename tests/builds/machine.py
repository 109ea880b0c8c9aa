"""What the machine's own package clients need to reach their registries.

Only that is taken over: a setting that changes what an install does would make a build under
test another one than the user's.
"""

from __future__ import annotations

import configparser
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.builds.daemon import program

# Beside the system's own file, so that installing ca-certificates in a build is what it is.
CERTIFICATES = "/etc/ssl/machine-certificates.crt"
_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
_MIRROR = "http://deb.debian.org/debian/"

_NPM = re.compile(
    r"^\s*(?:(?:@[\w.-]+:)?registry|//\S+|(?:https?-?)?proxy|noproxy|strict-ssl)\s*="
)
_PIP = frozenset({"index-url", "extra-index-url", "proxy", "trusted-host", "timeout", "retries"})
_APT = re.compile(r"^Acquire::(?:Check-|http|https|ForceIPv|Retries)")
# As the official images have it: what apt downloads is not kept.
_DOCKER_CLEAN = """\
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Acquire::Languages "none";
Acquire::Retries "5";
"""


@dataclass(frozen=True)
class Machine:
    """The settings of this machine.

    Attributes:
        release: Debian's code name.
        mirror: Where its packages are.
        files: Path in the image and content.
    """

    release: str
    mirror: str
    files: tuple[tuple[str, bytes], ...]


def settings() -> Machine:
    """What stands in this machine's files and environment."""
    sources = _sources()
    found = [
        (CERTIFICATES, _BUNDLE.read_bytes() if _BUNDLE.is_file() else b""),
        ("/root/.npmrc", _npm().encode()),
        ("/etc/pip.conf", _pip().encode()),
        ("/etc/apt/apt.conf.d/90machine", (_apt() + _DOCKER_CLEAN).encode()),
        *((str(path), path.read_bytes()) for path in sources),
    ]
    text = "\n".join(path.read_text(errors="replace") for path in sources)
    mirror = re.search(r"^(?:URIs:|deb(?: \[[^]]*\])?)\s+(\S+)", text, re.MULTILINE)
    return Machine(_release(), mirror[1] if mirror else _MIRROR, tuple(f for f in found if f[1]))


def _release() -> str:
    text = Path("/etc/os-release").read_text()
    found = re.search(r"^VERSION_CODENAME=(\S+)", text, re.MULTILINE)
    return found[1] if found and "\nID=debian" in f"\n{text}" else "bookworm"


def _sources() -> list[Path]:
    """Apt's sources, if this is Debian: another's would not do for a Debian base."""
    if "\nID=debian" not in "\n" + Path("/etc/os-release").read_text():
        return []
    folder = Path("/etc/apt")
    files = [folder / "sources.list", *sorted(folder.glob("sources.list.d/debian*.sources"))]
    return [f for f in files if f.is_file() and f.stat().st_size]


def _npm() -> str:
    file = Path("~/.npmrc").expanduser()
    lines = file.read_text().splitlines() if file.is_file() else []
    return "".join(f"{line}\n" for line in lines if _NPM.match(line))


def _pip() -> str:
    found: dict[str, str] = {}
    places = [
        Path("/etc/pip.conf"),
        *(Path(p).expanduser() for p in ("~/.pip/pip.conf", "~/.config/pip/pip.conf")),
    ]
    for place in places:
        parser = configparser.RawConfigParser()
        parser.read(place)
        if parser.has_section("global"):
            found |= dict(parser.items("global"))
    found |= {
        name[4:].lower().replace("_", "-"): value
        for name, value in os.environ.items()
        if name.startswith("PIP_")
    }
    kept = {k: _remote(v) for k, v in sorted(found.items()) if k in _PIP}
    lines = [f"{name} = {value}" for name, value in kept.items() if value]
    return "\n".join(["[global]", *lines, ""]) if lines else ""


def _remote(value: str) -> str:
    """A folder of this machine is not in the image."""
    return " ".join(word for word in value.split() if not word.startswith(("file:", "/")))


def _apt() -> str:
    done = subprocess.run(
        [program("apt-config"), "dump"], capture_output=True, text=True, check=False
    )
    lines = [line for line in done.stdout.splitlines() if _APT.match(line)]
    return "".join(f"{line}\n" for line in lines if not line.endswith(' "";'))
