"""esbuild: bundles from its entry points, by the command line alone: there it has no plugins.

It reads the folders of the entry points, what these import from elsewhere, node_modules, and the
package.json, tsconfig.json and jsconfig.json above each; measured (strace) with 0.8.57, 0.12.29,
0.14.54, 0.17.19, 0.21.5 and 0.28.2. A server, a watcher and a script that calls it are doubts.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field

from optimizer.effects.model import Effects, Paths, covers, tree, unknown
from optimizer.effects.tool import ANY, GLOB, Command, Kind, Tool, known
from optimizer.effects.tools.esbuild_imports import Asked, read
from optimizer.effects.tools.looking import words

# What these say is of what is printed, and of how the result looks.
_PLAIN = words(
    "abs-paths allow-overwrite analyze asset-names avoid-tdz banner bundle charset chunk-names color "
    "conditions define drop drop-labels entry-names error-limit external footer format global-name "
    "ignore-annotations inject alias jsx jsx-dev jsx-factory jsx-fragment jsx-import-source jsx-side-effects "
    "keep-names legal-comments line-limit loader log-level log-limit log-override main-fields mangle-cache "
    "mangle-props mangle-quoted metafile minify minify-identifiers minify-syntax minify-whitespace "
    "out-extension outbase outdir outfile packages platform preserve-symlinks public-path pure reserve-props "
    "resolve-extensions source-root sourcefile sourcemap sources-content splitting supported target "
    "tree-shaking tsconfig"
)  # fmt: skip
# Of Node itself; one of these names is a package where the result is for a browser.
_BUILTIN = words(
    "assert async_hooks buffer child_process cluster crypto dns events fs fs/promises http http2 https module "
    "net os path perf_hooks process querystring readline stream string_decoder timers tls tty url util v8 vm "
    "worker_threads zlib"
)  # fmt: skip
_ABOUT = words("--version --help -h")
_NAMES = words("asset-names chunk-names entry-names")
_OPTION = re.compile(r"--([a-z-]+)(?:[=:](.*))?", re.DOTALL)
# An own pattern of esbuild's begins here (0.19).
_MAGIC = re.compile(r"[*" + GLOB + "]")
# By these a result may have a file beside it, of any name.
_BESIDE = re.compile(r"=(?:file|copy)$")


@dataclass(frozen=True)
class _Line:
    """A command line, taken apart: the entry points, and option -> its values."""

    entries: tuple[str, ...]
    given: dict[str, list[str]] = field(default_factory=dict)

    def last(self, name: str) -> str:
        return self.given.get(name, [""])[-1]

    def on(self, name: str) -> bool:
        return name in self.given and self.last(name) != "false"


def effects(command: Command) -> Effects:
    """What a run of esbuild reads and writes."""
    if command.arguments and set(command.arguments) <= _ABOUT:
        return Effects(variables=frozenset({"*"}), seconds=0.5)
    line = _taken_apart(command.arguments)
    if isinstance(line, str):
        return unknown(line)
    if not line.entries:
        return unknown("esbuild bundles what it is given on its standard input")
    if not known(command.cwd) or any(ANY in w for w in command.arguments):
        return unknown("what esbuild bundles is not known")
    if command.env.get("NODE_PATH"):
        return unknown("NODE_PATH leads esbuild to packages elsewhere")
    if line.last("jsx-import-source").startswith((".", "/")):
        return unknown("esbuild takes its JSX from a file of the project")
    if any(".." in v for name in ("", *_NAMES) for v in line.given.get(name, ())):
        return unknown("esbuild is told to write outside of its folder")
    outputs = _outputs(command, line)
    asked = _asked(command, line)
    done = read(command, asked)
    if done.doubt:
        return done
    kept = frozenset(command.path(f) for f in line.given.get("mangle-cache", ()))
    # What was written before is read: where it is the same, it is left alone.
    # 0.8 knows no `name=path`, and looks for a file of this name.
    named = (w for w in command.arguments if "=" in w and not w.startswith("-"))
    return done | Effects(
        reads=outputs | kept,
        probes=frozenset(command.path(posixpath.dirname(w)) for w in named),
        writes=outputs | kept | {command.path(f) for f in line.given.get("metafile", ())},
        generated=_generated(command, line, asked.folders),
        variables=frozenset({"*"}),
        seconds=1.0,
    )


def _taken_apart(arguments: tuple[str, ...]) -> _Line | str:
    """The command line; or why it isn't known what it does."""
    entries, given = list[str](), dict[str, list[str]]()
    for word in arguments:
        if not word.startswith("-"):
            # `name=path`: where the result goes, and the entry point.
            name, _, path = word.rpartition("=")
            entries.append(path)
            given.setdefault("", []).append(name)
            continue
        option = _OPTION.fullmatch(word)
        if option is None or option[1] not in _PLAIN:
            named = word.split("=")[0].split(":")[0]
            return f"esbuild {named} reads the project's sources" if known(named) else "a word of esbuild"
        given.setdefault(option[1], []).append(option[2] or "")
    return _Line(tuple(entries), given)


def _asked(command: Command, line: _Line) -> Asked:
    """What is looked for, and how."""
    folders = frozenset(command.path(posixpath.dirname(_MAGIC.split(e)[0])) for e in line.entries)
    aliases = [v.partition("=")[2] for v in line.given.get("alias", ())]
    aliases = [v for v in aliases if v.startswith((".", "/"))]
    return Asked(
        folders=folders,
        files=frozenset(command.path(v) for v in (*line.given.get("inject", ()), *aliases)),
        configs=frozenset(command.path(f) for f in line.given.get("tsconfig", ())),
        loaders=frozenset(v.partition("=")[0] for v in line.given.get("loader", ())),
        ends=tuple(e for v in line.given.get("resolve-extensions", ()) for e in v.split(",")),
        bundle=line.on("bundle"),
        maps=line.on("sourcemap"),
        packages=line.last("packages") != "external",
        external=frozenset(line.given.get("external", ())) | (_BUILTIN if line.last("platform") == "node" else frozenset()),
    )


def _outputs(command: Command, line: _Line) -> frozenset[str]:
    """Where the result may go."""
    if folder := line.last("outdir"):
        return frozenset({tree(command.path(folder))})
    if not (file := line.last("outfile")):
        return frozenset()
    path = command.path(file)
    if "out-extension" in line.given or any(map(_BESIDE.search, line.given.get("loader", ()))):
        return frozenset({tree(posixpath.dirname(path))})
    stem = posixpath.splitext(path)[0]
    each = {path, f"{stem}.css"}
    return frozenset(f"{p}{end}" for p in each for end in ("", ".map", ".LEGAL.txt"))


def _generated(command: Command, line: _Line, folders: Paths) -> frozenset[str]:
    """What a developer's machine may hold as well; never a folder with sources in it."""
    named = line.last("outdir") or line.last("outfile")
    if not named or any(covers(tree(command.path(named)), f) for f in folders):
        return frozenset()
    path = command.path(named)
    folder = posixpath.dirname(path)
    if line.last("outdir") or command.machine.kind(folder) is Kind.ABSENT:
        return frozenset({path if line.last("outdir") else folder})
    # Beside files of the project.
    return frozenset({path, f"{path}.map"} if line.on("sourcemap") else {path})


ESBUILD = Tool("esbuild", ("esbuild",), effects, "the folders of its entry points, and what these import")
