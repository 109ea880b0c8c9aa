"""What `sed -n 's/^name="\\(.*\\)"$/\\1/p'` picks out of a text: parts of whole lines.

POSIX wants the longest of all matches, and each tool has its own way to divide it among stars. So the
answer is only known where a line can be divided in one way. That is how GNU sed 4.9, busybox 1.35 and
the expressions of musl 1.2 read what stands here (tried), `\\s` and `\\w` among it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TEXT = re.compile(r"[\t\n -~]*")
_SCRIPT = re.compile(
    r"s([/|#,@!:])((?:(?!\1)[^\\]|\\(?!(?!/)\1).)+)\1((?:(?!\1)[^\\&\n]|\\[1-9/])*)\1[ \t]*(p?)[ \t]*"
)
_ATOM = r"[\w @\"',:;<>=~%#!/-]|\\[.\[*^$/]|\\[swSW]|\.|\[(?!:)\^?[\w \"',:;@./-]+\]"
# Brackets and signs that stand for themselves in a basic expression, and are a doubt in an extended one.
_BASIC = re.compile(rf"(?P<open>\\\()|(?P<close>\\\))|(?P<atom>{_ATOM}|[(){{}}+?|])(?P<star>\*?)")
_EXTENDED = re.compile(rf"(?P<open>\()|(?P<close>\))(?![*+?{{])|(?P<atom>{_ATOM})(?P<star>[*+]?)(?![?{{])")
_OWN_SIGN = re.compile(r"[(){}+?|]")


@dataclass(frozen=True)
class _Item:
    """A letter of some kind, once or as often as it comes."""

    letters: re.Pattern[str]
    repeated: bool


@dataclass(frozen=True)
class _Line:
    """An expression for a whole line: its letters, and the groups, each from one letter up to another."""

    items: tuple[_Item, ...]
    groups: tuple[tuple[int, int], ...]

    def divided(self, line: str) -> tuple[int, ...] | None:
        """Where each letter of the expression begins in the line, and its end; () if it does not match.

        None: there is more than one way.
        """
        size = len(line)
        # In how many ways the rest of the expression, from a letter on, is the rest of the line.
        ways = [[0] * size + [1]]
        for item in reversed(self.items):
            rest, own = ways[-1], [0] * (size + 1)
            for at in range(size, -1, -1):
                fits = at < size and item.letters.fullmatch(line[at]) is not None
                if item.repeated:
                    own[at] = min(rest[at] + (own[at + 1] if fits else 0), 2)
                else:
                    own[at] = rest[at + 1] if fits else 0
            ways.append(own)
        ways.reverse()
        if ways[0][0] != 1:
            return None if ways[0][0] else ()
        places, at = [0], 0
        for number, item in enumerate(self.items):
            if not item.repeated:
                at += 1
            while item.repeated and not ways[number + 1][at]:
                at += 1
            places.append(at)
        return tuple(places)


def picked(text: str, script: str, *, quiet: bool, extended: bool) -> str | None:
    """What is printed of the text; None if that is not known.

    Args:
        text: What sed reads.
        script: Its only script.
        quiet: Whether only what `p` prints is printed (`-n`).
        extended: Whether the expression is an extended one (`-E`).
    """
    found = _SCRIPT.fullmatch(script.strip(" \t"))
    if found is None or not _TEXT.fullmatch(text) or not (text == "" or text.endswith("\n")):
        return None
    delimiter, old, new, printing = found.groups()
    expression = _expression(old, extended=extended)
    used = {int(n) for n in re.findall(r"\\(\d)", new)}
    if expression is None or bool(printing) != quiet or max(used, default=0) > len(expression.groups):
        return None
    if "\\/" in old + new and delimiter != "/":
        return None
    lines = []
    for line in text.splitlines():
        places = expression.divided(line)
        if places is None:
            return None
        if places:
            lines.append(_filled(new, [line[places[s] : places[e]] for s, e in expression.groups]))
        elif not quiet:
            lines.append(line)
    return "".join(f"{line}\n" for line in lines)


def _filled(new: str, spans: list[str]) -> str:
    """The new text with what the groups have met."""
    return re.sub(r"\\(?:(\d)|/)", lambda m: spans[int(m[1]) - 1] if m[1] else "/", new)


def _expression(text: str, *, extended: bool) -> _Line | None:
    """An expression that takes whole lines: it begins with `^` or `.*`, and ends with `$` or `.*`."""
    body = text.removeprefix("^")
    if body == text and not re.match(r"(?:\\?\()?\.\*", text):
        return None
    if body.endswith("$") and not body.endswith("\\$"):
        body = body[:-1]
    elif not re.search(r"(?<!\\)\.\*(?:\\?\))?$", body):
        return None
    items: list[_Item] = []
    starts: list[int] = []
    groups: dict[int, tuple[int, int]] = {}
    opened: list[int] = []
    for part in _parts(body, _EXTENDED if extended else _BASIC):
        if part is None:
            return None
        if part["open"]:
            opened.append(len(starts))
            starts.append(len(items))
        elif part["close"]:
            if not opened:
                return None
            number = opened.pop()
            groups[number] = (starts[number], len(items))
        else:
            letters = _letters(part["atom"])
            if letters is None:
                return None
            items += [_Item(letters, repeated=False)] * (part["star"] != "*")
            items += [_Item(letters, repeated=True)] * bool(part["star"])
    if opened:
        return None
    return _Line(tuple(items), tuple(groups[number] for number in sorted(groups)))


def _parts(text: str, kind: re.Pattern[str]) -> Iterator[re.Match[str] | None]:
    """The parts of an expression, one behind the other; None where one is not known."""
    at = 0
    while at < len(text):
        part = kind.match(text, at)
        yield part
        if part is None:
            return
        at = part.end()


def _letters(atom: str) -> re.Pattern[str] | None:
    try:
        return re.compile(re.escape(atom) if _OWN_SIGN.fullmatch(atom) else atom, re.ASCII)
    except re.error:  # `[b-a]`: sed refuses it, too
        return None
