"""Whether a sed script only edits its text, or reads and writes other files (GNU sed 4.9)."""

from __future__ import annotations

from dataclasses import dataclass

_BLANK = " \t\n;"
_DIGITS = "0123456789"
# Commands of one letter without an argument, and those with a label or an exit code behind them.
_SINGLE = "dDgGhHlnNpPxzF={}"
_LABELLED = "btT:qQ"
# a, i and c take the rest of the line; a line that ends in a backslash goes on.
_TEXT = "aic"


@dataclass
class _Scanner:
    """A position in a script."""

    text: str
    at: int = 0

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def skip(self, letters: str) -> None:
        while self.peek() and self.peek() in letters:
            self.at += 1

    def delimited(self, delimiter: str) -> bool:
        """Go behind the next delimiter that is not escaped or in brackets."""
        while self.at < len(self.text):
            letter = self.peek()
            self.at += 1
            if letter == "\\":
                self.at += 1
            elif letter == "[" and delimiter == "/" and self._brackets():
                continue
            elif letter == delimiter:
                return True
        return False

    def _brackets(self) -> bool:
        """Go behind `[...]`, in which the delimiter has no meaning; False if there is no end."""
        start = self.at + (1 if self.peek() == "^" else 0)
        end = self.text.find("]", start + 1)
        if end < 0 or "\n" in self.text[start:end]:
            return False
        self.at = end + 1
        return True

    def line(self) -> None:
        """Go to the end of the line, and on where it ends in a backslash."""
        while self.peek() and self.peek() != "\n":
            self.at += 2 if self.peek() == "\\" else 1


def only_edits(script: str) -> bool:
    """Whether nothing in the script is `w`, `r`, `R`, `W` or `e`, nor anything unknown."""
    scanner = _Scanner(script)
    while True:
        scanner.skip(_BLANK)
        if not scanner.peek():
            return True
        if not (_addresses(scanner) and _command(scanner)):
            return False


def _addresses(scanner: _Scanner) -> bool:
    """None, one or two addresses, and perhaps a `!`."""
    for _ in range(2):
        if not _address(scanner):
            return False
        scanner.skip(" \t")
        if scanner.peek() != ",":
            break
        scanner.at += 1
        scanner.skip(" \t")
    scanner.skip(" \t!")
    return True


def _address(scanner: _Scanner) -> bool:
    letter = scanner.peek()
    if letter and letter in "/\\":
        scanner.at += 1
        if letter == "\\":
            letter = scanner.peek()
            scanner.at += 1
        closed = scanner.delimited(letter)
        scanner.skip("IM")
        return closed
    scanner.skip(_DIGITS + "$~+")
    return True


def _command(scanner: _Scanner) -> bool:
    letter = scanner.peek()
    scanner.at += 1
    if letter == "#" or (letter and letter in _TEXT):
        scanner.line()
        return True
    if letter and letter in "sy":
        return _substitution(scanner)
    if letter and letter in _LABELLED:
        while scanner.peek() and scanner.peek() not in "\n;}":
            scanner.at += 1
        return True
    return bool(letter) and letter in _SINGLE


def _substitution(scanner: _Scanner) -> bool:
    """`s/old/new/flags`; the flags `e` and `w file` are not only an edit."""
    delimiter = scanner.peek()
    scanner.at += 1
    if not delimiter or delimiter in "\n\\" or not scanner.delimited(delimiter):
        return False
    while scanner.peek() != delimiter:
        if not scanner.peek():
            return False
        scanner.at += 2 if scanner.peek() == "\\" else 1
    scanner.at += 1
    scanner.skip("gpiIM \t" + _DIGITS)
    return scanner.peek() in {"", ";", "\n", "}", "#"}
