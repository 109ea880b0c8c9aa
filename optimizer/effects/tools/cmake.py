"""cmake: configures and builds a project; the makefiles that it writes are followed by its own files.

Options by cmake(1) (3.25). What was configured is kept as the content of CMakeCache.txt, by which a
later `cmake --build` or `make` knows the project.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from optimizer.effects.model import Effects, tree, unknown
from optimizer.effects.tool import ANY, Command, Tool, known
from optimizer.effects.tools.cmake_project import project
from optimizer.effects.tools.looking import words
from optimizer.effects.tools.options import split

_FLAGS = words(
    "-Wno-dev -Wdev -Wdeprecated -Wno-deprecated --no-warn-unused-cli --warn-uninitialized "
    "--fresh --log-context --debug-output"
)
_VALUED = words("-S -B -D -G -A -T -U --install-prefix --toolchain --log-level")
_BUILD_FLAGS = words("--clean-first -v --verbose --use-stderr")
_BUILD_VALUED = words("-t --target --config -j --parallel")
# Targets that start what was built, or are described elsewhere (ctest, cpack).
_OWN = words("test RUN_TESTS Experimental Nightly Continuous package package_source dist")
_CACHE = "# dfopt\nCMAKE_HOME_DIRECTORY:INTERNAL={}\nCMAKE_INSTALL_PREFIX:PATH={}\n"


def effects(command: Command) -> Effects:
    """What a cmake command does."""
    first = command.arguments[0] if command.arguments else "--help"
    if not known(command.cwd):
        return unknown("the directory that cmake runs in is not known")
    if first in {"--version", "-version", "--help", "-h"}:
        return Effects(seconds=0.1)
    if first == "--build":
        return _build(command)
    if first == "--install":
        return _install(command)
    if first.startswith(("-E", "-P", "-C", "-N", "-L", "--open", "--find-package", "--workflow")):
        return unknown(f"cmake {first} is not modelled")
    return _configure(command)


def _configure(command: Command) -> Effects:
    # `-Wno-dev`, `-DA=b` and `-Sdir` are clusters of nothing.
    joined = [re.sub(r"^(-[SBDGATU])(?=.)", r"\1=", a) if a not in _FLAGS else a for a in command.arguments]
    options = split(tuple(joined), _FLAGS, _VALUED)
    if options.unknown:
        return unknown(f"cmake's option {options.unknown} is not modelled".replace(ANY, "?"))
    places = [*options.values("-S", "-B"), *options.operands]
    if not known(*places) or len(options.operands) > 1:
        return unknown("an argument of cmake is not known")
    given = {}
    for value in options.values("-D"):
        name, _, text = value.partition("=")
        given[name.partition(":")[0]] = text
    toolchain = given.get("CMAKE_TOOLCHAIN_FILE") or command.env.get("CMAKE_TOOLCHAIN_FILE")
    if toolchain or options.has("--toolchain"):
        return unknown("a toolchain file is not modelled")
    at = options.operands[0] if options.operands else "."
    build = command.path(options.last("-B") or ".")
    source = command.path(options.last("-S") or at)
    prefix = given.get("CMAKE_INSTALL_PREFIX") or options.last("--install-prefix") or "/usr/local"
    found = project(command, source, build, given)
    text = _CACHE.format(source, prefix)
    cache = posixpath.join(build, "CMakeCache.txt")
    return replace(found, seconds=5.0, contents=() if found.doubt else ((cache, text),))


def configured(command: Command, build: str) -> tuple[str, str] | None:
    """(source folder, install prefix) of a build folder that a `cmake` has set up."""
    text = command.machine.text(posixpath.join(build, "CMakeCache.txt")) or ""
    found = re.fullmatch(r"# dfopt\n[A-Z_]+:INTERNAL=(.*)\n[A-Z_]+:PATH=(.*)\n", text)
    return (found.group(1), found.group(2)) if found else None


def made(command: Command, build: str, targets: tuple[str, ...]) -> Effects:
    """What building targets does; `install` copies to the prefix."""
    setup = configured(command, build)
    if setup is None:
        return unknown(f"what was configured in {build} is not known")
    source, prefix = setup
    if own := _OWN & set(targets):
        return unknown(f"the target {min(own)} runs the project's own programs")
    installs = any("install" in target for target in targets)
    if installs and (not known(prefix) or command.env.get("DESTDIR")):
        return unknown("where cmake installs to is not known")
    done = project(command, source, build, {}, installs=installs) | Effects(seconds=90.0)
    if installs:
        done |= Effects(writes=frozenset({tree(command.path(prefix))}))
    cache = posixpath.join(build, "CMakeCache.txt")
    return replace(done, contents=() if done.doubt else ((cache, _CACHE.format(source, prefix)),))


def _build(command: Command) -> Effects:
    words_of = list(command.arguments[1:])
    words_of = words_of[: words_of.index("--")] if "--" in words_of else words_of
    options = split(tuple(words_of), _BUILD_FLAGS, _BUILD_VALUED)
    if options.unknown or len(options.operands) != 1 or not known(options.operands[0]):
        return unknown("the words of cmake --build are not known")
    return made(command, command.path(options.operands[0]), options.values("-t", "--target"))


def _install(command: Command) -> Effects:
    options = split(command.arguments[1:], frozenset({"--strip", "-v"}), words("--prefix --config --component"))  # fmt: skip
    if options.unknown or len(options.operands) != 1 or not known(options.operands[0]):
        return unknown("the words of cmake --install are not known")
    build = command.path(options.operands[0])
    prefix = options.last("--prefix")
    done = made(command, build, ("install",))
    if prefix is not None:
        if not known(prefix):
            return unknown("where cmake installs to is not known")
        done |= Effects(writes=frozenset({tree(command.path(prefix))}))
    return done


CMAKE = Tool(
    "cmake",
    ("cmake",),
    effects,
    "configure, --build, --install: all below the source folder, and what its files name outside",
)
