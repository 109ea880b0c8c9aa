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


def test_quotes_and_brackets():
    """The arguments of a command, without their quotes; what is no command is an error."""
    text = 'set(A "b c" [=[d ] e]=] f\\ g)\n#[[ set(B) ]]\nif(X)\nset(C (1))\nendif()'

    assert [("set", ("A", "b c", "d ] e", "f g"), True), ("set", ("C", "(", "1", ")"), False)] == [
        (c.name, c.arguments, c.sure) for c in calls(text)
    ]
    with pytest.raises(NotPlainError):
        list(calls("set A)"))
