"""puppeteer's install script: it puts a browser where the settings of the project say.

Traced (19.11, 21.11, 24) and read: the settings are looked for upwards from the package, by
cosmiconfig; without any the browser goes to `~/.cache/puppeteer`. 18 and earlier keep it in the package.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from optimizer.effects.model import Effects, tree
from optimizer.effects.tool import Command, clean
from optimizer.effects.tools.looking import upwards
from optimizer.effects.tools.node import pure_code
from optimizer.effects.tools.node_package import Project, in_folder, look
from optimizer.effects.tools.yarn_rc import yaml_object

_ENDS = ("json", "yaml", "yml", "js", "ts", "mjs", "cjs", "mts", "cts")
_NAMES = (
    ".puppeteerrc", *(f".puppeteerrc.{e}" for e in _ENDS), *(f"puppeteer.config.{e}" for e in _ENDS),
    *(f".config/puppeteerrc{e}" for e in ("", *(f".{e}" for e in _ENDS))),
)  # fmt: skip
_KEY = "cacheDirectory"
_CODE = re.compile(r"\.[cm]?[jt]s$")
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
# `cacheDirectory: join(__dirname, '.cache', 'puppeteer')`, as puppeteer's documentation shows it; or a text.
_PLACE = re.compile(
    _KEY + r"""['"]?\s*:\s*(?:(?:path\.)?join\(__dirname((?:\s*,\s*['"][^'"]+['"])+)\s*\)|(['"][^'"]+['"]))\s*[,}]"""
)
_LITERAL = re.compile(r"""['"]([^'"]+)['"]""")


def puppeteer_install(command: Command, project: Project) -> Effects:
    """The settings that it reads, and the browser that it leaves beside them."""
    names = (p for folder in upwards(project.root.folder) for p in in_folder(folder, _NAMES))
    seen = look(command.machine, *names)
    if _KEY in str(project.root.data.get("puppeteer")):
        return seen.in_doubt(f"where puppeteer puts a browser, {project.root.file} says")
    for path in sorted(seen.reads):
        places = _in_code(command, path) if _CODE.search(path) else _in_table(command, path)
        if places is None:
            return seen.in_doubt(f"what puppeteer does, {path} says")
        named = (clean(posixpath.join(posixpath.dirname(path), place)) for place in places)
        seen |= Effects(writes=frozenset(map(tree, named)))
    return seen


def _in_code(command: Command, path: str) -> Iterable[str] | None:
    """The folder that a program names; None if it is not as plain as that."""
    code = _COMMENT.sub("", command.machine.text(path) or "process")
    found = _PLACE.findall(code)
    if not pure_code(code) or "process" in code or code.count(_KEY) != len(found):
        return None
    return ["/".join(_LITERAL.findall(parts or text)) for parts, text in found]


def _in_table(command: Command, path: str) -> Iterable[str] | None:
    """The folder that JSON or YAML names."""
    value, seen = yaml_object(command, path)
    place = value.get(_KEY, "")
    if seen.doubt or not isinstance(place, str):
        return None
    return [place] if place else []
