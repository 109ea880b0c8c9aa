"""`pdm install` and `sync`; `lock`, `add`, `update` and `remove`; local projects, and the lock."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from optimizer.effects.model import NONE, Conditional, Effects, unknown
from optimizer.effects.tools.looking import strings, table
from optimizer.effects.tools.pdm_run import Run, fetching, hooked
from optimizer.effects.tools.python_project import build

_LOCAL = re.compile(
    r"^(?:-e\s+)?(?:[\w.-]+(?:\[[^\]]*\])?\s*@\s*)?file:///\$\{PROJECT_ROOT\}/([^#;\s]+)"
)


def install(run: Run) -> Effects:
    """The environment is made to hold what the lock says, and the project."""
    done = fetching(run) | hooked(run) | unclear(run)
    if not run.manifest.there:
        return done.in_doubt(f"{run.file('pyproject.toml')} is not there when this runs")
    if run.options.has("--plugins"):
        return unknown("pdm install --plugins is not known")
    plain = run.options.has("--no-editable") or bool(run.command.env.get("PDM_NO_EDITABLE"))
    for folder, editable in dict(local_projects(run)).items():
        done |= build(run.command, folder, editable=editable and not plain)
    own = run.manifest.table("tool", "pdm")
    library = own.get("distribution", True)
    if "package-type" in own:
        library = own["package-type"] == "library"
    alone = run.options.has("--no-self") or run.command.env.get("PDM_NO_SELF") or not library
    if not alone and "name" in run.manifest.table("project"):
        done |= build(run.command, run.root, editable=not plain)
    return done | (_locking(run) if run.verb == "install" else NONE)


def change(run: Run) -> Effects:
    """`pdm lock`, `add`, `update`, `remove`: the lock and pyproject.toml are written."""
    files = frozenset({run.lock.path, run.file("pyproject.toml")})
    written = files - {run.file("pyproject.toml")} if run.verb == "lock" else files
    return install(run) | Effects(writes=written, unpinned=True)


def local_projects(run: Run) -> Iterator[tuple[str, bool]]:
    """Local projects by the lock and by pyproject.toml, and whether they are editable."""
    for package in run.lock.data.get("package", ()):
        if isinstance(package, dict) and isinstance(package.get("path"), str):
            yield run.file(package["path"]), bool(package.get("editable"))
    for _, text in strings(run.manifest.data):
        if found := _LOCAL.match(text):
            yield run.file(found[1]), text.startswith("-e")


def unclear(run: Run) -> Effects:
    """Addresses of files that are not understood."""
    texts = (text for _, text in strings(run.manifest.data) if "file:" in text)
    if any(not _LOCAL.match(text) or ".." in text for text in texts):
        return unknown(f"{run.file('pyproject.toml')} names something by a file address")
    return NONE


def _locking(run: Run) -> Effects:
    """The lock is written if it is missing or was made for other requirements."""
    lock = run.lock
    if run.options.has("--frozen-lockfile", "--no-lock", "--check") or run.command.env.get(
        "PDM_FROZEN_LOCKFILE"
    ):
        return Effects(unpinned=not lock.there)
    if not lock.there:
        return Effects(writes=frozenset({lock.path}), unpinned=True)
    told = lock.table("metadata")
    held = str(told.get("content_hash")).removeprefix("sha256:")
    other = "lock_inputs" not in told and held not in content_hashes(run.manifest.data)
    violated = "pdm.lock was not made from this pyproject.toml" if other else ""
    return Effects(conditional=frozenset({Conditional(lock.path, "lock-in-sync", violated)}))


def content_hashes(data: Mapping[str, Any]) -> Iterator[str]:
    """The checksums that a pdm.lock may keep of its pyproject.toml (`content_hash` of pdm 2.12 and 2.29)."""
    own, project = table(data, "tool", "pdm"), table(data, "project")
    common = {
        "sources": own.get("source", []),
        "dependencies": project.get("dependencies", []),
        "optional-dependencies": project.get("optional-dependencies", {}),
        "requires-python": project.get("requires-python", ""),
    }
    groups = {name: list(wanted) for name, wanted in table(data, "dependency-groups").items()}
    older, resolution = own.get("dev-dependencies", {}), own.get("resolution", {})
    for name, wanted in older.items():
        groups[name] = [*groups.get(name, []), *wanted]
    for rest in (
        {"dev-dependencies": groups, "resolution": resolution},
        {"dev-dependencies": older, "overrides": table(resolution, "overrides")},
    ):
        text = json.dumps({**common, **rest}, sort_keys=True)
        yield hashlib.sha256(text.encode()).hexdigest()
