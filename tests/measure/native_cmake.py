"""Projects of cmake for `tests.measure.native`."""

from __future__ import annotations

REST = {"README.md": "", "docs/a.md": "", "../beside.txt": "beside\n", ".env": "", "Dockerfile": ""}
HEAD = "cmake_minimum_required(VERSION 3.10)\nproject(app C)\n"
NONE = HEAD.replace("app C", "app NONE")
MAIN = "int main(void) { return 0; }\n"
LIB = {"../lib/CMakeLists.txt": "add_library(lib STATIC lib.c)\ntarget_include_directories(lib PUBLIC ${CMAKE_CURRENT_SOURCE_DIR}/../inc)\n", "../lib/lib.c": "#include <inc.h>\nint lib(void) { return INC; }\n", "../inc/inc.h": "#define INC 1\n"}
CONFIG = {"../deps/lib/cmake/dep/depConfig.cmake": 'include("${CMAKE_CURRENT_LIST_DIR}/more.cmake")\n', "../deps/lib/cmake/dep/more.cmake": "file(READ ${CMAKE_CURRENT_LIST_DIR}/../../../../beside.txt B)\n"}
B = ("cmake -S . -B build", "cmake -S . -B build && cmake --build build", "mkdir b && cd b && cmake .. && make")


def project(text: str, more: dict[str, str] | None = None, *lines: str, head: str = NONE) -> tuple[dict[str, str], str, tuple[str, ...]]:
    """A CMakeLists.txt, the files beside it, and what is run."""
    return {**REST, "CMakeLists.txt": head + text, **(more or {})}, "", lines or B[:1]


CMAKE = (
    project("add_executable(app main.c)\ninstall(TARGETS app DESTINATION bin)\nenable_testing()\nadd_test(NAME t COMMAND app)\n", {"main.c": MAIN, "spare.c": ""}, *B, "cmake . && make", "cmake -B build -G Ninja && ninja -C build", "cmake -B build -DCMAKE_INSTALL_PREFIX=$PWD/out && cmake --build build --target install",
        "cmake -B build && cmake --build build -j2 && cmake --install build --prefix out", "cmake -Bbuild -DCMAKE_BUILD_TYPE=Release && make -C build", "cmake -B build && cmake --build build && cmake --build build --target test", "mkdir b && cd b && cmake -DCMAKE_INSTALL_PREFIX=../out .. && make install", "cmake -B build && cmake --build build --target clean", "cmake -E make_directory x", "cmake --version", "cmake -B ../build -S . && cmake --build ../build", "cmake -B build && cmake --build build --target package", "cmake -B build && make -C build test", head=HEAD),
    project("add_executable(app main.c)\nenable_testing()\nadd_test(NAME t COMMAND app)\n", {"main.c": '#include <stdio.h>\nint main(void) { return !fopen("../beside.txt", "r") || !fopen("../told.txt", "w"); }\n'}, "cmake -B build && cmake --build build && cmake --build build --target test ARGS=", "mkdir ../b && cd ../b && cmake ../app && make && make test", head=HEAD),
    project("add_subdirectory(sub)\ninclude(cmake/Parts.cmake)\n", {"sub/CMakeLists.txt": "configure_file(a.in a.txt)\n", "sub/a.in": "@PROJECT_NAME@\n", "cmake/Parts.cmake": "file(READ ${CMAKE_CURRENT_LIST_DIR}/../../beside.txt B)\n"}),
    project("file(GLOB ALL *.txt)\nfile(GLOB MORE ../other/*.txt)\nforeach(F ${MORE})\nfile(READ ${F} B)\nendforeach()\n", {"../other/a.txt": "", "b.txt": ""}),
    project("file(GLOB_RECURSE ALL CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/../other/*.txt)\nforeach(F IN LISTS ALL)\nfile(READ ${F} B)\nendforeach()\n", {"../other/in/a.txt": ""}, *B[:2]),
    project("add_subdirectory(../lib lib)\nadd_executable(app main.c)\ntarget_link_libraries(app lib)\n", {**LIB, "main.c": MAIN}, *B, head=HEAD),
    project("include(../shared/x.cmake)\n", {"../shared/x.cmake": "include(${CMAKE_CURRENT_LIST_DIR}/y.cmake)\n", "../shared/y.cmake": "file(READ ${CMAKE_CURRENT_LIST_DIR}/../beside.txt B)\n"}),
    project("include(../shared/x.cmake)\n", {"../shared/x.cmake": "execute_process(COMMAND touch ${CMAKE_CURRENT_LIST_DIR}/../told.txt COMMAND cp ${CMAKE_CURRENT_LIST_DIR}/../beside.txt ${CMAKE_SOURCE_DIR}/got.txt)\n"}),
    project("list(APPEND CMAKE_MODULE_PATH ${CMAKE_SOURCE_DIR}/../modules)\nfind_package(Foo REQUIRED)\ninclude(Bar)\n", {"../modules/FindFoo.cmake": "file(READ ${CMAKE_CURRENT_LIST_DIR}/../beside.txt B)\nset(Foo_FOUND 1)\n", "../modules/Bar.cmake": ""}),
    project("find_package(dep REQUIRED)\n", CONFIG, "cmake -B build -DCMAKE_PREFIX_PATH=$PWD/../deps", "CMAKE_PREFIX_PATH=$PWD/../deps cmake -B build", "cmake -B build -Ddep_DIR=$PWD/../deps/lib/cmake/dep", "cmake -B build -Ddep_ROOT=$PWD/../deps", "dep_DIR=$PWD/../deps/lib/cmake/dep cmake -B build", "cmake -B build -DCMAKE_FIND_ROOT_PATH=$PWD/../deps -DCMAKE_PREFIX_PATH=/"),
    project("find_package(dep REQUIRED PATHS ../deps)\n", {**CONFIG}, *B[:1]),
    project("find_package(dep REQUIRED)\n", {n.replace("../deps", "deps"): t.replace("../../../../", "../../../../../") for n, t in CONFIG.items()}, "cmake -B build -DCMAKE_PREFIX_PATH=$PWD/deps"),
    project("message(hi)\n", {"../x.cmake": "file(READ ${CMAKE_CURRENT_LIST_DIR}/beside.txt B)\n"}, "cmake -B build -DCMAKE_PROJECT_INCLUDE=../x.cmake", "cmake -B build -DCMAKE_PROJECT_INCLUDE=$PWD/../x.cmake", "cmake -B build -DCMAKE_PROJECT_app_INCLUDE=$PWD/../x.cmake", "cmake -C ../x.cmake -B build", "cmake -B build -DCMAKE_USER_MAKE_RULES_OVERRIDE=$PWD/../x.cmake"),
    project("", {"../tc.cmake": "file(READ ${CMAKE_CURRENT_LIST_DIR}/beside.txt B)\n"}, "cmake -B build -DCMAKE_TOOLCHAIN_FILE=$PWD/../tc.cmake", "cmake -B build --toolchain ../tc.cmake", "CMAKE_TOOLCHAIN_FILE=$PWD/../tc.cmake cmake -B build", "CMAKE_TOOLCHAIN_FILE=../app/../tc.cmake cmake -B build", head=HEAD),
    project("", {"CMakePresets.json": '{"version": 2, "configurePresets": [{"name": "d", "generator": "Unix Makefiles", "binaryDir": "${sourceDir}/../out"}], "buildPresets": [{"name": "d", "configurePreset": "d"}]}'}, "cmake --preset d", "cmake --preset=d && cmake --build --preset d", "cmake -B build"),
    project("if(EXISTS ${CMAKE_SOURCE_DIR}/../beside.txt)\nfile(WRITE ${CMAKE_BINARY_DIR}/had.txt x)\nendif()\n", {}, *B[:1]),
    project("if(EXISTS ${CMAKE_SOURCE_DIR}/../none.txt)\nmessage(FATAL_ERROR x)\nendif()\n", {}, *B[:1]),
    project("include_directories(..)\nadd_executable(app main.c)\n", {"main.c": "#include <top.h>\n" + MAIN, "../top.h": '#include "other.h"\n', "../other.h": ""}, *B, head=HEAD),
    project("include_directories(../inc)\nadd_executable(app ../src/main.c)\n", {"../src/main.c": '#include "../src2/a.h"\n#include <inc.h>\n' + MAIN, "../src2/a.h": "", "../inc/inc.h": ""}, *B, head=HEAD),
    project("add_executable(app main.c)\n", {"main.c": '#include "x.def"\n' + MAIN, "x.def": '#include "../beside.h"\n', "../beside.h": ""}, *B, head=HEAD),
    project("add_executable(app main.c)\n", {"main.c": '#define H "../beside.h"\n#include H\n' + MAIN, "../beside.h": ""}, *B, head=HEAD),
    project("add_executable(app main.c)\n", {"main.c": "#include <b.h>\n" + MAIN, "../inc/b.h": ""}, "CPATH=$PWD/../inc cmake -B build && CPATH=$PWD/../inc cmake --build build", "cmake -B build -DCMAKE_C_FLAGS=-I$PWD/../inc && cmake --build build", "CFLAGS=-I$PWD/../inc cmake -B build && cmake --build build", "cmake -B build -DCMAKE_C_FLAGS='-include $PWD/../inc/b.h -I../../inc' && cmake --build build", head=HEAD),
    project("add_custom_target(x ALL COMMAND cp ${CMAKE_SOURCE_DIR}/../beside.txt .)\n", {}, *B),
    project("add_custom_command(OUTPUT a.txt COMMAND ${CMAKE_COMMAND} -E copy ../beside.txt a.txt WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})\nadd_custom_target(x ALL DEPENDS a.txt)\n", {}, *B),
    project("execute_process(COMMAND ${CMAKE_COMMAND} -P ${CMAKE_SOURCE_DIR}/s.cmake)\n", {"s.cmake": "file(COPY ../beside.txt DESTINATION ..)\n"}),
    project("execute_process(COMMAND ${CMAKE_COMMAND} -E cat ../beside.txt WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})\n", {}),
    project("set(ROOT ${CMAKE_SOURCE_DIR}/..)\nfile(READ ${ROOT}/beside.txt B)\nfile(WRITE ${CMAKE_SOURCE_DIR}/made.txt ${B})\nfile(STRINGS ${ROOT}/beside.txt L)\nconfigure_file(${ROOT}/beside.txt ${ROOT}/out.txt COPYONLY)\n", {}),
    project("get_filename_component(UP ${CMAKE_SOURCE_DIR} DIRECTORY)\nfile(READ ${UP}/beside.txt B)\n", {}),
    project("cmake_path(GET CMAKE_SOURCE_DIR PARENT_PATH UP)\nfile(READ ${UP}/beside.txt B)\n", {}),
    project('string(REGEX REPLACE "/[^/]*$" "" UP ${CMAKE_SOURCE_DIR})\nfile(READ ${UP}/beside.txt B)\n', {}),
    project("string(CONCAT UP ${CMAKE_SOURCE_DIR} /. .)\nfile(READ ${UP}/beside.txt B)\n", {}),
    project("find_file(B NAMES beside.txt PATHS ${CMAKE_SOURCE_DIR}/.. NO_DEFAULT_PATH)\nfile(READ ${B} X)\n", {}),
    project("find_path(B NAMES beside.txt HINTS .. NO_DEFAULT_PATH)\nfile(READ ${CMAKE_SOURCE_DIR}/${B}/beside.txt X)\n", {"x": ""}),
    project("function(go p)\nfile(READ ${p}/beside.txt B)\nendfunction()\ngo(${CMAKE_CURRENT_SOURCE_DIR}/..)\n", {}),
    project("macro(go p)\nfile(READ ../${p} B)\nendmacro()\ngo(beside.txt)\n", {}),
    project('install(FILES ../beside.txt DESTINATION share)\ninstall(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_PREFIX}/docs)\ninstall(CODE "file(WRITE ${CMAKE_SOURCE_DIR}/../told.txt x)")\n', {}, "cmake -B build -DCMAKE_INSTALL_PREFIX=$PWD/out && make -C build install", "cmake -B build && cmake --install build --prefix $PWD/out", "cmake -B build && DESTDIR=$PWD/dest make -C build install"),
    project("include(FetchContent)\nFetchContent_Declare(lib SOURCE_DIR ${CMAKE_SOURCE_DIR}/../lib)\nFetchContent_MakeAvailable(lib)\n", LIB, head=HEAD),
    project('include(ExternalProject)\nExternalProject_Add(lib SOURCE_DIR ${CMAKE_SOURCE_DIR}/../ext INSTALL_COMMAND "")\n', {"../ext/CMakeLists.txt": NONE + "file(READ ../beside.txt B)\nfile(WRITE ../told.txt x)\n"}, *B),
    project("include(CTest)\ninclude(CPack)\nconfigure_file(a.in sub/a.txt @ONLY)\nfile(COPY docs DESTINATION ${CMAKE_BINARY_DIR})\nfile(INSTALL README.md DESTINATION ${CMAKE_SOURCE_DIR}/out)\n", {"a.in": ""}, *B[:2], "cmake -B build && cd build && cpack -G TGZ"),
    project('option(X "" OFF)\nif(X)\nadd_subdirectory(../lib lib)\nendif()\nadd_executable(app main.c)\n', {**LIB, "main.c": MAIN}, "cmake -B build -DX=ON && cmake --build build", "cmake -B build", head=HEAD),
    project("add_executable(app main.c)\ntarget_precompile_headers(app PRIVATE ../pre.h)\n", {"main.c": MAIN, "../pre.h": '#include "pre2.h"\n', "../pre2.h": ""}, *B, head=HEAD),
    project("add_executable(app main.c)\ntarget_link_options(app PRIVATE -Wl,--version-script,../v.map)\nset_target_properties(app PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_SOURCE_DIR}/bin)\n", {"main.c": MAIN, "v.map": "", "build/../x": ""}, "cmake -B ../b/c && echo '{ global: *; };' > ../b/v.map && make -C ../b/c", head=HEAD),
)  # fmt: skip
