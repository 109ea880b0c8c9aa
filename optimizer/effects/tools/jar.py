"""jar: packs files, and unpacks them into the working directory.

Measured with JDK 17 under strace: `x` leaves out `/` and `../` in front of names; an archive is made
in /tmp and then moved; each Java looks for `.hotspotrc` and `.hotspot_compiler` where it runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from optimizer.effects.model import Effects, tree, unknown
from optimizer.effects.tool import Command, Tool, known
from optimizer.effects.tools.looking import look, whole_tree, words
from optimizer.effects.tools.paths import places

_OBSERVED = words("JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS JAVA_HOME LANG LC_*")
_MODES = {"--extract": "x", "--create": "c", "--list": "t", "--update": "u"}
_VALUED = {"--file": "f", "--manifest": "m", "--main-class": "e"}
_PLAIN = words("--verbose --no-manifest --no-compress")
# v, 0, M: what is said, and how it is packed.
_LETTERS = re.compile(r"-?[cxtuvfme0M]+")


def _jar(command: Command) -> Effects:
    """`jar xf a.jar [members]`, `jar cfe a.jar Main -C dir .`, `jar --extract --file a.jar`."""
    taken = _taken(command.arguments)
    if taken is None or not known(command.cwd):
        return unknown("this call of jar is not known")
    mode, values, operands = taken
    if mode != "x" and not known(*command.arguments):
        return unknown("an argument of jar is not known")
    archive = command.path(values["f"]) if "f" in values else ""
    seen = look(command.machine, command.path(".hotspotrc"), command.path(".hotspot_compiler"))
    seen |= Effects(variables=_OBSERVED, seconds=1.0)
    if not archive or any(word.startswith(("-", "@")) and word != "-C" for word in operands):
        return unknown("this call of jar is not known")
    if mode in {"x", "t"}:
        inside = frozenset({tree(command.cwd)} if mode == "x" else ())
        if "-C" in operands or "/**" in inside:
            return unknown("where jar unpacks, or what, is not known")
        return seen | Effects(reads=places(command, (archive,)), writes=inside)
    packed = [command.path(values["m"])] if "m" in values else []
    older = frozenset({archive} if mode == "u" else ())
    return (
        seen
        | look(command.machine, *packed)
        | whole_tree(*_packed(command, operands))
        | Effects(reads=older, writes=frozenset({archive, "/tmp/**"}))
    )


def _taken(arguments: tuple[str, ...]) -> tuple[str, dict[str, str], list[str]] | None:
    """(mode, letter -> value, the rest); None if an option is not known."""
    rest, letters, values = list(arguments), "", dict[str, str]()
    if rest and _LETTERS.fullmatch(rest[0]):
        letters = rest.pop(0).lstrip("-")
        wanted = [letter for letter in letters if letter in "fme"]
        values = dict(zip(wanted, rest, strict=False))
        rest = rest[len(wanted) :]
    while rest and rest[0].startswith("--"):
        name, separator, value = rest.pop(0).partition("=")
        if name in _VALUED and (separator or rest):
            values[_VALUED[name]] = value if separator else rest.pop(0)
        elif name in _MODES:
            letters += _MODES[name]
        elif name not in _PLAIN:
            return None
    mode = [letter for letter in letters if letter in "cxtu"]
    return (mode[0], values, rest) if len(mode) == 1 else None


def _packed(command: Command, operands: list[str]) -> Iterator[str]:
    """The paths that go in; each -C is for the word behind its folder."""
    names = iter(operands)
    for word in names:
        base = command.path(next(names, ".")) if word == "-C" else command.cwd
        yield command.path(next(names, ".") if word == "-C" else word, base)


JAR = Tool(
    "jar", ("jar",), _jar, "what is packed is read; what is unpacked goes into the working directory"
)
