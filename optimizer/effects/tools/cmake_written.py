"""What a CMake project writes while it is configured, and what installing it writes."""

from __future__ import annotations

import posixpath

from optimizer.effects.model import Effects, tree
from optimizer.effects.tool import ANY, clean, known
from optimizer.effects.tools.cmake_reading import Reading, doubt
from optimizer.effects.tools.looking import words

# file(VERB ...) -> where the words that it writes begin and end; None: it writes nothing.
_VERBS: dict[str, tuple[int, int] | None] = {
    **dict.fromkeys(
        words("READ STRINGS GLOB GLOB_RECURSE RELATIVE_PATH TO_CMAKE_PATH TO_NATIVE_PATH SIZE MD5 SHA1 SHA256 TIMESTAMP"),
        None,
    ),
    **dict.fromkeys(words("WRITE APPEND TOUCH"), (1, 2)),
    **dict.fromkeys(words("DOWNLOAD"), (2, 3)),
    **dict.fromkeys(words("MAKE_DIRECTORY REMOVE REMOVE_RECURSE RENAME"), (1, 99)),
    **dict.fromkeys(words("COPY INSTALL GENERATE"), (99, 99)),
}  # fmt: skip


def write(reading: Reading, name: str, values: list[str], path: str) -> None:
    """Files that configuring writes: in the build folder, unless they say otherwise."""
    verb = values[0] if values and name == "file" else ""
    if name == "file" and verb not in _VERBS:
        doubt(reading, path, f"file({verb})")
        return
    place = _VERBS[verb] if verb else (1, 2)
    if place is None:
        return
    targets = values[place[0] : place[1]]
    for key in ("DESTINATION", "OUTPUT"):
        targets += values[values.index(key) + 1 :][:1] if key in values else []
    for target in targets:
        if not known(target) or reading.base is None:
            doubt(reading, path, f"where {name} writes")
            continue
        # Of a relative path it is not said everywhere from which of the two it starts.
        both = {clean(posixpath.join(top, target)) for top in (reading.build, reading.base)}
        reading.effects |= Effects(writes=frozenset(both | set(map(tree, both))), reads=frozenset(both))


def install(reading: Reading, raw: tuple[str, ...], values: list[str], path: str) -> None:
    """`install(... DESTINATION x)`: below the prefix, unless it is absolute; or by a script."""
    if {"CODE", "SCRIPT"} & set(values):
        doubt(reading, path, "install(SCRIPT)")
    for number, value in enumerate(values[:-1]):
        where = values[number + 1]
        if value != "DESTINATION":
            continue
        if ANY in where and not raw[number + 1].startswith("${CMAKE_INSTALL_"):
            doubt(reading, path, f"where {raw[number + 1]} is")
        elif where.startswith("/"):
            reading.effects |= Effects(writes=frozenset({tree(clean(where))}))
