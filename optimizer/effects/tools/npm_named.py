"""`npm install NAME` of a package that the project asks for already: nothing changes.

Measured with npm 7.24, 8.19, 10.9 and 11.19: npm saves `^` and the version that is installed, or
keeps a range that says no more. So package.json and the lock stay as they are where the range is
`^` or `~` and the locked version; else npm writes both. As it saves, package.json is written as
`JSON.stringify` writes it, with its dependencies sorted, empty tables left out, and the line ends
at its end kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from optimizer.effects.tools import node_lock, npm6
from optimizer.effects.tools.node_package import KINDS, Package

_NAME = re.compile(r"(?:@[a-z0-9~_.-]+/)?[a-z0-9~_-][a-z0-9~_.-]*")
# Settings that say nothing of how a range is saved.
_HARMLESS = frozenset(
    "audit fund progress loglevel legacy-peer-deps silent quiet verbose prefer-offline ignore-scripts "
    "production omit update-notifier registry cache color".split()
)
_SAVING = frozenset(
    "save save-dev save-prod save-optional save-peer save-exact save-bundle save-prefix".split()
)
# `localeCompare` puts signs in another order than their codes.
_ORDER = str.maketrans({sign: chr(n) for n, sign in enumerate("_-.@/", 1)})


def saves_nothing(
    names: tuple[str, ...], flags: Mapping[str, object], layers: tuple[Mapping[str, str], ...],
    root: Package, text: str, lock: Mapping[str, Any],
) -> bool:  # fmt: skip
    """Whether an install of these packages leaves package.json as it is, if the lock is in sync."""
    told = any(_SAVING & layer.keys() for layer in layers) or flags.keys() - _HARMLESS
    bundled = root.data.keys() & {"bundleDependencies", "bundledDependencies"}
    plain = not npm6.restyled(text.rstrip() + _end(text))
    if told or bundled or not plain or not all(_sorted(root, kind) for kind in KINDS):
        return False
    return all(_kept(name, root, node_lock.entries(lock)) for name in names)


def _end(text: str) -> str:
    return "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"


def _sorted(root: Package, kind: str) -> bool:
    if kind not in root.data:
        return True
    names = list(root.table(kind))
    lower = all(name == name.lower() for name in names)
    return bool(names) and lower and names == sorted(names, key=lambda n: n.translate(_ORDER))


def _kept(name: str, root: Package, entries: Mapping[str, Mapping[str, Any]]) -> bool:
    specs = [root.table(kind)[name] for kind in KINDS if name in root.table(kind)]
    version = entries.get(f"node_modules/{name}", {}).get("version")
    alone = len(specs) == 1 and name in root.dependencies("dependencies", "devDependencies")
    return (
        _NAME.fullmatch(name) is not None
        and alone
        and isinstance(version, str)
        and re.fullmatch(r"\d+\.\d+\.\d+", version) is not None
        and specs[0] in {f"^{version}", f"~{version}"}
    )
