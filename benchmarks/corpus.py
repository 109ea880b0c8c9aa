"""Every Dockerfile of the given folders, read by us and by the official parser.

python -m benchmarks.corpus FOLDER...

Each must parse (or be refused by both), print back byte for byte, and agree with the
official parser in every position and value. Exit code 1 if one does not.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from optimizer.dockerfile.source import parse
from optimizer.errors import UserError

_NAME = re.compile(r"((Dockerfile|Containerfile)([._-].*)?|.*\.dockerfile)", re.IGNORECASE)
_SHOWN = 5
# What differs from case to case in a reason: quoted text and numbers.
_PARTICULARS = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|\(.*\)|\d+", re.DOTALL)


def dockerfiles(folders: list[str]) -> Iterator[Path]:
    """The Dockerfiles below the folders, by name, in order."""
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            if _NAME.fullmatch(path.name) and not path.name.endswith("ignore") and path.is_file():
                yield path


def judge(text: str) -> tuple[str, list[str]]:
    """What became of a text, and what is wrong about that."""
    wrong: list[str] = import_module("tests.dockerfile.oracle").disagreements(text)
    try:
        printed = str(parse(text))
    except UserError:
        return "refused", wrong
    if printed != text:
        wrong = ["does not print back", *wrong]
    return "parsed", wrong


def main(folders: list[str]) -> int:
    """Judge all, print counts and the disagreements by reason."""
    outcomes: Counter[str] = Counter()
    reasons: defaultdict[str, list[str]] = defaultdict(list)
    for path in dockerfiles(folders):
        try:
            outcome, wrong = judge(path.read_bytes().decode("utf-8", "surrogateescape"))
        except Exception as error:  # noqa: BLE001 - any crash is a finding here
            outcome, wrong = "crashed", [f"{type(error).__name__}: {error}"]
        outcomes[outcome] += 1
        for each in wrong:
            reasons[_PARTICULARS.sub("_", each)].append(f"{path}: {each}")
    print(f"{outcomes.total()} Dockerfiles:", *(f"{n} {what}" for what, n in outcomes.items()))
    for reason, places in sorted(reasons.items(), key=lambda each: -len(each[1])):
        print(f"\n{len(places)} x {reason}", *places[:_SHOWN], sep="\n  ")
    return 1 if reasons else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
