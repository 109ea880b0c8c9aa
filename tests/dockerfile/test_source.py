"""Lines and instructions: everything comes back, and stands where Docker sees it."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.dockerfile.source import parse
from optimizer.errors import UserError

ODD = "FROMRUNCOPYARG ab\\`'\"$<[],#=\n\n\r\t\f\v\x85\u2028\xa0\x1cé\ufeff-"


def read(text: str) -> list[tuple[str, int, int, str]]:
    return [(i.keyword, i.start, i.end, i.logical) for i in parse(text).instructions[1:]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("run a", [("RUN", 1, 2, "a")]),
        ("  \tRuN\t\fa  b ", [("RUN", 1, 2, "a  b")]),
        ("RUN a \\\n  b", [("RUN", 1, 3, "a   b")]),
        ("RUN a\\\n  b", [("RUN", 1, 3, "a  b")]),
        ("RUN a \\  \t\nb", [("RUN", 1, 3, "a b")]),
        ("RUN a \\\\\nRUN b", [("RUN", 1, 2, "a \\\\"), ("RUN", 2, 3, "b")]),
        ("RUN a \\\n\n  \n&& b", [("RUN", 1, 5, "a && b")]),
        ("RUN a \\\n  # c \\\nb", [("RUN", 1, 4, "a b")]),
        ("RUN a # c \\\nb", [("RUN", 1, 3, "a # c b")]),
        ("RUN a \\\n\nRUN b", [("RUN", 1, 4, "a RUN b")]),
        ("RUN a \\\n# c\n\n", [("RUN", 1, 4, "a")]),
        ("RUN a \\\r\n b\r\n", [("RUN", 1, 3, "a  b")]),
        ("\\\nRUN a", [("RUN", 1, 3, "a")]),
        ("RUN", [("RUN", 1, 2, "")]),
        ("\n\f\nRUN a\u2028b\x85c\f", [("RUN", 3, 4, "a\u2028b\x85c")]),
        ("RUN a `\nRUN b", [("RUN", 1, 2, "a `"), ("RUN", 2, 3, "b")]),
        ("CMD", [("CMD", 1, 2, "")]),
        (
            "RUN cat <<E\n# not a comment\nRUN x\n\nE\nRUN b",
            [("RUN", 1, 6, "cat <<E"), ("RUN", 6, 7, "b")],
        ),
        ("RUN a <<A 3<<-B\nB\nA\nA\n\tB\n", [("RUN", 1, 6, "a <<A 3<<-B")]),
        ("ONBUILD RUN <<E\nx\nE\n", [("ONBUILD", 1, 4, "RUN <<E")]),
        ('RUN ["a", "<<E"]\nRUN b', [("RUN", 1, 2, '["a", "<<E"]'), ("RUN", 2, 3, "b")]),
        ("CMD <<E\nCMD b", [("CMD", 1, 2, "<<E"), ("CMD", 2, 3, "b")]),
        ("RUN cat <<<E\nRUN b", [("RUN", 1, 2, "cat <<<E"), ("RUN", 2, 3, "b")]),
        ("RUN echo $((1<<2))\nRUN b", [("RUN", 1, 2, "echo $((1<<2))"), ("RUN", 2, 3, "b")]),
        ("RUN echo \"it's <<E\nRUN b", [("RUN", 1, 2, "echo \"it's <<E"), ("RUN", 2, 3, "b")]),
        ("RUN cat <<E>x\nE\nE>x\n", [("RUN", 1, 4, "cat <<E>x")]),
    ],
)
def test_instructions_stand_where_docker_sees_them(text, expected):
    """Continuations, comments, blank lines and heredocs are one instruction with their keyword."""
    assert read("FROM a\n" + text) == expected


@pytest.mark.parametrize(
    ("text", "name", "body", "content", "expand"),
    [
        ("RUN <<E\na\n\tb\nE\n", "E", "a\n\tb\n", "a\n\tb\n", True),
        ("RUN <<-E\n\ta\n\t\tb\n\tE\n", "E", "\ta\n\t\tb\n", "a\nb\n", True),
        ("COPY <<'a b' /x\n$V\na b\n", "a b", "$V\n", "$V\n", False),
        ('RUN <<"E"\nE', "E", "", "", False),
        ("RUN <<E\r\na\r\nE\r\n", "E", "a\r\n", "a\r\n", True),
    ],
)
def test_heredocs(text, name, body, content, expand):
    """A heredoc has its raw body, and the content that the build sees."""
    heredocs = parse("FROM a\n" + text).instructions[1].heredocs
    assert [(h.name, h.body, h.content, h.expand) for h in heredocs] == [
        (name, body, content, expand)
    ]


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("", "no FROM", None),
        ("# only\n\n", "no FROM", None),
        ("ARG A\n", "no FROM", None),
        ("RUN a\nFROM b", "before the first FROM", 1),
        ("FROM a\nFOO b", "unknown instruction: FOO", 2),
        ("FROM a\n\\\n", "unknown instruction: ", 2),
        ("FROM a\nRUN <<E\nx\n", "unterminated heredoc", 2),
        ("FROM a\nHEALTHCHECK", "at least one", 2),
        ("FROM a\nRUN << E\nx\n", "unterminated heredoc", 2),
        ("FROM a b", "either one or three", 1),
        ("FROM a AS 1b", "invalid name", 1),
        ("FROM --platfrom=x a", "unknown flag for FROM: --platfrom", 1),
        ("FROM a\nCOPY --chown=1 --chown=2 a b", "duplicate flag", 2),
        ("FROM a\nCOPY --chown a b", "missing a value", 2),
        ("FROM a\nCOPY --link=maybe a b", "boolean", 2),
        ("FROM a\nCOPY --CHOWN=1 a b", "unknown flag", 2),
        ("FROM a\nADD --from=x a b", "unknown flag", 2),
        ("FROM a\nLABEL --x a=b", "unknown flag", 2),
        ("FROM a\nRUN --network=x a", "not one of default, none, host", 2),
        ("FROM a\nCOPY a", "at least two", 2),
        ('FROM a\nCOPY ["a"]', "at least two", 2),
        ("FROM a\nCOPY a <<E\nE\n", "heredoc as a destination", 2),
        ("FROM a\nENV A", "two arguments", 2),
        ("FROM a\nENV A=1 B", "can't find =", 2),
        ("FROM a\nENV =1", "blank", 2),
        ("FROM a\nARG", "at least one", 2),
        ("FROM a\nUSER", "requires an argument", 2),
        ("FROM a\nVOLUME []", "requires an argument", 2),
        ('FROM a\nVOLUME [""]', "empty string", 2),
        ("FROM a\nCMD [1]", "strings only", 2),
        ('FROM a\nRUN ["a", null]', "strings only", 2),
        ("FROM a\nSHELL bash", "JSON", 2),
        ("FROM a\nSHELL []", "JSON", 2),
        ("FROM a\nHEALTHCHECK x", "unknown type", 2),
        ("FROM a\nHEALTHCHECK CMD", "missing command", 2),
        ("FROM a\nHEALTHCHECK --interval=3 CMD x", "not a duration", 2),
        ("FROM a\nONBUILD ENV b", "two arguments", 2),
        ("FROM a\nONBUILD CMD [1]", "strings only", 2),
        ("FROM a\nONBUILD", "at least one", 2),
        ("FROM a\nONBUILD FROM b", "isn't allowed", 2),
        ("FROM a\nONBUILD ONBUILD RUN b", "isn't allowed", 2),
        ("# escape=x\nFROM a", "invalid escape", 1),
        ("# syntax=a\n#syntax=b\nFROM a", "only one syntax", 2),
        ("FROM a\nRUN a\0", "NUL", 2),
        ("FROM a\nRUN " + "é" * 32_766, "longer than 65535 bytes", 2),
        ("FROM a\n" * 160_000, "larger than any Dockerfile", None),
    ],
)
def test_what_docker_refuses(text, message, line):
    """The user reads what is wrong and where."""
    with pytest.raises(UserError, match=message.replace("?", r"\?")) as caught:
        parse(text)
    assert caught.value.line == line


@pytest.mark.parametrize(
    "text",
    [
        "FROM a\nRUN " + "a" * 65_531,
        "ARG A\nFROM a$A",
        "FROM a\nMAINTAINER me <me@example.org>",
        "FROM a\nARG --x A",
        "FROM a\nSTOPSIGNAL --x 9",
        "FROM a\nHEALTHCHECK --x NONE",
        "FROM a\nONBUILD FOO --x y",
        "FROM a\nONBUILD ENV =b\nONBUILD COPY --x\nONBUILD LABEL",
        "FROM a\nCOPY --link=FALSE --exclude=a --exclude=b -- --a /b",
        "FROM a\nHEALTHCHECK --interval=1m30s --retries=3 CMD x",
        "FROM a\nENTRYPOINT",
        "FROM a\nCOPY a <<'E",
        "FROM a\nRUN a <<",
        "FROM a\nRUN cat <<E$(x)\nE$(x)\n",
        "FROM a\nCOPY <<'' a /b\n",
        "FROM a\nUSER a b",
        "# escape=`\n# check=skip=all\nFROM a",
    ],
)
def test_what_docker_takes(text):
    """We are not stricter than Docker."""
    assert str(parse(text)) == text


@pytest.mark.parametrize(
    ("text", "directives", "escape", "lines"),
    [
        ("# syntax=a/b:1\n#ESCAPE = `\nFROM a", (("syntax", "a/b:1"), ("escape", "`")), "`", 2),
        ("\ufeff  #check=skip=all \nFROM a", (("check", "skip=all"),), "\\", 1),
        ("\n# escape=`\nFROM a", (), "\\", 0),
        ("# a comment\n# escape=`\nFROM a", (), "\\", 0),
        ("# foo=bar\n# escape=`\nFROM a", (), "\\", 0),
        ("#!/usr/bin/x\n# syntax=a\n# escape=`\nFROM a", (("syntax", "a"),), "\\", 2),
        ("FROM a\n# escape=`", (), "\\", 0),
    ],
)
def test_directives(text, directives, escape, lines):
    """Directives are the first lines and nothing else."""
    source = parse(text)
    assert (source.directives, source.escape, source.directive_lines) == (
        directives,
        escape,
        lines,
    )


@pytest.mark.parametrize(
    ("text", "heads"),
    [
        ("# syntax=a\n# c\nFROM a\n\n# d\n  # e\nRUN b\n", [1, 4]),
        ("# c\n\nFROM a\nRUN b\n", [2, 3]),
        ("FROM a\n# c\n\n# d\nRUN b \\\n# e\n\n# f\nRUN c\n# g\n", [0, 3]),
        ("FROM a\nRUN <<E\n# x\nE\n# y\nRUN b\n", [0, 1, 4]),
    ],
)
def test_comments_right_above_belong_to_an_instruction(text, heads):
    """The head is the block of comments that nothing parts from the instruction."""
    assert [each.head for each in parse(text).instructions] == heads


@pytest.mark.parametrize(
    ("line", "json", "malformed"),
    [
        ('CMD ["a", "b\\u0041\\b"]', ("a", "bA\b"), False),
        ("CMD []", (), False),
        ('CMD ["a",]', None, True),
        ("CMD ['a']", None, True),
        ('CMD ["a"] # c', None, True),
        ("CMD [NaN]", None, True),
        ("CMD [1e999]", None, True),
        ('CMD ["\\ud800"]', ("\ufffd",), False),
        ('RUN ["a", \\\n "b"]', ("a", "b"), False),
        ('HEALTHCHECK --retries=1 CMD ["a"]', ("a",), False),
        ('EXPOSE ["80"]', None, False),
        ('ENV a ["b"]', None, False),
    ],
)
def test_exec_form(line, json, malformed):
    """What Go's encoding/json takes is an argv, all else is for the shell."""
    found = parse("FROM a\n" + line).instructions[1]
    assert (found.json, found.malformed_json) == (json, malformed)


@pytest.mark.parametrize(
    ("line", "flags", "arguments"),
    [
        ("COPY --from=b --link a c", (("from", "b"), ("link", None)), "a c"),
        ('COPY --chown="a b" x y', (("chown", "a b"),), "x y"),
        ("COPY --chown=a\\ b x y", (("chown", "a b"),), "x y"),
        ("COPY a --chown=b c", (), "a --chown=b c"),
        ("COPY -- --a b", (), "--a b"),
        (
            "RUN --mount=type=ssh \\\n  --mount=type=tmpfs,target=/x a",
            (("mount", "type=ssh"), ("mount", "type=tmpfs,target=/x")),
            "a",
        ),
        ("COPY --chown=à b c", (("chown", "Ã"),), "b c"),
    ],
)
def test_flags(line, flags, arguments):
    """Flags are the words with two dashes right after the keyword, without quotes."""
    found = parse("FROM a\n" + line).instructions[1]
    assert (found.flags, found.arguments) == (flags, arguments)


@settings(deadline=None)
@given(st.text(st.sampled_from(ODD)) | st.text())
def test_parsing_loses_nothing(text):
    """Every byte of a file that is taken comes back, and so does every instruction's text."""
    for whole in (text, "FROM a\n" + text, "FROM a\nRUN b \\\n" + text):
        try:
            source = parse(whole)
        except UserError:
            continue
        assert str(source) == whole
        for each in source.instructions:
            assert each.text == "".join(source.lines[each.start : each.end])
            assert source.directive_lines <= each.head <= each.start < each.end
        starts = [each.start for each in source.instructions]
        assert all(a.end <= b for a, b in zip(source.instructions, starts[1:], strict=False))


def test_bytes_that_are_not_utf8_survive():
    """A Latin-1 file comes back byte for byte."""
    data = b"FROM a\nRUN echo \xe9\xff\nENV a=\xe9\n"
    assert (
        str(parse(data.decode("utf-8", "surrogateescape"))).encode("utf-8", "surrogateescape")
        == data
    )


def test_an_instruction_that_only_the_end_of_the_file_ends_says_so():
    """Nothing may be put after it, or it would become a part of it."""
    assert [each.unfinished for each in parse("FROM a\nRUN b \\\n\n# c\n").instructions] == [
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("text", "newline"),
    [("FROM a\r\nRUN b\r\nRUN c\n", "\r\n"), ("FROM a\nRUN b\r\nRUN c\n", "\n"), ("FROM a", "\n")],
)
def test_the_newline_is_that_of_most_lines(text, newline):
    """A new line looks like the others."""
    assert parse(text).newline == newline


@pytest.mark.parametrize(
    "text",
    [
        "FROM a\nRUN " + "x" * 10_000_000,
        "FROM a\n" + "RUN a\n" * 2_000_000,
        "FROM a\n" + "RUN " + "\\ " * 30_000,
        "FROM a\n" + "ENV a=" + "'\"" * 30_000,
        "FROM a\nRUN " + "${a:-" * 12_000 + "<<E\n",
        "FROM a\nCMD " + "[" * 60_000,
    ],
)
def test_monstrous_files_are_answered_at_once(text):
    """However large or nested a file is, the answer comes in about a second."""
    begun = time.perf_counter()
    with contextlib.suppress(UserError):
        assert str(parse(text)) == text
    assert time.perf_counter() - begun < 1.5
