"""The context as the builder receives it."""

import os
import socket
import time

import pytest

from optimizer.context.files import Entry, FolderFiles, Link, MemoryFiles
from optimizer.errors import UserError

TREE = {
    "Dockerfile": "FROM a\n",
    "package.json": "{}",
    "run.sh": ("#!/bin/sh\n", 0o755),
    "src/a.js": "1",
    "src/deep/b.js": b"\xff",
    "empty/": "",
    "node_modules/x/index.js": "x",
    "node_modules/keep.js": "k",
    "link": Link("src"),
    "src/up": Link("../package.json"),
    "src/side": Link("deep/b.js"),
    "dangling": Link("nowhere"),
    "loop": Link("pool"),
    "pool": Link("loop"),
    "out": Link("../outside"),
    "root": Link("/package.json"),
    "chain": Link("link/side"),
    "to_ignored": Link("node_modules/x/index.js"),
    ".dockerignore": "node_modules\n!node_modules/keep.js\nempty\n",
}


def on_disk(root, tree):
    for name, content in tree.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("/"):
            path.mkdir()
        elif isinstance(content, Link):
            path.symlink_to(content.target)
        else:
            data, mode = content if isinstance(content, tuple) else (content, 0o644)
            path.write_bytes(data if isinstance(data, bytes) else data.encode())
            path.chmod(mode)
    return root


@pytest.fixture(params=["memory", "folder"])
def files(request, tmp_path):
    return MemoryFiles(TREE) if request.param == "memory" else FolderFiles(on_disk(tmp_path, TREE))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("", "directory"), ("package.json", "file"), ("src", "directory"), ("src/deep/b.js", "file"),
        ("link", "link"), ("dangling", "link"), ("node_modules", "directory"), ("node_modules/keep.js", "file"),
        ("link/a.js", None), ("node_modules/x", None), ("node_modules/x/index.js", None), ("empty", None),
        ("gone", None), ("package.json/x", None), ("src/gone/x", None), ("Src", None), (".", None), ("..", None), ("src/", None),
    ],
)  # fmt: skip
def test_entry(files, path, kind):
    """An entry is what lstat says, of what the ignore rules leave; nothing is below a link."""
    found = files.entry(path)

    assert (found.kind if found else None) == kind


def test_entry_tells_mode_target_and_size(files):
    """Mode bits, the text of a link and the size are those of the file."""
    assert files.entry("run.sh") == Entry("file", 0o755, "", 10)
    assert files.entry("link") == Entry("link", 0o777, "src", 0)


def test_identity(files):
    """Files and links are the same if mode and content (or target) are."""
    assert files.identity("package.json") == "100644 9e26dfeeb6e641a33dae4961196235bdb965b21b"
    assert files.identity("run.sh") == "100755 1a2485251c33a70432394c93fb89330ef214bfc9"
    assert files.identity("link") == "120000 e8310385c56dc4bbe379f43400f3181f6a59f260"
    assert files.identity("src") is files.identity("gone") is files.identity("empty") is None


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("src", ("a.js", "deep", "side", "up")), ("node_modules", ("keep.js",)),
        ("link", ()), ("package.json", ()), ("gone", ()), ("empty", ()), ("node_modules/x", ()),
    ],
)  # fmt: skip
def test_names(files, path, names):
    """A directory's names are sorted; what is no directory has none."""
    assert files.names(path) == names


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("src", ("src/a.js", "src/deep/b.js", "src/side", "src/up")), ("src/a.js", ("src/a.js",)),
        ("link", ("link",)), ("node_modules", ("node_modules/keep.js",)), ("gone", ()), ("node_modules/x", ()),
    ],
)  # fmt: skip
def test_walk(files, path, found):
    """A walk gives files and links, sorted, with full paths, and follows no link."""
    assert files.walk(path) == found


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("link", "src"), ("link/a.js", "src/a.js"), ("src/up", "package.json"), ("chain", "src/deep/b.js"),
        ("src/deep/../a.js", "src/a.js"), ("package.json", "package.json"), ("", ""),
        ("dangling", None), ("loop", None), ("out", None), ("root", None), ("gone", None),
        ("to_ignored", None), ("..", None), ("package.json/x", None),
    ],
)  # fmt: skip
def test_resolve(files, path, where):
    """Links are followed inside the context; what dangles, loops or leaves it leads nowhere."""
    assert files.resolve(path) == where


@pytest.mark.parametrize("path", ["gone", "src", "link", "", "node_modules/x/index.js"])
def test_read_of_no_file(files, path):
    """Only a regular file that is not ignored has a content."""
    with pytest.raises(KeyError):
        files.read(path)


def test_rules_can_be_lifted_and_changed(files):
    """The same context is seen without rules, or under others."""
    assert files.read("src/deep/b.js") == b"\xff"
    assert files.unfiltered().walk("node_modules") == (
        "node_modules/keep.js",
        "node_modules/x/index.js",
    )
    assert files.unfiltered().names("empty") == ()
    assert files.unfiltered().entry("empty").kind == "directory"
    assert files.with_rules("*\n!src/a.js\n").walk() == ("src/a.js",)
    assert files.with_rules("*").names("") == ()
    assert files.rules == TREE[".dockerignore"]
    assert files.rules_name == ".dockerignore"


def test_a_directory_without_kept_entries(files):
    """`dir/*` leaves an empty directory, `dir` leaves none."""
    assert files.with_rules("src/*").entry("src").kind == "directory"
    assert files.with_rules("src/*").names("src") == ()
    assert files.with_rules("src\n!src/gone").entry("src") is None


@pytest.mark.parametrize(
    ("tree", "dockerfile", "name"),
    [
        ({}, "Dockerfile", None),
        ({".dockerignore": ""}, "Dockerfile", ".dockerignore"),
        ({".dockerignore": "", "Dockerfile.dockerignore": ""}, "Dockerfile", "Dockerfile.dockerignore"),
        ({".dockerignore": "", "Dockerfile.dockerignore": ""}, "a/Dockerfile", ".dockerignore"),
        ({".dockerignore": "", "a/web.Dockerfile.dockerignore": ""}, "a/web.Dockerfile", "a/web.Dockerfile.dockerignore"),
        ({".dockerignore": Link("other"), "other": "x"}, "Dockerfile", ".dockerignore"),
        ({".dockerignore/": ""}, "Dockerfile", None),
        ({".dockerignore": Link("gone")}, "Dockerfile", None),
    ],
)  # fmt: skip
def test_the_rules_in_force(tmp_path, tree, dockerfile, name):
    """`<Dockerfile>.dockerignore` replaces `.dockerignore` (BuildKit)."""
    on_disk(tmp_path, tree)

    assert MemoryFiles(tree, dockerfile=dockerfile).rules_name == name
    assert FolderFiles(tmp_path, dockerfile=tmp_path / dockerfile).rules_name == name
    assert FolderFiles(tmp_path, rules=None, dockerfile=tmp_path / dockerfile).rules is None


@pytest.mark.parametrize(
    ("names", "buildah"),
    [
        ((".dockerignore",), ".dockerignore"),
        ((".containerignore", ".dockerignore"), ".containerignore"),
        ((".containerignore", "Dockerfile.dockerignore"), "Dockerfile.dockerignore"),
        ((".dockerignore", "Dockerfile.containerignore"), "Dockerfile.containerignore"),
        (("Dockerfile.dockerignore", "Dockerfile.containerignore"), "Dockerfile.dockerignore"),
    ],
)
def test_the_rules_that_buildah_reads(tmp_path, names, buildah):
    """Docker and BuildKit read no `.containerignore`; in this order 1.28.2 was seen to choose."""
    on_disk(tmp_path, dict.fromkeys(names, ""))
    docker = [name for name in names if name.endswith(".dockerignore")]

    assert FolderFiles(tmp_path, builder="buildah").rules_name == buildah
    assert FolderFiles(tmp_path).rules_name == docker[-1]


def test_buildah_reads_a_containerignore_outside_the_context(tmp_path):
    on_disk(tmp_path, {"app/a": "", "app/b": "", "docker/Dockerfile.containerignore": "b\n"})
    file = tmp_path / "docker" / "Dockerfile"

    assert FolderFiles(tmp_path / "app", dockerfile=file, builder="buildah").walk() == ("a",)
    assert FolderFiles(tmp_path / "app", dockerfile=file).walk() == ("a", "b")


def test_a_dockerfile_outside_its_context(tmp_path):
    """The ignore file beside the Dockerfile counts wherever that is."""
    on_disk(tmp_path, {"app/a": "", "app/b": "", "docker/Dockerfile.dockerignore": "b\n"})

    found = FolderFiles(tmp_path / "app", dockerfile=tmp_path / "docker" / "Dockerfile")

    assert found.walk() == ("a",)
    assert found.rules_name == "../docker/Dockerfile.dockerignore"


def test_pipes_and_sockets(tmp_path):
    """What is neither file, directory nor link is `other`, and is never opened."""
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as end:
        here = os.open(tmp_path, os.O_RDONLY)
        end.bind(f"/proc/self/fd/{here}/socket")
        os.close(here)
    files = FolderFiles(tmp_path)

    assert files.names("") == ("pipe", "socket")
    assert {files.entry(n).kind for n in files.names("")} == {"other"}
    assert files.walk() == ()
    with pytest.raises(KeyError):
        files.read("pipe")


def refuse(*_, **__):
    raise PermissionError(13, "Permission denied")


def test_unreadable(tmp_path, monkeypatch):
    """What may not be read is the user's to mend, and named; if it is ignored, no matter."""
    on_disk(tmp_path, {"a/b": "", "c": "", "d": ""})
    files, ignoring = FolderFiles(tmp_path), FolderFiles(tmp_path, rules="a\n!a/**/x\n")
    assert files.names("") == ("a", "c", "d")
    assert ignoring._source.kinds("")

    monkeypatch.setattr("os.scandir", refuse)
    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    with pytest.raises(UserError) as directory:
        files.walk()
    with pytest.raises(UserError) as file:
        files.read("c")

    assert directory.value.path == str(tmp_path / "a")
    assert file.value.path == str(tmp_path / "c")
    assert "Permission denied" in file.value.message


def test_an_ignored_directory_may_be_unreadable(tmp_path, monkeypatch):
    """The builder passes over an ignored directory that it may not look into."""
    on_disk(tmp_path, {"a/b": "", "c": ""})
    real = os.scandir
    monkeypatch.setattr("os.scandir", lambda p: refuse() if str(p).endswith("/a") else real(p))

    assert FolderFiles(tmp_path, rules="a\n!a/**/x\n").walk() == ("c",)
    assert FolderFiles(tmp_path, rules="a\n").walk() == ("c",)
    with pytest.raises(UserError):
        FolderFiles(tmp_path, rules="b\n").walk()


@pytest.mark.parametrize("name", ["gone", "file"])
def test_no_context(tmp_path, name):
    """A context is a directory."""
    (tmp_path / "file").write_text("")

    with pytest.raises(UserError):
        FolderFiles(tmp_path / name)


def test_names_that_are_not_utf8(tmp_path):
    """Every name survives, with line ends and bytes that are not UTF-8."""
    odd = [b"\xff", b"a\nb", "é".encode()]
    for name in odd:
        (tmp_path / os.fsdecode(name)).write_bytes(b"x")

    files = FolderFiles(tmp_path, rules="a\n")

    assert sorted(map(os.fsencode, files.walk())) == sorted(odd)
    assert {files.read(p) for p in files.walk()} == {b"x"}


def test_ignored_directories_are_not_looked_into(tmp_path, monkeypatch):
    """A directory whose entries are all ignored costs nothing, however large it is."""
    on_disk(tmp_path, {"node_modules/a/b": "", "src/a": "", "c/d/e": ""})
    seen = []
    real = os.scandir
    monkeypatch.setattr(
        "os.scandir", lambda p: seen.append(os.path.relpath(p, tmp_path)) or real(p)
    )
    files = FolderFiles(tmp_path, rules="node_modules\n*.md\n!README.md\n")

    assert files.names("") == ("c", "src")
    assert seen == ["."]
    assert files.walk() == files.walk() == ("c/d/e", "src/a")
    assert sorted(seen) == [".", "c", "c/d", "src"]


def test_many_files_are_walked_fast(tmp_path):
    """A large tree with the usual rules is read in well under a second."""
    rules = "**/node_modules\n**/*.log\n.git\n*.md\n!README.md\ndist\n"
    many = MemoryFiles({f"d{i % 300}/e{i % 7}/f{i}": "" for i in range(50_000)}, rules=rules)

    start = time.process_time()
    assert len(many.walk()) == 50_000
    assert time.process_time() - start < 2
