"""A named change, and what a builder does with each step when it builds again."""

from __future__ import annotations

import hashlib
import io
import itertools
import re
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field

from optimizer.context.files import Link
from tests.cache.histories import BASE, Build

FILES: Mapping[str, tuple[str, int] | Link] = {
    **{path: (f"{path[-1]}\n", 0o644) for path in ("f", "g", "d/x", "d/s/y", "e/x", "e/s/y", "a.md")},
    "p/f": ("f\n", 0o644), "l": Link("f"), "k": Link("d"), "sh": ("#!/bin/sh\n", 0o755),
}  # fmt: skip

# What becomes of a path: its content, with a mode, a link, or None where it goes away. A path
# with `/` at its end is a folder.
Change = Mapping[str, str | tuple[str, int] | Link | None]


@dataclass(frozen=True)
class Scenario:
    """One scenario.

    Attributes:
        rule: The section of the specification of the builder's cache that it shows.
        name: What it shows.
        before: The Dockerfile, without a FROM line if it has but the usual one.
        after: The Dockerfile of the second build, "" if it is the same.
        steps: What the second build does with RUN, COPY, ADD and WORKDIR, in order of stages:
            h(it) or m(iss); or "fails at", and stage and number of the step.
        change: What the second build finds changed.
        files: What the context holds besides the usual.
        args: The build arguments of both builds.
        builders: Who was seen to do so: 20 is Docker 20.10.24, 32 BuildKit 0.32.2.
        model: What the model says where it does not know: with `?` there.
        detour: Whether the second build is followed by the first again, and that is meant.
        target: `--target` of both builds.
    """

    rule: str
    name: str
    before: str
    after: str
    steps: str
    change: Change = field(default_factory=dict)
    files: Change = field(default_factory=dict)
    args: tuple[Mapping[str, str], Mapping[str, str]] = field(default_factory=lambda: ({}, {}))
    builders: str = "20 32"
    model: str = ""
    detour: bool = False
    touched: tuple[str, ...] = ()
    target: str | None = None

    @property
    def mark(self) -> str:
        """Another one for another scenario."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:12]

    def builds(self, nonce: str = "") -> tuple[Build, ...]:
        """What is built. Each stage that starts from an image has a RUN of this scenario first."""
        files = _changed(FILES, self.files)
        first = Build(self._lines(self.before, nonce), files, self.args[0], target=self.target)
        second = Build(
            self._lines(self.after or self.before, nonce), _changed(files, self.change),
            self.args[1], self.touched, self.target,
        )  # fmt: skip
        return (first, second, first) if self.detour else (first, second)

    def _lines(self, text: str, nonce: str) -> tuple[str, ...]:
        text = text.replace("FROM @", f"FROM {BASE}")
        if "FROM" not in text:
            text = f"FROM {BASE}\n{text}"
        count = itertools.count()

        def salted(found: re.Match[str]) -> str:
            return f"{found[0]}\nRUN : {self.mark} {next(count)}{nonce}"

        return (re.sub(r"^FROM \S+[:/]\S+( AS \w+)?$", salted, text, flags=re.MULTILINE),)


def archive(time: int) -> str:
    """An archive of one file, which was changed at that time; its bytes are all of ASCII."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as written:
        member = tarfile.TarInfo("x")
        member.mtime = time
        written.addfile(member)
    return file.getvalue().decode("ascii")


def _changed(
    files: Mapping[str, tuple[str, int] | Link], change: Change
) -> Mapping[str, tuple[str, int] | Link]:
    found = dict(files)
    for path, what in change.items():
        if what is None:
            del found[path]
        else:
            found[path] = (what, 0o755 if path.endswith("/") else 0o644) if isinstance(what, str) else what
    return found
