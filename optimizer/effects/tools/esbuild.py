"""esbuild on a command line: its entry points, and what they import. It takes no plugins there.

Measured (0.8, 0.17, 0.28, strace and removal): beside the sources it reads package.json and tsconfig.json in each
folder of a source and above, with what the latter extends, and node_modules; a source map that a source
names, where it writes one itself; for `import("./pages/" + name)` the folder. Of a folder that it lists
only the names count that an import may mean.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from optimizer.effects.model import Effects, Paths, covers, tree, unknown
from optimizer.effects.tool import Command, Kind, Machine, Tool, known
from optimizer.effects.tools import tsconfig
from optimizer.effects.tools.looking import look, upwards, words
from optimizer.effects.tools.tsc_imports import imports, manifests, outside

_OPTION = re.compile(r"--([a-z][a-z-]*)(?:[:=](.*))?", re.DOTALL)
# Options that neither name a file nor keep it running.
_PLAIN = words("""
    allow-overwrite analyze asset-names banner bundle charset chunk-names color conditions define drop drop-labels
    entry-names external footer format global-name ignore-annotations jsx jsx-dev jsx-factory jsx-fragment
    jsx-side-effects keep-names legal-comments line-limit loader log-level log-limit log-override
    main-fields minify minify-identifiers minify-syntax minify-whitespace out-extension packages platform pure
    source-root sourcemap sources-content splitting supported target tree-shaking
""")
_FILES = words("inject metafile outbase outdir outfile tsconfig")
# What comes with `--outfile=x.js`, where no file is taken over as it is.
_WITH = (".js", ".js.map", ".js.LEGAL.txt", ".css", ".css.map", ".css.LEGAL.txt")
_ENTRY = re.compile(r"[\w./@-]+=(?=.)")  # `name=src/index.ts`
_PATTERN = re.compile(r"[*?\[{]")
_PNP = (".pnp.data.json", ".pnp.cjs", ".pnp.js")
_TEXT = re.compile(r"\.(?:[cm]?[jt]sx?|json|css)$")
# In a style sheet `a.css` is `./a.css`; a source map may be named in any text.
_STYLE = re.compile(r"""(?:@import\s+|\burl\()\s*["']?([^"')\s;]+)""")
_MAP = re.compile(r"[#@] sourceMappingURL=(\S+)")
_ELSEWHERE = re.compile(r"[a-zA-Z][\w+.-]*:|//|#")
_FAR = frozenset({"baseUrl", "paths", "rootDirs"})


def effects(command: Command) -> Effects:
    """What a build reads and writes."""
    if not known(command.cwd, *command.arguments):
        return unknown("what esbuild builds is not known")
    given = [m for word in command.arguments if (m := _OPTION.fullmatch(word))]
    options = {m[1]: m[2] or "" for m in given}
    entries = [_ENTRY.sub("", w) for w in command.arguments if not w.startswith("-")]
    strange = [w for w in command.arguments if w.startswith("-") and not _OPTION.fullmatch(w)]
    strange += [f"--{name}" for name in options.keys() - _PLAIN - _FILES]
    if strange or not entries:
        return unknown(f"{' '.join(['esbuild', *strange[:1]])} reads the project's sources")
    if "NODE_PATH" in command.env:
        return unknown("esbuild may find modules where NODE_PATH says")
    written = _written(command, options)
    if isinstance(written, Effects):
        return written
    injected = [m[2] for m in given if m[1] == "inject"]
    inside = frozenset(_place(command, word) for word in [*entries, *injected])
    done = _around(command, inside, options.get("tsconfig"))
    if not done.doubt:
        done |= _sources(command.machine, inside, bundled="bundle" in options)
    if done.doubt:
        return done
    return done | Effects(
        reads=inside | written | frozenset(_modules(inside)),
        writes=written,
        generated=frozenset(path.removesuffix("/**") for path in written if path.endswith("/**")),
        variables=frozenset({"*"}),
        seconds=2.0,
    )


def _place(command: Command, word: str) -> str:
    """What is taken as read for an entry point: its folder with all below, if that is not the project's."""
    plain = _PATTERN.split(word)[0]
    path = command.path(plain or ".")
    folder = path if plain != word and plain.endswith("/") else posixpath.dirname(path)
    own = plain == word and command.machine.kind(path) is Kind.FILE and covers(tree(folder), command.cwd)
    return path if own else tree(folder)


def _written(command: Command, options: dict[str, str]) -> Paths | Effects:
    """Where the result goes: maps, styles and assets come beside it."""
    found = {command.path(options["metafile"])} if "metafile" in options else set()
    for name in options.keys() & {"outdir", "outfile"}:
        path = command.path(options[name])
        folder = path if name == "outdir" else posixpath.dirname(path)
        if name == "outfile" and command.machine.kind(folder) is not Kind.ABSENT and "loader" not in options:
            stem = posixpath.splitext(path)[0]
            found |= {path, f"{path}.map", *(stem + end for end in _WITH)}
        elif covers(tree(folder), command.cwd):
            return unknown(f"esbuild writes beside the project's files: {options[name]}")
        else:
            found.add(tree(folder))
    return frozenset(found)


def _around(command: Command, inside: Paths, named: str | None) -> Effects:
    """The settings in the folders of the sources and above."""
    machine = command.machine
    above = {folder for path in inside for folder in _above(path)}
    within = {f for place in inside if place.endswith("/**") for f in machine.walk(place.removesuffix("/**"))}
    seen = look(machine, *(posixpath.join(f, name) for f in above for name in _PNP))
    if seen.reads:
        return seen.in_doubt("esbuild finds modules by Plug'n'Play")
    manifest = {posixpath.join(f, "package.json") for f in above} | {p for p in within if p.endswith("/package.json")}
    seen |= manifests(machine, sorted(manifest), "esbuild")
    settings = {posixpath.join(f, "tsconfig.json") for f in above} | {p for p in within if p.endswith("/tsconfig.json")}
    seen |= look(machine, *settings)
    there = sorted(s for s in settings if machine.kind(s) is not Kind.ABSENT)
    for file in [*there, *([command.path(named)] if named else [])]:
        found = tsconfig.settings(command, file)
        if isinstance(found, Effects):
            return seen | found
        values, read = found
        seen |= read
        far = sorted(_FAR & values.keys())
        if far or str(values.get("jsxImportSource", "")).startswith("."):
            return seen.in_doubt(f"{file} sets {(*far, 'jsxImportSource')[0]}, which leads imports elsewhere")
    return seen


def _above(path: str) -> tuple[str, ...]:
    return upwards(path.removesuffix("/**") if path.endswith("/**") else posixpath.dirname(path))


def _modules(inside: Iterable[str]) -> Iterator[str]:
    for path in inside:
        yield from (tree(posixpath.join(folder, "node_modules")) for folder in _above(path))


def _sources(machine: Machine, inside: Paths, *, bundled: bool) -> Effects:
    """What the sources import from elsewhere."""
    files: list[str] = []
    for place in inside:
        folder = place.removesuffix("/**")
        if machine.kind(folder) is Kind.UNKNOWN or not machine.complete(folder):
            return unknown(f"what stands in {folder} is not known")
        files += machine.walk(folder) if place.endswith("/**") else [place]
    texts = [path for path in files if _TEXT.search(path)]
    named, beside = _named if bundled else _mapped, ("package.json", "tsconfig.json")
    return outside(machine, texts, inside, "esbuild", named=named, beside=beside)


def _named(path: str, text: str) -> Iterator[tuple[str, str]]:
    """What a source imports."""
    yield from _mapped(path, text)
    if not path.endswith(".css"):
        yield from imports(path, text)
        return
    for word in _STYLE.findall(text):
        if not _ELSEWHERE.match(word):
            yield word, posixpath.normpath(posixpath.join(posixpath.dirname(path), word))


def _mapped(path: str, text: str) -> Iterator[tuple[str, str]]:
    """The source map that a source names."""
    for word in _MAP.findall(text):
        if not _ELSEWHERE.match(word):
            yield word, posixpath.normpath(posixpath.join(posixpath.dirname(path), word))


ESBUILD = Tool("esbuild", ("esbuild",), effects, "its entry points, and what they import")
