"""Heredocs of a shell text: cut out before the text is parsed.

What follows `<<EOF` on its line may be a redirection, a pipe or another command; the grammar
at hand keeps that inside the heredoc. So each `<<EOF` becomes `<` and the name of a place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PLACE = "/dfopt-heredoc/"
_START = re.compile(r"<<(-?)[ \t]*((?:\\.|'[^'\n]*'|\"[^\"\n]*\"|[^\s;&|<>()'\"\\`])+)")
_BLANKS = " \t\n;&|("


@dataclass(frozen=True)
class Heredoc:
    """The text behind `<<EOF`.

    Attributes:
        body: The text, without the line that ends it.
        quoted: Whether it is taken as it stands (`<<'EOF'`).
    """

    body: str
    quoted: bool


@dataclass(frozen=True)
class _Start:
    name: str
    quoted: bool
    dash: bool


class _Scanner:
    """Goes through a script once; quotes, comments and `((` hide what looks like a heredoc."""

    def __init__(self, script: str) -> None:
        self.script = script
        self.position = 0
        self.out: list[str] = []
        self.found: list[Heredoc] = []
        self.pending: list[_Start] = []

    def scan(self) -> None:
        while self.position < len(self.script):
            end = self._next(self.script[self.position])
            self.out.append(self.script[self.position : end])
            self.position = end
            if self.pending and self.out[-1] == "\n":
                for start in self.pending:
                    self._body(start)
                self.pending.clear()

    def _next(self, char: str) -> int:
        """Where the piece ends that begins here and is kept as it stands."""
        script, here = self.script, self.position
        if script.startswith("\\\n", here):
            self.position += 2  # a line that goes on; the grammar would end the word there
            return self.position
        if char == "\\":
            return here + 2
        if char in "'\"":
            return self._quoted(char)
        if char == "#" and (here == 0 or script[here - 1] in _BLANKS):
            return _found(script.find("\n", here), len(script))
        if script.startswith("((", here):
            end, line = script.find("))", here), _found(script.find("\n", here), len(script))
            return end + 2 if 0 <= end < line else here + 1
        if script.startswith("<<<", here):
            return here + 3
        found = _START.match(script, here)
        if found is None:
            return here + 1
        name = re.sub(r"\\(.)|['\"]", lambda m: m.group(1) or "", found.group(2))
        self.out.append(f"<{PLACE}{len(self.found) + len(self.pending)} ")
        self.pending.append(_Start(name, name != found.group(2), bool(found.group(1))))
        self.position = found.end()
        return found.end()

    def _quoted(self, quote: str) -> int:
        here = self.position + 1
        while here < len(self.script) and self.script[here] != quote:
            here += 2 if self.script[here] == "\\" and quote == '"' else 1
        return here + 1

    def _body(self, start: _Start) -> None:
        lines = []
        while self.position < len(self.script):
            end = _found(self.script.find("\n", self.position), len(self.script))
            line = self.script[self.position : end]
            self.position = end + 1
            line = line.lstrip("\t") if start.dash else line
            if line == start.name:
                break
            lines.append(line + "\n")
        self.found.append(Heredoc("".join(lines), start.quoted))


def _found(position: int, otherwise: int) -> int:
    return otherwise if position < 0 else position


def extract(script: str) -> tuple[str, tuple[Heredoc, ...]]:
    """The script with each heredoc replaced by `< PLACE/number`, and the heredocs.

    Lines that end in a backslash are joined with the next.
    """
    if "<<" not in script and "\\\n" not in script:
        return script, ()
    scanner = _Scanner(script)
    scanner.scan()
    return "".join(scanner.out), tuple(scanner.found)


def as_string(body: str) -> str:
    """The body of an unquoted heredoc as a word in double quotes that expands to the same."""
    found, position = "", 0
    while position < len(body):
        char, following = body[position], body[position + 1 : position + 2]
        if char == "\\":
            found += char + following if following in {"$", "`", "\\", "\n"} else "\\\\"
            position += 2 if following in {"$", "`", "\\", "\n"} else 1
        elif char == "$" and following in {"(", "{"}:
            end = _closed(body, position + 1)
            found += body[position:end]
            position = end
        else:
            found += '\\"' if char == '"' else char
            position += 1
    return f'"{found}"'


def _closed(body: str, start: int) -> int:
    """Where the bracket that opens at `start` closes, by counting."""
    opening, depth = body[start], 0
    closing = {"(": ")", "{": "}"}[opening]
    for position in range(start, len(body)):
        depth += (body[position] == opening) - (body[position] == closing)
        if depth == 0:
            return position + 1
    return len(body)
