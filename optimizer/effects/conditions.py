"""Tests, patterns and simple outputs: what a shell can decide without running anything."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Callable, Iterable

from optimizer.effects.model import Effects
from optimizer.effects.scope import Scope
from optimizer.effects.shell import Node
from optimizer.effects.tool import ANY, GLOB, Kind, Machine
from optimizer.effects.words import Words

_FILE_TESTS = {
    "-e": {Kind.FILE, Kind.DIRECTORY},
    "-f": {Kind.FILE},
    "-d": {Kind.DIRECTORY},
}
_OTHER_FILE_TESTS = frozenset("-a -b -c -g -h -k -L -p -r -s -u -w -x -G -N -O -S".split())
_COMPARED = {"=": True, "==": True, "!=": False}


def holds(node: Node, scope: Scope, words: Words) -> bool | None:
    """Whether `[ ... ]`, `[[ ... ]]` or `(( ... ))` holds; None if that is not known."""
    inner = [c for c in node.named]
    return _expression(inner[0], scope, words) if len(inner) == 1 else None


def _expression(node: Node, scope: Scope, words: Words) -> bool | None:
    if node.type == "unary_expression":
        operator = node.children[0].text
        if operator == "!":
            value = _expression(node.named[-1], scope, words)
            return None if value is None else not value
        return test([operator, words.one(node.named[-1], scope)], scope)
    if node.type == "binary_expression":
        left, right = node.named[0], node.named[-1]
        operator = next((c.text for c in node.children[1:-1]), "")
        if operator in {"&&", "||", "-a", "-o"}:
            return _both(operator, (_expression(left, scope, words), _expression(right, scope, words)))
        return test([words.one(left, scope), operator, words.one(right, scope)], scope)
    if node.type == "negation_expression":
        value = _expression(node.named[-1], scope, words)
        return None if value is None else not value
    if node.type == "parenthesized_expression":
        return _expression(node.named[0], scope, words)
    return test([words.one(node, scope)], scope)


def _both(operator: str, values: tuple[bool | None, bool | None]) -> bool | None:
    if operator in {"&&", "-a"}:
        return False if False in values else None if None in values else True
    return True if True in values else None if None in values else False


def test(arguments: list[str], scope: Scope) -> bool | None:
    """The `test` command: one, two or three words; adds the probes that it makes."""
    if arguments[:1] == ["!"]:
        value = test(arguments[1:], scope)
        return None if value is None else not value
    if len(arguments) == 1:
        return None if ANY in arguments[0] else bool(arguments[0])
    if len(arguments) == 2:
        return _unary(arguments[0], arguments[1], scope)
    if len(arguments) == 3 and arguments[1] in _COMPARED:
        left, operator, right = arguments
        if ANY in left + right or GLOB in left + right or re.search(r"[*?\[]", right):
            return None
        return (left == right) is _COMPARED[operator]
    for word in arguments:
        if "/" in word and ANY not in word:
            scope.add(Effects(probes=frozenset({scope.path(word)})))
    return None


def _unary(operator: str, word: str, scope: Scope) -> bool | None:
    if operator in {"-n", "-z"}:
        return None if ANY in word else bool(word) is (operator == "-n")
    if operator not in _FILE_TESTS and operator not in _OTHER_FILE_TESTS:
        return None
    path = scope.path(word)
    if ANY in path or GLOB in path:
        scope.add(Effects(doubt=f"`test {operator}` of a path that is not known"))
        return None
    scope.add(Effects(probes=frozenset({path})))
    kind = scope.machine.kind(path)
    if kind is Kind.ABSENT:
        return False
    wanted = _FILE_TESTS.get(operator)
    if wanted is None or kind not in {Kind.FILE, Kind.DIRECTORY}:
        return None
    return kind in wanted


def any_match(word: str, patterns: Iterable[str]) -> bool | None:
    """Whether a `case` word matches one of the patterns."""
    unclear = False
    for pattern in patterns:
        if ANY in pattern:
            unclear = True
        elif fnmatch.fnmatchcase(word, pattern):
            return True
    return None if unclear else False


def printed(
    name: str, words: list[str], stdin: str | None, machine: Machine, path: Callable[[str], str]
) -> str | None:
    """What a simple command prints; None if that is not known."""
    if any(ANY in w or GLOB in w for w in words):
        return None
    if name == "echo":
        plain = words[1:] if words[:1] == ["-n"] else words
        text = " ".join(plain)
        # dash interprets backslashes, bash does not; -e does.
        if "\\" in text or plain[:1] in (["-e"], ["-E"], ["-ne"], ["-en"]):
            return None
        return text + ("" if words[:1] == ["-n"] else "\n")
    if name == "printf":
        if words[:1] in (["%s"], ["%s\\n"]) and len(words) == 2:
            return words[1] + ("\n" if words[0].endswith("n") else "")
        return words[0] if len(words) == 1 and not re.search(r"[\\%]", words[0]) else None
    if name == "cat":
        if not words:
            return stdin
        texts = [machine.text(path(w)) for w in words]
        return None if any(t is None for t in texts) else "".join(t or "" for t in texts)
    if name in {"dirname", "basename"} and len(words) == 1:
        found = words[0].rstrip("/") or "/"
        return (posixpath.dirname(found) or "." if name == "dirname" else posixpath.basename(found)) + "\n"
    return None
