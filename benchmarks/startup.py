"""What it costs to start dfopt, as a ratio to what any such program must pay.

python -m benchmarks.startup [ROUNDS]

Medians of interleaved runs, so that a busy machine slows all rows alike.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

_ROUNDS = 15
_PYTHON = [sys.executable, "-c"]
_DFOPT = [sys.executable, "-m", "optimizer"]
_FLOOR = "python -c pass"
_IMPORTS = "import click, networkx, tree_sitter_bash"
# As if it were installed, wherever it is run from: with its modules compiled, as pip leaves them.
_ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
_ENVIRONMENT.pop("PYTHONDONTWRITEBYTECODE", None)
_PROJECT = {
    "Dockerfile": 'FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD ["node", "index.js"]\n',
    "package.json": '{"name": "a", "version": "1.0.0", "dependencies": {}}\n',
    "package-lock.json": '{"name": "a", "lockfileVersion": 3, "packages": {}}\n',
    "index.js": "console.log(1);\n",
    ".dockerignore": "node_modules\n",
}


def commands() -> dict[str, list[str]]:
    """The programs to time; hadolint reads the same Dockerfile, where it is installed."""
    found = {
        _FLOOR: [*_PYTHON, "pass"],
        _IMPORTS: [*_PYTHON, _IMPORTS],
        "dfopt --version": [*_DFOPT, "--version"],
        "dfopt --help": [*_DFOPT, "--help"],
        "dfopt rewrite Dockerfile --diff": [*_DFOPT, "rewrite", "Dockerfile", "--diff"],
    }
    beside = Path(sys.executable).with_name("hadolint")
    if hadolint := shutil.which("hadolint") or (beside.exists() and str(beside)):
        found["hadolint Dockerfile"] = [hadolint, "Dockerfile"]
    return found


def seconds(command: list[str], folder: str, allowed: tuple[int, ...] = (0,)) -> float:
    """How long one run takes; what fails is not timed but reported."""
    compiled = {"PYTHONPYCACHEPREFIX": f"{folder}.compiled"}
    start = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=_ENVIRONMENT | compiled, capture_output=True, text=True, check=False
    )
    taken = time.perf_counter() - start
    if done.returncode not in allowed:
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
    return taken


def measure(rounds: int) -> dict[str, float]:
    """The median of each command over interleaved rounds, after one to warm up."""
    runs: dict[str, list[float]] = {name: [] for name in commands()}
    with tempfile.TemporaryDirectory() as root:
        folder = f"{root}/project"
        Path(folder).mkdir()
        for name, content in _PROJECT.items():
            Path(folder, name).write_text(content, "utf-8")
        for number in range(rounds + 1):
            for name, command in commands().items():
                # hadolint answers 1 where it has advice.
                taken = seconds(command, folder, (0, 1) if "hadolint" in name else (0,))
                if number:
                    runs[name].append(taken)
    return {name: median(times) for name, times in runs.items()}


def main(rounds: int) -> None:
    """Print the table."""
    medians = measure(rounds)
    print(f"{'':42}{'ms':>8}{'x pass':>9}{'x imports':>11}")
    for name, taken in medians.items():
        ratios = f"{taken / medians[_FLOOR]:9.2f}{taken / medians[_IMPORTS]:11.2f}"
        print(f"{name:42}{taken * 1000:8.1f}{ratios}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else _ROUNDS)
