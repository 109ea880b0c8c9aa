"""What configuring and building a CMake project reads and writes, by its CMakeLists.txt and modules.

Measured (cmake 3.25, traced): cmake and the makefiles that it writes read below the source folder, in
the build folder and in the system's places; nothing else is looked for beside or above the project.
So all below the source folder is read, and what leads out of it has to be named in its files: by
`..`, by an absolute path, by the environment, by a folder's parent, or by a program that is started.
Each of these is followed where it is plain, and a doubt where it is not. What an ExternalProject
fetches and builds is taken to keep to its own folders (`fetched-sources-keep-to-themselves`).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import pairwise

from optimizer.effects.model import Effects, covers, tree, unknown
from optimizer.effects.tool import ANY, Command, Kind
from optimizer.effects.tools.cmake_given import compilers, environment, includes, named
from optimizer.effects.tools.cmake_programs import external, start_programs
from optimizer.effects.tools.cmake_reading import (
    Reading,
    doubt,
    expand,
    fills,
    leads,
)
from optimizer.effects.tools.cmake_syntax import Call, NotPlainError, calls
from optimizer.effects.tools.cmake_written import install, write
from optimizer.effects.tools.looking import upwards, whole_tree, words

# These only speak, or take words that are no paths.
_SILENT = words(
    "message cmake_minimum_required cmake_policy option mark_as_advanced project enable_language "
    "enable_testing add_definitions add_compile_definitions math endforeach endwhile endmacro "
    "endfunction endif else break continue return"
)
_EXTERNAL = words("externalproject_add fetchcontent_declare externalproject_add_step")
_STARTING = words("execute_process exec_program add_custom_command add_custom_target try_run")
_COMPILING = words("add_executable add_library target_sources try_compile pybind11_add_module")
_PARENT = words("DIRECTORY PATH REALPATH PARENT_PATH REAL_PATH")
_SEARCHED = re.compile(r"^CMAKE_.*_PATH$|_DIR$|_ROOT$|^APPEND$|^PREPEND$")


def project(
    command: Command, source: str, build: str, given: dict[str, str], *, installs: bool = False
) -> Effects:
    """Configuring the project, or building it: the reads are the same.

    Args:
        command: Where cmake or make runs.
        source: The source folder.
        build: The build folder.
        given: Variables of the command line.
        installs: Whether it is to be installed as well.
    """
    machine = command.machine
    top = posixpath.join(source, "CMakeLists.txt")
    if machine.text(top) is None:
        return unknown(f"the content of {top} is not known")
    if machine.kind(posixpath.join(build, "CMakeCache.txt")) is Kind.FILE and not _ours(command, build):
        return unknown(f"{build} holds the cache of another configuration")
    reading = Reading(command, source, build, _start(source, build, given), installs)
    files = tuple(_files(command, source, build))
    reading.single = sum(f.endswith("/CMakeLists.txt") for f in files) == 1
    home = posixpath.join(command.home(), ".cmake")
    own = frozenset({tree(build), tree(home)})
    reading.effects = whole_tree(source) | Effects(
        reads=own, writes=own, variables=frozenset({"*"}), seconds=30.0,
        probes=frozenset(posixpath.join(folder, ".git") for folder in upwards(source)),
    )  # fmt: skip
    for value in given.values():
        named(reading, value)
    compilers(reading, {**command.env, **given})
    environment(reading)
    alone = reading.single
    _follow(reading, files)
    if alone and not reading.single:
        _follow(reading, files)
    if reading.compiles:
        includes(reading)
    return reading.effects


def _follow(reading: Reading, files: tuple[str, ...]) -> None:
    """The files of cmake in the source folder, those in what they reach, and so on."""
    machine, done = reading.command.machine, set[str]()
    for path in files:
        _file(reading, path)
    while rest := reading.reached - done:
        place = min(rest)
        done.add(place)
        named = (place,) if machine.kind(place) is Kind.FILE else machine.walk(place)
        for path in named:
            if _own(path) and not any(covers(tree(f), path) for f in (reading.source, reading.build)):
                reading.single &= path.endswith(".cmake")
                _file(reading, path)


def _ours(command: Command, build: str) -> bool:
    return (command.machine.text(posixpath.join(build, "CMakeCache.txt")) or "").startswith("# dfopt")


def _start(source: str, build: str, given: dict[str, str]) -> dict[str, str]:
    folders = {
        **dict.fromkeys(words("CMAKE_SOURCE_DIR PROJECT_SOURCE_DIR CMAKE_HOME_DIRECTORY"), source),
        **dict.fromkeys(words("CMAKE_BINARY_DIR PROJECT_BINARY_DIR CMAKE_CURRENT_BINARY_DIR"), build),
        "CMAKE_COMMAND": "cmake",
    }  # fmt: skip
    return {**folders, **given}


def _files(command: Command, source: str, build: str) -> Iterator[str]:
    """The top file first: the others see its variables."""
    top = posixpath.join(source, "CMakeLists.txt")
    yield top
    for path in sorted(command.machine.walk(source), key=lambda p: p.count("/")):
        if _own(path) and not covers(tree(build), path) and path != top:
            yield path


def _own(path: str) -> bool:
    return posixpath.basename(path) == "CMakeLists.txt" or path.endswith(".cmake")


def _file(reading: Reading, path: str) -> None:
    text = reading.command.machine.text(path)
    if text is None:
        reading.effects = reading.effects.in_doubt(f"{path} is not known")
        return
    folder = posixpath.dirname(path)
    outer = dict(reading.variables)
    # A module runs in the folder of whoever includes it.
    alone = reading.source if reading.single else None
    reading.base = folder if path.endswith("/CMakeLists.txt") else alone
    at = {"CMAKE_CURRENT_SOURCE_DIR": reading.base or ANY, "CMAKE_CURRENT_LIST_DIR": folder}
    reading.variables |= at
    if above := [f for f in reading.projects if covers(tree(f), path)]:
        reading.variables["PROJECT_SOURCE_DIR"] = max(above, key=len)
    try:
        for call in calls(text):
            _call(reading, call, path)
    except NotPlainError as problem:
        reading.effects = reading.effects.in_doubt(f"{path} is not understood ({problem})")
    if path != posixpath.join(reading.source, "CMakeLists.txt"):
        reading.variables = outer


def _call(reading: Reading, call: Call, path: str) -> None:
    name, arguments = call.name, call.arguments
    if name == "project" and arguments and reading.base:
        reading.variables[f"{arguments[0]}_SOURCE_DIR"] = reading.base
        reading.variables["PROJECT_SOURCE_DIR"] = reading.base
        reading.projects.add(reading.base)
    if name in _SILENT:
        return
    values = [expand(reading, a) for a in arguments]
    for raw, value in zip(arguments, values, strict=True):
        # A variable is not read yet where it is set, unless it is one that cmake searches.
        leads(reading, raw, value, path, root=name not in {"set", "list"} or bool(_SEARCHED.search(values[0])))
    if name == "set" and arguments:
        _set(reading, call, values, path)
        return
    _answer(reading, call, values, path)
    for value in values:
        if value in reading.variables:  # it may be what the command answers into
            reading.variables[value] = ANY


def _set(reading: Reading, call: Call, values: list[str], path: str) -> None:
    """`set(NAME value...)`: what is set in a branch that may not be taken is not known."""
    name, kept = values[0], values[1:]
    for end in ("CACHE", "PARENT_SCOPE"):
        kept = kept[: kept.index(end)] if end in kept else kept
    new = ";".join(kept)
    if re.search(r"OUTPUT_(DIRECTORY|PATH)", name):
        fills(reading, new, path, f"where {name} is")
    if ANY in name:
        if call.arguments[1:] != (f"${{{call.arguments[0]}}}",):  # `set(${n}_DIR ${${n}_DIR})`
            head, tail = name.split(ANY)[0], name.split(ANY)[-1]
            hit = [v for v in reading.variables if v.startswith(head) and v.endswith(tail)]
            reading.variables |= dict.fromkeys(hit, ANY)
        return
    compilers(reading, {name: new})
    reading.variables[name] = new if call.sure or reading.variables.get(name) == new else ANY


def _answer(reading: Reading, call: Call, values: list[str], path: str) -> None:
    name = call.name
    if name in _EXTERNAL:
        external(reading, values, path)
    elif name in _STARTING:
        start_programs(reading, values, path)
    elif name in _COMPILING:
        reading.compiles = True
    elif name in {"get_filename_component", "cmake_path"} and set(values) & _PARENT:
        doubt(reading, path, "the parent of a folder")
    elif name in {"file", "configure_file"}:
        write(reading, name, values, path)
    elif name == "install" and reading.installs:
        install(reading, call.arguments, values, path)
    elif name in {"set_target_properties", "set_property"}:
        for key, value in pairwise(values):
            if re.search(r"OUTPUT_(DIRECTORY|PATH)", key):
                fills(reading, value, path, f"where {key} is")
    elif name == "string" and "REPLACE" in values[:2]:
        _replaced(reading, call.arguments, values, path)
    elif name == "include" and values and "/" in call.arguments[0] and ANY in values[0]:
        doubt(reading, path, f"include({call.arguments[0]})")


def _replaced(reading: Reading, raw: tuple[str, ...], values: list[str], path: str) -> None:
    """`string(REGEX REPLACE "/[^/]*$" "" UP ${CMAKE_SOURCE_DIR})`: a folder above is computed."""
    start = values.index("REPLACE") + 1
    pattern, texts = values[start : start + 1], values[start + 3 :]
    cuts = any("/" in p and reading.source not in p for p in pattern)
    if cuts and any(reading.source in text for text in texts):
        doubt(reading, path, f"a path that is computed: {raw[-1]}")
