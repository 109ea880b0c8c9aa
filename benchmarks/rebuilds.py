"""Rebuilds of the examples, for real: 20 commits with the file as it stands and as rewritten.

python -m benchmarks.rebuilds [--daemon] [EXAMPLE...]

The examples have no history of their own, so one is made: 14 commits change a source, 3 the
documentation, 2 a manifest (a description, a comment: nothing new is fetched) and 1 a test, in
an order that the example's name decides. `dfopt verify --replay` builds them. Prints a table of
seconds (the mean, and the median in brackets: other work slows a build now and then) and of cache
hits, beside what the model says. With `--daemon`, the builds have the daemon and the base images
of the project's own tests, else those of the machine.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
_EXAMPLES = ("node-app", "pip-app", "fullstack", "pip-local-package", "yarn-monorepo")
_KINDS = ("source",) * 14 + ("docs",) * 3 + ("manifest",) * 2 + ("test",)
_COMMENT = {".js": "//", ".ts": "//", ".py": "#", ".txt": "#", ".toml": "#", ".html": "", ".md": ""}
_MANIFESTS = ("package.json", "requirements.txt", "base.txt", "pyproject.toml")
_WHO = {"NAME": "somebody", "EMAIL": "somebody@example.com"}


def commit(folder: Path, number: int) -> None:
    """All that stands there, the same for whoever makes it."""
    date = {"DATE": f"2024-01-{number + 1:02}T12:00:00Z"}
    fixed = {f"GIT_{role}_{k}": v for role in ("AUTHOR", "COMMITTER") for k, v in (_WHO | date).items()}
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    for words in (["add", "--all"], ["commit", "-q", "-m", f"change {number}"]):
        subprocess.run(["git", *words], cwd=folder, check=True, env=kept | fixed | alone)


def kind_of(path: Path) -> str:
    """What sort of change a change of this file is; "" if none is made to it."""
    if path.name in _MANIFESTS:
        return "manifest"
    if path.suffix not in _COMMENT or "ignore" in path.name:
        return ""
    if path.suffix in {".md", ".txt"}:
        return "docs" if path.suffix == ".md" else ""
    tests = any("test" in part for part in path.parts)
    return "test" if tests else "source" if path.suffix != ".toml" else ""


def change(file: Path, number: int) -> None:
    """A small change after which the project builds as before."""
    text = file.read_text("utf-8")
    if file.suffix == ".json":
        document = json.loads(text) | {"description": f"as of change {number}"}
        text = json.dumps(document, indent=2) + "\n"
    elif comment := _COMMENT[file.suffix]:
        text += f"{comment} change {number}\n"
    else:
        text += f"<!-- change {number} -->\n"
    file.write_text(text, "utf-8")


def history(example: str, folder: Path) -> None:
    """The example as a repository with a commit for each change."""
    shutil.copytree(ROOT / "examples" / example, folder)
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=folder, check=True)
    commit(folder, 0)
    files: dict[str, list[Path]] = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and ".git" not in inside.parts and (kind := kind_of(inside)):
            files.setdefault(kind, []).append(path)
    chance = random.Random(example)  # noqa: S311 - no secret
    for number, kind in enumerate(chance.sample(_KINDS, len(_KINDS)), 1):
        change(chance.choice(files.get(kind) or files["source"]), number)
        commit(folder, number)


def measured(example: str, env: dict[str, str]) -> dict[str, Any]:
    """What `dfopt verify --replay` says of it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, example)
        history(example, folder)
        words = ["verify", "Dockerfile", "--replay", str(len(_KINDS)), "--network", "host"]
        done = subprocess.run(
            [sys.executable, "-m", "optimizer", *words, "--with", "docker", "--format", "json"],
            cwd=folder, env=env | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, check=False,
        )  # fmt: skip
    if done.returncode != 0:
        sys.exit(f"{example}: exit code {done.returncode}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def row(example: str, found: dict[str, Any]) -> str:
    """A line of the table."""
    cells = [example]
    if found["measured"] is None:
        return f"| {example} | dfopt changes nothing | | | | | |"
    for file in ("before", "after"):
        real, model = found["measured"][file], found["predicted"][file]
        cells += [
            f"{real['seconds_per_commit']:.1f} ({real['median_seconds']:.1f})",
            f"{model['seconds_per_commit']:.1f}",
            f"{real['hit_rate']:.0%} / {model['hit_rate']:.0%}",
        ]
    return f"| {' | '.join(cells)} |"


@contextlib.contextmanager
def environment(*, own: bool) -> Iterator[dict[str, str]]:
    """Where the builder is."""
    if not own:
        yield dict(os.environ)
        return
    with import_module("tests.builds.daemon").running() as daemon:
        import_module("tests.builds.bases").provide(daemon)
        yield daemon.env


def main(words: list[str]) -> None:
    """Measure the examples, print the table and how often the model was wrong."""
    names = [word for word in words if word != "--daemon"] or list(_EXAMPLES)
    found: dict[str, dict[str, Any]] = {}
    print("| | before, s | model | hits / model | after, s | model | hits / model |")
    print("|---|---|---|---|---|---|---|", flush=True)
    with environment(own="--daemon" in words) as env:
        for name in names:
            found[name] = measured(name, env)
            print(row(name, found[name]), flush=True)
    wrong = sum(len(each["surprises"]) for each in found.values())
    steps = sum(c[f]["steps"] for e in found.values() for c in e["commits"] for f in ("before", "after"))
    print(f"\nthe model was wrong about {wrong} of {steps} steps")
    for name, each in found.items():
        for s in each["surprises"]:
            print(f"{name} {s['commit'][:10]} {s['file']} line {s['line']}: cached {s['cached']}")


if __name__ == "__main__":
    main(sys.argv[1:])
