"""Tests: `[ ... ]`, `[[ ... ]]`, `test`; what they look at and whether they hold."""

from __future__ import annotations

import operator
import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from optimizer.effects.model import Effects, unknown
from optimizer.effects.scope import Scope
from optimizer.effects.shell import Node
from optimizer.effects.tool import ANY, GLOB, Kind, region
from optimizer.effects.words import Words

_KINDS = {
    "-e": frozenset({Kind.FILE, Kind.DIRECTORY}),
    "-a": frozenset({Kind.FILE, Kind.DIRECTORY}),
    "-f": frozenset({Kind.FILE}),
    "-d": frozenset({Kind.DIRECTORY}),
}
# These look at the content, the mode or the owner, not only at what is there.
_READING = frozenset("-g -k -r -s -u -w -x -G -N -O".split())
_SPECIAL = frozenset("-b -c -h -L -p -S".split())
_COMPARED = {"=": True, "==": True, "!=": False}
_NUMBERS: Mapping[str, Callable[[int, int], bool]] = {
    "-eq": operator.eq, "-ne": operator.ne, "-lt": operator.lt,
    "-le": operator.le, "-gt": operator.gt, "-ge": operator.ge,
}  # fmt: skip
_BINARY = frozenset({*_COMPARED, *_NUMBERS, "=~", "<", ">", "-nt", "-ot", "-ef"})
_UNARY = frozenset({*_KINDS, *_READING, *_SPECIAL, "-n", "-z", "-t", "-v", "-o", "-R"})
_LOOKING = frozenset({*_KINDS, *_READING, *_SPECIAL, "-nt", "-ot", "-ef"}) - {"-a"}
_TRUTH = bool | None


def holds(node: Node, scope: Scope, words: Words) -> bool | None:
    """Whether `[ ... ]` or `[[ ... ]]` holds; None if that is not known."""
    double = node.text.startswith("[[")
    found = _Tokens(double=double)
    for child in node.children[1:-1]:
        found.collect(child, scope, words)
    value = _Test(found.words, scope, frozenset(found.patterns)).value()
    if double and value is True and "bash" not in scope.options:
        return None  # dash and ash have no `[[`: there it fails
    return value


def test(arguments: list[str], scope: Scope) -> bool | None:
    """The `test` command."""
    return _Test(arguments, scope).value()


class _Tokens:
    """The words of a test, whatever tree the grammar has made of them."""

    def __init__(self, *, double: bool) -> None:
        self.double = double
        self.words: list[str] = []
        self.patterns: list[int] = []

    def collect(self, node: Node, scope: Scope, words: Words) -> None:
        if node.type in {
            "binary_expression", "unary_expression", "negated_command", "parenthesized_expression",
        }:  # fmt: skip
            for child in node.children:
                self.collect(child, scope, words)
        elif node.type == "test_operator" or not node.is_named:
            self.words.append(node.text)
        elif self.double:
            word = words.one(node, scope)
            pattern = self.words[-1:] and self.words[-1] in {*_COMPARED, "=~"}
            if pattern and (self.words[-1] == "=~" or re.search(r"[*?\[(]", word)):
                word = ANY
            self.words.append(word)
        else:
            self.words += words.expand(node, scope=scope)


@dataclass
class _Test:
    """POSIX's grammar of `test`: or, and, not, primaries; all of it is looked at."""

    words: list[str]
    scope: Scope
    patterns: frozenset[int] = frozenset()
    position: int = 0

    def value(self) -> _TRUTH:
        if not self.words:
            return False
        found = self._or()
        if self.position < len(self.words):
            self._doubt()
            return None
        return found

    def _doubt(self) -> None:
        """What is left is no test that is known: an error, or any path in it may matter."""
        if not _LOOKING & set(self.words):
            return
        rest = " ".join(self.words[self.position :]).replace(ANY, "?").replace(GLOB, "*")
        self.scope.add(unknown(f"the test `{rest[:60]}` is not understood"))

    def _peek(self, offset: int = 0) -> str:
        here = self.position + offset
        return self.words[here] if here < len(self.words) else ""

    def _or(self) -> _TRUTH:
        value = self._and()
        while self._peek() in {"-o", "||"}:
            self.position += 1
            value = _either(value, self._and())
        return value

    def _and(self) -> _TRUTH:
        value = self._not()
        while self._peek() in {"-a", "&&"}:
            self.position += 1
            value = _negated(_either(_negated(value), _negated(self._not())))
        return value

    def _not(self) -> _TRUTH:
        if self._peek() == "!" and self._left() > 1 and self._peek(1) not in _BINARY:
            self.position += 1
            return _negated(self._not())
        return self._primary()

    def _left(self) -> int:
        return len(self.words) - self.position

    def _primary(self) -> _TRUTH:
        first, second = self._peek(), self._peek(1)
        if self._left() >= 3 and second in _BINARY:
            self.position += 3
            return _binary(first, second, self.words[self.position - 1], self.scope)
        if first == "(" and self._left() > 2:
            self.position += 1
            value = self._or()
            if self._peek() == ")":
                self.position += 1
            return value
        if self._left() >= 2 and first in _UNARY and second not in {"-a", "-o", "&&", "||"}:
            self.position += 2
            return _unary(first, second, self.scope)
        self.position += 1
        return None if ANY in first else bool(first)


def _negated(value: _TRUTH) -> _TRUTH:
    return None if value is None else not value


def _either(one: _TRUTH, other: _TRUTH) -> _TRUTH:
    if one is True or other is True:
        return True
    return None if one is None or other is None else False


def _binary(left: str, sign: str, right: str, scope: Scope) -> _TRUTH:
    if sign in {"-nt", "-ot", "-ef"}:
        paths = {scope.path(left), scope.path(right)}
        scope.add(Effects(reads=frozenset(region(p) for p in paths)))
        return None
    if ANY in left + right or GLOB in left + right:
        return None
    if sign in _COMPARED:
        value = (left == right) is _COMPARED[sign]
        # dash has no `==`: it is an error there, and the test fails.
        return None if sign == "==" and value and "bash" not in scope.options else value
    if sign in _NUMBERS and re.fullmatch(r"-?\d+", left) and re.fullmatch(r"-?\d+", right):
        return _NUMBERS[sign](int(left), int(right))
    return None


def _unary(sign: str, word: str, scope: Scope) -> _TRUTH:
    if sign in {"-n", "-z"}:
        return None if ANY in word else bool(word) is (sign == "-n")
    if sign in {"-t", "-v", "-o", "-R"}:
        if sign in {"-v", "-R"} and ANY not in word:
            scope.value(word)
        return None
    path = scope.path(word)
    if ANY in path:
        scope.add(unknown(f"`test {sign}` of a path that is not known"))
        return None
    if GLOB in path:
        scope.add(Effects(probes=frozenset({region(path)})))
        return None
    if sign in _READING:
        scope.add(Effects(reads=frozenset({path})))
    else:
        scope.add(Effects(probes=frozenset({path})))
    kind = scope.machine.kind(path)
    if kind is Kind.ABSENT:
        return False
    wanted = _KINDS.get(sign)
    if wanted is None or kind not in {Kind.FILE, Kind.DIRECTORY}:
        return None
    return kind in wanted and not (word.endswith("/") and kind is Kind.FILE)


def printed(name: str, words: list[str], scope: Scope) -> str | None:
    """What a simple command prints; None if that is not known."""
    if any(ANY in w or GLOB in w for w in words):
        return None
    if name == "echo":
        return _echoed(words)
    if name == "printf":
        return _formatted(words)
    if name == "cat":
        if not words or words == ["-"]:
            return scope.stdin if scope.stdin is not None else ""
        machine = scope.machine
        texts = [machine.text(scope.path(w)) if w[:1] != "-" else None for w in words]
        return None if any(t is None for t in texts) else "".join(t or "" for t in texts)
    if name == "dirname" and len(words) == 1:
        found = posixpath.dirname(words[0].rstrip("/") or "/").rstrip("/")
        return (found or ("/" if words[0].startswith("/") else ".")) + "\n"
    if name == "basename" and len(words) in {1, 2} and not words[0].startswith("-"):
        base = posixpath.basename(words[0].rstrip("/") or "/") or "/"
        cut = base.removesuffix(words[1]) if len(words) == 2 else base
        return (cut or base) + "\n"
    silent = {"mkdir", "rm", "cp", "mv", "ln", "chmod", "chown", "touch", "sleep"}
    return "" if name in silent and not {"-v", "--verbose"} & set(words) else None


def _echoed(words: list[str]) -> str | None:
    plain = words[1:] if words[:1] == ["-n"] else words
    text = " ".join(plain)
    # dash interprets backslashes, bash does not; -e does.
    if "\\" in text or re.fullmatch(r"-[neE]+", "".join(plain[:1])):
        return None
    return text + ("" if words[:1] == ["-n"] else "\n")


def _formatted(words: list[str]) -> str | None:
    words = words[1:] if words[:1] == ["--"] else words
    if words[:1] in (["%s"], ["%s\\n"]) and len(words) == 2:
        return words[1] + ("\n" if words[0].endswith("n") else "")
    if len(words) != 1 or "%" in words[0] or words[0].startswith("-"):
        return None
    text = words[0].replace("\\n", "\n")
    return None if "\\" in text else text
