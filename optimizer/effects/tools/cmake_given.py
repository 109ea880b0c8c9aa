"""What a CMake project is told from outside: on the command line, by the environment, by its sources."""

from __future__ import annotations

import posixpath
import re

from optimizer.effects.model import Effects
from optimizer.effects.tool import ANY, Kind, clean, known
from optimizer.effects.tools.c_includes import outside, own_program
from optimizer.effects.tools.cmake_reading import Reading, doubt, parts, reach

# Where cmake itself and the system's packages are.
_SYSTEM = frozenset({"/", "/usr", "/usr/local"})
_COMPILER = re.compile(r"^(CC|CXX|ASM|FC|CUDACXX|AR|LD)$|_(COMPILER|LAUNCHER|EMULATOR|AR|LINKER|PROGRAM)$|^RULE_LAUNCH_")


def named(reading: Reading, value: str) -> None:
    """A value of the command line: a path of it starts where cmake runs, in the source or the build folder."""
    for part in parts(value):
        bases = {reading.command.cwd, reading.source, reading.build}
        for where in {clean(posixpath.join(base, part)) for base in bases if known(part)}:
            meant = "/" in part or reading.command.machine.kind(where) is not Kind.ABSENT
            if meant and where not in _SYSTEM and where not in bases:
                reach(reading, where)


def compilers(reading: Reading, variables: dict[str, str]) -> None:
    """A compiler of the project's own, or what starts it: `CC`, `CMAKE_C_COMPILER_LAUNCHER`."""
    values = [value for name, value in variables.items() if _COMPILER.search(name)]
    if own := own_program(reading.command, values):
        doubt(reading, own, "it is started")


def environment(reading: Reading) -> None:
    """Variables that name folders: cmake, compilers and pkg-config search them."""
    for name, value in sorted(reading.command.env.items()):
        if name in {"HOME", "PWD", "OLDPWD"} or ANY in name:
            continue
        for part in re.split(r":", value) if name == "PATH" else (p for v in value.split(":") for p in parts(v)):
            if part.startswith("/") and known(part):
                folder = posixpath.dirname(part.rstrip("/")) if name == "PATH" else part
                if clean(folder) not in _SYSTEM:
                    reach(reading, clean(folder))


def includes(reading: Reading) -> None:
    """Sources that include a file outside of the project; one that is not there may be found elsewhere."""
    folders = {f for f in (reading.source, *reading.reached) if not f.startswith(("/usr/", "/opt/"))}
    there, missing = outside(reading.command, sorted(folders))
    reading.effects |= Effects(reads=frozenset(p for p in there if not p.startswith(("/usr/", "/opt/"))))
    for path in sorted(p for p in missing if not p.startswith(("/usr/", "/opt/")))[:1]:
        doubt(reading, path, "it is included, and not there")
