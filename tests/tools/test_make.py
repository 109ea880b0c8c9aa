"""make: plain makefiles are followed."""

from __future__ import annotations

import pytest

from tests.effects.machine import effects_of

PLAIN = """\
# The program.
BIN := out/app
SOURCES = a.txt b.txt
.PHONY: all show clean
all: show $(BIN)

$(BIN): $(SOURCES)
\tmkdir -p out
\tcat $^ > $@

show:
\t@cat README.md
\t-cat missing
clean:
\trm -rf out
sub:
\tcd web && cat x
\tcat y
shell:
\techo $$HOME $(shell ls)
loop: loop
\ttrue
"""
FILES = {"Makefile": PLAIN, "README.md": "", "a.txt": "", "b.txt": "", "web/x": "", "y": ""}


def run(script, files=None, **given):
    placed = {**FILES, **(files or {})}
    return effects_of(
        script, {f"/app/{n}": t for n, t in placed.items() if t is not None}, **given
    )


def own(paths):
    return {p.removeprefix("/app/") for p in paths if p.startswith("/app/")}


@pytest.mark.parametrize(
    ("script", "files", "reads"),
    [
        ("make show", {}, {"Makefile", "README.md", "missing"}),
        ("make", {}, {"Makefile", "README.md", "missing", "a.txt", "b.txt"}),
        ("make -j$(nproc) show", {}, {"Makefile", "README.md", "missing"}),
        ("make -j 4 out/app", {}, {"Makefile", "a.txt", "b.txt"}),
        ("make out/app SOURCES=README.md", {}, {"Makefile", "README.md"}),
        ("make sub", {}, {"Makefile", "web/x", "y"}),
        ("make -C web", {"web/Makefile": "go:\n\tcat z\n"}, {"web/Makefile", "web/z"}),
        ("make -f other.mk", {"other.mk": "go:\n\tcat z\n"}, {"other.mk", "z"}),
        ("make", {"Makefile": "F ?= y\ngo:\n\tcat $(F)\n"}, {"Makefile", "y"}),
        ("F=a.txt make", {"Makefile": "F ?= y\ngo:\n\tcat ${F}\n"}, {"Makefile", "a.txt"}),
        ("make", {"Makefile": "export F := y\ngo:\n\tcat $$F\n"}, {"Makefile", "y"}),
        ("make", {"Makefile": "go: \\\n  y\n\tcat $<\n"}, {"Makefile", "y"}),
        ("make", {"Makefile": ".SILENT: go\n.NOTPARALLEL:\n.PRECIOUS: y\ngo:\n\tcat y\n"}, {"Makefile", "y"}),
        ("make", {"Makefile": "A = y\nB := $(A)\nA = z\ngo:\n\tcat $(B)\n"}, {"Makefile", "y"}),
        ("make", {"Makefile": "A := y\nB = z\nA += $(B)\nB = x\ngo:\n\tcat $(A)\n"}, {"Makefile", "y", "z"}),
        ("make", {"Makefile": "A := $(shell ls)\ngo:\n\tcat y\n"}, {"Makefile", "y"}),
        ("make", {"Makefile": "A = y\nA ?= z\nLD ?= z\ngo:\n\tcat $(A) $(LD)\n"}, {"Makefile", "y", "ld"}),
        ("make F=z", {"Makefile": "go:\n\t$(MAKE) -C web\n", "web/Makefile": "F = x\ngo:\n\tcat $(F)\n"}, {"Makefile", "web/Makefile", "web/z"}),
        ("make", {"Makefile": ".PHONY: go\ngo: a.txt\n", "go.c": ""}, {"Makefile", "a.txt"}),
        ("make -r", {"Makefile": "go: a.txt\n", "go.c": "", "a.txt.sh": ""}, {"Makefile", "a.txt"}),
        ("make", {"Makefile": ".DELETE_ON_ERROR:\ngo:\n\tcat y\n"}, {"Makefile", "y"}),
    ],
)
def test_reads_exactly_these(script, files, reads):
    """The recipe of a target and of what it needs is read as shell."""
    effects = run(script, files)

    assert (None, reads) == (effects.doubt, own(effects.reads))


@pytest.mark.parametrize(
    ("makefile", "doubt"),
    [
        ("include x.mk\n", "include"),
        ("-include .env\ngo:\n\ttrue\n", "-include"),
        ("ifeq (a,a)\nendif\n", "ifeq"),
        ("define X\nendef\n", "define"),
        ("%.o: %.c\n\tcc $<\n", "pattern"),
        ("go:\n\techo $(wildcard *)\n", "$(wildcard *)"),
        ("X = $(shell ls)\ngo:\n\techo $(X)\n", "$(shell ls)"),
        ("go:\n\techo $(UNSET)\n", "$(UNSET)"),
        ("SHELL = /usr/bin/python3\ngo:\n\tprint()\n", "SHELL"),
        ("go: other\n\ttrue\n", "no rule for other"),
        (".ONESHELL:\ngo:\n\tcd x\n", ".ONESHELL"),
        (".SILENT: .POSIX\n.POSIX:\ngo:\n\ttrue\n", ".POSIX"),
        (".SILENT .IGNORE: go\ngo:\n\tcat y\n", ".SILENT"),
        (".INTERMEDIATE: y\ngo: y\n\tcat y\n", ".INTERMEDIATE"),
        ("A = $(B)\nB = $(A)\ngo:\n\techo $(A)\n", "names itself"),
        ("A := $(shell ls)\ngo:\n\techo $(A)\n", "shell ls"),
        ("go:\n\tcat x\ngo:\n\tcat y\n", "two recipes of go"),
        ("go: a.txt\n", "make /app/go of /app/go.c"),
        ("all: b.o\n\tcat b.o\nb.o: a.txt\n", "make /app/b.o of /app/b.s"),
        ("all: a.txt e\n\tcat a.txt\n", "make /app/e of /app/e.sh"),
        ("go:\n\t./configure\n", "/app/configure"),
    ],
)
def test_doubts_of_makefiles(makefile, doubt):
    """A makefile that is more than variables and explicit rules is a doubt, which says what."""
    files = {"Makefile": makefile, **dict.fromkeys(("go.c", "b.s", "e", "e.sh"), "")}

    assert doubt in (run("make", files).doubt or "")


@pytest.mark.parametrize(
    ("script", "files", "doubt"),
    [
        ("make", {"Makefile": None}, "the makefile in /app is not known"),
        ("make nothing", {}, "no rule for nothing"),
        ("make -I inc", {}, "not modelled"),
        ("make -n show", {}, "-n"),
        ('make "$X"', {}, "not known"),
        ("MAKEFLAGS=-B make", {}, "not modelled"),
        ("MAKEFILES=a.mk make", {}, "not modelled"),
        ("GNUMAKEFLAGS=-B make", {}, "not modelled"),
        ("VPATH=web make", {}, "not modelled"),
    ],
)
def test_doubts(script, files, doubt):
    """What is asked of make has to be known as well."""
    assert doubt in (run(script, files, env={"X": "\0"}).doubt or "")


def test_a_file_that_is_there_may_be_kept():
    """Whether a target is made again depends on ages, so nothing is surely written."""
    assert not run("make out/app", {"out/app": ""}).surely_writes
    assert "/app/out/app" in run("make out/app").surely_writes


def test_built_in_rules_are_looked_for():
    """That nothing is there of which a file could be made is a part of the answer."""
    probes = own(run("make out/app", {"out/app": ""}).probes)

    assert probes >= {"a.txt.c", "a.txt.sh", "RCS/a.txt,v", "Makefile.sh"}
