"""What sed picks out of a text that is known, against the real one."""

from __future__ import annotations

import random
import shutil
import subprocess

import pytest

from optimizer.effects.tools.sed_picked import picked
from tests.effects.machine import effects_of

TOOLS = 'package tools\n\nimport (\n\t_ "example.org/a/cmd/b"\n\t_ "example.org/c"\n)\n'
VERSIONS = 'name = "x"\nversion = "1.2"\nurl: https://example.org/x\n'


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (r"""sed -n -e 's|^\s*_\s*"\(.*\)".*$|\1| p' tools.go""", "example.org/a/cmd/b\nexample.org/c\n"),
        (r"""sed -n 's/^version = "\(.*\)"$/\1/p' v""", "1.2\n"),
        (r"""sed -nE 's/^version = "(.+)"$/v\1/p' v""", "v1.2\n"),
        (r"""cat v | sed -n 's/.*https:\/\/\([a-z.]*\)\/\(.*\)/\2 of \1/p'""", "x of example.org\n"),
        (r"""sed 's/^\(\w*\) = .*$/\1/' v""", "name\nversion\nurl: https://example.org/x\n"),
        ("sed s/name/title/ v", VERSIONS.replace("name", "title")),
        ("sed -n 's/^nothing$/x/p' v", ""),
        (r"sed -n 's/^\(\w\)\w*/\1/p' v", None),  # the rest of the line is kept
        (r"sed -n 's/^\(.*\)e\(.*\)$/\1/p' v", None),  # there are several e
        ("sed -n '/name/p' v", None),
        (r"sed -n 's/^\(.*\)$/&/p' v", None),
        (r"sed -n 's/^\(.\)*$/\1/p' v", None),
        (r"sed -n 's/^\(a\|v\)ersion.*$/\1/p' v", None),
        (r"sed -nE 's/^(v?).*$/\1/p' v", None),
        (r"sed -n 's/^name$/\1/p' v", None),
        (r"sed -n 's/^\(name\) .*$/\1/' v", None),
        (r"sed 's/^\(name\) .*$/\1/p' v", None),
        (r"sed -n -e 's/^a$/b/p' -e 's/^c$/d/p' v", None),
        (r"sed -nz 's/^\(.*\)$/\1/p' v", None),
        (r"sed -n 's/^[:a:]*$/x/p' v", None),
        (r"sed -n 's/^*$/x/p' v", None),
        (r"sed -n 's/^[b-a]*$/x/p' v", None),
        ("sed -n 's/^a.*$/b/p' v tools.go", None),
        ("sed -n 's/^a.*$/b/p' other", None),
    ],
)
def test_lines_that_sed_prints(line, expected):
    """Whole lines that can be divided in one way; whoever reads the result knows it, too."""
    found = effects_of(f"{line} > /out", {"/app/tools.go": TOOLS, "/app/v": VERSIONS})

    assert dict(found.contents).get("/out") == expected


def test_edited_in_place():
    """What is edited in place is printed nowhere."""
    found = effects_of("sed -i s/name/title/ v > /out", {"/app/v": VERSIONS})

    assert "/out" not in dict(found.contents)


def test_tools_of_a_go_file():
    """The programs that `go install` is given are named in a file."""
    files = {"/app/tools.go": TOOLS, "/app/go.mod": "module m\n\ngo 1.22\n"}
    env = {"PATH": "/usr/local/go/bin:/usr/bin:/bin", "GOPATH": "/go"}
    named = r"""go install $(sed -n 's|^\s*_\s*"\(.*\)"$|\1|p' tools.go)"""

    assert effects_of(named, files, env=env).doubt is None
    assert effects_of(named.replace("s|^", "s|"), files, env=env).doubt


ATOMS = [*"ab1 @\"',:;<>=~%#!-_.", r"\.", r"\[", r"\*", r"\s", r"\w", r"\S", "[ab]", '[^"]', "[^:]", "[a-b]", *"()+?{}|&[]^$"]
LETTERS = "aab1 \t@\"',:;-_.[]*(){}|+?"


def a_case(chosen: random.Random, *, extended: bool) -> tuple[str, str]:
    opening, closing = ("(", ")") if extended else (r"\(", r"\)")
    atoms = [a + chosen.choice(["", "", "*", "+" if extended else ""]) for a in chosen.choices(ATOMS, k=chosen.randint(1, 5))]
    start, end = sorted(chosen.choices(range(len(atoms) + 1), k=2))
    atoms[end:end], atoms[start:start] = [closing], [opening]
    regex = chosen.choice(["^", ".*", ""]) + "".join(atoms) + chosen.choice(["$", ".*", ""])
    mark, flag = chosen.choice("/,@!"), chosen.choice(["p", " p", ""])
    lines = ["".join(chosen.choices(LETTERS, k=chosen.randint(0, 6))) for _ in range(4)]
    return f"s{mark}{regex}{mark}<\\1>{mark}{flag}", "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("sed", [("sed",), ("busybox", "sed")], ids=" ".join)
def test_the_real_one(sed, seed):
    """Whatever is said to be known is what sed prints."""
    if shutil.which(sed[0]) is None:
        pytest.skip(f"there is no {sed[0]}")
    chosen, found = random.Random(seed), 0  # noqa: S311 - no secret
    for _ in range(1500):
        quiet, extended = chosen.choice([True, False]), chosen.choice([True, False])
        script, text = a_case(chosen, extended=extended)
        expected = picked(text, script, quiet=quiet, extended=extended)
        if expected is None:
            continue
        found += 1
        words = [*sed, *(["-n"] if quiet else []), *(["-E"] if extended else []), script]
        done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, expected), (words, text)
    assert found > 30
