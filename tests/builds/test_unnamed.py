"""A COPY whose source is not known until it is built: nothing lands where dfopt says that nothing can."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.context.files import FolderFiles
from optimizer.effects.unnamed import Unnamed

FILES = ("a.txt", "d/e/x", "app/q", "same/same", "same/tail")
PLAIN = (
    *("", ".", "a.txt", "./a.txt", "/a.txt", "a.txt/", "d", "d/", "d/e", "d/./e", "d/e/x", "d/../a.txt", "no/../a.txt"),
    *("same", "same/same", "same/same/", "app", "*.txt", "*.txt/", "[a].txt", "a?txt", "d/*", "d/*/"),
    *("way", "way/e", "way/e/x", "leaf", "d/e/back"),
)
# A folder that stands there before, in the place of a file, and values for which that builds.
CASES = (
    ("", True, PLAIN),
    ("/app/a.txt", True, ("a.txt", "./a.txt", "same", "d")),
    ("/app/same/same", True, ("same/same", "same/same/", "a.txt")),
    ("", False, (*PLAIN, "*", "same/*")),
)


def _laid_out(folder: Path) -> Path:
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    (folder / "way").symlink_to("d")
    (folder / "leaf").symlink_to("a.txt")
    (folder / "d/e/back").symlink_to("..")
    return folder


@pytest.mark.parametrize(("before", "kept", "values"), CASES)
def test_nothing_else_lands(daemon, tmp_path, before, kept, values):
    """Whatever the value, each new path is one that may have come."""
    context, copy = _laid_out(tmp_path / "context"), f"COPY ${{X}} /app/{'${X}' if kept else ''}\n"
    made = f"COPY d/e/x {before}/\n" if before else ""
    stages = [f"FROM scratch AS s{n}\n{made}ARG X={value}\n{copy}" for n, value in enumerate(values)]
    taken = [f"COPY --from=s{n} / /{n}/\n" for n in range(len(values))]
    (tmp_path / "Dockerfile").write_text("".join([*stages, "FROM scratch\n", *taken]))
    found = tmp_path / "found"
    daemon.run("build", f"--file={tmp_path / 'Dockerfile'}", f"--output=type=local,dest={found}", str(context))

    bound = Unnamed(FolderFiles(context), "/app", directory=True, kept=kept)
    for number, value in enumerate(values):
        root = found / str(number)
        paths = {f"/{path.relative_to(root)}" for path in root.rglob("*") if path.is_symlink() or not path.is_dir()}
        assert paths, value
        assert {path for path in paths - {f"{before}/x"} if bound.kind(path) is None} == set(), value
