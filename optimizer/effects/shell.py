"""The text of a RUN -> a syntax tree: the one door to tree-sitter."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from functools import cache
from typing import Any


@cache
def _parser() -> Any:
    import tree_sitter  # noqa: PLC0415 - its import is only needed when a RUN is read
    import tree_sitter_bash  # noqa: PLC0415

    return functools.partial(tree_sitter.Parser, tree_sitter.Language(tree_sitter_bash.language()))


_NAME = re.compile(r"[A-Za-z_]\w*|[0-9@*#?!-]")
_REPAIRS = 50


class Node:
    """A node of the syntax tree, with its text.

    Attributes:
        type: tree-sitter-bash's name for it.
        text: The source text that it covers.
    """

    __slots__ = ("_node", "_source", "text", "type")

    def __init__(self, node: Any, source: bytes) -> None:
        self._node = node
        self._source = source
        self.type: str = node.type
        self.text: str = source[node.start_byte : node.end_byte].decode("utf-8", "surrogateescape")

    @property
    def start(self) -> int:
        """Where it begins in the script, in characters."""
        return len(self._source[: self._node.start_byte].decode("utf-8", "surrogateescape"))

    @property
    def children(self) -> list[Node]:
        """All children, punctuation too, but no comments."""
        return [Node(c, self._source) for c in self._node.children if c.type != "comment"]

    @property
    def named(self) -> list[Node]:
        """The children that are not punctuation."""
        return [Node(c, self._source) for c in self._node.named_children if c.type != "comment"]

    def fields(self, name: str) -> list[Node]:
        """The children under a field's name."""
        return [Node(c, self._source) for c in self._node.children_by_field_name(name)]

    def field(self, name: str) -> Node | None:
        """The first child under a field's name."""
        found = self._node.child_by_field_name(name)
        return None if found is None else Node(found, self._source)

    @property
    def is_named(self) -> bool:
        """Whether it is not mere punctuation."""
        return bool(self._node.is_named)

    def follows(self, other: Node) -> bool:
        """Whether nothing stands between: the grammar parts "`a``b`", which is one word."""
        return bool(self._node.start_byte == other._node.end_byte)

    def parts(self) -> Iterator[Node | str]:
        """Named children and the text between them, which the grammar does not name."""
        # Not `start_byte`: blanks in front of an expansion may have been cut off the text.
        position = self._node.end_byte - len(self.text.encode("utf-8", "surrogateescape"))
        for child in self._node.named_children:
            if child.start_byte > position:
                yield self._source[position : child.start_byte].decode("utf-8", "surrogateescape")
            node = Node(child, self._source)
            bare = node.text.lstrip(" \t\n")
            if bare.startswith(("$", "`")) and bare != node.text:
                # Between quotes the grammar takes blanks in front of an expansion into it.
                yield node.text[: -len(bare)]
                node.text = bare
            yield node
            position = child.end_byte
        if position < self._node.end_byte:
            yield self._source[position : self._node.end_byte].decode("utf-8", "surrogateescape")

    @property
    def broken(self) -> bool:
        """Whether the grammar did not understand something in it."""
        return bool(self._node.has_error)


def parse(script: str) -> Node:
    """The syntax tree of a script; `broken` says whether it was understood."""
    source = script.encode("utf-8", "surrogateescape")
    # A new parser each time: the grammar's scanner keeps what a broken text has left in it.
    # It also looks letters up in a table that ends early, so it is shown ASCII of the same length.
    shape = bytes(byte if byte < 128 else ord("x") for byte in source)
    return Node(_parser()().parse(shape).root_node, source)


def repaired(script: str) -> str:
    """The script with braces where the grammar parts a `$NAME` behind its dollar sign.

    It does so in `$A:$B/c`: there is an expansion before, and a slash behind.
    """
    for _ in range(_REPAIRS):
        root = parse(script)
        at = next(_parted(root), None)
        found = None if at is None else _NAME.match(script, at)
        if at is None or found is None:
            break
        script = f"{script[:at]}{{{found.group()}}}{script[found.end() :]}"
    return script


def _parted(node: Node) -> Iterator[int]:
    """Where names begin whose dollar sign the grammar takes for a text of its own."""
    children = node.children
    last = children[-1] if children else None
    if node.type == "concatenation" and last is not None and last.type == "$":
        yield last.start + 1
    for child in children:
        yield from _parted(child)


_SHOWN = 60


def short(text: str) -> str:
    """A piece of a script on one line, for a message."""
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
