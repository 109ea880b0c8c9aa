"""Words of the shell: expansion, quoting, splitting and globs, as far as they can be known."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Callable


from optimizer.effects.model import Effects
from optimizer.effects.scope import Scope
from optimizer.effects.shell import Node
from optimizer.effects.tool import ANY, GLOB, Kind

# Private marks: text that came from quotes (no splitting, no glob) is known by position.
_SPLIT = re.compile(r"[ \t\n]+")
_GLOBBING = re.compile(r"[*?\[]")
_BRACES = re.compile(r"\{[^{}]*(,|\.\.)[^{}]*\}")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_MAGIC = {"*": "\ue000", "?": "\ue001", "[": "\ue002", "{": "\ue003", "}": "\ue004", ",": "\ue005", "~": "\ue006"}
_PLAIN = {v: k for k, v in _MAGIC.items()}
_MOST = 200

Runner = Callable[[Node, Scope], str | None]


class Words:
    """Expands the words of one shell; `substitute` runs a command substitution."""

    def __init__(self, substitute: Runner) -> None:
        self._substitute = substitute

    def expand(self, node: Node, scope: Scope) -> list[str]:
        """A word as a command gets it: none, one or several arguments."""
        found: list[str] = []
        for field in _fields(self._raw(node, scope, quoted=False)):
            found += self._glob(field, scope)
        return found

    def one(self, node: Node, scope: Scope) -> str:
        """A word where no splitting happens: an assignment, a redirection, `case`."""
        return _plain(self._raw(node, scope, quoted=False).replace("\ue010", ""))

    def _raw(self, node: Node, scope: Scope, *, quoted: bool) -> str:
        """Text in which quoted magic characters are masked and unquoted blanks split."""
        kind = node.type
        if kind in {"word", "number", "test_operator", "extglob_pattern", "regex", "variable_name", "brace_expression"}:
            return self._literal(node.text, scope)
        if kind == "raw_string":
            return _masked(node.text[1:-1]) + "\ue010"
        if kind == "ansi_c_string":
            return ANY if "\\" in node.text else _masked(node.text[2:-1])
        if kind in {"string", "translated_string", "heredoc_body"}:
            return self._string(node, scope)
        if kind in {"concatenation", "command_name"}:
            return "".join(
                self._raw(p, scope, quoted=quoted) if isinstance(p, Node) else self._literal(p, scope) for p in node.parts()
            )
        if kind in {"simple_expansion", "expansion"}:
            value = self._variable(node, scope)
            return _masked(value) if quoted else _SPLIT.sub("\ue011", value)
        if kind == "command_substitution":
            value = self._substitute(node, scope)
            value = ANY if value is None else value.rstrip("\n")
            return _masked(value) if quoted else _SPLIT.sub("\ue011", value)
        if kind == "process_substitution":
            self._substitute(node, scope)
            return "/dev/fd/63"
        if kind == "arithmetic_expansion":
            return ANY
        scope.add(Effects(doubt=f"`{node.text[:60]}` is not understood"))
        return ANY

    def _literal(self, text: str, scope: Scope) -> str:
        text = text.replace("\\\n", "")
        text = _ESCAPE.sub(lambda m: _masked(m.group(1)) or "\ue010", text)
        if text.startswith("~") and (text == "~" or text.startswith("~/")):
            return scope.home() + text[1:]
        return text

    def _string(self, node: Node, scope: Scope) -> str:
        parts = []
        for part in node.parts():
            if isinstance(part, Node) and part.type not in {"string_content", "heredoc_content"}:
                parts.append(self._raw(part, scope, quoted=True))
                continue
            text = part.text if isinstance(part, Node) else part
            parts.append(_masked(re.sub(r"\\([$`\"\\\n])", lambda m: m.group(1).strip("\n"), text)))
        text = "".join(parts)
        if node.type != "heredoc_body":
            text = text.removeprefix('"').removesuffix('"')
        return text + "\ue010"

    def _variable(self, node: Node, scope: Scope) -> str:
        text = node.text
        name = text[1:] if node.type == "simple_expansion" else text[2:-1]
        if re.fullmatch(r"\w+|[@*#?$!-]", name):
            return scope.value(name)
        found = re.fullmatch(r"(\w+)(:?[-=+?]|##?|%%?|//?|\^\^?|,,?|:)(.*)", name, re.DOTALL)
        if found is None:
            scope.value(re.sub(r"\W.*", "", name.lstrip("#!")))
            return ANY
        value = scope.value(found.group(1))
        return self._operator(node, scope, (value, found.group(2), found.group(3)))

    def _operator(self, node: Node, scope: Scope, parts: tuple[str, str, str]) -> str:
        value, operator, _ = parts
        if ANY in value:
            for child in node.named[1:]:
                self._raw(child, scope, quoted=True)
            return ANY
        word = "".join(_plain(self._raw(c, scope, quoted=True)) for c in node.named[1:])
        if "\ue010" in word:
            word = word.replace("\ue010", "")
        empty = not value if ":" in operator else value == "" and not scope.is_set(node.named[0].text)
        if operator in {":-", "-", ":=", "="}:
            return word if empty else value
        if operator in {":+", "+"}:
            return "" if empty else word
        if operator in {":?", "?"}:
            return value
        if operator in {"#", "%"} and not _GLOBBING.search(word):
            return value.removeprefix(word) if operator == "#" else value.removesuffix(word)
        return ANY

    def _glob(self, field: str, scope: Scope) -> list[str]:
        if _BRACES.search(field):
            # dash and ash leave braces as they are, bash expands them: both are possible.
            field = _BRACES.sub(GLOB, field)
        if not _GLOBBING.search(field) or ANY in field or GLOB in field:
            return [_plain(field)]
        if ANY in scope.cwd and not field.startswith("/"):
            return [_plain(_unknown(field))]
        return self._matches(field, scope)

    def _matches(self, field: str, scope: Scope) -> list[str]:
        found = [("/" if field.startswith("/") else "", True)]
        for part in field.strip("/").split("/"):
            following: list[tuple[str, bool]] = []
            for prefix, _ in found:
                following += self._component(prefix, part, scope)
            found = following
            if len(found) > _MOST:
                return [_plain(_unknown(field))]
        if "/" in field:
            scope.add(Effects(probes=frozenset(scope.path(f) for f, sure in found if sure)))
        names = [f for f, sure in found if not sure or scope.machine.kind(scope.path(f)) is not Kind.ABSENT]
        if any(GLOB in n for n in names):
            return [_plain(_unknown(field))]
        return sorted(names) or [_plain(field)]

    def _component(self, prefix: str, part: str, scope: Scope) -> list[tuple[str, bool]]:
        if not _GLOBBING.search(part):
            return [(posixpath.join(prefix, _plain(part)), True)]
        folder = scope.path(prefix) if prefix else scope.cwd
        start = _plain(re.split(r"[*?\[]", part)[0])
        if start:
            probe = posixpath.join(folder, start) + "**"
            scope.add(Effects(probes=frozenset({probe})))
        else:
            scope.add(Effects(lists=frozenset({folder})))
        if not scope.machine.complete(folder):
            return [(posixpath.join(prefix, GLOB), False)]
        pattern = re.compile(fnmatch.translate(_plain(part)))
        names = [n for n in scope.machine.names(folder) if pattern.match(n) and (part.startswith(".") or not n.startswith("."))]
        return [(posixpath.join(prefix, n), True) for n in names]


def _masked(text: str) -> str:
    for magic, mark in _MAGIC.items():
        text = text.replace(magic, mark)
    return text


def _plain(text: str) -> str:
    for mark, magic in _PLAIN.items():
        text = text.replace(mark, magic)
    return text.replace("\ue010", "").replace("\ue011", " ")


def _unknown(field: str) -> str:
    """A pattern that cannot be resolved: what it may match, in one word."""
    return "/".join(GLOB if _GLOBBING.search(p) else p for p in field.split("/"))


def _fields(raw: str) -> list[str]:
    """Split at blanks that came out of an expansion; quotes keep an empty word."""
    if "\ue011" not in raw:
        return [raw] if raw else []
    return [f for f in raw.split("\ue011") if f]
