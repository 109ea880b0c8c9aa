"""Random Dockerfiles with random changes: what is built for real, and what the model is asked.

A seed makes a history: a Dockerfile over a context, then three changes of it. In each stage the
first RUN has the seed in its text, so that histories share no cache; the last RUN of the first
stage leaves other bytes whenever it runs, so that what takes from it is a hit only if it is.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace

BASE = "debian:bookworm-slim"
_TEXTS = ("one\n", "two\n", "three\n")
_MODES = (0o644, 0o755, 0o600)
_PATHS = ("a.txt", "b.txt", "src/m.js", "src/n.js", "src/deep/o.js", "c.json", ".hidden")
_SOURCES = (
    "COPY . {d}", "COPY a.txt b.txt {d}", "COPY src {d}", "COPY src/ {d}", "COPY *.txt {d}",
    "COPY src/*.js {d}", 'COPY ["c.json", "{d}"]', "COPY --chown=1:1 a.txt {d}",
    "COPY ?.json {d}", "ADD src/deep {d}", "COPY ./a.txt {d}$A/", "COPY src/[mn].js {d}",
)  # fmt: skip
_OTHERS = (
    "RUN echo {n}", "RUN echo {n} $A", 'RUN ["/bin/true", "{n}"]', "ENV A={v}", "ENV B={v} C=$A",
    "ARG A={v}", "ARG X", "ARG X={v}", "WORKDIR /w{n}", "WORKDIR rel", "WORKDIR /", "USER {n}",
    "LABEL l={v}", "EXPOSE 80{n}", 'CMD ["{v}"]', "VOLUME /v{n}", 'SHELL ["/bin/sh", "-ec"]',
    "# a comment {v}", "RUN echo {n} && \\\n    true", "STOPSIGNAL 9", "ENTRYPOINT {v}",
    "RUN --mount=type=bind,source=src,target=/mnt echo {n}",
    "RUN --mount=type=bind,source=a.txt,target=/mnt/a echo {n}",
)  # fmt: skip
_RULES = ("", "*.txt\n!a.txt\n", "src/deep\n", "**/n.js\n.*\n")


@dataclass(frozen=True)
class Build:
    """One build of a history.

    Attributes:
        text: The Dockerfile.
        files: Path in the context -> content and mode.
        args: The build arguments.
    """

    text: str
    files: Mapping[str, tuple[str, int]]
    args: Mapping[str, str]


def history(seed: int, nonce: str = "") -> tuple[Build, ...]:
    """Four builds, each with a change against the one before; equal for equal seeds."""
    chance = random.Random(seed)  # noqa: S311 - a seed, not a secret
    files = {path: (chance.choice(_TEXTS), 0o644) for path in _PATHS}
    files[".dockerignore"] = (chance.choice(_RULES), 0o644)
    builds = [Build(_dockerfile(chance, f"{seed}{nonce}"), files, {})]
    for _ in range(3):
        builds.append(_changed(builds[chance.randrange(len(builds))], chance))
    return tuple(builds)


def _dockerfile(chance: random.Random, mark: str) -> str:
    stage = _steps(chance, 4)
    if chance.random() < 0.5:
        return "\n".join([f"FROM {BASE}", f"RUN echo {mark}", *stage, ""])
    first = _steps(chance, 3)
    return "\n".join(
        [
            "ARG A=outer", f"FROM {BASE} AS build", f"RUN echo build {mark}", *first, "USER 0",
            "RUN mkdir -p /out && date +%s%N > /out/stamp", f"FROM {BASE}", f"RUN echo {mark}",
            *stage, "COPY --from=build /out /out", "RUN echo last", "",
        ]
    )  # fmt: skip


def _steps(chance: random.Random, least: int) -> list[str]:
    steps = []
    for number in range(least + chance.randrange(4)):
        form = chance.choice(_SOURCES if chance.random() < 0.4 else _OTHERS)
        steps.append(_filled(form, chance, number))
    return steps


def _filled(form: str, chance: random.Random, number: int) -> str:
    words = {"{d}": chance.choice(("/d/", "/e/f/", "./")), "{n}": str(number)}
    words["{v}"] = chance.choice(("x", "y", "1"))
    for mark, word in words.items():
        form = form.replace(mark, word)
    return form


def _changed(build: Build, chance: random.Random) -> Build:
    kind = chance.choice(("write", "write", "mode", "remove", "add", "swap", "args", "edit", "none"))
    files, path = dict(build.files), chance.choice(_PATHS[2:5])
    if kind == "write":
        path = chance.choice(_PATHS)
        files[path] = (chance.choice(_TEXTS), files.get(path, ("", 0o644))[1])
    elif kind == "mode":
        files[path] = (files.get(path, (_TEXTS[0], 0))[0], chance.choice(_MODES))
    elif kind == "remove" and path != "src/deep/o.js":
        files.pop(path, None)
    elif kind == "add":
        files[chance.choice(("new.txt", "src/new.js", "new/x", "d.json"))] = (_TEXTS[0], 0o644)
    elif kind == "swap":
        files["a.txt"], files["b.txt"] = files["b.txt"], files["a.txt"]
    elif kind == "args":
        return replace(build, args={"A": chance.choice("12"), "X": chance.choice("12")})
    elif kind == "edit":
        return replace(build, text=_edited(build.text, chance))
    return replace(build, files=files)


def _edited(text: str, chance: random.Random) -> str:
    """Another step, a comment, or a label, at a place behind the first RUN of the last stage."""
    lines = text.split("\n")
    start = max(i for i, line in enumerate(lines) if line.startswith("FROM")) + 2
    at = chance.randrange(start, len(lines))
    while lines[at - 1].endswith("\\"):
        at += 1
    added = _filled(chance.choice((*_OTHERS, "# note", "LABEL m={v}")), chance, 7)
    return "\n".join([*lines[:at], added, *lines[at:]])
