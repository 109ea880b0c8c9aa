"""Projects of make for `tests.measure.native`."""

from __future__ import annotations

REST = {"README.md": "readme\n", "a.txt": "a\n", "b.txt": "b\n", "web/x.txt": "x\n", "../up.txt": "up\n", "extra.mk": "F = b.txt\n"}


def plain(text: str, more: dict[str, str] | None = None, *lines: str) -> tuple[dict[str, str], str, tuple[str, ...]]:
    """A makefile, and what is made of it."""
    return {**REST, "Makefile": text.replace("    ", "\t"), **(more or {})}, "", lines or ("make",)


C = {"main.c": '#include "a.h"\nint main(void) { return A; }\n', "a.h": "#define A 0\n"}
SUB = {"web/Makefile": "F = x.txt\nall:\n\tcat $(F)\n", "web/y.txt": ""}

MAKE = (
    plain("F ?= a.txt\nall: out/x\nout/x: $(F)\n    mkdir -p out\n    cat $< > $@\nshow:\n    @cat README.md\n.PHONY: all show\n", None,
        "make", "make show", "make F=b.txt", "F=b.txt make", "make -j2 out/x", "make -C . show", "make -f Makefile show", "make -s -k show all", "make -n", "make -B", "MAKEFILES=extra.mk make", "GNUMAKEFLAGS='F=b.txt' make", "MAKEFLAGS='F=b.txt' make", "make --eval 'F=b.txt'", "make -e F=b.txt"),
    plain("all:\n    cat a.txt\n", {"GNUmakefile": "all:\n\tcat b.txt\n"}),
    plain("F = a.txt\nG := $(F)\nF = b.txt\nall:\n    cat $(G)\n"),
    plain("F = a.txt\nF ?= b.txt\nall:\n    cat $(F)\n"),
    plain("CC ?= nope\nLD ?= nope\nall:\n    $(CC) --version > cc.txt\n    $(LD) --version > ld.txt\n"),
    plain("F := a.txt\nE = b.txt\nF += $(E)\nE = README.md\nD := $(F)\nall:\n    cat $(D)\n"),
    plain("D := $(wildcard *.txt)\nall:\n    cat a.txt\n"),
    plain("all:\n    cat b.txt\nall:\n    cat a.txt\n"),
    plain("F = a.txt\nF += b.txt\nall:\n    cat $(F)\n"),
    plain("F = a.txt\nall: F = b.txt\nall:\n    cat $(F)\n"),
    plain("all: main\nmain: main.o\nmain.o: a.h\n", C),
    plain("main: main.o\n    cc -o $@ $^\nmain.o: main.c a.h\n", C),
    plain("main: main.c a.h\n", C),
    plain("all: main.o\n%.o: %.c\n    cc -c $<\n", C),
    plain("all: $(patsubst %.c,%.o,$(wildcard *.c))\n", C),
    plain("all: tool\n    ./tool\n", {"tool.sh": "#!/bin/sh\ncat README.md\n"}),
    plain("all: tool\n    cat tool > made\n", {"tool": "", "tool.sh": "#!/bin/sh\ncat README.md\n"}),
    plain("all:\n    $(MAKE) -C web\n", SUB, "make", "make F=y.txt", "F=y.txt make", "make -C web F=y.txt", "cd web && make -f Makefile -C .."),
    plain("export F = y.txt\nall:\n    cd web && $(MAKE)\n", SUB),
    plain("all: a b\na:\n    cat a.txt\nb:\n    cat b.txt\n", None, "make", "make a", "make b a"),
    plain("include extra.mk\nall:\n    cat $(F)\n"),
    plain("-include missing.mk\nall:\n    cat a.txt\n"),
    plain("all:\n    cat $(wildcard *.txt)\n"),
    plain("all:\n    cat *.txt > all.out\n"),
    plain("F != cat a.txt\nall:\n    echo $(F)\n"),
    plain("ifdef F\nG = b.txt\nelse\nG = a.txt\nendif\nall:\n    cat $(G)\n", None, "make", "make F=1"),
    plain("define go\ncat a.txt\nendef\nall:\n    $(go)\n"),
    plain(".ONESHELL:\nall:\n    cd web\n    cat x.txt\n"),
    plain("all:\n    cd web; \\\n    cat x.txt\n    cat a.txt\n"),
    plain("all:\n    cat ../up.txt > up.out\n"),
    plain("all: ../up.txt\n    cat $< > up.out\n"),
    plain("VPATH = web\nall: x.txt\n    cat $<\n"),
    plain("all: x.txt\n    cat $<\n", {"x.txt": ""}, "VPATH=web make"),
    plain("vpath %.txt web\nall: x.txt\n    cat $<\n"),
    plain("SHELL = /bin/bash\nall:\n    cat <(cat a.txt)\n"),
    plain("all:: a.txt\n    cat a.txt\nall:: b.txt\n    cat b.txt\n"),
    plain("all: ; cat a.txt\n"),
    plain("a b: a.txt\n    cat $< > $@.out\n", None, "make", "make a b"),
    plain("all: | out\n    cat a.txt > out/a\nout:\n    mkdir $@\n"),
    plain("all:\n    @-cat nothing\n    +cat a.txt\n    # cat b.txt\n"),
    plain("all: a.txt b.txt\n    cat $^ > $(@D)/all.out\n"),
    plain("A = a\nall:\n    cat $A.txt $${HOME:+b.txt} > all.out\n"),
    plain(".DEFAULT_GOAL := show\nall:\n    cat a.txt\nshow:\n    cat b.txt\n"),
    plain("override F = a.txt\nall:\n    cat $(F)\n", None, "make F=b.txt"),
    plain("unexport F\nall:\n    cat a.txt $$F\n", None, "F=b.txt make"),
    plain("F = $(firstword b.txt a.txt)\nG = $(F:.txt=.txt)\nall:\n    cat $(F) $(G)\n"),
    plain("F = a\\\n  .txt\nall:\n    cat a.txt\n"),
    plain("all: gen.c\n    cat gen.c > made\n", {"gen.c": "", "gen.y": "%%\nx: ;\n"}, "make 'YACC=touch y.tab.c #'"),
    plain("web: a.txt\n    cat a.txt > web/made\n"),
    plain("all:\n    test -f flag && cat b.txt || cat a.txt\n"),
    plain("all: out\nout:\n    cp -r web out\nclean:\n    rm -rf out a.txt\n", None, "make", "make clean", "make all clean"),
)  # fmt: skip
