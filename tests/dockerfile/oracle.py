"""The official parser as the judge of ours.

The package `dockerfile` binds BuildKit's `frontend/dockerfile/parser` as of v0.12.5. It
parses and no more: what BuildKit's next floor (`instructions`) refuses, it takes.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import dockerfile

from optimizer.dockerfile.checks import KEYWORDS
from optimizer.dockerfile.lines import check_lines, check_size, directives, split
from optimizer.dockerfile.source import Instruction, Source, below_onbuild, parse
from optimizer.dockerfile.words import fields, first, split_pairs, words
from optimizer.errors import UserError

# Every way in which we differ from it on purpose, and why. A text to which one of these
# applies is not compared (or, for the first, only by what both answer).
DIFFERENCES = {
    "refused later": "unknown keywords, flags and missing arguments are the next floor's errors",
    "text after JSON": "since v0.15.0 text after an array makes it shell form; v0.12.5 drops it",
    "check directive": "v0.12.5 does not know `# check=`, and reads no `# escape=` below it",
    "blank in heredoc": "`<< EOF` is a heredoc for v0.32; v0.12.5 asks for `<<EOF`",
    "escape in flags": "v0.12.5 has the backslash in flags, whatever the escape directive says",
    "heredocs of ONBUILD": "the binding does not hand them out; the last line is compared",
    "not text": "NUL bytes, lone surrogates and sizes that the binding cannot be given",
}

_BLANK_IN_HEREDOC = re.compile(r"<<-?[\t\n\f\r ]")
_ESCAPE_IN_FLAG = re.compile(r"--\S*[\\`]")
_WORDS = {"ADD", "COPY", "EXPOSE", "FROM", "VOLUME"}


def disagreements(text: str) -> list[str]:
    """What our parser and the official one see differently, [] if nothing or not comparable."""
    if not _comparable(text):
        return []
    try:
        theirs = dockerfile.parse_string(text)
    except dockerfile.GoParseError as error:
        return _refused(text, str(error))
    except UnicodeDecodeError:
        return []  # "not text": a letter that Docker has cut in two
    try:
        source = parse(text)
    except UserError as error:
        known = _refused_later(error.message) or any(map(_text_after_json, theirs))
        known = known or _BLANK_IN_HEREDOC.search(text)
        return [] if known else [f"only we refuse it: {error.message}"]
    if _BLANK_IN_HEREDOC.search(text):
        return []
    if "<<" in text and any(map(_text_after_json, theirs)):
        return []  # then only we see its heredocs
    ours = source.instructions
    if len(ours) != len(theirs):
        return [f"{len(ours)} instructions, not {len(theirs)}"]
    return [
        f"line {our.line}: {what} is {mine!r}, not {yours!r}"
        for our, their in zip(ours, theirs, strict=True)
        for what, mine, yours in _facts(our, their, source)
        if mine != yours
    ]


def _comparable(text: str) -> bool:
    lines = split(text)
    try:
        text.encode()
        check_size(text)
        check_lines(lines)
        found, _ = directives(lines)
    except (UnicodeEncodeError, UserError):
        return False
    names = [name for name, _ in found]
    return "check" not in names


def _refused(text: str, why: str) -> list[str]:
    try:
        source = parse(text)
    except UserError:
        return []
    if "comprised of strings only" in why and any(i.malformed_json for i in source.instructions):
        return []  # "text after JSON", where the array holds a number
    return [f"only the official parser refuses it: {why}"]


_LATER = (
    "unknown instruction",
    "unknown flag",
    "duplicate flag",
    "missing a value on flag",
    "expecting a boolean",
    "requires",
    "names can not be blank",
    "FROM",
    "invalid name for a build stage",
    "cannot accept a heredoc",
    "HEALTHCHECK",
    "missing command",
    "isn't allowed as an ONBUILD trigger",
    "VOLUME specified",
    "is not one of",
    "is not a duration",
    "is not a number",
)


def _refused_later(message: str) -> bool:
    return any(each in message for each in _LATER)


def _text_after_json(their: dockerfile.Command) -> bool:
    return their.json and not their.original.rstrip().endswith("]")


def _facts(our: Instruction, their: dockerfile.Command, source: Source) -> list[tuple]:
    if source.escape == "`" and _ESCAPE_IN_FLAG.search(our.logical):
        return []
    facts = [
        ("keyword", our.keyword, their.cmd.lower().upper()),
        ("first line", our.line, their.start_line),
        ("last line", our.end, their.end_line),
        ("flags", tuple(map(_flag, our.flags)), their.flags),
    ]
    if our.keyword != "ONBUILD":  # "heredocs of ONBUILD"
        mine = tuple((h.name, int(h.descriptor or 0), h.body) for h in our.heredocs)
        yours = tuple((h.name, h.file_descriptor, h.content) for h in their.heredocs)
        facts.append(("heredocs", mine, yours))
    inner = below_onbuild(our, source.escape) if our.keyword == "ONBUILD" else our
    if inner is not our:
        facts.append(("trigger", inner.keyword, (their.sub_cmd or "").lower().upper()))
    if inner.malformed_json and their.json:
        return facts  # "text after JSON"
    if inner.keyword not in KEYWORDS:
        return facts  # below ONBUILD any word may stand, and its arguments are dropped
    value = _value(inner, source.escape)
    return [*facts, ("json", inner.json is not None, their.json), ("value", value, their.value)]


def _flag(pair: tuple[str, str | None]) -> str:
    name, value = pair
    return f"--{name}" if value is None else f"--{name}={value}"


def _value(our: Instruction, escape: str) -> tuple[str, ...]:
    kind = fields(our.arguments)[:1] if our.keyword == "HEALTHCHECK" else ()
    if our.json is not None:
        return kind + our.json
    if our.keyword in _WORDS:
        return fields(our.arguments)
    if our.keyword in {"ENV", "LABEL"}:
        found = split_pairs(our.arguments, our.keyword, escape)
        return tuple(each for pair in found for each in pair)
    if our.keyword == "ARG":
        return words(our.arguments, escape)
    if kind:
        return kind + tuple(filter(None, [first(our.arguments)[1]]))
    return (our.arguments,) if our.arguments else ()


if __name__ == "__main__":
    for name in sys.argv[1:]:
        data = Path(name).read_bytes()
        for each in disagreements(data.decode("utf-8", "surrogateescape")):
            sys.stdout.write(f"{name}: {each}\n")
