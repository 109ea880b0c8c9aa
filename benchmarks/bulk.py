"""What one more Dockerfile costs in a process that is already warm.

python -m benchmarks.bulk [COUNT] [SOURCES]

Writes COUNT small projects of several kinds, each with SOURCES source files, rewrites all
of them in one process, and prints the milliseconds of each beside those of only scanning
its context.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean, median, quantiles

from optimizer import Project, optimize
from optimizer.context.files import FolderFiles

_COUNT, _SOURCES = 1000, 50
_KINDS: tuple[dict[str, str], ...] = (
    {
        "Dockerfile": "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npm run build\n"
        'EXPOSE 3000\nCMD ["node", "src/0.js"]\n',
        "package.json": '{"name": "a", "scripts": {"build": "tsc"}, "dependencies": {}}\n',
        "package-lock.json": '{"name": "a", "lockfileVersion": 3, "packages": {}}\n',
    },
    {
        "Dockerfile": "FROM python:3.11-slim\nWORKDIR /app\nCOPY . .\n"
        "RUN apt-get update && apt-get install -y --no-install-recommends gcc\n"
        'RUN pip install -r requirements.txt\nENV A=1\nCMD ["python", "src/0.py"]\n',
        "requirements.txt": "flask==3.0.3\ngunicorn==22.0.0\n",
    },
    {
        "Dockerfile": "FROM golang:1.22 AS build\nWORKDIR /src\nCOPY . .\nRUN go mod download\n"
        "RUN go build -o /out/app ./...\nFROM debian:bookworm\nCOPY --from=build /out/app /app\n"
        'CMD ["/app"]\n',
        "go.mod": "module example.com/a\n\ngo 1.22\n",
        "go.sum": "",
    },
)


def write(folder: Path, number: int, sources: int) -> None:
    """One project; its number stands in the Dockerfile, so no two are alike."""
    (folder / "src").mkdir(parents=True)
    for name, content in _KINDS[number % len(_KINDS)].items():
        (folder / name).write_text(content, "utf-8")
    with (folder / "Dockerfile").open("a", encoding="utf-8") as dockerfile:
        dockerfile.write(f"LABEL number={number}\n")
    for source in range(sources):
        (folder / "src" / f"{source}.js").write_text(f"// {number}\n", "utf-8")


def scan(folder: Path) -> None:
    """Walk the context, as any tool that knows what `COPY . .` copies has to."""
    FolderFiles(folder).walk()


def rewrite(folder: Path) -> None:
    """Read the project and rewrite its Dockerfile, nothing kept from the one before."""
    text = (folder / "Dockerfile").read_text("utf-8")
    optimize(text, Project(FolderFiles(folder)))


def timed(work: Callable[[Path], None], folder: Path) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    work(folder)
    return (time.perf_counter() - start) * 1000


def main(count: int, sources: int) -> None:
    """Write the projects, time each, print the table."""
    with tempfile.TemporaryDirectory() as root:
        folders = [Path(root, str(number)) for number in range(count)]
        for number, folder in enumerate(folders):
            write(folder, number, sources)
        rewrite(folders[0])  # imports and compiled patterns
        scans = [timed(scan, folder) for folder in folders]
        rewrites = [timed(rewrite, folder) for folder in folders]
    print(f"{count} Dockerfiles, {sources} source files each\n{'ms':10}", end="")
    print(f"{'mean':>9}{'median':>9}{'95 %':>9}{'worst':>9}")
    for name, times in (("scan", scans), ("rewrite", rewrites)):
        row = (mean(times), median(times), quantiles(times, n=20)[-1], max(times))
        print(f"{name:10}" + "".join(f"{value:9.2f}" for value in row))


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:]), *(_COUNT, _SOURCES)[len(sys.argv) - 1 :])
