"""yarn.lock, of yarn 1 and later: whether an install leaves it as it is, as far as the files tell."""

from __future__ import annotations

import re

from optimizer.effects.tools.node_package import Package, Project

_HEAD = re.compile(r'^("?[^\s#].*):$')
_INSTALLED = ("dependencies", "devDependencies", "optionalDependencies")


def classic_patterns(text: str) -> dict[str, tuple[str, ...]]:
    """Every `name@range` of a lock of yarn 1, with the patterns that its package needs."""
    found: dict[str, tuple[str, ...]] = {}
    heads: list[str] = []
    inside = False
    for line in text.splitlines():
        if head := _HEAD.match(line):
            heads = [h.strip().strip('"') for h in head[1].split(", ")]
            found.update(dict.fromkeys(heads, ()))
        elif re.match(r"^  \w+:$", line):
            inside = line.strip(" :") in {"dependencies", "optionalDependencies"}
        elif inside and (m := re.match(r'^    ("?)(.+?)\1 ("?)(.+?)\3$', line)):
            for each in heads:
                found[each] = (*found[each], f"{m[2]}@{m[4]}")
        elif not line.startswith("    "):
            inside = False
    return found


def classic_out_of_sync(text: str, project: Project) -> str:
    """What yarn 1 would add to the lock, or drop from it."""
    if "__metadata:" in text:
        return "the lock was written by yarn 2 or later"
    if any(p.data.get("resolutions") for p in project.packages):
        return ""
    patterns = classic_patterns(text)
    own = {p.name for p in (project.root, *project.members)}
    wanted = [
        (f"{name}@{spec}", package)
        for package in (project.root, *project.members)
        for kind in _INSTALLED
        for name, spec in package.table(kind).items()
        if name not in own and not spec.startswith("link:")
    ]
    for pattern, package in wanted:
        if pattern not in patterns:
            return f"the lock has no entry for {pattern} of {package.file}"
    reached = {pattern for pattern, _ in wanted}
    queue = list(reached)
    while queue:
        for below in patterns.get(queue.pop(), ()):
            if below not in reached:
                reached.add(below)
                queue.append(below)
    left = sorted(patterns.keys() - reached)
    return f"the lock holds {left[0]}, which nothing asks for" if left else ""


def modern_out_of_sync(text: str, project: Project) -> str:
    """What yarn 2 and later would change: the lock repeats every workspace with its dependencies."""
    if "__metadata:" not in text:
        return "the lock was written by yarn 1"
    entries = _modern_entries(text)
    for package in (project.root, *project.members):
        place = package.folder.removeprefix(project.root.folder).strip("/") or "."
        needed = _needed(package)
        entry = next((e for k, e in entries.items() if f"@workspace:{place}" in _keys(k)), None)
        if entry is None:
            return f"the lock has no entry for {package.file}"
        if entry != needed:
            name = min(entry.items() ^ needed.items())[0]
            return f"{name} of {package.file} is not as in the lock"
    return ""


def _keys(head: str) -> set[str]:
    """The ends `@workspace:...` of an entry's keys."""
    return {"@workspace:" + part.rpartition("@workspace:")[2] for part in head.split(", ")}


def _modern_entries(text: str) -> dict[str, dict[str, str]]:
    """The dependencies of each workspace entry, without the `npm:` that yarn 4 puts before ranges."""
    found: dict[str, dict[str, str]] = {}
    current: dict[str, str] | None = None
    inside = False
    for line in text.splitlines():
        if head := _HEAD.match(line):
            name = head[1].strip('"')
            current = found.setdefault(name, {}) if "@workspace:" in name else None
            inside = False
        elif re.match(r"^  \w+:", line):
            inside = line.strip() == "dependencies:"
        elif (
            inside
            and current is not None
            and (m := re.match(r'^    ("?)(.+?)\1: ("?)(.+?)\3$', line))
        ):
            current[m[2]] = _range(m[4])
    return found


def _needed(package: Package) -> dict[str, str]:
    return {
        name: _range(spec)
        for kind in reversed(_INSTALLED)
        for name, spec in package.table(kind).items()
    }


def _range(spec: str) -> str:
    """A range as both yarns mean it; local ones carry the asking package after `::`."""
    return re.sub(r"::locator=.*$", "", spec.removeprefix("npm:"))
