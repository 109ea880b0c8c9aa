"""What git knows of a context."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from optimizer.context.files import Entry, FolderFiles
from optimizer.context.git import Blobs
from optimizer.context.history import (
    changes,
    git_ignores,
    head,
    is_git_ignored,
    is_tracked,
    repository,
)
from optimizer.context.tree import GitFiles, text_at
from optimizer.errors import UserError

WHO = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")


def git(folder, *words):
    env = {k: v for k, v in os.environ.items() if k != "GIT_DIR"}
    env |= {"GIT_AUTHOR_DATE": "1700000000 +0000", "GIT_COMMITTER_DATE": "1700000000 +0000"}
    done = subprocess.run(
        ["git", "-C", folder, *WHO, *words], check=True, capture_output=True, env=env
    )
    return done.stdout.decode().strip()


def commit(folder, **files):
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "x")
    return head(folder)


@pytest.fixture
def repo(tmp_path):
    root = tmp_path / "repo"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    return root


def changed(folder, *more):
    return [c.changed for c in changes(folder, *more)]


def test_changes_are_listed_newest_first(repo):
    """A commit names what it added, changed or deleted; a move is both; an empty one is left out."""
    commit(repo, a="1", sub__b="1")
    commit(repo, sub__b="2")
    commit(repo)
    git(repo, "mv", "a", "c")
    last = commit(repo)

    assert changed(repo) == [("a", "c"), ("sub/b",), ("a", "sub/b")]
    first = next(changes(repo))
    assert (first.id, first.time) == (last, 1_700_000_000)


@pytest.mark.parametrize(
    ("prefix", "limit", "expected"),
    [
        ("", 500, [("sub/b", "sub/é f"), ("a",), ("a", "sub/b", "subway/x")]),
        ("sub", 500, [("b", "é f"), ("b",)]),
        ("sub/", 500, [("b", "é f"), ("b",)]),
        ("sub", 1, [("b", "é f")]),
        ("", 2, [("sub/b", "sub/é f"), ("a",)]),
        ("", 0, []),
        ("gone", 500, []),
        ("su*", 500, []),
    ],
)
def test_changes_of_a_context(repo, prefix, limit, expected):
    """Paths are the context's own, what changed elsewhere is left out, and the limit holds."""
    commit(repo, a="1", sub__b="1", subway__x="1")
    commit(repo, a="2")
    commit(repo, **{"sub__b": "2", "sub__é f": ""})

    assert changed(repo, prefix, limit) == expected


def test_odd_names(repo):
    """Names with line ends, quotes or bytes that are not UTF-8 come back as they are."""
    odd = sorted(["\nx", "a\nb", '"q"', "\x01 1", "b\udcff"])
    commit(repo, **dict.fromkeys(odd, ""))

    assert changed(repo) == [tuple(odd)]
    assert GitFiles(repo, head(repo)).walk() == tuple(odd)


def test_merges_count_by_their_first_parent(repo):
    """What a branch brought in is the merge's change; its commits are not on the line."""
    commit(repo, a="1")
    git(repo, "checkout", "-q", "-b", "topic")
    commit(repo, b="1")
    commit(repo, b="2")
    git(repo, "checkout", "-q", "main")
    commit(repo, a="2")
    git(repo, "merge", "-q", "-m", "m", "topic")

    assert changed(repo) == [("b",), ("a",), ("a",)]


def test_a_shallow_clone_ends_before_its_oldest_commit(repo, tmp_path):
    """The oldest commit of a shallow clone seems to add everything; it is left out."""
    for text in "123":
        commit(repo, a=text, b="1")
    git(tmp_path, "clone", "-q", "--depth", "2", f"file://{repo}", "shallow")

    assert changed(tmp_path / "shallow") == [("a",)]


def test_a_bare_repository(repo, tmp_path):
    """History and files are read from a bare repository as well."""
    commit(repo, a="1")
    git(tmp_path, "clone", "-q", "--bare", repo, "bare.git")
    bare = tmp_path / "bare.git"

    assert repository(bare) == bare
    assert changed(bare) == [("a",)]
    assert GitFiles(bare, head(bare)).read("a") == b"1"


def test_a_worktree(repo, tmp_path):
    """A linked worktree is a repository with a history of its own."""
    commit(repo, a="1")
    git(repo, "worktree", "add", "-q", "-b", "b", tmp_path / "tree")
    commit(tmp_path / "tree", b="1")

    assert repository(tmp_path / "tree") == tmp_path / "tree"
    assert changed(tmp_path / "tree") == [("b",), ("a",)]


def nothing(folder):
    return (
        repository(folder), head(folder), changed(folder), is_tracked(folder / "a"),
        is_git_ignored(folder / "a"), GitFiles(folder, "HEAD").walk(), text_at(Blobs(folder), "HEAD", "a"),
    )  # fmt: skip


NOTHING = (None, None, [], False, False, (), None)


def test_without_a_repository(tmp_path):
    """A plain folder has no history, and neither has one that is not there."""
    assert nothing(tmp_path) == NOTHING
    assert nothing(tmp_path / "gone") == NOTHING


def test_without_git(repo, monkeypatch):
    """Without the git program there is no repository, and nothing fails."""
    commit(repo, a="1")
    monkeypatch.setenv("PATH", "/nowhere")

    assert nothing(repo) == NOTHING


def test_an_empty_repository(repo):
    """A repository without commits has a root and no history."""
    assert nothing(repo) == (repo, *NOTHING[1:])


def test_a_broken_repository(repo):
    """Objects that are lost end the history; what is asked of them is absent or named."""
    commit(repo, a="1")
    files = GitFiles(repo, head(repo))
    assert files.walk() == ("a",)
    blob = files.identity("a").split()[1]
    (repo / ".git/objects" / blob[:2] / blob[2:]).unlink()

    with pytest.raises(UserError) as caught:
        files.read("a")
    assert caught.value.path == "a"


def test_variables_of_a_hook_do_not_lead_astray(repo, tmp_path, monkeypatch):
    """Inside a git hook GIT_DIR names the hook's repository, not the one that is asked for."""
    commit(repo, a="1")
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))

    assert repository(repo) == repo
    assert changed(repo) == [("a",)]


@pytest.mark.parametrize(
    ("path", "tracked", "ignored"),
    [
        ("a", True, False), ("sub", True, False), ("sub/b", True, False), ("new", False, False),
        ("out", False, True), ("out/x", False, True), ("forced.log", True, False), ("x.log", False, True),
        ("gone/x", False, False), ("*", False, False),
    ],
)  # fmt: skip
def test_tracked_and_ignored(repo, path, tracked, ignored):
    """What is tracked is not ignored, even if a rule says so."""
    (repo / ".gitignore").write_text("out/\n*.log\n")
    (repo / "forced.log").write_text("")
    git(repo, "add", "-f", "forced.log")
    commit(repo, a="1", sub__b="1")
    (repo / "new").write_text("")
    (repo / "out").mkdir()

    assert is_tracked(repo / path) is tracked
    assert is_git_ignored(repo / path) is ignored


def test_the_root_of_a_path(repo):
    """The repository of a file or folder is the nearest above it."""
    commit(repo, sub__b="1")

    assert repository(repo / "sub" / "b") == repo
    assert repository(repo / "sub") == repo


def test_a_tree_is_what_a_checkout_would_be(repo):
    """Files, modes, links and rules at a commit are those of the folder then."""
    (repo / "web").mkdir()
    (repo / "web" / "link").symlink_to("deep/x")
    (repo / "web" / "run").write_text("#!/bin/sh\n")
    (repo / "web" / "run").chmod(0o755)
    old = commit(
        repo, web__a="1", web__deep__x="22", web__b="", web__Dockerfile="FROM a\n", other=""
    )
    (repo / "web" / ".dockerignore").write_text("b\n")
    new = commit(repo, web__a="3")
    blobs = Blobs(repo)
    then, now = (GitFiles(repo, c, "web", blobs=blobs) for c in (old, new))
    disk = FolderFiles(repo / "web")

    assert then.walk() == ("Dockerfile", "a", "b", "deep/x", "link", "run")
    assert (
        now.walk() == disk.walk() == (".dockerignore", "Dockerfile", "a", "deep/x", "link", "run")
    )
    assert [now.entry(p) for p in now.walk()] == [disk.entry(p) for p in disk.walk()]
    assert (then.read("a"), now.read("a"), now.resolve("link")) == (b"1", b"3", "deep/x")
    assert then.entry("deep") == Entry("directory", 0o755)
    assert (now.rules, now.rules_name, then.rules) == ("b\n", ".dockerignore", None)
    assert then.identity("deep/x") == now.identity("deep/x") != now.identity("run")
    assert now.identity("b") is now.identity("deep") is None
    assert [now.identity(p) for p in now.walk()] == [disk.identity(p) for p in disk.walk()]
    assert now.with_rules("*").walk() == ()
    assert text_at(blobs, old, "web/Dockerfile") == "FROM a\n"
    assert (
        text_at(blobs, old, "web")
        is text_at(blobs, old, "web/link")
        is text_at(blobs, old, "z")
        is None
    )


def test_a_deep_tree(repo):
    """Folders that hold folders alone are there at every level."""
    commit(repo, a__b__c__d="1", a__x="")
    files = GitFiles(repo, head(repo))

    assert [files.names(p) for p in ("", "a", "a/b", "a/b/c")] == [
        ("a",),
        ("b", "x"),
        ("c",),
        ("d",),
    ]


def test_a_submodule_is_an_empty_directory(repo, tmp_path):
    """What a submodule holds is another repository's."""
    commit(repo, a="1")
    git(repo, "update-index", "--add", "--cacheinfo", f"160000,{head(repo)},lib")
    git(repo, "commit", "-q", "-m", "x")
    files = GitFiles(repo, head(repo))

    assert files.entry("lib").kind == "directory"
    assert files.names("lib") == ()
    assert files.names("") == ("a", "lib")


@pytest.mark.parametrize(("commit_", "prefix"), [("0" * 40, ""), ("HEAD", "gone"), ("HEAD", "a")])
def test_a_context_that_was_not_there(repo, commit_, prefix):
    """A commit or folder that does not exist gives an empty context."""
    commit(repo, a="1")
    files = GitFiles(repo, commit_, prefix)

    assert files.walk() == ()
    assert files.entry("a") is None


def test_many_threads_may_ask(repo):
    """One git process answers many threads, each with its own content."""
    commit(repo, **{f"f{i}": str(i) * i for i in range(40)})
    files = GitFiles(repo, head(repo))

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda i: files.read(f"f{i}"), list(range(40)) * 5))

    assert found == [str(i).encode() * i for i in range(40)] * 5


def test_an_abandoned_history_ends_its_git(repo, monkeypatch):
    """Taking the first commit alone leaves no process behind."""
    commit(repo, a="1")
    commit(repo, a="2")
    started = []
    popen = subprocess.Popen

    def start(*words, **given):
        started.append(popen(*words, **given))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", start)
    found = changes(repo)

    assert next(found).changed == ("a",)
    found.close()
    assert started
    assert all(process.returncode is not None for process in started)


def test_git_ignores_what_is_not_there(repo):
    """A path need not exist, nor its folder, to be ignored."""
    commit(repo, **{".gitignore": "local.env\nlog/\n"})

    assert git_ignores(repo, "config/local.env")
    assert git_ignores(repo, "log/a.txt")
    assert not git_ignores(repo, "other.env")
    assert not git_ignores(repo.parent, "local.env")
