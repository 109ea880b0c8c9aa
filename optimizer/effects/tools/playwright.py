"""playwright install: browsers into a cache, and the packages that these need.

Traced (1.48): it opens nothing of the project, neither package.json nor playwright.config.ts,
.env or tsconfig.json; only its own package and the cache. The command of the Python package is
the same program.
"""

from __future__ import annotations

import posixpath

from optimizer.effects.model import Effects, tree, unknown
from optimizer.effects.tool import Command, Tool, known
from optimizer.effects.tools.node_bins import modules
from optimizer.effects.tools.node_scripts import NODE_VARIABLES
from optimizer.effects.tools.options import split

_FLAGS = frozenset("--with-deps --force --only-shell --no-shell --dry-run --list".split())
# What it hands to apt-get (on Debian and Ubuntu, the systems that it knows).
_PACKAGES = "apt-get update && apt-get install -y --no-install-recommends xvfb"
# What its sources name (1.20, 1.48, 1.56), and what node and npm observe.
_OBSERVED = NODE_VARIABLES | {"PLAYWRIGHT_*", "PW*", "SELENIUM_*", "DEBUG*", "MAX_LOG_LENGTH", "DOTENV_KEY"}


def effects(command: Command) -> Effects:
    """What `playwright install` and `playwright install-deps` do."""
    verb, *words = command.arguments or ("",)
    if not known(*command.arguments) or verb not in {"install", "install-deps"}:
        return unknown(f"playwright {verb if known(verb) else '?'} reads the project's sources")
    options = split(tuple(words), _FLAGS)
    if options.unknown:
        return unknown(f"playwright {verb} {options.unknown} is not modelled")
    done = modules(command)
    if verb == "install-deps" or options.has("--with-deps"):
        done |= command.machine.run(_PACKAGES, command)
    return done if verb == "install-deps" else done | _browsers(command)


def _browsers(command: Command) -> Effects:
    moved = command.env.get("PLAYWRIGHT_BROWSERS_PATH")
    cache = command.env.get("XDG_CACHE_HOME") or posixpath.join(command.home(), ".cache")
    place = command.path(moved or posixpath.join(cache, "ms-playwright"))
    if moved == "0":
        place = command.path("node_modules")
    elif moved is not None and not known(place):
        return unknown("where playwright puts its browsers is not known")
    return Effects(
        writes=frozenset({tree(place), "/tmp/playwright-**"}),
        variables=_OBSERVED,
        network=True,
        seconds=25.0,
    )


PLAYWRIGHT = Tool(
    "playwright",
    ("playwright",),
    effects,
    "install, install-deps: browsers and their packages; what it tests is a doubt",
)
