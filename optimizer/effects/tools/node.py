"""node: runs a program; only one-liners and programs that dfopt knows are followed."""

from __future__ import annotations

import posixpath
import re

from optimizer.effects.model import Effects, unknown
from optimizer.effects.tool import Command, Tool, known
from optimizer.effects.tools.node_package import look

_VALUES = frozenset({"--title", "--env-file", "--conditions", "-C", "--stack-trace-limit"})
_REQUIRE = re.compile(r"""require\(\s*["']([^"']+)["']\s*\)""")
# Modules of node that touch no file of the project by themselves.
_PURE = frozenset(
    {
        "assert",
        "buffer",
        "crypto",
        "events",
        "os",
        "path",
        "querystring",
        "url",
        "util",
        "v8",
        "zlib",
    }
)
_REACHES_OUT = re.compile(
    r"\b(?:fs|child_process|import|eval|Function|fetch|spawn|exec\w*|fork|binding|dlopen|mainModule|createRequire|loadEnvFile|report|Worker|globalThis|chdir)\b"
)


def effects(command: Command) -> Effects:
    """What a node command does."""
    words = list(command.arguments)
    variables = frozenset({"NODE_*", "PATH", "HOME", "*"})
    while words and words[0].startswith("-") and words[0] != "-":
        word = words.pop(0)
        if word in {"-v", "--version", "-h", "--help", "--v8-options"}:
            return Effects(variables=variables, seconds=0.1)
        if word in {"-e", "--eval", "-p", "--print", "-pe"} and words:
            return _one_liner(command, words[0]) | Effects(variables=variables, seconds=0.1)
        if word in {"-c", "--check"} and words and known(words[0]):
            return look(command.machine, command.path(words[0])) | Effects(variables=variables)
        if word in {
            "-r",
            "--require",
            "--import",
            "--loader",
            "--experimental-loader",
            "--test",
            "--run",
            "--watch",
        }:
            return unknown(f"node {word} loads more of the project than dfopt can tell")
        if word in _VALUES and words:
            words.pop(0)
    if not words or not known(words[0]):
        return unknown("what node runs is not known")
    return _script(command, words[0], tuple(words[1:]))


def _one_liner(command: Command, code: str) -> Effects:
    """Code on the command line: JSON files that it requires, if it does no more."""
    local = [r for r in _REQUIRE.findall(code) if r.startswith((".", "/")) and r.endswith(".json")]
    if not known(code) or not pure_code(code, *local):
        return unknown("node -e runs code that dfopt does not follow")
    return look(command.machine, *map(command.path, local))


def pure_code(code: str, *allowed: str) -> bool:
    """Whether code surely reads no file but those that it is allowed to require."""
    pure = _PURE | {f"node:{m}" for m in _PURE} | set(allowed)
    rest = _REQUIRE.sub("", code)
    return not (
        set(_REQUIRE.findall(code)) - pure or "require" in rest or _REACHES_OUT.search(rest)
    )


def _script(command: Command, script: str, arguments: tuple[str, ...]) -> Effects:
    """A program file: yarn's own release, a program of node_modules/.bin, else the project's."""
    place = command.path(script)
    name = posixpath.basename(place)
    if re.fullmatch(r"yarn(?:-[\w.-]+)?\.c?js", name) and "/.yarn/releases/" in place:
        return look(command.machine, place) | command.machine.call(
            command.with_words("yarn", *arguments)
        )
    if "/node_modules/.bin/" in place:
        return command.machine.call(command.with_words(name, *arguments))
    return unknown(f"node runs {script}, a program that dfopt does not read")


NODE = Tool(
    "node",
    ("node", "nodejs"),
    effects,
    "versions, one-liners, yarn's release; other programs are in doubt",
)
