"""Hold dfopt's answers for go, cargo, make and cmake against the real tools: by hand, with strace.

    python -m tests.measure.native [--path /path/to/bin] [--remove] [--looks] [--only WORD] TOOL...

TOOL is a name of `CASES`. What a command opened of the project must be among what dfopt says is read
or probed, what it left there among what may be written; `--looks` prints what else it listed, looked for or
changed, to be judged by eye. With `--remove` it runs again without each file that dfopt says is not read, and
must end the same. Modules come from a proxy of files and crates from a folder: nothing is fetched.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import zipfile
from pathlib import Path

from tests.measure.comparing import answer_of, looked_for, mattering, missed
from tests.measure.native_cases import CASES, MODULES
from tests.measure.node import trace

# What of the caller's environment would reach the tools.
_OWN = ("GO", "CGO", "CARGO", "RUST", "CMAKE", "MAKE", "CC", "CXX")


def proxy(root: Path) -> str:
    """A module proxy of files, with the modules that the cases ask for."""
    for name, files in MODULES.items():
        path, _, version = name.partition("@")
        folder = root / path / "@v"
        folder.mkdir(parents=True)
        (folder / "list").write_text(f"{version}\n")
        (folder / f"{version}.info").write_text(f'{{"Version":"{version}","Time":"2024-01-01T00:00:00Z"}}')
        (folder / f"{version}.mod").write_text(files["go.mod"])
        with zipfile.ZipFile(folder / f"{version}.zip", "w") as archive:
            for file, text in files.items():
                archive.writestr(f"{name}/{file}", text)
    return root.as_uri()


def compare(
    line: str, files: dict[str, str], env: dict[str, str], asked: argparse.Namespace
) -> bool:
    """Run one case; print it, and say whether all is well."""
    seen = trace(files, line, "", env)
    answer = answer_of(line, files, {n: v for n, v in env.items() if n.startswith("GO")})
    lacking = missed(seen, files, answer)
    if asked.remove:
        with tempfile.TemporaryDirectory() as root:
            lacking |= {f"matters {f}" for f in mattering(files, line, env, answer, Path(root))}
    print("MISSED" if lacking or seen.code else "ok", seen.code, line, *sorted(lacking), answer.doubt or "")
    if asked.looks and (found := looked_for(seen, files, answer)):
        print("   ", *sorted(found))
    if seen.code:
        print("   ", "\n    ".join(seen.output.strip().splitlines()[-4:]))
    return not lacking and not seen.code


def main() -> None:
    """Run the cases of the named tools."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--path", default="/usr/bin", help="the folder of the tool's programs")
    ask.add_argument("--remove", action="store_true", help="run again without each file that is not read")
    ask.add_argument("--looks", action="store_true", help="print what else is looked for and listed")
    ask.add_argument("--only", default="", help="the cases with this word in their line alone")
    ask.add_argument("tools", nargs="+", choices=sorted(CASES))
    asked = ask.parse_args()
    for name in [n for n in os.environ if n.startswith(_OWN)]:
        del os.environ[name]
    well = []
    with tempfile.TemporaryDirectory() as home:
        env = {
            "PATH": f"{asked.path}:{os.environ['PATH']}", "HOME": home, "GOSUMDB": "off",
            "GOPROXY": proxy(Path(home) / "proxy"), "GOFLAGS": "-modcacherw", "GOTOOLCHAIN": "local",
        }  # fmt: skip
        for tool in asked.tools:
            for files, setup, lines in CASES[tool]:
                told = [line for line in lines if asked.only in line]
                made = trace(files, "true", setup, env).texts if setup and told else {}
                well += [compare(line, {**files, **made}, env, asked) for line in told]
    if not all(well):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
