"""Our parser sees what the official one sees."""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

if os.environ.get("CI") == "true":
    import dockerfile  # the comparison must not be skipped silently where it counts
else:
    dockerfile = pytest.importorskip(
        "dockerfile", reason="no wheel of the official parser's binding for this machine"
    )

from oracle import DIFFERENCES, disagreements

TRICKY = [
    "FROM a\nRUN a \\\n\n  # c \\\n  && b\n",
    "FROM a\nRUN a \\\\\nRUN b\n",
    "# escape=`\nFROM a\nRUN a `\n b\nCOPY a\\b c:\\\n",
    "FROM a\nRUN <<E cat 3<<-'F G' > x\nE\n\tF G\n",
    "FROM a\nRUN cat ${A:-<<E} <<F\nF\n",
    'FROM a\nENV a=b\\ c d=\'e f\' g="h \\" i"\nENV j k  l\nLABEL "m n"=o\n',
    'FROM a\nARG A B=c "d e"\nARG f=\'g\n',
    'FROM a\nCMD ["a", "b"]\nCMD ["a",]\nHEALTHCHECK --interval=3s CMD ["x"]\nONBUILD COPY ["a", "b"]\n',
    "\ufeffFROM a\r\nRUN b \\\r\n  c\r\n",
    "FROM a\n\x0cRUN\x0bb\nCOPY \xa0a b\nCOPY --chown=à b c\n",
    "FROM a\nRUN -- --x\nRUN --mount='a b' --\tx\n",
    "\\\nFROM a\n\\\n",
    "FROM a\nRUN <<E\n",
    "FROM a\nENV a\n",
    "FROM a\nCMD [1]\n",
    "",
]
FRAGMENTS = [line for text in TRICKY for line in text.splitlines(keepends=True)] + [
    "EXPOSE 80  90/tcp\n",
    "VOLUME /a /b\n",
    "USER a:b\n",
    'SHELL ["a"]\n',
    "STOPSIGNAL 9\n",
    "E\n",
    "\n",
    "\\\n",
    "# c\n",
    "  \t\n",
    "&& b \\\n",
    "ONBUILD RUN a\n",
    "MAINTAINER me\n",
    'RUN "<<E\n',
    "RUN a<<\"E F'\n",
]
LETTERS = "ab \t\\\"'$`<-=[],#\nE1\x85\xa0é\x1c\f/:{}"


@pytest.mark.parametrize("text", TRICKY)
def test_tricky_files(text):
    """Positions, words, flags, JSON and heredocs are the official parser's."""
    assert disagreements(text) == []


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=7))
def test_files_from_fragments(lines):
    """So they are for lines in any order."""
    assert disagreements("FROM a\n" + "".join(lines)) == []


@settings(max_examples=600, deadline=None)
@given(
    st.sampled_from(
        [
            "RUN ",
            "COPY ",
            "ENV ",
            "ARG ",
            "CMD [",
            "LABEL ",
            "VOLUME ",
            "ADD --",
            "HEALTHCHECK CMD ",
        ]
    ),
    st.text(st.sampled_from(LETTERS), max_size=16),
)
def test_lines_of_odd_letters(keyword, text):
    """So they are for one line of anything."""
    assert disagreements(f"FROM a\n{keyword}{text}\n") == []


@pytest.mark.parametrize("text", ["FROM a\nRUN b\nFROM c AS d\n", "FROM a\nRUN <<E\nx\nE\n"])
def test_the_comparison_notices(text, monkeypatch):
    """A parser that is off by one line is found out."""
    import oracle

    real = oracle.parse
    monkeypatch.setattr(oracle, "parse", lambda t: real(t.replace("FROM a\n", "FROM a\n\n", 1)))
    assert disagreements(text)


def test_every_difference_has_a_reason():
    """What we do otherwise than the official parser is listed, each with its why."""
    assert DIFFERENCES
    assert all(len(why) > 20 for why in DIFFERENCES.values())
