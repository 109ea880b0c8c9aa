"""A RUN that was put in: the law lets one pass that does a part of a later one, and no other."""

from __future__ import annotations

import pytest

from optimizer.context.files import MemoryFiles
from optimizer.effects.model import Effects, tree
from optimizer.effects.tool import Tool
from optimizer.effects.tools import TOOLS
from optimizer.effects.tools.ahead import offer
from optimizer.graph.plan import Given, make_plan
from optimizer.graph.same import differences

FILES = {
    "go.mod": "module example.com/app\n\ngo 1.22\n\nrequire example.com/dep v1.0.0\n",
    "go.sum": "example.com/dep v1.0.0 h1:x=\nexample.com/dep v1.0.0/go.mod h1:y=\n",
    "other/go.mod": "module example.com/other\n\ngo 1.22\n\nrequire example.com/dep v1.0.0\n",
    "other/go.sum": "example.com/dep v1.0.0 h1:x=\nexample.com/dep v1.0.0/go.mod h1:y=\n",
    "main.go": "package main\n",
    "pkg/dep.zip": "",
    "package.json": '{\n  "name": "app",\n  "version": "1.0.0",\n  "scripts": {"prepare": "vite build"}\n}\n',
    "package-lock.json": '{\n  "name": "app",\n  "version": "1.0.0",\n  "lockfileVersion": 3,\n  "packages": {"": {"name": "app", "version": "1.0.0"}}\n}\n',
}
HEAD = "FROM golang:1.22\nWORKDIR /src\n"
MANIFESTS = "COPY go.mod go.sum ./\n"
PART = "RUN go mod download\n"
COPY = "COPY . .\n"
BUILD = "RUN go build -o /srv .\n"


def found(before: str, after: str, tools=TOOLS) -> str:
    given = Given(MemoryFiles({p: t.encode() for p, t in FILES.items()}), tools=tools)
    return "\n".join(differences(make_plan(before, given), make_plan(after, given)))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (COPY + BUILD, MANIFESTS + PART + COPY + BUILD),
        (COPY + BUILD, COPY + PART + BUILD),
        (COPY + "ARG COLOUR\n" + BUILD, MANIFESTS + PART + COPY + "ARG COLOUR\n" + BUILD),
        (
            COPY + "RUN mkdir /out && go build -o /out/srv .\n",
            "RUN mkdir /out\n" + MANIFESTS + PART + COPY + "RUN go build -o /out/srv .\n",
        ),
        (
            COPY + "RUN cd /src/other && go build -o /srv .\n",
            "COPY other/go.mod other/go.sum other/\nRUN cd other && go mod download\n"
            + COPY + "RUN cd /src/other && go build -o /srv .\n",
        ),
    ],
    ids=["above the copy", "below it", "an argument between", "cut", "cd"],
)  # fmt: skip
def test_a_part_may_stand_above(before, after):
    """What it meets is what the whole meets, and nothing between has to do with it."""
    assert not found(HEAD + before, HEAD + after)


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        (COPY + BUILD, MANIFESTS + "RUN npm ci\n" + COPY + BUILD, "no RUN behind it offers it"),
        (COPY + BUILD, MANIFESTS + "RUN go mod verify\n" + COPY + BUILD, "no RUN behind it"),
        (COPY + BUILD, COPY + BUILD + PART, "no RUN behind it offers it"),
        (COPY + "RUN go vet .\n", MANIFESTS + PART + COPY + "RUN go vet .\n", "no RUN behind it"),
        (COPY + BUILD, PART + COPY + BUILD, "/src/go.mod is not the same"),
        (COPY + BUILD, "COPY other/go.mod go.sum ./\n" + PART + COPY + BUILD, "/src/go.mod is not"),
        (COPY + BUILD, "COPY go.mod ./\n" + PART + COPY + BUILD, "/src/go.sum is not the same"),
        (COPY + BUILD, MANIFESTS + "USER app\n" + PART + "USER root\n" + COPY + BUILD, "user diff"),
        (
            COPY + "ENV GOPROXY=https://a.example\n" + BUILD,
            MANIFESTS + PART + COPY + "ENV GOPROXY=https://a.example\n" + BUILD,
            "may see GOPROXY",
        ),
        (
            COPY + "COPY pkg /go/pkg/mod/\n" + BUILD,
            MANIFESTS + PART + COPY + "COPY pkg /go/pkg/mod/\n" + BUILD,
            "it brings /go/pkg/mod/dep.zip",
        ),
        (
            COPY + "RUN du -s /go/pkg > /size\n" + BUILD,
            MANIFESTS + PART + COPY + "RUN du -s /go/pkg > /size\n" + BUILD,
            "may read /go/pkg",
        ),
        (
            COPY + BUILD + "RUN ls /go/pkg/mod > /list\n",
            MANIFESTS + PART + COPY + BUILD + "RUN ls /go/pkg/mod > /list\n",
            "looks into /go/pkg/mod",
        ),
        (
            COPY + "RUN chmod 600 /src/go.sum && go build -o /srv .\n",
            MANIFESTS + PART + COPY + "RUN chmod 600 /src/go.sum && go build -o /srv .\n",
            "changes /src/go.sum before it",
        ),
        (
            COPY + "RUN echo > /src/go.sum && go build -o /srv .\n",
            MANIFESTS + PART + COPY + "RUN echo > /src/go.sum && go build -o /srv .\n",
            "no RUN behind it offers it",
        ),
        (COPY + BUILD, MANIFESTS + PART + "COPY main.go .\n" + BUILD, "is not the same"),
        (MANIFESTS + PART + COPY + BUILD, MANIFESTS + PART + PART + COPY + BUILD, "no RUN behind"),
    ],
)  # fmt: skip
def test_nothing_else_may(before, after, what):
    """Each way in which the RUN is no part, or meets something else, is found."""
    assert what in found(HEAD + before, HEAD + after)


NPM_HEAD = "FROM node:20\nWORKDIR /src\n"
NPM_PART = "RUN npm ci --ignore-scripts --logs-dir=node_modules && rm -rf node_modules\n"


@pytest.mark.parametrize(
    ("part", "what"),
    [
        (NPM_PART, ""),
        ("RUN npm ci --ignore-scripts --logs-dir=node_modules\n", "no RUN behind it offers it"),
        (NPM_PART.replace("node_modules", "node_modules main.go"), "no RUN behind it offers it"),
        (NPM_PART.replace(" --ignore-scripts", ""), "no RUN behind it offers it"),
    ],
    ids=["removed", "left", "more removed", "built"],
)
def test_what_a_part_installs_is_removed_with_it(part, what):
    """The whole goes on from nothing but a cache."""
    manifests = "COPY package.json package-lock.json ./\n"
    said = found(NPM_HEAD + COPY + "RUN npm ci\n", NPM_HEAD + manifests + part + COPY + "RUN npm ci\n")

    assert (what in said) if what else not said


PIP = {
    "pyproject.toml": '[project]\nname = "app"\nversion = "1"\ndependencies = ["six"]\n[build-system]\nbuild-backend = "hatchling.build"\n',
    "app/__init__.py": "",
    "other/pyproject.toml": '[project]\nname = "app"\ndependencies = ["idna"]\n',
}
PRINT = """RUN python3 -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"], sep="\\n")' | pip install -r /dev/stdin\n"""
INSTALL = "RUN pip install .\n"


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        (COPY + INSTALL, "COPY pyproject.toml ./\n" + PRINT + COPY + INSTALL, ""),
        (COPY + INSTALL, "COPY other/pyproject.toml ./\n" + PRINT + COPY + INSTALL, "/src/pyproject.toml is not the same"),
        (COPY + INSTALL, "COPY pyproject.toml ./\nRUN pip install six\n" + COPY + INSTALL, "no RUN behind it offers it"),
        (COPY + INSTALL, "COPY pyproject.toml ./\n" + PRINT.replace("project.toml", "project.tml") + COPY + INSTALL, "no RUN"),
        (
            "COPY --from=python:3.9 /usr/local/bin /usr/local/bin\n" + COPY + INSTALL,
            "COPY --from=python:3.9 /usr/local/bin /usr/local/bin\nCOPY pyproject.toml ./\n" + PRINT + COPY + INSTALL,
            "no RUN behind it offers it",
        ),
    ],
)  # fmt: skip
def test_requirements_may_be_printed_for_pip(before, after, what):
    """From the manifest of the whole, by a Python that can read it."""
    given = Given(MemoryFiles({p: t.encode() for p, t in PIP.items()}))
    head = "FROM python:3.12\nWORKDIR /src\n"
    said = "\n".join(differences(make_plan(head + before, given), make_plan(head + after, given)))

    assert (what in said) if what else not said


def _shop(more: frozenset[str], *, doubt: str | None = None, pinned: bool = True):
    """`shop all` offers `shop list`, which writes `more` than that."""
    goods = frozenset({"goods"})

    def effects(command):
        if command.arguments == ("list",):
            return Effects(
                writes=frozenset({tree("/shop")}) | more, network=True, unpinned=not pinned,
                provides=goods, doubt=doubt, seconds=10.0,
            )  # fmt: skip
        done = Effects(reads=frozenset({"/src/main.go"}), writes=frozenset({tree("/shop")}))
        return offer(
            done, command, ("list",), "goods", into=done.writes, leaves=frozenset(), more="",
            seconds=10.0, variables=(),
        )  # fmt: skip

    return {**TOOLS, "shop": Tool("shop", ("shop",), effects)}


@pytest.mark.parametrize(
    ("tools", "what"),
    [
        (_shop(frozenset()), ""),
        (_shop(frozenset({"/etc/shop"})), "would change /etc/shop, which line 4 does not"),
        (_shop(frozenset(), doubt="it is closed"), "it is closed"),
        (_shop(frozenset(), pinned=False), "fetches what no lock file pins"),
    ],
    ids=["a part", "writes more", "in doubt", "not pinned"],
)
def test_a_tool_that_offers_too_much_is_found_out(tools, what):
    """What a tool offers is not believed: the part is asked for what it does."""
    texts = (HEAD + COPY + "RUN shop all\n", HEAD + "RUN shop list\n" + COPY + "RUN shop all\n")
    said = found(*texts, tools)

    assert (what in said) if what else not said
