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
from dataclasses import dataclass, replace
from itertools import pairwise

from optimizer.effects.model import NONE, Conditional, Effects, covers, tree, unknown
from optimizer.effects.tool import ANY, Command, Kind, clean, known
from optimizer.effects.tools.cmake_syntax import Call, NotPlainError, calls
from optimizer.effects.tools.looking import upwards, whole_tree, words

ASSUMPTION = "fetched-sources-keep-to-themselves"
_REFERENCE = re.compile(r"\$\{([^${}]*)\}")
_ENVIRONMENT = re.compile(r"\$ENV\{([^${}]*)\}")
# These only speak, or take words that are no paths.
_SILENT = words(
    "message cmake_minimum_required cmake_policy option mark_as_advanced project enable_language "
    "enable_testing add_definitions add_compile_definitions math endforeach endwhile endmacro "
    "endfunction endif else elseif if break continue return"
)
# Steps of ExternalProject_Add that start programs, and its folders, which it fills.
_STEPS = words(
    "DOWNLOAD_COMMAND UPDATE_COMMAND PATCH_COMMAND CONFIGURE_COMMAND BUILD_COMMAND "
    "INSTALL_COMMAND TEST_COMMAND"
)
_FOLDERS = words(
    "PREFIX TMP_DIR STAMP_DIR LOG_DIR DOWNLOAD_DIR SOURCE_DIR BINARY_DIR INSTALL_DIR"
)
_EXTERNAL = words("externalproject_add fetchcontent_declare externalproject_add_step")
_STARTING = words("execute_process exec_program add_custom_command add_custom_target try_run")
_KEYWORDS = _STEPS | _FOLDERS | words(
    "DEPENDS URL URL_HASH URL_MD5 GIT_REPOSITORY GIT_TAG GIT_SHALLOW GIT_PROGRESS GIT_SUBMODULES "
    "GIT_SUBMODULES_RECURSE GIT_REMOTE_NAME GIT_CONFIG CMAKE_ARGS CMAKE_CACHE_ARGS "
    "CMAKE_CACHE_DEFAULT_ARGS CMAKE_GENERATOR CMAKE_COMMAND BUILD_IN_SOURCE BUILD_ALWAYS "
    "BUILD_BYPRODUCTS LOG_DOWNLOAD LOG_UPDATE LOG_PATCH LOG_CONFIGURE LOG_BUILD LOG_INSTALL "
    "UPDATE_DISCONNECTED EXCLUDE_FROM_ALL STEP_TARGETS COMMAND LIST_SEPARATOR DOWNLOAD_NAME "
    "DOWNLOAD_NO_EXTRACT DOWNLOAD_EXTRACT_TIMESTAMP SOURCE_SUBDIR TLS_VERIFY TIMEOUT"
)
# Where the words of a COMMAND end.
_AFTER = words(
    "WORKING_DIRECTORY DEPENDS COMMENT VERBATIM BYPRODUCTS SOURCES MAIN_DEPENDENCY USES_TERMINAL "
    "COMMAND_EXPAND_LISTS OUTPUT_VARIABLE RESULT_VARIABLE ERROR_VARIABLE OUTPUT_QUIET ERROR_QUIET "
    "OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_STRIP_TRAILING_WHITESPACE COMMAND TIMEOUT "
    "RESULTS_VARIABLE COMMAND_ERROR_IS_FATAL"
)
_COMPILING = words("add_executable add_library target_sources try_compile pybind11_add_module")
_PARENT = words("DIRECTORY PATH REALPATH PARENT_PATH REAL_PATH")
_SOURCE = re.compile(r"\.(c|cc|cpp|cxx|cu|h|hh|hpp|hxx|inl|inc|s|S|m|mm|proto|idl|f|f90)$")
_INCLUDE = re.compile(r'^\s*(?:#\s*include|import|\.incbin|include)\s*[<"]?([^">\s]+)', re.MULTILINE)
# Data for a program that is started: it is read, not run.
_DATA = (".patch", ".diff", ".cmake", ".txt", ".in", ".h", ".json", ".cfg", ".conf", ".md")


@dataclass
class _Reading:
    """A project that is being read.

    Attributes:
        command: The cmake or make.
        source: Its source folder.
        build: Its build folder.
        variables: What is known of the variables; ANY where a value is not.
        installs: Whether it is to be installed as well.
        effects: What was found so far.
        compiles: Whether sources of its own are compiled.
        single: Whether there is but one CMakeLists.txt.
        base: Where relative paths of the file at hand start; None if that is not known.
    """

    command: Command
    source: str
    build: str
    variables: dict[str, str]
    installs: bool = False
    effects: Effects = NONE
    compiles: bool = False
    single: bool = True
    base: str | None = ""


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
    reading = _Reading(command, source, build, _start(source, build, given), installs)
    files = tuple(_files(command, source, build))
    reading.single = sum(f.endswith("/CMakeLists.txt") for f in files) == 1
    home = posixpath.join(command.home(), ".cmake")
    own = frozenset({tree(build), tree(home)})
    reading.effects = whole_tree(source) | Effects(
        reads=own, writes=own, variables=frozenset({"*"}), seconds=30.0,
        probes=frozenset(posixpath.join(folder, ".git") for folder in upwards(source)),
    )  # fmt: skip
    for path in files:
        _file(reading, path)
    _environment(reading)
    if reading.compiles:
        _includes(reading)
    return reading.effects


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
    for path in command.machine.walk(source):
        if covers(tree(build), path) or path == top:
            continue
        if posixpath.basename(path) == "CMakeLists.txt" or path.endswith(".cmake"):
            yield path


def _file(reading: _Reading, path: str) -> None:
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
    try:
        for call in calls(text):
            _call(reading, call, path)
    except NotPlainError as problem:
        reading.effects = reading.effects.in_doubt(f"{path} is not understood ({problem})")
    if path != posixpath.join(reading.source, "CMakeLists.txt"):
        reading.variables = outer


def _expand(reading: _Reading, text: str) -> str:
    """The text with its variables; one that nobody has set is not known."""
    for _ in range(20):
        if "$ENV{" in text:
            text = _ENVIRONMENT.sub(lambda m: _variable(reading.command, m[1]), text)
        expanded = _REFERENCE.sub(lambda m: reading.variables.get(m[1], ANY), text)
        if expanded == text:
            return expanded
        text = expanded
    return ANY


def _variable(command: Command, name: str) -> str:
    return command.env.get(name, "" if command.env_complete else ANY)


def _call(reading: _Reading, call: Call, path: str) -> None:
    name, arguments = call.name, call.arguments
    if name == "project" and arguments and reading.base:
        reading.variables[f"{arguments[0]}_SOURCE_DIR"] = reading.base
    if name in _SILENT:
        return
    values = [_expand(reading, a) for a in arguments]
    for raw, value in zip(arguments, values, strict=True):
        _leads(reading, raw, value, path)
    if name == "set" and arguments:
        _set(reading, call, values, path)
        return
    _answer(reading, call, values, path)
    for value in values:
        if value in reading.variables:  # it may be what the command answers into
            reading.variables[value] = ANY


def _set(reading: _Reading, call: Call, values: list[str], path: str) -> None:
    """`set(NAME value...)`: what is set in a branch that may not be taken is not known."""
    name, kept = values[0], values[1:]
    for end in ("CACHE", "PARENT_SCOPE"):
        kept = kept[: kept.index(end)] if end in kept else kept
    new = ";".join(kept)
    if re.search(r"OUTPUT_(DIRECTORY|PATH)", name):
        _fills(reading, new, path, f"where {name} is")
    if ANY in name:
        if call.arguments[1:] != (f"${{{call.arguments[0]}}}",):  # `set(${n}_DIR ${${n}_DIR})`
            head, tail = name.split(ANY)[0], name.split(ANY)[-1]
            hit = [v for v in reading.variables if v.startswith(head) and v.endswith(tail)]
            reading.variables |= dict.fromkeys(hit, ANY)
        return
    reading.variables[name] = new if call.sure or reading.variables.get(name) == new else ANY


def _answer(reading: _Reading, call: Call, values: list[str], path: str) -> None:
    name = call.name
    if name in _EXTERNAL:
        _external(reading, values, path)
    elif name in _STARTING:
        _starting(reading, values, path)
    elif name in _COMPILING:
        reading.compiles = True
    elif name in {"get_filename_component", "cmake_path"} and set(values) & _PARENT:
        _doubt(reading, path, "the parent of a folder")
    elif name in {"file", "configure_file"}:
        _written(reading, name, values, path)
    elif name == "install" and reading.installs:
        _installed(reading, call.arguments, values, path)
    elif name in {"set_target_properties", "set_property"}:
        for key, value in pairwise(values):
            if re.search(r"OUTPUT_(DIRECTORY|PATH)", key):
                _fills(reading, value, path, f"where {key} is")
    elif name == "include" and values and "/" in call.arguments[0] and ANY in values[0]:
        _doubt(reading, path, f"include({call.arguments[0]})")


def _doubt(reading: _Reading, path: str, why: str) -> None:
    reading.effects = reading.effects.in_doubt(f"{path} reaches further than dfopt reads ({why})".replace(ANY, "?"))


def _parts(value: str) -> list[str]:
    """The paths in an argument: of a list, of `-DNAME:PATH=value`, of `-Ifolder`."""
    return [p for p in re.split(r"[;,=\s]|^-[IL]|:(?=[/A-Z])", value) if p]


def _leads(reading: _Reading, raw: str, value: str, path: str) -> None:
    """What an argument names outside of the source folder is read."""
    for part in _parts(value):
        climbs = ".." in part.split("/")
        if not climbs and not part.startswith("/"):
            continue
        if ANY in part or (not part.startswith("/") and reading.base is None):
            if climbs:
                _doubt(reading, path, raw)
            continue
        where = clean(posixpath.join(reading.base or "/", part))
        if not covers(tree(reading.source), where) and where != "/":
            reading.effects |= Effects(reads=frozenset({tree(where)}))


def _external(reading: _Reading, values: list[str], path: str) -> None:
    """What is fetched is built in folders of its own, by programs of its own."""
    keyword = ""
    reading.effects |= Effects(
        network=True, unpinned=True, seconds=60.0, conditional=frozenset({Conditional("/**", ASSUMPTION)})
    )  # fmt: skip
    for value in values:
        if value in _KEYWORDS:
            keyword = value if value != "COMMAND" else keyword
        elif keyword in _FOLDERS:
            _fills(reading, value, path, f"where {keyword} is")
        elif keyword in _STEPS or keyword in {"CMAKE_ARGS", "CMAKE_CACHE_ARGS"}:
            _handed_on(reading, value, path)


def _handed_on(reading: _Reading, value: str, path: str) -> None:
    """A word for a build of what was fetched: a folder of its own, or a file of the project."""
    machine = reading.command.machine
    if "INSTALL_PREFIX" in value and ANY in value:
        _doubt(reading, path, "where it installs")
    for part in _parts(value):
        if ANY in part or not part.startswith("/"):
            _program(reading, part, path)
            continue
        where = clean(part)
        if machine.kind(where) is Kind.FILE:
            _program(reading, where, path)
        elif where != reading.source and not machine.walk(where):
            reading.effects |= Effects(writes=frozenset({tree(where)}), reads=frozenset({tree(where)}))


def _fills(reading: _Reading, value: str, path: str, what: str) -> None:
    """A folder that configuring or building fills."""
    if not value:
        return
    if not known(value):
        _doubt(reading, path, what)
        return
    where = clean(posixpath.join(reading.build, value))
    if reading.command.machine.walk(where):
        _doubt(reading, path, f"{where} is of the project, and filled")
    reading.effects |= Effects(writes=frozenset({tree(where)}), reads=frozenset({tree(where)}))


def _installed(reading: _Reading, raw: tuple[str, ...], values: list[str], path: str) -> None:
    """`install(... DESTINATION x)`: below the prefix, unless it is absolute; or by a script."""
    if {"CODE", "SCRIPT"} & set(values):
        _doubt(reading, path, "install(SCRIPT)")
    for number, value in enumerate(values[:-1]):
        where = values[number + 1]
        if value != "DESTINATION":
            continue
        if ANY in where and not raw[number + 1].startswith("${CMAKE_INSTALL_"):
            _doubt(reading, path, f"where {raw[number + 1]} is")
        elif where.startswith("/"):
            reading.effects |= Effects(writes=frozenset({tree(clean(where))}))


def _program(reading: _Reading, value: str, path: str) -> None:
    """A word of a command: no script of the project."""
    if ANY in value or not value:
        return
    where = clean(posixpath.join(reading.source, value))
    if reading.command.machine.kind(where) is Kind.FILE and not where.endswith(_DATA):
        _doubt(reading, path, f"it starts {where}")


def _starting(reading: _Reading, values: list[str], path: str) -> None:
    """`cmake -E` and `git` are followed; any other program is a doubt."""
    for start in (n for n, v in enumerate(values) if v == "COMMAND"):
        rest = values[start + 1 :]
        end = next((n for n, w in enumerate(rest) if w in _AFTER), len(rest))
        asked = rest[:end]
        if asked[:2] == ["cmake", "-E"] and asked[2:3] != ["env"]:
            for word in asked[3:]:
                _handed_on(reading, word, path)
        elif asked[:1] == ["git"] and known(*asked):
            git = replace(reading.command, program="git", arguments=tuple(asked[1:]), cwd=reading.source)
            reading.effects |= reading.command.machine.call(git)
        elif asked:
            _doubt(reading, path, f"it starts {asked[0]}")


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


def _written(reading: _Reading, name: str, values: list[str], path: str) -> None:
    """Files that configuring writes: in the build folder, unless they say otherwise."""
    verb = values[0] if values and name == "file" else ""
    if name == "file" and verb not in _VERBS:
        _doubt(reading, path, f"file({verb})")
        return
    place = _VERBS[verb] if verb else (1, 2)
    if place is None:
        return
    targets = values[place[0] : place[1]]
    for key in ("DESTINATION", "OUTPUT"):
        targets += values[values.index(key) + 1 :][:1] if key in values else []
    for target in targets:
        if not known(target) or reading.base is None:
            _doubt(reading, path, f"where {name} writes")
            continue
        # Of a relative path it is not said everywhere from which of the two it starts.
        both = {clean(posixpath.join(top, target)) for top in (reading.build, reading.base)}
        reading.effects |= Effects(writes=frozenset(both | set(map(tree, both))), reads=frozenset(both))


def _environment(reading: _Reading) -> None:
    """Variables that name folders: cmake, compilers and pkg-config search them."""
    for name, value in sorted(reading.command.env.items()):
        if name in {"HOME", "PWD", "OLDPWD"} or ANY in name:
            continue
        for part in re.split(r"[:;]", value):
            if part.startswith("/") and known(part):
                folder = posixpath.dirname(part.rstrip("/")) if name == "PATH" else part
                if folder not in {"/", "/usr", "/usr/local"}:
                    reading.effects |= Effects(reads=frozenset({tree(clean(folder))}))


def _includes(reading: _Reading) -> None:
    """Sources that include a file outside of the project."""
    machine = reading.command.machine
    for path in machine.walk(reading.source):
        if not _SOURCE.search(path) or covers(tree(reading.build), path):
            continue
        for named in _INCLUDE.findall(machine.text(path) or ""):
            where = clean(posixpath.join(posixpath.dirname(path), named))
            outside = ".." in named.split("/") and not covers(tree(reading.source), where)
            if outside or (named.startswith("/") and not named.startswith(("/usr/", "/opt/"))):
                _doubt(reading, path, named)
