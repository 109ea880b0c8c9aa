"""How much of what Dockerfiles run is in doubt, over the given folders.

python -m benchmarks.doubt [--list FILE] [--all] FOLDER...

Each folder is a clone; every Dockerfile in it counts, over the context that dfopt finds. Prints
the share of RUN steps in doubt; the share of those that install dependencies (by `INSTALLS`:
a package manager fetches what a project's manifests or the step itself names), in which the
install itself or something else of the step is in doubt; both by ecosystem and in total; then
the reasons, the most frequent first, and where each was met (`--all`: all places, else three).

The ecosystem of an install is its manager's; of a RUN it is the folder's, by the list: a line
for each folder, with tabs between name (`owner/name`), ecosystem, further columns, and the
Dockerfiles that count, each `path:class@context`. A folder `owner+name@past` is another commit
of `owner+name`.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from optimizer.cli.opening import open_dockerfile
from optimizer.context.discover import find_dockerfiles
from optimizer.effects.instructions import interpret_step
from optimizer.effects.model import Effects, unknown
from optimizer.effects.step import Position, Step
from optimizer.effects.tool import Command, Tool
from optimizer.effects.tools import TOOLS
from optimizer.errors import UserError
from optimizer.graph import plan
from optimizer.settings import Settings

# Ecosystem -> programs -> the words of their command lines that install what a project needs; ""
# stands for none at all. `system` counts apart: its packages come from no manifest of a project.
INSTALLS: Mapping[str, Mapping[str, str]] = {
    "node": {
        "npm": "ci clean-install install i add", "yarn": "install add focus ''", "lerna": "bootstrap",
        "pnpm": "install i add fetch deploy", "bun": "install i ci add", "bower": "install",
    },
    "python": {
        "pip": "install download wheel", "python": "install sync download wheel develop",
        "pip-sync": "*", "pipx": "install inject", "poetry": "install sync add",
        "pipenv": "install sync", "pdm": "install sync add", "hatch": "create", "flit": "install",
        "uv": "sync install add", "conda": "install create update",
    },
    "go": {"go": "download vendor tidy get install", "dep": "ensure"},
    "rust": {"cargo": "fetch install cook"},
    "ruby": {"bundle": "install ''", "gem": "install"},
    "php": {"composer": "install update require"},
    "java": {"mvn": "install dependency:", "gradle": "dependencies"},
    "dotnet": {"dotnet": "restore install"},
    "elixir": {"mix": "deps.get deps.compile local.hex local.rebar"},
    "system": {"apt-get": "install", "apk": "add", "yum": "install"},
}  # fmt: skip
# Words behind which a manager runs something else.
_RUNNING = frozenset({"run", "run-script", "exec", "x", "dlx", "test", "-c"})
_ALIKE = {
    "pip2": "pip", "pip3": "pip", "python2": "python", "python3": "python", "mamba": "conda",
    "micromamba": "conda", "bundler": "bundle", "composer.phar": "composer", "mvnw": "mvn",
    "gradlew": "gradle", "apt": "apt-get", "dnf": "yum", "microdnf": "yum", "yarnpkg": "yarn",
}  # fmt: skip
_SHOWN = 3
# What differs from case to case in a reason.
_PARTICULARS = re.compile(
    r"(?:/[\w.@+*-]+)+|(?<=[ ,])[\w.+-]+\.(?:js|ts|py|sh|rb|json|toml)\b|\d+"
)


@dataclass(frozen=True)
class Ran:
    """A RUN step.

    Attributes:
        place: File and line.
        doubt: Why the step is in doubt.
        installs: Ecosystem -> why its installs are in doubt, for those that the step has.
    """

    place: str
    doubt: str | None
    installs: Mapping[str, str | None]


def kind(command: Command) -> str | None:
    """The ecosystem of an install; None for any other command."""
    name = re.sub(r"^(python|pip)3?\.\d+$", r"\1", command.name)
    name, words = _ALIKE.get(name, name), command.arguments
    for ecosystem, programs in INSTALLS.items():
        verbs = programs.get(name, "").split()
        plain = [w for w in words if not w.startswith("-")]
        runs = words[:1] and words[0] in _RUNNING
        if verbs == ["*"] or (not plain and "''" in verbs and "--version" not in words):
            return ecosystem
        if not runs and any(w == v or (v.endswith(":") and v in w) for v in verbs for w in plain):
            return ecosystem
    return None


class Watching(Mapping[str, Tool]):
    """The table of tools, noting each install; managers that it lacks are unknown, but noted."""

    def __init__(self) -> None:
        self.seen: dict[str, str | None] = {}

    def __getitem__(self, program: str) -> Tool:
        if program in TOOLS:
            tool = TOOLS[program]
            return replace(
                tool, effects=lambda command: self._note(command, tool.effects(command))
            )
        if any(_ALIKE.get(program, program) in programs for programs in INSTALLS.values()):
            why = f"{program} is not a command that dfopt knows"
            return Tool(program, (program,), lambda command: self._note(command, unknown(why)))
        raise KeyError(program)

    def __iter__(self) -> Iterator[str]:
        return iter(TOOLS)

    def __len__(self) -> int:
        return len(TOOLS)

    def _note(self, command: Command, effects: Effects) -> Effects:
        ecosystem = kind(command)
        if ecosystem is not None:
            self.seen[ecosystem] = self.seen.get(ecosystem) or effects.doubt
        return effects


def ran(file: Path, context: Path | None) -> Iterator[Ran]:
    """The RUN steps of a Dockerfile.

    Raises:
        UserError: It is none.
    """
    opened = open_dockerfile(str(file), context, Settings(history=0))
    watching, found = Watching(), []

    def noting(*words: Any, **named: Any) -> tuple[Step, Position]:
        watching.seen = {}
        step, after = interpret_step(*words, **named)
        if step.keyword == "RUN":
            found.append(_ran(step, file, watching.seen))
        return step, after

    given = replace(opened.project.given(Settings()), tools=watching)
    with patch.object(plan, "interpret_step", noting):
        plan.make_plan(opened.text, given)
    yield from found


@dataclass(frozen=True)
class Listed:
    """A line of the list: the folder's ecosystem, its Dockerfiles and their contexts."""

    ecosystem: str = "-"
    files: tuple[tuple[str, str], ...] = ()

    def dockerfiles(self, folder: Path) -> Iterator[tuple[Path, Path | None]]:
        """Those that the list names, as far as this commit has them; without a list, all."""
        if not self.files:
            yield from ((path, None) for path in find_dockerfiles(folder))
        for path, context in self.files:
            if (folder / path).is_file() and (folder / context).is_dir():
                yield folder / path, folder / context


def listed(path: Path) -> dict[str, Listed]:
    """The list, by the names of folders."""
    found = {}
    for line in path.read_text("utf-8").splitlines():
        name, ecosystem, *_, files = line.split("\t")
        named = (re.fullmatch(r"(.+):[^:@]*@(.+)", each) for each in files.split())
        pairs = tuple((m[1], m[2]) for m in named if m)
        found[name.replace("/", "+")] = Listed(ecosystem, pairs)
    return found


def _ran(step: Step, file: Path, seen: Mapping[str, str | None]) -> Ran:
    return Ran(f"{file}:{step.line}", step.effects.why, dict(seen))


def share(part: int, whole: int) -> str:
    """Two counts and their share."""
    return f"{part:5} of {whole:5} {part / whole if whole else 0:6.1%}"


def steps(rows: list[tuple[str, Ran]]) -> None:
    """Print the shares of RUN steps, by the folders' ecosystems."""
    print("RUN steps in doubt")
    groups: defaultdict[str, list[Ran]] = defaultdict(list)
    for ecosystem, row in rows:
        groups[ecosystem].append(row)
        groups["total"].append(row)
    for name in sorted(groups, key=lambda n: (n == "total", n)):
        print(f"  {name:8}", share(sum(bool(r.doubt) for r in groups[name]), len(groups[name])))


def installs(rows: list[Ran]) -> None:
    """Print the shares of steps that install, by their managers' ecosystems."""
    print("steps that install, in doubt: all of it, the install itself, only another command")
    for name in (*INSTALLS, "total"):
        own = [
            (r, doubts) for r in rows
            if (doubts := [d for e, d in r.installs.items() if name == e or (name == "total" and e != "system")])
        ]  # fmt: skip
        whole = sum(bool(r.doubt) for r, _ in own)
        itself = sum(any(doubts) for _, doubts in own)
        label = "total, system apart" if name == "total" else name
        print(
            f"  {label:20}", share(whole, len(own)), share(itself, len(own)), f"{whole - itself:5}"
        )


def reasons(title: str, found: list[tuple[str, str]], shown: int | None) -> None:
    """Print (place, reason) by the reason's kind."""
    count = Counter(_PARTICULARS.sub("_", why) for _, why in found)
    print(f"\n{title}")
    for reason, number in count.most_common():
        print(f"{number:5} x {reason}")
        alike = [(p, w) for p, w in found if _PARTICULARS.sub("_", w) == reason]
        for place, why in alike[:shown]:
            print(f"          {place}: {why}")


def main() -> None:
    """Read all, print the shares and the reasons."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--list", type=Path, help="ecosystems and Dockerfiles of the folders")
    ask.add_argument("--all", action="store_true", help="show all places of a reason")
    ask.add_argument("folders", nargs="+", type=Path)
    asked = ask.parse_args()
    names = listed(asked.list) if asked.list else {}
    rows: list[tuple[str, Ran]] = []
    for folder in asked.folders:
        known = names.get(folder.name.partition("@")[0], Listed())
        for file, context in known.dockerfiles(folder):
            try:
                rows += [(known.ecosystem, each) for each in ran(file, context)]
            except UserError as error:
                print(f"{file}: {error.message}")
    steps(rows)
    every = [r for _, r in rows]
    installs(every)
    shown = None if asked.all else _SHOWN
    held = [
        (r.place, d or r.doubt or "") for r in every
        for e, d in r.installs.items() if e != "system" and (d or r.doubt)
    ]  # fmt: skip
    reasons("what holds back the steps that install (system apart)", held, shown)
    reasons("what holds back all RUN steps", [(r.place, r.doubt) for r in every if r.doubt], shown)


if __name__ == "__main__":
    main()
