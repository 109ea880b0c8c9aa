"""What is known of a text that is not known: where it comes from, or what it leads to."""

from __future__ import annotations

import pytest

from optimizer.effects.shell import repaired
from tests.effects.machine import effects_of

FILES = {
    "/app/x.sh": "",
    "/app/s/a1.yaml": "p:\n  - git\n  - -odm/x\n",
    "/app/s/a2.yaml": "p: [curl]\n",
    "/app/d/b": "",
    "/app/own.sh": "cat s/a1.yaml\n",
}


def run(script, **files):
    placed = {**FILES, **{f"/app/{n.replace('_', '.')}": t for n, t in files.items()}}
    return effects_of(script, placed, env={"PATH": "/usr/bin:/bin", "HOME": "/root"})


def own(effects):
    return {p for p in effects.reads | effects.probes if p.startswith("/app/") or p == "/**"}


@pytest.mark.parametrize(
    ("script", "read"),
    [
        ('cat "${BASH_SOURCE[0]}"', "/app/x.sh"),
        ('T="$( cd "$( dirname "${BASH_SOURCE[0]}" )" && pwd )"; cat $T/d/b', "/app/d/b"),
        ('f() { cat "$(dirname "$BASH_SOURCE")/d/b"; }; f', "/app/d/b"),
    ],
)
def test_a_script_of_bash_knows_its_name(script, read):
    """BASH_SOURCE is the script, as it was named."""
    effects = run("bash x.sh", x_sh=script)

    assert effects.doubt is None
    assert read in effects.reads


@pytest.mark.parametrize(
    ("start", "script"),
    [
        ("sh x.sh", 'cat "${BASH_SOURCE[0]}"'),
        ("bash x.sh", '. ./own.sh; cat "${BASH_SOURCE[0]}"'),
        ("bash -c 'cat \"${BASH_SOURCE[0]}\"'", ""),
    ],
)
def test_its_name_is_not_known(start, script):
    """Another shell, a script that sources another one, a text."""
    effects = run(start, x_sh=script)

    assert effects.doubt is not None or "/**" in own(effects)


@pytest.mark.parametrize(
    "script",
    [
        "$(command -v apt-get) update",
        'A="env X=1 $(command -v apt-get)"; $A update && sudo $A update',
    ],
)
def test_a_program_by_its_place(script):
    """`command -v` says where a program stands: it is that program."""
    effects = run(script)

    assert (None, True) == (effects.doubt, effects.network)


@pytest.mark.parametrize(
    "script",
    [
        'f() { cat d/b; }; $(command -v f "$X")',
        "$(command -v ./own.sh)",
        'cat "$(command -v apt-get)/x"',
        "$(command -v frobnicate) x",
    ],
)
def test_a_place_that_is_not_a_programs(script):
    """Several names, a path, a file beside it, an unknown program."""
    effects = run(script)

    assert effects.doubt is not None or "/**" in own(effects)


def test_one_of_two_names():
    """Whichever way a script went, the file begins like both."""
    branch = 'X=a1.yaml; if [ -n "$(uname -r)" ]; then X=a2.yaml; fi; cat s/$X'

    assert {"/app/s/a**"} == own(run(branch))
    assert "/**" in own(run(branch.replace("a2.yaml", "../b"))) or run(branch.replace("a2.yaml", "../b")).doubt
    assert "/**" in own(run(branch.replace("a2.yaml", ""))) or run(branch.replace("a2.yaml", "")).doubt


LIST = 'X=a1.yaml; if [ -n "$(uname -r)" ]; then X=a2.yaml; fi; cat s/$X | shyaml get-values-0 p | xargs -0 sudo apt-get install -y'


def test_packages_from_a_list():
    """Words of a text that holds no file of a package and no option are names of packages."""
    effects = run(LIST)

    assert (None, {"/app/s/a**"}) == (effects.doubt, own(effects))


@pytest.mark.parametrize("line", ["  - ./x.deb\n", "  - -o\n", "  - -oDir::Etc=/app\n", "  - -c/app/d/b\n"])
def test_a_list_that_may_name_files(line):
    """A package in a file, or an option of apt, may be among the words."""
    effects = effects_of(LIST, {**FILES, "/app/s/a2.yaml": "p:\n" + line})

    assert effects.doubt is not None or "/**" in own(effects)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("export A=$A:$B/x\n", "export A=$A:${B}/x\n"),
        ("cd $A/$1\n", "cd $A/${1}\n"),
        ("PATH=$PATH:$HOME/bin x $A/$B/c\n", "PATH=$PATH:${HOME}/bin x $A/${B}/c\n"),
        ("echo '$A:$B/x' \"$A:$B/x\"\n", None),
        ("echo $A/b $A$B ${A}/$B\n", None),
    ],
)
def test_a_name_behind_a_name(script, expected):
    """The grammar parts `$A:$B/x` in two words: braces keep it whole."""
    assert (expected or script) == repaired(script)


def test_both_names_are_followed():
    """Such a word is one path."""
    assert "/x/y/c" in run("A=/x; B=y; cat $A/$B/c").reads
    assert run("export PATH=$PATH:$HOME/bin && apt-get update").doubt is None


def test_mkdir_of_root_succeeds():
    """Where nothing can be in the way, what follows runs in the new directory."""
    made = "cd d && mkdir -p n && cd n; cat ../b"

    assert {"/app/d", "/app/d/n", "/app/d/b"} == own(run(made))
    assert "/app/d/n" in own(run("cd d && mkdir n && cd n; cat ../b"))
