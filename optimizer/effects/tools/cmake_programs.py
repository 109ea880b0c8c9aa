"""What a CMake project starts: commands of its own, and the steps of an ExternalProject."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from itertools import pairwise

from optimizer.effects.model import Conditional, Effects, covers, tree
from optimizer.effects.tool import ANY, Kind, clean, known
from optimizer.effects.tools.cmake_reading import Reading, doubt, fills, parts
from optimizer.effects.tools.looking import words

ASSUMPTION = "fetched-sources-keep-to-themselves"
# Steps of ExternalProject_Add that start programs, and its folders, which it fills.
_STEPS = words(
    "DOWNLOAD_COMMAND UPDATE_COMMAND PATCH_COMMAND CONFIGURE_COMMAND BUILD_COMMAND "
    "INSTALL_COMMAND TEST_COMMAND"
)
_FOLDERS = words(
    "PREFIX TMP_DIR STAMP_DIR LOG_DIR DOWNLOAD_DIR SOURCE_DIR BINARY_DIR INSTALL_DIR"
)
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
# Verbs of `cmake -E` (cmake(1), 3.25) that write nothing, and those that write what they name last.
_READING = words("cat capabilities compare_files echo echo_append environment false true sleep time md5sum sha1sum sha224sum sha256sum sha384sum sha512sum")
_LAST = words("copy copy_if_different copy_if_newer copy_directory copy_directory_if_different create_symlink create_hardlink")
# Data for a program that is started: it is read, not run.
_DATA = (".patch", ".diff", ".cmake", ".txt", ".in", ".h", ".json", ".cfg", ".conf", ".md")


def external(reading: Reading, values: list[str], path: str) -> None:
    """What is fetched is built in folders of its own, by programs of its own."""
    keyword = ""
    reading.effects |= Effects(
        network=True, unpinned=True, seconds=60.0, conditional=frozenset({Conditional("/**", ASSUMPTION)})
    )  # fmt: skip
    for value in values:
        if value in _KEYWORDS:
            keyword = value if value != "COMMAND" else keyword
        elif keyword in _FOLDERS:
            fills(reading, value, path, f"where {keyword} is")
        elif keyword in _STEPS or keyword in {"CMAKE_ARGS", "CMAKE_CACHE_ARGS"}:
            _handed_on(reading, value, path)


def start_programs(reading: Reading, values: list[str], path: str) -> None:
    """`cmake -E` and `git` are followed; any other program is a doubt."""
    for start in (n for n, v in enumerate(values) if v == "COMMAND"):
        rest = values[start + 1 :]
        end = next((n for n, w in enumerate(rest) if w in _AFTER), len(rest))
        asked = rest[:end]
        if asked[:2] == ["cmake", "-E"] and asked[2:3] != ["env"]:
            for word in asked[3:]:
                _handed_on(reading, word, path)
            place = next((b for a, b in pairwise(rest[end:]) if a == "WORKING_DIRECTORY"), "")
            _changed(reading, asked[2:], place, path)
        elif asked[:1] == ["git"] and known(*asked):
            git = replace(reading.command, program="git", arguments=tuple(asked[1:]), cwd=reading.source)
            reading.effects |= reading.command.machine.call(git)
        elif asked:
            doubt(reading, path, f"it starts {asked[0]}")


def _changed(reading: Reading, asked: list[str], place: str, path: str) -> None:
    """What `cmake -E copy a b` and the like change, from the build folder or a named one."""
    paths = [w for w in asked[1:] if not w.startswith("-")]
    if not asked or asked[0] in _READING:
        return
    for word in paths[-1:] if asked[0] in _LAST else paths:
        below = not place and not word.startswith("/")
        if not known(word, place) or (below and ".." in word.split("/") and not reading.single):
            doubt(reading, path, f"where cmake -E {asked[0]} writes")
            continue
        where = clean(posixpath.join(reading.build, place, word))
        if not covers(tree(reading.build), where):
            reading.effects |= Effects(writes=frozenset({where, tree(where)}), reads=frozenset({tree(where)}))


def _handed_on(reading: Reading, value: str, path: str) -> None:
    """A word for a build of what was fetched: a folder of its own, or a file of the project."""
    machine = reading.command.machine
    if "INSTALL_PREFIX" in value and ANY in value:
        doubt(reading, path, "where it installs")
    for part in parts(value):
        if ANY in part or not part.startswith("/"):
            _program(reading, part, path)
            continue
        where = clean(part)
        if machine.kind(where) is Kind.FILE:
            _program(reading, where, path)
        elif where != reading.source and not machine.walk(where):
            reading.effects |= Effects(writes=frozenset({tree(where)}), reads=frozenset({tree(where)}))


def _program(reading: Reading, value: str, path: str) -> None:
    """A word of a command: no script of the project."""
    if ANY in value or not value:
        return
    where = clean(posixpath.join(reading.source, value))
    if reading.command.machine.kind(where) is Kind.FILE and not where.endswith(_DATA):
        doubt(reading, path, f"it starts {where}")
