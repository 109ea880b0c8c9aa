"""Programs of node_modules that patch other packages there."""

from __future__ import annotations

import re

from optimizer.effects.model import Effects, tree, unknown
from optimizer.effects.tool import Command, Kind, Tool, known
from optimizer.effects.tools.node_bins import modules
from optimizer.effects.tools.node_package import in_folder, look

# The files of a patch, and the package that one of them is of.
_CHANGED = re.compile(r"^(?:--- a/|\+\+\+ b/|rename (?:from|to) )(\S+)", re.MULTILINE)
_PACKAGE = re.compile(r"(?:.*/)?node_modules/(?:@[^/]+/)?[^/]+/")
# What semantic-ui-css-patch looks for and mends: one of these packages.
_STYLES = "semantic-ui-less fomantic-ui-less semantic-ui-css fomantic-ui-css semantic-ui-offline".split()


def patch_package(command: Command) -> Effects:
    """Puts patches/ onto node_modules (8.0 measured: it reads every patch, package.json and the lock)."""
    words, folder = list(command.arguments), "patches"
    while words:
        word = words.pop(0)
        if word == "--patch-dir" and words:
            folder = words.pop(0)
        elif word.startswith("--patch-dir="):
            folder = word.partition("=")[2]
        elif word not in {
            "--use-yarn",
            "--error-on-fail",
            "--error-on-warn",
            "--shrinkwrap",
            "--reverse",
        }:
            return unknown(f"patch-package {word} makes or changes a patch")
    if not known(folder):
        return unknown("the folder of patch-package is not known")
    place = command.path(folder)
    there = command.machine.kind(place) is not Kind.ABSENT
    patches = (
        Effects(reads=frozenset({tree(place)})) if there else Effects(probes=frozenset({place}))
    )
    files = ("package.json", "yarn.lock", "package-lock.json", "npm-shrinkwrap.json")
    seen = look(command.machine, *in_folder(command.cwd, files))
    return (
        modules(command)
        | patches
        | seen
        | _patched(command, place)
        | Effects(variables=frozenset({"CI", "PATCH_PACKAGE_*", "*"}))
    )


def _patched(command: Command, place: str) -> Effects:
    """The packages that the patches are for; all that is installed where a patch cannot be read.

    A patch is put on from where patch-package is started, whatever its file is called, and a state
    file is written into the package (8.0).
    """
    files = [f for f in command.machine.walk(place) if f.endswith(".patch")]
    texts = [command.machine.text(f) for f in files]
    if not command.machine.complete(place) or None in texts:
        return Effects(writes=frozenset({command.path("node_modules/**")}))
    paths = {path for text in texts for path in _CHANGED.findall(text or "")}
    packages = {found[0] if (found := _PACKAGE.match(path)) else path for path in paths}
    if foreign := sorted(p for p in packages if not _PACKAGE.match(p + "/")):
        return unknown(f"a patch changes {foreign[0]}, which is no package")
    return Effects(writes=frozenset(tree(command.path(p.rstrip("/"))) for p in packages))


def semantic_ui_css_patch(command: Command) -> Effects:
    """Mends one style sheet package of its folder's node_modules; it takes no words (1.0 and 1.1, strace)."""
    if not known(command.cwd):
        return unknown("the folder that semantic-ui-css-patch works in is not known")
    mended = frozenset(tree(command.path(f"node_modules/{name}")) for name in _STYLES)
    return modules(command) | Effects(reads=mended, writes=mended, variables=frozenset({"*"}))


NODE_PATCHES: tuple[Tool, ...] = (
    Tool("patch-package", ("patch-package",), patch_package, "puts patches/ onto node_modules"),
    Tool("semantic-ui-css-patch", ("semantic-ui-css-patch",), semantic_ui_css_patch, "mends a package of node_modules"),
)
