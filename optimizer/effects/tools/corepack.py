"""corepack: puts yarn and pnpm in place, in the version that package.json names."""

from __future__ import annotations

import posixpath

from optimizer.effects.bases import replacing_npm
from optimizer.effects.model import NONE, Conditional, Effects, tree, unknown
from optimizer.effects.tool import Command, Kind, Tool, known
from optimizer.effects.tools.node_package import look
from optimizer.effects.tools.node_scripts import NODE_VARIABLES

_BINS = frozenset(
    f"/usr/local/bin/{name}" for name in ("yarn", "yarnpkg", "pnpm", "pnpx", "npm", "npx")
)

_COMPILE_CACHE = "/tmp/node-compile-cache/**"

# Some versions of corepack write a `packageManager` into a package.json that has none
# (COREPACK_ENABLE_AUTO_PIN: 0.29 to 0.32 did, 0.25 and 0.34 did not); a yarn or pnpm that was installed
# otherwise does not. Which of them runs cannot be told from the command.
NO_PIN = "corepack-pins-nothing"


def manager_file(command: Command) -> Effects:
    """What a yarn or pnpm that corepack has put in place reads: the nearest package.json upwards.

    corepack 0.20 to 0.34 go on above it while it has no `packageManager`; .corepack.env beside it.
    """
    folder, nearest, seen = command.cwd, "", NONE
    while True:
        place = posixpath.join(folder, "package.json")
        seen |= look(command.machine, place, posixpath.join(folder, ".corepack.env"))
        text = command.machine.text(place) or ""
        if text and not nearest:
            nearest = place
        if '"packageManager"' in text:
            nearest = ""
            break
        if folder == "/":
            break
        folder = posixpath.dirname(folder)
    home = posixpath.join(command.home(), ".cache/node/corepack/**")
    pinned = not nearest or command.env.get("COREPACK_ENABLE_AUTO_PIN") == "0"
    conditional = frozenset() if pinned else frozenset({Conditional(nearest, NO_PIN)})
    return seen | Effects(
        writes=frozenset({home}), variables=NODE_VARIABLES, conditional=conditional
    )


def effects(command: Command) -> Effects:
    """What a corepack command does."""
    words = [a for a in command.arguments if not a.startswith("-")]
    if not words or not known(*command.arguments, command.cwd):
        return (
            NONE
            if not command.arguments or command.has("--version", "-v")
            else unknown("the words of corepack are not known")
        )
    verb, *names = words
    cache = Effects(
        writes=frozenset(
            {
                tree(posixpath.join(command.home(), ".cache/node/corepack")),
                _COMPILE_CACHE,
            }
        ),
        variables=NODE_VARIABLES,
        seconds=2.0,
    )
    if verb in {"enable", "disable"}:
        return _enable(command)
    if verb in {"prepare", "install", "use", "up", "hydrate", "pack"}:
        return cache | _fetch(command, verb, names)
    if verb.split("@")[0] in {"yarn", "yarnpkg", "pnpm", "pnpx", "npm", "npx"}:
        at = command.arguments.index(verb)
        inner = command.with_words(verb.split("@")[0], *command.arguments[at + 1 :])
        return cache | command.machine.call(inner)
    return unknown(f"corepack {verb} is not a command that dfopt knows")


def _enable(command: Command) -> Effects:
    """Programs named yarn, pnpm ... beside node, or in the folder that is given."""
    given = [
        a.partition("=")[2] for a in command.arguments if a.startswith("--install-directory=")
    ]
    if command.has("--install-directory") and not (given and given[0]):
        return unknown("where corepack installs is not known")
    places = frozenset({tree(command.path(given[0]))}) if given else _BINS | _usr(_BINS)
    return Effects(
        writes=places | replacing_npm(command.arguments), variables=NODE_VARIABLES, seconds=0.5
    )


def _usr(paths: frozenset[str]) -> frozenset[str]:
    """The same where node stands in /usr."""
    return frozenset(p.replace("/usr/local/", "/usr/", 1) for p in paths)


def _fetch(command: Command, verb: str, names: list[str]) -> Effects:
    """`prepare pnpm@8 --activate` needs no project; without a name it reads the nearest package.json."""
    fetched = Effects(network=True, unpinned=True)
    if verb in {"use", "up"}:
        return fetched | unknown(f"corepack {verb} changes package.json and installs")
    if verb in {"hydrate", "pack"}:
        return unknown(f"corepack {verb} is not modelled")
    if names or command.has("-g", "--global", "--all"):
        paths = [n for n in names if n.endswith((".tgz", ".tar.gz"))]
        return fetched | look(command.machine, *map(command.path, paths))
    seen = manager_file(command)
    pinned = any(command.machine.kind(p) is Kind.FILE for p in seen.reads)
    return seen | (Effects(network=True, unpinned=not pinned))


COREPACK = Tool(
    "corepack", ("corepack",), effects, "enable, prepare, install: the packageManager field"
)
