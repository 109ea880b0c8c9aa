"""A Docker daemon of the tests' own: its own socket, folders and life.

It shares nothing with a daemon that the machine may have, and nothing is left when it ends.
Debian's Docker (20.10, with BuildKit) is called by its path: another client on the PATH may
be newer and want plugins.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PLACES = "/usr/bin:/usr/sbin:/bin:/sbin:/usr/local/bin:/usr/local/sbin"
_CLIENT = Path("/usr/bin/docker")
# A machine under load may need long for what takes a second.
_START = 180
_STOP = 60


class NoDockerError(Exception):
    """Docker cannot be had here, and why."""


@dataclass(frozen=True)
class Daemon:
    """A running daemon.

    Attributes:
        host: What DOCKER_HOST is to be.
        client: The `docker` to call.
    """

    host: str
    client: Path

    @property
    def env(self) -> dict[str, str]:
        """The environment in which the client meets this daemon, and no other."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("DOCKER_", "BUILDKIT_"))}
        return kept | {"PATH": _path(), "DOCKER_HOST": self.host, "DOCKER_CONFIG": "/nonexistent"}

    def run(
        self, *words: str, buildkit: bool = True, timeout: float = 600, **popen
    ) -> subprocess.CompletedProcess[bytes]:
        """A client's command and what it said; `popen` may hold `stdin` or `input`.

        Raises:
            subprocess.CalledProcessError: It failed; `output` holds both of its streams.
        """
        given = {} if "input" in popen else {"stdin": subprocess.DEVNULL}
        return subprocess.run(
            [self.client, *words],
            env=self.env | {"DOCKER_BUILDKIT": "1" if buildkit else "0"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            check=True,
            **(given | popen),
        )


def _path() -> str:
    """The PATH, and the places of system programs, which a minimal environment leaves out."""
    return f"{os.environ.get('PATH', '')}:{_PLACES}".lstrip(":")


def program(name: str) -> str:
    """A program of the system.

    Raises:
        NoDockerError: It is not there.
    """
    found = shutil.which(name, path=_path())
    if found is None:
        raise NoDockerError(
            f"{name} is not installed (Debian: apt-get install docker.io debootstrap)"
        )
    return found


@contextlib.contextmanager
def running() -> Iterator[Daemon]:
    """A daemon that runs inside the block.

    Raises:
        NoDockerError: It cannot be started here.
    """
    if os.geteuid() != 0:
        raise NoDockerError("a daemon of one's own needs root")
    if not _CLIENT.is_file():
        raise NoDockerError(f"{_CLIENT} is not installed (Debian: apt-get install docker.io)")
    # A socket's path may not be longer than 107 bytes, so no long TMPDIR is followed.
    folder = Path(tempfile.mkdtemp(prefix="dfopt-docker-", dir="/tmp"))
    try:
        process = _start(folder)
        try:
            daemon = Daemon(f"unix://{folder}/docker.sock", _CLIENT)
            _wait(daemon, process, folder)
            yield daemon
        finally:
            _end(process)
    finally:
        _remove(folder)


def _start(folder: Path) -> subprocess.Popen[bytes]:
    words = [program("dockerd"), "--iptables=false", "--ip6tables=false", "--bridge=none"]
    words += ["--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec"]
    words += ["-H", f"unix://{folder}/docker.sock", "--pidfile", f"{folder}/docker.pid"]
    # If the tests are killed, the daemon is ended by the kernel.
    words = [program("setpriv"), "--pdeathsig", "TERM", "--", *words]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=os.environ | {"PATH": _path()},
            start_new_session=True,
        )


def _wait(daemon: Daemon, process: subprocess.Popen[bytes], folder: Path) -> None:
    """Wait until the daemon answers."""
    deadline = time.monotonic() + _START
    while True:
        try:
            daemon.run("version", timeout=30)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            pass
        else:
            return
        if process.poll() is not None or time.monotonic() > deadline:
            tail = "\n".join((folder / "log").read_text(errors="replace").splitlines()[-20:])
            raise NoDockerError(f"dockerd does not start; its last lines:\n{tail}")
        time.sleep(0.1)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOP)
    except subprocess.TimeoutExpired:
        # With it go containerd and what runs in containers: all are of its session.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _remove(folder: Path) -> None:
    """Remove a folder, and unmount what a daemon has left mounted in it."""
    places = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    for place in sorted(p for p in places if p.startswith(f"{folder}/"))[::-1]:
        subprocess.run([program("umount"), "-l", place], check=False, capture_output=True)
    shutil.rmtree(folder, ignore_errors=True)
