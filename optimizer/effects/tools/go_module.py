"""The module that a go command works in: go.mod, go.work and all that they name."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from optimizer.effects.model import NONE, Conditional, Effects
from optimizer.effects.tool import Command, Kind, exported_lines, known
from optimizer.effects.tools.looking import look

_COMMENT = re.compile(r"//[^\n]*")
_BLOCK = re.compile(r"^\s*(\w+)\s*\((.*?)^\s*\)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Lines:
    """A go.mod or go.work: its directives, blocks taken apart, in order."""

    found: tuple[tuple[str, str], ...]

    def of(self, directive: str) -> Iterator[list[str]]:
        """The words behind each use of a directive."""
        for name, rest in self.found:
            if name == directive:
                yield [word.strip('"`') for word in rest.split()]

    @property
    def module(self) -> str:
        """The path of the module."""
        return next((words[0] for words in self.of("module") if words), "")

    @property
    def version(self) -> tuple[int, ...]:
        """The `go` directive; none is below all."""
        words = next(self.of("go"), [""])
        return tuple(int(n) for n in re.findall(r"\d+", words[0] if words else "")[:2])

    def local_replacements(self) -> Iterator[str]:
        """Folders that stand in for a dependency: `replace a => ../a`."""
        for words in self.of("replace"):
            target = words[words.index("=>") + 1] if "=>" in words[:-1] else ""
            if target.startswith(("./", "../", "/")) or target in {".", ".."}:
                yield target


def read_lines(text: str) -> Lines:
    """A file in go.mod's syntax (go.dev/ref/mod, "Lexical elements")."""
    text = _COMMENT.sub("", text)
    found = []
    for block in _BLOCK.finditer(text):
        found += [(block.group(1), line) for line in block.group(2).splitlines() if line.strip()]
    for line in _BLOCK.sub("", text).splitlines():
        name, _, rest = line.strip().partition(" ")
        if name:
            found.append((name.rstrip("("), rest.strip()))
    return Lines(tuple(found))


@dataclass(frozen=True)
class Module:
    """What a go command finds.

    Attributes:
        folders: The main modules: one, or those of a workspace.
        replaced: Folders of local replacements.
        files: The reads and probes of finding out, with a doubt if it could not be found out.
        main: The go.mod of the working directory's module.
        root: Its folder; "" if there is no module.
        workspace: The go.work in force; "" if there is none.
        hidden: Whether there may be a go.mod or go.work that is not known.
    """

    folders: frozenset[str] = frozenset()
    replaced: frozenset[str] = frozenset()
    files: Effects = NONE
    main: Lines = Lines(())
    root: str = ""
    workspace: str = ""
    hidden: bool = False


def above(folder: str) -> Iterator[str]:
    """The folder and those above it, up to the root."""
    while True:
        yield folder
        if folder == "/":
            return
        folder = posixpath.dirname(folder)


def upward(command: Command, folder: str, *names: str) -> tuple[str | None, Effects]:
    """The nearest of some files, from a folder upwards, and the looking for it."""
    seen = Effects()
    for place in above(folder):
        paths = [posixpath.join(place, name) for name in names]
        seen |= look(command.machine, *paths)
        for path in paths:
            kind = command.machine.kind(path)
            if kind is Kind.FILE:
                return path, seen
            if kind in {Kind.UNKNOWN, Kind.LINK} and _settled(command, place):
                return None, seen.in_doubt(f"whether there is a {path} is not known")
    return None, seen


def _settled(command: Command, place: str) -> bool:
    """Whether what is unknown there counts: nobody keeps a project's file in the root."""
    return place != "/" and not command.machine.complete(place)


def find(command: Command, folder: str, modfile: str | None = None) -> Module:
    """The module of a folder, with its workspace."""
    path, seen = upward(command, folder, "go.mod")
    root = posixpath.dirname(path) if path else ""
    done = Module(files=seen, root=root, hidden=seen.doubt is not None)
    if path:
        done = _with_module(command, done, root, modfile)
    work = command.env.get("GOWORK", "")
    if not known(work):
        return replace(done, files=done.files.in_doubt("the value of GOWORK is not known"))
    if work == "off":
        return done
    if work:
        return _with_workspace(command, done, command.path(work))
    # go 1.18 and later look for a workspace; go.work stands beside go.mod or above it.
    path, seen = upward(command, folder, "go.work")
    done = replace(done, files=done.files | seen, hidden=done.hidden or seen.doubt is not None)
    return _with_workspace(command, done, path) if path else done


def _with_module(command: Command, done: Module, folder: str, modfile: str | None) -> Module:
    """One main module: its go.mod, go.sum and the go.mod of each local replacement."""
    path = modfile or posixpath.join(folder, "go.mod")
    sums = path.removesuffix(".mod") + ".sum"
    seen = look(command.machine, path, sums)
    text = asked(command, path)
    if text is None:
        seen = seen.in_doubt(f"{path} is not known")
    lines = read_lines(text or "")
    return _replaced(
        command,
        replace(
            done,
            folders=done.folders | {folder},
            files=done.files | seen,
            hidden=done.hidden or text is None,
            main=lines if folder == done.root else done.main,
        ),
        folder,
        lines,
    )


def asked(command: Command, path: str) -> str | None:
    """A go.mod, or all that is known of one that go has written: its name and replacements."""
    text = command.machine.text(path)
    return exported_lines(command.machine.mark(path) or "") if text is None else text


def _replaced(command: Command, done: Module, folder: str, lines: Lines) -> Module:
    targets = frozenset(command.path(t, folder) for t in lines.local_replacements())
    seen = look(command.machine, *(posixpath.join(t, "go.mod") for t in targets))
    return replace(done, replaced=done.replaced | targets, files=done.files | seen)


def _with_workspace(command: Command, done: Module, path: str) -> Module:
    """go.work: every module that it uses is a main module."""
    folder = posixpath.dirname(path)
    seen = look(command.machine, path, f"{path}.sum")
    text = command.machine.text(path)
    if text is None:
        seen = seen.in_doubt(f"{path} is not known")
    lines = read_lines(text or "")
    found = replace(
        done, files=done.files | seen, workspace=path, hidden=done.hidden or text is None
    )
    done = _replaced(command, found, folder, lines)
    for words in lines.of("use"):
        if words:
            done = _with_module(command, done, command.path(words[0], folder), None)
    return done


def sums(command: Command, module: Module) -> frozenset[Conditional]:
    """The writes of go.mod and go.sum that rest on their being complete.

    `go mod download` loads the whole module graph and saves what go.mod and go.sum lack for it
    (cmd/go/internal/modcmd/download.go); that nothing is lacking shows only in part without it.
    """
    found = set()
    for folder in module.folders:
        paths = [posixpath.join(folder, name) for name in ("go.mod", "go.sum")]
        text = command.machine.text(paths[0])
        if text is None:
            lacking = f"what {paths[0]} asks for is not known"
            found |= {Conditional(path, "lock-in-sync", lacking) for path in paths}
        lines = read_lines(text or "")
        if any(lines.of("require")):
            lacking = _lacking(lines, command.machine.text(paths[1]) or "")
            found |= {Conditional(path, "lock-in-sync", lacking) for path in paths}
    if module.workspace:
        kind = command.machine.kind(f"{module.workspace}.sum")
        lacking = "" if kind is Kind.FILE else f"there is no {module.workspace}.sum"
        found.add(Conditional(f"{module.workspace}.sum", "lock-in-sync", lacking))
    return frozenset(found)


def _lacking(lines: Lines, text: str) -> str:
    """What a go.mod and its go.sum are known to lack; "" if nothing is."""
    if not any(lines.of("go")):
        return "go.mod has no go directive, which go adds"
    have = {tuple(line.split()[:2]) for line in text.splitlines()}
    replaced = {words[0] for words in lines.of("replace") if words}
    for words in lines.of("require"):
        name, version = (*words, "", "")[:2]
        if name not in replaced and not {(name, version), (name, f"{version}/go.mod")} <= have:
            return f"go.sum lacks a sum of {name}"
    return ""
