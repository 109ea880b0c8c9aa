"""Each check against a table of small projects: what it tells, and what it leaves alone."""

from __future__ import annotations

import pytest

from optimizer.checks import CHECKS, findings
from optimizer.context.files import MemoryFiles
from optimizer.errors import UserError
from optimizer.pipeline import Project
from optimizer.settings import Settings

NODE = {
    "package.json": '{"name": "a", "version": "1.0.0"}',
    "package-lock.json": '{"name": "a", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "a", "version": "1.0.0"}}}',
    "index.js": "",
}
GOOD = "FROM node:20\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n"
SPACES = {
    **NODE,
    "package.json": '{"name": "a", "version": "1.0.0", "workspaces": ["packages/*"]}',
    "packages/b/package.json": '{"name": "b", "version": "1.0.0"}',
    "packages/c/package.json": '{"name": "c", "version": "1.0.0"}',
}


def found(name: str, text: str, files, **given) -> list[tuple[int, str]]:
    project = Project(MemoryFiles(files), **given)
    settings = Settings(check_select=(name,))
    return [(f.line, f.message) for f in findings("Dockerfile", text, project, settings)]


MISSING = {
    "all_is_there": (GOOD, NODE, []),
    "settings_came_later": (GOOD, {**NODE, ".npmrc": "x=1"}, [(4, ".npmrc")]),
    "they_are_ignored": (GOOD, {**NODE, ".npmrc": "x=1", ".dockerignore": ".npmrc"}, []),
    "lock_is_left_out": (
        "FROM node:20\nWORKDIR /app\nCOPY package.json ./\nRUN npm install\nCOPY . .\n",
        NODE,
        [(4, "package-lock.json")],
    ),
    "no_copy_of_the_rest": (
        "FROM node:20\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\n",
        {**NODE, ".npmrc": "x=1"},
        [(4, ".npmrc")],
    ),
    "a_new_workspace": (
        (
            "FROM node:20\nWORKDIR /app\nCOPY package.json package-lock.json ./\n"
            "COPY packages/b/package.json packages/b/\nRUN npm ci\nCOPY . .\n"
        ),
        SPACES,
        [(5, "packages/c/package.json")],
    ),
    "above_its_copy": (
        "FROM python:3.12\nWORKDIR /app\nRUN pip install -r requirements.txt\nCOPY . .\n",
        {"requirements.txt": "flask==3.0.0\n"},
        [(3, "requirements.txt")],
    ),
    "nested_requirements": (
        "FROM python:3.12\nCOPY requirements.txt /tmp/\nRUN pip install -r /tmp/requirements.txt\n",
        {"requirements.txt": "-r base.txt\n", "base.txt": "flask==3.0.0\n"},
        [(3, "base.txt")],
    ),
    "inherited_from_a_stage": (
        (
            "FROM node:20 AS base\nWORKDIR /app\nCOPY package.json package-lock.json ./\n"
            "FROM base\nRUN npm ci\nCOPY . .\n"
        ),
        {**NODE, ".npmrc": "x=1"},
        [(5, ".npmrc")],
    ),
    "in_doubt": (
        "FROM node:20\nWORKDIR /app\nRUN frobnicate\nCOPY package.json ./\nRUN npm install\nCOPY . .\n",
        NODE,
        [],
    ),
    "made_by_a_step": (
        (
            "FROM node:20\nWORKDIR /app\nCOPY package.json package-lock.json ./\n"
            "RUN echo x=1 > .npmrc\nRUN npm ci\nCOPY . .\n"
        ),
        {**NODE, ".npmrc": "x=1"},
        [],
    ),
    "looks_whether_it_would_overwrite": (
        "FROM rust:1\nWORKDIR /code\nRUN cargo init\nCOPY . .\n",
        {"Cargo.toml": '[package]\nname = "a"\nversion = "0.1.0"\n', "src/main.rs": ""},
        [],
    ),
    "left_alone": (
        GOOD.replace("RUN npm", "# dfopt: leave\nRUN npm"),
        {**NODE, ".npmrc": "x=1"},
        [],
    ),
    "a_solution_beside_the_project": (
        "FROM mcr.microsoft.com/dotnet/sdk:8.0\nWORKDIR /src\nCOPY a.csproj .\nRUN dotnet restore\nCOPY . .\n",
        {"a.csproj": '<Project Sdk="Microsoft.NET.Sdk" />', "a.sln": ""},
        [],
    ),
    "two_folders_for_one": (
        (
            "FROM node:20\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\n"
            "COPY web .\nCOPY api .\n"
        ),
        {**NODE, "web/.npmrc": "x=1", "api/a": ""},
        [],
    ),
}


@pytest.mark.parametrize(("text", "files", "expected"), MISSING.values(), ids=MISSING)
def test_missing_inputs(text, files, expected):
    """The line of the step, and the files of the context that it misses."""
    told = found("missing-inputs", text, files)

    assert [line for line, _ in expected] == [line for line, _ in told]
    for (_, name), (_, message) in zip(expected, told, strict=True):
        assert f"looks for {name}, which" in message


def test_missing_inputs_says_what_comes_too_late():
    """The line that brings them is named."""
    ((_, message),) = found("missing-inputs", GOOD, {**NODE, ".npmrc": "x=1"})

    assert message == (
        "this step looks for .npmrc, which is in the build context but not copied before it; "
        "line 5 brings it too late"
    )


COPIED = "FROM node:20\nWORKDIR /app\nCOPY . .\n"
BROAD = {
    "git": (COPIED, {"a": "", ".git/HEAD": "ref: x"}, [(3, ".git is")]),
    "git_is_ignored": (COPIED, {"a": "", ".git/HEAD": "", ".dockerignore": ".git"}, []),
    "git_is_a_file": (COPIED, {"a": "", ".git": "gitdir: x"}, []),
    "git_is_asked": (COPIED + "RUN git describe > v\n", {"a": "", ".git/HEAD": ""}, []),
    "not_reached": (COPIED.replace(". .", "src ."), {"src/a": "", ".git/HEAD": ""}, []),
    "installed_packages": (
        COPIED,
        {"a": "", "web/node_modules/.package-lock.json": "", "web/node_modules/b/index.js": ""},
        [(3, "web/node_modules is")],
    ),
    "packages_that_are_sources": (COPIED, {"node_modules/b/index.js": ""}, []),
    "several": (
        COPIED,
        {".git/HEAD": "", ".venv/pyvenv.cfg": "", "target/CACHEDIR.TAG": ""},
        [(3, ".git, .venv and target are")],
    ),
    "one_in_another": (
        COPIED,
        {".git/HEAD": "", ".venv/pyvenv.cfg": "", ".venv/x/CACHEDIR.TAG": ""},
        [(3, ".git and .venv are")],
    ),
}


@pytest.mark.parametrize(("text", "files", "expected"), BROAD.values(), ids=BROAD)
def test_broad_context(text, files, expected):
    """The line of the COPY, and the folders that it should not bring."""
    told = found("broad-context", text, files)

    assert expected == [(line, m.split(" sent to")[0]) for line, m in told]


def test_broad_context_by_gits_word():
    """A folder that git ignores is not part of the project, whatever stands in it."""
    files = {"a": "", "vendor/x.php": ""}
    told = found("broad-context", COPIED, files, untracked=frozenset({"vendor"}))

    assert [3] == [line for line, _ in told]


NPM = "COPY package.json package-lock.json ./\nRUN npm ci\n"
VOLATILE = {
    "moved_by_rewrite": (
        f"FROM node:20\nWORKDIR /app\nARG COMMIT_SHA\n{NPM}RUN echo $COMMIT_SHA > sha\n",
        [(3, "`dfopt rewrite` mends this")],
    ),
    "held_by_a_user": (
        f"FROM node:20\nWORKDIR /app\nARG COMMIT_SHA\nRUN echo $COMMIT_SHA > sha\n{NPM}",
        [(3, "line 6 runs again")],
    ),
    "cache_buster": (
        f"FROM node:20\nWORKDIR /app\nARG CACHEBUST=1\nRUN echo $CACHEBUST > sha\n{NPM}",
        [],
    ),
    "a_version_pin": (
        f"FROM node:20\nWORKDIR /app\nARG NODE_VERSION=20\nRUN echo $NODE_VERSION > v\n{NPM}",
        [],
    ),
    "a_pin_of_the_head": (
        f"ARG X_VERSION=20\nFROM node:20\nWORKDIR /app\nARG X_VERSION\nRUN echo $X_VERSION > v\n{NPM}",
        [],
    ),
    "below_all": (
        f"FROM node:20\nWORKDIR /app\n{NPM}ARG COMMIT_SHA\nRUN echo $COMMIT_SHA > sha\n",
        [],
    ),
    "below_a_broad_copy": (
        f"FROM node:20\nWORKDIR /app\nCOPY . .\nARG COMMIT_SHA\nRUN echo $COMMIT_SHA > sha\n{NPM}",
        [],
    ),
    "above_a_broad_copy": (
        "FROM node:20\nWORKDIR /app\nARG COMMIT_SHA\nRUN echo $COMMIT_SHA > sha\nCOPY . .\nRUN npm ci\n",
        [],
    ),
    "environment": (
        f"FROM node:20\nWORKDIR /app\nARG COMMIT_SHA\nENV SHA=$COMMIT_SHA\nRUN echo $SHA > sha\n{NPM}",
        [(3, "line 7 runs again"), (4, "line 7 runs again")],
    ),
}


@pytest.mark.parametrize(("text", "expected"), VOLATILE.values(), ids=VOLATILE)
def test_volatile_argument(text, expected):
    """The line of the argument, and what runs again for it."""
    told = found("volatile-argument", text, NODE)

    assert [line for line, _ in expected] == [line for line, _ in told]
    for (_, words), (_, message) in zip(expected, told, strict=True):
        assert words in message


def test_improvements_are_what_rewrite_does():
    """A finding for each decision; nothing where nothing would change."""
    naive = "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci\n"
    ((line, message),) = found("improvements", naive, NODE)

    assert (line, message.split(":")[0]) == (3, "narrow-copies would rewrite this")
    assert found("improvements", GOOD, NODE) == []


def test_unknown_check_is_told():
    """With the names that there are."""
    with pytest.raises(UserError, match="no check is called 'x'; there are improvements, missing"):
        found("x", GOOD, NODE)


def test_codes_and_names_are_unique():
    """A check may be chosen by either."""
    assert len({c.code for c in CHECKS} | {c.name for c in CHECKS}) == 2 * len(CHECKS)
