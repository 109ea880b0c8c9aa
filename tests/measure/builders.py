"""Hold dfopt's answers for tsc, esbuild, webpack, rollup and vite against the real tools: by hand, with strace.

    python -m tests.measure.builders --path /path/to/node_modules/.bin [--remove] [--looks] [--only WORD] TOOL...

TOOL is a name of `CASES`. What a command opened of the project must be among what dfopt says is read
or probed, what it left there among what may be written; `--looks` prints what else it listed, looked for
or changed, to be judged by eye. With `--remove` it runs again without each file that dfopt says is not
read, and must end the same. A doubt is right by definition, and printed.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from tests.measure.builders_cases import CASES, COMMON
from tests.measure.comparing import answer_of, looked_for, mattering, missed
from tests.measure.node import trace


def compare(
    line: str, files: dict[str, str], setup: str, env: dict[str, str], asked: argparse.Namespace
) -> bool:
    """Run one case; print it, and say whether all is well."""
    seen = trace(files, line, setup, env)
    answer = answer_of(line, files)
    lacking = missed(seen, files, answer)
    if asked.remove and not setup:
        with tempfile.TemporaryDirectory() as root:
            lacking |= {f"matters {f}" for f in mattering(files, line, env, answer, Path(root))}
    print("MISSED" if lacking else "ok", seen.code, line, *sorted(lacking), f"({answer.doubt})" if answer.doubt else "")
    if asked.looks and (found := looked_for(seen, files, answer)):
        print("   ", *sorted(found))
    if asked.output or seen.code:
        print("   ", "\n    ".join(seen.output.strip().splitlines()[-4:]))
    return not lacking


def main() -> None:
    """Run the cases of the named tools."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--path", required=True, help="the folder of the tool's programs")
    ask.add_argument("--remove", action="store_true", help="run again without each file that is not read")
    ask.add_argument("--looks", action="store_true", help="print what else is looked for and listed")
    ask.add_argument("--output", action="store_true", help="print the end of what the command printed")
    ask.add_argument("--only", default="", help="the cases with this word in their line alone")
    ask.add_argument("tools", nargs="+", choices=sorted(CASES))
    asked = ask.parse_args()
    with tempfile.TemporaryDirectory() as home:
        env = {"PATH": f"{Path(asked.path).resolve()}:{os.environ['PATH']}", "HOME": home}
        well = [
            compare(line, {**COMMON, **files}, setup, env, asked)
            for tool in asked.tools
            for files, setup, lines in CASES[tool]
            for line in lines
            if asked.only in line
        ]
    if not all(well):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
