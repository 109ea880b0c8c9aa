"""Random Dockerfiles with random changes: what is built for real, and what the model is asked.

A seed makes a history: a Dockerfile over a context, then three changes of it. In each stage the
first RUN has the seed in its text, so that histories share no cache. In every second history a
RUN of the first stage leaves other bytes whenever it runs; in the others what it leaves depends
on its text alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from optimizer.context.files import Link

BASE = "debian:bookworm-slim"
_TEXTS = ("one\n", "two\n", "three\n")
_MODES = (0o644, 0o755, 0o600)
_PATHS = ("a.txt", "b.txt", "src/m.js", "src/n.js", "src/deep/o.js", "c.json", ".hidden")
_LINKS = {"l.txt": ("a.txt", "b.txt"), "ln": ("src", "src/deep"), "src/in": ("n.js", "m.js")}
_SOURCES = (
    "COPY . {d}", "COPY a.txt b.txt {d}", "COPY src {d}", "COPY src/ {d}", "COPY *.txt {d}",
    "COPY src/*.js {d}", 'COPY ["c.json", "{d}"]', "COPY --chown={n}:1 a.txt {d}",
    "COPY ?.json {d}", "ADD src/deep {d}", "COPY ./a.txt {d}$A/", "COPY src/[mn].js {d}",
    "COPY --chmod=60{n} a.txt b.txt {d}", "COPY --chmod=75{n} src {d}", "COPY ln {d}",
    "COPY l.txt {d}", "ADD --chown={n} c.json {d}", "COPY s*c {d}", "COPY a.txt /f{n}",
)  # fmt: skip
_OTHERS = (
    "RUN echo {n}", "RUN echo {n} $A", 'RUN ["/bin/true", "{n}"]', "ENV A={v}", "ENV B={v} C=$A",
    "ARG A={v}", "ARG X", "ARG X={v}", "WORKDIR /w{n}", "WORKDIR rel", "WORKDIR /", "USER {n}",
    "LABEL l={v}", "EXPOSE 80{n}", 'CMD ["{v}"]', "VOLUME /v{n}", 'SHELL ["/bin/sh", "-ec"]',
    "# a comment {v}", "RUN echo {n} && \\\n    true", "STOPSIGNAL 9", "ENTRYPOINT {v}",
    "RUN --mount=type=bind,source=src,target=/mnt echo {n}", "ENV A=$B", "ENV D {v}",
    "RUN --mount=type=bind,source=a.txt,target=/mnt/a echo {n}", "ARG A={v} Y=$A",
    "RUN --mount=type=cache,target=/c{n} echo {v}", "RUN --mount=type=tmpfs,target=/t echo {n}",
    "RUN --mount=type=cache,id={v},sharing=locked,target=/c echo {n}", "ARG TARGETARCH",
    "RUN --mount=type=secret,id={v} echo {n}", "ONBUILD RUN echo {v}", "ONBUILD ENV A={v}",
    "ONBUILD COPY a.txt /o/", "HEALTHCHECK CMD {v}", "RUN --mount=target=/mnt,rw echo {n}",
)  # fmt: skip
# What a later stage takes; the first stage holds /out.
_TAKEN = (
    "COPY --from={s} /out {d}", "COPY --from={i} /out/ /t{n}/", "COPY --from={s} /out/k* /t/",
    "RUN --mount=type=bind,from={s},source=/out,target=/mnt echo {n}",
    "COPY --from={s} --chown={n} /out /out", "COPY --from={s} /out/kept/a.txt /t/",
)  # fmt: skip
_RULES = ("", "*.txt\n!?.txt\n", "src/deep\n", "**/n.js\n.*\n", "Dockerfile\n.dockerignore\n")
# Lines that a later stage or a later line needs stand as they are.
_KEPT = ("FROM", "ARG A=outer", "USER 0\n", "RUN echo mark", "COPY a.txt /out/kept/")


@dataclass(frozen=True)
class Build:
    """One build of a history.

    Attributes:
        lines: The Dockerfile; an element may be several lines.
        files: Path in the context -> content and mode, or a link. A path with `/` at its end
            is a folder with a mode of its own.
        args: The build arguments.
        touched: Files with another time.
        target: What `--target` is, if it is given.
    """

    lines: tuple[str, ...]
    files: Mapping[str, tuple[str, int] | Link]
    args: Mapping[str, str] = field(default_factory=dict)
    touched: tuple[str, ...] = ()
    target: str | None = None

    @property
    def text(self) -> str:
        """The Dockerfile."""
        return "\n".join([*self.lines, ""])


def history(seed: int, nonce: str = "") -> tuple[Build, ...]:
    """Four builds, each with a change against an earlier one; equal for equal seeds."""
    chance = random.Random(seed)  # noqa: S311 - a seed, not a secret
    files: dict[str, tuple[str, int] | Link] = {
        path: (chance.choice(_TEXTS), 0o644) for path in _PATHS
    }
    files |= {path: Link(targets[0]) for path, targets in _LINKS.items()}
    files[".dockerignore"] = (chance.choice(_RULES), 0o644)
    lines = _dockerfile(chance, f"mark {seed}{nonce}", stamped=seed % 2 == 0)
    builds = [Build(tuple(lines), files)]
    for _ in range(3):
        build = builds[chance.randrange(len(builds))]
        for _ in range(chance.choice((1, 1, 2))):
            build = chance.choice(_CHANGES)(build, chance)
        builds.append(build)
    return tuple(builds)


def _dockerfile(chance: random.Random, mark: str, *, stamped: bool) -> list[str]:
    if chance.random() < 0.25:
        return [f"FROM {BASE}", f"RUN echo {mark}", *_steps(chance, 4)]
    made = "date +%s%N" if stamped else "echo made"
    lines = ["ARG A=outer", f"FROM {BASE} AS build", f"RUN echo {mark} build"]
    lines += [*_steps(chance, 2), "COPY a.txt /out/kept/"]
    if chance.random() < 0.6:
        lines += [f"USER 0\nRUN mkdir -p /out/run && {made} > /out/run/made"]
    lines += _filled_all(chance, ("COPY src /out/src/", "ADD c.json /out/", "RUN echo {v}"))
    taken = ["build"]
    if chance.random() < 0.5:
        base = chance.choice((BASE, "build"))
        lines += [f"FROM {base} AS mid", f"RUN echo {mark} mid", "COPY a.txt /out/kept/"]
        lines += [*_steps(chance, 1), *_taken(chance, ["build"])]
        taken.append("mid")
    lines += [f"FROM {chance.choice((BASE, BASE, taken[-1]))}", f"RUN echo {mark}"]
    return [*lines, *_steps(chance, 2), *_taken(chance, taken), "RUN echo last"]


def _filled_all(chance: random.Random, forms: tuple[str, ...]) -> list[str]:
    return [_filled(form, chance, 1) for form in forms if chance.random() < 0.5]


def _taken(chance: random.Random, stages: list[str]) -> list[str]:
    """What a stage takes from those before it."""
    found = []
    for number in range(1 + chance.randrange(2)):
        index = chance.randrange(len(stages))
        form = _filled(chance.choice(_TAKEN), chance, number)
        found.append(form.replace("{s}", stages[index]).replace("{i}", str(index)))
    return found


def _steps(chance: random.Random, least: int) -> list[str]:
    return [_step(chance, number) for number in range(least + chance.randrange(3))]


def _step(chance: random.Random, number: int) -> str:
    form = chance.choice(_SOURCES if chance.random() < 0.4 else _OTHERS)
    return _filled(form, chance, number)


def _filled(form: str, chance: random.Random, number: int) -> str:
    words = {"{d}": chance.choice(("/d/", "/e/f/", "./", "/out/")), "{n}": str(number)}
    words["{v}"] = chance.choice(("x", "y", "1"))
    for mark, word in words.items():
        form = form.replace(mark, word)
    return form


def _write(build: Build, chance: random.Random) -> Build:
    path = chance.choice(_PATHS)
    return _with(build, path, (chance.choice(_TEXTS), 0o644))


def _mode(build: Build, chance: random.Random) -> Build:
    path = chance.choice(_PATHS)
    text = build.files.get(path, (_TEXTS[0], 0))
    assert isinstance(text, tuple)
    return _with(build, path, (text[0], chance.choice(_MODES)))


def _remove(build: Build, chance: random.Random) -> Build:
    gone = chance.choice(("b.txt", "src/m.js", "src/n.js", ".hidden", "c.json", "src/in", "l.txt"))
    return replace(build, files={p: what for p, what in build.files.items() if p != gone})


def _add(build: Build, chance: random.Random) -> Build:
    path = chance.choice(("n.txt", "src/new.js", "new/x", "d.json", "src/deep/p", "new/y"))
    return _with(build, path, (_TEXTS[0], 0o644))


def _move(build: Build, chance: random.Random) -> Build:
    """Two files change places, or one gets another name."""
    one, other = chance.choice(
        (("a.txt", "b.txt"), ("src/m.js", "src/n.js"), ("src/deep/o.js", "src/deep/q.js"))
    )
    files = dict(build.files)
    if "b.txt" not in files:
        one, other = "src/m.js", "src/n.js"
    found = files.pop(one, None), files.pop(other, None)
    files |= {path: what for path, what in zip((other, one), found, strict=True) if what}
    return replace(build, files=files)


def _touch(build: Build, chance: random.Random) -> Build:
    return replace(build, touched=(*build.touched, chance.choice((*_PATHS, "src"))))


def _link(build: Build, chance: random.Random) -> Build:
    path = chance.choice(tuple(_LINKS))
    return _with(build, path, Link(chance.choice(_LINKS[path])))


def _folder(build: Build, chance: random.Random) -> Build:
    path = chance.choice(("src/", "src/deep/", "empty/", "src/empty/"))
    return _with(build, path, ("", chance.choice((0o755, 0o700))))


def _rules(build: Build, chance: random.Random) -> Build:
    return _with(build, ".dockerignore", (chance.choice(_RULES), 0o644))


def _with(build: Build, path: str, what: tuple[str, int] | Link) -> Build:
    return replace(build, files={**build.files, path: what})


def _args(build: Build, chance: random.Random) -> Build:
    return replace(build, args={"A": chance.choice("12"), "X": chance.choice("12")})


def _target(build: Build, chance: random.Random) -> Build:
    """Another target: one of the stages, or the last."""
    names = [line.split()[-1] for line in build.lines if line.startswith("FROM") and " AS " in line]
    return replace(build, target=chance.choice([*names, None]))


def _insert(build: Build, chance: random.Random) -> Build:
    starts = [i for i, line in enumerate(build.lines) if line.startswith("RUN echo mark")]
    at = chance.randrange(chance.choice(starts) + 1, len(build.lines) + 1)
    return replace(build, lines=(*build.lines[:at], _step(chance, 7), *build.lines[at:]))


def _edit(build: Build, chance: random.Random) -> Build:
    """A line that is another one: a word of it, or all."""
    free = _free(build)
    if not free:
        return build
    at = chance.choice(free)
    line = build.lines[at]
    old, new = chance.choice((("x", "y"), ("y", "1"), ("0", "3"), ("/d/", "/d2/"), ("  ", " ")))
    same = chance.random() < 0.6 and "from=" not in line
    if old == "y" and "type=" in line:
        old = new  # another type is no type
    other = line.replace(old, new) if same else _step(chance, 8)
    return replace(build, lines=(*build.lines[:at], other, *build.lines[at + 1 :]))


def _drop(build: Build, chance: random.Random) -> Build:
    gone = chance.choice([*_free(build), -1])
    return replace(build, lines=tuple(x for i, x in enumerate(build.lines) if i != gone))


def _swap(build: Build, chance: random.Random) -> Build:
    free = _free(build)
    pairs = [i for i in free if i + 1 in free]
    if not pairs:
        return build
    at = chance.choice(pairs)
    lines = list(build.lines)
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    return replace(build, lines=tuple(lines))


def _free(build: Build) -> list[int]:
    return [i for i, line in enumerate(build.lines) if not line.startswith(_KEPT)]


def _nothing(build: Build, chance: random.Random) -> Build:
    return build


_CHANGES: tuple[Callable[[Build, random.Random], Build], ...] = (
    _write, _write, _write, _mode, _remove, _add, _move, _touch, _link, _folder, _rules, _args,
    _args, _target, _insert, _insert, _edit, _edit, _drop, _swap, _swap, _nothing,
)  # fmt: skip
