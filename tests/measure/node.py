"""Measure what a Node tool reads, probes and writes in a project: run by hand, with strace.

    python tests/measure/node.py "npm ci" package.json='{"name":"a"}' .npmrc=''
    python tests/measure/node.py --remove "npm ci" ...    # and again without each file it read
    python tests/measure/node.py --setup "npm i --package-lock-only" --path /opt/npm9/bin "npm ci" ...

The project lives in `<temporary>/up/app`, so that reads above it show as `../` and `../../`.
What is below a node_modules folder, and outside the temporary folder, is left out.
The facts in `optimizer/effects/tools` that name a tool's version were learned with this.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CALL = re.compile(
    r"^\d+\s+(\w+)\((?:(?:AT_FDCWD|\d+)(?:<([^>]*)>)?, )?\"((?:[^\"\\]|\\.)*)\"(.*)= (-?\d+)"
)
CHANGES = {
    *("mkdir", "mkdirat", "unlink", "unlinkat", "rename", "renameat", "renameat2", "rmdir"),
    *(
        "symlink",
        "symlinkat",
        "link",
        "linkat",
        "chmod",
        "fchmodat",
        "chown",
        "lchown",
        "fchownat",
    ),
    *("utimensat", "truncate", "creat"),
}


@dataclass
class Seen:
    """What a traced run did below the temporary folder, as paths relative to the project."""

    code: int
    output: str
    read: set[str]
    probed: set[str]
    listed: set[str]
    changed: set[str]
    before: set[str]
    after: set[str]
    texts: dict[str, str]


def make(files: dict[str, str], root: Path) -> Path:
    """Write the files into `root/up/app` and give that folder back."""
    app = root / "up" / "app"
    for name, text in files.items():
        path = app / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    app.mkdir(parents=True, exist_ok=True)
    return app


def shown(app: Path) -> set[str]:
    """What stands in the project, node_modules folders apart."""
    found = (p.relative_to(app) for p in app.rglob("*"))
    return {str(p) for p in found if "node_modules" not in p.parts[:-1]}


def trace(
    files: dict[str, str], command: str, setup: str = "", env: dict[str, str] | None = None
) -> Seen:
    """Run a shell command in a fresh project under strace."""
    with tempfile.TemporaryDirectory() as folder:
        app = make(files, Path(folder))
        env = {**os.environ, **(env or {})}
        if setup:
            done = subprocess.run(
                ["sh", "-ec", setup], cwd=app, env=env, check=False, capture_output=True, text=True
            )
            if done.returncode:
                print("SETUP FAILED", done.stdout, done.stderr)
        before = shown(app)
        texts = {n: (app / n).read_text(errors="replace") for n in before if (app / n).is_file()}
        log = Path(folder) / "trace"
        done = subprocess.run(
            ["strace", "-f", "--seccomp-bpf", "-qq", "-s", "4096", "-e", "trace=file,getdents64", "-y", "-o", str(log), "sh", "-c", command],
            cwd=app, env=env, check=False, capture_output=True, text=True,
        )  # fmt: skip
        seen = Seen(
            done.returncode,
            done.stdout + done.stderr,
            set(),
            set(),
            set(),
            set(),
            before,
            shown(app),
            texts,
        )
        places: dict[str, str] = {}
        for line in whole_lines(log.read_text(errors="replace")):
            note(placed(line, places), app, Path(folder), seen)
        return seen


def whole_lines(log: str) -> Iterator[str]:
    """The trace with calls put together again that another thread interrupted."""
    begun: dict[str, str] = {}
    for line in log.splitlines():
        pid = line.split(" ", 1)[0]
        if line.endswith("<unfinished ...>"):
            begun[pid] = line.removesuffix("<unfinished ...>")
        elif m := re.match(r"^\d+\s+<\.\.\. \w+ resumed>(.*)", line):
            yield begun.pop(pid, "") + m[1]
        else:
            yield line


def placed(line: str, places: dict[str, str]) -> str:
    """The line with the folder that its process works in, where strace does not name it."""
    pid, _, call = line.partition(" ")
    if m := re.search(r"AT_FDCWD<([^>]*)>", call) or re.match(r"\s*chdir\(\"(/[^\"]*)\"\) += 0", call):
        places[pid] = m[1]
    elif pid in places:
        return re.sub(r"^(\d+\s+\w+\()(?=\"[^/])", rf"\1AT_FDCWD<{places[pid]}>, ", line)
    return line


def note(line: str, app: Path, folder: Path, seen: Seen) -> None:
    """Add one line of the trace to what was seen."""
    if m := re.match(r"^\d+\s+getdents64\(\d+<([^>]*)>", line):
        name = relative(m[1], app, folder)
        if name:
            seen.listed.add(name)
        return
    if not (m := CALL.match(line)):
        return
    call, place, raw, rest, result = m.groups()
    if call in {"link", "linkat", "symlink", "symlinkat"}:
        # The second path is the new one.
        (second,) = re.findall(r'(?:(?:AT_FDCWD|\d+)(?:<([^>]*)>)?, )?"([^"]*)"', rest)[-1:] or [
            (place, raw)
        ]
        place, raw = second
    name = relative(str(Path(place or app) / raw), app, folder)
    if name is None:
        return
    writes = call in CHANGES or (
        call in {"open", "openat"} and re.search(r"O_WRONLY|O_RDWR|O_CREAT", rest)
    )
    if writes:
        if int(result) >= 0:
            seen.changed.add(name)
    elif call in {"open", "openat", "execve"} and int(result) >= 0 and "O_DIRECTORY" not in rest:
        seen.read.add(name)
    elif call not in {"getcwd", "chdir"}:
        seen.probed.add(name)


def relative(raw: str, app: Path, folder: Path) -> str | None:
    """A traced path as seen from the project; None if it is not of interest."""
    path = os.path.normpath(raw if raw.startswith("/") else str(app / raw))
    if not path.startswith(str(folder)) or "node_modules/" in path:
        return None
    return os.path.relpath(path, app)


def report(seen: Seen) -> None:
    """Print what was seen."""
    print("exit", seen.code)
    if seen.code:
        print("   ", "\n    ".join(seen.output.strip().splitlines()[-6:]))
    print("read  ", *sorted(seen.read))
    print("probed", *sorted(seen.probed - seen.read))
    print("listed", *sorted(seen.listed))
    print("wrote ", *sorted(seen.changed))
    print("new   ", *sorted(seen.after - seen.before))
    print("gone  ", *sorted(seen.before - seen.after))


def main() -> None:
    """Trace one command in one project."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--remove", action="store_true", help="run again without each file")
    ask.add_argument("--setup", default="", help="a command to run first, not traced")
    ask.add_argument("--path", default="", help="a folder to put first on PATH")
    ask.add_argument("--output", action="store_true", help="print what the command printed")
    ask.add_argument("command")
    ask.add_argument("files", nargs="*", help="path=content or path=@file")
    asked = ask.parse_args()
    files = dict(f.split("=", 1) for f in asked.files)
    files = {n: Path(t[1:]).read_text() if t.startswith("@") else t for n, t in files.items()}
    env = {"PATH": f"{asked.path}:{os.environ['PATH']}"} if asked.path else {}
    whole = trace(files, asked.command, asked.setup, env)
    report(whole)
    if asked.output:
        print(whole.output)
    for name in files if asked.remove else ():
        rest = {k: v for k, v in files.items() if k != name}
        seen = trace(rest, asked.command, asked.setup, env)
        print(f"without {name}: exit {seen.code}, new {sorted(seen.after - seen.before)}")


if __name__ == "__main__":
    main()
