"""Words, pairs and JSON as Docker splits them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.dockerfile.words import (
    NotJson,
    WordError,
    defaults,
    fields,
    flags,
    json_array,
    pairs,
    words,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a  b\tc", ("a", "b", "c")),
        ("a='b c' d", ("a='b c'", "d")),
        ('a="b \\" c" d', ('a="b \\" c"', "d")),
        ("a=b\\ c d", ("a=b\\ c", "d")),
        ("a\\", ("a",)),
        ("'a\\' b", ("'a\\'", "b")),
        ("'a b", ("'a b",)),
        ('"a \\', ('"a ',)),
        ("'a \\", ("'a \\",)),
        ("a\xa0b\u2003c", ("a", "b", "c")),
        ("a\x1cb", ("a\x1cb",)),
        ("", ()),
    ],
)
def test_words_of_env_label_and_arg(text, expected):
    """Quotes and escapes hold a word together and stay in it; an unclosed one runs to the end."""
    assert words(text, "\\") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [('"a b" c', ('"a', 'b"', "c")), ("a\\ b", ("a\\", "b")), ("a\xa0b", ("a\xa0b",)), ("", ())],
)
def test_words_of_copy_and_expose(text, expected):
    """Quotes mean nothing to COPY: it splits at every blank."""
    assert fields(text) == expected


def test_the_escape_directive_counts():
    """With a backtick as escape, a backslash is a letter."""
    assert words("a\\ b` c", "`") == ("a\\", "b` c")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=b c=d", (("a", "b"), ("c", "d"))),
        ("a=b=c", (("a", "b=c"),)),
        ("a=", (("a", ""),)),
        ("a b  c=d", (("a", "b  c=d"),)),
        ("a = b", (("a", "= b"),)),
        ("'a b'=c", (("'a b'", "c"),)),
    ],
)
def test_pairs(text, expected):
    """ENV has two forms; the old one takes the rest of the line as it is."""
    assert pairs(text, "ENV") == expected


@pytest.mark.parametrize("text", ["", "a", "a=b c", "=b", "a=b =c", "a\xa0b"])
def test_pairs_that_docker_refuses(text):
    """A name without a value is an error, and so is a value without a name."""
    with pytest.raises(WordError, match=r"ENV|="):
        pairs(text, "ENV")


def test_defaults_of_arg():
    """An ARG may have a default, an empty one, or none."""
    assert defaults("a b= c='d e'") == (("a", None), ("b", ""), ("c", "'d e'"))
    with pytest.raises(WordError, match="blank"):
        defaults("=x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("--a=b --c d --e", (("--a=b", "--c"), "d --e")),
        ("--a='b c'd e", (("--a=b cd",), "e")),
        ("--a='b\\'c' d", (("--a=b'c",), "d")),
        ("-- --a", ((), "--a")),
        ("-a b", ((), "-a b")),
        ("--a", (("--a",), "")),
        ("--a=b\\", (("--a=b",), "")),
        ("", ((), "")),
    ],
)
def test_flags(text, expected):
    """In a flag, quotes and escapes are taken off, and an escape counts in single quotes too."""
    assert flags(text) == expected


@settings(deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_a_json_array_of_strings_is_an_argv(argv):
    """Whatever json writes is read back."""
    assert json_array(json.dumps(argv)) == tuple(argv)
    assert json_array(" " + json.dumps(argv, ensure_ascii=False)) == tuple(argv)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        '["a"',
        '["a",]',
        "['a']",
        '["a"] b',
        "[NaN]",
        "[-Infinity]",
        '["\t"]',
        "[1e400]",
        '{"a": "b"}',
        '["a" "b"]',
        "[01]",
    ],
)
def test_what_is_no_json_is_for_the_shell(text):
    """Malformed JSON is no error for Docker."""
    with pytest.raises(NotJson):
        json_array(text)


@pytest.mark.parametrize(
    "text", ["[1]", '["a", null]', '[["a"]]', "[true]", "[" * 5000 + "]" * 5000]
)
def test_an_array_of_other_things_is_an_error(text):
    """Docker refuses a valid array that is not of strings alone."""
    with pytest.raises(WordError, match="strings only"):
        json_array(text)
