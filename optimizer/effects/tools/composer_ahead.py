"""What composer can do of an install ahead of the sources: all but the autoloader and the scripts.

Measured with composer 2.5.5, with packages of archives, of folders and of git, with and without
`--no-dev`, `-o`, `-a`, `--apcu-autoloader`, `--no-scripts`, `--no-plugins`: the trees after an
install, and after `composer install --no-scripts --no-autoloader` and the install, differ in what
differs between two installs (a name of the autoloader's that is drawn by lot). The scripts behind
the packages run the second time as they would have the first; those that run before them, and for
each of them, meet packages that are there. With `--no-scripts` no plugin is told of a package.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from optimizer.effects.model import Effects, Paths
from optimizer.effects.tool import Command
from optimizer.effects.tools.ahead import offer
from optimizer.effects.tools.looking import words
from optimizer.effects.tools.options import Options

_PART = ("--no-scripts", "--no-autoloader")
_OPTIONS = words(
    "-n --no-interaction -q --quiet -v -vv -vvv --verbose --ansi --no-ansi --no-plugins --no-cache --prefer-dist "
    "--dev --no-dev --no-suggest --no-progress -o --optimize-autoloader -a --classmap-authoritative --apcu-autoloader "
    "--apcu-autoloader-prefix --ignore-platform-reqs --ignore-platform-req -d --working-dir"
) | frozenset(_PART)
_BEFORE = (
    "init command pre-command-run pre-install-cmd pre-operations-exec pre-package-install post-package-install "
    "pre-pool-create pre-file-download post-file-download"
).split()
# A plugin that acts for each package (its 1.0: src/Plugin.php); what others do comes behind them.
_FOR_EACH_PACKAGE = words("phpstan/extension-installer")


def offered(
    done: Effects, command: Command, options: Options, goods: str, scripts: Mapping[str, Any], plugins: Iterable[str],
    into: Paths, seconds: float, variables: Iterable[str],
) -> Effects:  # fmt: skip
    """An install with the part that may be done ahead.

    Args:
        done: What the install does.
        command: It, as it was called.
        options: Its options.
        goods: What it provides: the packages of a lock.
        scripts: Those of the project, by event.
        plugins: Those that are installed.
        into: The folders that it fills.
        seconds: What the packages cost.
        variables: Those that composer looks at.
    """
    rest = tuple(option for option in _PART if not options.has(option))
    early = not options.has("--no-scripts") and any(scripts.get(event) for event in _BEFORE)
    acting = not options.has("--no-plugins") and not _FOR_EACH_PACKAGE.isdisjoint(plugins)
    plain = {name for name, _ in options.given} <= _OPTIONS and len(options.operands) == 1
    if early or acting or not plain or not rest:
        return done
    return offer(
        done, command, rest, goods, carried=command.arguments, into=into, leaves=frozenset(), more="",
        seconds=seconds, variables=variables,
    )  # fmt: skip
