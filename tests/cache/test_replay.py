"""The replay: the same as one build after another over each commit's tree, and its figures."""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

import pytest

from optimizer.cache.contents import Contents
from optimizer.cache.held import known_effects
from optimizer.cache.history import History
from optimizer.cache.records import Records
from optimizer.cache.replay import replay
from optimizer.cache.vertices import vertices
from optimizer.context.revisions import everywhere, revisions, span, tree
from optimizer.context.tree import GitFiles
from optimizer.errors import UserError
from optimizer.graph.plan import Given, make_plan

WHO = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
BEFORE = "FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN echo done\n"
AFTER = (
    "FROM node:20\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\n"
    "COPY sr[c] src/\nCOPY . .\nRUN echo done\n"
)
NAMES = ("package.json", "package-lock.json", "src/a.js", "src/b.js", "docs/x.md", "c.log", "d")


def git(folder, *words):
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    done = subprocess.run(["git", "-C", folder, *WHO, *words], check=True, capture_output=True, env=env)
    return done.stdout.decode().strip()


def change(root: Path, chance: random.Random) -> None:
    """One change of a kind that a history holds."""
    path = root / chance.choice(NAMES)
    kind = chance.choice(["write", "write", "write", "remove", "mode", "link", "move"])
    if kind == "remove":
        path.unlink(missing_ok=True)
    elif kind == "mode" and path.is_file() and not path.is_symlink():
        path.chmod(path.stat().st_mode ^ 0o111)
    elif kind == "link" and not path.name.startswith("package"):
        path.unlink(missing_ok=True)
        path.parent.mkdir(exist_ok=True)
        path.symlink_to(chance.choice(["package.json", "nowhere"]))
    elif kind == "move" and path.exists():
        path.rename(path.with_name(chance.choice(["moved", path.name])))
    else:
        path.unlink(missing_ok=True)
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{chance.randrange(3)}\n")  # few texts, so that states come back


@pytest.fixture(params=range(4))
def repo(request, tmp_path):
    """A history with all kinds of changes, a merge, a submodule and commits that change nothing."""
    chance = random.Random(request.param)  # noqa: S311 - a seed, not a secret
    root = tmp_path / "repo"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    for name in ("package.json", "package-lock.json"):
        (root / name).write_text("{}\n")
    (root / "keep").write_text("1\n")
    for number in range(30):
        for _ in range(chance.randrange(3)):
            change(root, chance)
        for name in ("package.json", "package-lock.json"):  # without them, the build would fail
            if not (root / name).exists():
                (root / name).write_text(f"{number % 2}\n")
        if number == 10:
            git(root, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},module")
        git(root, "add", "--all", "--", *sorted(p.name for p in root.iterdir() if p.name != ".git"))
        git(root, "commit", "-q", "--allow-empty", "-m", "x")
    git(root, "checkout", "-q", "-b", "side", "HEAD~3")
    (root / "side").write_text("1\n")
    git(root, "add", "side")
    git(root, "commit", "-q", "-m", "x")
    git(root, "checkout", "-q", "main")
    git(root, "merge", "-q", "--no-ff", "-m", "x", "side")
    return root


def one_after_another(root: Path, text: str, rules: str) -> list[list[int]]:
    """For each RUN and COPY the commits at which it is built, by a build of each commit's tree."""
    ids = git(root, "log", "--reverse", "--first-parent", "--format=%H").split()
    plan = make_plan(text, Given(GitFiles(root, ids[-1], rules=rules)))
    records, graph = Records(), vertices(text, known=known_effects(plan))
    built: dict[int, list[int]] = {v.line: [] for v in graph if v.keyword in {"RUN", "COPY"}}
    last, number = None, -1
    for commit in ids:
        content = git(root, "ls-tree", "-r", commit)
        found = records.build(graph, Contents(GitFiles(root, commit, rules=rules)))
        if last is not None and _files(content) != _files(last):
            number += 1
            for vertex, outcome in found.steps():
                if not outcome.hit and vertex.line in built:
                    built[vertex.line].append(number)
        last = content
    return list(built.values())


def _files(listed: str) -> list[str]:
    return [line for line in listed.split("\n") if not line.startswith("160000")]


def replayed(root, before, after, rules="", **given):
    chosen = span(root, **given)
    files = GitFiles(root, git(root, "rev-parse", "HEAD"), rules=rules)
    history = History(
        lambda: tree(root, chosen.start), lambda: revisions(root, chosen),
    )  # fmt: skip
    return replay(make_plan(before, Given(files)), make_plan(after, Given(files)), history)


@pytest.mark.parametrize("rules", ["", "*.log\ndocs\n!docs/x.md\n", "src\n"])
def test_the_quick_replay_is_one_build_after_another(repo, rules):
    found = replayed(repo, BEFORE, AFTER, rules)
    assert one_after_another(repo, BEFORE, rules) == [row.built for row in found.before]
    assert one_after_another(repo, AFTER, rules) == [row.built for row in found.after]


# What a step takes of a stage, whose content is known or not, and steps that are alike.
GRAPHS = [
    (
        "FROM node:20 AS a\nWORKDIR /w\nCOPY keep /k\nCOPY . /app\nRUN echo $(date) > /out\n"
        "FROM node:20\nCOPY --from=a /w /w\nRUN echo a\nCOPY --from=a /k /k\nRUN echo b\n"
        "COPY --from=a /out /out\nRUN echo c\nCOPY --from=a /app/src /src\nRUN echo d\n"
    ),
    (
        "FROM node:20 AS a\nCOPY package.json /p\nRUN npm i\nRUN echo a\n"
        "FROM node:20 AS b\nCOPY package.json /p\nRUN npm i\nCOPY sr[c] /s\nRUN echo a\n"
        "FROM node:20\nCOPY --from=a /p /x /\nCOPY --from=b /s /s\nRUN echo a\n"
    ),
    (
        "FROM node:20 AS a\nCOPY package.json /d/x\nRUN echo a\n"
        "FROM node:20 AS b\nCOPY package-lock.json /d/x\nRUN echo a\nRUN echo b\n"
        "FROM node:20\nCOPY package.json /x\nRUN echo c\nCOPY --from=a /d/x /x\n"
        "COPY --from=b /d/x /y\nRUN --mount=from=b,target=/m echo d\n"
    ),
    (
        "FROM node:20 AS a\nWORKDIR /w\nCOPY package.json ./\nRUN mkdir /v && cp package.json /v/\n"
        "FROM node:20\nCOPY --from=a /v /v\nRUN echo a\nCOPY --from=a /w /w\nRUN echo b\n"
    ),
]


@pytest.mark.parametrize("text", GRAPHS)
def test_so_it_is_with_stages(repo, text):
    assert one_after_another(repo, text, "") == [row.built for row in replayed(repo, text, text).before]


@pytest.mark.parametrize("skipped", [0, 12])
def test_all_branches_are_built_by_their_dates(repo, skipped):
    """Each commit of each branch is built over its own tree, whatever was built right before."""
    git(repo, "checkout", "-q", "-b", "other", "HEAD~5")
    for number in range(6):
        (repo / "package.json").write_text(f"{number % 3} other\n")
        git(repo, "add", "package.json")
        git(repo, "commit", "-q", "-m", "x")
        git(repo, "checkout", "-q", ("main", "other")[number % 2])
        (repo / "keep").write_text(f"{number}\n")
        git(repo, "add", "keep")
        git(repo, "commit", "-q", "--allow-empty", "-m", "x")
    chosen = everywhere(repo)
    files = GitFiles(repo, git(repo, "rev-parse", "HEAD"))
    history = History(
        lambda: tree(repo, None), lambda: revisions(repo, chosen), branching=True, skipped=skipped
    )
    plan = make_plan(AFTER, Given(files))
    found = replay(plan, plan, history)

    ids = git(
        repo, "log", "--reverse", "--first-parent", "--date-order", "--branches", "--format=%H"
    ).split()
    changing = [c for c in ids if _changes_files(repo, c)]
    records, graph = Records(), vertices(AFTER)
    built = {v.line: [] for v in graph if v.keyword in {"RUN", "COPY"}}
    for number, commit in enumerate(changing, start=-skipped):
        outcome = records.build(graph, Contents(GitFiles(repo, commit))) if number >= -1 else None
        for vertex, each in outcome.steps() if outcome and number >= 0 else ():
            if not each.hit and vertex.line in built:
                built[vertex.line].append(number)
    assert list(built.values()) == [row.built for row in found.after]
    assert found.commits == len(changing) - skipped


def test_on_all_branches_of_a_folder_parents_are_told_of_first(repo):
    """Also those that leave the folder alone, and merges: a commit takes up its parent's state."""
    git(repo, "checkout", "-q", "-b", "other", "HEAD~5")
    for name in ("keep", "src/a.js", "keep", "src/new.js"):
        (repo / name).parent.mkdir(exist_ok=True)
        (repo / name).write_text(f"{name} of the other\n")
        git(repo, "add", "-A")
        git(repo, "commit", "-q", "--allow-empty", "-m", "x")
        git(repo, "merge", "-q", "--no-ff", "-s", "ours", "-m", "x", "main")
    told = {""}
    for revision in revisions(repo, everywhere(repo, "src"), "src"):
        assert revision.parent in told
        told.add(revision.id)


def _changes_files(root: Path, commit: str) -> bool:
    shown = git(root, "show", "--raw", "-m", "--first-parent", "--no-renames", "--format=", commit)
    return any("160000" not in line for line in shown.split("\n") if line)


def test_ideal_is_never_beaten(repo):
    found = replayed(repo, BEFORE, AFTER)
    costs = found.estimate
    assert costs.ideal.seconds_per_commit <= costs.after.seconds_per_commit
    assert costs.after.seconds_per_commit <= costs.before.seconds_per_commit
    assert costs.ideal.hit_rate >= costs.after.hit_rate >= costs.before.hit_rate


@pytest.fixture
def small(tmp_path):
    """Four commits: the manifest, a source, nothing, the source as it was."""
    git(tmp_path, "init", "-q", "-b", "main")
    for texts in (
        {"package.json": "{}", "package-lock.json": "{}", "a.js": "1"},
        {"package.json": "{} "}, {"a.js": "2"}, {}, {"a.js": "1"},
    ):  # fmt: skip
        for name, text in texts.items():
            (tmp_path / name).write_text(text)
        git(tmp_path, "add", "--all")
        git(tmp_path, "commit", "-q", "--allow-empty", "-m", "x")
    return tmp_path


def test_the_install_is_built_with_its_manifest_only(small):
    """Of three builds, the third finds the state of the first again: all is a hit."""
    found = replayed(small, BEFORE, AFTER)
    assert found.commits == 3
    assert [[0, 1], [0, 1], [0, 1]] == [row.built for row in found.before]
    assert [[0], [0], [0], [0, 1], [0, 1]] == [row.built for row in found.after]


def test_an_argument_that_differs_with_each_build_is_new_at_each_commit(small):
    text = "FROM node:20\nARG GIT_SHA\nWORKDIR /app\nCOPY a.js ./\nRUN echo $GIT_SHA\n"
    found = replayed(small, text, text)
    assert [[1], [0, 1, 2]] == [row.built for row in found.before]
    assert [[1], [0, 1, 2]] == [row.built for row in found.ideal]


def test_git_in_the_context_changes_with_every_commit(small):
    chosen = span(small)
    for rules, built in (("", [0, 1, 2]), (".git\n", [0, 1])):
        files = GitFiles(small, "HEAD", rules=rules)
        plan = make_plan(BEFORE, Given(files))
        history = History(lambda: tree(small, chosen.start), lambda: revisions(small, chosen), whole=True)
        assert built == replay(plan, plan, history).before[0].built


def test_a_range_starts_warm(small):
    assert 1 == replayed(small, BEFORE, AFTER, within="HEAD~2..HEAD").commits
    with pytest.raises(UserError):
        span(small, within="nothing..HEAD")
    with pytest.raises(UserError):
        span(small, within="HEAD")


def test_a_limit_counts_commits_that_touch_the_context(small):
    assert 2 == replayed(small, BEFORE, AFTER, limit=2).commits


def test_a_shallow_clone_starts_at_its_oldest_commit(small, tmp_path_factory):
    clone = tmp_path_factory.mktemp("clone") / "c"
    git(small, "clone", "-q", "--depth", "3", f"file://{small}", str(clone))
    assert 1 == replayed(clone, BEFORE, AFTER).commits


def test_a_step_behind_a_hit_of_another_stage_is_none_by_that(tmp_path):
    """With the second commit, b/f is what a/f was; but nobody has run `echo two` on it."""
    git(tmp_path, "init", "-q", "-b", "main")
    for number, texts in enumerate(({"a": "1", "b": "2"}, {"a": "3"}, {"b": "3"})):
        for name, text in texts.items():
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / "f").write_text(text)
        git(tmp_path, "add", "--all")
        git(tmp_path, "commit", "-q", "-m", str(number))
    text = (
        "FROM node:20 AS a\nCOPY a/f /f\nRUN echo one\n"
        "FROM node:20 AS b\nCOPY b/f /f\nRUN echo two\n"
        "FROM node:20\nRUN --mount=from=a,target=/a --mount=from=b,target=/b echo three\n"
    )
    found = replayed(tmp_path, text, text)
    assert [[0], [0], [], [1], [0, 1]] == [row.built for row in found.before]


def test_a_merge_that_brings_nothing_is_no_commit_of_a_span(small):
    git(small, "checkout", "-q", "-b", "side", "HEAD~2")
    git(small, "commit", "-q", "--allow-empty", "-m", "x")
    git(small, "checkout", "-q", "main")
    git(small, "merge", "-q", "--no-ff", "-s", "ours", "-m", "x", "side")
    assert [3, 2] == [replayed(small, BEFORE, AFTER, limit=n).commits for n in (None, 2)]


def test_an_empty_history_has_nothing_to_replay(tmp_path):
    git(tmp_path, "init", "-q")
    assert 0 == span(tmp_path).count


def test_a_range_of_two_lines_starts_where_they_part(repo):
    """The merged branch is no first parent: the range is warm by the main line before it."""
    chosen = span(repo, within="side..main")
    states = dict(tree(repo, chosen.start))
    for revision in revisions(repo, chosen):
        for each in revision.changes:
            assert states.pop(each.path, None) == each.before
            if each.after is not None:
                states[each.path] = each.after
    assert dict(tree(repo, "main")) == states


STAGES = (
    "FROM node:20 AS deps\nCOPY a.js /x\nRUN echo done\nCOPY package.json /app/\n"
    "FROM node:20\nCOPY --from=deps /app /app\nRUN echo last\n"
)


def test_a_stage_that_is_built_again_and_holds_the_same_is_a_fire_wall(small):
    """With a.js, the stage is another one, but its /app is not."""
    found = replayed(small, STAGES, STAGES)
    assert [[1], [1], [0, 1], [0], [0]] == [row.built for row in found.before]
    assert [[1], [], [0], [0], []] == [row.built for row in found.ideal]


def test_what_a_run_leaves_counts_as_new(small):
    text = STAGES.replace("RUN echo done", "RUN mkdir /app")
    found = replayed(small, text, text)
    assert [[1], [1], [0, 1], [0, 1], [0, 1]] == [row.built for row in found.before]
