"""Words of the shell: expansion, quoting and splitting, as far as they can be known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from optimizer.effects import globs
from optimizer.effects.marks import (
    BETWEEN,
    NO_WORDS,
    QUOTED,
    SPLIT,
    fields_of,
    masked,
    matcher,
    plain,
)
from optimizer.effects.model import unknown
from optimizer.effects.parameters import FORM, applied
from optimizer.effects.scope import Scope
from optimizer.effects.shell import Node
from optimizer.effects.tool import ANY

_BLANKS = re.compile(r"[ \t\n]+")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
# In double quotes a backslash escapes these.
_IN_QUOTES = re.compile(r"\\([$`\"\\\n])")
# An expansion that the grammar has taken for text.
_LEFT_OVER = re.compile(r"(?<!\\)(?:\\\\)*(?:\$[\w{(@*#?!]|`)")
_NAMES = re.compile(r"[A-Za-z_]\w*")
_LITERAL = frozenset(
    "word number test_operator extglob_pattern regex variable_name brace_expression "
    "special_variable_name file_descriptor = == ! [ ]".split()
)

Runner = Callable[[Node, Scope], str | None]


class Words:
    """Expands the words of one shell; `substitute` runs a command substitution."""

    def __init__(self, substitute: Runner) -> None:
        self._substitute = substitute

    def expand(self, node: Node, *more: Node, scope: Scope) -> list[str]:
        """A word as a command gets it: none, one or several arguments; `more` continues it."""
        found: list[str] = []
        raw = "".join(self._raw(n, scope, quoted=False) for n in (node, *more))
        for field in fields_of(raw):
            found += globs.resolve(field, scope)
        return found

    def expand_all(self, nodes: Iterable[Node], scope: Scope) -> list[str]:
        """The words that stand in a row."""
        rows: list[list[Node]] = []
        for node in nodes:
            if rows and node.follows(rows[-1][-1]):
                rows[-1].append(node)
            else:
                rows.append([node])
        return [word for row in rows for word in self.expand(*row, scope=scope)]

    def one(self, node: Node, scope: Scope) -> str:
        """A word where no splitting happens: an assignment, a redirection, `case`."""
        return plain(self._raw(node, scope, quoted=False))

    def pattern(self, node: Node, scope: Scope) -> re.Pattern[str] | None:
        """A word as a pattern of `case` or `[[ = ]]`; None if it is not known."""
        return matcher(self._raw(node, scope, quoted=False).replace(QUOTED, ""))

    def _raw(self, node: Node, scope: Scope, *, quoted: bool) -> str:
        """Text in which quoted magic characters are masked and unquoted blanks split."""
        kind = node.type
        if kind in _LITERAL:
            return self._literal(node.text, scope)
        if kind == "raw_string":
            return masked(node.text[1:-1]) + QUOTED
        if kind == "string":
            return self._string(node, scope)
        if kind in {"concatenation", "command_name"}:
            return "".join(
                self._raw(p, scope, quoted=quoted)
                if isinstance(p, Node)
                else self._literal(p, scope)
                for p in node.parts()
            )
        if kind in {"simple_expansion", "expansion"}:
            return self._parameter(node, scope, quoted=quoted)
        if kind == "command_substitution":
            value = self._substitute(node, scope)
            return self._value(ANY if value is None else value.rstrip("\n"), scope, quoted=quoted)
        if kind == "process_substitution":
            self._substitute(node, scope)
            return "/dev/fd/63"
        if kind == "arithmetic_expansion":
            self.arithmetic(node, scope)
            return ANY
        if kind == "ansi_c_string":
            return ANY  # dash has no $'...': it would be a dollar sign and a string
        scope.add(unknown(f"`{node.text[:60]}` is not understood"))
        return ANY

    def _value(self, value: str, scope: Scope, *, quoted: bool) -> str:
        """What an expansion gives: whole in quotes, else split at blanks."""
        if quoted:
            return masked(value)
        if "IFS" in scope.own and not re.fullmatch(r"[\w./:=@+-]*", value):
            return ANY
        if "IFS" in scope.own and set(scope.variables.get("IFS", " ")) & {*value, ANY}:
            return ANY
        return _BLANKS.sub(SPLIT, value)

    def _literal(self, text: str, scope: Scope) -> str:
        text = text.replace("\\\n", "")
        text = _ESCAPE.sub(lambda m: masked(m.group(1)), text)
        if text == "~" or text.startswith("~/"):
            return masked(scope.home()) + text[1:]
        if re.match(r"~[\w+-]", text):
            return ANY
        return text

    def _string(self, node: Node, scope: Scope) -> str:
        text = self._pieces(node, scope)
        if node.text.startswith("$"):
            return ANY  # $"..." is a translation in bash, a dollar sign and a string in dash
        return text.removeprefix('"').removesuffix('"') + QUOTED

    def _pieces(self, node: Node, scope: Scope) -> str:
        found = []
        for part in node.parts():
            if isinstance(part, Node) and part.type != "string_content":
                found.append(self._raw(part, scope, quoted=True))
                continue
            text = part.text if isinstance(part, Node) else part
            if _LEFT_OVER.search(text):
                scope.add(unknown(f"`{text.strip()[:60]}` is not understood"))
                return ANY
            found.append(masked(_IN_QUOTES.sub(lambda m: m.group(1).strip("\n"), text)))
        return "".join(found)

    # Parameters: $V, ${V:-word}, "$@"

    def _parameter(self, node: Node, scope: Scope, *, quoted: bool) -> str:
        text = node.text
        name = text[1:] if node.type == "simple_expansion" else text[2:-1]
        if name in {"@", "*"}:
            return self._all(name, scope, quoted=quoted)
        if name in {"BASH_SOURCE", "BASH_SOURCE[0]"} and {"bash", "file"} <= scope.options:
            return self._value(scope.zero, scope, quoted=quoted)
        if re.fullmatch(r"\w+|[#?$!-]", name):
            return self._value(scope.value(name), scope, quoted=quoted)
        found = FORM.fullmatch(name)
        if found is None:
            for each in _NAMES.findall(name):
                scope.value(each)
            for child in node.named:
                self._inside(child, scope)
            return ANY
        return self._operated(node, scope, (found.group(1), found.group(2)), quoted=quoted)

    def _all(self, name: str, scope: Scope, *, quoted: bool) -> str:
        words = scope.positional
        if words is None:
            return ANY
        if not quoted:
            return SPLIT.join(self._value(w, scope, quoted=False) for w in words)
        if name == "*":
            return masked(" ".join(words)) if "IFS" not in scope.own else ANY
        return BETWEEN.join(masked(w) + QUOTED for w in words) if words else NO_WORDS

    def _operated(
        self, node: Node, scope: Scope, form: tuple[str, str], *, quoted: bool
    ) -> str:  # fmt: skip
        name, operator = form
        operand = self._operand(node, scope, operator, quoted=quoted)
        value = scope.value(name) if name not in {"@", "*"} else ANY
        if operator in {":-", "-", ":=", "=", ":+", "+", ":?", "?"}:
            if ANY in value:
                if "=" in operator:
                    scope.assign(name, ANY)
                return ANY
            empty = not value and (":" in operator or not scope.is_set(name))
            if operator[-1] == "+":
                return "" if empty else operand
            if not empty or operator[-1] == "?":
                return self._value(value, scope, quoted=quoted)
            if "=" in operator:
                scope.assign(name, plain(operand))
            return operand
        return self._value(applied(operator, value, operand), scope, quoted=quoted)

    def _operand(self, node: Node, scope: Scope, operator: str, *, quoted: bool) -> str:
        """The word behind the operator, its blanks split unless it is quoted."""
        found, first = "", True
        parts = list(node.parts())
        for number, part in enumerate(parts):
            if isinstance(part, Node):
                if not first or part.type not in {"variable_name", "special_variable_name"}:
                    found += self._default(part, scope, quoted=quoted)
                first = False
                continue
            text = part if number else part.removeprefix("${")
            if number == len(parts) - 1:
                text = text.removesuffix("}")
            found += text if quoted else _BLANKS.sub(SPLIT, text)
        return found.removeprefix(operator)

    def _default(self, part: Node | str, scope: Scope, *, quoted: bool) -> str:
        """A piece of that word; blanks split it only where they stand outside quotes."""
        if isinstance(part, Node) and part.type == "concatenation":
            return "".join(self._default(p, scope, quoted=quoted) for p in part.parts())
        if isinstance(part, Node) and part.type not in _LITERAL:
            return self._raw(part, scope, quoted=quoted)
        text = part.text if isinstance(part, Node) else part
        text = self._literal(text, scope) if text.strip() else text
        return text if quoted else _BLANKS.sub(SPLIT, text)

    def _inside(self, node: Node, scope: Scope) -> None:
        """Run what an expression holds: substitutions, variables."""
        if node.type in {"command_substitution", "expansion", "simple_expansion", "string"}:
            self._raw(node, scope, quoted=True)
            return
        for child in node.named:
            self._inside(child, scope)

    def arithmetic(self, node: Node, scope: Scope) -> None:
        """`$((...))`, `((...))`: variables are seen, and perhaps changed."""
        self._inside(node, scope)
        changes = re.search(r"(?<![=<>!])=(?!=)|\+\+|--", node.text)
        for name in _NAMES.findall(node.text):
            scope.value(name)
            if changes:
                scope.assign(name, ANY)
