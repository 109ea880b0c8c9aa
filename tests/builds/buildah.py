"""Buildah with a store of its own, to play on it what the model of its cache says.

Debian 12's is 1.28.2. It needs root, and nothing of a registry: the base image is one program,
busybox of the package busybox-static, for its shell. Only `python -m tests.builds.record buildah`
asks for it: the tests hold the model against its recordings.
"""

from __future__ import annotations

import contextlib
import io
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from optimizer.verify.builder import Builder
from optimizer.verify.running import answer
from tests.builds.daemon import program

# What the scenarios and histories run.
_PROGRAMS = "sh cat chmod chown cp date echo env ls mkdir mv rm sleep touch true".split()
_FILES = {
    "etc/passwd": "root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n",
    "etc/group": "root:x:0:\nnogroup:x:65534:\n",
    "tmp/": "",
}
_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Buildah(Builder):
    """The program, with a store of its own.

    Attributes:
        settings: What it finds in its environment.
    """

    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def env(self) -> dict[str, str]:
        """See Builder."""
        return {**super().env, **self.settings}


@contextlib.contextmanager
def buildah(image: str) -> Iterator[Buildah]:
    """Buildah with an empty store but for one image, of which nothing is left behind the block.

    Raises:
        NoDockerError: It is not here.
    """
    with tempfile.TemporaryDirectory(prefix="dfopt-buildah-") as name:
        folder = Path(name)
        text = f'[storage]\ndriver = "vfs"\ngraphroot = "{folder}/store"\nrunroot = "{folder}/run"\n'
        (folder / "storage.conf").write_text(text)
        settings = {
            "CONTAINERS_STORAGE_CONF": f"{folder}/storage.conf",
            "BUILDAH_ISOLATION": "chroot",
        }
        found = Buildah("buildah", program("buildah"), settings)
        _base(found, folder / "base.tar", image)
        yield found


def _base(builder: Buildah, archive: Path, image: str) -> None:
    with tarfile.open(archive, "w") as written:
        written.add(program("busybox"), "bin/busybox")
        for each in _PROGRAMS:
            link = tarfile.TarInfo(f"bin/{each}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            written.addfile(link)
        for path, text in _FILES.items():
            there = tarfile.TarInfo(path.rstrip("/"))
            there.type = tarfile.DIRTYPE if path.endswith("/") else tarfile.REGTYPE
            there.mode, there.size = 0o755, len(text)
            written.addfile(there, io.BytesIO(text.encode()))
    for words in (
        ("from", "--name", "base", "scratch"),
        ("add", "base", str(archive), "/"),
        ("config", "--env", _PATH, "--cmd", "sh", "base"),
        ("commit", "--rm", "base", f"docker.io/library/{image}"),
    ):
        answer([builder.program, *words], builder.env)
