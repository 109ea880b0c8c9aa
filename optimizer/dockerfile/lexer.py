"""Docker's own small shell: quotes, escapes and `$` in a word, and the splitting into words.

It looks like `sh` and is not: `$$V` is `V`, `${V:=d}` is an error, a modifier's word is
always evaluated. The rules are those of BuildKit's `frontend/dockerfile/shell`, down to
the odd ones, since an `ENV` with a value that Docker would not give is a wrong image.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from optimizer.dockerfile.characters import LexError, Lookup, Modes, Unknown, Value, Words
from optimizer.dockerfile.patterns import PatternError, replace_pattern, trim_prefix, trim_suffix

_PLAIN = re.compile(r"[A-Za-z0-9_.:=,@-]+")
_NOT_UTF8 = re.compile("[\ud800-\udfff]")
_SPECIAL_PARAMETERS = frozenset("@*#?-$!")
# Python's expressions take time that grows with the power of the stars; Go's do not.
_STARS = 3
_HEREDOC_BLANKS = "\t\r "


class Lexer:
    """Reads one text once. After `run`, `unknown` says whether an unknown value was needed."""

    def __init__(self, text: str, lookup: Lookup, escape: str, modes: Modes) -> None:
        # Go's scanner drops a leading byte order mark, and reads a byte that is not UTF-8
        # as U+FFFD.
        self._text = _NOT_UTF8.sub("\ufffd", text).removeprefix("\ufeff")
        self._at = 0
        self._lookup = lookup
        self._escape = escape
        self._modes = modes
        self._raw_escapes = modes.raw_escapes
        self._buffer: list[str] = []
        self.unknown = False

    def run(self) -> tuple[str, tuple[str, ...]]:
        """The text as one word, and split into words."""
        text, words = self._until("", raw_escapes=self._raw_escapes)
        return text, tuple(words)

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _next(self) -> str:
        ch = self._peek()
        self._at += 1
        return ch

    def _until(self, stop: str, *, raw_escapes: bool) -> tuple[str, list[str]]:
        before, self._raw_escapes = self._raw_escapes, raw_escapes
        self._buffer.clear()
        words = Words(self._buffer)
        out: list[str] = []
        while ch := self._peek():
            if ch == stop:
                self._at += 1
                break
            self._step(ch, out, words)
        else:
            if stop:
                raise LexError(f"missing {stop!r} in a substitution")
        self._raw_escapes = before
        words.close()
        return "".join(out), words.done

    def _step(self, ch: str, out: list[str], words: Words) -> None:
        if plain := _PLAIN.match(self._text, self._at):
            self._at = plain.end()
            text, add = plain[0], words.raw
        elif ch == "$":
            text, add = self._dollar(), words.split
        elif ch == "<":
            text, add = self._angle(), words.raw
        elif ch in "'\"" and not self._modes.no_quotes:
            text, add = self._quoted(ch), words.raw
        elif ch == self._escape:
            text, add = self._escaped(), words.raw
        else:
            text, add = self._next(), words.split
        out.append(text)
        if text or ch in "'\"":
            add(text)

    def _escaped(self) -> str:
        mark = self._next()
        return (mark if self._raw_escapes else "") + self._next()

    def _angle(self) -> str:
        """`<<`, with the blanks that follow: `<< EOF` is one word."""
        self._at += 1
        if self._peek() != "<":
            return "<"
        start = self._at
        self._at += 1
        while self._peek() and self._peek() in _HEREDOC_BLANKS:
            self._at += 1
        return "<" + self._text[start : self._at]

    def _quoted(self, quote: str) -> str:
        self._at += 1
        inside = self._single() if quote == "'" else self._double()
        return f"{quote}{inside}{quote}" if self._modes.raw_quotes else inside

    def _single(self) -> str:
        end = self._text.find("'", self._at)
        if end < 0:
            raise LexError("a single quote is not closed")
        start, self._at = self._at, end + 1
        return self._text[start:end]

    def _double(self) -> str:
        out = []
        while (ch := self._peek()) != '"':
            if not ch:
                raise LexError("a double quote is not closed")
            if plain := _PLAIN.match(self._text, self._at):
                self._at = plain.end()
                out.append(plain[0])
            elif ch == "$":
                out.append(self._dollar())
            else:
                out.append(self._in_double())
        self._at += 1
        return "".join(out)

    def _in_double(self) -> str:
        ch = self._next()
        if ch != self._escape:
            return ch
        mark = ch if self._raw_escapes else ""
        if not self._peek():
            return mark
        return mark + (self._next() if self._peek() in {'"', "$", self._escape} else ch)

    def _dollar(self) -> str:
        self._at += 1
        if self._peek() != "{":
            name = self._name()
            return self._plain(name, f"${name}") if name else "$"
        self._at += 1
        if self._peek() in {"", "{", "}", ":"}:
            raise LexError("bad substitution")
        name = self._name()
        match self._next():
            case "}":
                return self._plain(name, f"${{{name}}}")
            case ":":
                return self._modified(name, ":", self._next())
            case "/":
                return self._replaced(name)
            case other:
                return self._modified(name, "", other)

    def _name(self) -> str:
        """A name, or digits, or one of the shell's special parameters."""
        text, start = self._text, self._at
        ch = self._peek()
        if ch and ch in _SPECIAL_PARAMETERS:
            self._at += 1
        elif ch.isdecimal():
            while self._peek().isdecimal():
                self._at += 1
        else:
            while (ch := self._peek()) and (ch.isalpha() or ch.isdecimal() or ch == "_"):
                self._at += 1
        return text[start : self._at]

    def _plain(self, name: str, source: str) -> str:
        value = self._lookup(name)
        if value is None:
            return source if self._modes.keep_unset else ""
        return self._known(value)

    def _known(self, value: str | Unknown) -> str:
        if isinstance(value, str):
            return value
        self.unknown = True
        return ""

    def _word(self, stop: str, *, raw_escapes: bool) -> tuple[str, bool]:
        """The word of a modifier, and whether it holds something unknown."""
        before, self.unknown = self.unknown, False
        word, _ = self._until(stop, raw_escapes=raw_escapes)
        inside, self.unknown = self.unknown, before
        return word, inside

    def _modified(self, name: str, colon: str, modifier: str) -> str:
        if modifier not in ("+-?" if colon else "+-?#%") or not modifier:
            raise LexError(f"${{{name}{colon}{modifier}...}} is not supported")
        word, doubt = self._word("}", raw_escapes=modifier in "#%")
        value = self._lookup(name)
        if value is None and self._modes.keep_unset:
            return f"${{{name}{colon}{modifier}{word}}}"
        if modifier in "#%":
            return self._trimmed(value, modifier, word, doubt=doubt)
        if value is Unknown.MAYBE or (colon and value is Unknown.SET):
            self.unknown = True
            return ""
        missing = value is None or (bool(colon) and value == "")
        if modifier == "?" and missing:
            raise LexError(f"{name}: {word or 'must be set'}")
        if missing == (modifier == "-") and modifier != "?":
            self.unknown |= doubt
            return word
        return "" if value is None or modifier == "+" else self._known(value)

    def _trimmed(self, value: Value, modifier: str, word: str, *, doubt: bool) -> str:
        self.unknown |= doubt
        if self.unknown or isinstance(value, Unknown) or word.count("*") > _STARS:
            return self._known(Unknown.SET)
        trim = trim_suffix if modifier == "%" else trim_prefix
        greedy = word.startswith(modifier)
        return self._matched(trim, word[greedy:], value or "", greedy=greedy)

    def _replaced(self, name: str) -> str:
        everywhere = self._peek() == "/"
        self._at += everywhere
        pattern, doubt = self._word("/", raw_escapes=True)
        by, doubt_by = self._word("}", raw_escapes=True)
        value = self._lookup(name)
        if value is None and self._modes.keep_unset:
            return f"${{{name}/{pattern}/{by}}}"
        # In `//`, Go takes `$` in the replacement for a reference to a group.
        odd = (everywhere and "$" in by) or pattern.count("*") > _STARS
        if doubt or doubt_by or odd or isinstance(value, Unknown):
            return self._known(Unknown.SET)
        return self._matched(replace_pattern, pattern, value or "", by=by, everywhere=everywhere)

    @staticmethod
    def _matched(how: Callable[..., str], *words: str, **options: object) -> str:
        try:
            return how(*words, **options)
        except PatternError as error:
            raise LexError(str(error)) from None
