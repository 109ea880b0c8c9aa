"""The poms of a project: modules, parents, and what else reading them reads."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass

from optimizer.effects.model import NONE, Effects
from optimizer.effects.tool import Command, Kind
from optimizer.effects.tools.looking import look, whole_tree

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_MODULE = re.compile(r"<(module|subproject)>\s*([^<]+?)\s*</\1>")
_PARENT = re.compile(r"<parent>(.*?)</parent>", re.DOTALL)
_RELATIVE = re.compile(r"<relativePath>\s*([^<]*?)\s*</relativePath>|(<relativePath\s*/>)")
_BASE = re.compile(r"^\$\{(?:project\.)?basedir\}/?|^/?\$\{(?:project\.)?basedir\}/?")
_NAMED = re.compile(
    r"<(?:systemPath|exists|missing)>\s*([^<]+?)\s*</|<url>\s*file:(?://)?([^<]+?)\s*</url>"
)
_MOST = 500


@dataclass(frozen=True)
class Poms:
    """The poms of a project.

    Attributes:
        effects: What reading them reads.
        texts: Path -> text, without comments.
        folders: Where the modules are.
    """

    effects: Effects
    texts: Mapping[str, str]
    folders: frozenset[str]


def gather(command: Command, start: str, *, optional: bool) -> Poms:
    """The closure of modules and parents, and `.mvn` above them."""
    done, queue, seen = NONE, [start], dict[str, str]()
    modules = {start}
    folder = posixpath.dirname(start)
    while True:
        inner = posixpath.join(folder, ".mvn")
        found = look(command.machine, inner)
        done |= found | whole_tree(*found.reads)
        if found.reads or folder == "/":
            break
        folder = posixpath.dirname(folder)
    for name in ("maven.config", "extensions.xml"):
        if any(f.endswith(f"/.mvn/{name}") for f in command.machine.walk(inner)):
            done = done.in_doubt(f"what .mvn/{name} tells is not modelled")
    while queue and len(seen) < _MOST:
        path = queue.pop()
        if path in seen:
            continue
        seen[path] = ""
        done |= look(command.machine, path)
        text = command.machine.text(path)
        if text is None:
            if (path == start and not optional) or command.machine.kind(path) is not Kind.ABSENT:
                done = done.in_doubt(f"{path} is not known")
            continue
        seen[path] = _COMMENT.sub("", text)
        inner_modules, parents, inner_effects = _pom(command, path, seen[path])
        done |= inner_effects
        if path in modules:
            modules |= set(inner_modules)
        queue += (*inner_modules, *parents)
    texts = {path: text for path, text in seen.items() if text}
    return Poms(done, texts, frozenset(posixpath.dirname(m) for m in modules))


def _pom(command: Command, path: str, text: str) -> tuple[list[str], list[str], Effects]:
    """The modules and the parents that a pom names, and what it reads."""
    folder, done = posixpath.dirname(path), NONE
    queue, parents = list[str](), list[str]()
    for _, module in _MODULE.findall(text):
        place = command.path(module, folder)
        done = done.in_doubt(f"{path} names the module {module}") if "${" in module else done
        queue.append(place if place.endswith(".xml") else posixpath.join(place, "pom.xml"))
    parent = _PARENT.search(text)
    if parent:
        relative = _RELATIVE.search(parent.group(1))
        named = (relative.group(1) or "") if relative else "../pom.xml"
        if named:
            place = command.path(named, folder)
            parents.append(place if place.endswith(".xml") else posixpath.join(place, "pom.xml"))
    for one, other in _NAMED.findall(text):
        place = _BASE.sub("", one or other)
        if "${" in place:
            done = done.in_doubt(f"{path} names {one or other}, which is not resolved")
        else:
            found = look(command.machine, command.path(place, folder))
            done |= found | whole_tree(*found.reads)
    return queue, parents, done
