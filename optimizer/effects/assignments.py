"""Assignments and declarations, functions and tests: what changes or asks the shell itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from optimizer.effects import conditions
from optimizer.effects.model import unknown
from optimizer.effects.scope import Scope
from optimizer.effects.shell import Node, short
from optimizer.effects.status import Status
from optimizer.effects.tool import ANY

if TYPE_CHECKING:
    from optimizer.effects.interpreter import Interpreter


def function(shell: Interpreter, node: Node, scope: Scope) -> Status:
    """`name() { ...; }`."""
    name, body = node.field("name"), node.field("body")
    if name is not None and body is not None:
        scope.functions[name.text] = (body, shell.heredocs)
    if node.fields("redirect"):
        scope.add(unknown(f"`{short(node.text)}` is not understood"))
    return True


def assignment(shell: Interpreter, node: Node, scope: Scope) -> Status:
    """`name=value` as a statement."""
    for each in [node] if node.type == "variable_assignment" else node.named:
        name, value = pair(shell, each, scope)
        scope.assign(name, value)
    return None if "$(" in node.text or "`" in node.text else True


def pair(shell: Interpreter, node: Node, scope: Scope) -> tuple[str, str]:
    """The name and the value of one assignment."""
    name, value = node.field("name"), node.field("value")
    text = ANY
    if value is not None and value.type == "array":
        for each in value.named:
            shell.words.expand(each, scope=scope)
    elif value is not None:
        text = shell.words.one(value, scope)
    elif node.text.endswith("="):
        text = ""
    if name is None or name.type != "variable_name":
        return (name.text.split("[")[0] if name is not None else "_"), ANY
    if node.text[len(name.text) :].startswith("+="):
        old = scope.value(name.text)
        return name.text, ANY if ANY in old + text else old + text
    return name.text, text


def declaration(shell: Interpreter, node: Node, scope: Scope) -> Status:
    """`export`, `local`, `readonly`, `declare`."""
    keyword = node.children[0].text
    exported = keyword == "export"
    for each in node.named:
        if each.type in {"variable_assignment", "variable_name"}:
            name, value = (
                (each.text, None) if each.type == "variable_name" else pair(shell, each, scope)
            )
            _declare(name, value, keyword, scope)
            continue
        for word in shell.words.expand(each, scope=scope):
            if word.startswith("-") and ANY not in word:
                exported = exported or (keyword in {"declare", "typeset"} and "x" in word)
                if exported and "n" in word:
                    scope.add(unknown(f"`{short(node.text)}` is not understood"))
                continue
            name, separator, text = word.partition("=")
            if not re.fullmatch(r"[A-Za-z_]\w*", name):
                scope.add(unknown(f"`{short(node.text)}` declares what is not known"))
                continue
            _declare(name, text if separator else None, keyword, scope)
    return None if "$(" in node.text or "`" in node.text else True


def _declare(name: str, value: str | None, keyword: str, scope: Scope) -> None:
    if keyword in {"local", "declare", "typeset"}:
        scope.shadowed.setdefault(name, scope.variables.get(name))
        value = "" if value is None else value
    if value is not None:
        scope.assign(name, value, export=keyword == "export")
    elif keyword == "export":
        scope.exported.add(name)


def unset(_: Interpreter, node: Node, scope: Scope) -> Status:
    """`unset name`, `unset -f name`."""
    for each in node.named:
        if re.fullmatch(r"[A-Za-z_]\w*", each.text):
            scope.unset(each.text)
            scope.functions.pop(each.text, None)
        elif each.text not in {"-v", "-f"}:
            scope.add(unknown(f"`{short(node.text)}` unsets what is not known"))
    return True


def tested(shell: Interpreter, node: Node, scope: Scope) -> Status:
    """`[ ... ]`, `[[ ... ]]`."""
    return conditions.holds(node, scope, shell.words)
