"""cmake, and make where cmake has written the makefiles."""

from __future__ import annotations

import pytest

from optimizer.effects.tools.cmake_programs import ASSUMPTION
from optimizer.effects.tools.cmake_syntax import NotPlainError, calls
from tests.effects.machine import effects_of

PROJECT = {
    "p/CMakeLists.txt": "project(p C)\nlist(APPEND CMAKE_MODULE_PATH ${CMAKE_SOURCE_DIR}/cmake)\nadd_executable(a src/a.c)\n",
    "p/cmake/Own.cmake": "set(OWN 1)\n",
    "p/src/a.c": '#include "../inc/a.h"\nint main(){}\n',
    "p/inc/a.h": "",
    "common/c.h": "",
    "docs/x": "",
}
EXTERNAL = """project(s)
set(TOP ${CMAKE_CURRENT_SOURCE_DIR})
set(INSTALL "${TOP}/install" CACHE PATH "where")
include(ExternalProject)
ExternalProject_Add(zip
  PREFIX ${TOP}/build/zip
  SOURCE_DIR ${TOP}/src/zip
  GIT_REPOSITORY https://example.org/zip.git
  PATCH_COMMAND git apply ${TOP}/cmake/zip.patch
  CMAKE_ARGS -DCMAKE_INSTALL_PREFIX:PATH=${INSTALL} ${WIN32_ARGS} -DPYTHON=${TOP}/../venv/bin/python
  INSTALL_COMMAND ${CMAKE_COMMAND} -E copy a.so ${INSTALL}/lib
)
"""
BUILD = "mkdir -p p/build && cd p/build && cmake .. && make -j$(nproc)"


def run(script, files=None, **given):
    placed = {**PROJECT, **(files or {})}
    return effects_of(script, {f"/app/{n}": t for n, t in placed.items()}, **given)


def listed(text, name="p/CMakeLists.txt"):
    return {name: PROJECT["p/CMakeLists.txt"] + text + "\n"}


def own(paths):
    """The regions of the project that are outside of its source and build folders."""
    found = {p.removeprefix("/app/") for p in paths if p.startswith("/app/")}
    return {p for p in found if not p.startswith(("p/", "build/")) and not p.endswith(".git")} - {"p"}


@pytest.mark.parametrize(
    ("script", "files", "outside"),
    [
        (BUILD, {}, set()),
        ("cmake -S p -B build && cmake --build build -j 4", {}, set()),
        ("cmake -Sp -Bbuild -DCMAKE_BUILD_TYPE=Release -GNinja && cmake --build build", {}, set()),
        (BUILD, listed("include_directories(../common)"), {"common/**"}),
        (BUILD, listed("include_directories(${PROJECT_SOURCE_DIR}/../common)"), {"common/**"}),
        (BUILD, listed("add_subdirectory(../lib lib)"), {"lib/**"}),
        (BUILD, listed("file(GLOB S ${CMAKE_CURRENT_LIST_DIR}/../common/*.c)"), {"common/**"}),
        (BUILD, listed("file(GLOB_RECURSE S ../common/*/x/*.c)"), {"common/**"}),
        (BUILD, {"p/src/a.c": '#include "b.def"\n', "p/src/b.def": '#include "../../common/c.h"\n', "common/c.h": '#include "d.h"\n', "common/d.h": ""}, {"common/c.h", "common/d.h"}),
        (BUILD, {"p/src/a.c": '#include "../../common/c.h"\n', "common/c.h.gch": ""}, {"common/c.h", "common/c.h.gch", "common/c.h.gch/**"}),
        (BUILD, {**listed("include_directories(../common)"), "common/c.h": '#include "../more/m.h"\n', "more/m.h": ""}, {"common/**", "more/m.h"}),
        (BUILD, {**listed("include(../common/x.cmake)"), "common/x.cmake": "include(${CMAKE_CURRENT_LIST_DIR}/y.cmake)\n", "common/y.cmake": "file(READ ${CMAKE_CURRENT_LIST_DIR}/../more/m B)\n"}, {"common/x.cmake/**", "common/y.cmake/**", "more/m/**"}),
        (BUILD, {**listed("add_subdirectory(../lib lib)"), "lib/CMakeLists.txt": "include_directories(${CMAKE_CURRENT_SOURCE_DIR}/../common)\n"}, {"lib/**", "common/**"}),
        (BUILD, {"p/sub/CMakeLists.txt": "project(sub)\ninclude_directories(${PROJECT_SOURCE_DIR}/../../common)\n"}, {"common/**"}),
        (BUILD, listed("if(EXISTS ${CMAKE_SOURCE_DIR}/../flag)\nset(A 1)\nendif()"), {"flag/**"}),
        ("cmake -S p -B build -DCMAKE_PREFIX_PATH=/app/deps", {"deps/x.cmake": "include(${CMAKE_CURRENT_LIST_DIR}/../more/m.cmake)"}, {"deps/**", "more/m.cmake/**"}),
        ("cmake -S p -B build -DCMAKE_PROJECT_INCLUDE=common/x.cmake", {"common/x.cmake": ""}, {"common/x.cmake/**"}),
        ("cmake -S p -B build -DCMAKE_C_FLAGS='-O2 -I/app/common'", {}, {"common/**"}),
        ("CFLAGS=-I/app/common cmake -S p -B build", {}, {"common/**"}),
        (BUILD, listed("if(WIN32)\nadd_subdirectory(${X}/../y)\nendif()"), set()),
        (BUILD, listed("if(NOT UNIX)\ninclude(${X}/../y)\nelse()\nset(A 1)\nendif()"), set()),
        (BUILD, listed("# include_directories(../common)\n#[[ ../common ]]"), set()),
        (BUILD, {"p/sub/CMakeLists.txt": "include_directories(../inc)"}, set()),
    ],
)  # fmt: skip
def test_reads_below_the_source_folder(script, files, outside):
    """All below the source folder is read, and outside of it what its files name."""
    effects = run(script, files)

    assert (None, outside) == (effects.doubt, own(effects.reads))
    assert "/app/p/**" in effects.reads
    assert "/app/docs/x" not in effects.reads


@pytest.mark.parametrize(
    ("files", "doubt"),
    [
        (listed("include(${WHERE}/x.cmake)"), "include(${WHERE}/x.cmake)"),
        (listed("include_directories(${WHERE}/../x)"), "${WHERE}/../x"),
        (listed("include_directories($ENV{WHERE}/../x)"), "$ENV{WHERE}/../x"),
        (listed("get_filename_component(UP ${CMAKE_SOURCE_DIR} DIRECTORY)"), "parent of a folder"),
        (listed("execute_process(COMMAND ./gen.sh)"), "it starts ./gen.sh"),
        (listed("add_custom_command(OUTPUT x COMMAND python gen.py)"), "it starts python"),
        (listed("file(WRITE ${WHERE} x)"), "where file writes"),
        (listed("set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_SOURCE_DIR}/src)"), "and filled"),
        ({"p/src/a.c": '#include "../../common/gone.h"\n'}, "/app/common/gone.h"),
        ({**listed("include(../common/x.cmake)"), "common/x.cmake": "execute_process(COMMAND ./gen.sh)"}, "/app/common/x.cmake reaches further"),
        (listed('string(REGEX REPLACE "/[^/]*$" "" UP ${CMAKE_SOURCE_DIR})'), "a path that is computed"),
        (listed("set(CMAKE_C_COMPILER ${CMAKE_SOURCE_DIR}/src/a.c)"), "it is started"),
        ({"p/cmake/Own.cmake": "set(A ("}, "is not understood"),
        ({"p/build/CMakeCache.txt": "X:STRING=1\n"}, "the cache of another configuration"),
    ],
)
def test_doubts(files, doubt):
    """What leads out of the project in a way that is not plain."""
    assert doubt in (run(BUILD, files, env={"WHERE": "\0"}).doubt or "")


@pytest.mark.parametrize(
    ("script", "doubt"),
    [
        ("cmake -P x.cmake", "cmake -P"),
        ("cmake -S p -B build -DCMAKE_TOOLCHAIN_FILE=x.cmake", "toolchain"),
        ("cmake --preset x", "--preset"),
        ("CMAKE_TOOLCHAIN_FILE=x.cmake cmake -S p -B build", "toolchain"),
        ("CC=/app/p/src/a.c cmake -S p -B build", "it is started"),
        (f"{BUILD} && make test", "the target test runs"),
        ("cmake -S p -B build && cmake --build build --target package", "the target package runs"),
        ("make -C p", "the makefile in /app/p"),
        ("cmake --build build", "what was configured in /app/build"),
        ("cmake -S docs -B build", "/app/docs/CMakeLists.txt"),
        ("cmake -S p -B build; rm -rf build; cmake --build build", "what was configured"),
    ],
)
def test_commands_in_doubt(script, doubt):
    """Other uses of cmake, and builds of what nobody has configured."""
    assert doubt in (run(script).doubt or "")


def test_an_external_project_keeps_to_its_folders():
    """What is fetched is built in the folders that it names; a patch of the project is read."""
    effects = run(BUILD, {"p/CMakeLists.txt": EXTERNAL, "p/cmake/zip.patch": ""})

    assert effects.doubt is None
    assert {"/app/p/build/zip/**", "/app/p/src/zip/**", "/app/p/install/**"} <= effects.writes
    assert "/app/venv/bin/python/**" in effects.reads
    assert effects.network
    assert {ASSUMPTION} == {c.assumption for c in effects.conditional}


@pytest.mark.parametrize(
    ("change", "doubt"),
    [
        (("${TOP}/src/zip", "${TOP}/src"), "is of the project, and filled"),
        (("${TOP}/src/zip", "${WHERE}"), "where SOURCE_DIR is"),
        (("git apply ${TOP}/cmake/zip.patch", "sh ${TOP}/cmake/fix.sh"), "it starts /app/p/cmake/fix.sh"),
        (("PATH=${INSTALL}", "PATH=${WHERE}"), "where it installs"),
    ],
)  # fmt: skip
def test_an_external_project_in_doubt(change, doubt):
    """One that is built of the project's own files, or nobody knows where."""
    files = {"p/CMakeLists.txt": EXTERNAL.replace(*change), "p/cmake/fix.sh": "", "p/src/a.c": ""}

    assert doubt in (run(BUILD, files).doubt or "")


def test_installing_writes_below_the_prefix():
    """`make install` copies; an absolute destination is written as well."""
    files = listed("install(TARGETS a DESTINATION bin)\ninstall(FILES a DESTINATION /srv/conf)")

    assert {"/usr/local/**", "/srv/conf/**"} <= run(BUILD + " && make install", files).writes
    assert "/usr/local/**" not in run(BUILD, files).writes
    assert "/opt/x/**" in run("cmake -S p -B build -DCMAKE_INSTALL_PREFIX=/opt/x && cmake --install build", files).writes


@pytest.mark.parametrize(
    ("words", "writes"),
    [
        ("copy ../common/c.h made.h WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}", {"/app/p/made.h"}),
        ("touch a ../b", {"/app/p/b"}),
        ("cat a ../b", set()),
        ("rename a ${CMAKE_SOURCE_DIR}/c", {"/app/p/c"}),
    ],
)
def test_commands_of_cmake_write(words, writes):
    """`cmake -E` starts from the build folder, unless it is told another one."""
    effects = run(BUILD, listed("add_custom_command(OUTPUT x COMMAND ${CMAKE_COMMAND} -E " + words + ")"))

    assert effects.doubt is None
    assert {p for p in effects.writes if not p.startswith(("/app/p/build", "/root/"))} - {"/app/p"} == writes | {f"{p}/**" for p in writes}


def test_conditions_that_ask_for_files():
    """These are answered by what is there; others only by the system and by variables."""
    text = "if(A)\nelseif(EXISTS b)\nendif()\nif(WIN32)\nif(EXISTS c)\nendif()\nendif()"

    assert [("if", ("A",)), ("elseif", ("EXISTS", "b"))][1:] == [(c.name, c.arguments) for c in calls(text)]


def test_quotes_and_brackets():
    """The arguments of a command, without their quotes; what is no command is an error."""
    text = 'set(A "b c" [=[d ] e]=] f\\ g)\n#[[ set(B) ]]\nif(X)\nset(C (1))\nendif()'

    assert [("set", ("A", "b c", "d ] e", "f g"), True), ("set", ("C", "(", "1", ")"), False)] == [
        (c.name, c.arguments, c.sure) for c in calls(text)
    ]
    with pytest.raises(NotPlainError):
        list(calls("set A)"))
