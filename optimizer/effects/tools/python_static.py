"""Modules that tell values without being run."""

from __future__ import annotations

import ast


def constant(text: str) -> bool:
    """Whether a module does nothing but give names values that it spells out."""
    body = _body(text)
    return body is not None and all(_plain(node) for node in body)


def assigned(text: str, name: str) -> bool:
    """Whether a module spells out the value of a name, which setuptools then takes as it is.

    By the first assignment at the top of the module (setuptools 46 to 84, `StaticModule`).
    """
    for node in _body(text) or ():
        targets = (
            node.targets if isinstance(node, ast.Assign)
            else [node.target] if isinstance(node, ast.AnnAssign) and node.value else []
        )  # fmt: skip
        if any(isinstance(t, ast.Name) and t.id == name for t in targets):
            assert isinstance(node, (ast.Assign, ast.AnnAssign))  # noqa: S101 - by the above
            try:
                ast.literal_eval(node.value or ast.Constant(None))
            except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                return False
            return True
    return False


def _body(text: str) -> list[ast.stmt] | None:
    try:
        return ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _plain(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign):
        return all(isinstance(t, ast.Name) for t in node.targets) and _spelled(node.value)
    if isinstance(node, ast.AnnAssign):
        return node.value is None or _spelled(node.value)
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _spelled(node: ast.expr) -> bool:
    allowed = (
        ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Name, ast.Load, ast.JoinedStr,
        ast.FormattedValue, ast.BinOp, ast.Add, ast.Mod,
    )  # fmt: skip
    return all(isinstance(inner, allowed) for inner in ast.walk(node))
