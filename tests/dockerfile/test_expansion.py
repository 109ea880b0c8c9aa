"""Variables expand as BuildKit expands them, and what is not known is not guessed."""

from __future__ import annotations

import pytest

from optimizer.dockerfile.variables import expand, expand_heredoc, expand_words
from optimizer.errors import UserError

SCOPE = {
    "V": "v",
    "E": "",
    "P": "/a/b.c/d.c",
    "S": "*a?*",
    "B": "one  two",
    "U": None,
    "한국": "k",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a$V.b", "av.b"),
        ("${V}x", "vx"),
        ("$Vx$E|", "|"),
        ("$한국", "k"),
        ("'$V' \"$V\"", "$V v"),
        ("\\$V\\\\$V", "$V\\v"),
        ("a\\ b\\n", "a bn"),
        ('"\\n\\"\\$\\\\"', '\\n"$\\'),
        ("a\\", "a"),
        ("$$V $1x $@ $.", "V x  $."),
        ("a$", "a$"),
        ("${N:-$V} ${E:-d} ${E-d} ${N-d} ${V:-d}", "v d  d v"),
        ("${V:+a} ${E:+a}|${E+a} ${N+a}|", "a |a |"),
        ("${V:?m}${E?m}", "v"),
        ("${N:-${M:-x y}} ${N:-'}'}", "x y }"),
        ("${N:-\\}}", "}"),
        ("${P#*/} ${P##*/} ${P%.*} ${P%%.*}", "a/b.c/d.c d.c /a/b.c/d /a/b"),
        ("${P#x} ${P%} ${P#/?/}", "/a/b.c/d.c /a/b.c/d.c b.c/d.c"),
        ("${S#\\*} ${S%\\?\\*} ${S#?}", "a?* *a a?*"),
        ("${P/c/x} ${P//c/x} ${P/\\//-} ${P//.*/}", "/a/b.x/d.c /a/b.x/d.x -a/b.c/d.c /a/b"),
        ("${N/a/b}${N#a}", ""),
        ("${P/[ab]/x}", "/a/b.c/d.c"),
        ("<<$V < a", "<<v < a"),
        ("", ""),
    ],
)
def test_values(text, expected):
    """Every form that BuildKit knows gives what BuildKit gives."""
    assert expand(text, SCOPE, complete=True).text == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("${N:?must be set}", "N: must be set"),
        ("${E:?}", "E: must be set"),
        ("${N?$V}", "N: v"),
        ("'a", "single quote"),
        ('a"b', "double quote"),
        ("${V", "not supported"),
        ("${V:-a", "missing '}'"),
        ("${}", "bad substitution"),
        ("${{V}}", "bad substitution"),
        ("${V:=a}", "not supported"),
        ("${!V}", "not supported"),
        ("${#V}", "not supported"),
        ("${V,,}", "not supported"),
        ("${V:#a}", "not supported"),
        ("${V#\\x}", "invalid escape"),
        ('"a\\', "double quote"),
        ("${V//a}", "missing"),
        ("${V:-" * 3000, "nested|missing"),
    ],
)
def test_errors(text, message):
    """What fails in a build is the user's error, with its line."""
    with pytest.raises(UserError, match=message.replace("$", r"\$")) as caught:
        expand(text, SCOPE, complete=True, line=7)
    assert caught.value.line == 7


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a$U", None),
        ("$N", None),
        ("$V", "v"),
        ("${V:-$U}", "v"),
        ("${U:-d}", None),
        ("${U-d}", None),
        ("${U+d}", "d"),
        ("${U:+d}", None),
        ("${N+d}", None),
        ("${N:-d}", None),
        ("${N?m}", None),
        ("${U:?m}", None),
        ("${E:-$U}", None),
        ("${E:-$N}", None),
        ("${E+$U}", None),
        ("${U#a}", None),
        ("${V#$U}", None),
        ("${V/$U/a}", None),
        ("'$U'\\$U", "$U$U"),
        ("$1$@", ""),
    ],
)
def test_what_is_not_known_stays_unknown(text, expected):
    """A value that the base may set, or that is set to something unknown, makes the text unknown."""
    found = expand(text, SCOPE, complete=False)
    assert found.text == expected
    assert (found.words is None) == (expected is None)


def test_unusual_patterns_are_not_guessed():
    """Go takes `$` in the replacement of `//` for a group, and many stars are too slow for us."""
    assert expand("${P//a/\\$0}", SCOPE, complete=True).text is None
    assert expand("${P#*a*b*c*d*}", SCOPE, complete=True).text is None


@pytest.mark.parametrize(
    ("text", "uses"),
    [
        ("a", set()),
        ("$V${N:-${M}}", {"V", "N", "M"}),
        ("${V:-$M}", {"V", "M"}),
        ("'$V'\\$E", set()),
        ('"$V"${P/$E/$B}', {"V", "P", "E", "B"}),
    ],
)
def test_uses(text, uses):
    """Every variable that the text asks for is named, though its value may not matter."""
    assert expand(text, SCOPE, complete=True).uses == uses


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$B", ("one", "two")),
        ('"$B"', ("one  two",)),
        ("a$B-c d", ("aone", "two-c", "d")),
        ("''", ()),
        ("$U", None),
    ],
)
def test_words(text, expected):
    """Outside of quotes a value is split at its blanks, as EXPOSE does."""
    assert expand_words(text, SCOPE, complete=True) == expected


def test_the_escape_directive_counts():
    """With a backtick, a backslash is a letter and the backtick escapes."""
    assert expand("c:\\$V`$V", SCOPE, "`", complete=True).text == "c:\\v$V"


def test_heredocs_keep_their_quotes():
    """In the body of a heredoc quotes are letters, and a backslash escapes whatever the directive says."""
    found = expand_heredoc("'$V' \"${N:-d}\" it's \\$V\n", SCOPE, complete=True)
    assert found.text == "'v' \"d\" it's $V\n"
    assert expand_heredoc("$U\n", SCOPE, complete=True).text is None
