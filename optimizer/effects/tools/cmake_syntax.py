"""The text of a CMakeLists.txt or a .cmake file -> the commands in it (cmake-language(7))."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

_TOKEN = re.compile(
    r"""
    (?P<comment>\#\[(?P<c>=*)\[.*?\](?P=c)\]|\#[^\n]*)
    |(?P<space>\s+)
    |(?P<bracket>\[(?P<b>=*)\[.*?\](?P=b)\])
    |(?P<paren>[()])
    |(?P<quoted>"(?:[^"\\]|\\.)*")
    |(?P<word>(?:[^\s()\#"\\]|\\.|"(?:[^"\\]|\\.)*")+)
    """,
    re.VERBOSE | re.DOTALL,
)
# What holds on Linux of the conditions that ask for nothing but the system.
_SYSTEM = {
    **dict.fromkeys(("WIN32", "APPLE", "MSVC", "MINGW", "CYGWIN", "ANDROID", "IOS", "XCODE"), False),
    "UNIX": True,
}  # fmt: skip
# Conditions that ask for files (cmake-commands(7), "if").
_FILES = frozenset({"EXISTS", "IS_DIRECTORY", "IS_SYMLINK", "IS_NEWER_THAN", "IS_READABLE", "IS_WRITABLE", "IS_EXECUTABLE"})


class NotPlainError(Exception):
    """What in the text is not understood."""


@dataclass(frozen=True)
class Call:
    """One command.

    Attributes:
        name: Its name, in small letters.
        arguments: Its arguments, without their quotes.
        sure: Whether no condition around it is in doubt.
    """

    name: str
    arguments: tuple[str, ...]
    sure: bool = True


def calls(text: str) -> Iterator[Call]:
    """The commands of a file, in order; those that hold on other systems only are left out.

    Of the conditions those that ask for files are among them.

    Raises:
        NotPlainError: The text is not what the language allows.
    """
    # For each open `if`: whether its branch at hand may hold, and whether one before it surely did.
    opened: list[tuple[bool, bool]] = []
    for call in _all(text):
        outer = opened[:-1] if call.name == "elseif" else opened
        if call.name in {"if", "elseif"} and _FILES & set(call.arguments) and all(m for m, _ in outer):
            yield replace(call, sure=False)
        if call.name == "if":
            held = _holds(call.arguments)
            opened.append((held is not False, held is True))
        elif call.name in {"else", "elseif"} and opened:
            done = opened[-1][1]
            held = _holds(call.arguments) if call.name == "elseif" else True
            opened[-1] = (held is not False and not done, done or held is True)
        elif call.name == "endif" and opened:
            opened.pop()
        elif all(may for may, _ in opened):
            yield replace(call, sure=all(sure for _, sure in opened))


def _holds(condition: tuple[str, ...]) -> bool | None:
    if len(condition) == 1:
        return _SYSTEM.get(condition[0])
    if len(condition) == 2 and condition[0] == "NOT" and condition[1] in _SYSTEM:
        return not _SYSTEM[condition[1]]
    return None


def _all(text: str) -> Iterator[Call]:
    position, name, depth = 0, "", 0
    found: list[str] = []
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            raise NotPlainError(text[position : position + 20].strip())
        position = token.end()
        kind, value = token.lastgroup or "", token.group()
        if kind in {"comment", "space", "c"} or token["comment"]:
            continue
        if not depth:
            if value == "(" and name:
                depth = 1
            elif token["word"] and not name:
                name = value.lower()
            else:
                raise NotPlainError(value[:20])
            continue
        depth += {"(": 1, ")": -1}.get(value, 0)
        if not depth:
            yield Call(name, tuple(found))
            name, found = "", []
        else:
            found.append(_plain(token, value))
    if name or depth:
        raise NotPlainError(name)


def _plain(token: re.Match[str], value: str) -> str:
    if token["bracket"]:
        return value[2 + len(token["b"]) : -2 - len(token["b"])]
    if token["quoted"]:
        return re.sub(r"\\(.)", r"\1", value[1:-1].replace("\\\n", ""), flags=re.DOTALL)
    return re.sub(r"\\(.)", r"\1", value)
