"""What the official PHP image brings to build extensions (docker-php-ext-*, by their scripts), and pecl; php."""

from __future__ import annotations

import re
from dataclasses import replace

from optimizer.effects.model import Effects, unknown
from optimizer.effects.tool import ANY, Command, Tool, known, origin
from optimizer.effects.tools.installers import piped
from optimizer.effects.tools.managers import system
from optimizer.effects.tools.paths import read_below

# The scripts change to /usr/src/php/ext and run phpize, configure and make there; on Alpine they
# fetch the build's packages. Compilers and make look at these.
_OBSERVED = frozenset(
    "PHP* CFLAGS CPPFLAGS CXXFLAGS LDFLAGS CC CXX CPP MAKEFLAGS MAKE PKG_CONFIG* LIBS IPE_* "
    "PEAR* NPROC".split()
)
_SOURCES = frozenset({"/usr/src/php**"})


def _extensions(command: Command) -> Effects:
    """Extensions of PHP's own sources; one given by a path is built there."""
    paths = [w for w in command.arguments if w.startswith(("/", "./", "../"))]
    own = read_below(command, paths).reads
    fetches = command.name in {
        "install-php-extensions",
        "pecl",
        "pear",
        "docker-php-source",
        "docker-php-ext-install",
    }
    return system(
        network=fetches, unpinned=fetches and command.name != "docker-php-ext-install", seconds=30
    ) | Effects(
        reads=_SOURCES | own, writes=_SOURCES | own | {"/root/.pearrc"}, variables=_OBSERVED
    )


def _enabled(_: Command) -> Effects:
    """An .ini file below the settings of PHP."""
    return system(seconds=0.5) | Effects(variables=_OBSERVED)


# Other settings name files: `auto_prepend_file`, `extension`, `open_basedir`.
_HARMLESS = re.compile(r"(memory_limit|allow_url_fopen|display_errors|error_reporting)=")


def _php(command: Command) -> Effects:
    """A script from its standard input; php's command line looks for settings in no working directory."""
    words = list(command.arguments)
    while words[:1] == ["-d"] and len(words) > 1 and _HARMLESS.match(words[1]):
        words = words[2:]
    if command.arguments in {("-v",), ("--version",), ("-m",), ("-i",)}:
        return Effects(variables=_OBSERVED)
    if command.origin and (not words or words[0] == "--"):
        return piped(replace(command, arguments=tuple(words[1:])), command.origin)
    address = origin(command.machine.mark(command.path(words[0])) or "") if words and known(*words) else ""
    if address and not words[0].startswith("-"):
        read_one = Effects(reads=frozenset({command.path(words[0])}))
        return read_one | piped(replace(command, arguments=tuple(words[1:])), address)
    return unknown(f"php {' '.join(command.arguments)} runs a program of its own".replace(ANY, "?"))


PHP_TOOLS: tuple[Tool, ...] = (
    Tool("php", ("php",), _php, "well-known scripts on its standard input; all else is a doubt"),
    Tool(
        "docker-php-ext-install",
        (
            "docker-php-ext-install",
            "docker-php-ext-configure",
            "docker-php-source",
            "install-php-extensions",
            "pecl",
            "pear",
        ),
        _extensions,
        "PHP extensions",
    ),
    Tool(
        "docker-php-ext-enable",
        ("docker-php-ext-enable", "docker-php-ext-disable", "php-ext-enable", "php-ext-disable"),
        _enabled,
        "settings of PHP",
    ),
)
