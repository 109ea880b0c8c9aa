"""What sed makes of a text that is known, against the real one."""

from __future__ import annotations

import random
import shutil
import subprocess

import pytest

from optimizer.effects.tools.sed_result import edited
from tests.effects.machine import effects_of

TEXT = '{\n  "a": "1",\n  "b/c": "^2.0"\n}\n'


@pytest.mark.parametrize(
    ("script", "text"),
    [
        ('/"a"/d', '{\n  "b/c": "^2.0"\n}\n'),
        ("/nothing/d", TEXT),
        ("/./d", ""),
        ('/^  "a".*,$/d', '{\n  "b/c": "^2.0"\n}\n'),
        ("s/1/2/", '{\n  "a": "2",\n  "b/c": "^2.0"\n}\n'),
        (r"s/b\/c/d/", '{\n  "a": "1",\n  "d": "^2.0"\n}\n'),
        ("s|b/c|d|g", '{\n  "a": "1",\n  "d": "^2.0"\n}\n'),
        (r's#"\^2\.0"#"3"#', '{\n  "a": "1",\n  "b/c": "3"\n}\n'),
        ('s/"a": .*$/"a": "x",/', '{\n  "a": "x",\n  "b/c": "^2.0"\n}\n'),
        ('s/"/-/', '{\n  -a": "1",\n  -b/c": "^2.0"\n}\n'),
    ],
)
def test_plain_scripts(script, text):
    """Deletions and substitutions."""
    assert edited(TEXT, [script]) == text


@pytest.mark.parametrize(("script", "text"), [("/a/d", "b ö\n"), ("s/b .*$/c/", "a\nc\n"), (r"s/\./-/", "a\nb ö\n")])
def test_letters_of_several_bytes(script, text):
    """Where no single one of them can be met in part, they do not matter."""
    assert edited("a\nb ö\n", [script]) == text


@pytest.mark.parametrize(
    ("script", "text"),
    [
        pytest.param("s/a/&&/", TEXT, id="what was found"),
        pytest.param(r"s/\(a\)/\1/", TEXT, id="a group"),
        pytest.param(r"s/a\|b/x/", TEXT, id="alternatives"),
        pytest.param("s/a*b*/x/", TEXT, id="two stars"),
        pytest.param("s/a*/x/g", TEXT, id="nothing, many times"),
        pytest.param("s/a/x/2", TEXT, id="the second alone"),
        pytest.param("s/A/x/I", TEXT, id="in any case"),
        pytest.param(r"s/a/\n/", TEXT, id="a line end"),
        pytest.param("1d", TEXT, id="a line by its number"),
        pytest.param("/a/!d", TEXT, id="all but these"),
        pytest.param("/a/,/b/d", TEXT, id="from here to there"),
        pytest.param("/a/d;s/b/c/", TEXT, id="two commands"),
        pytest.param("s/a+/x/", TEXT, id="a plus, which -E means otherwise"),
        pytest.param("$d", TEXT, id="the last line"),
        pytest.param("/a/d", "a", id="no line end"),
        pytest.param("/a/d", "a\r\n", id="line ends of DOS"),
        pytest.param("s/./x/", "ä\n", id="letters of several bytes"),
        pytest.param("s/[^a]/x/", "ä\n", id="and all but one"),
        pytest.param("/a/d", "a\udce4\n", id="no UTF-8"),
        pytest.param("/[b-a]/d", TEXT, id="a range that ends before it begins"),
    ],
)
def test_not_known(script, text):
    """What the tools may do in different ways, or is rare."""
    assert edited(text, [script]) is None


ATOMS = [*"ab1 @\"',:;<>=~%#!/-_.", r"\.", r"\/", r"\[", r"\*", r"\$", "[ab]", '[^"]', "[a-b]", "a*", ".*", "[ab]*", *"()+?{}|&[]^$*"]
LETTERS = "ö世aab1 @\"',:;/-_.[]*^$(){}|+?"


def a_case(chosen: random.Random) -> tuple[str, str]:
    words = ["".join(chosen.choices(ATOMS, k=chosen.randint(1, 4))) for _ in range(2)]
    regex = chosen.choice(["", "^"]) + words[0] + chosen.choice(["", "$"])
    mark = chosen.choice("/|#,@!:")
    script = chosen.choice([f"/{regex}/d", f"s{mark}{regex}{mark}{words[1]}{mark}{chosen.choice(['', 'g'])}"])
    lines = ["".join(chosen.choices(LETTERS, k=chosen.randint(0, 8))) for _ in range(4)]
    return script, "".join(f"{line}\n" for line in lines)


@pytest.mark.skipif(shutil.which("sed") is None, reason="there is no sed")
@pytest.mark.parametrize("seed", range(4))
def test_the_real_one(seed):
    """Whatever is said to be known is what sed prints."""
    chosen, found = random.Random(seed), 0  # noqa: S311 - no secret
    for _ in range(200):
        script, text = a_case(chosen)
        expected = edited(text, [script])
        if expected is None:
            continue
        found += 1
        done = subprocess.run(["sed", script], input=text, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, expected), (script, text)
    assert found > 30


PACKAGE = '{\n  "name": "a",\n  "version": "1.0.0",\n  "dependencies": {\n    "x": "1"\n  }\n}\n'


def run(script, text=PACKAGE):
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
    return effects_of(script, {"/app/package.json": text}, image="node:20", env=env)


@pytest.mark.parametrize(
    "script",
    [
        "sed -i /nothing/d package.json && npm install",
        "sed -i -e 's/1.0.0/2.0.0/' -e 's/\"x\"/\"y\"/' package.json && npm install",
        "sed --in-place 's|1|2|' ./package.json && npm install",
    ],
)
def test_an_install_behind_it(script):
    """The manifest is known as sed has left it."""
    assert run(script).doubt is None


@pytest.mark.parametrize(
    "script",
    [
        "sed -i 's/a/&/' package.json && npm install",
        'sed -i "s/1.0.0/$(date)/" package.json && npm install',
        "sed -i -n '/x/p' package.json && npm install",
        "sed -i -E 's/(1)/x/' package.json && npm install",
        "sed -i 's/}/]/' package.json && npm install",
        "sed -i /name/d package.json; npm install",
    ],
)
def test_an_install_behind_one_that_is_not_known(script):
    """Nor is the manifest known then."""
    assert run(script).doubt
