"""Where a RUN can be cut in two, so that the image stays the same (BUILDKIT.md 10.3).

`RUN a && b` and `RUN a`, `RUN b` make the same tree if `a` leaves nothing in the shell that `b`
would see: no directory, variable, function, option or trap. Every RUN starts with a fresh shell
in the WORKDIR, and with the same environment.
"""

from __future__ import annotations

import re

from optimizer.dockerfile.edits import Edit, apply
from optimizer.dockerfile.source import Instruction, Source, parse
from optimizer.effects.builtins import STATEFUL
from optimizer.effects.shell import Node
from optimizer.effects.shell import parse as parse_shell

# Builtins that leave the shell as it was.
_HARMLESS = frozenset({":", "true", "test", "[", "command"})
_KEYWORD = re.compile(r"\s*run[ \t]+", re.IGNORECASE)
_BEFORE = re.compile(r"(?:[ \t]|[\\`][ \t]*\r?\n)*\Z")
_BEHIND = re.compile(r"(?:[ \t]|[\\`][ \t]*\r?\n|\r?\n)*")


def cuts(instruction: Instruction) -> tuple[int, ...]:
    """The places of a RUN's text at which a top-level `&&` may become a new RUN."""
    plain = instruction.keyword == "RUN" and not instruction.flags and not instruction.heredocs
    if not plain or instruction.json is not None or instruction.unfinished:
        return ()
    root = parse_shell(instruction.arguments)
    if root.broken or len(root.named) != 1 or root.named[0].type != "list":
        return ()
    signs = _signs(root.named[0])
    places = [m.start() for m in re.finditer("&&", _without_comments(instruction.text))]
    ordinals = [m.start() for m in re.finditer("&&", instruction.arguments)]
    if len(places) != len(ordinals):
        return ()
    found = []
    for sign in signs:
        place = places[ordinals.index(sign)]
        if _clean(instruction.text, place):
            found.append(place)
    return tuple(found)


def _signs(node: Node) -> list[int]:
    """Where the top-level `&&` stand, up to the first command that changes the shell."""
    parts: list[Node] = []
    signs: list[int] = []
    while node.type == "list":
        left, sign, right = node.children[0], node.children[1], node.children[2:]
        if sign.type != "&&" or len(right) != 1:
            return []
        parts.insert(0, right[0])
        signs.insert(0, sign.start)
        node = left
    parts.insert(0, node)
    keep = next((n for n, part in enumerate(parts) if not _leaves_nothing(part)), len(parts))
    return signs[:keep]


def _leaves_nothing(node: Node) -> bool:
    if node.type == "subshell":
        return True
    if node.type == "pipeline":
        return True  # each of its commands has a shell of its own
    if node.type == "redirected_statement":
        body = node.field("body")
        heredoc = any(c.type == "heredoc_redirect" for c in node.children)
        return body is not None and not heredoc and _leaves_nothing(body)
    if node.type != "command":
        return False
    name = node.field("name")
    if name is None or not re.fullmatch(r"[\w./+-]+|\[", name.text):
        return False
    return name.text not in STATEFUL or name.text in _HARMLESS


def _without_comments(text: str) -> str:
    """The text with the comment lines inside it blanked, letter for letter."""
    lines = text.split("\n")
    masked = [" " * len(line) if line.lstrip().startswith("#") else line for line in lines]
    return "\n".join(masked)


def _clean(text: str, place: int) -> bool:
    """Whether no comment stands next to the cut, which would belong to neither side."""
    before = text[:place].rstrip().rpartition("\n")[2].lstrip()
    behind = _BEHIND.match(text, place + 2)
    rest = text[behind.end() :] if behind else ""
    return bool(rest.strip()) and not before.startswith("#") and not rest.startswith("#")


def _edge(text: str, place: int) -> int:
    found = _BEFORE.search(text[:place])
    return found.start() if found else place


def cut(source: Source, instruction: Instruction, place: int) -> str:
    """The whole text with the RUN cut there."""
    text = instruction.text
    keyword = _KEYWORD.match(text)
    behind = _BEHIND.match(text, place + 2)
    head = keyword.group() if keyword else "RUN "
    rest = text[behind.end() :] if behind else text[place + 2 :]
    new = text[: _edge(text, place)] + source.newline + head + rest
    return apply(str(source), [Edit(instruction.start, instruction.end, new)])


def normal_form(text: str) -> str:
    """The text with every RUN cut wherever it can be: two ways to cut one RUN become equal."""
    while True:
        source = parse(text)
        found = next(((i, c[-1]) for i in source.instructions if (c := cuts(i))), None)
        if found is None:
            return text
        text = cut(source, *found)
