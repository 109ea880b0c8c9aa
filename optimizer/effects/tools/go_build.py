"""What `go build` and its kin read of the project, and what they leave."""

from __future__ import annotations

import posixpath
import re

from optimizer.effects.model import Effects, Paths, tree, unknown
from optimizer.effects.tool import Command, Kind, known
from optimizer.effects.tools.c_includes import outside
from optimizer.effects.tools.go_module import Module, above
from optimizer.effects.tools.looking import look, whole_tree
from optimizer.effects.tools.options import Options

# Since go 1.18 a build stamps the state of the checkout that it stands in (`-buildvcs`).
_CHECKOUTS = (".git", ".hg", ".svn", ".bzr", ".fslckout", "_FOSSIL_")
_CGO = re.compile(r"^\s*(?://)?\s*#cgo\s.*$", re.MULTILINE)
_NAMED = re.compile(r"(?:-[IL]\s*|=|\s|:)((?:\$\{SRCDIR\}|\.\.)?/[^\s,;\"']*|\.\.(?=\s|$))")
_MAJOR = re.compile(r"^v\d+$")
# Variables that name folders for the C compiler and pkg-config (gcc, "Environment Variables").
_SEARCHED = ("CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "OBJC_INCLUDE_PATH", "LIBRARY_PATH", "PKG_CONFIG_PATH", "PKG_CONFIG_LIBDIR")
_SYSTEM = ("/usr/", "/lib/", "/opt/")


def sources(
    command: Command, module: Module, options: Options, gopaths: tuple[str, ...]
) -> Effects:
    """All that a build may read: the modules' folders, replacements, the checkout around them."""
    folders = module.folders | module.replaced
    if not module.root and not module.folders:
        # Without a module go works in GOPATH.
        folders = frozenset({command.cwd, *gopaths})
        if not any(command.cwd.startswith(f"{p}/src/") for p in gopaths):
            return module.files.in_doubt(
                "there is no go.mod that go would find from its working directory"
            )
    done = module.files | whole_tree(*folders) | _checkout(command, module, options)
    outside = {o for o in options.operands if o.startswith(("/", "../"))}
    done |= whole_tree(*(_folder_of(command, o) for o in outside if known(o)))
    for name in ("-pgo",):
        value = options.last(name)
        if value and value not in {"auto", "off"} and known(value):
            done |= look(command.machine, command.path(value))
    if not known(
        *options.operands, *(v for n, v in options.given if n not in {"-ldflags", "-tags"})
    ):
        return done.in_doubt("an argument of go is not known")
    return done | _native(command, folders, options)


def _folder_of(command: Command, operand: str) -> str:
    path = command.path(operand.split("...", maxsplit=1)[0])
    return posixpath.dirname(path) if path.endswith(".go") else path


def _checkout(command: Command, module: Module, options: Options) -> Effects:
    """Version control above the module: `git status` looks at the whole checkout."""
    if options.has("-buildvcs=false") or options.last("-buildvcs") == "false":
        return Effects()
    done = Effects()
    for folder in above(module.root or command.cwd):
        for name in _CHECKOUTS:
            path = posixpath.join(folder, name)
            done |= look(command.machine, path)
            if command.machine.kind(path) in {Kind.FILE, Kind.DIRECTORY, Kind.LINK}:
                return done | whole_tree(folder)
    return done


def _native(command: Command, folders: frozenset[str], options: Options) -> Effects:
    """C code may be looked for outside of the module: `#cgo` lines, includes, CGO_CFLAGS, CPATH."""
    texts = [
        v for n, v in options.given if n in {"-ldflags", "-gcflags", "-asmflags", "-gccgoflags"}
    ]
    texts += [v for n, v in command.env.items() if n.startswith("CGO_")]
    named = {(command.cwd, path) for text in texts for path in _NAMED.findall(f" {text}")}
    for name in _SEARCHED:
        named |= {(command.cwd, path) for path in command.env.get(name, "").split(":") if path}
    uses = command.env.get("CGO_ENABLED") != "0"
    for file in (f for folder in folders for f in command.machine.walk(folder) if uses):
        text = (command.machine.text(file) or "") if file.endswith(".go") else ""
        lines = "\n".join(_CGO.findall(text)) if "#cgo" in text else ""
        named |= {(posixpath.dirname(file), path) for path in _NAMED.findall(lines)}
    paths = {command.path(path.replace("${SRCDIR}", folder), folder) for folder, path in named}
    paths = {p for p in paths if known(p) and p != "/"}
    if not uses:
        return whole_tree(*paths)
    searched = {p for p in paths if not f"{p}/".startswith(_SYSTEM)}
    there, missing = outside(command, folders | searched)
    return whole_tree(*paths, *there) | Effects(probes=missing)


def bins(command: Command, gopaths: tuple[str, ...]) -> Paths:
    """Where `go install` puts programs."""
    given = command.env.get("GOBIN", "")
    if given and known(given):
        return frozenset({tree(command.path(given))})
    return frozenset(f"{p}/bin/**" for p in gopaths) | frozenset(f"{p}/pkg/**" for p in gopaths)


def outputs(command: Command, module: Module, options: Options) -> Effects:
    """The file that `go build` leaves: `-o`, or one named after the package."""
    named = options.last("-o")
    if named is None:
        return Effects(writes=_default(command, module, options.operands))
    if not known(named):
        return unknown("where go build writes to is not known")
    path = command.path(named)
    kind = command.machine.kind(path)
    # A C library comes with a header beside it.
    headers = (
        {posixpath.splitext(path)[0] + ".h"}
        if options.last("-buildmode") in {"c-shared", "c-archive"}
        else set()
    )
    whole = named.endswith("/") or kind not in {Kind.FILE, Kind.ABSENT}
    return Effects(
        reads=frozenset({path}),
        writes=frozenset({tree(path) if whole else path, *headers, *_parents(command, path)}),
    )


def _parents(command: Command, path: str) -> frozenset[str]:
    """The folders above a file that go makes if they are not there."""
    return frozenset(
        p
        for p in above(posixpath.dirname(path))
        if p != "/" and command.machine.kind(p) is not Kind.DIRECTORY
    )


def _default(command: Command, module: Module, operands: tuple[str, ...]) -> Paths:
    """`go build ./cmd/server` leaves `server` in the working directory."""
    if not known(*operands) or any("..." in o for o in operands):
        return frozenset({tree(command.cwd)})
    if not operands or operands == (".",):
        inner = posixpath.relpath(command.cwd, module.root) if module.root else "."
        name = module.main.module if inner == "." and module.main.module else command.cwd
    else:
        name = operands[0]
    parts = [p for p in name.rstrip("/").split("/") if p]
    if len(parts) > 1 and _MAJOR.match(parts[-1]):
        parts = parts[:-1]
    last = parts[-1] if parts else "main"
    if last in {".", ".."}:
        return frozenset({tree(command.cwd)})
    return frozenset(
        {command.path(last.removesuffix(".go")), command.path(last.removesuffix(".go") + ".exe")}
    )
