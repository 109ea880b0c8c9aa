"""Break dfopt on purpose, one rule at a time, and see whether the tests notice.

    python -m tests.mutation            # all of them; exit 1 if one survives
    python -m tests.mutation edge list  # those with one of these words in their name
    python -m tests.mutation --write    # all, and keep what was found in TABLE
    python -m tests.mutation --build    # build each trap for real until a mutant springs it, and keep
                                        # in TABLE what was found; with --every, by each mutant

Each mutant is made in a copy of the project and asked of the tests that need no builder. What
is printed: which cases of `tests/builds/cases` fail by it, or else the first other test. In the
end, the traps that no mutant has touched. TABLE says which traps fail by which mutant; exit 1,
too, if that is not so any more. (`tests/test_mutants.py` asks what can be asked without trying.)
What a real build says of them: `tests/builds/springing.py`.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tests.builds import springing
from tests.builds.folders import build_cases
from tests.cache.mutants import CACHE_MUTANTS
from tests.mutants import MUTANTS, Mutant

ROOT = Path(__file__).parent.parent
# Name of a mutant -> trap that fails by it -> what a real build says, "" if it was not asked.
Table = dict[str, dict[str, str]]
TABLE = Path(__file__).parent / "traps.toml"
_FOLDERS = ("optimizer", "tests", "snapshots", "examples")
_FILES = ("pyproject.toml", "README.md", "CHANGELOG.md")
_SUITE = ("tests/builds/test_expectations.py",)
# Beyond the suite: from the quickest to the slowest.
_OTHERS = ("tests/test_cases.py", "tests/test_examples.py", "tests/cli", "tests/context",
           "tests/graph", "tests/tools", "tests/effects", "tests/dockerfile")  # fmt: skip
# For the cache model, whose rules the suite above does not ask for.
_CACHE = ("tests/cache/test_scenarios.py", "tests/cache/test_buildah.py", "tests/cache")
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+?)(?:\[(.+?)\])?(?: - .*)?$", re.MULTILINE)


class StaleError(Exception):
    """The text that a mutant replaces does not stand in the program exactly once."""


def break_it(folder: Path, mutant: Mutant) -> None:
    """Replace the mutant's text in a fresh copy of the program.

    Raises:
        StaleError: See there.
    """
    shutil.rmtree(folder / "optimizer")
    shutil.copytree(ROOT / "optimizer", folder / "optimizer")
    for old, new in mutant.replaced:
        holding = [p for p in (folder / "optimizer").rglob("*.py") if old in p.read_text()]
        if len(holding) != 1 or holding[0].read_text().count(old) != 1:
            raise StaleError(f"{mutant.name}: {old!r} stands in {len(holding)} files")
        holding[0].write_text(holding[0].read_text().replace(old, new))


def failures(folder: Path, *words: str) -> list[tuple[str, str]]:
    """The tests that fail there: name, and case in brackets."""
    quiet = ("-q", "--tb=no", "-rfE", "-p", "no:cacheprovider", "-m", "not docker")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *quiet, *words],
        cwd=folder, env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = _FAILED.findall(done.stdout)
    # A program that cannot even be started has no failing test to name.
    return found or ([("the tests do not run", "")] if done.returncode not in {0, 5} else [])


def try_out(folder: Path, mutant: Mutant) -> tuple[str, set[str]]:
    """What notices a mutant ("" if nothing does), and the cases of the suite that fail."""
    break_it(folder, mutant)
    if mutant in CACHE_MUTANTS:
        return _try_cache(folder), set()
    found = failures(folder, *_SUITE)
    cases = {case for _, case in found if case}
    if cases:
        return f"{len(cases)} cases: {', '.join(sorted(cases)[:3])}", cases
    found = found or failures(folder, "-x", *_OTHERS)
    return " ".join(found[0]).strip() if found else "", cases


def _try_cache(folder: Path) -> str:
    """Which scenario notices, or else which other test of the cache model."""
    for suite in _CACHE:
        found = failures(folder, "-x", suite)
        if found:
            return " ".join(found[0]).strip()
    return ""


def recorded() -> Table:
    """What TABLE says."""
    found: Table = tomllib.loads(TABLE.read_text())
    return found


def record(found: Table) -> None:
    """Write TABLE."""
    parts = [
        f"[{json.dumps(name)}]\n"
        + "".join(f"{trap} = {json.dumps(said)}\n" for trap, said in sorted(traps.items()))
        for name, traps in found.items()
    ]
    head = "# Which traps fail when a rule is broken, and what a real build says: `tests/mutation.py`.\n\n"
    TABLE.write_text(head + "\n".join(parts))


def untouched(found: Table) -> list[str]:
    """The traps that fail by no mutant."""
    touched = {trap for traps in found.values() for trap in traps}
    return [name for name in traps() if name not in touched]


def traps() -> list[str]:
    """The cases that are one."""
    return [case.name for case in build_cases() if "trap" in case.expected]


@contextlib.contextmanager
def copied() -> Iterator[Path]:
    """A copy of the project, to be broken."""
    with tempfile.TemporaryDirectory(prefix="dfopt-mutants-") as name:
        folder = Path(name)
        for each in _FOLDERS:
            shutil.copytree(ROOT / each, folder / each, symlinks=True)
        for file in _FILES:
            shutil.copy(ROOT / file, folder)
        yield folder


def build(mutants: list[Mutant], *, every: bool) -> int:
    """Build what mutants make of the traps; 1 if a trap is never sprung."""
    table = recorded()
    with copied() as folder, springing.builds() as builds:
        builds.made_of(folder)
        for mutant in mutants:
            left = traps() if every else springing.never(table, traps())
            break_it(folder, mutant)
            said = table.setdefault(mutant.name, {})
            for trap, what in builds.compared(folder, traps(), left).items():
                said[trap] = what or said.get(trap, "")
                print(f"{what or '-':9} {trap}: {mutant.name}", flush=True)
            record(table)
    never = springing.never(table, traps())
    print(f"\ntraps that no mutant springs: {', '.join(never)}")
    return 1 if never else 0


def main(words: list[str]) -> int:
    """Try the mutants; 1 if one survives or is stale, or does not do what TABLE says."""
    write = "--write" in words
    wanted = [word for word in words if not word.startswith("--")]
    chosen = [m for m in (*MUTANTS, *CACHE_MUTANTS) if not wanted or any(word in m.name for word in wanted)]
    if "--build" in words:
        return build([m for m in chosen if m in MUTANTS], every="--every" in words)
    table = recorded()
    found: Table = {}
    survivors = 0
    with copied() as folder:
        if failed := failures(folder, "-x", *_SUITE, *_OTHERS, _CACHE[-1]):
            print(f"the tests fail as it is: {' '.join(failed[0])}")
            return 1
        for mutant in chosen:
            try:
                noticed, cases = try_out(folder, mutant)
            except StaleError as error:
                noticed, cases = "", set()
                print(f"STALE     {error}", flush=True)
            if mutant in MUTANTS:
                said = table.get(mutant.name, {})
                found[mutant.name] = {t: said.get(t, "") for t in sorted(cases & set(traps()))}
            survivors += not noticed
            print(f"{'caught' if noticed else 'SURVIVES':9} {mutant.name}: {noticed}", flush=True)
    print(f"\n{len(chosen)} mutants, {survivors} survive; traps untouched: {', '.join(untouched(found))}")
    if write:
        record({**table, **found} if wanted else found)
        return 1 if survivors else 0
    changed = [name for name, those in found.items() if table.get(name) != those]
    print(*(f"not as in {TABLE.name}: {name}" for name in changed), sep="\n")
    return 1 if survivors or changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
