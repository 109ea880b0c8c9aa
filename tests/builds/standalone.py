"""A stand-alone BuildKit of today, for what Docker 20.10's does not know.

`buildkitd` and `buildctl` have to be on the PATH, and runc; Debian has no package of them. Only
`python -m tests.builds.record newer` asks for it: the tests hold the model against its recordings.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.builds.daemon import Daemon, NoDockerError, program

_START = 60
_LAYER = "application/vnd.oci.image.layer.v1.tar"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_BASES = re.compile(r"(?:^FROM |--from=|from=)([\w./-]+:[\w.-]+)", re.MULTILINE)


@dataclass(frozen=True)
class Standalone:
    """A running buildkitd.

    Attributes:
        address: Where it listens.
        layout: A folder with the base image as an OCI layout, and
        digest: its manifest; whatever image a Dockerfile names, it is given this one.
    """

    address: str
    layout: Path
    digest: str

    def run(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        """`docker build` with these words, in buildctl's.

        Raises:
            subprocess.CalledProcessError: It failed; `output` holds both of its streams.
        """
        given, context = list(words[1:-1]), words[-1]
        command = [program("buildctl"), "--addr", self.address, "build", "--progress=plain"]
        command += ["--frontend=dockerfile.v0", "--oci-layout", f"base={self.layout}"]
        command += [f"--local=context={context}", f"--local=dockerfile={context}"]
        for name in set(_BASES.findall(Path(context, "Dockerfile").read_text())):
            command += ["--opt", f"context:{name}=oci-layout://base@{self.digest}"]
        while given:
            flag = given.pop(0)
            if flag == "--build-arg":
                command += ["--opt", f"build-arg:{given.pop(0)}"]
            elif flag == "--target":
                command += ["--opt", f"target={given.pop(0)}"]
            else:
                assert flag in {"--network=host", "--progress=plain"}
        # buildctl would send every folder into the snapshot of the last; docker and buildx do not.
        prune = [*command[:3], "prune", "--filter", "type==source.local"]
        subprocess.run(prune, stdin=subprocess.DEVNULL, capture_output=True, check=True)
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            timeout=600, check=True,
        )  # fmt: skip


@contextlib.contextmanager
def standalone(daemon: Daemon, image: str) -> Iterator[Standalone]:
    """A buildkitd that runs inside the block, with an image of a Docker daemon as its base.

    Raises:
        NoDockerError: It cannot be started here.
    """
    with tempfile.TemporaryDirectory(prefix="dfopt-buildkit-", dir="/tmp") as name:
        folder = Path(name)
        digest = _layout(daemon, image, folder / "base")
        address = f"unix://{folder}/socket"
        words = [program("buildkitd"), "--addr", address, "--root", f"{folder}/root"]
        words += ["--oci-worker-net=host", "--containerd-worker=false"]
        words = [program("setpriv"), "--pdeathsig", "TERM", "--", *words]
        path = f"{Path(program('buildkitd')).parent}:{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(words, stdout=log, stderr=log, env={**os.environ, "PATH": path})
        try:
            _wait(address, process, folder / "log")
            yield Standalone(address, folder / "base", digest)
        finally:
            process.terminate()
            process.wait()


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _START
    asked = [program("buildctl"), "--addr", address, "debug", "workers"]
    while subprocess.run(asked, capture_output=True, check=False).returncode:
        if process.poll() is not None or time.monotonic() > end:
            raise NoDockerError(f"buildkitd does not start: {log.read_text()[-2000:]}")
        time.sleep(0.5)


def _layout(daemon: Daemon, image: str, folder: Path) -> str:
    """Lay an image of the daemon out as the OCI image specification says; the manifest's digest."""
    (folder / "blobs/sha256").mkdir(parents=True)
    saved = folder / "saved.tar"
    daemon.run("save", "-o", str(saved), image)
    with tarfile.open(saved) as archive:
        listed = json.loads(_member(archive, "manifest.json"))[0]
        config = _blob(folder, _CONFIG, _member(archive, listed["Config"]))
        layers = [_blob(folder, _LAYER, _member(archive, name)) for name in listed["Layers"]]
    saved.unlink()
    manifest = {"schemaVersion": 2, "mediaType": _MANIFEST, "config": config, "layers": layers}
    top = _blob(folder, _MANIFEST, json.dumps(manifest).encode())
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [top]}))
    return str(top["digest"])


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    assert file is not None
    return file.read()


def _blob(folder: Path, kind: str, data: bytes) -> dict[str, object]:
    name = hashlib.sha256(data).hexdigest()
    (folder / "blobs/sha256" / name).write_bytes(data)
    return {"mediaType": kind, "digest": f"sha256:{name}", "size": len(data)}
