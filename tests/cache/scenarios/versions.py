"""Where versions of the builder differ, and what only newer ones know (rules 1.5, 7 and 12)."""

from __future__ import annotations

from tests.cache.scenarios.scenario import Scenario

_CACHE = "RUN --mount=type=cache,id=a,target=/c echo a"

# Rule, what is shown, before, after, what 20.10 does, what 0.32 does; "" for one who knows it not.
_ROWS = [
    ("12 D4", "cache: another id", _CACHE, "RUN --mount=type=cache,id=b,target=/c echo a", "m", "h"),
    ("12", "cache: sharing", "RUN --mount=type=cache,target=/c echo a", "RUN --mount=type=cache,target=/c,sharing=locked echo a", "m", ""),
    ("12 D4", "cache: sharing is like an id", _CACHE, "RUN --mount=type=cache,target=/c,sharing=locked echo a", "m", "h"),
    ("12", "cache: the id that it has without", "RUN --mount=type=cache,target=/c echo a", "RUN --mount=type=cache,id=/c,target=/c echo a", "h", ""),
    ("12 D4", "cache: sharing as it is without", "RUN --mount=type=cache,target=/c echo a", "RUN --mount=type=cache,target=/c,sharing=shared echo a", "h", ""),
    ("12 A10", "ARG of one line see each other", "ARG A=1 B=$A\nRUN echo a", "ARG A=1 B=1\nRUN echo a", "m", "h"),
    ("12 A10", "ARG of one line do not see each other", "ARG A=1 B=$A\nRUN echo a", "ARG A=1 B=\nRUN echo a", "h", "m"),
    ("12 A4", "text behind a JSON array", 'RUN ["true"]', 'RUN ["true"] || :', "h", "m"),
    ("12 A7", "a variable in a mount", "ENV D=/m\nRUN --mount=source=d,target=/m ls", "ENV D=/m\nRUN --mount=source=d,target=$D ls", "m", "h"),
    ("3.1 B3", "RUN --network=none", "RUN echo a", "RUN --network=none echo a", "", "m"),
    ("3.1 B3", "RUN --network=default", "RUN echo a", "RUN --network=default echo a", "", "h"),
    ("1.5 H3", "heredoc: a comment in it", "RUN <<E\necho a\nE", "RUN <<E\n# b\necho a\nE", "", "m"),
    ("1.5", "heredoc: another delimiter", "RUN <<E\necho a\nE", "RUN <<X\necho a\nX", "", "h"),
    ("1.5", "heredoc of COPY: its text", "COPY <<f /d/\na\nf", "COPY <<f /d/\nb\nf", "", "m"),
    ("2 D2", "COPY --link behind another step", "RUN echo a\nCOPY --link f /f\nRUN echo b", "RUN echo c\nCOPY --link f /f\nRUN echo b", "", "mmm"),
    ("1.8 H7", "the host's name", "RUN echo a", "ARG X\nRUN echo a", "h", "h"),
]  # fmt: skip

VERSIONS = [
    Scenario(rule, f"versions: {name}", before, after, steps, builders=builder)
    for rule, name, before, after, old, new in _ROWS
    for builder, steps in (("20", old), ("32", new))
    if steps
]
VERSIONS += [
    Scenario("1.8 H7", "versions: BUILDKIT_SANDBOX_HOSTNAME", "RUN echo a", "", steps, args=({}, {"BUILDKIT_SANDBOX_HOSTNAME": "a"}), builders=builder)
    for builder, steps in (("20", "h"), ("32", "m"))
]
VERSIONS += [
    Scenario("1.8 H6", "versions: SOURCE_DATE_EPOCH", "WORKDIR /w\nCOPY f /f", "", "mm", args=({}, {"SOURCE_DATE_EPOCH": "1"}), builders="32"),
    Scenario("3.7 H2", "versions: COPY --exclude, what is excluded", "COPY --exclude=x d /r/", "", "h", {"d/x": "other"}, builders="32"),
    Scenario("3.7 H2", "versions: COPY --exclude, what is not", "COPY --exclude=x d /r/", "", "m", {"d/s/y": "other"}, builders="32"),
    Scenario("12 K2", "versions: the context and a file of it, another file", "RUN --mount=target=/m --mount=source=f,target=/x ls", "", "h", {"g": "other"}, builders="20"),
    Scenario("12 K2", "versions: the context and a file of it, another file", "RUN --mount=target=/m --mount=source=f,target=/x ls", "", "m", {"g": "other"}, builders="32"),
]  # fmt: skip
