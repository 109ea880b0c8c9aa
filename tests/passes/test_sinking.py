"""How far a copy may go down, where git has a say."""

from __future__ import annotations

import pytest

from optimizer.context.files import MemoryFiles
from optimizer.effects.model import Effects
from optimizer.effects.tool import Tool
from optimizer.effects.tools import TOOLS
from optimizer.pipeline import Project, optimize

COPY = "FROM debian:12\nWORKDIR /app\nCOPY . .\n"
INSTALL = "RUN apt-get update && apt-get install -y curl && echo made > {}\n"


def rewritten(made: str, ignored: str, rules: str = ""):
    files = {"a.txt": "", "config/b.txt": "", ".dockerignore": rules}
    project = Project(MemoryFiles(files).with_rules(rules), git_ignores=lambda path: path == ignored)
    return optimize(COPY + INSTALL.format(made), project)


@pytest.mark.parametrize("made", ["local.env", "/app/local.env"])
def test_a_developers_own_file_would_come_back(made):
    """A RUN makes what git ignores: a copy behind it could bring another one."""
    result = rewritten(made, "local.env")

    assert not result.changed
    assert "local.env, which git ignores" in result.refusals[0].because


@pytest.mark.parametrize(
    ("made", "ignored", "rules"),
    [
        ("local.env", "", ""),
        ("/var/tmp/local.env", "local.env", ""),
        ("local.env", "local.env", "local.env\n"),
    ],
)
def test_nobody_can_have_one(made, ignored, rules):
    """Git does not ignore it, it is made elsewhere, or the context never holds it."""
    assert rewritten(made, ignored, rules).changed


NODE = "FROM node:20\nWORKDIR /app\nCOPY {} ./\nRUN {}\n"


def installed(ignored: str, install: str = "npm install", folder: str = "", **files: str):
    files = {f"{folder}package.json": "{}", f"{folder}a.js": "", "lib/package-lock.json": "{}", **files}
    project = Project(MemoryFiles(files), git_ignores=lambda path: path == ignored)
    return optimize(NODE.format(folder or ".", install), project)


@pytest.mark.parametrize(
    ("install", "folder", "lock"),
    [
        ("npm install", "", "package-lock.json"),
        ("npm install", "web/", "web/package-lock.json"),
        ("yarn install", "", "yarn.lock"),
        ("pnpm install", "", "pnpm-lock.yaml"),
    ],
)
def test_a_lock_that_git_ignores_is_kept_out(install, folder, lock):
    """An install makes it; the ignore file sees to it that no developer's own comes behind it."""
    result = installed(lock, install, folder)

    assert "no-host-lock" in (result.rewrites[0].assumption or "")
    assert lock in result.also[0].after.splitlines()
    assert "RUN" in result.after.partition("package.json")[2].partition(f"COPY {folder or '.'}")[0]


def test_a_lock_that_may_be_committed_is_not_kept_out():
    """Without git's word, no rule hides what somebody may commit one day."""
    result = installed("")

    assert result.changed
    assert "lock" not in result.also[0].after


def test_a_lock_that_is_there_is_read():
    """It stands in the context: the install takes it as it is."""
    result = installed("package-lock.json", **{"package-lock.json": "{}"})

    assert not any("lock" in also.after for also in result.also)


@pytest.mark.parametrize(("folder", "named"), [("", ".git"), ("lib/", "lib/.git")])
def test_a_repository_is_to_be_ignored(folder, named):
    """A RUN that writes into a repository which a copy brings: the reason says what helps."""
    context = MemoryFiles({"a.txt": "", f"{folder}.git/HEAD": "", f"{folder}b.gitignore/HEAD": ""})
    run = f"RUN apt-get update && apt-get install -y curl && date > {folder}.git/HEAD\n"
    because = optimize(COPY + run, Project(context)).refusals[0].because

    assert because.endswith(f"; add {named} to .dockerignore if it does not belong there")
    assert "add" not in optimize(COPY + run.replace(".git", "b.gitignore"), Project(context)).refusals[0].because


GEN = Tool("gen", ("gen",), lambda _: Effects(reads=frozenset({"/app/a/**", "/app/b/**"}), seconds=60))


@pytest.mark.parametrize(("above", "listed"), [(0, True), (6, True), (7, False)])
def test_a_second_list_of_folders_has_to_be_short(above, listed):
    """Behind the pieces that an earlier RUN needs, few lines more are read by anybody."""
    manifests = {f"m{n}.txt": "" for n in range(above)}
    lines = "".join(f"COPY {name} ./\n" for name in manifests)
    files = MemoryFiles({**manifests, "a/x": "", "b/y": "", "docs/z": "", ".gitignore": ""})
    project = Project(files, tools={**TOOLS, "gen": GEN})
    result = optimize(f"FROM debian:12\nWORKDIR /app\n{lines}COPY . .\nRUN gen\n", project)

    assert listed is ("COPY a/ a/\n" in result.after)


def test_what_would_save_too_little_is_said():
    """A change that nobody would read for is not made, and not silently."""
    cheap = Tool("cheap", ("cheap",), lambda _: Effects(reads=frozenset({"/app/a"}), seconds=0.4))
    project = Project(MemoryFiles({"a": "", "b": ""}), tools={**TOOLS, "cheap": cheap})
    result = optimize("FROM debian:12\nCOPY . /app/\nRUN cheap\n", project)

    assert not result.changed
    assert ["further down it would save no more than 0.5 s a commit"] == [d.because for d in result.refusals]


def test_several_sources_pass_a_working_directory():
    """The destination becomes absolute, and nothing else changes."""
    text = (
        "FROM debian:12\nWORKDIR /x\nCOPY a.txt b.txt ./\nWORKDIR /y\n"
        "RUN apt-get update && apt-get install -y curl\n"
    )
    after = optimize(text, Project(MemoryFiles({"a.txt": "", "b.txt": ""}))).after

    assert after.splitlines()[-1] == "COPY a.txt b.txt /x/"


LACKING = "FROM debian:12\nWORKDIR /app\nCOPY {} {}\nRUN apt-get update && apt-get install -y curl && {}\n"


def lacking(command: str, rules: str = "", source: str = ".", into: str = "./"):
    files = {"main.py": "", "config/b.py": "", ".dockerignore": rules}
    project = Project(MemoryFiles(files).with_rules(rules))
    return optimize(LACKING.format(source, into, command), project)


@pytest.mark.parametrize(
    ("command", "missing"),
    [
        ("cp -r dist /srv", "dist"),
        ("cat config/c.txt", "config/c.txt"),
        ("tar -xf data.tgz -C /srv", "data.tgz"),
        ("dpkg -i tool.deb", "tool.deb"),
        ("sort < lines.txt", "lines.txt"),
        ("chmod +x run.sh", "run.sh"),
        ("cd dist", "dist"),
        ("ls dist", "dist"),
        ("find dist -name '*.js'", "dist"),
        ("git describe", ".git"),
        ("cp -r dist /srv || exit 1", "dist"),
        ("(cat README || true) && cp -r dist /srv", "dist"),
        ("(cat dist || true) && cp -r dist /srv", "dist"),
        ("cp -r dist /srv || (echo build it first && exit 1)", "dist"),
        ("cp -r dist /srv || { echo build it first; exit 1; }", "dist"),
        ("cp -r dist /srv || cp -r dist /opt", "dist"),
        ("fail() { echo $1; return 1; }; cp -r dist /srv || fail dist", "dist"),
    ],
)
def test_what_is_asked_for_in_vain_may_be_made_before_the_build(command, missing):
    """The context of a build that works holds more than this one: the copy stays above."""
    result = lacking(command)

    assert not result.changed
    assert f"line 4 reads {missing}, which is not in the build context now" in result.refusals[0].because


@pytest.mark.parametrize(
    ("command", "rules", "source", "into"),
    [
        ("cp -r dist /srv || true", "dist\n", ".", "./"),
        ("(git describe || true)", ".git\n", ".", "./"),
        ("(cat local.conf 2> /dev/null || true)", "", ".", "./"),
        ("{ cat local.conf && cat other.conf; } || echo none", "", ".", "./"),
        ("sh -c 'cat local.conf || true'", "", ".", "./"),
        ("cat /srv/lines.txt", "", ".", "./"),
        ("cat dist/lines.txt", "", "config", "config/"),
        ("cat dist/lines.txt", "", "main.py", "./"),
        ("touch /srv/b && cat /srv/b", "", ".", "./"),
        ("test -e dist", "", ".", "./"),
    ],
    ids=["ignored", "no-repository", "forgiven", "both-forgiven", "forgiven-in-a-shell", "elsewhere", "other-folder", "one-file", "made", "tested-for"],
)
def test_what_the_copy_could_not_bring(command, rules, source, into):
    """It is ignored, stands elsewhere, is made on the spot, or may be missing."""
    assert lacking(command, rules, source, into).changed
