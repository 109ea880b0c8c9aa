"""cat, grep, sed, awk, find ...: what is read, and what a script of theirs may write."""

import pytest

from optimizer.effects.tool import ANY, GLOB
from optimizer.effects.tools.sed_script import only_edits
from tests.effects.machine import effects_of
from tests.tools.system_table import effects, short

TABLE = [
    ("cat a.txt b.txt", "r:/app/a.txt r:/app/b.txt"),
    ("cat -", ""),
    (f"cat {ANY}", "r:/**"),
    (f"cat /opt/{GLOB}.txt", "r:/opt/**"),
    ("cat --weird a.txt", "doubt"),
    ("head -20 a.txt", "r:/app/a.txt"),
    ("tail -n +2 a.txt", "r:/app/a.txt"),
    ("grep -q one a.txt", "r:/app/a.txt"),
    ("grep -e one -f b.txt a.txt", "r:/app/a.txt r:/app/b.txt"),
    ("grep -rn one", "r:/app/**"),
    ("grep -rn one conf", "r:/app/conf/**"),
    ("grep --weird one a.txt", "doubt"),
    ("sort -o out a.txt", "r:/app/a.txt w:/app/out"),
    ("uniq a.txt out", "r:/app/a.txt w:/app/out"),
    ("jq -r .version a.txt", "r:/app/a.txt"),
    ("diff -r conf /opt/conf", "r:/app/conf/** r:/opt/conf"),
    ("ls", "p:/app l:/app"),
    ("ls conf", "p:/app/conf l:/app/conf"),
    ("ls -la conf", "r:/app/conf/**"),
    ("ls -d conf", "r:/app/conf"),
    ("du -sh conf", "r:/app/conf/**"),
    ("readlink -f a.txt", "r:/app/a.txt"),
    ("sha256sum a.txt", "r:/app/a.txt"),
    ("sha256sum -c sums", "r:/app/a.txt r:/app/conf/x.conf r:/app/sums"),
    ("sha256sum -c other", "r:/** r:/app/other"),
    # sed
    ("sed -i s/a/b/ a.txt", "r:/app/a.txt w:/app/a.txt"),
    ("sed -i.bak -e s/a/b/ a.txt", "r:/app/a.txt w:/app/a.txt w:/app/a.txt.bak"),
    ("sed -Ei s/a/b/ a.txt", "r:/app/a.txt w:/app/a.txt"),
    ("sed -n 1p a.txt", "r:/app/a.txt"),
    ("sed -f known.sed a.txt", "r:/app/a.txt r:/app/known.sed"),
    ("sed -f other.sed a.txt", "doubt"),
    ("sed 's/a/b/w out' a.txt", "doubt"),
    ("sed '1r b.txt' a.txt", "doubt"),
    (f"sed -i s/@V@/{ANY}/ a.txt", "r:/app/a.txt w:/app/a.txt"),
    (f"sed -i {ANY} a.txt", "doubt"),
    (f"sed -i s/a/b/ {ANY}", "doubt"),
    # awk
    ("awk '{print $1}' a.txt", "r:/app/a.txt"),
    ("awk '$1 > 5 { print }' a.txt", "r:/app/a.txt"),
    ("awk -F: '/x|y/ {n++} END {print n}' a.txt b.txt", "r:/app/a.txt r:/app/b.txt"),
    ("awk '{print > \"out\"}' a.txt", "doubt"),
    ("awk '{system(\"rm x\")}' a.txt", "doubt"),
    ("awk '{\"date\" | getline d}' a.txt", "doubt"),
    # find
    ("find . -name x", "r:/app/**"),
    ("find . -maxdepth 1 -name x", "p:/app l:/app"),
    ("find . -name x -delete", "r:/app/** w:/app/**"),
    ("find conf -type f -exec chmod 644 {} +", "r:/app/conf/** p:/app/conf/** m:/app/conf/**"),
    ("find conf -exec cp {} /opt ;", "r:/app/conf/** w:/opt/**"),
    ("find / -name x -delete", "doubt"),
    ("find conf -exec frob {} ;", "doubt"),
    ("find -L conf", "doubt"),
    ("find . -weird", "doubt"),
    # others
    ("mktemp -d", "w:/tmp/tmp.**"),
    ("mktemp /opt/x.XXXXXX", "w:/opt/x.**"),
    ("dd if=a.txt of=/swap", "r:/app/a.txt w:/swap"),
    (
        "openssl req -x509 -nodes -newkey rsa:2048 -subj /CN=x -keyout k.pem -out c.pem",
        "w:/app/c.pem w:/app/k.pem",
    ),
    ("openssl x509 -in a.txt -weird", "doubt"),
    ("ssh-keygen -A", "w:/etc/ssh/**"),
    ("ssh-keygen -t rsa -f /root/.ssh/k -N ''", "p:/root/.ssh w:/root/.ssh/k w:/root/.ssh/k.pub"),
    ("patch -p1 -i a.txt", "r:/app/** r:/app/a.txt w:/app/**"),
    ("scanelf --needed --nobanner --recursive /usr/local", "r:/usr/local/**"),
    ("uname -m", ""),
    ("date +%s", ""),
    ("protoc --version", ""),
    ("tesseract -v", "r:/app/ldaprc"),
    ("tesseract a.png out", "doubt"),
    ("protoc a.proto", "doubt"),
]


@pytest.mark.parametrize(("line", "expected"), TABLE, ids=[r[0] for r in TABLE])
def test_readers(line, expected):
    """The paths that the command reads, probes, lists, writes, removes and changes."""
    assert short(effects(line)) == expected


def test_piped_list_of_checksums():
    """A list on the standard input names the files that are read."""
    assert short(effects("sha256sum -c -", stdin="0123  a.txt\n")) == "r:/app/a.txt"
    assert short(effects("sha256sum -c -")) == "r:/**"


EDITS = [
    ("s/a/b/", True), ("s|/x|/y|g; s,a,b,2", True), ("s/[/]/x/", True), (r"s/^#\s*\(deb.*\)$/\1/g", True),
    ("/a/,/b/d", True), ("$!N;P;D", True), ("1i\\\n#!/bin/sh", True), ("/x/a w out", True), (r"\,x,d", True),
    (":a;N;$!ba;s/\\n/ /g", True), ("/x/{s/a/b/;p}", True), ("y/abc/xyz/", True), ("# comment\nd", True),
    ("5,$d", True), ("0~3d", True), ("/x/I!d", True), ("s/a/b/I", True), ("s|a|b| p", True),
    ("w out", False), ("s/a/b/w out", False), ("s/a/b/e", False), ("1e date", False), ("r file", False),
    ("R file", False), ("/x/W out", False), ("s/a/b", False), ("k", False), ("s/a/b/gw out", False), ("p;w x", False),
]  # fmt: skip


@pytest.mark.parametrize(("script", "expected"), EDITS, ids=[r[0] for r in EDITS])
def test_sed_scripts(script, expected):
    """A script with `w`, `r`, `R`, `W` or `e`, or one that is not understood, is not only an edit."""
    assert only_edits(script) is expected


REQUIREMENTS = "torch==2.1\nflask>=2\n# Torch\n"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("grep -v torch r.txt", "flask>=2\n# Torch\n"),
        ("grep -vi ^torch r.txt", "flask>=2\n# Torch\n"),
        ("egrep -v '^#' r.txt", "torch==2.1\nflask>=2\n"),
        ("grep -F 2.1 r.txt", "torch==2.1\n"),
        ("grep -x -e flask.=2 -e '# Torch' r.txt", "flask>=2\n# Torch\n"),
        ("cat r.txt | grep -v -- '#'", "torch==2.1\nflask>=2\n"),
        ("grep absent r.txt", ""),
        ("grep -E 'torch|flask' r.txt", None),
        ("grep -EF torch r.txt", None),
        ("grep -c torch r.txt", None),
        ("grep torch r.txt r.txt", None),
        ("grep torch other.txt", None),
        ("rg torch r.txt", None),
    ],
)
def test_lines_that_grep_prints(line, expected):
    """Plain patterns over a file that is known; whoever reads the result knows it, too."""
    found = effects_of(f"{line} > /out", {"/app/r.txt": REQUIREMENTS})

    assert dict(found.contents).get("/out") == expected
