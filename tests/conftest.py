"""Cases: a folder each, with a Dockerfile and its context."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from optimizer.context.files import FolderFiles
from optimizer.pipeline import Project, Result, optimize
from optimizer.settings import Settings

# A machine that is busy with real builds is no fault of a test.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests" / "cases"


@dataclass(frozen=True)
class Case:
    """A Dockerfile over a context."""

    folder: Path

    @property
    def name(self) -> str:
        """As in `narrow_copies.npm_ci`."""
        return ".".join(self.folder.relative_to(CASES).parts)

    @property
    def text(self) -> str:
        """The Dockerfile."""
        return (self.folder / "Dockerfile").read_bytes().decode("utf-8", "surrogateescape")

    @property
    def project(self) -> Project:
        """Its surroundings, without history."""
        return Project(FolderFiles(self.folder / "context"))

    @property
    def settings(self) -> Settings:
        """`flags` may hold lines such as `strict` or `select exec-form`."""
        flags = self.folder / "flags"
        words = [line.split() for line in flags.read_text().splitlines()] if flags.exists() else []
        return Settings(
            strict=["strict"] in words,
            relaxed=["relaxed"] in words,
            network_moves=["no-network-moves"] not in words,
            select=tuple(w[1] for w in words if w[0] == "select"),
            ignore=tuple(w[1] for w in words if w[0] == "ignore"),
        )

    def rewrite(self) -> Result:
        """What dfopt makes of it."""
        return optimize(self.text, self.project, self.settings)


def cases() -> list[Case]:
    """All case folders, in order."""
    return [Case(path.parent) for path in sorted(CASES.glob("*/*/Dockerfile"))]


@pytest.fixture(params=cases(), ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    """Each case in turn."""
    return request.param


class TextSnapshots(SingleFileSnapshotExtension):
    """Readable snapshots, one file each, in `snapshots/`."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"

    @classmethod
    def dirname(cls, *, test_location) -> str:
        """`snapshots/<test file>/` at the top level."""
        return str(ROOT / "snapshots" / Path(test_location.filepath).stem)


@pytest.fixture
def snapshot(snapshot):
    """Snapshots in the project's own folder."""
    return snapshot.use_extension(TextSnapshots)
