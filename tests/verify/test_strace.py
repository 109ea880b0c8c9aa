"""Logs of strace, line by line, and what a process did."""

from __future__ import annotations

import pytest

from optimizer.verify.strace import read_trace

# As strace 6.1 writes them with -ff -y -ttt.
STAT = "{st_mode=S_IFREG|0644, st_size=3, ...}"


def events(*lines: str, cwd: str = "/app"):
    found = read_trace({1: [f"{n}.5 {line}" for n, line in enumerate(lines)]}, cwd)
    return [(e.kind, e.path) for e in found.events]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ('openat(AT_FDCWD</app>, "a", O_RDONLY|O_CLOEXEC) = 3</app/a>', [("read", "/app/a")]),
        # The link that was asked for matters, and what it leads to.
        (
            'openat(AT_FDCWD</app>, "l", O_RDONLY) = 3</app/b/a>',
            [("read", "/app/l"), ("read", "/app/b/a")],
        ),
        ('openat(4</app/b>, "../a", O_RDONLY) = 3</app/a>', [("read", "/app/a")]),
        ('open("a", O_RDONLY) = 3</app/a>', [("read", "/app/a")]),
        ('openat(AT_FDCWD</app>, "a", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3</app/a>', [("write", "/app/a")]),
        # What is kept of it is read, too; what is emptied is not.
        ('openat(AT_FDCWD</app>, "a", O_RDWR) = 3</app/a>', [("read", "/app/a"), ("write", "/app/a")]),
        ('openat(AT_FDCWD</app>, "a", O_RDWR|O_CREAT|O_TRUNC, 0666) = 3</app/a>', [("write", "/app/a")]),
        ('openat(AT_FDCWD</app>, "a", O_RDONLY|O_PATH) = 3</app/a>', [("look", "/app/a")]),
        ('openat(AT_FDCWD</app>, "a", O_RDONLY) = -1 ENOENT (No such file or directory)', [("absent", "/app/a")]),
        ('openat(AT_FDCWD</app>, "a/b", O_RDONLY) = -1 ENOTDIR (Not a directory)', [("absent", "/app/a/b")]),
        ('openat(AT_FDCWD</app>, "a", O_RDONLY) = -1 EACCES (Permission denied)', []),
        (f'newfstatat(AT_FDCWD</app>, "a", {STAT}, 0) = 0', [("look", "/app/a")]),
        (f'newfstatat(3</app/a>, "", {STAT}, AT_EMPTY_PATH) = 0', []),
        ('access("/etc/x", R_OK) = -1 ENOENT (No such file or directory)', [("absent", "/etc/x")]),
        ('readlink("l", "b/a", 4096) = 3', [("read", "/app/l")]),
        ("getdents64(3</app/b>, 0x5600ad1972a0 /* 7 entries */, 32768) = 200", [("list", "/app/b")]),
        ('renameat2(AT_FDCWD</app>, "a", AT_FDCWD</app>, "b", RENAME_NOREPLACE) = 0', [("write", "/app/a"), ("write", "/app/b")]),
        ('linkat(AT_FDCWD</app>, "a", AT_FDCWD</app>, "b", 0) = 0', [("read", "/app/a"), ("write", "/app/b")]),
        ('symlinkat("../x", AT_FDCWD</app>, "l") = 0', [("write", "/app/l")]),
        ('symlink("../x", "l") = 0', [("write", "/app/l")]),
        ('mkdir("d", 0777) = 0', [("make", "/app/d")]),
        ('mkdir("d", 0777) = -1 EEXIST (File exists)', []),
        ('fchmodat(AT_FDCWD</app>, "a", 0755) = 0', [("look", "/app/a"), ("mode", "/app/a")]),
        ('connect(3<socket:[1]>, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("192.0.2.1")}, 16) = -1 EINPROGRESS (Operation now in progress)', [("connect", "")]),
        ('connect(3<socket:[1]>, {sa_family=AF_UNIX, sun_path="/run/nscd"}, 110) = -1 ENOENT (No such file or directory)', []),
        # pip asks of a URL whether it is a folder.
        ('stat("https://example.org/simple/", 0x7ffe) = -1 ENOENT (No such file or directory)', []),
        (r'openat(AT_FDCWD</app>, "a b\"\303\244\\", O_RDONLY) = 3</app/a b>', [("read", '/app/a b"ä\\'), ("read", "/app/a b")]),
        ('execve("./gen.sh", ["./gen.sh", "--all"], 0x7ffe /* 5 vars */) = 0', [("run", "/app/gen.sh"), ("read", "/app/gen.sh")]),
        ("exit_group(0) = ?", []),
        ("+++ exited with 0 +++", []),
        ("--- SIGCHLD {si_signo=SIGCHLD} ---", []),
        ('openat(AT_FDCWD</app>, "a", <unfinished ...>', []),
    ],
)  # fmt: skip
def test_a_line(line, wanted):
    assert wanted == events(line)


def test_a_process_moves():
    """Old calls name paths from where it is; a child starts where its parent was by then."""
    found = read_trace(
        {
            7: ['3.0 open("c", O_RDONLY) = 3</srv/c>'],
            1: [
                '0.0 open("a", O_RDONLY) = 3</app/a>',
                '1.0 chdir("/srv") = 0',
                "2.0 vfork() = 7",
                '4.0 chdir("sub") = 0',
                "5.0 vfork() = 8",
                "6.0 fchdir(4</opt>) = 0",
                '7.0 open("e", O_RDONLY) = 3</opt/e>',
            ],
            8: ['5.5 open("d", O_RDONLY) = 3</srv/sub/d>'],
        },
        "/app",
    )

    assert ["/app/a", "/srv/c", "/srv/sub/d", "/opt/e"] == [e.path for e in found.events]


def test_a_command_is_what_it_started():
    """Also what stands in its own place later (`env` does so); not what the shell did before."""
    found = read_trace(
        {
            1: [
                '0.0 execve("/bin/sh", ["/bin/sh", "-c", "cat x; ./gen"], 0x7f /* 5 vars */) = 0',
                "1.0 vfork() = 2",
                "4.0 vfork() = 3",
            ],
            2: ['2.0 execve("/bin/cat", ["cat", "x"], 0x7f /* 5 vars */) = 0'],
            3: [
                '5.0 execve("/app/gen", ["./gen"], 0x7f /* 5 vars */) = 0',
                '6.0 execve("/usr/bin/perl", ["perl", "./gen"], 0x7f /* 5 vars */) = 0',
                "7.0 clone(child_stack=NULL, flags=SIGCHLD) = 4",
            ],
            4: ['8.0 open("y", O_RDONLY) = 3</app/y>'],
        },
        "/app",
    )
    runs = [e for e in found.events if e.kind == "run"]

    assert [("/bin/sh", "-c", "cat x; ./gen"), ("cat", "x"), ("./gen",), ("perl", "./gen")] == [
        e.words for e in runs
    ]
    assert ["/app/gen", "/usr/bin/perl", "/app/y"] == [
        e.path for e in found.below(runs[2]) if e.kind == "read"
    ]
