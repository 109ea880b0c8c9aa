"""The files of a commit, laid out and kept up with the commits behind it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from optimizer.context.checkout import Checkout
from optimizer.context.revisions import Change, revisions, span, tree
from optimizer.errors import UserError

WHO = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")


def git(folder: Path, *words: str) -> str:
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    done = subprocess.run(
        ["git", "-C", folder, *WHO, *words], check=True, capture_output=True, env=env, text=True
    )
    return done.stdout.strip()


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "--allow-empty", "-m", "x")


def shown(folder: Path) -> dict[str, tuple[int, str]]:
    """Path -> mode and content (of a link, where it leads), without `.git`."""
    found = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if ".git" in inside.parts or (path.is_dir() and not path.is_symlink()):
            continue
        what = str(path.readlink()) if path.is_symlink() else path.read_text()
        found[inside.as_posix()] = (path.lstat().st_mode & 0o777, what)
    return found


@pytest.fixture
def project(tmp_path):
    """Files, folders, links and modes that come, go, and change into one another."""
    root = tmp_path / "project"
    (root / "web/deep/er").mkdir(parents=True)
    git(root, "init", "-q", "-b", "main")
    (root / "web/a.js").write_text("1\r\n")
    (root / "web/deep/er/b.js").write_text("b")
    (root / "web/link").symlink_to("a.js")
    (root / "web/run.sh").write_text("#!/bin/sh\n")
    (root / "other.txt").write_text("not of the context")
    (root / ".gitattributes").write_text("*.js text eol=lf filter=none\n")
    commit(root)
    (root / "web/run.sh").chmod(0o755)
    (root / "web/deep/er/b.js").unlink()
    (root / "web/deep/er").rmdir()
    (root / "web/deep").rmdir()
    (root / "web/deep").write_text("a file now")
    commit(root)
    (root / "web/deep").unlink()
    (root / "web/link").unlink()
    (root / "web/link").mkdir()
    (root / "web/link/c.js").write_text("c")
    (root / "web/deep").symlink_to("link")
    commit(root)
    return root


@pytest.mark.parametrize("prefix", ["", "web"])
def test_each_commit_is_laid_out(project, tmp_path, prefix):
    """As a clone has it; the user's own checkout and index stay as they are."""
    (project / "web/a.js").write_text("not committed")
    before = git(project, "status", "--porcelain")
    target = tmp_path / "target"
    target.mkdir()
    chosen = span(project, prefix, 10)
    checkout = Checkout(project, target)
    checkout.start(tree(project, chosen.start, prefix))
    seen = [shown(target)]
    for revision in revisions(project, chosen, prefix):
        checkout.apply(revision.changes)
        seen.append(shown(target))
    clone = tmp_path / "clone"
    git(tmp_path, "-c", "core.autocrlf=false", "clone", "-q", str(project), str(clone))

    names = git(project, "rev-list", "--reverse", "HEAD").split()
    for commit_, found in zip(names, seen, strict=True):
        git(clone, "checkout", "-q", "--force", commit_)
        wanted = shown(clone / prefix)
        # Git holds one mode for all plain files, and the checkout that of the umask.
        assert {p: w for p, (_, w) in wanted.items()} == {
            p: w.replace("\r\n", "\n") for p, (_, w) in found.items()
        }
        assert {p for p, (m, _) in wanted.items() if m & 0o100} == {
            p for p, (m, _) in found.items() if m & 0o100
        }
    assert before == git(project, "status", "--porcelain")
    assert "not committed" == (project / "web/a.js").read_text()


def test_git_folder_answers_for_the_commit(project, tmp_path):
    """A build that asks git gets the commit; the user's repository is not touched."""
    target = tmp_path / "target"
    target.mkdir()
    chosen = span(project, "", 10)
    first = git(project, "rev-list", "--reverse", "HEAD").split()[0]
    checkout = Checkout(project, target)
    checkout.start(tree(project, chosen.start))
    checkout.keep_git()
    checkout.head(first)

    assert first == git(target, "rev-parse", "HEAD")
    assert "" == git(target, "status", "--porcelain", "--", "web/run.sh", "other.txt")
    assert "main" == git(project, "rev-parse", "--abbrev-ref", "HEAD")
    assert not (target / ".git/hooks").exists()


@pytest.mark.parametrize("path", ["../out", "/out", "a/../../out", ".git/hooks/post-checkout"])
def test_nothing_is_written_elsewhere(project, tmp_path, path):
    """A damaged repository may name such a path."""
    target = tmp_path / "target"
    target.mkdir()
    blob = git(project, "rev-parse", "HEAD:other.txt")

    with pytest.raises(UserError, match="leads out"):
        Checkout(project, target).start([(path, f"100644 {blob}")])


def test_no_link_is_followed(project, tmp_path):
    """Nor one that the repository itself has laid."""
    target, outside = tmp_path / "target", tmp_path / "outside"
    target.mkdir()
    outside.mkdir()
    blob = git(project, "rev-parse", "HEAD:other.txt")
    checkout = Checkout(project, target)
    (target / "link").symlink_to(outside)

    with pytest.raises(UserError, match="leads out"):
        checkout.apply([Change("link/x", None, f"100644 {blob}")])
    assert [] == list(outside.iterdir())


def test_an_object_that_is_not_there_is_said(project, tmp_path):
    """As in a partial clone."""
    with pytest.raises(UserError, match="does not have the content of x"):
        Checkout(project, tmp_path).start([("x", f"100644 {'1' * 40}")])
